package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/policies"
)

// richWorld is a small organisation with something of everything that Remit can be told and can see: each reason for a
// finding, for drift and for a change is there, and beside it the fact that keeps the next one from being there.
type richWorld struct {
	// objects are the manifests by "Kind/name"; broken ones have errors.
	objects map[string]string
	broken  map[string]bool
	sources []snapshot.Source
}

func (w *richWorld) source(name string) *ownership.Observation {
	at := slices.IndexFunc(w.sources, func(s snapshot.Source) bool { return s.Name == name })
	return &w.sources[at].Observation
}

func (w *richWorld) repository(source, id string) *ownership.Repository {
	return find(w.source(source).Repositories, func(r ownership.Repository) bool { return r.ID == id })
}

// clone is a world of its own with the same in it.
func (w *richWorld) clone(t interface{ Fatal(...any) }) *richWorld {
	text, err := json.Marshal(w.sources)
	cloned := &richWorld{objects: maps.Clone(w.objects), broken: maps.Clone(w.broken)}
	if err = errors.Join(err, json.Unmarshal(text, &cloned.sources)); err != nil {
		t.Fatal(err)
	}
	return cloned
}

func newRichWorld() *richWorld {
	objects := maps.Clone(richObjects)
	maps.Copy(objects, clusterObjects)
	return &richWorld{objects: objects, broken: map[string]bool{}, sources: []snapshot.Source{
		{Name: "catalog", Kind: ownership.SourceCatalog, Observation: richCatalog()},
		{Name: "checkouts", Kind: ownership.SourceGit, Discover: true, Mode: ownership.Enforce, Observation: richCheckouts()},
		{Name: "cluster", Kind: ownership.SourceKubernetes, Discover: true, Mode: ownership.Enforce, Observation: richCluster()},
		{Name: "mirror", Kind: ownership.SourceGit, Mode: ownership.Enforce, Observation: richMirror()},
		{Name: "partners", Kind: ownership.SourcePeople, Observation: richPartners()},
		{Name: "people", Kind: ownership.SourcePeople, Observation: richPeople()},
	}}
}

func seenBy(source, location string) ownership.Provenance {
	return ownership.Provenance{Source: source, Location: location, At: now}
}

func richPeople() ownership.Observation {
	person := func(id string, kind ownership.PersonKind, login string, ends time.Duration) ownership.Person {
		p := ownership.Person{
			ID: id, Name: strings.ToUpper(id), Kind: kind, Logins: map[string]string{"github": login},
			Emails: []string{id + "@acme.example"}, Provenance: seenBy("people", "people.yaml"),
		}
		if ends != 0 {
			p.Ends = now.Add(ends)
		}
		return p
	}
	team := func(id, parent, repositories string, members ...string) ownership.Team {
		t := ownership.Team{
			ID: "acme/" + id, Name: id, Members: members, Repositories: map[string]ownership.Permission{}, Provenance: seenBy("people", "people.yaml"),
		}
		if parent != "" {
			t.Parent = "acme/" + parent
		}
		for repository := range strings.FieldsSeq(repositories) {
			t.Repositories["acme/"+repository] = ownership.PermissionWrite
		}
		return t
	}
	day := 24 * time.Hour
	o := ownership.Observation{
		Source: "people", Kind: ownership.SourcePeople, At: now, AllPeople: true, AllTeams: true, AllPermissions: true,
		TeamOrganisations: []string{"acme"},
		People: []ownership.Person{
			person("ann", ownership.Human, "ann-gh", 0), person("bob", ownership.Human, "bob", 0),
			person("cem", ownership.Human, "cem-gh", -30*day), person("dee", ownership.Human, "dee-gh", 5*day),
			person("eve", ownership.Contractor, "eve-gh", 0), person("finn", ownership.Human, "finn", 20*day),
			person("robo", ownership.Bot, "robo-gh", 0),
		},
		Teams: []ownership.Team{
			team("all", "", ""), team("empty", "", "shop"), team("hidden", "", "shop", "ann"), team("infra", "ops", "", "finn"),
			team("left", "", "shop", "cem", "robo"), team("ops", "", "shop tools solo", "eve-gh"), team("pay", "all", "shop", "dee"),
			team("readers", "", "", "bob"), team("solo", "", "shop solo", "robo-gh", "ann-gh"), team("web", "all", "shop tools", "ann", "bob"),
		},
	}
	o.Teams[2].Secret = true
	o.Teams[6].Maintainers = []string{"finn"}
	return o
}

func richPartners() ownership.Observation {
	return ownership.Observation{
		Source: "partners", Kind: ownership.SourcePeople, At: now, AllPeople: true, AllTeams: true, AllPermissions: true,
		TeamOrganisations: []string{"partner"},
		People: []ownership.Person{{
			ID: "gus", Kind: ownership.Human, Logins: map[string]string{"github": "gus-partner"}, Provenance: seenBy("partners", "partners.yaml"),
		}},
		Teams: []ownership.Team{{
			ID: "partner/help", Members: []string{"gus"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite},
			Provenance: seenBy("partners", "partners.yaml"),
		}},
	}
}

func richCheckouts() ownership.Observation {
	repository := func(id, rules string, files ...string) ownership.Repository {
		known := seenBy("checkouts", id)
		r := ownership.Repository{
			ID: id, Provenance: known, Codeowners: ownership.CodeownersFile{Provenance: known},
			Files:   ownership.FileList{Paths: files, Provenance: known},
			History: ownership.History{Provenance: known, From: now.AddDate(0, 0, -180)},
		}
		if rules != "" {
			r.Codeowners.Path, r.Codeowners.Text = ".github/CODEOWNERS", []byte(rules)
		}
		return r
	}
	work := func(r *ownership.Repository, author string, commits int, path string) {
		for i := range commits {
			r.History.Commits = append(r.History.Commits, ownership.Commit{
				ID: fmt.Sprint(len(r.History.Commits)), Author: author, When: now.Add(-time.Duration(i) * time.Hour), Paths: []string{path},
			})
		}
	}
	shop := repository("acme/shop", richRules,
		"README.md", "cart/a.go", "cart/b.go", "cart/catalog-info.yaml", "catalog-info.yaml", "checkout/catalog-info.yaml", "checkout/pay.go",
		"checkout/x/y.go", "docs/a.md", "docs/b.md", "help/h.go", "hidden/h.go", "old/x.go", "ops/run.sh", "solo/a.go", "un/u.go")
	work(&shop, "ann@acme.example", 6, "checkout/pay.go")
	work(&shop, "1+ann-gh@users.noreply.github.com", 6, "checkout/pay.go")
	work(&shop, "robo@acme.example", 12, "checkout/pay.go")
	work(&shop, "robo@acme.example", 12, "cart/a.go")
	work(&shop, "bob@acme.example", 7, "cart/b.go")
	work(&shop, "eve@acme.example", 5, "cart/b.go")
	work(&shop, "x@else.example", 11, "help/h.go")
	tools := repository("acme/tools", "", "OWNERS", "catalog-info.yaml", "lib/OWNERS", "lib/a.go", "lib/b.go", "main.go", "sub/OWNERS", "sub/s.go")
	work(&tools, "finn@acme.example", 12, "main.go")
	solo := repository("acme/solo", "* @acme/solo\n/nothing @bob\n", "main.go")
	return ownership.Observation{
		Source: "checkouts", Kind: ownership.SourceGit, At: now, AllRepositories: true, Repositories: []ownership.Repository{shop, solo, tools},
	}
}

// richMirror sees the shop as it was before.
func richMirror() ownership.Observation {
	shop := *newObservedShop()
	return ownership.Observation{Source: "mirror", Kind: ownership.SourceGit, At: now, Repositories: []ownership.Repository{shop}}
}

func newObservedShop() *ownership.Repository {
	shop := richCheckouts().Repositories[0]
	known := seenBy("mirror", "shop")
	shop.Provenance, shop.Codeowners.Provenance, shop.Files.Provenance, shop.History.Provenance = known, known, known, known
	shop.Codeowners.Text = []byte(strings.Replace(richRules, "/ops/ @acme/ops", "/ops/ @acme/web @bob", 1))
	return &shop
}

const richRules = `* @acme/web
/cart/ @ann-gh @acme/readers
/cart/b.go ann@acme.example @acme/web
/checkout/ @acme/pay dee@acme.example
/docs/ @dee-gh @eve-gh
/old/
/ops/ @acme/ops @cem-gh
/hidden/ @acme/hidden @ghost
/un/ @acme/unknown
/help/ @partner/help @gus-partner
/solo/ @acme/solo @acme/left
/nothing/ @bob
!bad
`

func richCatalog() ownership.Observation {
	entity := func(name, file string, owners ...string) ownership.Entity {
		e := ownership.Entity{Ref: ownership.EntityRef("component:default/" + name), Type: "service", File: file, Line: 1, Provenance: seenBy("catalog", file)}
		for i, owner := range owners {
			e.Owners = append(e.Owners, ownership.EntityOwner{Holder: ownership.Holder(owner), Line: i + 2})
		}
		return e
	}
	owners := func(folder string, noParent bool, approvers, emeritus string) ownership.OwnersFile {
		file := ownership.OwnersFile{
			Path: strings.TrimPrefix(folder+"/OWNERS", "/"), Folder: folder, NoParentOwners: noParent, Provenance: seenBy("catalog", folder+"/OWNERS"),
		}
		entries := func(logins string) (entries []ownership.OwnersEntry) {
			for login := range strings.FieldsSeq(logins) {
				entries = append(entries, ownership.OwnersEntry{Login: login, Line: 2})
			}
			return entries
		}
		file.Rules = []ownership.OwnersRule{{Approvers: entries(approvers), Emeritus: entries(emeritus)}}
		return file
	}
	known := func(repository string, c ownership.Catalog) ownership.Catalog {
		c.Repository, c.Provenance = repository, seenBy("catalog", repository)
		return c
	}
	return ownership.Observation{
		Source: "catalog", Kind: ownership.SourceCatalog, At: now,
		Catalogs: []ownership.Catalog{
			known("acme/shop", ownership.Catalog{Entities: []ownership.Entity{
				entity("cart", "cart/catalog-info.yaml", "team:acme/web", "user:ann-gh"), entity("shop", "catalog-info.yaml", "team:acme/web"),
				entity("pay", "checkout/catalog-info.yaml", "team:acme/pay"),
			}}),
			known("acme/tools", ownership.Catalog{
				Entities: []ownership.Entity{entity("tools", "catalog-info.yaml", "team:acme/ops"), entity("extra", "catalog-info.yaml", "team:acme/ops", "user:finn")},
				Owners: []ownership.OwnersFile{
					owners("", false, "ann-gh finn", "bob"), owners("lib", true, "eve-gh", ""), owners("sub", false, "", "eve-gh"),
				},
			}),
		},
		CatalogFormats: []ownership.CatalogFormat{ownership.Backstage, ownership.Prow},
	}
}

// manifests writes the objects; broken ones get a field that does not exist.
func (w *richWorld) manifests() string {
	var text strings.Builder
	for key, spec := range sorted(w.objects) {
		kind, name, _ := strings.Cut(key, "/")
		namespace := ""
		if kind == "Area" || kind == "RoleAssignment" {
			namespace = ", namespace: web, labels: {team: " + name + "}"
		}
		if w.broken[key] {
			spec += "  thisFieldDoesNotExist: true\n"
		}
		fmt.Fprintf(&text, "---\napiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {name: %s%s}\nspec:\n%s", kind, name, namespace, spec)
	}
	return text.String()
}

// richLoader loads manifests with errors as well, and keeps the policies that were compiled for the last few sets of these.
type richLoader struct {
	t interface {
		Helper()
		Fatal(...any)
		Context() context.Context
	}
	loader *manifest.Loader
	path   string
	made   []compiled // the one used last comes last
}

const keptCompiled = 3

type compiled struct {
	of       string
	policies *Policies
	problems []ownership.Problem
}

func newRichLoader(t *testing.T) *richLoader {
	t.Helper()
	loader, err := manifest.NewLoader()
	if err != nil {
		t.Fatal(err)
	}
	return &richLoader{t: t, loader: loader, path: filepath.Join(t.TempDir(), "acme.yaml")}
}

// input is the world as a pass sees it. A source whose manifest is gone or broken is not observed.
func (l *richLoader) input(w *richWorld) Input {
	l.t.Helper()
	if err := os.WriteFile(l.path, []byte(w.manifests()), 0o600); err != nil {
		l.t.Fatal(err)
	}
	set, problems, err := l.loader.Load(l.path)
	if err != nil {
		l.t.Fatal(err)
	}
	key := ""
	for name, spec := range sorted(w.objects) {
		if strings.HasPrefix(name, "ResponsibilityPolicy/") || strings.HasPrefix(name, "RoleConfiguration/") {
			key += fmt.Sprintln(name, spec, w.broken[name])
		}
	}
	made := l.compiled(key, set)
	in := Input{Now: now, Manifests: set, Policies: made.policies, Problems: slices.Concat(problems, made.problems), Workers: 1}
	for _, source := range w.sources {
		if slices.ContainsFunc(set.Sources, func(declared sourceManifest) bool { return declared.Value.Name == source.Name }) {
			in.Sources = append(in.Sources, source)
		}
	}
	return in
}

// compiled are the policies of a set of manifests, which is told from others by the key.
func (l *richLoader) compiled(key string, set *manifest.Set) compiled {
	made := compiled{of: key}
	if at := slices.IndexFunc(l.made, func(made compiled) bool { return made.of == key }); at >= 0 {
		made = l.made[at]
		l.made = slices.Delete(l.made, at, at+1)
	} else {
		made.policies, made.problems = CompilePolicies(PolicyInput{Manifests: set})
	}
	l.made = append(l.made, made)
	l.made = l.made[max(0, len(l.made)-keptCompiled):]
	return made
}

// libraryInstances are the library's policies, each with its defaults and with other values of each parameter.
func libraryInstances() map[string]string {
	instances := map[string]string{}
	for _, name := range policies.Names() {
		instances[name] = "  library: " + name + "\n"
	}
	for name, parameters := range map[string]string{
		"accountable-holder/two": "max: 2", "accountable-holder/none": "max: 0",
		"codeowners-hygiene/some": "ignore: [dead, missing]", "codeowners-hygiene/other": "ignore: [invalid, shadowed, catch-all-only]",
		"no-conflict/deny": "missing: deny", "no-conflict/ignore": "missing: ignore", "no-conflict/apart": "apart: [[accountable, approver], [approver, responsible]]",
		"offboarding/month": "notice_days: 30", "offboarding/never": "notice_days: 0",
		"shared-responsibility/three": "{min_people: 3, max_share: 0.5, min_commits: 1}", "shared-responsibility/approvers": "{min_people: 5, roles: [approver]}",
		"shared-responsibility/declared": "{roles: [accountable, deputy], max_share: 0.3, min_commits: 5}",
		"valid-holder/some":              "ignore: [left, empty]", "valid-holder/other": "ignore: [absent, placeholder, no-access]",
	} {
		library, variant, _ := strings.Cut(name, "/")
		if !strings.HasPrefix(parameters, "{") {
			parameters = "{" + parameters + "}"
		}
		instances[library+"-"+variant] = fmt.Sprintf("  library: %s\n  parameters: %s\n", library, parameters)
	}
	for name, match := range map[string]string{
		"low": "tiers: [low]", "bare": "areas: {matchExpressions: [{key: team, operator: DoesNotExist}]}",
		"other": "areas: {matchExpressions: [{key: team, operator: NotIn, values: [shop, cart]}]}",
	} {
		for _, library := range []string{"codeowners-hygiene", "valid-holder"} {
			instances[library+"-"+name+"-match"] = fmt.Sprintf("  library: %s\n  match: {%s}\n", library, match)
		}
	}
	return instances
}
