package operator

import (
	"fmt"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// may gives a user rights in one namespace.
func (s *scene) may(user, namespace string, rule rbacv1.PolicyRule) {
	s.t.Helper()
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-", Namespace: namespace}, Rules: []rbacv1.PolicyRule{rule}}
	if err := s.admin.Create(s.t.Context(), role); err != nil {
		s.t.Fatal(err)
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name, Namespace: namespace},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
	}
	if err := s.admin.Create(s.t.Context(), binding); err != nil {
		s.t.Fatal(err)
	}
}

// The verbs approve and override are asked for the very Remediation: what somebody may do in another namespace, to one of another name,
// or to another kind, they may not do here.
func TestVerbsAreOfTheRemediation(t *testing.T) {
	s := newScene(t)
	const elsewhere = "elsewhere"
	if err := s.CreateNamespace(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	remit := s.asRemit()
	own, other := types.NamespacedName{Namespace: DefaultNamespace, Name: "mine"}, types.NamespacedName{Namespace: elsewhere, Name: "mine"}
	sibling := types.NamespacedName{Namespace: DefaultNamespace, Name: "sibling"}
	for _, key := range []types.NamespacedName{own, other, sibling} {
		if err := remit.Create(t.Context(), plain(key.Namespace, key.Name)); err != nil {
			t.Fatal(err)
		}
	}
	verbs := func(group, resource string, names ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: names, Verbs: []string{"approve", "override"}}
	}
	tests := map[string]struct {
		reason    string
		namespace string
		rule      rbacv1.PolicyRule
		may       []types.NamespacedName
	}{
		"here":          {"all of the namespace, and no other", DefaultNamespace, verbs(v1alpha1.Group, "remediations"), []types.NamespacedName{own, sibling}},
		"elsewhere":     {"all of that namespace, and none here", elsewhere, verbs(v1alpha1.Group, "remediations"), []types.NamespacedName{other}},
		"by name":       {"this one alone", DefaultNamespace, verbs(v1alpha1.Group, "remediations", "mine"), []types.NamespacedName{own}},
		"another name":  {"that one alone", DefaultNamespace, verbs(v1alpha1.Group, "remediations", "sibling"), []types.NamespacedName{sibling}},
		"another kind":  {"", DefaultNamespace, verbs(v1alpha1.Group, "areas"), nil},
		"another group": {"", DefaultNamespace, verbs("example.com", "remediations"), nil},
		"the status":    {"it is a part of it, and not the whole", DefaultNamespace, verbs(v1alpha1.Group, "remediations/status"), nil},
	}
	user := 0
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			user++
			as := fmt.Sprint("verbs-", user)
			patcher := s.user(as)
			s.may(as, test.namespace, test.rule)
			for _, key := range []types.NamespacedName{own, other, sibling} {
				for field, verb := range map[string]string{"approval": "approve", "override": "override"} {
					patch := client.RawPatch(types.MergePatchType, fmt.Appendf(nil, `{"spec": {%q: {"planHash": %q, "by": %q}}}`, field, strings.Repeat("a", 64), as))
					ask := func() error {
						object := &v1alpha1.Remediation{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
						return patcher.Patch(t.Context(), object, patch, client.DryRunAll)
					}
					allowed := false
					for _, may := range test.may {
						allowed = allowed || may == key
					}
					if allowed {
						s.eventually(ask) // the API server learns of the right a moment later
					} else if err := ask(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("takes the verb %q", verb)) {
						t.Errorf("%s: %s of %s: want it refused for the verb, got %v", test.reason, field, key, err)
					}
				}
			}
		})
	}
}
