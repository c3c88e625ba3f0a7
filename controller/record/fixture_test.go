package record

import (
	"bufio"
	stdbytes "bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/acme"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/source/people"
	"github.com/remit-dev/remit/controller/standalone"
	"github.com/remit-dev/remit/policies"
)

var now = time.Date(2026, 11, 20, 15, 4, 5, 0, time.FixedZone("CET", 3600))

// example is the example organisation, observed.
func example(t *testing.T) engine.Input {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../examples/acme")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(folder, ".work")); err != nil {
		t.Fatal(err)
	}
	if _, err := acme.Make(folder, now); err != nil {
		t.Fatal(err)
	}
	return observe(t, standalone.Settings{Manifests: filepath.Join(folder, "manifests")})
}

func observe(t testing.TB, settings standalone.Settings) engine.Input {
	t.Helper()
	checker, err := standalone.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	input, err := checker.Observe(t.Context(), now, func(string, int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return input
}

// faulty is an organisation in which most of what can be wrong is.
func faulty(t testing.TB) engine.Input {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"areas.yaml": `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: shop, namespace: web}
spec: {tiers: critical, scope: {repositories: [{name: acme/shop}]}}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: one, namespace: web}
spec: {parent: two, roles: [{role: accountable, holders: ["user:bo"]}, {role: approver, holders: ["team:acme/web"]}]}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: two, namespace: web}
spec: {parent: one}
---
apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: three, namespace: web}
spec: {parent: none, roles: [{role: captain, holders: ["user:bo"]}]}
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: gone}
spec: {regoFile: gone.rego}
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: none}
spec: {library: no-such-policy}
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: broken}
spec:
  rego: |
    package remit.policies.broken

    deny contains {
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: fails}
spec:
  parameters: {most: 3}
  rego: |
    # METADATA
    # title: It fails
    # custom: {severity: high}
    package remit.policies.fails

    parameters := {"most": 1}

    deny contains {"key": "x", "message": sprintf("%d", [to_number(input.area.id)])} if {
    	parameters.most > 2
    }
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: accountable}
spec: {library: accountable-holder}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: nowhere}
spec: {git: {path: nowhere}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: off}
spec: {suspend: true, people: {path: people.yaml}}
`,
		"tabs.yaml": "apiVersion: remit.dev/v1alpha1\nkind: Area\n\tmetadata: {}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return observe(t, standalone.Settings{Manifests: folder})
}

// corpus finds the folder of real input, which lies beside this project where it is at hand.
func corpus(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "corpus", name)
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no real input to run on: %v", err)
	}
	return folder
}

// repositories are four public repositories' CODEOWNERS and lists of files.
func repositories(t *testing.T) engine.Input {
	t.Helper()
	folder := corpus(t, "codeowners")
	known := ownership.Provenance{Source: "git", At: now}
	seen := ownership.Observation{Source: "git", Kind: ownership.SourceGit, At: now}
	for _, name := range []string{"azure-sdk-tools", "dd-trace-java", "dd-trace-js", "integrations-extras"} {
		text, err := os.ReadFile(filepath.Join(folder, name, "CODEOWNERS"))
		if err != nil {
			t.Fatal(err)
		}
		seen.Repositories = append(seen.Repositories, ownership.Repository{
			ID: "corpus/" + name, Provenance: known, Files: ownership.FileList{Paths: fileList(t, filepath.Join(folder, name, "files.txt.gz")), Provenance: known},
			Codeowners: ownership.CodeownersFile{Path: ".github/CODEOWNERS", Text: text, Provenance: known}, History: ownership.History{Provenance: known},
		})
	}
	set := &manifest.Set{}
	return engine.Input{
		Now: now, Manifests: set, Policies: compiled(t, set, "codeowners-hygiene"), FilesOnly: true,
		Sources: []snapshot.Source{{Name: "git", Kind: ownership.SourceGit, Observation: seen}},
	}
}

func fileList(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for lines := bufio.NewScanner(unpacked); lines.Scan(); {
		paths = append(paths, lines.Text())
	}
	slices.Sort(paths)
	return paths
}

// organisations are eight real ones: each repository that a team administers is an area for which the team answers.
func organisations(t *testing.T) engine.Input {
	t.Helper()
	folder := corpus(t, "kubernetes-org/config")
	seen := people.New("kubernetes", v1alpha1.PeopleSource{Path: ".", Format: "peribolos"}, folder).Observe(t.Context(), now)
	set := &manifest.Set{}
	for _, team := range seen.Teams {
		for _, repository := range slices.Sorted(maps.Keys(team.Repositories)) {
			var area manifest.Object[v1alpha1.Area]
			area.Value.Namespace, area.Value.Name = "teams", team.ID+"/"+repository
			area.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{"team:" + team.ID}}}
			set.Areas = append(set.Areas, area)
		}
	}
	return engine.Input{
		Now: now, Manifests: set, Policies: compiled(t, set, policies.Names()...),
		Sources: []snapshot.Source{{Name: "kubernetes", Kind: ownership.SourcePeople, Observation: seen}},
	}
}

func compiled(t *testing.T, set *manifest.Set, names ...string) *engine.Policies {
	t.Helper()
	compiled, problems := engine.CompilePolicies(engine.PolicyInput{Manifests: set, Default: names})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return compiled
}

// pass is what a pass makes of an input. No policy of these tests is slow; on a machine that has much else to do a run may take
// longer than it is given by default.
func pass(t testing.TB, input engine.Input) *ownership.Result {
	t.Helper()
	input.Deadline = time.Minute
	outcome, err := engine.Pass(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	return outcome.Result
}

func asJSON(t *testing.T, result *ownership.Result) string {
	t.Helper()
	var b stdbytes.Buffer
	if err := report.JSON(&b, result); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func written(t testing.TB, r Recording) []byte {
	t.Helper()
	var b stdbytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
