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
}

// slowRun is from when on a run answers for the growth of the heap. A sound
// policy is done in microseconds.
const slowRun = 100 * time.Millisecond

func newGuard(options Options) *guard {
	return &guard{options: options, interval: min(max(options.Deadline/50, time.Millisecond), 10*time.Millisecond)}
}

// watch makes the watch of one worker; all are made before start.
func (g *guard) watch() *watch {
	w := &watch{}
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
			case now := <-ticker.C:
				for _, w := range g.watches {
					g.look(w, now, heap)
				}
			}
		}
	}()
	return func() {
		close(done)
		<-finished
	}
}

func (g *guard) look(w *watch, now time.Time, heap *heap) {
	run := w.run.Load()
	began := w.began.Load()
	if began == 0 || w.run.Load() != run {
		return
	}
	age := now.Sub(time.Unix(0, began))
	switch {
	case age > g.options.Deadline:
		w.stop(run, stoppedDeadline)
	case age > slowRun && heap.growth() > g.options.MaxMemory:
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
	began   atomic.Int64  // when it began, in nanoseconds since 1970; 0 between runs
	stopped atomic.Uint64 // the number of the run that is to stop, times 4, plus why
	ended   atomic.Bool   // the context is at its end
}

// begin starts a run, and end ends it.
func (w *watch) begin(now time.Time) {
	w.run.Add(1)
	w.began.Store(now.UnixNano())
}

func (w *watch) end() { w.began.Store(0) }

func (w *watch) stop(run, why uint64) { w.stopped.Store(run<<2 | why) }

// Cancel implements topdown.Cancel; only the guard stops runs.
func (w *watch) Cancel() {}

// Cancelled says whether the run is to stop.
func (w *watch) Cancelled() bool { return w.why() != 0 || w.ended.Load() }

func (w *watch) why() uint64 {
	if stopped := w.stopped.Load(); stopped>>2 == w.run.Load() {
		return stopped & 3
	}
	return 0
}

// heap says by how much the heap has grown.
type heap struct {
	sample []metrics.Sample
	before uint64
}

func newHeap() *heap {
	h := &heap{sample: []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}}
	h.before = h.now()
	return h
}

func (h *heap) now() uint64 {
	metrics.Read(h.sample)
	return h.sample[0].Value.Uint64()
}

func (h *heap) growth() uint64 {
	if now := h.now(); now > h.before {
		return now - h.before
	}
	return 0
}
