package standalone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/target/worktree"
)

const (
	asMeant   = "/CODEOWNERS @acme/all\n/a/ @acme/all\n"
	withGone  = "/CODEOWNERS @acme/all\n/a/ @acme/all @gone\n"
	withGone2 = "/CODEOWNERS @acme/all\n/a/ @acme/all @gone2\n"
)

// workshop is a folder with manifests, and checkouts each of which names somebody who does not exist.
func workshop(t *testing.T, repositories ...string) (root string) {
	t.Helper()
	root = t.TempDir()
	files := map[string]string{
		"people.yaml": "organization: acme\npeople: [{id: ada}]\nteams: [{id: all, members: [ada]}]\n",
		"manifests/sources.yaml": `apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: checkouts}
spec:
  mode: Enforce
  git: {path: ../checkouts, organization: acme}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: people}
spec:
  people: {path: ../people.yaml}
`,
	}
	for _, name := range repositories {
		files["manifests/"+name+".yaml"] = fmt.Sprintf(`apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: %s, namespace: acme}
spec:
  mode: Enforce
  scope: {repositories: [{name: acme/%s}]}
  roles: [{role: approver, holders: ["team:acme/all"]}]
`, name, name)
		files["checkouts/"+name+"/CODEOWNERS"] = withGone
		files["checkouts/"+name+"/a/a.go"] = "package a\n"
	}
	write(t, root, files)
	for _, name := range repositories {
		folder := filepath.Join(root, "checkouts", name)
		if _, err := gogit.PlainInit(folder, false); err != nil {
			t.Fatal(err)
		}
		commit(t, folder, []string{"CODEOWNERS", "a/a.go"})
	}
	return root
}

// applied plans and makes the plan.
func applied(t *testing.T, root string, now time.Time) (*Planned, []worktree.Outcome, *warned) {
	t.Helper()
	var w warned
	planner, err := NewPlanner(PlanSettings{Settings: Settings{Manifests: filepath.Join(root, "manifests")}, Warn: w.warn})
	if err != nil {
		t.Fatal(err)
	}
	planned, outcomes, err := planner.Apply(t.Context(), now, nil, func(*Planned) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return planned, outcomes, &w
}

func rulesOf(t *testing.T, root, repository string) string {
	t.Helper()
	read, err := os.ReadFile(filepath.Join(root, "checkouts", repository, "CODEOWNERS"))
	if err != nil {
		t.Fatal(err)
	}
	return string(read)
}

func ledgerOf(t *testing.T, root string) []plan.Entry {
	t.Helper()
	file, err := os.Open(filepath.Join(root, "manifests", ".remit", ledgerFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	entries, err := plan.ReadLedger(file)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// What was removed counts for 24 hours, also in the next process.
func TestPlannerCountsRemovals(t *testing.T) {
	root := workshop(t, "shop")
	if _, outcomes, _ := applied(t, root, monday); len(outcomes) != 1 || outcomes[0].Status != worktree.Made || rulesOf(t, root, "shop") != asMeant {
		t.Fatalf("%+v", outcomes)
	}
	if entries := ledgerOf(t, root); len(entries) != 1 || !entries[0].Removal || !entries[0].At.Equal(monday) || entries[0].Repository != "acme/shop" {
		t.Errorf("the ledger has %+v", entries)
	}
	write(t, root, map[string]string{"checkouts/shop/CODEOWNERS": withGone2})
	planned, outcomes, _ := applied(t, root, monday.Add(23*time.Hour))
	if len(outcomes) != 0 || len(planned.Held) != 1 || planned.Held[0].Brake != ownership.BrakeRemovals || rulesOf(t, root, "shop") != withGone2 {
		t.Errorf("within a day: %+v, held %+v", outcomes, planned.Held)
	}
	if _, outcomes, _ := applied(t, root, monday.Add(25*time.Hour)); len(outcomes) != 1 || rulesOf(t, root, "shop") != asMeant {
		t.Errorf("after a day: %+v", outcomes)
	}
}

// A change that was refused does not count, and those that were made do.
func TestPlannerForgetsWhatWasRefused(t *testing.T) {
	root := workshop(t, "one", "two")
	if err := os.Chmod(filepath.Join(root, "checkouts", "one", "CODEOWNERS"), 0o444); err != nil {
		t.Fatal(err)
	}
	_, outcomes, _ := applied(t, root, monday)
	if len(outcomes) != 2 || outcomes[0].Status != worktree.Refused || outcomes[1].Status != worktree.Made {
		t.Fatalf("%+v", outcomes)
	}
	if entries := ledgerOf(t, root); len(entries) != 1 || entries[0].Repository != "acme/two" {
		t.Errorf("the ledger has %+v", entries)
	}
}

// The loss of a ledger matters for 24 hours, and not longer.
func TestPlannerLostLedger(t *testing.T) {
	damage := map[string]string{
		"no JSON": "{", "empty": "", "another version": `{"version": 9, "entries": []}`, "no entry": `{"version": 1, "entries": [{"removal": true}]}`,
	}
	for name, text := range damage {
		t.Run(name, func(t *testing.T) {
			root := workshop(t, "shop")
			write(t, root, map[string]string{"manifests/.remit/" + ledgerFile: text})
			for hours, want := range map[int]int{0: 1, 1: 1, 23: 1} {
				planned, _, w := applied(t, root, monday.Add(time.Duration(hours)*time.Hour))
				if len(planned.Held) != want || planned.Held[0].Brake != ownership.BrakeRemovals {
					t.Errorf("after %d hours: %+v, %v", hours, planned.Plan, w.messages)
				}
			}
			// The loss was noted at the run that came first, whichever it was.
			if planned, outcomes, w := applied(t, root, monday.Add(48*time.Hour)); len(outcomes) != 1 || len(w.messages) != 0 {
				t.Errorf("after two days: %+v, %v", planned.Plan, w.messages)
			}
		})
	}
}

// A note of a loss that nobody can read is a loss.
func TestPlannerDamagedNote(t *testing.T) {
	for name, note := range map[string]string{"no JSON": "{", "of the future": `{"at": "2036-01-01T00:00:00Z"}`} {
		root := workshop(t, "shop")
		write(t, root, map[string]string{"manifests/.remit/" + lostFile: note})
		if planned, _, _ := applied(t, root, monday); len(planned.Held) != 1 {
			t.Errorf("%s: %+v", name, planned.Plan)
		}
	}
}

// A link in the cache leads nowhere else.
func TestPlannerLinkedLedger(t *testing.T) {
	root := workshop(t, "shop")
	outside := filepath.Join(t.TempDir(), "ledger.json")
	if err := os.WriteFile(outside, []byte(`{"version": 1, "entries": []}`), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, root, map[string]string{"manifests/.remit/x": ""})
	if err := os.Symlink(outside, filepath.Join(root, "manifests", ".remit", ledgerFile)); err != nil {
		t.Skip(err)
	}
	planned, _, w := applied(t, root, monday)
	if len(planned.Held) != 1 || len(w.messages) == 0 {
		t.Errorf("%+v, %v", planned.Plan, w.messages)
	}
	if kept, err := os.ReadFile(outside); err != nil || string(kept) != `{"version": 1, "entries": []}` {
		t.Errorf("%q, %v", kept, err)
	}
}

// Access that ends is noted with its end, so that taking it back then is exempt.
func TestPlannerNotesEnds(t *testing.T) {
	root := workshop(t, "shop")
	write(t, root, map[string]string{"manifests/acting.yaml": `apiVersion: remit.dev/v1alpha1
kind: RoleAssignment
metadata: {name: acting, namespace: acme}
spec: {area: shop, role: approver, add: true, holders: ["user:ada"], validUntil: "2026-03-09T00:00:00Z", mode: Enforce, reason: helps out}
`})
	if _, outcomes, _ := applied(t, root, monday); len(outcomes) != 1 || !strings.Contains(rulesOf(t, root, "shop"), "@ada") {
		t.Fatalf("%+v: %s", outcomes, rulesOf(t, root, "shop"))
	}
	ends := map[string]bool{}
	for _, entry := range ledgerOf(t, root) {
		if !entry.Removal {
			ends[fmt.Sprint(entry.Holders, entry.Until.Format(time.DateOnly))] = true
		}
	}
	if !slices.Equal(slices.Sorted(maps.Keys(ends)), []string{"[user:ada]2026-03-09"}) {
		t.Errorf("the ledger has %v", ends)
	}
}

// Two runs with one cache do not make plans at the same time.
func TestPlannerOneAtATime(t *testing.T) {
	root := workshop(t, "shop")
	settings := PlanSettings{Settings: Settings{Manifests: filepath.Join(root, "manifests")}}
	one, err := NewPlanner(settings)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewPlanner(settings)
	if err != nil {
		t.Fatal(err)
	}
	_, outcomes, err := one.Apply(t.Context(), monday, nil, func(*Planned) error {
		_, _, err := other.Apply(t.Context(), monday, nil, func(*Planned) error {
			t.Error("both are at work")
			return nil
		})
		var problem ownership.Problem
		if !errors.As(err, &problem) || !strings.Contains(problem.Message, "another run is making a plan") {
			t.Errorf("the other says %v", err)
		}
		return nil
	})
	if err != nil || len(outcomes) != 1 {
		t.Errorf("%+v, %v", outcomes, err)
	}
	if _, _, err := other.Apply(t.Context(), monday, nil, func(*Planned) error { return nil }); err != nil {
		t.Errorf("after the one is done: %v", err)
	}
}

// What was not accepted is not made, nor noted.
func TestPlannerAsks(t *testing.T) {
	root := workshop(t, "shop")
	planner, err := NewPlanner(PlanSettings{Settings: Settings{Manifests: filepath.Join(root, "manifests")}})
	if err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	planned, outcomes, err := planner.Apply(t.Context(), monday, nil, func(*Planned) error { return no })
	if !errors.Is(err, no) || outcomes != nil || len(planned.Changes) != 1 || rulesOf(t, root, "shop") != withGone || ledgerOf(t, root) != nil {
		t.Errorf("%v, %+v", err, outcomes)
	}
	ended, end := context.WithCancel(t.Context())
	_, outcomes, err = planner.Apply(ended, monday, nil, func(*Planned) error { end(); return nil })
	if err != nil || len(outcomes) != 1 || outcomes[0].Status != worktree.Refused || rulesOf(t, root, "shop") != withGone || len(ledgerOf(t, root)) != 0 {
		t.Errorf("ended in the middle: %v, %+v, %v", err, outcomes, ledgerOf(t, root))
	}
}

// The kill switch stops an apply that has begun.
func TestPlannerIsStopped(t *testing.T) {
	root := workshop(t, "shop")
	planner, err := NewPlanner(PlanSettings{Settings: Settings{Manifests: filepath.Join(root, "manifests")}})
	if err != nil {
		t.Fatal(err)
	}
	_, outcomes, err := planner.Apply(t.Context(), monday, nil, func(*Planned) error {
		write(t, root, map[string]string{"manifests/.remit/" + stopFile: "wrong team"})
		return nil
	})
	if err != nil || len(outcomes) != 1 || outcomes[0].Status != worktree.Refused || !strings.Contains(outcomes[0].Reason, "says: wrong team") || rulesOf(t, root, "shop") != withGone {
		t.Errorf("%+v, %v", outcomes, err)
	}
}

// A bare repository can be planned for, and not be edited.
func TestPlannerBare(t *testing.T) {
	root := workshop(t, "shop")
	folder := filepath.Join(root, "checkouts", "shop")
	bare := filepath.Join(root, "bare")
	if err := os.Rename(filepath.Join(folder, ".git"), bare); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(bare, folder); err != nil {
		t.Fatal(err)
	}
	planned, outcomes, _ := applied(t, root, monday)
	if len(planned.Changes) != 1 || len(outcomes) != 1 || outcomes[0].Status != worktree.Refused || !strings.Contains(outcomes[0].Reason, "is bare") {
		t.Errorf("%+v, %+v", planned.Plan, outcomes)
	}
}

// Files that were edited and not committed are what is planned with, whatever the manifest says of the source.
func TestPlannerSeesTheDisk(t *testing.T) {
	root := workshop(t, "shop")
	write(t, root, map[string]string{"checkouts/shop/CODEOWNERS": asMeant})
	if planned, _, _ := applied(t, root, monday); len(planned.Changes)+len(planned.Held) != 0 {
		t.Errorf("%+v", planned.Plan)
	}
}
