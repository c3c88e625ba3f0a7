package operator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// binding changes the binding of the admission policy for the rest of the test, as an administrator might.
func (s *scene) binding(patch string) {
	s.t.Helper()
	s.t.Cleanup(func() { // the next test installs it anew
		_, _ = s.TryKubectl(s.t, "", "delete", "validatingadmissionpolicybinding", policyName, "--ignore-not-found")
	})
	s.Kubectl(s.t, "patch", "validatingadmissionpolicybinding", policyName, "--type=merge", "-p", patch)
}

// forge approves a Remediation in the name of another, once the API server lets that happen.
func (s *scene) forge(as client.Client, of *v1alpha1.Remediation) {
	s.t.Helper()
	s.eventually(func() error {
		next, patch := approve(of, "the-king")
		return as.Patch(s.t.Context(), next, patch, client.FieldOwner("forger"))
	})
}

// An approval from a time at which the policy only warned is no approval, also if whoever wrote it writes another field
// of the object later, so that the API server notes a new time. The plan is proposed anew, for people to approve.
func TestForgedApprovalIsNotRenewed(t *testing.T) {
	s := newScene(t)
	s.binding(`{"spec":{"validationActions":["Audit"]}}`)
	s.shopIsLabelled("shop-renewed", "Propose")
	s.start(nil)
	forged := s.proposed(v1alpha1.RemediationAwaitingApproval)
	mallory := s.user("mallory")
	s.forge(mallory, forged)
	s.binding(`{"spec":{"validationActions":["Deny"]}}`)
	time.Sleep(comesIntoForce + 2*time.Second)
	if err := mallory.Patch(t.Context(), forged.DeepCopy(), client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`)), client.FieldOwner("forger")); err != nil {
		t.Fatal(err)
	}
	s.eventually(func() error {
		phases := map[string]string{}
		for _, each := range s.remediations(DefaultNamespace) {
			phases[each.Status.Phase] += fmt.Sprint(each.Name, each.Spec.Approval != nil)
		}
		if phases[v1alpha1.RemediationSuperseded] != forged.Name+"true" || phases[v1alpha1.RemediationAwaitingApproval] != forged.Name+"-2false" || len(phases) != 2 {
			return fmt.Errorf("by phase: %v", phases)
		}
		return nil
	})
	if owner := s.ownerOf("shop-renewed"); owner != "old-team" {
		t.Errorf("the label was changed to %q", owner)
	}
}

// A policy that is bound to other namespaces proves nothing in this one.
func TestApprovalWhereThePolicyIsNotBound(t *testing.T) {
	s := newScene(t)
	s.binding(`{"spec":{"matchResources":{"namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["unbound"]}]}}}}`)
	s.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: unbound, labels: {remit.dev/owner: old-team, keep: "yes"}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec:
  mode: Propose
  kubernetes: {teamOrganization: acme, writeLabel: remit.dev/owner}
  grants: [{to: {namespaces: [unbound]}, namespaces: [unbound], holders: ["team:acme/*"], maxMode: Propose}]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: unbound, name: all}
spec:
  mode: Propose
  scope: {namespaces: [{name: unbound}]}
  roles: [{role: accountable, holders: ["team:acme/payments"]}]
`)
	s.start(nil)
	var forged *v1alpha1.Remediation
	s.eventually(func() error {
		all := s.remediations("unbound")
		if len(all) != 1 || all[0].Status.Phase != v1alpha1.RemediationAwaitingApproval {
			return fmt.Errorf("proposed is %v", statuses(all))
		}
		forged = &all[0]
		return nil
	})
	time.Sleep(comesIntoForce + 2*time.Second)
	s.forge(s.user("mallory"), forged)
	s.eventually(func() error {
		all := s.remediations("unbound")
		if len(all) != 1 || all[0].Status.Phase != v1alpha1.RemediationAwaitingApproval {
			return fmt.Errorf("it does not wait: %v", statuses(all))
		}
		if ready := find(all[0].Status.Conditions, v1alpha1.ConditionReady); ready == nil || ready.Reason != "ApprovalIgnored" || !strings.Contains(ready.Message, "refuses nothing in the namespace unbound") {
			return fmt.Errorf("it is not said that the approval is ignored: %+v", ready)
		}
		return nil
	})
	if owner := s.ownerOf("unbound"); owner != "old-team" {
		t.Errorf("the label was changed to %q", owner)
	}
}
