package operator

import (
	"context"
	"fmt"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// policyName is that of the admission policy of Remediations, and of its binding.
const policyName = "remediations." + v1alpha1.Group

// comesIntoForce is how long after an admission policy was installed some API server may not ask it yet, with room to spare: they
// look for new ones each second. An approval from before then proves nothing.
const comesIntoForce = 15 * time.Second

// probeName is the name of the Remediation that is tried to be made, and never is.
const probeName = "remit-probe"

// admission knows whether the admission policy of Remediations is in force, without which an approval proves nothing: whoever
// may edit the object could write any name into it.
type admission struct {
	live    client.Reader
	creates client.Writer
}

const installRemedy = "; install crds/admission (kubectl apply --server-side -f crds/admission)"

// since is since when the policy is in force for sure, as far as its objects tell: since both were made, or changed last. A binding
// that only warned for a while let anything through. Not says which of them is missing.
func (a admission) since(ctx context.Context) (since time.Time, not string, err error) {
	var policy admissionv1.ValidatingAdmissionPolicy
	var binding admissionv1.ValidatingAdmissionPolicyBinding
	for _, object := range []client.Object{&policy, &binding} {
		err := a.live.Get(ctx, types.NamespacedName{Name: policyName}, object)
		if apierrors.IsNotFound(err) {
			return since, "the admission policy " + policyName + " is not installed" + installRemedy, nil
		}
		if err != nil {
			return since, "", fmt.Errorf("reading the admission policy %s: %w", policyName, err)
		}
		if changed := changedAt(object); changed.After(since) {
			since = changed
		}
	}
	return since.Add(comesIntoForce), "", nil
}

// changedAt is when somebody wrote an object last, but for its status.
func changedAt(object client.Object) time.Time {
	last := object.GetCreationTimestamp().Time
	for _, entry := range object.GetManagedFields() {
		if entry.Subresource == "" && entry.Time != nil && entry.Time.After(last) {
			last = entry.Time.Time
		}
	}
	return last
}

// inForce says since when the policy is in force in a namespace for sure; or why it is not. It is asked in two ways: the objects must be
// there, and a Remediation that approves itself in somebody else's name must be refused there, in a dry run, by just this policy.
func (a admission) inForce(ctx context.Context, namespace string) (since time.Time, not string, err error) {
	if since, not, err = a.since(ctx); err != nil || not != "" {
		return since, not, err
	}
	err = a.creates.Create(ctx, probe(namespace), client.DryRunAll)
	switch {
	case err == nil:
		return since, fmt.Sprintf("the admission policy %s refuses nothing in the namespace %s%s", policyName, namespace, installRemedy), nil
	case strings.Contains(err.Error(), policyName) && strings.Contains(err.Error(), "spec.approval.by"):
		return since, "", nil
	}
	return since, "whether the admission policy " + policyName + " is in force cannot be told: " + err.Error(), nil
}

// ownAccount says what to do where the admission policy refuses what the controller itself writes: it takes another account for
// the controller's.
func ownAccount(err error) error {
	if apierrors.IsForbidden(err) && strings.Contains(err.Error(), "ValidatingAdmissionPolicy '"+policyName) { // the resource has the same name
		return fmt.Errorf("the admission policy %s lets another account do this, not the one that this controller runs as; run it as that one, "+
			"or name this one in crds/admission/remediations.yaml: %w", policyName, err)
	}
	return err
}

// probe is a Remediation that nobody may make: it approves itself in the name of another.
func probe(namespace string) *v1alpha1.Remediation {
	hash := strings.Repeat("0", 64)
	return &v1alpha1.Remediation{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: probeName},
		Spec: v1alpha1.RemediationSpec{
			PlanHash: hash, Mode: "Propose", Areas: []string{"none/none"}, Total: 1,
			Changes:  []v1alpha1.RemediationChange{{ID: "1", Target: "none", Operation: "none", Object: "none", Area: "none/none", Role: "none"}},
			Approval: &v1alpha1.Approval{PlanHash: hash, By: "somebody-else"},
		},
	}
}
