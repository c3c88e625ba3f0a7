package grant_test

import (
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// lostSource is a source with errors, which may have had grants.
const lostSource = "---\nkind: OwnershipSource\nmetadata: {name: lost}\nspec: {git: {path: 7}, grants: [{to: {namespaces: [evil]}, repositories: [{name: acme/shop}]}]}\n"

// What only a grant that is not known could give is unknown: the Area is not denied it, and what it may have is not another's for sure.
func TestUnknownGrants(t *testing.T) {
	claims := area("evil", `{scope: {repositories: [{name: acme/shop, paths: [/web/]}]}, roles: [{role: accountable, holders: ["user:ann"]}]}`)
	for name, test := range map[string]struct {
		reason, manifests string
		labels            func(string) (map[string]string, bool)
		says              string
	}{
		"a source with errors": {"it may have had the grant", lostSource + "---\n" + claims, noLabels, `the grants of the OwnershipSource "lost" cannot be read`},
		"labels":               {"the namespace may have them", "---\n" + claims, nil, `the labels of the namespace "evil" are not known`},
	} {
		t.Run(name, func(t *testing.T) {
			set, _ := load(t, organisation+test.manifests)
			granted := grant.Apply(set, grant.Input{OwnNamespace: grant.OwnNamespace, NamespaceLabels: test.labels})
			outcome := pass(t, granted.Set)
			x, shop := areaOf(t, outcome, "evil/x"), areaOf(t, outcome, "remit-system/shop")
			if x.State != ownership.Unknown || !strings.HasPrefix(x.Stalled, "ScopeUnknown: evil/x claims") || !strings.Contains(x.Stalled, test.says) {
				t.Errorf("%s: it is %s: %s", test.reason, x.State, x.Stalled)
			}
			if shop.State != ownership.Unknown || !strings.Contains(shop.Stalled, "ScopeUnknown") || len(shop.Drift) > 0 {
				t.Errorf("%s: the area that has the files without is %s: %s, with the drift %v", test.reason, shop.State, shop.Stalled, shop.Drift)
			}
			if site := areaOf(t, outcome, "site/site"); strings.HasPrefix(site.Stalled, "Scope") {
				t.Errorf("%s: an area of another repository is stalled: %s", test.reason, site.Stalled)
			}
			for _, problem := range granted.Problems {
				if !problem.Warning {
					t.Errorf("%s: %s", test.reason, problem)
				}
			}
			mustBeUnknown(t, test.reason, outcome, "evil/x", ownership.Accountable)
		})
	}
}

// A holder or a RoleAssignment that only an unknown grant would allow leaves open who has the role.
func TestUnknownHolders(t *testing.T) {
	for name, test := range map[string]struct{ reason, manifests, area string }{
		"holder":     {"", "---\n" + area("pay", `{scope: {repositories: [{name: acme/pay-api}]}, roles: [{role: accountable, holders: ["user:ann"]}]}`), "pay/x"},
		"assignment": {"", "---\nkind: RoleAssignment\nmetadata: {name: r, namespace: pay}\nspec: {area: checkout, role: accountable, holders: [\"user:ann\"]}", "pay/checkout"},
		"inherited": {"", "---\n" + area("pay", `{parent: p, scope: {repositories: [{name: acme/shared, paths: [/none/]}]}}`) +
			"\n---\nkind: Area\nmetadata: {name: p, namespace: pay}\nspec: {roles: [{role: accountable, holders: [\"user:pay-dan\"]}]}", "pay/x"},
	} {
		t.Run(name, func(t *testing.T) {
			set, _ := load(t, organisation+lostSource+test.manifests)
			granted := apply(set)
			if len(granted.Refused) > 0 {
				t.Errorf("it is refused: %v", granted.Refused)
			}
			mustBeUnknown(t, test.reason, pass(t, granted.Set), test.area, ownership.Accountable)
		})
	}
}

func mustBeUnknown(t *testing.T, reason string, outcome *engine.Outcome, id string, role ownership.Role) {
	t.Helper()
	for _, area := range outcome.Areas {
		if string(area.ID) == id && area.UnknownDeclarations(role) == "" {
			t.Errorf("%s: who is %s of %s seems known: %v", reason, role, id, area.Declared.Of(role))
		}
	}
}

// Whether grants count without a cluster.
func TestDeclared(t *testing.T) {
	for name, test := range map[string]struct {
		reason, manifests string
		want              bool
	}{
		"grants":                         {"", organisation, true},
		"none":                           {"", "kind: OwnershipSource\nmetadata: {name: s}\nspec: {git: {path: .}}", false},
		"of a source with errors":        {"they are unknown, not absent", strings.TrimPrefix(lostSource, "---\n"), true},
		"a source with errors, and none": {"", "kind: OwnershipSource\nmetadata: {name: s}\nspec: {git: {path: 7}}", false},
	} {
		t.Run(name, func(t *testing.T) {
			set, _ := load(t, test.manifests)
			if got := grant.Declared(set); got != test.want {
				t.Errorf("%s: %v", test.reason, got)
			}
		})
	}
}

// Namespaces that a selector resolves to are granted one by one.
func TestSelectedNamespaces(t *testing.T) {
	set := mustLoad(t, organisation+"---\n"+area("pay", `{scope: {namespaces: [{selector: {matchLabels: {team: pay}}}]}, roles: [{role: accountable, holders: ["team:acme/pay"]}]}`))
	granted := apply(set)
	if len(granted.Problems) > 0 {
		t.Fatal(granted.Problems)
	}
	for namespace, want := range map[string]bool{"pay-eu": true, "kube-system": false, "pay": false} {
		if may, unknown := granted.Set.Granted.MaySelect("pay", namespace); may != want || unknown != "" {
			t.Errorf("%s: %v %s", namespace, may, unknown)
		}
	}
	if may, _ := granted.Set.Granted.MaySelect(grant.OwnNamespace, "kube-system"); !may {
		t.Error("the own namespace may select any")
	}
	// A second grant gives other namespaces to other holders: a selector could reach either.
	text := strings.Replace(organisation, "    - to: {namespaces: [site]}\n", "    - {to: {namespaces: [pay]}, namespaces: [shop-x], holders: [\"user:ann\"]}\n    - to: {namespaces: [site]}\n", 1)
	set = mustLoad(t, text+"---\n"+area("pay", `{scope: {namespaces: [{selector: {matchLabels: {team: pay}}}]}, roles: [{role: accountable, holders: ["team:acme/pay"]}]}`))
	if got := apply(set).Set.Broken["pay/x"]; got.Reason != manifest.ReasonScopeDenied || !strings.Contains(got.Problem.Message, "for namespaces by their labels") {
		t.Errorf("it is %v", got)
	}
}

// In a cluster, a source of which one selector cannot be read may have granted something, as one with errors in a file may.
func TestUnknownGrantsOfAnObject(t *testing.T) {
	source := &v1alpha1.OwnershipSource{Spec: v1alpha1.OwnershipSourceSpec{Git: &v1alpha1.GitSource{Path: "."}, Grants: []v1alpha1.Grant{
		{To: v1alpha1.GrantTo{Namespaces: []string{"pay"}}, Repositories: []v1alpha1.RepositoryGrant{{Name: "acme/shop"}}},
		{To: v1alpha1.GrantTo{Selector: &v1alpha1.LabelSelector{MatchLabels: map[string]string{strings.Repeat("a", 300) + "/x": "y"}}}},
	}}}
	source.Name = "platform"
	area := &v1alpha1.Area{Spec: v1alpha1.AreaSpec{Scope: v1alpha1.Scope{Repositories: []v1alpha1.RepositoryScope{{Name: "acme/shop"}}}}}
	area.Namespace, area.Name = "pay", "x"
	set, problems := manifest.Objects{Areas: []*v1alpha1.Area{area}, Sources: []*v1alpha1.OwnershipSource{source}}.Assemble()
	if len(problems) != 1 || problems[0].Reason != manifest.ReasonSelectorInvalid {
		t.Fatal(problems)
	}
	granted := apply(set).Set
	if broken := granted.Broken["pay/x"]; broken.Reason != manifest.ReasonScopeUnknown || len(granted.Areas[0].Value.Spec.Scope.Repositories) != 1 {
		t.Errorf("it is %q: %+v", broken.Reason, granted.Areas[0].Value.Spec.Scope)
	}
}
