package grant_test

import (
	stdcmp "cmp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// What is granted is as it would be without grants, but that sensitive files do not fall to who does not name them.
func TestGranted(t *testing.T) {
	granted := apply(mustLoad(t, organisation))
	if len(granted.Problems)+len(granted.Refused) > 0 {
		t.Fatal(granted.Problems, granted.Refused)
	}
	outcome := pass(t, granted.Set)
	for _, area := range outcome.Result.Areas {
		if strings.HasPrefix(area.Stalled, "ScopeDenied") {
			t.Errorf("%s: %s", area.ID, area.Stalled)
		}
	}
	for id, want := range map[string]map[string][]string{
		"remit-system/shop":      {"acme/shop": {".github/CODEOWNERS", "cart/a.go", "catalog-info.yaml", "web/app/x.js", "web/y.js"}},
		"pay/checkout":           {"acme/shop": {"checkout/pay.go"}, "acme/pay-api": {"a.go"}},
		"site/site":              {"acme/site": {"docs/a.md", "index.html"}},
		"remit-system/workflows": {"acme/site": {".github/CODEOWNERS", ".github/workflows/ci.yml", "CODEOWNERS", "docs/CODEOWNERS"}},
	} {
		for repository, files := range want {
			if diff := cmp.Diff(files, filesOf(outcome, repository, id)); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", id, repository, diff)
			}
		}
	}
	if got := declared(areaOf(t, outcome, "pay/checkout")); !slices.Equal(got, []string{"accountable team:acme/pay", "approver team:acme/pay"}) {
		t.Errorf("pay/checkout declares %v", got)
	}
}

// Sensitive files that no one is granted by name are nobody's, rather than his who claims all the rest; where two claim all,
// the one that needs no grant gets them.
func TestSensitiveFiles(t *testing.T) {
	text := strings.Replace(organisation, "{name: acme/site, paths: [/.github/, /CODEOWNERS, /docs/CODEOWNERS]}", "{name: acme/none}", 1)
	outcome := pass(t, apply(mustLoad(t, text)).Set)
	found := outcome.Snapshot.Repository("acme/site")
	var unclaimed []string
	for i, path := range found.Facts.Files.Paths {
		if found.Area(i) == nil {
			unclaimed = append(unclaimed, path)
		}
	}
	if want := []string{".github/CODEOWNERS", ".github/workflows/ci.yml", "CODEOWNERS", "docs/CODEOWNERS"}; !slices.Equal(unclaimed, want) {
		t.Errorf("unclaimed are %v, want %v", unclaimed, want)
	}
	both := strings.Replace(organisation, "{name: acme/site, paths: [/.github/, /CODEOWNERS, /docs/CODEOWNERS]}", "{name: acme/site}", 1)
	outcome = pass(t, apply(mustLoad(t, both)).Set)
	if got := filesOf(outcome, "acme/site", "remit-system/workflows"); !slices.Contains(got, ".github/CODEOWNERS") || slices.Contains(got, "index.html") {
		t.Errorf("who needs no grant gets %v", got)
	}
	named := strings.Replace(both, "repositories: [{name: acme/site}]\n    - to", "repositories: [{name: acme/site, paths: [\"**\", /.github/workflows/]}]\n    - to", 1)
	named = strings.Replace(named, "{name: site, namespace: site}\nspec:\n  scope: {repositories: [{name: acme/site}]}", "{name: site, namespace: site}\nspec:\n  scope: {repositories: [{name: acme/site, paths: [.github/workflows/]}]}", 1)
	outcome = pass(t, apply(mustLoad(t, named)).Set)
	if got := filesOf(outcome, "acme/site", "site/site"); !slices.Equal(got, []string{".github/workflows/ci.yml"}) {
		t.Errorf("who is granted them by name gets %v", got)
	}
}

// The granted part of an Area stays, and its fields are found where they stand; the area is stalled.
func TestPartlyGranted(t *testing.T) {
	set := mustLoad(t, organisation+`---
kind: Area
metadata: {name: x, namespace: pay}
spec:
  scope:
    repositories:
      - name: acme/hidden
      - name: acme/shop
        paths:
          - /web/
          - /checkout/pay.go
      - {name: acme/site, paths: [/docs/]}
    entities: ["component:default/shop", "component:pay/api"]
    namespaces: [{name: kube-system}, {name: pay-eu}]
  roles:
    - {role: oncall, holders: ["team:acme/pay"]}
    - {role: accountable, holders: ["user:eve", "user:pay-dan"]}
`)
	before := set.Areas[len(set.Areas)-1]
	granted := apply(set)
	object := granted.Set.Areas[len(set.Areas)-1]
	want := v1alpha1.AreaSpec{
		Scope: v1alpha1.Scope{
			Repositories: []v1alpha1.RepositoryScope{{Name: "acme/shop", Paths: []string{"/checkout/pay.go"}}},
			Entities:     []string{"component:pay/api"}, Namespaces: []v1alpha1.NamespaceScope{{Name: "pay-eu"}},
		},
		Roles: []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{"user:pay-dan"}}},
	}
	if diff := cmp.Diff(want, object.Value.Spec); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	for path, was := range map[string]string{
		"spec.scope.repositories[0]": "spec.scope.repositories[1]", "spec.scope.repositories[0].paths[0]": "spec.scope.repositories[1].paths[1]",
		"spec.scope.entities[0]": "spec.scope.entities[1]", "spec.scope.namespaces[0]": "spec.scope.namespaces[1]", "spec.roles[0]": "spec.roles[1]",
	} {
		if diff := cmp.Diff(before.FieldLocation(was), object.FieldLocation(path)); diff != "" {
			t.Errorf("%s is at (-want +got):\n%s", path, diff)
		}
	}
	outcome := pass(t, granted.Set)
	result := areaOf(t, outcome, "pay/x")
	if !strings.Contains(result.Stalled, "pay/x claims all of acme/hidden") || !strings.Contains(result.Stalled, "(and 6 more)") {
		t.Errorf("it is stalled for %q", result.Stalled)
	}
	if result.State != ownership.Unknown || result.Coverage.Total != 1 {
		t.Errorf("it is %s, with %d files", result.State, result.Coverage.Total)
	}
}

func TestModes(t *testing.T) {
	const duty = "kind: Area\nmetadata: {name: x, namespace: pay}\nspec: "
	// watched lets anybody hold what acme/pay-* is, as long as it is only shown.
	const watched = "\n---\nkind: OwnershipSource\nmetadata: {name: more}\nspec: {git: {path: .}, grants: [{to: {namespaces: [pay]}, repositories: [{name: \"acme/pay-*\"}], holders: [\"user:*\"]}]}"
	for name, test := range map[string]struct {
		reason, manifests string
		want              ownership.Mode
		warned            string
	}{
		"granted":           {"", duty + `{mode: Propose, scope: {repositories: [{name: acme/pay-api}]}}`, ownership.Propose, ""},
		"lower":             {"", duty + `{mode: Observe, scope: {repositories: [{name: acme/pay-api}]}}`, ownership.Observe, ""},
		"capped":            {"", duty + `{mode: Enforce, scope: {repositories: [{name: acme/pay-api}]}}`, ownership.Propose, "pay/x has the mode Enforce"},
		"absent is Observe": {"the grant of acme/shared has none", duty + `{mode: Propose, scope: {repositories: [{name: acme/shared}]}}`, ownership.Observe, "go as far as Observe"},
		"the least of two":  {"one area, two grants", duty + `{mode: Enforce, scope: {repositories: [{name: acme/shared}, {name: acme/pay-api}]}}`, ownership.Observe, "go as far as Observe"},
		"inherited": {"a child does not go farther than its own grant, whatever its parent may",
			duty + `{parent: p, scope: {repositories: [{name: acme/shared}]}}` + "\n---\nkind: Area\nmetadata: {name: p, namespace: pay}\nspec: {mode: Propose}",
			ownership.Observe, "has the mode Propose"},
		"of no scope":          {"", duty + `{mode: Enforce, roles: [{role: accountable, holders: ["user:pay-dan"]}]}`, ownership.Propose, "go as far as Propose"},
		"of a holder":          {"", duty + `{mode: Enforce, roles: [{role: accountable, holders: ["team:acme/pay"]}]}`, ownership.Propose, "go as far as Propose"},
		"of the own namespace": {"", "kind: Area\nmetadata: {name: x, namespace: remit-system}\nspec: {mode: Enforce}", ownership.Enforce, ""},
		"by an assignment": {"", duty + `{mode: Propose, scope: {repositories: [{name: acme/pay-api}]}}` +
			"\n---\nkind: RoleAssignment\nmetadata: {name: r, namespace: pay}\nspec: {area: x, role: approver, holders: [\"user:pay-dan\"], mode: Enforce}",
			ownership.Propose, "the RoleAssignment pay/r has the mode Enforce"},
		"named, and assigned as well": {"an assignment that is over must not lift what caps the area",
			duty + `{mode: Propose, scope: {repositories: [{name: acme/pay-api}]}, roles: [{role: accountable, holders: ["user:eve"]}]}` + watched +
				"\n---\nkind: RoleAssignment\nmetadata: {name: r, namespace: pay}\nspec: {area: x, role: accountable, holders: [\"user:eve\"], mode: Observe, validUntil: 2026-01-01T00:00:00Z}",
			ownership.Observe, "pay/x has the mode Propose"},
		"inherited, and assigned as well": {"",
			duty + `{parent: p, mode: Propose, scope: {repositories: [{name: acme/pay-api}]}}` + watched +
				"\n---\nkind: Area\nmetadata: {name: p, namespace: pay}\nspec: {roles: [{role: accountable, holders: [\"user:eve\"]}]}" +
				"\n---\nkind: RoleAssignment\nmetadata: {name: r, namespace: pay}\nspec: {area: x, role: accountable, holders: [\"user:eve\"], mode: Observe, validUntil: 2026-01-01T00:00:00Z}",
			ownership.Observe, "pay/x has the mode Propose"},
	} {
		t.Run(name, func(t *testing.T) {
			granted := apply(mustLoad(t, organisation+"---\n"+test.manifests))
			outcome := pass(t, granted.Set)
			for _, area := range outcome.Areas {
				if area.Name == "x" && area.Mode != test.want {
					t.Errorf("%s: it has the mode %s, want %s", test.reason, area.Mode, test.want)
				}
				for _, declarations := range area.Declared.All() {
					for _, d := range declarations {
						if most := ownership.LeastMode(area.Mode, stdcmp.Or(d.Mode, area.Mode)); area.Name == "x" && most.Rank() > test.want.Rank() {
							t.Errorf("%s: %s declares with the mode %s", test.reason, d.By, d.Mode)
						}
					}
				}
			}
			var warnings []string
			for _, problem := range granted.Problems {
				if !problem.Warning {
					t.Error(problem)
				}
				warnings = append(warnings, problem.Message)
			}
			if warned := strings.Join(warnings, "\n"); warned != "" != (test.warned != "") || !strings.Contains(warned, test.warned) {
				t.Errorf("%s: the warning is %q, want %q", test.reason, warned, test.warned)
			}
		})
	}
}

// To whom a grant is, and what counts as one.
func TestTo(t *testing.T) {
	const source = "kind: OwnershipSource\nmetadata: {name: s}\nspec: "
	const claims = "\n---\nkind: Area\nmetadata: {name: x, namespace: pay}\nspec: {scope: {repositories: [{name: acme/shop}]}}"
	labelled := func(labels map[string]string) func(string) (map[string]string, bool) {
		return func(string) (map[string]string, bool) { return labels, true }
	}
	for name, test := range map[string]struct {
		reason, source string
		labels         func(string) (map[string]string, bool)
		want           string
	}{
		"by name":           {"", `{git: {path: .}, grants: [{to: {namespaces: [pay]}, repositories: [{name: acme/shop}]}]}`, noLabels, ""},
		"another":           {"", `{git: {path: .}, grants: [{to: {namespaces: [payments]}, repositories: [{name: acme/shop}]}]}`, noLabels, "ScopeDenied"},
		"by labels":         {"", `{git: {path: .}, grants: [{to: {selector: {matchLabels: {team: pay}}}, repositories: [{name: acme/shop}]}]}`, labelled(map[string]string{"team": "pay"}), ""},
		"by other labels":   {"", `{git: {path: .}, grants: [{to: {selector: {matchLabels: {team: pay}}}, repositories: [{name: acme/shop}]}]}`, labelled(map[string]string{"team": "web"}), "ScopeDenied"},
		"by absent labels":  {"", `{git: {path: .}, grants: [{to: {selector: {matchLabels: {team: pay}}}, repositories: [{name: acme/shop}]}]}`, noLabels, "ScopeDenied"},
		"by unknown labels": {"unknown is not denied", `{git: {path: .}, grants: [{to: {selector: {matchLabels: {team: pay}}}, repositories: [{name: acme/shop}]}]}`, nil, "ScopeUnknown"},
		"by a name that is not, and unknown labels": {"both must hold",
			`{git: {path: .}, grants: [{to: {namespaces: [web], selector: {matchLabels: {team: pay}}}, repositories: [{name: acme/shop}]}]}`, nil, "ScopeDenied"},
		"by its name, and other labels": {"both must hold",
			`{git: {path: .}, grants: [{to: {namespaces: [pay], selector: {matchLabels: {team: pay}}}, repositories: [{name: acme/shop}]}]}`, noLabels, "ScopeDenied"},
		"of a suspended source": {"", `{suspend: true, git: {path: .}, grants: [{to: {namespaces: [pay]}, repositories: [{name: acme/shop}]}]}`, noLabels, "ScopeDenied"},
		"of another kind of source": {"grants of all sources add up",
			`{people: {path: p.yaml}, grants: [{to: {namespaces: [pay]}, repositories: [{name: "*/*"}]}]}`, noLabels, ""},
		"none": {"without grants the own namespace alone claims anything", `{git: {path: .}}`, noLabels, "ScopeDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			set := mustLoad(t, source+test.source+claims)
			granted := grant.Apply(set, grant.Input{OwnNamespace: grant.OwnNamespace, NamespaceLabels: test.labels})
			if got := granted.Set.Broken["pay/x"].Reason; got != test.want {
				t.Errorf("%s: %q, want %q", test.reason, got, test.want)
			}
			why := granted.Set.Broken["pay/x"].Problem.Message
			if said := strings.Contains(why, "while it is suspended"); said != strings.Contains(test.source, "suspend: true") {
				t.Errorf("a suspended source is named where it has grants: %s", why)
			}
		})
	}
}

func TestGrantsThatGiveNothing(t *testing.T) {
	granted := apply(mustLoad(t, `
kind: OwnershipSource
metadata: {name: s}
spec:
  git: {path: .}
  grants:
    - to: {namespaces: [pay]}
      repositories: [{name: acme/shop, paths: ["/a b/", "/x/../y", "/ok/"]}, {name: acme/web, paths: ["a//b"]}]
---
kind: Area
metadata: {name: x, namespace: pay}
spec: {scope: {repositories: [{name: acme/web}, {name: acme/shop, paths: [/ok/]}]}}
`))
	var said []string
	for _, problem := range granted.Problems {
		said = append(said, problem.Field+": "+problem.Message)
	}
	want := []string{
		`spec.grants[0].repositories[0].paths[0]: "/a b/" can match no file, so it gives none`,
		`spec.grants[0].repositories[0].paths[1]: "/x/../y" can match no file, so it gives none`,
		`spec.grants[0].repositories[1].paths[0]: "a//b" can match no file, so it gives none`,
		`spec.scope.repositories[0]: pay/x claims all of acme/web, which no grant to the namespace "pay" gives`,
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("a repository of which no path can be read is not given as a whole (-want +got):\n%s", diff)
	}
}

// What does not change is shared, what is given does not change, and whoever applies grants again changes nothing.
func TestSharing(t *testing.T) {
	set := mustLoad(t, organisation+"---\n"+attacks["two up"].manifests+"\n---\n"+attacks["an assignment"].manifests)
	copied := mustLoad(t, organisation+"---\n"+attacks["two up"].manifests+"\n---\n"+attacks["an assignment"].manifests)
	first := apply(set)
	objects := cmp.Options{
		cmpopts.IgnoreUnexported(manifest.Object[v1alpha1.Area]{}, manifest.Object[v1alpha1.RoleAssignment]{}, manifest.Object[v1alpha1.OwnershipSource]{},
			manifest.Object[v1alpha1.ResponsibilityPolicy]{}, manifest.Object[v1alpha1.RoleConfiguration]{}),
		cmpopts.IgnoreFields(ownership.Location{}, "File"), cmpopts.EquateEmpty(),
		cmp.FilterPath(func(p cmp.Path) bool {
			return slices.Contains([]string{"Dir", "Files", "Folders"}, strings.TrimPrefix(p.Last().String(), "."))
		}, cmp.Ignore()),
	}
	if diff := cmp.Diff(copied, set, objects); diff != "" {
		t.Errorf("what was given has changed:\n%s", diff)
	}
	for range 5 {
		if diff := cmp.Diff(first, apply(set), objects); diff != "" {
			t.Errorf("another time, another outcome:\n%s", diff)
		}
	}
	if &first.Set.Areas[0].Value.Spec.Scope.Repositories[0] != &set.Areas[0].Value.Spec.Scope.Repositories[0] {
		t.Error("an area that did not change was copied")
	}
	whole := mustLoad(t, organisation)
	if granted := apply(whole).Set; &granted.Areas[0] != &whole.Areas[0] {
		t.Error("areas were copied although none changed")
	}
	second := apply(first.Set)
	if diff := cmp.Diff(first.Set.Areas, second.Set.Areas, objects); diff != "" {
		t.Errorf("what is granted is denied the second time:\n%s", diff)
	}
}
