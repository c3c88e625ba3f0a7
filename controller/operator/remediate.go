package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/metrics"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/remediation"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/target/kubernetes"
)

// target is a system that changes are made to.
type target interface {
	Kind() string
	// Operations are those that it makes.
	Operations() []ownership.Operation
	// Look compares what is there now with a change, Apply makes it if it is as planned.
	Look(ctx context.Context, change ownership.Change) (kubernetes.Finding, string, error)
	Apply(ctx context.Context, change ownership.Change, owners kubernetes.Owners) (kubernetes.Finding, string, error)
}

// remediator makes Remediations of plans, and carries them out. It acts right after a pass, on the plan that this pass gave:
// nothing else is ever executed.
type remediator struct {
	client    client.Client
	targets   []target
	admission admission
	texts     texts
	options   Options
	events    events
	page      *metrics.Page
	log       *slog.Logger
	// wrote is when a change was made last: facts from before say nothing about the plan any more.
	wrote time.Time
	// lookAt has a source looked at soon.
	lookAt func(source string)
	// seen is what the plan was made of.
	seen *snapshot.Snapshot
	// stopped is why nothing could be written at the last pass.
	stopped string
	// again is when to look again although nothing may have changed; zero where that need not be.
	again time.Time
}

// act does what is to be done after a pass.
func (r *remediator) act(ctx context.Context, declared *declared, outcome *engine.Outcome, now time.Time) error {
	r.again, r.seen = time.Time{}, outcome.Snapshot
	var list v1alpha1.RemediationList
	if err := r.client.List(ctx, &list); err != nil {
		return fmt.Errorf("reading the Remediations: %w", err)
	}
	existing := make([]*v1alpha1.Remediation, len(list.Items))
	for i := range list.Items {
		existing[i] = &list.Items[i]
	}
	if len(existing) == 0 && !mayChange(outcome) {
		r.page.SetHeld(nil)
		return nil
	}
	why := r.texts.seenStopped(ctx, r.options.Stop)
	proposals := r.propose(outcome, existing, now, why)
	var decision remediation.Decision
	if why == "" {
		decision = remediation.Decide(proposals, existing, remediation.Settings{
			Now: now, Doubt: doubt(declared, outcome), Stale: r.stale(outcome), History: r.options.History,
		})
		if decision.Writes() {
			why = r.texts.stopped(ctx, r.options.Stop)
		}
	}
	r.tellStopped(why)
	if why != "" {
		return r.hold(ctx, existing, "Stopped", "all writes are stopped: "+why)
	}
	return r.do(ctx, decision, outcome.Until(declared.set))
}

// tellStopped logs once that the kill switch is on, or on no more.
func (r *remediator) tellStopped(why string) {
	switch {
	case why == r.stopped:
	case why != "":
		r.log.Warn("nothing but statuses is written", "because", why)
	default:
		r.log.Info("writes go on: the kill switch is off")
	}
	r.stopped = why
}

// mayChange says whether any source lets anything be changed.
func mayChange(outcome *engine.Outcome) bool {
	return slices.ContainsFunc(outcome.Snapshot.Sources, func(source snapshot.Source) bool {
		return source.Kind == ownership.SourceKubernetes && source.Mode.Rank() > 0
	})
}

// propose makes the plan anew, and groups it. Where all writes are stopped it proposes nothing: all of the plan is held.
func (r *remediator) propose(outcome *engine.Outcome, existing []*v1alpha1.Remediation, now time.Time, stopped string) []remediation.Proposal {
	in := plan.Input{
		Now: now, Snapshot: outcome.Snapshot, Areas: outcome.Areas, Drift: outcome.Result.Drift(), MaxMode: r.options.MaxMode,
		Ledger: remediation.Ledger(existing, now), Stopped: stopped,
	}
	for _, target := range r.targets {
		in.Targets = append(in.Targets, target.Kind())
	}
	made := plan.Make(in)
	r.page.SetHeld(made.Held)
	return remediation.Propose(made, r.options.Namespace)
}

// doubt says why it is not known whether what a plan rests on is as it was seen: a source cannot be read. One that somebody has
// suspended is not waited for.
func doubt(declared *declared, outcome *engine.Outcome) string {
	suspended := map[string]bool{}
	for _, source := range declared.objects.Sources {
		suspended[source.Name] = source.Spec.Suspend
	}
	for _, source := range outcome.Result.Sources {
		if source.Unknown != "" && !suspended[source.Name] {
			return fmt.Sprintf("source %s: %s", source.Name, source.Unknown)
		}
	}
	return ""
}

// stale says why what was observed is from before the last change. The look that a change brings about may have been a moment
// before it was known here that the change is made, so that another one is asked for.
func (r *remediator) stale(outcome *engine.Outcome) string {
	for _, source := range outcome.Result.Sources {
		if source.Kind == ownership.SourceKubernetes && !source.At.After(r.wrote) {
			r.lookAt(source.Name)
			return fmt.Sprintf("source %s is to be observed after the last change", source.Name)
		}
	}
	return ""
}

// do carries a decision out. What fails stops nothing else.
func (r *remediator) do(ctx context.Context, decision remediation.Decision, until func(ownership.Change) time.Time) error {
	var errs []error
	for _, fought := range decision.Fought {
		r.log.Warn("a change was made and set back again and again within the hour, so it is not made for now; find out who sets it back",
			"change", fought.Steps[0].Change.Object(), "after", fought.Steps[0].Change.After, "area", fought.Areas[0])
	}
	for _, stale := range decision.Supersede {
		errs = append(errs, r.supersede(ctx, stale, movedText))
	}
	create, err := r.approvable(ctx, decision.Create)
	errs = append(errs, err)
	for _, wanted := range create {
		if err := r.mayWrite(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
		errs = append(errs, r.create(ctx, wanted, until))
	}
	for _, waiting := range decision.Await {
		errs = append(errs, r.await(ctx, waiting))
	}
	for _, planned := range decision.Execute {
		errs = append(errs, r.execute(ctx, planned))
	}
	for _, old := range decision.Prune {
		if err := r.mayWrite(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
		errs = append(errs, client.IgnoreNotFound(r.client.Delete(ctx, old, client.Preconditions{UID: &old.UID})))
	}
	return errors.Join(errs...)
}

// mayWrite asks for the kill switch at this moment: a list of writes may be long.
func (r *remediator) mayWrite(ctx context.Context) error {
	if why := r.texts.stopped(ctx, r.options.Stop); why != "" {
		return fmt.Errorf("all writes are stopped: %s", why)
	}
	return nil
}

// waits says whether nothing of a proposal is made without people.
func waits(wanted remediation.Named) bool {
	return !wanted.Makes(wanted.Mode == ownership.Enforce, false)
}

// approvable leaves out what is to wait for people while the admission policy is so new that an approval would prove nothing.
func (r *remediator) approvable(ctx context.Context, wanted []remediation.Named) ([]remediation.Named, error) {
	if !slices.ContainsFunc(wanted, waits) {
		return wanted, nil
	}
	since, not, err := r.admission.since(ctx)
	if err == nil && (not != "" || r.options.Now().After(since)) {
		return wanted, nil
	}
	if err == nil {
		r.lookAgain(since.Add(time.Second))
	}
	return slices.DeleteFunc(wanted, waits), err
}

// create makes a Remediation, unless the live target shows that the facts are behind: what is done already, or has moved,
// is not proposed.
func (r *remediator) create(ctx context.Context, wanted remediation.Named, until func(ownership.Change) time.Time) error {
	for _, step := range wanted.Steps {
		found, _, err := r.targetOf(step.Change).Look(ctx, step.Change)
		if err != nil || found != kubernetes.AsPlanned {
			return err
		}
	}
	made := &v1alpha1.Remediation{
		ObjectMeta: metav1.ObjectMeta{Namespace: wanted.Namespace, Name: wanted.Name},
		Spec:       wanted.Spec(until),
	}
	if err := r.client.Create(ctx, made); err != nil {
		if apierrors.IsAlreadyExists(err) {
			return nil // the cache will show it
		}
		return fmt.Errorf("proposing %s/%s: %w", wanted.Namespace, wanted.Name, ownAccount(err))
	}
	r.log.Info("proposed", "remediation", wanted.Namespace+"/"+wanted.Name, "mode", wanted.Mode, "changes", len(wanted.Steps))
	if !waits(wanted) {
		return r.execute(ctx, remediation.Planned{Remediation: made, Proposal: wanted.Proposal})
	}
	return r.await(ctx, remediation.Planned{Remediation: made, Proposal: wanted.Proposal})
}

// await says that a Remediation waits, and for what:
//
//	suspended                                 to be taken up again
//	not proposed now, but that is in doubt    facts
//	brakes hold all of it                     an override
//	else                                      an approval
func (r *remediator) await(ctx context.Context, waiting remediation.Planned) error {
	switch {
	case waiting.Spec.Suspend:
		return r.write(ctx, waiting.Remediation, waitingStatus("Suspended", "spec.suspend is true; set it to false to go on"))
	case waiting.Doubt != "":
		return r.write(ctx, waiting.Remediation, waitingStatus("FactsUnknown", "whether the plan still holds is unknown: "+waiting.Doubt))
	}
	if !waiting.Proposal.Makes(true, false) {
		return r.write(ctx, waiting.Remediation, waitingStatus("Held", heldText(waiting)))
	}
	return r.write(ctx, waiting.Remediation, waitingStatus("AwaitingApproval", fmt.Sprintf("look at it, and approve it, with: remit approve %s -n %s", waiting.Name, waiting.Namespace)))
}

// hold says why nothing becomes of the Remediations that are not finished.
func (r *remediator) hold(ctx context.Context, existing []*v1alpha1.Remediation, reason, message string) error {
	var errs []error
	for _, each := range existing {
		if !remediation.Finished(each) {
			errs = append(errs, r.write(ctx, each, waitingStatus(reason, message)))
		}
	}
	return errors.Join(errs...)
}

// waitingStatus is how a status changes of what waits.
func waitingStatus(reason, message string) func(*v1alpha1.RemediationStatus) {
	return func(status *v1alpha1.RemediationStatus) {
		if status.Phase != v1alpha1.RemediationRunning {
			status.Phase = v1alpha1.RemediationAwaitingApproval
		}
		status.Conditions = []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionFalse, reason, message)}
	}
}

const movedText = "what the plan rests on has moved, or was settled otherwise; if anything is left to do, another Remediation says so"

// lookAgain has a pass made at a time, or before.
func (r *remediator) lookAgain(at time.Time) { r.again = earliest(r.again, at) }

// supersede ends a Remediation whose plan is not what would be done now. What was claimed when a replica ended is settled
// first:
//
//	each change is made, or found made   Succeeded: a replica ended before it could say so
//	else                                 Superseded
func (r *remediator) supersede(ctx context.Context, stale *v1alpha1.Remediation, message string) error {
	settled, err := r.settleClaims(ctx, stale, false)
	if err != nil {
		return err
	}
	return r.write(ctx, stale, func(status *v1alpha1.RemediationStatus) {
		settled(status)
		if int(status.Made) == len(stale.Spec.Changes) {
			finish(status, v1alpha1.RemediationSucceeded, r.options.Now())
			status.Conditions = []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, "Succeeded", madeText(int(status.Made), len(stale.Spec.Changes)))}
			return
		}
		finish(status, v1alpha1.RemediationSuperseded, r.options.Now())
		status.Conditions = []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, "Superseded", message)}
	})
}

// targetOf is the target that a change is made to.
func (r *remediator) targetOf(change ownership.Change) target {
	for _, target := range r.targets {
		if target.Kind() == change.Target {
			return target
		}
	}
	return noTarget{}
}

// noTarget refuses everything.
type noTarget struct{}

func (noTarget) Kind() string                      { return "" }
func (noTarget) Operations() []ownership.Operation { return nil }

func (noTarget) Look(context.Context, ownership.Change) (kubernetes.Finding, string, error) {
	return kubernetes.Moved, "this controller has no target of that kind", nil
}

func (n noTarget) Apply(ctx context.Context, change ownership.Change, _ kubernetes.Owners) (kubernetes.Finding, string, error) {
	return n.Look(ctx, change)
}

// write writes a status, if it is another than before; the object has it afterwards. A conflict is an error: somebody
// else has written, and the next pass decides anew.
func (r *remediator) write(ctx context.Context, object *v1alpha1.Remediation, change func(*v1alpha1.RemediationStatus)) error {
	next := object.DeepCopy()
	change(&next.Status)
	next.Status.ObservedGeneration = object.Generation
	next.Status.ObjectStatus = settleObject(object.Status.ObjectStatus, next.Status.ObjectStatus, metav1.NewTime(r.options.Now()).Rfc3339Copy())
	if equalStatus(&object.Status, &next.Status) {
		return nil
	}
	before := object.DeepCopy()
	if err := r.client.Status().Patch(ctx, next, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		return fmt.Errorf("writing the status of %s/%s: %w", object.Namespace, object.Name, ownAccount(err))
	}
	r.count(before, next)
	if before.Status.Phase != next.Status.Phase {
		r.tell(next)
	}
	*object = *next
	return nil
}

// tell tells in an event what has become of a Remediation.
func (r *remediator) tell(object *v1alpha1.Remediation) {
	kind := corev1.EventTypeNormal
	if object.Status.Phase == v1alpha1.RemediationFailed {
		kind = corev1.EventTypeWarning
	}
	note := object.Spec.Summary
	if ready := find(object.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		note = ready.Message
	}
	r.events.recorder.Eventf(object, nil, kind, object.Status.Phase, "Remediate", "%s", bounded(note))
}
