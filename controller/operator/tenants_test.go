package operator

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// tenants are two namespaces of tenants, one with a grant of its own namespaces up to Propose and one without any; what they
// declare is all to have Remit label namespaces that are not theirs, or theirs without being asked.
const tenants = `
apiVersion: v1
kind: Namespace
metadata: {name: victim, labels: {remit.dev/owner: core, keep: "yes"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: evil, labels: {remit.dev/owner: core, team: core, keep: "yes"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: pay-own, labels: {remit.dev/owner: core, keep: "yes"}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec:
  mode: Enforce
  kubernetes: {teamOrganization: acme, writeLabel: remit.dev/owner}
  grants: [{to: {namespaces: [pay-own]}, namespaces: ["pay-*"], holders: ["team:acme/pay"], roles: [accountable], maxMode: Propose}]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: victim}
spec:
  mode: Enforce
  scope: {namespaces: [{name: victim}]}
  roles: [{role: accountable, holders: ["team:acme/core"]}]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: evil, name: by-name}
spec: {mode: Enforce, scope: {namespaces: [{name: victim}, {name: evil}]}, roles: [{role: accountable, holders: ["team:acme/evil"]}]}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: evil, name: by-labels}
spec: {mode: Enforce, scope: {namespaces: [{selector: {matchLabels: {keep: "yes"}}}]}, roles: [{role: accountable, holders: ["team:acme/evil"]}]}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: evil, name: victim}
spec: {mode: Enforce, parent: by-name, scope: {namespaces: [{name: victim}]}}
---
apiVersion: remit.dev/v1alpha1
kind: RoleAssignment
metadata: {namespace: evil, name: given}
spec: {area: victim, role: accountable, holders: ["team:acme/evil"], mode: Enforce}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: pay-own, name: own}
spec: {mode: Enforce, scope: {namespaces: [{name: pay-own}]}, roles: [{role: accountable, holders: ["team:acme/pay"]}]}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: pay-own, name: all}
spec: {mode: Enforce, scope: {namespaces: [{selector: {matchLabels: {keep: "yes"}}}]}, roles: [{role: accountable, holders: ["team:acme/pay"]}]}
`

// What a tenant declares has Remit write nothing that no grant gives, and nothing beyond the mode that it gives.
func TestTenantsLabelNothingOfOthers(t *testing.T) {
	s := newScene(t)
	s.apply(tenants)
	s.start(nil)
	s.eventually(func() error { // all of it was judged, and what is granted is proposed, no more
		all := s.remediations("")
		if len(all) != 1 || all[0].Namespace != "pay-own" || all[0].Spec.Mode != "Propose" || all[0].Status.Phase != v1alpha1.RemediationAwaitingApproval {
			return fmt.Errorf("%v", statuses(all))
		}
		for _, name := range []string{"by-name", "by-labels", "victim"} {
			var area v1alpha1.Area
			if err := s.admin.Get(t.Context(), types.NamespacedName{Namespace: "evil", Name: name}, &area); err != nil {
				return err
			}
			if stalled := find(area.Status.Conditions, v1alpha1.ConditionStalled); stalled == nil || stalled.Reason != "ScopeDenied" {
				return fmt.Errorf("evil/%s: %+v", name, area.Status)
			}
		}
		return nil
	})
	change := s.remediations("")[0].Spec.Changes
	if len(change) != 1 || change[0].Object != "namespace pay-own label remit.dev/owner" || change[0].After != "pay" {
		t.Errorf("proposed is %+v", change)
	}
	time.Sleep(2 * time.Second)
	for _, name := range []string{"victim", "evil", "pay-own"} {
		var namespace corev1.Namespace
		if err := s.admin.Get(t.Context(), types.NamespacedName{Name: name}, &namespace); err != nil {
			t.Fatal(err)
		}
		if namespace.Labels["remit.dev/owner"] != "core" {
			t.Errorf("the namespace %s has the labels %v", name, namespace.Labels)
		}
	}
	var victim v1alpha1.Area
	if err := s.admin.Get(t.Context(), types.NamespacedName{Namespace: DefaultNamespace, Name: "victim"}, &victim); err != nil {
		t.Fatal(err)
	}
	if victim.Status.State != v1alpha1.AreaOwned || victim.Status.DriftTotal != 0 {
		t.Errorf("the area of others is %+v", victim.Status)
	}
}
