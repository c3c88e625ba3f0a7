package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// window is the time over which removals are counted.
const window = 24 * time.Hour

const (
	// slack is how much longer entries are kept than they count, so that two clocks which differ lose none.
	slack = time.Hour
	// endedSlack is how long it is remembered, after temporary access has ended, that Remit gave it: a proposal to end it
	// may wait for a week of holidays.
	endedSlack = 7 * 24 * time.Hour
)

// Entry is one change that was made, with what counting needs of it and no more.
type Entry struct {
	// At is when it was made, PlanHash of which plan it was a part.
	At       time.Time `json:"at"`
	PlanHash string    `json:"planHash"`

	Target     string              `json:"target"`
	Operation  ownership.Operation `json:"operation"`
	Repository string              `json:"repository,omitempty"`
	File       string              `json:"file,omitempty"`
	Namespace  string              `json:"namespace,omitempty"`
	Areas      []ownership.AreaID  `json:"areas"`
	Role       ownership.Role      `json:"role"`
	Holders    []ownership.Holder  `json:"holders"`
	Removal    bool                `json:"removal,omitempty"`
	// Until is when the access ends which an addition gave: the validUntil of the RoleAssignment behind it. Zero means
	// that it is open, or not known.
	Until time.Time `json:"until,omitzero"`
	// Exempt says that a removal ended temporary access that Remit gave, and so does not count.
	Exempt bool `json:"exempt,omitempty"`
}

// Record is the ledger after changes of a plan were made: what it held, without what no longer counts, and an entry for
// those whom each change takes from, and one for those whom it gives to. A target that has proposed a change (an open pull request) records it as well: a holder counts once
// within 24 hours, however often they are proposed to go.
//
// Until says when the access ends that an addition gives, from the RoleAssignment that asks for it; the zero time where
// none does, or none with an end. Nil means that it is not known, and then no removal is exempt later.
func Record(ledger []Entry, at time.Time, planHash string, made []ownership.Change, until func(ownership.Change) time.Time) []Entry {
	given := givenBy(ledger, at)
	kept := Prune(ledger, at)
	for _, change := range made {
		entry := Entry{
			At: at, PlanHash: planHash, Target: change.Target, Operation: change.Operation, Repository: change.Repository,
			File: change.File, Namespace: change.Namespace, Areas: areasOf(change), Role: change.Role,
		}
		if losing := change.Losing(); len(losing) > 0 {
			removal := entry
			removal.Holders, removal.Removal, removal.Exempt = slices.Clone(losing), true, given.ended(change, at)
			kept = append(kept, removal)
		}
		if gaining := change.Gaining(); len(gaining) > 0 {
			entry.Holders = slices.Clone(gaining)
			if until != nil {
				entry.Until = until(change)
			}
			kept = append(kept, entry)
		}
	}
	slices.SortStableFunc(kept, func(a, b Entry) int { return a.At.Compare(b.At) })
	return kept
}

// Prune leaves out what counts no more:
//
//	a change older than 24 hours and an hour of slack   goes
//	an addition with an end, not taken back since       stays until a week after that end
//	a change of the future (a clock was put back)       stays, as made now
func Prune(ledger []Entry, now time.Time) []Entry {
	given := givenBy(ledger, now)
	var kept []Entry
	for _, entry := range ledger {
		if entry.At.After(now.Add(slack)) {
			entry.At = now
		}
		recent := entry.At.After(now.Add(-window - slack))
		temporary := entry.Until.After(now.Add(-endedSlack)) && given.has(entry)
		if recent || temporary {
			kept = append(kept, entry)
		}
	}
	return kept
}

// counted says whether a removal counts at the time: those of the last 24 hours, and of the future.
func (e Entry) counted(now time.Time) bool {
	return e.Removal && !e.Exempt && e.At.After(now.Add(-window))
}

// areasOf are all areas that a change is about.
func areasOf(change ownership.Change) []ownership.AreaID {
	if len(change.Areas) > 0 {
		return slices.Clone(change.Areas)
	}
	return []ownership.AreaID{change.Area}
}

// inOrderOfTime sorts a ledger's entries. Of one time, what was given for a while comes first and what was taken last,
// so that nothing counts as given which was taken.
func inOrderOfTime(ledger []Entry) []Entry {
	sorted := slices.Clone(ledger)
	slices.SortStableFunc(sorted, func(a, b Entry) int {
		return cmp.Or(
			a.At.Compare(b.At), compareFlags(a.Removal, b.Removal), compareFlags(a.Until.IsZero(), b.Until.IsZero()),
			a.Until.Compare(b.Until), slices.Compare(a.Holders, b.Holders), slices.Compare(a.Areas, b.Areas),
		)
	})
	return sorted
}
