package explain

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// now is the moment of all passes in these tests.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const header = "---\napiVersion: remit.dev/v1alpha1\nkind: "

// world is a small organisation: a shop with areas below each other, and people.
type world struct {
	manifests  string
	codeowners string
	files      []string
	git        ownership.Observation
	people     ownership.Observation
	catalog    *ownership.Observation
	filesOnly  bool
}

func known(source string) ownership.Provenance {
	return ownership.Provenance{Source: source, Location: source + ".yaml:1", At: now}
}

// newWorld has areas web/shop (all of acme/shop), web/checkout below it, and ops/releases, which is a duty.
func newWorld() *world {
	person := func(id, login, name string) ownership.Person {
		return ownership.Person{
			ID: id, Name: name, Kind: ownership.Human, Logins: map[string]string{"github": login}, Emails: []string{id + "@acme.example"}, Provenance: known("people"),
		}
	}
	gone := person("gone", "gone-gh", "Gone Girl")
	gone.Ends = now.AddDate(0, -1, 0)
	write := map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite}
	return &world{
		manifests: header + `Area
metadata: {name: shop, namespace: web}
spec:
  tier: critical
  scope: {repositories: [{name: acme/shop}]}
  roles: [{role: accountable, holders: ["team:acme/web"]}, {role: approver, holders: ["team:acme/web"]}]
` + header + `Area
metadata: {name: checkout, namespace: web}
spec:
  parent: shop
  scope: {repositories: [{name: acme/shop, paths: [/checkout/]}]}
  roles: [{role: deputy, holders: ["user:bob"]}]
` + header + `Area
metadata: {name: releases, namespace: ops}
spec: {description: a duty}
`,
		codeowners: "* @acme/web\n/checkout/ @acme/pay @ann-gh\n/checkout/*.md\n/gone/ @gone-gh\n",
		files:      []string{"cart/a.go", "checkout/pay.go", "checkout/readme.md", "gone/x.go", "main.go"},
		people: ownership.Observation{
			Source: "people", Kind: ownership.SourcePeople, At: now, AllPeople: true, AllTeams: true, AllPermissions: true,
			TeamOrganisations: []string{"acme"},
			People:            []ownership.Person{person("ann", "ann-gh", "Ann Lee"), person("bob", "bob", "Bob Ray"), gone},
			Teams: []ownership.Team{
				{ID: "acme/web", Name: "Web", Members: []string{"bob"}, Maintainers: []string{"ann"}, Repositories: write, Provenance: known("people")},
				{ID: "acme/pay", Name: "Pay", Parent: "acme/web", Members: []string{"bob", "gone"}, Repositories: map[string]ownership.Permission{}, Provenance: known("people")},
				{ID: "acme/readers", Members: []string{"ann"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionRead}, Provenance: known("people")},
			},
		},
	}
}

// add adds manifests.
func (w *world) add(manifests string) *world {
	w.manifests += manifests
	return w
}

// outcome makes one pass. Whatever is wrong with the manifests fails the test.
func (w *world) outcome(t *testing.T) *engine.Outcome {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "acme.yaml"), []byte(strings.TrimPrefix(w.manifests, "---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	set, problems, err := manifest.Load(dir)
	if err != nil || len(problems) > 0 {
		t.Fatalf("loading the manifests: %v %v", err, problems)
	}
	policies, _ := engine.CompilePolicies(engine.PolicyInput{Manifests: set})
	slices.Sort(w.files)
	repositories := slices.Clone(w.git.Repositories)
	if w.codeowners != "-" {
		repositories = append(repositories, repository("acme/shop", "git", w.codeowners, w.files))
	}
	w.git.Source, w.git.Kind, w.git.At, w.git.Repositories = "git", ownership.SourceGit, now, repositories
	sources := []snapshot.Source{{Name: "git", Kind: ownership.SourceGit, Observation: w.git}, {Name: "people", Kind: ownership.SourcePeople, Observation: w.people}}
	if w.people.Kind == "" {
		sources = sources[:1]
	}
	if w.catalog != nil {
		sources = append(sources, snapshot.Source{Name: "catalog", Kind: ownership.SourceCatalog, Observation: *w.catalog})
	}
	outcome, err := engine.Pass(t.Context(), engine.Input{Now: now, Manifests: set, Sources: sources, Policies: policies, FilesOnly: w.filesOnly})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func repository(id, source, codeowners string, files []string) ownership.Repository {
	return ownership.Repository{
		ID: id, Provenance: known(source),
		Codeowners: ownership.CodeownersFile{Path: ".github/CODEOWNERS", Text: []byte(codeowners), Provenance: known(source)},
		Files:      ownership.FileList{Paths: files, Provenance: known(source)},
		History:    ownership.History{Provenance: known(source)},
	}
}

// ask asks a question that has an answer.
func (w *world) ask(t *testing.T, text string) *Answer {
	t.Helper()
	answer, err := Explain(w.outcome(t), Question{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// role finds a role in an answer about an area.
func (a *Area) role(t *testing.T, name ownership.Role) Role {
	t.Helper()
	for _, role := range a.Roles {
		if role.Role == name {
			return role
		}
	}
	t.Fatalf("there is no role %s", name)
	return Role{}
}

// says writes who holds a role as "holder by layer; …", and what the layers say as "layer status holders; …".
func says(role Role) (holders, layers string) {
	var held, said []string
	for _, holding := range role.Holders {
		text := string(holding.Holder)
		for _, declared := range holding.Declared {
			text += " by " + declared.By
		}
		for _, observed := range holding.Observed {
			text += " in " + observed.Source
		}
		held = append(held, text)
	}
	for _, layer := range role.Layers {
		text := string(layer.Layer) + " " + string(layer.Status)
		for _, declared := range layer.Declarations {
			text += " " + string(declared.Holder)
		}
		said = append(said, text)
	}
	return strings.Join(held, "; "), strings.Join(said, "; ")
}
