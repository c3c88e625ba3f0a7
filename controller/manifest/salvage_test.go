package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Of an Area with errors its name, tier and claims stay, and nothing that could be half read.
func TestInvalidAreasStay(t *testing.T) {
	type area struct {
		Name, Tier, Reason string
		Roles              int
		Scope              []v1alpha1.RepositoryScope
	}
	const head = "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: "
	whole := []v1alpha1.RepositoryScope{{Name: "acme/shop", Paths: []string{"/pay/"}}}
	cases := map[string]struct {
		reason, text string
		want         []area
	}{
		"unknown field": {
			"its holders may be those of the misspelt field", head + "{name: a}\nspec:\n  tier: critical\n  rols: []\n  roles: [{role: accountable, holders: [\"team:a/b\"]}]\n" +
				"  scope: {repositories: [{name: acme/shop, paths: [/pay/]}]}\n",
			[]area{{Name: "default/a", Tier: "critical", Reason: ReasonInvalid, Scope: whole}},
		},
		"in the scope": {
			"what can be read of it is claimed; paths that cannot would widen it", head + "{name: a}\nspec:\n  tier: 7\n" +
				"  scope: {repositories: [{name: acme/shop, paths: [/pay/]}, {name: acme/all, paths: /x/}, {paths: [/y/]}, text]}\n",
			[]area{{Name: "default/a", Reason: ReasonInvalid, Scope: whole}},
		},
		"no name":  {"nobody could refer to it", head + "{nam: a}\nspec: {}\n", nil},
		"bad name": {"it would not be safe to show", head + "{name: \"A\\u001b[31m\"}\nspec: {}\n", nil},
		"a sound one": {
			"the name is taken", head + "{name: a}\nspec: {teir: x}\n---\n" + head + "{name: a}\nspec: {tier: low}\n",
			[]area{{Name: "default/a", Tier: "low"}},
		},
		"a child": {
			"it inherits nothing that could not be read", head + "{name: a}\nspec: {teir: x}\n---\n" + head + "{name: b}\nspec: {parent: a}\n",
			[]area{{Name: "default/b", Reason: ReasonParentNotFound}, {Name: "default/a", Reason: ReasonInvalid}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set, problems := loadText(t, newLoader(t), c.text)
			if len(problems) == 0 {
				t.Error("want a problem")
			}
			var got []area
			for _, object := range set.Areas {
				spec := object.Value.Spec
				got = append(got, area{
					string(AreaID(&object.Value)), spec.Tier, set.Broken[AreaID(&object.Value)].Reason, len(spec.Roles), spec.Scope.Repositories,
				})
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
