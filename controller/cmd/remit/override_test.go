package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// labelled is a namespace with the label of an owner.
func labelled(name, owner string) string {
	return fmt.Sprintf(`
---
apiVersion: v1
kind: Namespace
metadata: {name: %s, labels: {remit.dev/owner: %s}}
`, name, owner)
}

// owning is an area of namespaces that the team acme/payments is to own, and the source that lets their labels be written.
func owning(area, mode string, namespaces ...string) string {
	var scope []string
	for _, name := range namespaces {
		scope = append(scope, fmt.Sprintf("{name: %s}", name))
	}
	return strings.NewReplacer("AREA", area, "MODE", mode, "SCOPE", strings.Join(scope, ", ")).Replace(`
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
metadata: {namespace: remit-system, name: AREA}
spec:
  mode: MODE
  scope: {namespaces: [SCOPE]}
  roles: [{role: accountable, holders: ["team:acme/payments"]}]
`)
}

// owner is the label of a namespace.
func (c *cluster) owner(name string) string {
	c.t.Helper()
	var namespace corev1.Namespace
	if err := c.admin.Get(c.t.Context(), types.NamespacedName{Name: name}, &namespace); err != nil {
		c.t.Fatal(err)
	}
	return namespace.Labels["remit.dev/owner"]
}

// became is what has become of a Remediation: "PHASE REASON: OUTCOME, ..." with an outcome for each change, and its brake where one holds it.
func became(object *v1alpha1.Remediation) string {
	text := object.Status.Phase
	for _, condition := range object.Status.Conditions {
		if condition.Type == v1alpha1.ConditionReady {
			text += " " + condition.Reason
		}
	}
	var changes []string
	for _, change := range object.Spec.Changes {
		outcome := "-"
		for _, noted := range object.Status.Changes {
			if noted.ID == change.ID {
				outcome = noted.Outcome
			}
		}
		changes = append(changes, strings.TrimSpace(outcome+" "+change.Brake))
	}
	return text + ": " + strings.Join(changes, ", ")
}

// remediations waits until the Remediations of the controller's namespace have become this, and gives them in that order.
func (c *cluster) remediations(want ...string) []v1alpha1.Remediation {
	c.t.Helper()
	var list v1alpha1.RemediationList
	c.eventually(func() error {
		if err := c.admin.List(c.t.Context(), &list, client.InNamespace(system)); err != nil {
			return err
		}
		slices.SortFunc(list.Items, func(a, b v1alpha1.Remediation) int { return strings.Compare(became(&a), became(&b)) })
		var got []string
		for i := range list.Items {
			got = append(got, became(&list.Items[i]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("Remediations (-want +got):\n%s", diff)
		}
		return nil
	})
	return list.Items
}

// user is the kubeconfig of somebody who may edit Remediations, and has the verbs besides.
func (c *cluster) user(name string, verbs ...string) string {
	c.t.Helper()
	meta := metav1.ObjectMeta{Name: "test-" + name}
	for _, object := range []client.Object{
		&rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{
			APIGroups: []string{"remit.dev"}, Resources: []string{"remediations"}, Verbs: append([]string{"get", "list", "patch"}, verbs...),
		}}},
		&rbacv1.ClusterRoleBinding{
			ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
			Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: name}},
		},
	} {
		if err := c.admin.Create(c.t.Context(), object); err != nil {
			c.t.Fatal(err)
		}
	}
	config, err := c.UserConfig(name)
	if err != nil {
		c.t.Fatal(err)
	}
	path := filepath.Join(c.t.TempDir(), "kubeconfig")
	if err := controlplane.WriteKubeconfig(path, config); err != nil {
		c.t.Fatal(err)
	}
	return path
}

// controllerWithProbe starts a controller that may be forbidden one thing: what it tries to see whether the admission policy of
// Remediations is in force.
func (c *cluster) controllerWithProbe() *replica {
	c.t.Helper()
	config, refusals := controlplane.RecordForbidden(c.account)
	c.t.Cleanup(func() {
		for _, refused := range refusals.All() {
			if refused.Verb != "create" || refused.Resource != "remediations.remit.dev" || !strings.Contains(refused.Message, "remediations.remit.dev") {
				c.t.Errorf("a request was forbidden: %s", refused)
			}
		}
	})
	return c.controllerAs(config)
}

// What a brake holds is shown with the brake and its number, an approval leaves it as it is, and only who has the verb "override" can
// have it made all the same.
func TestOverride(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.apply(labelled("pay-1", "old-one") + labelled("pay-2", "old-two") + owning("pay", "Propose", "pay-1", "pay-2"))
	alice, carol := c.user("alice", "approve"), c.user("carol", "override")
	r := c.controllerWithProbe()
	approve := func(reason string, code int, as, name string, want []string, flags ...string) {
		t.Helper()
		got, out, complaint := call(t, ".", append([]string{"approve", name, "--namespace", system, "--kubeconfig", as}, flags...)...)
		if got != code {
			t.Errorf("%s: exit code %d, want %d\n%s%s", reason, got, code, out, complaint)
		}
		for _, text := range want {
			if !strings.Contains(strings.Join(strings.Fields(out+complaint), " "), text) { // lines are broken at the width of a terminal
				t.Errorf("%s: want %q in\n%s%s", reason, text, out, complaint)
			}
		}
	}
	both := c.remediations("AwaitingApproval AwaitingApproval: -, - removals")[0]
	approve("it is shown what a brake holds, and why", 1, alice, both.Name, []string{"held by removals", "area remit-system/pay may lose 1 of 2 holders of accountable in 24 hours (25%, at least 1)"})
	approve("alice has no right to override", 2, alice, both.Name, []string{`verb "override"`}, "--override", "--confirm")
	approve("she approves the rest", 0, alice, both.Name, []string{"approved by alice"}, "--confirm")

	all := c.remediations("AwaitingApproval Held: - removals", "Succeeded Succeeded: Made, Held removals")
	if one, two := c.owner("pay-1"), c.owner("pay-2"); one != "payments" || two != "old-two" {
		t.Errorf("the labels are %s and %s", one, two)
	}
	r.counts(`remit_changes_total{op="set-label",result="made",target="kubernetes"} 1`, `remit_changes_total{op="set-label",result="refused",target="kubernetes"} 0`,
		`remit_changes_held{brake="removals"} 1`)
	if outcome := all[1].Status.Changes[1]; !strings.Contains(outcome.Message, "may lose 1 of 2") {
		t.Errorf("the record does not say what held the change: %+v", outcome)
	}
	held := all[0]
	approve("it waits for an override", 1, alice, held.Name, []string{"held by removals", "--override --confirm --hash "})
	approve("an approval would make nothing", 2, alice, held.Name, []string{"a brake holds every change", "--override --confirm --hash "}, "--confirm")
	approve("alice still has no right to override", 2, alice, held.Name, []string{`verb "override"`}, "--override", "--confirm")
	c.approves(&held, alice) // by hand, which she may: it changes nothing
	c.controllerPasses()
	c.remediations("AwaitingApproval Held: - removals", "Succeeded Succeeded: Made, Held removals")
	if two := c.owner("pay-2"); two != "old-two" {
		t.Errorf("what a brake holds was made with an approval alone: the label is %s", two)
	}
	approve("carol has", 0, carol, held.Name, []string{"approved by carol"}, "--override", "--confirm")
	all = c.remediations("Succeeded Succeeded: Made removals", "Succeeded Succeeded: Made, Held removals")
	if two := c.owner("pay-2"); two != "payments" {
		t.Errorf("the label is %s", two)
	}
	r.counts(`remit_changes_total{op="set-label",result="made",target="kubernetes"} 2`, `remit_changes_held{brake="removals"} 0`)
	if by := all[0].Spec.Override; by == nil || by.By != "carol" {
		t.Errorf("who overrode the brake is not recorded: %+v", by)
	}
	approve("it is finished", 2, carol, held.Name, []string{"brakes overridden by carol", "the Remediation is finished (Succeeded)"}, "--override", "--confirm")
	t.Log("\n" + c.Kubectl(t, "get", "remediations,areas", "-n", system))
}

// counts waits until the metrics have these lines.
func (r *replica) counts(lines ...string) {
	r.t.Helper()
	r.eventually(func() error {
		_, page := r.get("metrics")
		for _, line := range lines {
			if !strings.Contains(page, "\n"+line+"\n") {
				return fmt.Errorf("no %s in the metrics:\n%s", line, page)
			}
		}
		return nil
	})
}

// approves writes an approval into the object as somebody does without `remit approve`.
func (c *cluster) approves(object *v1alpha1.Remediation, kubeconfig string) {
	c.t.Helper()
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"approval": map[string]any{"planHash": object.Spec.PlanHash, "by": "alice"}}})
	if err != nil {
		c.t.Fatal(err)
	}
	if said, err := c.TryKubectl(c.t, "", "--kubeconfig="+kubeconfig, "patch", "remediation", object.Name, "-n", system, "--type=merge", "--patch="+string(patch)); err != nil {
		c.t.Fatalf("%v: %s", err, said)
	}
}

// controllerPasses has the controller make passes, by an area that it judges.
func (c *cluster) controllerPasses() {
	c.t.Helper()
	name := fmt.Sprintf("pass-%d", time.Now().UnixNano())
	c.apply(held(name))
	c.eventually(func() error {
		var area v1alpha1.Area
		if err := c.admin.Get(c.t.Context(), types.NamespacedName{Namespace: system, Name: name}, &area); err != nil {
			return err
		}
		if area.Status.State != v1alpha1.AreaOwned {
			return fmt.Errorf("the area is %q", area.Status.State)
		}
		return nil
	})
}
