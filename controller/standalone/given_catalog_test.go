package standalone

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// catalogOf is a source of all that files in checkouts say.
func catalogOf(settings string) string {
	return "apiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: catalog}\nspec: {catalog: {" + settings + ", formats: [backstage, prow]}}\n"
}

// componentOf is an entity that a group owns.
func componentOf(group string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec: {type: service, owner: " + group + "}\n"
}

// What catalog-info.yaml and OWNERS say is read where the given checkout is, as it is on disk; what other checkouts say of
// the groups that are named there still counts.
func TestGivenStandsInForTheCatalog(t *testing.T) {
	committed := with(with(shop(), "pay/catalog-info.yaml", componentOf("payments")), "OWNERS", "approvers: [ann]\n")
	group := "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: shoppers, annotations: {github.com/team-slug: acme/web}}\nspec: {type: team}\n"
	edited := map[string]string{"pay/catalog-info.yaml": componentOf("shoppers"), "OWNERS": "approvers: [bob]\n"}
	both := []string{
		"conflicting approver team:acme/payments", "conflicting approver user:bob", "missing accountable team:acme/payments",
		"team:acme/payments approver in checkouts 2/2", "team:acme/web accountable in catalog 1/1", "user:bob approver in catalog 2/2",
	}
	unedited := []string{
		"conflicting approver team:acme/payments", "conflicting approver user:ann",
		"team:acme/payments accountable in catalog 1/1", "team:acme/payments approver in checkouts 2/2", "user:ann approver in catalog 2/2",
	}
	tests := map[string]struct {
		reason string
		// other gives a clone elsewhere, and not the folder that the sources see.
		other bool
		// remote is that of the checkout which is given; it is acme/shop if empty.
		remote string
		edited map[string]string
		// ruin is a file of the checkout that the source sees which is no longer what it should be.
		ruin    string
		want    []string
		errored string
	}{
		"this very folder":    {reason: "what is on disk counts, and not the commit", edited: edited, want: both},
		"no remote":           {reason: "the folder says which it is", remote: "-", edited: edited, want: both},
		"of the same name":    {reason: "a clone elsewhere", other: true, edited: edited, want: both},
		"of another name":     {reason: "it is another repository", other: true, remote: "https://git.example/acme/other.git", edited: edited, want: unedited},
		"in place of a wreck": {reason: "what is wrong with the one that is replaced does not matter", other: true, edited: edited, ruin: ".git/HEAD", want: both},
		"with a slip": {
			reason: "unknown, and the file that was given says why", other: true, edited: with(edited, "pay/catalog-info.yaml", "spec: {"),
			want:    []string{"conflicting approver team:acme/payments", "conflicting approver user:bob", "team:acme/payments approver in checkouts 2/2", "user:bob approver in catalog 2/2"},
			errored: "the file is no YAML",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			seen := newCheckout(t, "shop", committed)
			folder := filepath.Dir(seen)
			if err := os.Rename(newCheckout(t, "groups", map[string]string{"catalog-info.yaml": group}), filepath.Join(folder, "groups")); err != nil {
				t.Fatal(err)
			}
			given := seen
			if test.other {
				given = newCheckout(t, "shop", committed)
			}
			config := map[string]string{"": "[remote \"origin\"]\n\turl = https://git.example/acme/shop.git\n", "-": ""}[test.remote]
			if len(test.remote) > 1 {
				config = "[remote \"origin\"]\n\turl = " + test.remote + "\n"
			}
			write(t, given, with(test.edited, ".git/config", config))
			if test.ruin != "" {
				write(t, seen, map[string]string{test.ruin: "ruined"})
			}
			manifests := organisation(folder)
			manifests["sources.yaml"] = strings.Replace(manifests["sources.yaml"], "git: {", "git: {organization: acme, ", 1)
			manifests["catalog.yaml"] = catalogOf(`path: "` + folder + `", organization: acme`)
			result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, manifests), Checkouts: []string{given}}))
			for _, area := range result.Areas {
				if area.ID == "shop/payments" {
					if diff := cmp.Diff(test.want, facts(area)); diff != "" {
						t.Errorf("%s (-want +got):\n%s", test.reason, diff)
					}
				}
			}
			_, errored := problems(result)
			if said := strings.Join(errored, "\n"); (said != "") != (test.errored != "") || !strings.Contains(said, test.errored) {
				t.Errorf("%s: want %q, and it is said: %q", test.reason, test.errored, said)
			}
		})
	}
}

// A plan is made of what is on disk, for what catalogs say too.
func TestPlanReadsTheCatalogOnDisk(t *testing.T) {
	seen := newCheckout(t, "shop", with(shop(), "pay/catalog-info.yaml", componentOf("payments")))
	write(t, seen, map[string]string{"pay/catalog-info.yaml": componentOf("web")})
	for _, checkouts := range [][]string{nil, {seen}} {
		manifests := with(organisation(seen), "catalog.yaml", catalogOf(`path: "`+seen+`", tree: head`))
		planner, err := NewPlanner(PlanSettings{Settings: Settings{Manifests: newManifests(t, manifests), Checkouts: checkouts}})
		if err != nil {
			t.Fatal(err)
		}
		planned, err := planner.Plan(t.Context(), monday, nil)
		if err != nil {
			t.Fatal(err)
		}
		observed := planned.Outcome.Result.Areas[0].Observed.Of(ownership.Accountable)
		if len(observed) != 1 || observed[0].Holder != "team:acme/web" {
			t.Errorf("given %v: observed are %+v", checkouts, observed)
		}
	}
}
