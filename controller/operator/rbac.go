package operator

//go:generate go run ../internal/permissions ../..

import (
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Account is the name of the service account that the controller runs as.
const Account = "remit"

// Roles are the objects that give the controller's account, in its own namespace, what it Needs.
func Roles(namespace string) []client.Object {
	needs := Needs()
	meta := metav1.ObjectMeta{Name: Account}
	own := metav1.ObjectMeta{Namespace: namespace, Name: Account}
	subjects := []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: namespace, Name: Account}}
	kind := func(group, version, kind string) metav1.TypeMeta {
		if group != "" {
			version = group + "/" + version
		}
		return metav1.TypeMeta{APIVersion: version, Kind: kind}
	}
	const rbac = "rbac.authorization.k8s.io"
	return []client.Object{
		&corev1.ServiceAccount{TypeMeta: kind("", "v1", "ServiceAccount"), ObjectMeta: own},
		&rbacv1.ClusterRole{TypeMeta: kind(rbac, "v1", "ClusterRole"), ObjectMeta: meta, Rules: needs.Cluster},
		&rbacv1.ClusterRoleBinding{
			TypeMeta: kind(rbac, "v1", "ClusterRoleBinding"), ObjectMeta: meta, Subjects: subjects,
			RoleRef: rbacv1.RoleRef{APIGroup: rbac, Kind: "ClusterRole", Name: Account},
		},
		&rbacv1.Role{TypeMeta: kind(rbac, "v1", "Role"), ObjectMeta: own, Rules: needs.Own},
		&rbacv1.RoleBinding{
			TypeMeta: kind(rbac, "v1", "RoleBinding"), ObjectMeta: own, Subjects: subjects,
			RoleRef: rbacv1.RoleRef{APIGroup: rbac, Kind: "Role", Name: Account},
		},
	}
}
