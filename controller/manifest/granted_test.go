package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// Parts that are left of an object are found where they stand.
func TestWithout(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.yaml", `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: a}
spec:
  scope:
    repositories:
      - name: acme/one
      - name: acme/two
        paths:
          - /a/
          - /b/
          - /c/
`)
	set, problems, err := newLoader(t).Load(dir)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	area := set.Areas[0]
	value := area.Value
	value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: "acme/two", Paths: []string{"/c/"}}}
	left := Without(area, value, map[string]string{
		"spec.scope.repositories[0]":          "spec.scope.repositories[1]",
		"spec.scope.repositories[0].paths[0]": "spec.scope.repositories[1].paths[2]",
		"spec.scope.repositories[0].nothing":  "spec.scope.repositories[1].nothing",
	})
	for path, want := range map[string]int{
		"spec.scope.repositories[0]": 8, "spec.scope.repositories[0].paths[0]": 12, "spec.scope.repositories[0].nothing": 8, "spec.scope": 5,
	} {
		if got := left.FieldLocation(path).Line; got != want {
			t.Errorf("%s is on line %d, want %d", path, got, want)
		}
	}
	if got := area.FieldLocation("spec.scope.repositories[0]").Line; got != 7 {
		t.Errorf("the object itself has changed: line %d", got)
	}
}

func TestMaySelect(t *testing.T) {
	granted := &Granted{OwnNamespace: "own", Namespaces: map[string]GrantedNamespaces{
		"pay": {Patterns: []string{"pay-*"}, Possible: []string{"shop"}, Unknown: "labels"},
	}}
	type answer struct {
		may     bool
		unknown string
	}
	for name, test := range map[string]struct {
		reason    string
		granted   *Granted
		areas, of string
		want      answer
	}{
		"no grants":       {"nothing is asked for", nil, "pay", "kube-system", answer{may: true}},
		"own":             {"the own namespace needs none", granted, "own", "kube-system", answer{may: true}},
		"granted":         {"", granted, "pay", "pay-eu", answer{may: true}},
		"not granted":     {"", granted, "pay", "kube-system", answer{}},
		"perhaps":         {"", granted, "pay", "shop", answer{unknown: "labels"}},
		"nothing granted": {"", granted, "shop", "shop", answer{}},
	} {
		t.Run(name, func(t *testing.T) {
			may, unknown := test.granted.MaySelect(test.areas, test.of)
			if diff := cmp.Diff(test.want, answer{may, unknown}, cmp.AllowUnexported(answer{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
	eve := RoleHolder{ownership.Approver, "user:eve"}
	uninherited := &Granted{Uninherited: map[ownership.AreaID][]RoleHolder{"pay/a": {eve}}}
	if uninherited.Inherits("pay/a", eve.Role, eve.Holder) || !uninherited.Inherits("pay/b", eve.Role, eve.Holder) ||
		!uninherited.Inherits("pay/a", ownership.Deputy, eve.Holder) || !(*Granted)(nil).Inherits("pay/a", eve.Role, eve.Holder) {
		t.Error("an area inherits all but what it may not")
	}
}
