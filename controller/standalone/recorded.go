package standalone

import (
	"context"
	"math"
	"time"

	"github.com/remit-dev/remit/controller/engine"
)

// recorded checks what a recording holds: the same each time, as of the moment of the recording.
type recorded struct{ input engine.Input }

// Check makes one pass over the recording.
func (r recorded) Check(ctx context.Context, _ time.Time, _ Progress) (*engine.Outcome, error) {
	return engine.Pass(ctx, r.input)
}

// Watch names nothing: a recording does not change.
func (recorded) Watch() []string { return nil }

// Interval is longer than any process lives.
func (recorded) Interval() time.Duration { return math.MaxInt64 }

// Next is never: time stands still in a recording.
func (recorded) Next() time.Time { return time.Time{} }

func (recorded) forget() {}
