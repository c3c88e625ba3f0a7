package policy

import (
	"context"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// guard stops policies that run past their deadline or take too much memory. It
// looks at all workers from one goroutine a few times in each deadline, so that
// a run costs no timer.
type guard struct {
	options  Options
	watches  []*watch
	interval time.Duration
	// zero is what times are counted from: the machine's clock may be set while a policy runs.
	zero time.Time
}

// slowRun is from when on a run answers for the heap's growth. A sound policy is
// done in microseconds.
const slowRun = 100 * time.Millisecond

// longestPause is how much of a pause counts as running. Builtins, within which
// a run does not ask, are shorter.
const longestPause = 100 * time.Millisecond

func newGuard(options Options) *guard {
	return &guard{options: options, zero: time.Now(), interval: min(max(options.Deadline/50, time.Millisecond), 10*time.Millisecond)}
}

// watch makes the watch of one worker; all are made before start.
func (g *guard) watch() *watch {
	w := &watch{zero: g.zero}
	g.watches = append(g.watches, w)
	return w
}

// start watches until the function it gives is called.
func (g *guard) start(ctx context.Context) (stop func()) {
	done, finished := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(finished)
		ticker := time.NewTicker(g.interval)
		defer ticker.Stop()
		heap := newHeap()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				for _, w := range g.watches {
					w.ended.Store(true)
				}
				<-done
				return
			case <-ticker.C:
				for _, w := range g.watches {
					g.look(w, time.Since(g.zero), heap)
				}
			}
		}
	}()
	return func() {
		close(done)
		<-finished
	}
}

// look stops the run of a worker that is over its limits.
//
// What counts is the time in which the run got on. A run that waits for a core,
// or for the garbage collector, on a machine that has too much to do, asks in
// vain whether it is to stop; such a pause counts for longestPause at most. The
// growth of the heap is counted from when a run is first seen: what was there
// before is not its own.
func (g *guard) look(w *watch, now time.Duration, heap *heap) {
	run := w.run.Load()
	began := w.began.Load()
	if began == 0 || w.run.Load() != run {
		return
	}
	if w.seen != run {
		w.seen, w.polled, w.heap = run, w.polls.Load(), heap.now()
		w.used, w.counted = min(now-time.Duration(began), longestPause), now
		return
	}
	polls := w.polls.Load()
	if polls == w.polled {
		return
	}
	w.used += min(now-w.counted, longestPause)
	w.polled, w.counted = polls, now
	switch {
	case w.used > g.options.Deadline:
		w.stop(run, stoppedDeadline)
	case w.used > slowRun && heap.now() > w.heap+g.options.MaxMemory:
		w.stop(run, stoppedMemory)
	}
}

// Why a run was stopped.
const (
	stoppedDeadline = 1
	stoppedMemory   = 2
)

// watch is what the guard and one worker share. It implements topdown.Cancel.
type watch struct {
	run     atomic.Uint64 // the number of the run
	began   atomic.Int64  // when it began, in nanoseconds since zero; 0 between runs
	stopped atomic.Uint64 // the number of the run that is to stop, times 4, plus why
	ended   atomic.Bool   // the context is at its end
	zero    time.Time
	polls   atomic.Uint64 // how often runs have asked whether they are to stop

	// The guard's own: the run that it saw last and the heap's size when it first
	// saw it, how long that run has got on, and up to when that is counted.
	seen, heap    uint64
	polled        uint64
	used, counted time.Duration
}

// begin starts a run, and end ends it.
func (w *watch) begin(now time.Time) {
	w.run.Add(1)
	w.began.Store(max(1, int64(now.Sub(w.zero))))
}

func (w *watch) end() { w.began.Store(0) }

func (w *watch) stop(run, why uint64) { w.stopped.Store(run<<2 | why) }

// Cancel implements topdown.Cancel; only the guard stops runs.
func (w *watch) Cancel() {}

// Cancelled says whether the run is to stop.
func (w *watch) Cancelled() bool {
	w.polls.Add(1)
	return w.why() != 0 || w.ended.Load()
}

func (w *watch) why() uint64 {
	if stopped := w.stopped.Load(); stopped>>2 == w.run.Load() {
		return stopped & 3
	}
	return 0
}

// heap tells the size of the heap in bytes, garbage not yet collected included.
type heap struct{ sample []metrics.Sample }

func newHeap() *heap {
	return &heap{sample: []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}}
}

func (h *heap) now() uint64 {
	metrics.Read(h.sample)
	return h.sample[0].Value.Uint64()
}
