package standalone

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func newChecker(t *testing.T, settings Settings) *Checker {
	t.Helper()
	checker, err := New(settings)
	if err != nil {
		t.Fatal(err)
	}
	return checker
}

func checkNow(t *testing.T, checker *Checker) *ownership.Result {
	t.Helper()
	outcome, err := checker.Check(t.Context(), monday, nil)
	if err != nil {
		t.Fatal(err)
	}
	return outcome.Result
}

// states are the states of all areas.
func states(result *ownership.Result) map[string]ownership.State {
	found := map[string]ownership.State{}
	for _, area := range result.Areas {
		found[string(area.ID)] = area.State
	}
	return found
}

func newManifests(t *testing.T, files map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	write(t, folder, files)
	return folder
}

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct {
		reason   string
		settings Settings
		want     string
	}{
		"nothing":      {"there must be something to check", Settings{}, "there is nothing to check"},
		"no manifests": {"a folder that is not there", Settings{Manifests: filepath.Join(t.TempDir(), "none")}, "--manifests DIR"},
		"no checkout":  {"a folder that is no checkout", Settings{Checkouts: []string{t.TempDir()}}, "name a folder in a git checkout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New(test.settings)
			var problem ownership.Problem
			if !errors.As(err, &problem) || problem.Remedy == "" || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v, want %q and what to do", test.reason, err, test.want)
			}
		})
	}
}

func TestCheckBareCheckouts(t *testing.T) {
	one, two := newCheckout(t, "one", shop()), newCheckout(t, "two", map[string]string{"a": ""})
	result := checkNow(t, newChecker(t, Settings{Checkouts: []string{one, filepath.Join(one, "pay"), two}}))
	want := map[string]ownership.State{"repository:acme/one": ownership.Partial, "repository:acme/two": ownership.Unowned}
	if diff := cmp.Diff(want, states(result)); diff != "" {
		t.Errorf("each checkout is an area, once (-want +got):\n%s", diff)
	}
	if len(result.Policies) != 1 || result.Policies[0].Name != "codeowners-hygiene" {
		t.Errorf("only the policies that need no manifests: %+v", result.Policies)
	}
}

// A checkout without a remote is judged as any other, and nothing is said about its name.
func TestCheckNamelessCheckout(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	if err := os.WriteFile(filepath.Join(root, ".git", "config"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	result := checkNow(t, newChecker(t, Settings{Checkouts: []string{root}}))
	if len(result.Problems) != 0 || len(result.Areas) != 1 {
		t.Errorf("problems %v, areas %v", result.Problems, states(result))
	}
}

// What did not change is neither read nor compiled again, and what did is.
func TestCheckKeepsWhatDidNotChange(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, organisation(root))
	checker := newChecker(t, Settings{Manifests: manifests})
	if got := states(checkNow(t, checker)); got["shop/payments"] != ownership.Owned {
		t.Fatalf("got %v", got)
	}
	set, policies, source := checker.loaded.set, checker.loaded.policies, checker.declared[0].Made
	checkNow(t, checker)
	if checker.loaded.set != set || checker.loaded.policies != policies || checker.declared[0].Made != source {
		t.Error("nothing changed, but something was read, compiled or made again")
	}
	areas := organisation(root)["areas.yaml"]
	write(t, manifests, map[string]string{"areas.yaml": strings.Split(areas, "  roles:")[0]})
	if got := states(checkNow(t, checker)); got["shop/payments"] != ownership.Partial {
		t.Errorf("the area lost its holder, and is %v", got)
	}
	if checker.declared[0].Made != source {
		t.Error("the source did not change, but forgot what it knew")
	}
	write(t, manifests, map[string]string{"sources.yaml": strings.ReplaceAll(organisation(root)["sources.yaml"], "git: {", "git: {tree: worktree, ")})
	checkNow(t, checker)
	if checker.declared[0].Made == source {
		t.Error("the source changed, and was not made anew")
	}
	write(t, manifests, map[string]string{"new.yaml": strings.ReplaceAll(areas, "name: payments", "name: more")})
	if got := states(checkNow(t, checker)); len(got) != 2 {
		t.Errorf("a new file was not seen: %v", got)
	}
}

func TestCheckFailsWithoutManifests(t *testing.T) {
	manifests := filepath.Join(newManifests(t, nil), "m")
	write(t, manifests, organisation(newCheckout(t, "shop", shop())))
	checker := newChecker(t, Settings{Manifests: manifests})
	checkNow(t, checker)
	if err := os.Rename(manifests, manifests+"-gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := checker.Check(t.Context(), monday, nil); err == nil {
		t.Error("the manifests are gone, and nobody was told")
	}
	if err := os.Rename(manifests+"-gone", manifests); err != nil {
		t.Fatal(err)
	}
	if got := states(checkNow(t, checker)); len(got) != 1 {
		t.Errorf("they are back, and the areas are %v", got)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	checker := newChecker(t, Settings{Checkouts: []string{newCheckout(t, "shop", shop())}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := checker.Check(ctx, monday, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCheckReportsProgress(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	checker := newChecker(t, Settings{Manifests: newManifests(t, organisation(root)), Checkouts: []string{root}})
	var steps []string
	if _, err := checker.Check(t.Context(), monday, func(step string, done, total int) {
		steps = append(steps, strings.Repeat("+", done)+strings.Repeat("-", total-done)+step)
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"--observing", "+-observing", "++observing", "judging"}, steps); diff != "" {
		t.Error(diff)
	}
}

// A problem with a source's settings is shown where these stand.
func TestCheckPlacesProblemsOfSources(t *testing.T) {
	manifests := newManifests(t, organisation("nowhere"))
	result := checkNow(t, newChecker(t, Settings{Manifests: manifests}))
	want := ownership.Location{File: filepath.Join(manifests, "sources.yaml"), Line: 6, Column: 15}
	if !slices.ContainsFunc(result.Problems, func(p ownership.Problem) bool { return p.Location == want && !p.Warning }) {
		t.Errorf("want an error at %v: %v", want, result.Problems)
	}
	if got := states(result); got["shop/payments"] != ownership.Unknown {
		t.Errorf("what cannot be read is unknown: %v", got)
	}
}

func TestCheckouts(t *testing.T) {
	committed := newCheckout(t, "shop", with(shop(), "CODEOWNERS", "/README.md @acme/docs\n"))
	working := newCheckout(t, "shop", shop())
	other := newCheckout(t, "other", shop())
	tests := map[string]struct {
		reason    string
		source    string
		checkouts []string
		want      map[string]ownership.State
		errors    int
	}{
		"source alone":  {"the manifests' source counts", committed, nil, map[string]ownership.State{"shop/payments": ownership.Partial}, 0},
		"stands in":     {"the checkout of the same name takes its place", committed, []string{working}, map[string]ownership.State{"shop/payments": ownership.Owned}, 0},
		"another":       {"a checkout that no source sees is shown for itself", committed, []string{other}, map[string]ownership.State{"shop/payments": ownership.Partial, "repository:acme/other": ownership.Unowned}, 0},
		"source absent": {"where the source is not there the checkout stands for it", "nowhere", []string{working}, map[string]ownership.State{"shop/payments": ownership.Owned}, 0},
		"both absent":   {"but not where there is no checkout", "nowhere", nil, map[string]ownership.State{"shop/payments": ownership.Unknown}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, organisation(test.source)), Checkouts: test.checkouts}))
			got := states(result)
			if got["repository:acme/other"] == ownership.Partial { // what else is required is not the matter here
				got["repository:acme/other"] = ownership.Unowned
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			errors := 0
			for _, problem := range result.Problems {
				if !problem.Warning {
					errors++
				}
			}
			if errors != test.errors {
				t.Errorf("%s: %d errors: %v", test.reason, errors, result.Problems)
			}
		})
	}
}

// What stands in decides what the source that it stands in for decides, and the observations given stay as they are.
func TestStandIn(t *testing.T) {
	given := snapshot.Source{Name: "checkout .", Kind: ownership.SourceGit, Observation: ownership.Observation{Repositories: []ownership.Repository{
		{ID: "acme/shop", Root: "/work", Provenance: ownership.Provenance{Source: "checkout ."}}, {ID: "acme/new"},
	}}}
	declared := snapshot.Source{
		Name: "code", Kind: ownership.SourceGit, Authority: snapshot.Authority{Repositories: []string{"acme/*"}},
		Observation: ownership.Observation{
			Repositories: []ownership.Repository{{ID: "acme/api"}, {ID: "acme/shop", Root: "/source"}},
			Problems:     []ownership.Problem{{Location: ownership.Location{Repository: "acme/shop"}, Message: "stale"}, {Message: "kept"}},
		},
	}
	got := standIn([]snapshot.Source{given, declared}, 1)
	ids := func(source snapshot.Source) (ids []string) {
		for _, repository := range source.Observation.Repositories {
			ids = append(ids, repository.ID+" "+repository.Root)
		}
		return ids
	}
	if diff := cmp.Diff([][]string{{"acme/new "}, {"acme/api ", "acme/shop /work"}}, [][]string{ids(got[0]), ids(got[1])}); diff != "" {
		t.Error(diff)
	}
	if stand := got[1].Observation.Repositories[1]; stand.Source != "code" || stand.Files.Source != "code" {
		t.Errorf("its facts must be those of the source: %+v", stand)
	}
	if len(got[1].Observation.Problems) != 1 || len(declared.Observation.Problems) != 2 || declared.Observation.Repositories[1].Root != "/source" || len(given.Observation.Repositories) != 2 {
		t.Errorf("problems %v; what was given must not change", got[1].Observation.Problems)
	}
}

func TestInterval(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	if got := newChecker(t, Settings{Checkouts: []string{root}}).Interval(); got != 5*time.Minute {
		t.Errorf("without sources: %v", got)
	}
	files := organisation(root)
	files["more.yaml"] = strings.NewReplacer("name: checkouts", "name: slow", "interval: 1m", "interval: 1h").Replace(files["sources.yaml"])
	if got := newChecker(t, Settings{Manifests: newManifests(t, files)}).Interval(); got != time.Minute {
		t.Errorf("the most eager source decides: %v", got)
	}
	delete(files, "sources.yaml")
	if got := newChecker(t, Settings{Manifests: newManifests(t, files)}).Interval(); got != time.Hour {
		t.Errorf("a slow source alone: %v", got)
	}
}
