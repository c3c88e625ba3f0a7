package operator

import (
	"fmt"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// suspends sets spec.suspend of a Remediation, as a user does.
func (s *scene) suspends(as client.Client, of *v1alpha1.Remediation, suspend bool) {
	s.t.Helper()
	next := of.DeepCopy()
	next.Spec.Suspend = suspend
	if err := as.Patch(s.t.Context(), next, client.RawPatch("application/merge-patch+json", []byte(fmt.Sprintf(`{"spec":{"suspend":%t}}`, suspend)))); err != nil {
		s.t.Fatal(err)
	}
}

// waits waits until the one Remediation there is waits for a reason, and gives it.
func (s *scene) waits(reason string) *v1alpha1.Remediation {
	s.t.Helper()
	var found *v1alpha1.Remediation
	s.eventually(func() error {
		found = s.proposed(v1alpha1.RemediationAwaitingApproval)
		ready := find(found.Status.Conditions, v1alpha1.ConditionReady)
		if ready == nil || ready.Reason != reason || ready.Status != "False" || found.Status.ObservedGeneration != found.Generation {
			return fmt.Errorf("generation %d, want that it waits by %s: %+v", found.Generation, reason, found.Status)
		}
		return nil
	})
	return found
}

// What somebody has suspended is not made, approved or not, until it is taken back.
func TestApprovedIsNotMadeWhileSuspended(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-pause", "Propose")
	s.start(nil)
	dave, frank := s.user("dave"), s.user("frank", "approve")
	s.suspends(dave, s.waits("AwaitingApproval"), true)
	suspended := s.waits("Suspended")
	s.policySettles()
	next, patch := approve(suspended, "frank")
	if err := frank.Patch(t.Context(), next, patch); err != nil {
		t.Fatal(err)
	}
	s.eventually(func() error {
		if approved := s.waits("Suspended"); approved.Spec.Approval == nil {
			return fmt.Errorf("it is not approved: %+v", approved)
		}
		return nil
	})
	time.Sleep(2 * time.Second)
	still := s.waits("Suspended")
	if owner := s.ownerOf("shop-pause"); owner != "old-team" || len(still.Status.Changes) != 0 {
		t.Errorf("the label is %q: %+v", owner, still.Status)
	}
	s.suspends(frank, still, false)
	s.proposed(v1alpha1.RemediationSucceeded)
	if owner := s.ownerOf("shop-pause"); owner != "payments" {
		t.Errorf("the label is %q", owner)
	}
}

// What is enforced can be suspended as well: here, between that it was proposed and that it would be made.
func TestEnforcedIsNotMadeWhileSuspended(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-halt", "Enforce")
	grace, heidi := s.user("grace"), s.user("heidi", "approve")
	s.startAs(s.stoppedOnceProposed(), nil)
	s.suspends(grace, s.waits("Stopped"), true)
	s.Kubectl(t, "delete", "configmap", stopName, "-n", DefaultNamespace)
	suspended := s.waits("Suspended")
	time.Sleep(2 * time.Second)
	still := s.waits("Suspended")
	if owner := s.ownerOf("shop-halt"); owner != "old-team" || len(still.Status.Changes) != 0 || still.Spec.Mode != "Enforce" || still.UID != suspended.UID {
		t.Errorf("the label is %q: %+v", owner, still)
	}
	s.suspends(heidi, still, false)
	s.proposed(v1alpha1.RemediationSucceeded)
	if owner := s.ownerOf("shop-halt"); owner != "payments" {
		t.Errorf("the label is %q", owner)
	}
}
