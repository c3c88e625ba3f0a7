package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/unprivileged"
	"github.com/remit-dev/remit/controller/ownership"
)

// What can be told of an object with errors is kept, so that what it says is unknown and no more than that.
func TestLost(t *testing.T) {
	const head = "apiVersion: remit.dev/v1alpha1\nkind: "
	all := sourceKinds()
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
		"source of a cluster": {
			reason: "its kind",
			text:   head + "OwnershipSource\nmetadata: {name: s}\nspec: {kubernetes: {keys: [], bogus: 1}}\n",
			want:   []Lost{{Kind: "OwnershipSource", Name: "s", Sources: []ownership.SourceKind{ownership.SourceKubernetes}}},
		},
		"source with grants": {
			reason: "what it grants is unknown, not denied",
			text:   head + "OwnershipSource\nmetadata: {name: s}\nspec: {git: {path: x}, grants: 7}\n",
			want:   []Lost{{Kind: "OwnershipSource", Name: "s", Sources: []ownership.SourceKind{ownership.SourceGit}, Grants: true}},
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
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Claims: true, Entities: true, Namespaces: true}},
		},
		"entities": {
			reason: "it may claim any of a catalog, and no files",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {scope: {entities: all}}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Entities: true}},
		},
		"namespaces": {
			reason: "it may claim any of a cluster, and no files",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {scope: {namespaces: [{name: shop, selector: {matchLabels: {a: b}}}]}}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Namespaces: true}},
		},
		"namespaces that can be read": {
			reason: "it claims no others",
			text:   head + "Area\nmetadata: {name: a, namespace: web}\nspec: {bogus: 1, scope: {namespaces: [{name: shop}, {selector: {matchLabels: {a: b}}}]}}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a"}},
		},
		"no YAML, with namespaces": {
			reason: "it may be any of the cluster's",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {scope: {namespaces: [}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Namespaces: true}},
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
		"policy of a ConfigMap": {
			reason: "which may declare",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {regoConfigMap: {name: x}, bogus: 1}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p", Declares: true}},
		},
		"no YAML, a policy of a ConfigMap": {
			reason: "which may declare",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {regoConfigMap: {name: x}, match: [}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p", Declares: true}},
		},
		"policy of the library": {
			reason: "which has the text",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {library: valid-holder, bogus: 1}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p", Library: "valid-holder"}},
		},
		"no YAML": {
			reason: "it may claim what stands in its text",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {tier: [, scope: Acme/Shop, roles: [team:acme/web]\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Repositories: []string{"acme/shop"}}},
		},
		"no YAML, with a word of suspension": {
			reason: "it may be suspended, or not",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {suspend: false, tier: [}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Suspends: true}},
		},
		"no YAML, with entities": {
			reason: "it may be any of the catalog's",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {scope: {entities: [}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Entities: true}},
		},
		"no YAML, with an escape": {
			reason: "an escape may be any character of a name",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {scope: \"acme\\x2fshop\", tier: [}\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Claims: true, Entities: true, Namespaces: true, Suspends: true}},
		},
		"no YAML, a template": {
			reason: "it may become anything",
			text:   head + "Area\nmetadata: {namespace: web, name: a}\nspec: {tier: {{ .Tier }\n",
			want:   []Lost{{Kind: "Area", Namespace: "web", Name: "a", Claims: true, Entities: true, Namespaces: true, Suspends: true}},
		},
		"no YAML, an assignment": {
			reason: "it is about the areas and roles that stand in its text",
			text: head + "RoleAssignment\nmetadata: {name: r}\nspec: {area: shop, role: deputy, holders: [}\n---\n" +
				head + "Area\nmetadata: {name: shop}\nspec: {}\n---\n" + head + "Area\nmetadata: {name: other}\nspec: {}\n---\n" +
				head + "Area\nmetadata: {name: shop, namespace: web}\nspec: {}\n",
			want: []Lost{{Kind: "RoleAssignment", Namespace: "default", Name: "r", Area: "shop", Role: "deputy"}},
		},
		"no YAML, a source": {
			reason: "of the kind that stands in its text",
			text:   head + "OwnershipSource\nmetadata: {name: s}\nspec: {people: {path: x.yaml}\n",
			want:   []Lost{{Kind: "OwnershipSource", Name: "s", Sources: []ownership.SourceKind{ownership.SourcePeople}}},
		},
		"no YAML, a policy": {
			reason: "that reads what is declared, and declares nothing",
			text:   head + "ResponsibilityPolicy\nmetadata: {name: p}\nspec: {rego: \"deny contains 1 if input.declared\", match: [}\n",
			want:   []Lost{{Kind: "ResponsibilityPolicy", Name: "p"}},
		},
		"another version": {
			reason: "what it claims is known from its text, as of a document that is no YAML",
			text:   "apiVersion: remit.dev/v2\nkind: Area\nmetadata: {name: a}\nspec: {repository: acme/shop}\n",
			want:   []Lost{{Kind: "Area", Name: "a", Repositories: []string{"acme/shop"}}},
		},
		"no YAML of others": {reason: "it is none of ours", text: "apiVersion: v1\nkind: Area\nmetadata: {name: a}\nspec: {tier: [}\n"},
		"no YAML of any kind": {
			reason: "it may be an Area, since it can claim nothing and needs no words that it does not have, or a policy, or a team",
			text:   "apiVersion: remit.dev/v1alpha1\nkind: Thing\nspec: {tier: [}\n",
			want: []Lost{{Kind: "Area", Namespace: AnyNamespace}, {Kind: "ResponsibilityPolicy", Namespace: AnyNamespace},
				{Kind: "Team", Namespace: AnyNamespace}},
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

// A file or folder that cannot be read may hold any object.
func TestUnread(t *testing.T) {
	text := func(content string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			if err := os.WriteFile(filepath.Join(folder, "b.yaml"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	denied := func(t *testing.T, path string) {
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
		if file, err := os.Open(path); err == nil {
			_ = file.Close()
			t.Fatal("who runs this may read everything")
		}
	}
	for name, test := range map[string]struct {
		reason string
		make   func(t *testing.T, folder string)
	}{
		"UTF-16":              {"nothing of it is read", text("\xff\xfea\x00")},
		"UTF-16 without mark": {"it is ours, in another encoding", text("r\x00e\x00m\x00i\x00t\x00.\x00d\x00e\x00v\x00/\x00")},
		"too large":           {"nothing of it is read", text(strings.Repeat("#", maxFileBytes+1) + group)},
		"a link to nothing": {"what it leads to is not there", func(t *testing.T, folder string) {
			if err := os.Symlink("nowhere.yaml", filepath.Join(folder, "b.yaml")); err != nil {
				t.Fatal(err)
			}
		}},
		"file": {"it may not be read", func(t *testing.T, folder string) {
			text("")(t, folder)
			denied(t, filepath.Join(folder, "b.yaml"))
		}},
		"folder": {"what is in it may not be read", func(t *testing.T, folder string) {
			if err := os.Mkdir(filepath.Join(folder, "sub"), 0o700); err != nil {
				t.Fatal(err)
			}
			denied(t, filepath.Join(folder, "sub"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if (name == "file" || name == "folder") && unprivileged.Rerun(t) {
				return
			}
			folder := t.TempDir()
			good := "apiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n---\n"
			text := fmt.Sprintf(good, "Area", "a", "{parent: elsewhere, roles: [{role: new, holders: [\"user:ann\"]}]}") +
				fmt.Sprintf(good, "RoleAssignment", "r", "{area: elsewhere, role: deputy, holders: [\"user:ann\"]}")
			if err := os.WriteFile(filepath.Join(folder, "a.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			test.make(t, folder)
			set, problems, err := Load(folder)
			if err != nil {
				t.Fatal(err)
			}
			if len(problems) != 1 || problems[0].Warning {
				t.Errorf("%s: want that alone, not what follows from it: %v", test.reason, problems)
			}
			all := sourceKinds()
			want := []Lost{
				{Kind: "Area", Claims: true, Entities: true, Namespaces: true, Suspends: true}, {Kind: "OwnershipSource", Sources: all, Grants: true},
				{Kind: "ResponsibilityPolicy", Declares: true}, {Kind: "RoleAssignment"}, {Kind: "RoleConfiguration"}, {Kind: "Team"},
			}
			if diff := cmp.Diff(want, set.Lost, cmpopts.IgnoreFields(Lost{}, "Location", "Namespace")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			for _, lost := range set.Lost {
				if lost.Namespace != AnyNamespace {
					t.Errorf("%s: %v has a namespace", test.reason, lost)
				}
			}
		})
	}
}
