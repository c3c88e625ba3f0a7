package operator

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// asRemit is the controller's own account.
func (s *scene) asRemit() client.Client {
	s.t.Helper()
	config, err := s.ServiceAccountConfig(s.t.Context(), DefaultNamespace, Account)
	if err != nil {
		s.t.Fatal(err)
	}
	remit, err := client.New(config, client.Options{Scheme: s.admin.Scheme()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.eventually(func() error { // policies are asked some moments after they were installed
		own := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: DefaultNamespace}}
		other := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":{"probe":"yes"}}}`))
		for policy, err := range map[string]error{
			policyName:             remit.Create(s.t.Context(), probe(DefaultNamespace), client.DryRunAll),
			"namespaces.remit.dev": remit.Patch(s.t.Context(), own, other, client.DryRunAll),
		} {
			if err == nil || !strings.Contains(err.Error(), policy) {
				return fmt.Errorf("%s is not asked yet: %w", policy, err)
			}
		}
		return nil
	})
	return remit
}

// plain is a Remediation as the controller makes it.
func plain(namespace, name string) *v1alpha1.Remediation {
	return &v1alpha1.Remediation{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: v1alpha1.RemediationSpec{
			PlanHash: strings.Repeat("a", 64), Mode: "Propose", Areas: []string{"remit-system/a"}, Total: 1,
			Changes: []v1alpha1.RemediationChange{{ID: "1", Target: "kubernetes", Operation: "set-label", Object: "namespace a", Area: "remit-system/a", Role: "accountable"}},
		},
	}
}

// Who may do what with a Remediation, rule by rule of the admission policy. Everybody here may write Remediations and their
// statuses, as far as RBAC goes.
func TestWhoMayWriteRemediations(t *testing.T) {
	s := newScene(t)
	remit := s.asRemit()
	patcher, approver, overrider := s.user("peter"), s.user("anna", "approve"), s.user("olga", "override")
	const kindsOwn = "a plan does not change; only approval, override and suspend do" // asked first; see TestPlansAreRemitsOwn
	mine := func(r *v1alpha1.Remediation, by string) *v1alpha1.Approval {
		return &v1alpha1.Approval{PlanHash: r.Spec.PlanHash, By: by}
	}
	tests := map[string]struct {
		reason string
		as     client.Client
		given  func(*v1alpha1.Remediation) // what anna or olga did before
		change func(*v1alpha1.Remediation)
		want   string // part of the refusal; empty where it is admitted
	}{
		"approves":          {"she has the verb", approver, nil, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "anna") }, ""},
		"approves for him":  {"in another's name", approver, nil, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "peter") }, "must be who approves: anna"},
		"has not the verb":  {"", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "peter") }, `takes the verb "approve"`},
		"forges":            {"", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "anna") }, "must be who approves: peter"},
		"override suffices": {"not for an approval", overrider, nil, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "olga") }, `takes the verb "approve"`},
		"overrides":         {"she has the verb", overrider, nil, func(r *v1alpha1.Remediation) { r.Spec.Override = mine(r, "olga") }, ""},
		"approval suffices": {"not for an override", approver, nil, func(r *v1alpha1.Remediation) { r.Spec.Override = mine(r, "anna") }, `takes the verb "override"`},
		"forges override":   {"", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Override = mine(r, "olga") }, "must be who overrides: peter"},
		"another plan": {"", approver, nil, func(r *v1alpha1.Remediation) {
			r.Spec.Approval = &v1alpha1.Approval{PlanHash: strings.Repeat("b", 64), By: "anna"}
		}, "for another plan"},
		"the plan": {"approved, and then another",
			patcher, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "anna") }, func(r *v1alpha1.Remediation) { r.Spec.Changes[0].Object = "namespace b" }, kindsOwn},
		"the areas":   {"", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Areas[0] = "x/y" }, kindsOwn},
		"the mode":    {"", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Mode = "Enforce" }, kindsOwn},
		"the hash":    {"", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.PlanHash = strings.Repeat("b", 64) }, kindsOwn},
		"the summary": {"people approve by it", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Summary = "harmless" }, kindsOwn},
		"withdraws":   {"whoever may write it", patcher, func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "anna") }, func(r *v1alpha1.Remediation) { r.Spec.Approval = nil }, ""},
		"another name in an approval": {"the approval of one is not another's", patcher,
			func(r *v1alpha1.Remediation) { r.Spec.Approval = mine(r, "anna") }, func(r *v1alpha1.Remediation) { r.Spec.Approval.By = "olga" }, "must be who approves: peter"},
		"suspends":  {"whoever may write it", patcher, nil, func(r *v1alpha1.Remediation) { r.Spec.Suspend = true }, ""},
		"goes on":   {"that has the plan carried out, as an approval does", patcher, func(r *v1alpha1.Remediation) { r.Spec.Suspend = true }, func(r *v1alpha1.Remediation) { r.Spec.Suspend = false }, `takes the verb "approve"`},
		"may go on": {"", approver, func(r *v1alpha1.Remediation) { r.Spec.Suspend = true }, func(r *v1alpha1.Remediation) { r.Spec.Suspend = false }, ""},
		"labels":    {"they mean nothing", patcher, nil, func(r *v1alpha1.Remediation) { r.Labels = map[string]string{"a": "b"} }, ""},
		"an owner that is gone": {"the garbage collector would delete the record, without anybody's right to", patcher, nil, func(r *v1alpha1.Remediation) {
			r.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "none", UID: "1-2-3"}}
		}, "neither owners nor finalizers"},
		"a finalizer": {"it would stay for ever", patcher, nil, func(r *v1alpha1.Remediation) { r.Finalizers = []string{"a.b/c"} }, "neither owners nor finalizers"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			object := plain(DefaultNamespace, "r-"+strings.ReplaceAll(strings.ToLower(name), " ", "-"))
			if err := remit.Create(t.Context(), object); err != nil {
				t.Fatal(err)
			}
			if test.given != nil {
				before := object.DeepCopy()
				test.given(object)
				as := approver
				if object.Spec.Approval == nil {
					as = patcher
				}
				if err := as.Patch(t.Context(), object, client.MergeFrom(before)); err != nil {
					t.Fatal(err)
				}
			}
			before := object.DeepCopy()
			test.change(object)
			switch err := test.as.Patch(t.Context(), object, client.MergeFrom(before)); {
			case err == nil && test.want != "":
				t.Errorf("%s: it was admitted", test.reason)
			case err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%s: want %q, got %v", test.reason, test.want, err)
			}
		})
	}
	t.Run("others make none", func(t *testing.T) {
		if err := approver.Create(t.Context(), plain(DefaultNamespace, "mine")); err == nil || !strings.Contains(err.Error(), "made by Remit alone") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("others record nothing", func(t *testing.T) {
		object := plain(DefaultNamespace, "record")
		if err := remit.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		before := object.DeepCopy()
		object.Status.Phase = v1alpha1.RemediationSucceeded
		if err := approver.Status().Patch(t.Context(), object, client.MergeFrom(before)); err == nil || !strings.Contains(err.Error(), "nobody else's") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("Remit writes no specs", func(t *testing.T) {
		object := plain(DefaultNamespace, "self")
		if err := remit.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		before := object.DeepCopy()
		object.Spec.Approval = mine(object, "system:serviceaccount:remit-system:remit")
		if err := remit.Patch(t.Context(), object, client.MergeFrom(before)); err == nil || !strings.Contains(err.Error(), `cannot patch resource "remediations"`) {
			t.Errorf("got %v", err)
		}
		approved := plain(DefaultNamespace, "self-approved")
		approved.Spec.Approval = mine(approved, "system:serviceaccount:remit-system:remit")
		if err := remit.Create(t.Context(), approved); err == nil || !strings.Contains(err.Error(), `takes the verb "approve"`) {
			t.Errorf("got %v", err)
		}
	})
}

// The controller's account may patch namespaces, and the admission policy leaves it the labels that it is there for.
func TestWhatRemitMayWriteOfNamespaces(t *testing.T) {
	s := newScene(t)
	remit := s.asRemit()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "narrow", Labels: map[string]string{"keep": "yes"}, Annotations: map[string]string{"a": "b"}}}
	if err := s.admin.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		patch, want string
	}{
		"its label":            {`{"metadata":{"labels":{"remit.dev/owner":"payments"}}}`, ""},
		"its label taken":      {`{"metadata":{"labels":{"remit.dev/owner":null}}}`, ""},
		"another label":        {`{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`, "these labels of a namespace alone: remit.dev/owner"},
		"another's value":      {`{"metadata":{"labels":{"keep":"no"}}}`, "these labels of a namespace alone"},
		"another taken":        {`{"metadata":{"labels":{"keep":null}}}`, "these labels of a namespace alone"},
		"both":                 {`{"metadata":{"labels":{"remit.dev/owner":"x","tenant":"true"}}}`, "these labels of a namespace alone"},
		"a label like its own": {`{"metadata":{"labels":{"remit.dev/owners":"x"}}}`, "these labels of a namespace alone"},
		"an annotation":        {`{"metadata":{"annotations":{"remit.dev/owner":"x"}}}`, "may change labels of a namespace and nothing else"},
		"an annotation taken":  {`{"metadata":{"annotations":null}}`, "may change labels of a namespace and nothing else"},
		"a finalizer":          {`{"metadata":{"finalizers":["a.b/c"]}}`, "may change labels of a namespace and nothing else"},
		"an owner":             {`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"none","uid":"1-2-3"}]}}`, "may change labels of a namespace and nothing else"},
		"the spec":             {`{"spec":{"finalizers":["a.b/c"]}}`, ""}, // the API server itself leaves it as it is
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := remit.Patch(t.Context(), namespace.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(test.patch)))
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %q, got %v", test.want, err)
			}
		})
	}
	now := &corev1.Namespace{}
	if err := s.admin.Get(t.Context(), client.ObjectKeyFromObject(namespace), now); err != nil {
		t.Fatal(err)
	}
	if len(now.Spec.Finalizers) != 1 || now.Spec.Finalizers[0] != corev1.FinalizerKubernetes || now.Labels["keep"] != "yes" || now.Annotations["a"] != "b" {
		t.Errorf("the namespace is now %+v", now)
	}
}

// The controller's account makes and deletes no namespace, nor their statuses, even if somebody gave it the right to.
func TestRemitMakesNoNamespaces(t *testing.T) {
	s := newScene(t)
	s.lend(rbacv1.PolicyRule{
		APIGroups: []string{""}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"}, Verbs: []string{"create", "delete", "update", "patch"},
	})
	remit := s.asRemit()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "stays"}}
	if err := s.admin.Create(t.Context(), namespace); err != nil {
		t.Fatal(err)
	}
	label := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"labels":{"remit.dev/owner":"payments"}}}`))
	for name, err := range map[string]error{
		"create": remit.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "made"}}),
		"create, with its own label alone": remit.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: "made", Labels: map[string]string{"remit.dev/owner": "payments"},
		}}),
		"delete":   remit.Delete(t.Context(), namespace.DeepCopy()),
		"status":   remit.Status().Patch(t.Context(), namespace.DeepCopy(), label),
		"finalize": remit.SubResource("finalize").Update(t.Context(), namespace.DeepCopy()),
	} {
		if err == nil || !strings.Contains(err.Error(), "namespaces.remit.dev") || !strings.Contains(err.Error(), "Remit neither makes nor deletes namespaces") {
			t.Errorf("%s: want it refused by the rule, got %v", name, err)
		}
	}
	if err := remit.Patch(t.Context(), namespace.DeepCopy(), label); err != nil {
		t.Errorf("its label: %v", err)
	}
	other := s.userWith("nora", &rbacv1.ClusterRole{Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"create", "delete"}}}})
	if err := other.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "hers"}}); err != nil {
		t.Errorf("the rule is about the controller's account alone: %v", err)
	}
}
