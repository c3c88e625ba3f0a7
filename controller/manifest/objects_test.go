package manifest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// What files declare and what the same objects in a cluster declare is the same, apart from the places.
func TestObjectsEqualFiles(t *testing.T) {
	set, problems, err := Load("../../examples/acme/manifests")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	var objects Objects
	for i := range set.Areas {
		objects.Areas = append(objects.Areas, &set.Areas[i].Value)
	}
	for i := range set.RoleAssignments {
		objects.RoleAssignments = append(objects.RoleAssignments, &set.RoleAssignments[i].Value)
	}
	for i := range set.Teams {
		objects.Teams = append(objects.Teams, &set.Teams[i].Value)
	}
	for i := range set.Policies {
		objects.Policies = append(objects.Policies, &set.Policies[i].Value)
	}
	for i := range set.Sources {
		objects.Sources = append(objects.Sources, &set.Sources[i].Value)
	}
	if set.Roles != nil {
		objects.Roles = append(objects.Roles, &set.Roles.Value)
	}
	got, problems := objects.Assemble()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(got.Areas) == 0 || len(got.Areas) != len(set.Areas) || len(got.Policies) != len(set.Policies) || len(got.Sources) != len(set.Sources) ||
		len(got.RoleAssignments) != len(set.RoleAssignments) || (got.Roles == nil) != (set.Roles == nil) {
		t.Errorf("the set has %d areas, %d policies, %d sources; the files have %d, %d, %d",
			len(got.Areas), len(got.Policies), len(got.Sources), len(set.Areas), len(set.Policies), len(set.Sources))
	}
	rand.Shuffle(len(objects.Areas), func(i, j int) { objects.Areas[i], objects.Areas[j] = objects.Areas[j], objects.Areas[i] })
	slices.Reverse(objects.Policies)
	again, _ := objects.Assemble()
	if diff := cmp.Diff(got, again, cmp.AllowUnexported(Object[v1alpha1.Area]{}, Object[v1alpha1.RoleAssignment]{}, Object[v1alpha1.Team]{},
		Object[v1alpha1.ResponsibilityPolicy]{}, Object[v1alpha1.OwnershipSource]{}, Object[v1alpha1.RoleConfiguration]{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the order of the objects shows (-one +other):\n%s", diff)
	}
}

// What no schema can see is found as in files, and each problem says whose it is.
func TestObjectsAreChecked(t *testing.T) {
	area := func(name, parent string, roles ...string) *v1alpha1.Area {
		a := &v1alpha1.Area{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Spec: v1alpha1.AreaSpec{Parent: parent}}
		for _, role := range roles {
			a.Spec.Roles = append(a.Spec.Roles, v1alpha1.RoleHolders{Role: role, Holders: []string{"user:alice"}})
		}
		return a
	}
	objects := Objects{
		Areas: []*v1alpha1.Area{area("a", "b"), area("b", "a"), area("c", "gone"), area("d", "", "acountable"), area("e", "")},
		RoleAssignments: []*v1alpha1.RoleAssignment{{
			ObjectMeta: metav1.ObjectMeta{Namespace: "elsewhere", Name: "stray"}, Spec: v1alpha1.RoleAssignmentSpec{Area: "e"},
		}},
		Policies: []*v1alpha1.ResponsibilityPolicy{{
			ObjectMeta: metav1.ObjectMeta{Name: "odd"}, Spec: v1alpha1.ResponsibilityPolicySpec{
				Library: "deputy", Match: &v1alpha1.PolicyMatch{Areas: &v1alpha1.LabelSelector{MatchLabels: map[string]string{"-": "x"}}},
			},
		}},
	}
	set, problems := objects.Assemble()
	var places []string
	for _, problem := range problems {
		places = append(places, problem.File+" "+problem.Field)
	}
	want := []string{
		"responsibilitypolicy odd spec.match.areas", "area shop/c spec.parent", "area shop/a spec.parent", "area shop/b spec.parent",
		"roleassignment elsewhere/stray spec.area", "area shop/d spec.roles[0].role",
	}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	reasons := map[ownership.AreaID]string{}
	for id, broken := range set.Broken {
		reasons[id] = broken.Reason
	}
	wantReasons := map[ownership.AreaID]string{
		"shop/a": ReasonParentCycle, "shop/b": ReasonParentCycle, "shop/c": ReasonParentNotFound, "shop/d": ReasonRoleUnknown,
	}
	if diff := cmp.Diff(wantReasons, reasons); diff != "" {
		t.Errorf("broken areas (-want +got):\n%s", diff)
	}
	if len(set.Lost) != 1 || set.Lost[0].Library != "deputy" {
		t.Errorf("the policy that cannot be read is not lost: %+v", set.Lost)
	}
}
