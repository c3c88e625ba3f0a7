package plan

import (
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Input is all that a plan is made of.
type Input struct {
	// Now is the time of the plan; removals are counted in the 24 hours before it.
	Now      time.Time
	Snapshot *snapshot.Snapshot
	// Areas are the areas as compared, and Drift what was found of each, in the same order.
	Areas []drift.Area
	Drift [][]ownership.Drift
	// MaxMode is how far any change may go (--max-mode); empty means Enforce, so that it limits nothing.
	MaxMode ownership.Mode
	// Ledger is what was made lately, as Record keeps it.
	Ledger []Entry
	// Stopped says why all writes are stopped (the kill switch); empty means that they are not.
	Stopped string
	// Self are Remit's own accounts.
	Self   []ownership.Holder
	Limits Limits
}

// Limits are the numbers of the brakes. A zero, or a number below it, is the default.
type Limits struct {
	// RemovalPercent is how many of 100 holders of a role an area may lose in 24 hours, and of how many of 100 areas a
	// team may lose a role; always at least one. More than 100 is 100. Default 25, which is also from where on peribolos,
	// the tool by which Kubernetes keeps its GitHub organisations, refuses (its --maximum-removal-delta of 0.25).
	RemovalPercent int
	// Changes is how many changes one plan may have. Default 500: what a person can still look through before saying
	// yes, and the number of content-creating requests that GitHub takes in an hour, should each change need one
	// (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, secondary rate limits).
	Changes int
}

// The defaults of Limits.
const (
	DefaultRemovalPercent = 25
	DefaultChanges        = 500
)

func (l Limits) withDefaults() Limits {
	if l.RemovalPercent <= 0 {
		l.RemovalPercent = DefaultRemovalPercent
	}
	l.RemovalPercent = min(l.RemovalPercent, 100)
	if l.Changes <= 0 {
		l.Changes = DefaultChanges
	}
	return l
}
