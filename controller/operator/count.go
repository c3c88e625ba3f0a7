package operator

import (
	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/metrics"
)

// expect has the changes counted that the targets make.
func (r *remediator) expect() {
	for _, target := range r.targets {
		r.page.ExpectChanges(target.Kind(), target.Operations()...)
	}
}

// count counts the changes of which the record says something else now:
//
//	before     now       counted as
//	any other  Made      made
//	any other  Refused   refused
//	–          Claimed   nothing: it is not known yet
//	–          Held      nothing: it was not begun
//
// The one who records an outcome counts it, so that of several replicas one does, also where another had claimed the change.
func (r *remediator) count(before, now *v1alpha1.Remediation) {
	results := map[string]metrics.Result{v1alpha1.ChangeMade: metrics.Made, v1alpha1.ChangeRefused: metrics.Refused}
	for i := range now.Status.Changes {
		is := &now.Status.Changes[i]
		result, ended := results[is.Outcome]
		if was := outcomeOf(&before.Status, is.ID); !ended || was != nil && was.Outcome == is.Outcome {
			continue
		}
		change := claimed(now, is.ID)
		r.page.CountChange(change.Target, change.Operation, result)
	}
}
