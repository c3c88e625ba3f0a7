package operator

import (
	"context"
	"errors"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// remitUser is the controller's own account, as admission policies name it.
const remitUser = "system:serviceaccount:" + DefaultNamespace + ":" + Account

// lend gives the controller's own account rights that it never has, for the rest of the test: what RBAC refuses, no admission policy
// is asked about. The first verb must be one that it has not otherwise.
func (s *scene) lend(rule rbacv1.PolicyRule) {
	s.t.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{GenerateName: "lent-"}, Rules: []rbacv1.PolicyRule{rule}}
	if err := s.admin.Create(s.t.Context(), role); err != nil {
		s.t.Fatal(err)
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: DefaultNamespace, Name: Account}},
	}
	if err := s.admin.Create(s.t.Context(), binding); err != nil {
		s.t.Fatal(err)
	}
	all, err := client.New(s.Config(), client.Options{}) // with all kinds that Kubernetes has
	if err != nil {
		s.t.Fatal(err)
	}
	asked := authorizationv1.ResourceAttributes{Namespace: DefaultNamespace, Verb: rule.Verbs[0], Group: rule.APIGroups[0], Resource: rule.Resources[0]}
	has := func(want bool) func() error {
		return func() error {
			review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{User: remitUser, ResourceAttributes: &asked}}
			if err := all.Create(context.Background(), review); err != nil || review.Status.Allowed != want {
				return fmt.Errorf("want that the account may %v: %t, got %+v, %w", asked, want, review.Status, err)
			}
			return nil
		}
	}
	s.t.Cleanup(func() { // the next test's account has no more than the product's again
		if err := errors.Join(s.admin.Delete(context.Background(), binding), s.admin.Delete(context.Background(), role)); err != nil {
			s.t.Error(err)
		}
		s.eventually(has(false))
	})
	s.eventually(has(true))
}
