package manifest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// What can be told of an object with errors is kept, so that what it says is unknown and no more than that.
func TestLost(t *testing.T) {
	const head = "apiVersion: remit.dev/v1alpha1\nkind: "
	all := []ownership.SourceKind{ownership.SourceGit, ownership.SourcePeople, ownership.SourceCatalog}
	for name, test := range map[string]struct {
		reason, text string
		want         []Lost
	}{
		"assignment": {
			reason: "which role of which area it is about",
			text:   head + "RoleAssignment\nmetadata: {name: a, namespace: web}\nspec: {area: shop, role: deputy, holders: [], bogus: 1}\n",
			want:   []Lost{{Kind: "RoleAssignment", Namespace: "web", Name: "a", Area: "shop", Role: "deputy"}},
		},
		"assignment of something": {
			reason: "the area cannot be read",
			text:   head + "RoleAssignment\nmetadata: {name: a, namespace: web}\nspec: {area: [shop], role: 7}\n",
			want:   []Lost{{Kind: "RoleAssignment", Namespace: "web", Name: "a"}},
		},
		"source": {
			reason: "its kind, and what its repositories are called",
			text:   head + "OwnershipSource\nmetadata: {name: s}\nspec: {git: {path: x, organization: Acme, bogus: 1}}\n",
			want:   []Lost{{Kind: "OwnershipSource", Name: "s", Sources: []ownership.SourceKind{ownership.SourceGit}, Names: []string{"acme/*"}}},
		},
		"source of something": {
			reason: "it may be of any kind",
			text:   head + "OwnershipSource\nmetadata: {name: s}\nspec: {gti: {path: x}}\n",
			want:   []Lost{{Kind: "OwnershipSource", Name: "s", Sources: all}},
		},
		"area": {
			reason: "its scope can be read, so it claims nothing else",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {scope: {repositories: [{name: acme/Shop, paths: [x]}], entities: [a]}, bogus: 1}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a"}},
		},
		"paths": {
			reason: "it claims something of the repository",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {scope: {repositories: [{name: acme/Shop, paths: [7]}, {name: acme/tools}]}}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Repositories: []string{"acme/shop"}}},
		},
		"repositories": {
			reason: "it may claim anything",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {scope: {repositories: [7]}}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Claims: true}},
		},
		"scope": {
			reason: "it may claim anything",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {scope: all}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Claims: true}},
		},
		"policy": {
			reason: "it declares nothing",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {rego: \"deny contains x if true\", bogus: 1}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p"}},
		},
		"policy that declares": {
			reason: "for the areas that it matches",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {rego: \"declare contains x if true\", match: {tiers: [low]}, bogus: 1}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p", Declares: true, Match: &v1alpha1.PolicyMatch{Tiers: []string{"low"}}}},
		},
		"policy of a file": {
			reason: "which may declare",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {regoFile: x.rego, bogus: 1}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p", Declares: true}},
		},
		"policy of the library": {
			reason: "which has the text",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {library: valid-holder, bogus: 1}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p", Library: "valid-holder"}},
		},
		"no YAML": {
			reason: "as far as its first lines tell",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {tier: [}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Claims: true}},
		},
		"no YAML of others": {reason: "it is none of ours", text: "apiVersion: v1\nkind: Area\nmetadata: {name: a}\nspec: {tier: [}\n"},
		"no YAML of any kind": {
			reason: "it may be anything", text: "apiVersion: remit.dev/v1alpha1\nkind: Thing\nspec: {tier: [}\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.yaml")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			set, problems, err := Load(path)
			if err != nil || len(problems) == 0 {
				t.Fatal(err, problems)
			}
			if diff := cmp.Diff(test.want, set.Lost, cmpopts.IgnoreFields(Lost{}, "Location")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}
