package standalone

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// A catalog of the manifests reaches the areas: who is accountable, who approves, what contradicts it, what is unknown.
func TestCheckCatalog(t *testing.T) {
	const component = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec: {type: service, owner: "
	cases := map[string]struct {
		reason  string
		files   map[string]string
		formats string
		want    []string
		state   ownership.State
		unread  bool
	}{
		"Agreement": {
			reason: "all say the same", formats: "[backstage, prow]", state: ownership.Owned,
			files: map[string]string{"pay/catalog-info.yaml": component + "payments}\n"},
			want:  []string{"team:acme/payments accountable in catalog 1/1", "team:acme/payments approver in checkouts 2/2"},
		},
		"Disagreement": {
			reason: "the catalog, CODEOWNERS and OWNERS", formats: "[backstage, prow]", state: ownership.Owned,
			files: map[string]string{"pay/catalog-info.yaml": component + "web}\n", "OWNERS": "approvers: [leads]\n", "OWNERS_ALIASES": "aliases: {leads: [ann]}\n"},
			want: []string{
				"conflicting approver team:acme/payments", "conflicting approver user:ann", "missing accountable team:acme/payments",
				"team:acme/payments approver in checkouts 2/2", "team:acme/web accountable in catalog 1/1", "user:ann approver in catalog 2/2",
			},
		},
		"OwnersAlone": {
			reason: "no CODEOWNERS, and owned", formats: "[prow]", state: ownership.Owned,
			files: map[string]string{"CODEOWNERS": "", "OWNERS": "approvers: [ann]\n", "pay/catalog-info.yaml": component + "web}\n"},
			want:  []string{"user:ann approver in catalog 2/2"},
		},
		"Unread": {
			reason: "unknown, with a problem that says where", formats: "[backstage, prow]", state: ownership.Unknown, unread: true,
			files: map[string]string{"CODEOWNERS": "", "pay/OWNERS": "approvers: ann\n"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			files := shop()
			for file, text := range tc.files {
				files[file] = text
			}
			if _, named := files["pay/catalog-info.yaml"]; !named {
				files["pay/more.go"] = "package pay\n"
			}
			root := newCheckout(t, "shop", files)
			manifests := organisation(root)
			manifests["catalog.yaml"] = "apiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: catalog}\nspec: {catalog: {path: \"" + root + "\", formats: " + tc.formats + "}}\n"
			result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, manifests)}))
			if len(result.Areas) != 1 {
				t.Fatalf("areas: %+v", result.Areas)
			}
			area := result.Areas[0]
			if diff := cmp.Diff(tc.want, facts(area)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if area.State != tc.state {
				t.Errorf("%s: state %s, want %s: %+v", tc.reason, area.State, tc.state, area.Requirements)
			}
			said := slices.ContainsFunc(result.Problems, func(p ownership.Problem) bool {
				return strings.Contains(p.Error(), "acme/shop pay/OWNERS:1:12") && p.Remedy != ""
			})
			if said != tc.unread {
				t.Errorf("%s: problems %v", tc.reason, result.Problems)
			}
		})
	}
}

// facts are what is observed of an area, and its drift.
func facts(area ownership.AreaResult) []string {
	var texts []string
	for role, observed := range area.Observed.All() {
		for _, o := range observed {
			texts = append(texts, fmt.Sprintf("%s %s in %s %d/%d", o.Holder, role, o.Source, o.Files, o.Total))
		}
	}
	for _, drift := range area.Drift {
		texts = append(texts, fmt.Sprintf("%s %s %s", drift.Kind, drift.Role, drift.Holder))
	}
	slices.Sort(texts)
	return texts
}

// A catalog whose checkouts are not there only warns where one checkout is checked.
func TestCatalogBesideAGivenCheckout(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := organisation(root)
	manifests["catalog.yaml"] = "apiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: catalog}\nspec: {catalog: {path: gone}}\n"
	result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, manifests), Checkouts: []string{root}}))
	warned, errored := problems(result)
	if len(errored) > 0 || !slices.ContainsFunc(warned, func(text string) bool { return strings.Contains(text, "gone") }) {
		t.Errorf("warnings %v, errors %v", warned, errored)
	}
}
