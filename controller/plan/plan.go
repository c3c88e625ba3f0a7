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
	// LedgerUnknown says why it is not known what was made lately; empty means that the ledger has it. Nobody is taken a
	// role from then, since nobody can say how many were already.
	LedgerUnknown string
	// Stopped says why all writes are stopped (the kill switch); empty means that they are not.
	Stopped string
	// Self are Remit's own accounts.
	Self   []ownership.Holder
	Limits Limits
	// Targets are the kinds of target that changes can be made of now; nil means all.
	Targets []string
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

// Make makes the plan that would close the drift: changes in order, what is held back and why, and what the targets must
// be like for it.
func Make(in Input) ownership.Plan { return newDecision(in, candidates(in)).plan() }

// plan asks the brakes about the candidates, and makes the plan of what they let through.
func (d *decision) plan() ownership.Plan {
	d.ask()
	made := ownership.Plan{Changes: make([]ownership.Change, 0, len(d.candidates)), Held: []ownership.HeldChange{}}
	for _, i := range d.order {
		change := &d.candidates[i].Change
		if len(change.Areas) == 1 {
			change.Areas = nil
		}
		if held := d.held[i]; held.brake != "" {
			made.Held = append(made.Held, ownership.HeldChange{Change: *change, Brake: held.brake, Because: held.because})
			continue
		}
		made.Changes = append(made.Changes, *change)
	}
	made.Preconditions = preconditions(d.in.Snapshot, made.Changes)
	made.Hash = Hash(made.Changes, made.Preconditions)
	return made
}

// preconditions are the digests of the files, and of the owners of namespaces, as they were observed that the changes are to,
// which are sorted by these.
func preconditions(s *snapshot.Snapshot, changes []ownership.Change) []ownership.Precondition {
	asked := []ownership.Precondition{}
	for i := range changes {
		change := &changes[i]
		p := ownership.Precondition{Target: change.Target, Repository: change.Repository, File: change.File, Namespace: change.Namespace}
		if last := len(asked) - 1; last >= 0 && asked[last].Target == p.Target && asked[last].Repository == p.Repository &&
			asked[last].File == p.File && asked[last].Namespace == p.Namespace {
			continue
		}
		if change.Target == ownership.TargetKubernetes {
			if _, facts := labelSource(s, change.Namespace, change.Key); facts != nil {
				p.Digest = OwnersDigest(facts.Owners)
			}
		} else if repository := s.Repository(change.Repository); repository != nil && repository.Facts.Codeowners.Path == change.File {
			p.Digest = digest(repository.Facts.Codeowners.Text)
		}
		asked = append(asked, p)
	}
	return asked
}
