package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// In whatever order manifests stand, in files or within one, and sources say what they saw: the same is found, and it is the
// same plan, with what is held back and its hash. (Of two manifests of one name the first counts, which is an error, with which nothing is made.)
func TestPlanOfPermutedInput(t *testing.T) {
	for name, draw := range map[string]func(*rapid.T) *richWorld{
		"random": func(t *rapid.T) *richWorld { return newRandomWorld(t).rich() },
		"rich": func(t *rapid.T) *richWorld {
			w := newRichWorld()
			w.addPolicies()
			w.objects["OwnershipSource/mirror"] = "  mode: Enforce\n  git: {path: mirror}\n"
			forgetSome(t, w, 2)
			return w
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loader, changes := newRichLoader(t), 0
			rapid.Check(t, func(t *rapid.T) {
				w := draw(t)
				was, is := loader.pass(w), loader.passOf(loader.permuted(t, w))
				if diff := cmp.Diff(claimsOf(was), claimsOf(is)); diff != "" {
					t.Fatalf("in another order (-want +got):\n%s", diff)
				}
				ledger := ledgerFrom(t, planned(was, nil))
				want, got := planned(was, ledger), planned(is, rapid.Permutation(ledger).Draw(t, "ledger"))
				changes += len(want.Changes) + len(want.Held)
				if diff := cmp.Diff(loader.told(want), loader.told(got)); diff != "" || want.Hash != got.Hash {
					t.Fatalf("in another order (-want +got):\n%s", diff)
				}
			})
			if changes == 0 && name == "rich" && !testing.Short() { // of random worlds a tenth has changes
				t.Error("nothing was ever planned")
			}
		})
	}
}

// permuted is the world as a pass sees it that reads everything in another order.
func (l *richLoader) permuted(t *rapid.T, w *richWorld) Input {
	folder, err := os.MkdirTemp(filepath.Dir(l.path), "permuted")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	documents := strings.Split(strings.TrimPrefix(w.manifests(), "---\n"), "---\n")
	for _, document := range rapid.Permutation(documents).Draw(t, "documents") {
		files[rapid.SampledFrom([]string{"a.yaml", "b.yaml", "c/a.yaml"}).Draw(t, "file")] += "---\n" + document
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, problems, err := manifest.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	policies, refused := CompilePolicies(PolicyInput{Manifests: set})
	in := l.input(w.clone(t))
	in.Manifests, in.Policies, in.Problems = set, policies, slices.Concat(problems, refused)
	in.Sources = rapid.Permutation(in.Sources).Draw(t, "sources")
	for i := range in.Sources {
		permute(t, &in.Sources[i].Observation)
	}
	return in
}

// permute puts what a source saw in another order. Catalogs have an order of their own.
func permute(t *rapid.T, o *ownership.Observation) {
	o.Repositories = rapid.Permutation(o.Repositories).Draw(t, "repositories")
	o.People = rapid.Permutation(o.People).Draw(t, "people")
	o.Teams = rapid.Permutation(o.Teams).Draw(t, "teams")
	for i := range o.Teams {
		o.Teams[i].Members = rapid.Permutation(o.Teams[i].Members).Draw(t, "members")
		o.Teams[i].Maintainers = rapid.Permutation(o.Teams[i].Maintainers).Draw(t, "maintainers")
	}
}

func planned(o *Outcome, ledger []plan.Entry) ownership.Plan {
	return plan.Make(plan.Input{Now: now, Snapshot: o.Snapshot, Areas: o.Areas, Drift: o.Result.Drift(), Ledger: ledger})
}

// ledgerFrom are some changes of a plan, as if they had been made before.
func ledgerFrom(t *rapid.T, p ownership.Plan) []plan.Entry {
	var ledger []plan.Entry
	for i, change := range p.Changes {
		if rapid.IntRange(0, 3).Draw(t, "made before") == 0 {
			ledger = plan.Record(ledger, now.Add(-time.Duration(i)*time.Hour), fmt.Sprint(i), []ownership.Change{change}, nil)
		}
	}
	return ledger
}

// told is a plan as JSON, without the places of manifests, which are others where these were moved.
func (l *richLoader) told(p ownership.Plan) string {
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		l.t.Fatal(err)
	}
	return regexp.MustCompile(regexp.QuoteMeta(filepath.Dir(l.path))+`[^ "]*`).ReplaceAllString(string(text), "MANIFEST")
}
