package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// After any sequence of changes to facts, manifests, policies and time, and of passes that were given up, an engine that
// remembers gives byte for byte what one gives that has seen nothing else but what policies declared last.
func TestIncrementalEqualsCold(t *testing.T) {
	t.Parallel()
	manifests := &manifestCache{t: t, loaded: map[string]*loadedManifests{}}
	rapid.Check(t, func(t *rapid.T) {
		w := newRandomWorld(t)
		engine := New()
		var before *Outcome
		for step := range rapid.IntRange(2, 12).Draw(t, "steps") {
			if step > 0 {
				for range rapid.IntRange(0, 3).Draw(t, "changes") {
					w.change(t)
				}
			}
			input := w.input(manifests)
			ctx := t.Context()
			if asked := rapid.IntRange(-60, 60).Draw(t, "given up after"); asked >= 0 {
				ctx = endsAfter(ctx, asked)
			}
			got, err := engine.Pass(ctx, input)
			if errors.Is(err, context.Canceled) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			cold := input
			if before != nil {
				cold.Kept = before.Kept()
			}
			want, err := Pass(t.Context(), cold)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := asJSON(t, want.Result), asJSON(t, got.Result); a != b {
				t.Fatalf("step %d: incremental differs from cold (-cold +incremental):\n%s", step, cmp.Diff(strings.Split(a, "\n"), strings.Split(b, "\n")))
			}
			// It may be sooner than need be, since a policy once read the clock, but not too late.
			if !want.Next.IsZero() && (got.Next.IsZero() || got.Next.After(want.Next)) {
				t.Fatalf("step %d: the next moment is %s, cold %s", step, got.Next, want.Next)
			}
			before = got
		}
	})
}

func asJSON(t *rapid.T, result *ownership.Result) string {
	text, err := json.MarshalIndent(result, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// manifestCache loads each set of manifests once.
type manifestCache struct {
	t      *testing.T
	loaded map[string]*loadedManifests
}

type loadedManifests struct {
	set      *manifest.Set
	policies *Policies
	problems []ownership.Problem
}

func (c *manifestCache) load(text string) *loadedManifests {
	if known := c.loaded[text]; known != nil {
		return known
	}
	path := filepath.Join(c.t.TempDir(), "acme.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	set, problems, err := manifest.Load(path)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, problem := range problems {
		if broken := strings.HasPrefix(problem.Field, "spec.parent") || problem.Field == "spec.area"; !problem.Warning && !broken {
			c.t.Fatalf("the test's manifests have an error: %v\n%s", problem, text)
		}
	}
	policies, refused := CompilePolicies(PolicyInput{Manifests: set})
	if len(refused) > 0 {
		c.t.Fatal(refused)
	}
	c.loaded[text] = &loadedManifests{set, policies, problems}
	return c.loaded[text]
}

// randomWorld is an organisation whose every part can change.
type randomWorld struct {
	now         time.Time
	areas       map[string]string // the spec by name
	assignments map[string]string
	policies    map[string]string
	roles       string
	git         ownership.Observation
	people      ownership.Observation
	cluster     ownership.Observation
	// reread says that sources hand out new copies of what they said before.
	reread bool
}

var (
	worldPeople = []string{"ann", "bob", "cem", "dee", "eve"}
	worldTeams  = []string{"acme/web", "acme/pay", "acme/ops", "acme/unknown"}
	worldFiles  = []string{"README.md", "cart/a.go", "cart/b.go", "checkout/pay.go", "checkout/x/y.go", "docs/a.md", "old/x.go"}
	worldAreas  = []string{"shop", "cart", "checkout", "duty", "both"}
)

func newRandomWorld(t *rapid.T) *randomWorld {
	w := &randomWorld{
		now: now, areas: map[string]string{}, assignments: map[string]string{}, policies: map[string]string{},
		git: ownership.Observation{Source: "git", Kind: ownership.SourceGit, AllRepositories: true},
		people: ownership.Observation{
			Source: "people", Kind: ownership.SourcePeople, AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
		},
	}
	w.cluster = newRandomCluster()
	for range 16 {
		w.change(t)
	}
	for _, name := range []string{"library", "clock", "declares"} {
		w.policies[name] = worldPolicies[name]
	}
	return w
}

// change changes one thing.
func (w *randomWorld) change(t *rapid.T) {
	w.reread = rapid.Bool().Draw(t, "reread")
	switch rapid.IntRange(0, 15).Draw(t, "what") {
	case 0, 1:
		w.changeArea(t)
	case 2:
		name := rapid.SampledFrom([]string{"one", "two"}).Draw(t, "assignment")
		w.assignments[name] = rapid.SampledFrom([]string{"", assignmentText(t)}).Draw(t, "spec")
	case 3:
		name := rapid.SampledFrom(slices.Sorted(keysOf(worldPolicies))).Draw(t, "policy")
		w.policies[name] = rapid.SampledFrom([]string{"", worldPolicies[name], worldPolicies[name] + exemptions(t)}).Draw(t, "text")
	case 4:
		w.roles = rapid.SampledFrom([]string{"", worldRoles}).Draw(t, "roles")
	case 5, 6:
		w.changePerson(t)
	case 7, 8:
		w.changeTeam(t)
	case 9, 10:
		w.changeRepository(t)
	case 11:
		w.changeSources(t)
	case 13, 14, 15:
		w.changeNamespace(t)
	default:
		w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 30, 60, 24 * 60, 40 * 24 * 60, -24 * 60}).Draw(t, "minutes")) * time.Minute)
	}
}

func (w *randomWorld) changeArea(t *rapid.T) {
	name := rapid.SampledFrom(worldAreas).Draw(t, "area")
	if rapid.IntRange(0, 5).Draw(t, "gone") == 0 {
		delete(w.areas, name)
		return
	}
	var spec strings.Builder
	fmt.Fprintf(&spec, "  tier: %s\n", rapid.SampledFrom([]string{"critical", "low"}).Draw(t, "tier"))
	if parent := rapid.SampledFrom([]string{"", "shop", "duty"}).Draw(t, "parent"); parent != "" && parent != name {
		fmt.Fprintf(&spec, "  parent: %s\n", parent)
	}
	if rapid.IntRange(0, 9).Draw(t, "suspended") == 0 {
		spec.WriteString("  suspend: true\n")
	}
	spec.WriteString(rapid.SampledFrom([]string{
		"", "  scope: {repositories: [{name: acme/shop}]}\n", "  scope: {repositories: [{name: acme/shop, paths: [cart]}]}\n",
		"  scope: {repositories: [{name: acme/shop, paths: [checkout, docs]}, {name: acme/tools}]}\n", "  scope: {repositories: [{name: acme/gone}]}\n",
		"  scope: {namespaces: [{name: shop}]}\n", "  scope: {namespaces: [{selector: {matchLabels: {team: ops}}}]}\n",
		"  scope: {namespaces: [{name: tools}, {selector: {matchLabels: {team: ops}}, workloads: {matchLabels: {tier: job}}}]}\n",
		"  scope: {repositories: [{name: acme/shop, paths: [cart]}], namespaces: [{selector: {matchLabels: {team: free}}}]}\n",
	}).Draw(t, "scope"))
	spec.WriteString(rapid.SampledFrom([]string{
		"", "  roles: [{role: accountable, holders: [\"team:acme/web\"]}]\n",
		"  roles: [{role: accountable, holders: [\"team:acme/web\", \"user:ann\"]}, {role: approver, holders: [\"team:acme/web\"]}]\n",
		"  roles: [{role: accountable, holders: [\"user:bob\", \"user:cem\"]}, {role: oncall, holders: [\"schedule:pd/P1\"]}]\n",
		"  roles: [{role: approver, add: true, holders: [\"user:dee\"]}, {role: deputy, holders: [\"team:other/x\"]}]\n",
	}).Draw(t, "roles"))
	w.areas[name] = spec.String()
}

func assignmentText(t *rapid.T) string {
	moment := func(label string) string {
		return now.Add(time.Duration(rapid.IntRange(-48, 48).Draw(t, label)) * time.Hour).Format(time.RFC3339)
	}
	text := fmt.Sprintf("  area: %s\n  role: %s\n  holders: [\"%s\"]\n", rapid.SampledFrom(worldAreas).Draw(t, "of"),
		rapid.SampledFrom([]string{"accountable", "approver"}).Draw(t, "role"), rapid.SampledFrom([]string{"user:eve", "team:acme/ops"}).Draw(t, "holder"))
	if rapid.IntRange(0, 2).Draw(t, "added") == 0 {
		text += "  add: true\n"
	}
	switch rapid.IntRange(0, 2).Draw(t, "bounds") {
	case 0:
		return text + "  validFrom: " + moment("from") + "\n"
	case 1:
		return text + "  validUntil: " + moment("until") + "\n"
	}
	return text
}

func exemptions(t *rapid.T) string {
	expires := now.Add(time.Duration(rapid.IntRange(-30, 60).Draw(t, "expires")) * time.Hour).Format(time.RFC3339)
	return fmt.Sprintf("  exemptions: [{subject: web/%s, owner: \"user:ann\", reason: later, expires: \"%s\"}]\n",
		rapid.SampledFrom(worldAreas).Draw(t, "exempt"), expires)
}

func (w *randomWorld) provenance(t *rapid.T, source string) ownership.Provenance {
	p := ownership.Provenance{Source: source, Location: source + ".yaml", At: w.now}
	if rapid.IntRange(0, 7).Draw(t, "unknown") == 0 {
		p.Unknown = "it could not be read"
	}
	return p
}

func (w *randomWorld) changePerson(t *rapid.T) {
	id := rapid.SampledFrom(worldPeople).Draw(t, "person")
	w.people.People = slices.DeleteFunc(slices.Clone(w.people.People), func(p ownership.Person) bool { return p.ID == id })
	if rapid.IntRange(0, 5).Draw(t, "gone") == 0 {
		return
	}
	person := ownership.Person{
		ID: id, Kind: rapid.SampledFrom([]ownership.PersonKind{ownership.Human, ownership.Human, ownership.Bot}).Draw(t, "kind"),
		Name: id, Logins: map[string]string{"github": id + rapid.SampledFrom([]string{"", "-gh"}).Draw(t, "login")},
		Emails: []string{id + "@acme.example"}, Provenance: w.provenance(t, "people"),
	}
	if rapid.IntRange(0, 2).Draw(t, "ends") == 0 {
		person.Ends = now.Add(time.Duration(rapid.IntRange(-72, 72).Draw(t, "end")) * time.Hour)
	}
	w.people.People = append(w.people.People, person)
}

func (w *randomWorld) changeTeam(t *rapid.T) {
	id := rapid.SampledFrom(worldTeams).Draw(t, "team")
	w.people.Teams = slices.DeleteFunc(slices.Clone(w.people.Teams), func(p ownership.Team) bool { return p.ID == id })
	if rapid.IntRange(0, 5).Draw(t, "gone") == 0 {
		return
	}
	team := ownership.Team{
		ID: id, Name: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"), Secret: rapid.IntRange(0, 5).Draw(t, "secret") == 0,
		Members:     rapid.SliceOfNDistinct(rapid.SampledFrom(append(slices.Clone(worldPeople), "stranger")), 0, 3, rapid.ID[string]).Draw(t, "members"),
		Maintainers: rapid.SliceOfNDistinct(rapid.SampledFrom(worldPeople), 0, 1, rapid.ID[string]).Draw(t, "maintainers"),
		Parent:      rapid.SampledFrom([]string{"", "", "acme/web", "acme/ops"}).Draw(t, "parent"), Provenance: w.provenance(t, "people"),
		Repositories: map[string]ownership.Permission{},
	}
	for _, repository := range []string{"acme/shop", "acme/tools"} {
		if rapid.Bool().Draw(t, "writes") {
			team.Repositories[repository] = ownership.PermissionWrite
		}
	}
	w.people.Teams = append(w.people.Teams, team)
}

func (w *randomWorld) changeRepository(t *rapid.T) {
	id := rapid.SampledFrom([]string{"acme/shop", "acme/shop", "acme/tools"}).Draw(t, "repository")
	w.git.Repositories = slices.DeleteFunc(slices.Clone(w.git.Repositories), func(r ownership.Repository) bool { return r.ID == id })
	if rapid.IntRange(0, 7).Draw(t, "gone") == 0 {
		return
	}
	repository := ownership.Repository{
		ID: id, Provenance: w.provenance(t, "git"),
		Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS", Provenance: w.provenance(t, "git")},
		Files:      ownership.FileList{Provenance: w.provenance(t, "git")},
		History:    ownership.History{Provenance: w.provenance(t, "git"), From: w.now.AddDate(0, 0, -180)},
	}
	repository.Codeowners.Text = []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
		"* @acme/web", "/cart/ @acme/pay @ann", "/checkout/ @bob-gh", "/docs/", "/old/ @acme/unknown", "/nothing/ @ghost", "/cart/b.go dee@acme.example", "!bad",
	}), 0, 5).Draw(t, "rules"), "\n"))
	for _, file := range worldFiles {
		if rapid.IntRange(0, 3).Draw(t, "file") > 0 {
			repository.Files.Paths = append(repository.Files.Paths, file)
		}
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "commits") {
		repository.History.Commits = append(repository.History.Commits, ownership.Commit{
			ID: fmt.Sprint(i), Author: rapid.SampledFrom([]string{"ann@acme.example", "eve@acme.example", "x@else.example"}).Draw(t, "author"),
			When: now.Add(-time.Duration(i) * time.Hour), Paths: []string{rapid.SampledFrom(worldFiles).Draw(t, "path")},
		})
	}
	w.git.Repositories = append(w.git.Repositories, repository)
	slices.SortFunc(w.git.Repositories, func(a, b ownership.Repository) int { return strings.Compare(a.ID, b.ID) })
}

func (w *randomWorld) changeSources(t *rapid.T) {
	w.people.AllPeople = rapid.IntRange(0, 3).Draw(t, "people") > 0
	w.people.AllTeams = rapid.IntRange(0, 3).Draw(t, "teams") > 0
	w.people.AllPermissions = rapid.IntRange(0, 3).Draw(t, "permissions") > 0
	w.people.Unknown = rapid.SampledFrom([]string{"", "", "", "people.yaml is gone"}).Draw(t, "people unknown")
	w.git.AllRepositories = rapid.IntRange(0, 3).Draw(t, "repositories") > 0
	w.cluster.AllNamespaces = rapid.IntRange(0, 3).Draw(t, "namespaces") > 0
	w.cluster.WorkloadsUnknown = rapid.SampledFrom([]string{"", "", "", "forbidden"}).Draw(t, "workloads unknown")
	w.cluster.Unknown = rapid.SampledFrom([]string{"", "", "", "the cluster is gone"}).Draw(t, "cluster unknown")
	w.git.Unknown = rapid.SampledFrom([]string{"", "", "", "the checkout is gone"}).Draw(t, "git unknown")
}

// input is the world as a pass sees it.
func (w *randomWorld) input(manifests *manifestCache) Input {
	var text strings.Builder
	add := func(kind, namespace, name, spec string) {
		if spec != "" {
			fmt.Fprintf(&text, "---\napiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {name: %s%s}\nspec:\n%s", kind, name, namespace, spec)
		}
	}
	for name, spec := range sorted(w.areas) {
		add("Area", ", namespace: web, labels: {team: "+name+"}", name, spec)
	}
	for name, spec := range sorted(w.assignments) {
		if of := strings.Fields(spec); len(of) > 1 && w.areas[of[1]] != "" {
			add("RoleAssignment", ", namespace: web", name, spec)
		}
	}
	for name, spec := range sorted(w.policies) {
		add("ResponsibilityPolicy", "", name, spec)
	}
	add("RoleConfiguration", "", "default", w.roles)
	loaded := manifests.load(text.String())
	git, people, cluster := w.git, w.people, w.cluster
	if w.reread {
		git.Repositories, people.People, people.Teams = slices.Clone(git.Repositories), slices.Clone(people.People), slices.Clone(people.Teams)
		cluster.Namespaces = slices.Clone(cluster.Namespaces)
	}
	return Input{
		Now: w.now, Manifests: loaded.set, Policies: loaded.policies, Problems: loaded.problems, Workers: 1,
		Sources: []snapshot.Source{
			{Name: "cluster", Kind: ownership.SourceKubernetes, Discover: true, Observation: cluster},
			{Name: "git", Kind: ownership.SourceGit, Discover: true, Observation: git}, {Name: "people", Kind: ownership.SourcePeople, Observation: people},
		},
	}
}
