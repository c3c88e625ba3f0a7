package remediation

import (
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// Ledger is what Remediations say that was made lately, in the order of time: what may have been made after a crash counts
// as made.
func Ledger(remediations []*v1alpha1.Remediation, now time.Time) []plan.Entry {
	type made struct {
		at     time.Time
		hash   string
		change v1alpha1.RemediationChange
	}
	var all []made
	for _, remediation := range remediations {
		for _, outcome := range remediation.Status.Changes {
			if !inLedger(outcome) {
				continue
			}
			at := slices.IndexFunc(remediation.Spec.Changes, func(change v1alpha1.RemediationChange) bool { return change.ID == outcome.ID })
			if at >= 0 {
				all = append(all, made{outcome.At.Time, remediation.Spec.PlanHash, remediation.Spec.Changes[at]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b made) int { return a.at.Compare(b.at) })
	var ledger []plan.Entry
	for _, one := range all {
		change := one.change
		ledger = plan.Record(ledger, one.at, one.hash, []ownership.Change{changeOf(change)}, func(ownership.Change) time.Time {
			if change.Until == nil {
				return time.Time{}
			}
			return change.Until.Time
		})
	}
	return plan.Prune(ledger, now)
}

// inLedger says whether a change was made, or may have been.
func inLedger(outcome v1alpha1.ChangeOutcome) bool {
	return outcome.Outcome == v1alpha1.ChangeMade || outcome.Outcome == v1alpha1.ChangeClaimed
}

// changeOf is a change as far as counting needs it.
func changeOf(change v1alpha1.RemediationChange) ownership.Change {
	made := ownership.Change{
		Target: change.Target, Operation: ownership.Operation(change.Operation), Area: ownership.AreaID(change.Area), Role: ownership.Role(change.Role),
		Removal: len(change.Loses) > 0, Namespace: ownership.NamespaceOfObject(change.Object),
	}
	for _, holder := range change.Holders {
		made.Holders = append(made.Holders, ownership.Holder(holder))
	}
	for _, holder := range change.Loses {
		made.Loses = append(made.Loses, ownership.Holder(holder))
	}
	return made
}
