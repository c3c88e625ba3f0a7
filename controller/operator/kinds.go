package operator

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// kind is one kind whose status passes write.
type kind struct {
	name string
	make func() client.Object
	// settle gives the object the status that was said, and the time now where something has turned.
	settle func(object client.Object, said any, now metav1.Time)
	// common is the part of the object's status that every kind has.
	common func(client.Object) *v1alpha1.ObjectStatus
}

// kinds are those whose status passes write. A Remediation's is written where it is carried out.
func kinds() []kind {
	return []kind{
		kindOf("Area", func(a *v1alpha1.Area) *v1alpha1.AreaStatus { return &a.Status }, settleArea),
		kindOf("RoleAssignment", func(a *v1alpha1.RoleAssignment) *v1alpha1.RoleAssignmentStatus { return &a.Status }, nil),
		kindOf("Team", func(t *v1alpha1.Team) *v1alpha1.TeamStatus { return &t.Status }, nil),
		kindOf("ResponsibilityPolicy", func(p *v1alpha1.ResponsibilityPolicy) *v1alpha1.ResponsibilityPolicyStatus { return &p.Status }, nil),
		kindOf("OwnershipSource", func(s *v1alpha1.OwnershipSource) *v1alpha1.OwnershipSourceStatus { return &s.Status }, nil),
		kindOf("RoleConfiguration", func(r *v1alpha1.RoleConfiguration) *v1alpha1.RoleConfigurationStatus { return &r.Status }, nil),
	}
}

// object is a pointer to one of the kinds.
type object[T any] interface {
	*T
	client.Object
}

// status is a pointer to a kind's status.
type status[S any] interface {
	*S
	Status() *v1alpha1.ObjectStatus
}

func kindOf[T, S any, O object[T], P status[S]](name string, of func(O) P, settle func(before, said S, now metav1.Time) S) kind {
	common := func(to client.Object) *v1alpha1.ObjectStatus { return of(mustBe[O](to)).Status() }
	return kind{
		name: name, make: func() client.Object { return O(new(T)) }, common: common,
		settle: func(to client.Object, said any, now metav1.Time) {
			next, has := of(mustBe[O](to)), said.(P)
			if settle != nil {
				*next = settle(*next, *has, now)
				return
			}
			before := *next.Status()
			*next = *has
			*next.Status() = settleObject(before, *has.Status(), now)
		},
	}
}

// mustBe is the object as its kind. That a reconciler is given another kind's is a fault of the program.
func mustBe[O client.Object](given client.Object) O {
	typed, is := given.(O)
	if !is {
		panic(fmt.Sprintf("want a %T, got a %T", typed, given))
	}
	return typed
}
