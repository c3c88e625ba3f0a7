package operator

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/remediation"
	"github.com/remit-dev/remit/controller/target/kubernetes"
)

// execute carries a Remediation out whose plan was just recomputed:
//
//	for each change that nothing holds, in order
//	  claimed in the status, at the version that was read   two replicas cannot both
//	  compared with the live target                          as planned: made; done already: noted as made; else refused
//	  its outcome noted
//
// A change that was claimed when a replica ended is compared first. One that is refused does not stop the others.
func (r *remediator) execute(ctx context.Context, planned remediation.Planned) error {
	mayMake, mayOverride, ignored, err := r.allowed(ctx, planned)
	if err != nil {
		return err
	}
	if !planned.Proposal.Makes(mayMake, mayOverride) {
		return r.ignore(ctx, planned, ignored)
	}
	settled, err := r.settleClaims(ctx, planned.Remediation, true)
	if err != nil {
		return err
	}
	if err := r.write(ctx, planned.Remediation, settled); err != nil {
		return err
	}
	for i, step := range planned.Proposal.Steps {
		id := strconv.Itoa(i + 1)
		if done := outcomeOf(&planned.Status, id); done != nil && done.Outcome != v1alpha1.ChangeClaimed {
			continue
		}
		if !step.MayBeMade(mayMake, mayOverride) {
			continue
		}
		if err := r.step(ctx, planned.Remediation, id, step.Change); err != nil {
			return err
		}
	}
	return r.conclude(ctx, planned)
}

// heldText says what holds a Remediation of which nothing can be made, and what to do.
func heldText(planned remediation.Planned) string {
	return fmt.Sprintf("a brake holds each of its changes: %s; look at them, and how to have them made all the same, with: remit approve %s -n %s",
		planned.Proposal.Steps[0].Because, planned.Name, planned.Namespace)
}

// ignored is why an approval counts for nothing. Since when approvals are checked is zero where they are not.
type ignored struct {
	why   string
	since time.Time
}

// ignore says that approvals count for nothing. What is older than the admission policy can never be approved: it makes room for
// another one.
func (r *remediator) ignore(ctx context.Context, planned remediation.Planned, of ignored) error {
	now := r.options.Now()
	if !of.since.IsZero() && now.After(of.since) {
		r.lookAgain(now) // it is proposed anew then
		return r.supersede(ctx, planned.Remediation, of.why)
	}
	if of.since.IsZero() {
		of.since = now.Add(retryAfter) // the policy may come into force, which nothing tells
	}
	r.lookAgain(of.since.Add(time.Second))
	return r.write(ctx, planned.Remediation, waitingStatus("ApprovalIgnored", of.why))
}

// allowed says whether the changes that nothing holds, and those that a brake holds, may be made.
//
//	enforced                                                        what nothing holds
//	approved, under the admission policy                            what nothing holds
//	overridden, under the admission policy                          what a brake holds as well
//	approved without the policy in force                            nothing
//	approved, and made before the policy came into force            nothing
//
// When it was approved is not asked: of that, the API server notes only what whoever writes the object can have it note anew. When it
// was made nobody can change, and from then on the policy has seen whatever was written.
func (r *remediator) allowed(ctx context.Context, planned remediation.Planned) (mayMake, mayOverride bool, of ignored, err error) {
	enforced := planned.Proposal.Mode == ownership.Enforce
	approved, overridden := planned.Spec.Approval != nil, planned.Spec.Override != nil
	if !approved && !overridden {
		return enforced, false, of, nil
	}
	since, not, err := r.admission.inForce(ctx, planned.Namespace)
	switch {
	case err != nil:
		return false, false, of, err
	case not != "":
		return enforced, false, ignored{why: "the approval is ignored, since anybody could have written it: " + not}, nil
	case !planned.CreationTimestamp.After(since): // the times are of whole seconds
		return enforced, false, ignored{
			"the approval is ignored, since the Remediation is older than the admission policy, or was made within seconds of it: it is proposed anew, so approve that one", since,
		}, nil
	}
	return enforced || approved || overridden, overridden, of, nil
}

// step claims a change, makes it and notes the outcome.
func (r *remediator) step(ctx context.Context, object *v1alpha1.Remediation, id string, change ownership.Change) error {
	if err := r.mayWrite(ctx); err != nil {
		return err
	}
	err := r.write(ctx, object, func(status *v1alpha1.RemediationStatus) {
		status.Phase = v1alpha1.RemediationRunning
		status.Conditions = []metav1.Condition{
			condition(v1alpha1.ConditionReady, metav1.ConditionFalse, "Running", "the changes are being made"),
			condition(v1alpha1.ConditionReconciling, metav1.ConditionTrue, "Running", "the changes are being made"),
		}
		r.note(status, id, v1alpha1.ChangeClaimed, "")
	})
	if err != nil {
		return err // another replica may have claimed it
	}
	found, message, err := r.targetOf(change).Apply(ctx, change, plan.OwnersOf(r.seen, change))
	if err != nil {
		return err // the claim stands: what became of it is looked at next time
	}
	r.wrote = r.options.Now()
	outcome := v1alpha1.ChangeMade
	if found != kubernetes.Done {
		outcome = v1alpha1.ChangeRefused
	}
	told := []any{"remediation", object.Namespace + "/" + object.Name, "object", change.Object(), "after", change.After, "outcome", outcome}
	if message != "" {
		told = append(told, "message", message)
	}
	r.log.Info("change", told...)
	return r.write(ctx, object, func(status *v1alpha1.RemediationStatus) { r.note(status, id, outcome, message) })
}

// settleClaims finds out what became of changes that were claimed when a replica ended, and gives how the status changes. One
// that was not made stays claimed where the plan goes on.
func (r *remediator) settleClaims(ctx context.Context, object *v1alpha1.Remediation, goesOn bool) (func(*v1alpha1.RemediationStatus), error) {
	type settled struct{ id, outcome, message string }
	var all []settled
	for _, outcome := range object.Status.Changes {
		if outcome.Outcome != v1alpha1.ChangeClaimed {
			continue
		}
		change := claimed(object, outcome.ID)
		found, _, err := r.targetOf(change).Look(ctx, change)
		if err != nil {
			return nil, err
		}
		if found == kubernetes.AsPlanned && goesOn {
			continue
		}
		if found == kubernetes.Done {
			all = append(all, settled{outcome.ID, v1alpha1.ChangeMade, "found made, after the replica that claimed it had ended"})
			continue
		}
		all = append(all, settled{outcome.ID, v1alpha1.ChangeRefused, "not made: the replica that claimed it ended before"})
	}
	return func(status *v1alpha1.RemediationStatus) {
		for _, one := range all {
			r.note(status, one.id, one.outcome, one.message)
		}
	}, nil
}

// claimed is a change as the Remediation records it: enough to compare it with the target, which is all that is done with it.
func claimed(object *v1alpha1.Remediation, id string) ownership.Change {
	for _, change := range object.Spec.Changes {
		if change.ID == id {
			return ownership.Change{
				Target: change.Target, Operation: ownership.Operation(change.Operation), Namespace: ownership.NamespaceOfObject(change.Object),
				Key: ownership.KeyOfObject(change.Object), Before: change.Before, After: change.After,
			}
		}
	}
	return ownership.Change{}
}

// conclude sums up what was done.
func (r *remediator) conclude(ctx context.Context, planned remediation.Planned) error {
	return r.write(ctx, planned.Remediation, func(status *v1alpha1.RemediationStatus) {
		made, refused, held := 0, 0, 0
		for i, step := range planned.Proposal.Steps {
			id := strconv.Itoa(i + 1)
			switch outcome := outcomeOf(status, id); {
			case outcome == nil, outcome.Outcome == v1alpha1.ChangeClaimed: // the override was taken back after a replica had ended
				held++
				r.note(status, id, v1alpha1.ChangeHeld, bounded(step.Because))
			case outcome.Outcome == v1alpha1.ChangeMade:
				made++
			default:
				refused++
			}
		}
		text := madeText(made, len(planned.Proposal.Steps))
		if held > 0 {
			text += fmt.Sprintf(", %d held by a brake", held)
		}
		if refused > 0 {
			text += fmt.Sprintf(", %d refused: see status.changes; what is left to do is proposed anew", refused)
			finish(status, v1alpha1.RemediationFailed, r.options.Now())
			status.Conditions = []metav1.Condition{
				condition(v1alpha1.ConditionReady, metav1.ConditionFalse, "Failed", text), condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, "Failed", text),
			}
			return
		}
		finish(status, v1alpha1.RemediationSucceeded, r.options.Now())
		status.Conditions = []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, "Succeeded", text)}
	})
}

func madeText(made, of int) string { return fmt.Sprintf("%d of %d changes made", made, of) }

// finish sets the last phase.
func finish(status *v1alpha1.RemediationStatus, phase string, now time.Time) {
	at := metav1.NewTime(now).Rfc3339Copy()
	status.Phase, status.FinishedAt = phase, &at
}

// note sets the outcome of a change.
func (r *remediator) note(status *v1alpha1.RemediationStatus, id, outcome, message string) {
	noted := outcomeOf(status, id)
	if noted == nil {
		status.Changes = append(status.Changes, v1alpha1.ChangeOutcome{ID: id})
		noted = &status.Changes[len(status.Changes)-1]
	}
	if noted.Outcome == outcome && outcome != v1alpha1.ChangeClaimed {
		return
	}
	*noted = v1alpha1.ChangeOutcome{ID: id, Outcome: outcome, By: r.options.Identity, At: metav1.NewTime(r.options.Now()).Rfc3339Copy(), Message: message}
	status.Made = 0
	for i := range status.Changes {
		if status.Changes[i].Outcome == v1alpha1.ChangeMade {
			status.Made++
		}
	}
}

func outcomeOf(status *v1alpha1.RemediationStatus, id string) *v1alpha1.ChangeOutcome {
	for i := range status.Changes {
		if status.Changes[i].ID == id {
			return &status.Changes[i]
		}
	}
	return nil
}

func equalStatus(a, b *v1alpha1.RemediationStatus) bool { return equality.Semantic.DeepEqual(a, b) }
