package acme_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/acme"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/source/catalog"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/source/people"
)

const example = "../../../examples/acme"

var update = flag.Bool("update", false, "rewrite the golden file")

// TestExample runs the main job on the example and compares what it finds with what the example is meant to show.
func TestExample(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(folder, ".work")); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)
	if _, err := acme.Make(folder, now); err != nil {
		t.Fatal(err)
	}
	outcome := pass(t, folder, now)
	result := outcome.Result
	if os.Getenv("SHOW") != "" {
		_ = report.Table(os.Stdout, result, report.Options{ManifestsGiven: true, Width: 130, Verbose: os.Getenv("SHOW") == "2"})
	}
	golden := filepath.Join("testdata", "example.golden")
	got := shown(result) + planned(outcome, now)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the example shows something else, see -update (-want +got):\n%s", diff)
	}
}

// pass is one pass over the example's manifests, which must be without any problem.
func pass(t *testing.T, folder string, now time.Time) *engine.Outcome {
	t.Helper()
	set, problems, err := manifest.Load(filepath.Join(folder, "manifests"))
	if err != nil {
		t.Fatal(err)
	}
	policies, more := engine.CompilePolicies(engine.PolicyInput{Manifests: set})
	for _, problem := range append(problems, more...) {
		t.Error(problem)
	}
	var sources []engine.Observed
	for _, object := range set.Sources {
		observed := engine.Observed{MaxStaleness: time.Hour, Mode: ownership.Mode(object.Value.Spec.Mode)}
		switch spec := object.Value.Spec; {
		case spec.Git != nil:
			observed.Source = git.New(object.Value.Name, *spec.Git, object.Dir)
		case spec.Catalog != nil:
			observed.Source = catalog.New(object.Value.Name, *spec.Catalog, object.Dir)
			observed.Authority.Roles = []ownership.Role{ownership.Accountable}
		default:
			observed.Source = people.New(object.Value.Name, *spec.People, object.Dir)
		}
		sources = append(sources, observed)
	}
	seen, statuses := engine.NewObserver().Observe(context.Background(), sources, now, nil)
	outcome, err := engine.Pass(context.Background(), engine.Input{
		Now: now, Manifests: set, Sources: seen, Statuses: statuses, Policies: policies,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range outcome.Result.Problems {
		t.Error(problem)
	}
	return outcome
}

// shown is what the example shows, one line each: states, drift, findings.
func shown(result *ownership.Result) string {
	var b bytes.Buffer
	for _, area := range result.Areas {
		fmt.Fprintf(&b, "area %s %s %s\n", area.State, area.ID, strings.SplitN(area.Stalled, ":", 2)[0])
	}
	for _, area := range result.Areas {
		for _, drift := range area.Drift {
			fmt.Fprintf(&b, "drift %s %s %s %s %s\n", area.ID, drift.Kind, drift.Reason, drift.Role, drift.Holder)
		}
	}
	for _, f := range result.Findings {
		fmt.Fprintf(&b, "finding %s %s %s %s %s %s\n", f.Status, f.Severity, f.Rule, f.Policy, f.Subject, f.Key)
	}
	for _, repository := range result.Repositories {
		fmt.Fprintf(&b, "repository %s rules=%d files=%d unclaimed=%d\n",
			repository.ID, repository.Rules, repository.Coverage.Total, repository.Unclaimed)
	}
	return b.String()
}

// planned is the plan that the example shows, one line for each change.
func planned(outcome *engine.Outcome, now time.Time) string {
	var b bytes.Buffer
	made := plan.Make(plan.Input{Now: now, Snapshot: outcome.Snapshot, Areas: outcome.Areas, Drift: outcome.Result.Drift()})
	line := func(what string, c ownership.Change) {
		fmt.Fprintf(&b, "%s %s %s:%d %s %s %s\n", what, c.Operation, c.Repository, c.Line, c.Pattern, strings.Join(c.Owners, " "), c.Area)
	}
	for _, change := range made.Changes {
		line("change", change)
	}
	for _, held := range made.Held {
		line("held "+string(held.Brake), held.Change)
	}
	return b.String()
}
