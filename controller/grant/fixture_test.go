package grant_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// organisation is an organisation in small. The platform team's own area is all of acme/shop but the checkout, which is granted
// to the namespace pay; acme/hidden is discovered, and no Area claims it.
const organisation = `
kind: OwnershipSource
metadata: {name: platform}
spec:
  git: {path: ., discover: true}
  grants:
    - to: {namespaces: [pay]}
      repositories:
        - {name: acme/shop, paths: [/checkout/]}
        - {name: "acme/pay-*"}
      namespaces: ["pay-*"]
      entities: ["component:pay/*"]
      holders: ["team:acme/pay", "user:pay-*"]
      roles: [accountable, approver]
      maxMode: Propose
    - to: {namespaces: [pay]}
      repositories: [{name: acme/shared}]
      holders: ["team:acme/pay"]
      roles: [accountable]
    - to: {namespaces: [site]}
      repositories: [{name: acme/site}]
    - to: {selector: {matchLabels: {team: web}}}
      repositories: [{name: acme/shop, paths: [/web/]}]
---
kind: RoleConfiguration
metadata: {name: default}
spec: {roles: [{name: approver, exclusive: true}]}
---
kind: Area
metadata: {name: shop, namespace: remit-system}
spec:
  mode: Enforce
  scope: {repositories: [{name: acme/shop}]}
  roles: [{role: accountable, holders: ["team:acme/web"]}, {role: approver, holders: ["team:acme/web"]}]
---
kind: Area
metadata: {name: workflows, namespace: remit-system}
spec:
  scope: {repositories: [{name: acme/site, paths: [/.github/, /CODEOWNERS, /docs/CODEOWNERS]}]}
  roles: [{role: accountable, holders: ["user:ann"]}]
---
kind: Area
metadata: {name: checkout, namespace: pay}
spec:
  mode: Propose
  scope: {repositories: [{name: ACME/Shop, paths: [checkout/]}, {name: acme/pay-api}]}
  roles: [{role: accountable, holders: ["team:ACME/pay"]}, {role: approver, holders: ["team:acme/pay"]}]
---
kind: Area
metadata: {name: shared, namespace: pay}
spec:
  scope: {repositories: [{name: acme/shared}]}
  roles: [{role: accountable, holders: ["team:acme/pay"]}]
---
kind: Area
metadata: {name: site, namespace: site}
spec:
  scope: {repositories: [{name: acme/site}]}
  roles: [{role: accountable, holders: ["team:acme/web"]}]
---
kind: ResponsibilityPolicy
metadata: {name: code-owners}
spec:
  rego: |
    # METADATA
    # title: Who is accountable approves
    # custom: {severity: low, subject: area}
    package remit.policies.code_owners
    declare contains {"role": "approver", "holder": h.holder, "reason": "it is accountable"} if {
    	some h in input.declared.accountable
    }
---
kind: ResponsibilityPolicy
metadata: {name: load}
spec:
  rego: |
    # METADATA
    # title: How much a team holds
    # custom: {severity: info, subject: team}
    package remit.policies.load
    warn contains {"key": "load", "message": sprintf("%v %v", [data.remit.load[input.holder], count(input.holds)])}
`

// loaders gives the one loader: making it takes longer than loading. No test runs beside another.
var loaders = sync.OnceValues(manifest.NewLoader)

// load reads manifests, which need no apiVersion.
func load(t testing.TB, text string) (*manifest.Set, []ownership.Problem) {
	t.Helper()
	documents := strings.Split(text, "\n---\n")
	for i, document := range documents {
		documents[i] = "apiVersion: remit.dev/v1alpha1\n" + strings.TrimPrefix(document, "\n")
	}
	loader, err := loaders()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "acme.yaml")
	if err := os.WriteFile(file, []byte(strings.Join(documents, "\n---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	set, problems, err := loader.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return set, problems
}

// mustLoad is load for manifests without errors.
func mustLoad(t testing.TB, text string) *manifest.Set {
	t.Helper()
	set, problems := load(t, text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return set
}

// noLabels says that namespaces have no labels.
func noLabels(string) (map[string]string, bool) { return nil, true }

func apply(set *manifest.Set) grant.Outcome {
	return grant.Apply(set, grant.Input{OwnNamespace: grant.OwnNamespace, NamespaceLabels: noLabels})
}

// pass runs one pass over what grants leave.
func pass(t testing.TB, set *manifest.Set) *engine.Outcome {
	t.Helper()
	policies, problems := engine.CompilePolicies(engine.PolicyInput{Manifests: set})
	if len(problems) > 0 {
		t.Fatalf("compiling the policies: %v", problems)
	}
	known := ownership.Provenance{Source: "platform", At: now}
	repository := func(id, rules string, files ...string) ownership.Repository {
		slices.Sort(files)
		return ownership.Repository{
			ID: id, Provenance: known, Files: ownership.FileList{Paths: files, Provenance: known}, History: ownership.History{Provenance: known},
			Codeowners: ownership.CodeownersFile{Path: ".github/CODEOWNERS", Text: []byte(rules), Provenance: known},
		}
	}
	team := func(id string, members ...string) ownership.Team {
		return ownership.Team{ID: id, Members: members, Provenance: known, Repositories: map[string]ownership.Permission{
			"acme/shop": ownership.PermissionWrite, "acme/site": ownership.PermissionWrite, "acme/shared": ownership.PermissionWrite,
		}}
	}
	person := func(id string) ownership.Person {
		return ownership.Person{ID: id, Kind: ownership.Human, Logins: map[string]string{"github": id}, Provenance: known}
	}
	sources := []snapshot.Source{
		{Name: "platform", Kind: ownership.SourceGit, Discover: true, Mode: ownership.Enforce, Observation: ownership.Observation{
			Source: "platform", Kind: ownership.SourceGit, At: now, AllRepositories: true,
			Repositories: []ownership.Repository{
				repository("acme/hidden", "* @acme/web\n", "a.go"),
				repository("acme/pay-api", "* @acme/pay\n", "a.go"),
				repository("acme/shared", "* @acme/pay\n", "a.go"),
				repository("acme/shop", "* @acme/web\n/checkout/ @acme/pay\n", ".github/CODEOWNERS", "cart/a.go", "checkout/pay.go", "web/app/x.js", "web/y.js", "catalog-info.yaml"),
				repository("acme/site", "* @acme/web\n/.github/ @ann\n", ".github/CODEOWNERS", ".github/workflows/ci.yml", "CODEOWNERS", "docs/CODEOWNERS", "docs/a.md", "index.html"),
			},
		}},
		{Name: "catalog", Kind: ownership.SourceCatalog, Observation: ownership.Observation{
			Source: "catalog", Kind: ownership.SourceCatalog, At: now, CatalogFormats: []ownership.CatalogFormat{ownership.Backstage},
			Catalogs: []ownership.Catalog{{Repository: "acme/shop", Provenance: known, Entities: []ownership.Entity{{
				Ref: "component:default/shop", File: "catalog-info.yaml", Line: 1, Owners: []ownership.EntityOwner{{Holder: "team:acme/web", Line: 5}}, Provenance: known,
			}}}},
		}},
		{Name: "people", Kind: ownership.SourcePeople, Observation: ownership.Observation{
			Source: "people", Kind: ownership.SourcePeople, At: now, AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
			People: []ownership.Person{person("ann"), person("cem"), person("pay-dan")},
			Teams:  []ownership.Team{team("acme/web", "ann"), team("acme/pay", "cem", "pay-dan")},
		}},
	}
	outcome, err := engine.Pass(t.Context(), engine.Input{Now: now, Manifests: set, Sources: sources, Policies: policies})
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range outcome.Result.Policies {
		if status.Failed > 0 {
			t.Fatalf("policy %s fails: %s", status.Name, status.Error)
		}
	}
	return outcome
}

// areaOf is an area of a result.
func areaOf(t testing.TB, outcome *engine.Outcome, id string) ownership.AreaResult {
	t.Helper()
	for _, area := range outcome.Result.Areas {
		if string(area.ID) == id {
			return area
		}
	}
	t.Fatalf("there is no area %s", id)
	return ownership.AreaResult{}
}

// filesOf are the files of a repository that fall to an area.
func filesOf(outcome *engine.Outcome, repository, id string) []string {
	found := outcome.Snapshot.Repository(repository)
	var files []string
	for i, path := range found.Facts.Files.Paths {
		if area := found.Area(i); area != nil && string(area.ID) == id {
			files = append(files, path)
		}
	}
	return files
}

// declared are an area's holders as "role holder", sorted.
func declared(area ownership.AreaResult) []string {
	var found []string
	for role, declarations := range area.Declared.All() {
		for _, d := range declarations {
			found = append(found, fmt.Sprintf("%s %s", role, d.Holder))
		}
	}
	slices.Sort(found)
	return found
}
