package remediation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

const (
	// DefaultHistory is how many finished Remediations are kept of each area.
	DefaultHistory = 10
	// retryFailed is how long a plan that failed is not proposed again.
	retryFailed = 10 * time.Minute
	// maxAgain is how often the same plan may be made within againTime. Who sets back at once what Remit has set is not to be
	// fought with: people must settle that.
	maxAgain  = 3
	againTime = time.Hour
	// ledgerTime is how long a finished Remediation counts for brakes, with slack for clocks that differ.
	ledgerTime = 25 * time.Hour
	// endedTime is how long it must be known, after temporary access has ended, that Remit gave it.
	endedTime = 7 * 24 * time.Hour
)

// Decision is what is to be done about Remediations.
type Decision struct {
	// Create are proposals that no Remediation stands for, with the names that they get.
	Create []Named
	// Execute are Remediations whose plan was just recomputed with an equal hash, and that may be carried out.
	Execute []Planned
	// Await are those that wait for an approval, or for facts; these have no plan.
	Await []Planned
	// Supersede are those whose plan is not what would be done now.
	Supersede []*v1alpha1.Remediation
	// Prune are finished ones that are more than the history holds.
	Prune []*v1alpha1.Remediation
	// Fought are proposals that were made maxAgain times within the last hour, and set back each time.
	Fought []Proposal
}

// Writes says whether anything is to be written but statuses.
func (d *Decision) Writes() bool { return len(d.Create)+len(d.Execute)+len(d.Prune) > 0 }

// Named is a proposal with the name of its Remediation.
type Named struct {
	Proposal
	Name string
}

// Planned is a Remediation with what was recomputed for it.
type Planned struct {
	*v1alpha1.Remediation
	Proposal Proposal
	// Doubt is that of the settings, where there is no Proposal since it is not known whether the plan still holds.
	Doubt string
}

// Settings bound what is decided.
type Settings struct {
	Now time.Time
	// Doubt says why it is not known whether a plan still holds that is not made now: a source cannot be read, say. It is not
	// superseded then, and nothing new is proposed for its areas beside it. What else is proposed rests on facts that are known.
	Doubt string
	// Stale says why the facts are from before the last change; empty where they are not. Nothing is superseded then, and nothing
	// new proposed at all.
	Stale string
	// History is how many finished Remediations are kept of each area; 0 is DefaultHistory.
	History int
}

// Decide compares what would be done now with the Remediations that there are:
//
//	a Remediation        its hash is proposed now           what is done
//	finished             –                                  none, or pruned
//	not finished         no                                 superseded; waits, where that is in doubt, or facts are stale
//	not finished         yes, and is suspended              waits
//	not finished         yes, overridden                    executed
//	not finished         yes, enforced or approved          executed; waits, where brakes hold all of it
//	not finished         yes, and awaits approval           waits
//	none                 yes                                created; not where the same has just failed, or was made three
//	                                                        times within the hour; nor beside one of the same area that
//	                                                        waits in doubt, or on stale facts
func Decide(proposals []Proposal, existing []*v1alpha1.Remediation, settings Settings) Decision {
	var d Decision
	stands, waiting := make([]bool, len(proposals)), map[string]bool{}
	doubt := cmp.Or(settings.Stale, settings.Doubt)
	for _, remediation := range existing {
		if Finished(remediation) || remediation.DeletionTimestamp != nil {
			continue
		}
		at := slices.IndexFunc(proposals, func(p Proposal) bool { return isOf(remediation, p) })
		switch {
		case at < 0 && doubt != "":
			d.Await = append(d.Await, Planned{Remediation: remediation, Doubt: doubt})
			for _, area := range remediation.Spec.Areas {
				waiting[area] = true
			}
			continue
		case at < 0 || stands[at]:
			d.Supersede = append(d.Supersede, remediation)
			continue
		}
		stands[at] = true
		planned := Planned{Remediation: remediation, Proposal: proposals[at]}
		overridden := remediation.Spec.Override != nil
		wanted := overridden || planned.Proposal.Mode == ownership.Enforce || remediation.Spec.Approval != nil
		if remediation.Spec.Suspend || !planned.Proposal.Makes(wanted, overridden) {
			d.Await = append(d.Await, planned)
			continue
		}
		d.Execute = append(d.Execute, planned)
	}
	for i, proposal := range proposals {
		about := func(area ownership.AreaID) bool { return waiting[string(area)] }
		if stands[i] || settings.Stale != "" || slices.ContainsFunc(proposal.Areas, about) {
			continue
		}
		before, again, failed := 0, 0, false
		for _, remediation := range existing {
			if !isOf(remediation, proposal) {
				continue
			}
			before++
			if remediation.Status.Made > 0 && settings.Now.Sub(finishedAt(remediation)) < againTime {
				again++
			}
			failed = failed || remediation.Status.Phase == v1alpha1.RemediationFailed && settings.Now.Sub(finishedAt(remediation)) < retryFailed
		}
		switch {
		case again >= maxAgain:
			d.Fought = append(d.Fought, proposal)
		case !failed:
			d.Create = append(d.Create, Named{proposal, proposal.nameBeside(existing, before)})
		}
	}
	d.Prune = surplus(existing, settings)
	return d
}

// nameBeside is a name that no other has; before is how many of the same plan there are. The oldest of these may have been pruned, so
// that the next number may be taken.
func (p *Proposal) nameBeside(existing []*v1alpha1.Remediation, before int) string {
	for ; ; before++ {
		name := p.Name(before)
		if !slices.ContainsFunc(existing, func(other *v1alpha1.Remediation) bool { return other.Namespace == p.Namespace && other.Name == name }) {
			return name
		}
	}
}

// isOf says whether a Remediation is of this very plan.
func isOf(remediation *v1alpha1.Remediation, proposal Proposal) bool {
	return remediation.Namespace == proposal.Namespace && remediation.Spec.PlanHash == proposal.Hash
}

// Finished says whether nothing more becomes of a Remediation.
func Finished(remediation *v1alpha1.Remediation) bool {
	switch remediation.Status.Phase {
	case v1alpha1.RemediationSucceeded, v1alpha1.RemediationFailed, v1alpha1.RemediationSuperseded:
		return true
	}
	return false
}

func finishedAt(remediation *v1alpha1.Remediation) time.Time {
	if remediation.Status.FinishedAt == nil {
		return remediation.CreationTimestamp.Time
	}
	return remediation.Status.FinishedAt.Time
}

// surplus are the finished Remediations beyond what the history holds of their areas, the oldest; never one that brakes
// still count.
func surplus(existing []*v1alpha1.Remediation, settings Settings) []*v1alpha1.Remediation {
	history := cmp.Or(settings.History, DefaultHistory)
	byPlace := map[string][]*v1alpha1.Remediation{}
	for _, remediation := range existing {
		if Finished(remediation) && remediation.DeletionTimestamp == nil {
			key := remediation.Namespace + " " + strings.Join(remediation.Spec.Areas, " ")
			byPlace[key] = append(byPlace[key], remediation)
		}
	}
	var surplus []*v1alpha1.Remediation
	for _, finished := range byPlace {
		slices.SortFunc(finished, func(a, b *v1alpha1.Remediation) int {
			return cmp.Or(finishedAt(b).Compare(finishedAt(a)), strings.Compare(a.Name, b.Name))
		})
		for _, remediation := range finished[min(history, len(finished)):] {
			if !counts(remediation, settings.Now) {
				surplus = append(surplus, remediation)
			}
		}
	}
	slices.SortFunc(surplus, func(a, b *v1alpha1.Remediation) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return surplus
}

// counts says whether the ledger needs a finished Remediation.
func counts(remediation *v1alpha1.Remediation, now time.Time) bool {
	if !slices.ContainsFunc(remediation.Status.Changes, inLedger) {
		return false
	}
	if now.Sub(finishedAt(remediation)) < ledgerTime {
		return true
	}
	return slices.ContainsFunc(remediation.Spec.Changes, func(change v1alpha1.RemediationChange) bool {
		return change.Until != nil && now.Sub(change.Until.Time) < endedTime
	})
}
