package grant_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
)

// hostile is a set whose tenant tries to make applying grants expensive; two grants are to it, for the same repositories.
func hostile(areas ...v1alpha1.Area) *manifest.Set {
	set := &manifest.Set{}
	var source manifest.Object[v1alpha1.OwnershipSource]
	source.Value.Name = "platform"
	for _, name := range []string{"acme/*", "acme/pay*"} {
		source.Value.Spec.Grants = append(source.Value.Spec.Grants, v1alpha1.Grant{
			To: v1alpha1.GrantTo{Namespaces: []string{"pay"}}, Repositories: []v1alpha1.RepositoryGrant{{Name: name, Paths: []string{"**"}}},
			Holders: []string{"user:*"}, MaxMode: "Propose",
		})
	}
	set.Sources = append(set.Sources, source)
	for _, area := range areas {
		set.Areas = append(set.Areas, manifest.Object[v1alpha1.Area]{Value: area, Location: manifest.ObjectLocation("Area", area.Namespace, area.Name)})
	}
	return set
}

func areaOfMany(namespace, name string, repositories, paths, roles, holders int) v1alpha1.Area {
	var area v1alpha1.Area
	area.Namespace, area.Name, area.Spec.Mode = namespace, name, "Enforce"
	for i := range repositories {
		scope := v1alpha1.RepositoryScope{Name: fmt.Sprintf("acme/pay%d", i)}
		for j := range paths {
			scope.Paths = append(scope.Paths, fmt.Sprintf("**/a%d/**/b", j))
		}
		area.Spec.Scope.Repositories = append(area.Spec.Scope.Repositories, scope)
	}
	for i := range roles {
		role := v1alpha1.RoleHolders{Role: fmt.Sprintf("r%d", i), Add: true}
		for j := range holders {
			role.Holders = append(role.Holders, fmt.Sprintf("user:%s-%d-%d", name, i, j))
		}
		area.Spec.Roles = append(area.Spec.Roles, role)
	}
	return area
}

// What one tenant writes, as far as the schemas let it, must not hold up the passes for all others.
func TestHostileSizes(t *testing.T) {
	denied := make([]v1alpha1.Area, 10_000)
	for i := range denied {
		denied[i] = areaOfMany("evil", fmt.Sprintf("a%d", i), 1, 100, 1, 1)
	}
	chain := make([]v1alpha1.Area, 300)
	for i := range chain {
		chain[i] = areaOfMany("pay", fmt.Sprintf("a%d", i), 1, 1, 1, 100)
		if i > 0 {
			chain[i].Spec.Parent = fmt.Sprintf("a%d", i-1)
		}
	}
	for name, test := range map[string]struct {
		reason string
		areas  []v1alpha1.Area
		says   string
	}{
		"nothing is granted":      {"10,000 Areas with 100 patterns each", denied, "(and 99 more)"},
		"many paths and holders":  {"one Area as large as the schema lets it be", []v1alpha1.Area{areaOfMany("pay", "x", 200, 100, 32, 100)}, ""},
		"many ancestors' holders": {"each Area inherits from all that are above it", chain, ""},
	} {
		t.Run(name, func(t *testing.T) {
			set := hostile(test.areas...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			granted := apply(set)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%s: %s, %d MiB allocated", test.reason, took, allocated)
			if took > 30*time.Second || allocated > 200 { // well below a second and 100 MiB, where nothing else runs; it was 46 s once
				t.Errorf("%s: it took %s and %d MiB", test.reason, took, allocated)
			}
			if broken := granted.Set.Broken[manifest.AreaID(&test.areas[len(test.areas)-1])]; !strings.Contains(broken.Problem.Message, test.says) {
				t.Errorf("%s: it says %q", test.reason, broken.Problem.Message)
			}
		})
	}
}

// An Area inherits so many and no more; from then on nobody, and it says so. What it says itself counts.
func TestTooManyInherited(t *testing.T) {
	parent, child := areaOfMany("pay", "parent", 1, 1, 11, 20), areaOfMany("pay", "child", 1, 1, 1, 1)
	child.Spec.Parent = "parent"
	one, outcome := manifest.AreaID(&child), apply(hostile(parent, child))
	if outcome.Set.Granted.Inherits(one, "r3", "user:parent-3-7") {
		t.Error("somebody is inherited")
	}
	message := outcome.Set.Broken[one].Problem
	if want := "pay/child would inherit 220 holders from pay/parent, and may inherit 200, so that it inherits nobody"; message.Message != want || message.Field != "spec.parent" ||
		message.Remedy != "declare the roles in the Area" {
		t.Errorf("it says %+v", message)
	}
	if left := outcome.Set.Areas[1].Value; !cmp.Equal(left.Spec.Roles, child.Spec.Roles) || len(left.Spec.Scope.Repositories) != 1 {
		t.Errorf("left is %+v", left.Spec)
	}
	child.Spec.Roles[0].Add = false // of the parent's eleven roles it gives one itself
	if outcome := apply(hostile(parent, child)); outcome.Set.Broken[one].Reason != "" || !outcome.Set.Granted.Inherits(one, "r3", "user:parent-3-7") {
		t.Errorf("200 are too many: %+v", outcome.Set.Broken[one])
	}
}
