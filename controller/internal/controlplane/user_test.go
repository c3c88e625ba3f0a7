package controlplane

import (
	"path/filepath"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func whoAmI(t *testing.T, client kubernetes.Interface) authenticationv1.UserInfo {
	t.Helper()
	review, err := client.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	return review.Status.UserInfo
}

func TestUserConfig(t *testing.T) {
	user := whoAmI(t, clientOf(t)(shared.Get(t).UserConfig("alice", "payments", "on-call")))
	if diff := cmp.Diff([]string{"payments", "on-call", "system:authenticated"}, user.Groups, cmpopts.SortSlices(strings.Compare)); user.Username != "alice" || diff != "" {
		t.Errorf("is %s, of other groups (-want +got):\n%s", user.Username, diff)
	}
}

// A service account may do what it is bound to, and not the same one namespace further.
func TestServiceAccountConfig(t *testing.T) {
	plane := shared.Get(t)
	config, err := plane.ServiceAccountConfig(t.Context(), "accounts", "reader")
	account := clientOf(t)(config, err)
	if user := whoAmI(t, account); user.Username != "system:serviceaccount:accounts:reader" {
		t.Errorf("requests are made by %s", user.Username)
	}
	if _, err := plane.ServiceAccountConfig(t.Context(), "accounts", "reader"); err != nil {
		t.Errorf("asked for again: %v", err)
	}
	read := func(namespace string) error {
		_, err := account.CoreV1().ConfigMaps(namespace).List(t.Context(), metav1.ListOptions{})
		return err
	}
	if err := read("accounts"); !errors.IsForbidden(err) {
		t.Errorf("before it is bound to anything: %v", err)
	}
	admin := clientOf(t)(plane.Config(), nil)
	name := metav1.ObjectMeta{Name: "reads"}
	_, err = admin.RbacV1().Roles("accounts").Create(t.Context(), &rbacv1.Role{ObjectMeta: name, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"list"}},
	}}, metav1.CreateOptions{})
	must(t, err)
	_, err = admin.RbacV1().RoleBindings("accounts").Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: name, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "reads"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "accounts", Name: "reader"}},
	}, metav1.CreateOptions{})
	must(t, err)
	eventually(t, func() error { return read("accounts") })
	if err := read("default"); !errors.IsForbidden(err) {
		t.Errorf("in a namespace that it is not bound in: %v", err)
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, WriteKubeconfig(kubeconfig, config))
	if said := plane.Kubectl(t, "--kubeconfig="+kubeconfig, "auth", "whoami"); !strings.Contains(said, "system:serviceaccount:accounts:reader") {
		t.Errorf("its kubeconfig is somebody else's: %s", said)
	}
}
