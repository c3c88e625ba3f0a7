package operator

import (
	"context"
	"time"
)

// signal wakes the pass loop. Signals that come while one is waiting are one.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

// set wakes the loop; it never waits.
func (s signal) set() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// wait waits for a signal, at most as long as rest, and then until none has come for as long as quiet, at most as long as
// patience. It says no when ctx ends.
func (s signal) wait(ctx context.Context, rest, quiet, patience time.Duration) bool {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	case <-s:
	}
	end := time.Now().Add(patience)
	for {
		timer.Reset(min(quiet, time.Until(end)))
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-s:
		}
	}
}
