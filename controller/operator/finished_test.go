package operator

import (
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/remediation"
)

// Once a Remediation is finished, its approval and override stay what they are, whoever asks: they are the record of who had its
// changes made. Until then they may be given and taken back, and the rest of what people may write may be written afterwards as well.
func TestFinishedKeepsWhoApproved(t *testing.T) {
	s := newScene(t)
	s.lend(rbacv1.PolicyRule{APIGroups: []string{v1alpha1.Group}, Resources: []string{"remediations"}, Verbs: []string{"patch", "approve", "override"}})
	remit := s.asRemit()
	patcher, both := s.user("peter"), s.user("anna", "approve", "override")
	by := func(r *v1alpha1.Remediation, name string) *v1alpha1.Approval {
		return &v1alpha1.Approval{PlanHash: r.Spec.PlanHash, By: name}
	}
	given := func(r *v1alpha1.Remediation) { r.Spec.Approval, r.Spec.Override = by(r, "anna"), by(r, "anna") }
	tests := map[string]struct {
		reason string
		as     client.Client
		given  func(*v1alpha1.Remediation) // what anna did before the end
		change func(*v1alpha1.Remediation)
		after  bool // it is admitted after the end as well
	}{
		"approval taken":     {"the record would say that nobody approved", patcher, given, func(r *v1alpha1.Remediation) { r.Spec.Approval = nil }, false},
		"override taken":     {"the record would say that a brake failed", patcher, given, func(r *v1alpha1.Remediation) { r.Spec.Override = nil }, false},
		"both taken":         {"", patcher, given, func(r *v1alpha1.Remediation) { r.Spec.Approval, r.Spec.Override = nil, nil }, false},
		"approval added":     {"she never looked at it, though she has the verb", both, nil, func(r *v1alpha1.Remediation) { r.Spec.Approval = by(r, "anna") }, false},
		"override added":     {"", both, nil, func(r *v1alpha1.Remediation) { r.Spec.Override = by(r, "anna") }, false},
		"approval replaced":  {"in its own name, which it may", remit, given, func(r *v1alpha1.Remediation) { r.Spec.Approval = by(r, remitUser) }, false},
		"override replaced":  {"", remit, given, func(r *v1alpha1.Remediation) { r.Spec.Override = by(r, remitUser) }, false},
		"taken by Remit":     {"it has no right to that either", remit, given, func(r *v1alpha1.Remediation) { r.Spec.Approval = nil }, false},
		"approval and label": {"one with the other", patcher, given, func(r *v1alpha1.Remediation) { r.Spec.Approval, r.Labels = nil, map[string]string{"a": "b"} }, false},
		"a label":            {"it means nothing", patcher, given, func(r *v1alpha1.Remediation) { r.Labels = map[string]string{"a": "b"} }, true},
		"suspended":          {"nothing is left to be suspended", patcher, given, func(r *v1alpha1.Remediation) { r.Spec.Suspend = true }, true},
	}
	for _, phase := range []string{
		"", v1alpha1.RemediationAwaitingApproval, v1alpha1.RemediationRunning,
		v1alpha1.RemediationSucceeded, v1alpha1.RemediationFailed, v1alpha1.RemediationSuperseded,
	} {
		for name, test := range tests {
			t.Run(phase+"/"+name, func(t *testing.T) {
				object := plain(DefaultNamespace, "")
				object.GenerateName = "finished-"
				if err := remit.Create(t.Context(), object); err != nil {
					t.Fatal(err)
				}
				if test.given != nil {
					before := object.DeepCopy()
					test.given(object)
					if err := both.Patch(t.Context(), object, client.MergeFrom(before)); err != nil {
						t.Fatal(err)
					}
				}
				before := object.DeepCopy()
				object.Status.Phase = phase
				if err := remit.Status().Patch(t.Context(), object, client.MergeFrom(before)); err != nil {
					t.Fatal(err)
				}
				finished := remediation.Finished(object)
				before = object.DeepCopy()
				test.change(object)
				err := test.as.Patch(t.Context(), object, client.MergeFrom(before))
				if !finished || test.after {
					if err != nil {
						t.Errorf("%s: want it admitted, got %v", test.reason, err)
					}
					return
				}
				if err == nil || !strings.Contains(err.Error(), policyName) || !strings.Contains(err.Error(), "the Remediation is finished, so that approval and override are the record") {
					t.Errorf("%s: want it refused as finished, got %v", test.reason, err)
				}
			})
		}
	}
	t.Run("the status", func(t *testing.T) { // with what was approved in the object, which is not what is written
		object := plain(DefaultNamespace, "finished-status")
		if err := remit.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		before := object.DeepCopy()
		given(object)
		if err := both.Patch(t.Context(), object, client.MergeFrom(before)); err != nil {
			t.Fatal(err)
		}
		for _, phase := range []string{v1alpha1.RemediationSucceeded, v1alpha1.RemediationFailed} {
			before := object.DeepCopy()
			object.Status.Phase = phase
			if err := remit.Status().Patch(t.Context(), object, client.MergeFrom(before)); err != nil {
				t.Errorf("%s: %v", phase, err)
			}
		}
	})
}
