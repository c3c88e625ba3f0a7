package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// now is the moment of all snapshots in these tests.
var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// world is an organisation in small: manifests as text, and what two sources saw.
type world struct {
	manifests string
	git       ownership.Observation
	people    ownership.Observation
	noPeople  bool
}

// newWorld has one repository with three owned files and one that nobody owns, two teams and three people.
func newWorld() *world {
	known := func(source, location string) ownership.Provenance {
		return ownership.Provenance{Source: source, Location: location, At: now}
	}
	person := func(id string) ownership.Person {
		return ownership.Person{ID: id, Kind: ownership.Human, Logins: map[string]string{"github": id}, Provenance: known("people", "people.yaml")}
	}
	return &world{
		manifests: `
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: shop, namespace: web}
spec:
  tier: critical
  scope: {repositories: [{name: acme/shop}]}
  roles: [{role: accountable, holders: ["team:acme/web"]}, {role: approver, holders: ["team:acme/web"]}]
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: checkout, namespace: web}
spec:
  parent: shop
  scope: {repositories: [{name: acme/shop, paths: [checkout]}]}
`,
		git: ownership.Observation{
			Source: "git", Kind: ownership.SourceGit, At: now,
			Repositories: []ownership.Repository{{
				ID: "acme/shop", Provenance: known("git", "shop"),
				Codeowners: ownership.CodeownersFile{
					Path: ".github/CODEOWNERS", Provenance: known("git", "shop"),
					Text: []byte("/cart/ @acme/web\n/checkout/ @acme/pay\n/old/\n"),
				},
				Files: ownership.FileList{
					Paths:      []string{"cart/a.go", "cart/b.go", "checkout/pay.go", "old/x.go"},
					Provenance: known("git", "shop"),
				},
				History: ownership.History{Provenance: known("git", "shop")},
			}},
		},
		people: ownership.Observation{
			Source: "people", Kind: ownership.SourcePeople, At: now, AllPeople: true, AllTeams: true, AllPermissions: true,
			TeamOrganisations: []string{"acme"},
			People:            []ownership.Person{person("ann"), person("bob"), person("cem")},
			Teams: []ownership.Team{
				{ID: "acme/web", Members: []string{"ann", "bob"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite}, Provenance: known("people", "people.yaml")},
				{ID: "acme/pay", Members: []string{"cem"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite}, Provenance: known("people", "people.yaml")},
			},
		},
	}
}

// set loads the manifests.
func (w *world) set(t *testing.T) *manifest.Set {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "acme.yaml"), []byte(w.manifests), 0o600); err != nil {
		t.Fatal(err)
	}
	set, problems, err := manifest.Load(dir)
	if err != nil || len(problems) > 0 {
		t.Fatalf("loading the manifests: %v %v", err, problems)
	}
	return set
}

// pass runs one pass with the named policies of the library, and those of the manifests.
func (w *world) pass(t *testing.T, library ...string) *ownership.Result {
	t.Helper()
	set := w.set(t)
	policies, problems := CompilePolicies(PolicyInput{Manifests: set, Default: library})
	if len(problems) > 0 {
		t.Fatalf("compiling the policies: %v", problems)
	}
	sources := []snapshot.Source{{Name: "git", Kind: ownership.SourceGit, Observation: w.git}}
	if !w.noPeople {
		sources = append(sources, snapshot.Source{Name: "people", Kind: ownership.SourcePeople, Observation: w.people})
	}
	outcome, err := Pass(t.Context(), Input{Now: now, Manifests: set, Sources: sources, Policies: policies})
	if err != nil {
		t.Fatal(err)
	}
	return outcome.Result
}

// area finds an area in a result.
func area(t *testing.T, result *ownership.Result, id string) ownership.AreaResult {
	t.Helper()
	for _, area := range result.Areas {
		if string(area.ID) == id {
			return area
		}
	}
	t.Fatalf("there is no area %s in the result", id)
	return ownership.AreaResult{}
}

// driftOf writes an area's drift as "kind role holder reason", one a line.
func driftOf(area ownership.AreaResult) string {
	var lines []string
	for _, d := range area.Drift {
		lines = append(lines, strings.Join([]string{string(d.Kind), string(d.Role), string(d.Holder), d.Reason}, " "))
	}
	return strings.Join(lines, "\n")
}

// stripFolders takes the name of the temporary folder out of a result.
func stripFolders(result []byte) string {
	return temporary.ReplaceAllString(string(result), "MANIFESTS")
}

var temporary = regexp.MustCompile(`"[^"]*/acme\.yaml|/[^" ]*/acme\.yaml`)
