package operator

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// What no grant gives to a namespace is denied there, until one does; labels of the namespace count at once.
func TestGrantsCount(t *testing.T) {
	s := newScene(t)
	s.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: tenant}
---
apiVersion: v1
kind: Namespace
metadata: {name: claimed}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec:
  kubernetes: {teamOrganization: acme}
  grants:
    - to: {selector: {matchLabels: {tenant: "true"}}}
      namespaces: [claimed]
      holders: ["team:acme/*"]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: tenant, name: claims}
spec:
  scope: {namespaces: [{name: claimed}]}
  roles: [{role: accountable, holders: ["team:acme/payments"]}]
---
apiVersion: remit.dev/v1alpha1
kind: RoleAssignment
metadata: {namespace: tenant, name: given}
spec: {area: claims, role: deputy, holders: ["user:mallory"]}
`)
	s.start(nil)
	stalled := func(want string) {
		t.Helper()
		s.eventually(func() error {
			var area v1alpha1.Area
			if err := s.admin.Get(t.Context(), types.NamespacedName{Namespace: "tenant", Name: "claims"}, &area); err != nil {
				return err
			}
			got := ""
			if condition := find(area.Status.Conditions, v1alpha1.ConditionStalled); condition != nil {
				got = condition.Reason
			}
			if got != want || len(area.Status.Conditions) == 0 {
				return fmt.Errorf("stalled for %q, want %q: %+v", got, want, area.Status)
			}
			return nil
		})
	}
	refused := func(want string) {
		t.Helper()
		s.eventually(func() error {
			var assignment v1alpha1.RoleAssignment
			if err := s.admin.Get(t.Context(), types.NamespacedName{Namespace: "tenant", Name: "given"}, &assignment); err != nil {
				return err
			}
			condition := find(assignment.Status.Conditions, v1alpha1.ConditionStalled)
			if assignment.Status.Phase != want || want == v1alpha1.AssignmentRefused && (condition == nil || condition.Reason != "ScopeDenied") {
				return fmt.Errorf("want %s: %+v", want, assignment.Status)
			}
			return nil
		})
	}
	stalled("ScopeDenied")
	refused(v1alpha1.AssignmentRefused)
	s.Kubectl(t, "label", "namespace", "tenant", "tenant=true")
	stalled("")
	refused(v1alpha1.AssignmentRefused) // mallory is no team of Acme's
	s.Kubectl(t, "patch", "roleassignment", "given", "-n", "tenant", "--type=merge", "-p", `{"spec":{"holders":["team:acme/core"]}}`)
	refused(v1alpha1.AssignmentInForce)
	s.Kubectl(t, "label", "namespace", "tenant", "tenant-")
	stalled("ScopeDenied")
}
