package operator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/crds"
)

// shopIsLabelled declares a namespace's owner that is not the one on its label.
func (s *scene) shopIsLabelled(name, mode string) {
	s.t.Helper()
	s.apply(strings.NewReplacer("NAME", name, "MODE", mode).Replace(`
apiVersion: v1
kind: Namespace
metadata: {name: NAME, labels: {remit.dev/owner: old-team, keep: "yes"}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: cluster}
spec:
  mode: MODE
  kubernetes: {teamOrganization: acme, writeLabel: remit.dev/owner}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {namespace: remit-system, name: NAME}
spec:
  mode: MODE
  scope: {namespaces: [{name: NAME}]}
  roles: [{role: accountable, holders: ["team:acme/payments"]}]
`))
}

// ownerOf is the label of a namespace.
func (s *scene) ownerOf(name string) string {
	s.t.Helper()
	var namespace corev1.Namespace
	if err := s.admin.Get(s.t.Context(), types.NamespacedName{Name: name}, &namespace); err != nil {
		s.t.Fatal(err)
	}
	if namespace.Labels["keep"] != "yes" {
		s.t.Errorf("another label of %s has gone: %v", name, namespace.Labels)
	}
	return namespace.Labels["remit.dev/owner"]
}

// remediations are all in a namespace.
func (s *scene) remediations(namespace string) []v1alpha1.Remediation {
	s.t.Helper()
	var list v1alpha1.RemediationList
	if err := s.admin.List(s.t.Context(), &list, client.InNamespace(namespace)); err != nil {
		s.t.Fatal(err)
	}
	return list.Items
}

// proposed waits for the one Remediation of a phase.
func (s *scene) proposed(phase string) *v1alpha1.Remediation {
	s.t.Helper()
	var found *v1alpha1.Remediation
	s.eventually(func() error {
		all := s.remediations(DefaultNamespace)
		if len(all) != 1 || all[0].Status.Phase != phase {
			return fmt.Errorf("want one Remediation that is %s, got %d: %+v", phase, len(all), statuses(all))
		}
		found = &all[0]
		return nil
	})
	return found
}

func statuses(all []v1alpha1.Remediation) (texts []string) {
	for _, each := range all {
		texts = append(texts, fmt.Sprintf("%s %s: %+v", each.Name, each.Spec.Mode, each.Status))
	}
	return texts
}

// user is a user of the cluster who may edit Remediations, and has the verbs besides.
func (s *scene) user(name string, verbs ...string) client.Client {
	s.t.Helper()
	role := &rbacv1.ClusterRole{Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{"remit.dev"}, Resources: []string{"remediations"}, Verbs: append([]string{"get", "list", "update", "patch", "create"}, verbs...),
	}, {
		APIGroups: []string{"remit.dev"}, Resources: []string{"remediations/status"}, Verbs: []string{"update", "patch"},
	}}}
	return s.userWith(name, role)
}

// userWith is a user of the cluster with a role.
func (s *scene) userWith(name string, role *rbacv1.ClusterRole) client.Client {
	s.t.Helper()
	role.GenerateName = "test-"
	if err := s.admin.Create(s.t.Context(), role); err != nil {
		s.t.Fatal(err)
	}
	binding := &rbacv1.ClusterRoleBinding{
		RoleRef:  rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "ClusterRole", Name: role.Name},
		Subjects: []rbacv1.Subject{{APIGroup: "rbac.authorization.k8s.io", Kind: "User", Name: name}},
	}
	binding.Name = role.Name
	if err := s.admin.Create(s.t.Context(), binding); err != nil {
		s.t.Fatal(err)
	}
	config, err := s.UserConfig(name)
	if err != nil {
		s.t.Fatal(err)
	}
	as, err := client.New(config, client.Options{Scheme: s.admin.Scheme()})
	if err != nil {
		s.t.Fatal(err)
	}
	return as
}

// policySettles waits until an approval counts that is given under the admission policy.
func (s *scene) policySettles() {
	s.t.Helper()
	var binding admissionv1.ValidatingAdmissionPolicyBinding
	if err := s.admin.Get(s.t.Context(), types.NamespacedName{Name: policyName}, &binding); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(time.Until(binding.CreationTimestamp.Add(comesIntoForce + 2*time.Second)))
}

// approve patches an approval, as `remit approve` does.
func approve(of *v1alpha1.Remediation, by string) (client.Object, client.Patch) {
	next := of.DeepCopy()
	next.Spec.Approval = &v1alpha1.Approval{PlanHash: of.Spec.PlanHash, By: by}
	return next, client.MergeFrom(of)
}

// What is proposed is made once somebody who may has approved it, and is the record afterwards.
func TestProposedIsMadeWhenApproved(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-approve", "Propose")
	s.start(nil)
	proposed := s.proposed(v1alpha1.RemediationAwaitingApproval)
	if len(proposed.Spec.Changes) != 1 || proposed.Spec.Changes[0].Before != "old-team" || proposed.Spec.Changes[0].After != "payments" {
		t.Fatalf("the plan is another: %+v", proposed.Spec)
	}
	alice, bob := s.user("alice", "approve"), s.user("bob")
	refused := func(reason string, as client.Client, by, want string) {
		t.Helper()
		next, patch := approve(proposed, by)
		if err := as.Patch(t.Context(), next, patch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error with %q, got %v", reason, want, err)
		}
	}
	refused("bob has not the verb", bob, "bob", `takes the verb "approve"`)
	refused("nobody approves in another's name", bob, "alice", "must be who approves: bob")
	refused("not even one who may approve", alice, "bob", "must be who approves: alice")
	if owner := s.ownerOf("shop-approve"); owner != "old-team" {
		t.Fatalf("the label was changed without approval, to %q", owner)
	}
	s.policySettles()
	next, patch := approve(proposed, "alice")
	if err := alice.Patch(t.Context(), next, patch); err != nil {
		t.Fatal(err)
	}
	done := s.proposed(v1alpha1.RemediationSucceeded)
	if owner := s.ownerOf("shop-approve"); owner != "payments" {
		t.Errorf("the label is %q", owner)
	}
	if done.Status.Made != 1 || done.Status.FinishedAt == nil || len(done.Status.Changes) != 1 || done.Status.Changes[0].Outcome != v1alpha1.ChangeMade {
		t.Errorf("the record is %+v", done.Status)
	}
	s.eventually(func() error {
		var area v1alpha1.Area
		if err := s.admin.Get(t.Context(), types.NamespacedName{Namespace: DefaultNamespace, Name: "shop-approve"}, &area); err != nil {
			return err
		}
		if sync := find(area.Status.Conditions, v1alpha1.ConditionInSync); sync == nil || sync.Status != "True" {
			return fmt.Errorf("the area is %+v", area.Status)
		}
		return nil
	})
	time.Sleep(2 * time.Second)
	s.proposed(v1alpha1.RemediationSucceeded) // and none besides
	t.Log("\n" + s.Kubectl(t, "get", "remediations,areas", "-n", DefaultNamespace))
}

// What is enforced is made at once, within the brakes, and recorded; a label that somebody sets back is set again, in a
// Remediation of its own.
func TestEnforcedIsMadeAndRecorded(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-enforce", "Enforce")
	s.start(nil)
	first := s.proposed(v1alpha1.RemediationSucceeded)
	if first.Spec.Mode != "Enforce" || s.ownerOf("shop-enforce") != "payments" {
		t.Fatalf("%+v, the label is %q", first.Spec, s.ownerOf("shop-enforce"))
	}
	s.Kubectl(t, "label", "namespace", "shop-enforce", "remit.dev/owner=old-team", "--overwrite")
	made := func(times int) error {
		all := s.remediations(DefaultNamespace)
		for _, each := range all {
			if each.Status.Phase != v1alpha1.RemediationSucceeded {
				return fmt.Errorf("not all are done: %v", statuses(all))
			}
		}
		if len(all) != times {
			return fmt.Errorf("want %d Remediations, got %v", times, statuses(all))
		}
		return nil
	}
	s.eventually(func() error { return made(2) })
	if owner := s.ownerOf("shop-enforce"); owner != "payments" {
		t.Errorf("the label is %q", owner)
	}
	// Who sets it back a third and fourth time is not fought with.
	for range 2 {
		s.Kubectl(t, "label", "namespace", "shop-enforce", "remit.dev/owner=old-team", "--overwrite")
		time.Sleep(2 * time.Second)
	}
	s.eventually(func() error { return made(3) })
	if owner := s.ownerOf("shop-enforce"); owner != "old-team" {
		t.Errorf("the label is %q", owner)
	}
}

// What a brake holds waits in one Remediation, also where it would be enforced: it is not finished with nothing made, and
// proposed again at once. Somebody may override the brake.
func TestHeldWaits(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-held", "Enforce")
	s.start(nil)
	first := s.proposed(v1alpha1.RemediationSucceeded)
	s.Kubectl(t, "label", "namespace", "shop-held", "remit.dev/owner=third-team", "--overwrite") // a second one would lose the role in a day
	var waiting *v1alpha1.Remediation
	s.eventually(func() error {
		waiting = nil
		for _, each := range s.remediations(DefaultNamespace) {
			if ready := find(each.Status.Conditions, v1alpha1.ConditionReady); each.Name != first.Name && ready != nil && ready.Reason == "Held" {
				waiting = &each
			}
		}
		if waiting == nil {
			return fmt.Errorf("none waits that is held: %v", statuses(s.remediations(DefaultNamespace)))
		}
		return nil
	})
	ready := find(waiting.Status.Conditions, v1alpha1.ConditionReady)
	for _, part := range []string{"may lose 1 of", "remit approve " + waiting.Name + " -n " + DefaultNamespace} {
		if waiting.Status.Phase != v1alpha1.RemediationAwaitingApproval || !strings.Contains(ready.Message, part) {
			t.Errorf("%s does not say %q: %s", waiting.Status.Phase, part, ready.Message)
		}
	}
	time.Sleep(2 * time.Second)
	if all := s.remediations(DefaultNamespace); len(all) != 2 || s.ownerOf("shop-held") != "third-team" {
		t.Fatalf("it did not wait: %v, the label is %q", statuses(all), s.ownerOf("shop-held"))
	}
	s.policySettles()
	erin := s.user("erin", "override")
	next := waiting.DeepCopy()
	next.Spec.Override = &v1alpha1.Approval{PlanHash: waiting.Spec.PlanHash, By: "erin"}
	if err := erin.Patch(t.Context(), next, client.MergeFrom(waiting)); err != nil {
		t.Fatal(err)
	}
	s.eventually(func() error {
		if owner := s.ownerOf("shop-held"); owner != "payments" {
			return fmt.Errorf("the label is %q: %v", owner, statuses(s.remediations(DefaultNamespace)))
		}
		return nil
	})
}

// While the kill switch is on, nothing is made or proposed; and it goes on when it is taken back.
func TestKillSwitch(t *testing.T) {
	s := newScene(t)
	s.apply(`{apiVersion: v1, kind: ConfigMap, metadata: {namespace: remit-system, name: remit-stop}, data: {reason: "an incident"}}`)
	s.shopIsLabelled("shop-stop", "Enforce")
	r := s.start(nil)
	s.eventually(func() error {
		var area v1alpha1.Area
		if err := s.admin.Get(t.Context(), types.NamespacedName{Namespace: DefaultNamespace, Name: "shop-stop"}, &area); err != nil {
			return err
		}
		if area.Status.DriftTotal == 0 {
			return fmt.Errorf("the area is %+v", area.Status)
		}
		return nil
	})
	time.Sleep(time.Second)
	if all := s.remediations(DefaultNamespace); len(all) != 0 || s.ownerOf("shop-stop") != "old-team" {
		t.Fatalf("something was written: %v, %q", statuses(all), s.ownerOf("shop-stop"))
	}
	s.eventually(r.counts(`remit_changes_held{brake="kill-switch"} 1`))
	s.Kubectl(t, "delete", "configmap", "remit-stop", "-n", DefaultNamespace)
	s.proposed(v1alpha1.RemediationSucceeded)
	s.eventually(r.counts(`remit_changes_held{brake="kill-switch"} 0`))
}

// An approval proves nothing without the admission policy, nor one that was given before it was there.
func TestApprovalWithoutThePolicyIsIgnored(t *testing.T) {
	s := newScene(t)
	s.Kubectl(t, "delete", "validatingadmissionpolicybinding", policyName)
	s.shopIsLabelled("shop-forged", "Propose")
	s.start(nil)
	proposed := s.proposed(v1alpha1.RemediationAwaitingApproval)
	mallory := s.user("mallory")
	s.eventually(func() error { // until the binding has stopped to be asked
		next, patch := approve(proposed, "the-king")
		return mallory.Patch(t.Context(), next, patch)
	})
	ignored := func(want string) {
		t.Helper()
		s.eventually(func() error {
			waiting := s.proposed(v1alpha1.RemediationAwaitingApproval)
			if ready := find(waiting.Status.Conditions, v1alpha1.ConditionReady); ready == nil || ready.Reason != "ApprovalIgnored" || !strings.Contains(ready.Message, want) {
				return fmt.Errorf("it is not said that the approval is ignored: %+v", waiting.Status)
			}
			return nil
		})
	}
	ignored("is not installed")
	if err := s.Install(t.Context(), crds.FS); err != nil {
		t.Fatal(err)
	}
	s.eventually(func() error { // what is older is proposed anew, to be approved
		all := s.remediations(DefaultNamespace)
		if len(all) != 2 || all[0].Status.Phase != v1alpha1.RemediationSuperseded || all[1].Status.Phase != v1alpha1.RemediationAwaitingApproval || all[1].Spec.Approval != nil {
			return fmt.Errorf("%v", statuses(all))
		}
		if ready := find(all[0].Status.Conditions, v1alpha1.ConditionReady); !strings.Contains(ready.Message, "older than the admission policy") {
			return fmt.Errorf("it says %+v", ready)
		}
		return nil
	})
	if owner := s.ownerOf("shop-forged"); owner != "old-team" {
		t.Errorf("the label was changed to %q", owner)
	}
}

// A plan whose inputs moved is superseded, approved or not, and is not carried out.
func TestMovedPlanIsSuperseded(t *testing.T) {
	s := newScene(t)
	s.shopIsLabelled("shop-moved", "Propose")
	s.start(nil)
	proposed := s.proposed(v1alpha1.RemediationAwaitingApproval)
	s.Kubectl(t, "label", "namespace", "shop-moved", "remit.dev/owner=other-team", "--overwrite")
	s.eventually(func() error {
		phases := map[string]string{}
		for _, each := range s.remediations(DefaultNamespace) {
			phases[each.Status.Phase] = each.Spec.Changes[0].Before
		}
		if phases[v1alpha1.RemediationSuperseded] != "old-team" || phases[v1alpha1.RemediationAwaitingApproval] != "other-team" || len(phases) != 2 {
			return fmt.Errorf("phases by what was there before: %v", phases)
		}
		return nil
	})
	carol := s.user("carol", "approve")
	next, patch := approve(proposed, "carol")
	if err := carol.Patch(t.Context(), next, patch); err == nil || !strings.Contains(err.Error(), "the Remediation is finished") {
		t.Errorf("what is superseded was approved: %v", err)
	}
	time.Sleep(2 * time.Second)
	if owner := s.ownerOf("shop-moved"); owner != "other-team" {
		t.Errorf("a plan that was superseded was carried out: the label is %q", owner)
	}
}
