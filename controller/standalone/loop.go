package standalone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/ownership"
)

// minRest keeps a clock that is set back from making the loop spin.
const minRest = time.Second

// checks is what the loop needs of a Checker.
type checks interface {
	Check(ctx context.Context, now time.Time, progress Progress) (*engine.Outcome, error)
	Watch() []string
	Interval() time.Duration
	Next() time.Time
	forget()
}

// loop makes pass after pass.
type loop struct {
	checker  checks
	page     *metrics.Page
	settings RunSettings
	log      *slog.Logger
	since    *sinceBook
	watcher  *watcher
	pulse    pulse
	// told is what the log said last; nil before it said anything.
	told   *ownership.Tally
	memory memory
}

func newLoop(checker checks, page *metrics.Page, settings RunSettings) *loop {
	if settings.PassTimeout == 0 {
		settings.PassTimeout = DefaultPassTimeout
	}
	if settings.Cache == "" && settings.Recorded == nil { // a recording has no folder that its times belong to
		settings.Cache = DefaultCache(settings.Settings)
	}
	l := &loop{checker: checker, page: page, settings: settings, log: settings.Log}
	l.since = openSince(settings.Cache, l.log.Warn)
	l.watcher = newWatcher(settings.Cache, l.log.Warn)
	// A pass is told to end at its timeout; one that goes on twice as long does not listen.
	l.pulse.deadline = 2 * settings.PassTimeout
	return l
}

// run makes a pass at once, and then whenever something changes or the interval is over.
func (l *loop) run(ctx context.Context) {
	go l.watcher.run(ctx)
	l.memory.limit()
	for {
		l.watcher.update(l.checker.Watch()) // before the pass, so that no change falls between the two
		l.pass(ctx)
		l.memory.giveBack()
		l.watcher.update(l.checker.Watch())
		select {
		case <-ctx.Done():
			return
		case <-l.watcher.changed:
		case <-time.After(l.rest()):
		}
	}
}

// rest is how long nothing need be done if nothing changes: until the interval is over, or until time alone may change
// something, such as the end of an assignment.
func (l *loop) rest() time.Duration {
	rest := l.checker.Interval()
	if next := l.checker.Next(); !next.IsZero() {
		rest = min(rest, max(next.Sub(l.settings.Now()), minRest))
	}
	return rest
}

// pass checks once and publishes what was found. Where it fails, what was found before stays.
func (l *loop) pass(ctx context.Context) {
	began := l.settings.Now()
	l.pulse.started.Store(began.UnixNano())
	defer l.pulse.started.Store(0)
	result, err := l.check(ctx, began)
	took := l.settings.Now().Sub(began)
	switch {
	case ctx.Err() != nil:
		return // the process is ending
	case errors.Is(err, context.DeadlineExceeded):
		l.log.Error("the pass was given up, since it took too long; what was found before stays", "after", l.settings.PassTimeout)
		return
	case err != nil:
		l.log.Error("the pass failed; what was found before stays", "error", err)
		return
	}
	if err := l.page.Set(result, l.since.note(result), took); err != nil {
		l.log.Error("the metrics could not be rendered; the old ones stay", "error", err)
		return
	}
	l.pulse.last.Store(&passed{at: result.At, areas: len(result.Areas)})
	l.tell(result, took)
}

// check makes one pass, at most as long as it may take. A panic is an error: the next pass begins anew.
func (l *loop) check(ctx context.Context, now time.Time) (result *ownership.Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.settings.PassTimeout)
	defer cancel()
	defer func() {
		if reason := recover(); reason != nil {
			l.log.Error("the pass panicked: report this as a fault of Remit", "panic", fmt.Sprint(reason), "stack", string(debug.Stack()))
			l.checker.forget()
			err = errors.New("it panicked")
		}
	}()
	outcome, err := l.checker.Check(ctx, now, nil)
	if err != nil {
		return nil, err
	}
	return outcome.Result, nil
}

// tell logs what a pass found, if it is not what the last one found.
func (l *loop) tell(result *ownership.Result, took time.Duration) {
	found := result.Tally()
	if l.told != nil && *l.told == found {
		return
	}
	l.told = &found
	level, message := slog.LevelInfo, "checked"
	if found.Errors > 0 {
		level, message = slog.LevelWarn, "checked, with errors in the input"
	}
	l.log.Log(context.Background(), level, message, append(found.Pairs(), "took", took.Round(time.Millisecond))...)
}
