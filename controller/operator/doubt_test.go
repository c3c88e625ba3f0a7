package operator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// While a source cannot be read, a plan that is not made now is not superseded, and none takes its place: it waits, and says for which source.
func TestRemediationWaitsForFacts(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-doubt", "Propose")
	s.start(nil)
	waiting := s.proposed(v1alpha1.RemediationAwaitingApproval)
	s.apply(`{apiVersion: remit.dev/v1alpha1, kind: OwnershipSource, metadata: {name: hr}, spec: {people: {configMap: {name: nowhere}}}}`)
	s.eventually(func() error {
		if area := s.area("shop-doubt"); area.Status.State != v1alpha1.AreaUnknown {
			return fmt.Errorf("the area is %s", area.Status.State)
		}
		return nil
	})
	s.Kubectl(t, "label", "namespace", "shop-doubt", "remit.dev/owner=another-team", "--overwrite") // it would be another plan
	s.eventually(func() error {
		all := s.remediations(DefaultNamespace)
		if len(all) != 1 || all[0].Name != waiting.Name || !strings.Contains(fmt.Sprint(all[0].Status.Conditions), "whether the plan still holds is unknown: source hr: ") {
			return fmt.Errorf("%v", statuses(all))
		}
		return nil
	})
	s.Kubectl(t, "delete", "ownershipsource", "hr")
	s.eventually(func() error {
		phases := map[string]int{}
		for _, each := range s.remediations(DefaultNamespace) {
			phases[each.Status.Phase]++
		}
		if diff := cmp.Diff(map[string]int{v1alpha1.RemediationSuperseded: 1, v1alpha1.RemediationAwaitingApproval: 1}, phases); diff != "" {
			return fmt.Errorf("once it is gone (-want +got):\n%s", diff)
		}
		return nil
	})
}

// What nobody can tell is neither in sync nor judged on complete facts, although what is known of it is as it should be.
func TestInSyncIsUnknown(t *testing.T) {
	s := newScene(t)
	s.apply(`
apiVersion: v1
kind: Namespace
metadata: {name: sync-right, labels: {remit.dev/owner: payments}}
---
apiVersion: v1
kind: Namespace
metadata: {name: sync-odd, annotations: {remit.dev/owner: "bob smith"}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec: {kubernetes: {teamOrganization: acme}}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: sync}
spec:
  scope: {namespaces: [{name: sync-right}, {name: sync-odd}]}
  roles: [{role: accountable, holders: ["team:acme/payments"]}]
`)
	s.start(nil)
	says := func(want map[string]metav1.ConditionStatus, text string) {
		t.Helper()
		s.eventually(func() error {
			area, got := s.area("sync"), map[string]metav1.ConditionStatus{}
			for _, condition := range area.Status.Conditions {
				got[condition.Type] = condition.Status
				if !strings.Contains(condition.Message, text) {
					return fmt.Errorf("%s says: %s", condition.Type, condition.Message)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				return fmt.Errorf("conditions (-want +got):\n%s", diff)
			}
			return nil
		})
	}
	const ready, inSync = v1alpha1.ConditionReady, v1alpha1.ConditionInSync
	says(map[string]metav1.ConditionStatus{ready: metav1.ConditionUnknown, inSync: metav1.ConditionUnknown}, "who is observed as accountable is unknown: who owns namespace sync-odd is unknown")
	s.Kubectl(t, "annotate", "namespace", "sync-odd", "remit.dev/owner-")
	says(map[string]metav1.ConditionStatus{ready: metav1.ConditionTrue, inSync: metav1.ConditionFalse}, "")
	s.Kubectl(t, "label", "namespace", "sync-odd", "remit.dev/owner=payments")
	says(map[string]metav1.ConditionStatus{ready: metav1.ConditionTrue, inSync: metav1.ConditionTrue}, "")
}

// A source that cannot be read, or is suspended, keeps nothing from being proposed that does not rest on it.
func TestOtherSourcesAreNotWaitedFor(t *testing.T) {
	s := newScene(t)
	s.apply(`
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: unreadable}
spec: {git: {url: "https://127.0.0.1/acme/shop.git"}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: suspended}
spec: {suspend: true, catalog: {url: "https://127.0.0.1/acme/shop.git"}}
`)
	s.shopIsLabelled("shop-others", "Propose")
	s.start(nil)
	first := s.proposed(v1alpha1.RemediationAwaitingApproval)
	s.Kubectl(t, "delete", "ownershipsource", "unreadable")
	s.Kubectl(t, "label", "namespace", "shop-others", "remit.dev/owner=another-team", "--overwrite")
	s.eventually(func() error {
		for _, each := range s.remediations(DefaultNamespace) {
			if each.Name == first.Name && each.Status.Phase != v1alpha1.RemediationSuperseded {
				return fmt.Errorf("a suspended source is waited for: %v", each.Status)
			}
		}
		return nil
	})
}
