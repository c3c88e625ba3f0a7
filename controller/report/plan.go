package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Planned is a plan as it is shown, and what became of it where it was made.
type Planned struct {
	ownership.Plan
	// Files are the files that the plan changes, in its order.
	Files []PlannedFile
	// Outcomes say what became of each file; nil where nothing was made.
	Outcomes []PlanOutcome
	// Result is what the plan was made from; its problems are shown.
	Result *ownership.Result
	// Open is the drift that the plan has no change for.
	Open []ownership.OpenDrift
	// Left counts the changes of repositories that were not asked for, LeftHeld those that are held.
	Left, LeftHeld int
}

// PlannedFile is a file that a plan changes.
type PlannedFile struct {
	Repository, File string
	// Before is the text as observed, nil where there is no file; After is what it is to be, nil where Problem says why not.
	Before, After []byte
	Problem       string
}

// PlanOutcome is what became of a file's changes.
type PlanOutcome struct {
	Repository string `json:"repository"`
	File       string `json:"file"`
	// Status is "made", "already" (the file said so before) or "refused".
	Status string `json:"status"`
	// Changes is how many of the plan's changes are in the file.
	Changes int `json:"changes"`
	// Reason says why they were refused, Remedy what to do about it.
	Reason string `json:"reason,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// outcomeRefused is the status of a file that was left as it is.
const outcomeRefused = "refused"

// Made says whether everything in the plan was made.
func (p Planned) Made() bool {
	for _, outcome := range p.Outcomes {
		if outcome.Status == outcomeRefused {
			return false
		}
	}
	return p.Outcomes != nil
}

// Plan writes a plan for a terminal: for each file a unified diff with the reason under each line that changes, then
// what is held back and by what, problems of the input, what became of the files where the plan was made, the plan's
// hash, and the next steps.
func Plan(w io.Writer, planned Planned, options Options) error {
	t := planTable{table: newTable(planned.Result, options), planned: planned}
	t.headline()
	for _, file := range planned.Files {
		t.file(file)
	}
	t.labels()
	t.held()
	t.open()
	t.problems()
	t.policyErrors()
	t.outcomes()
	t.hash()
	t.next()
	if _, err := w.Write(t.out.Bytes()); err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	return nil
}

// planTable is one plan in the making.
type planTable struct {
	*table
	planned Planned
}

func (t *planTable) headline() {
	changes := len(t.planned.Changes)
	line := "Nothing to change"
	if changes > 0 {
		repositories := map[string]bool{}
		for _, file := range t.planned.Files {
			repositories[file.Repository] = true
		}
		var places []string
		if files := len(t.planned.Files); files > 0 {
			places = append(places, count(files, "file", "files"))
		}
		if namespaces := t.namespaces(); namespaces > 0 {
			places = append(places, count(namespaces, "namespace", "namespaces"))
		}
		line = count(changes, "change", "changes") + " in " + strings.Join(places, " and ")
		if len(repositories) > 1 {
			line += fmt.Sprintf(" of %d repositories", len(repositories))
		}
	}
	if held := len(t.planned.Held); held > 0 {
		line += fmt.Sprintf("; %d held back", held)
	}
	t.wrapped(nil, span{line, bold})
	if left := t.left(); left != "" {
		t.wrapped(nil, span{left + " not part of it; name no PATH to plan for all", dim})
	}
}

// left says how much was found in repositories that were not asked for; empty where nothing was.
func (t *planTable) left() string {
	var parts []string
	if n := t.planned.Left; n > 0 {
		parts = append(parts, count(n, "change", "changes"))
	}
	if n := t.planned.LeftHeld; n > 0 {
		parts = append(parts, count(n, "change", "changes")+" held back")
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, " and ") + " in other repositories " + plural(t.planned.Left+t.planned.LeftHeld, "is", "are")
}

// hash names the plan, so that exactly it can be asked for.
func (t *planTable) hash() {
	if len(t.planned.Changes) == 0 {
		return
	}
	t.blank()
	t.line(span{"plan  ", dim}, span{Clean(t.planned.Hash), plain})
}

// outcomes say what became of each file.
func (t *planTable) outcomes() {
	if len(t.planned.Outcomes) == 0 {
		return
	}
	made := 0
	for _, outcome := range t.planned.Outcomes {
		if outcome.Status != outcomeRefused {
			made += outcome.Changes
		}
	}
	name, nameStyle := "MADE", green
	if made < len(t.planned.Changes) {
		name, nameStyle = "NOT ALL MADE", red
	}
	t.section(name, nameStyle, fmt.Sprintf("%d of %s", made, count(len(t.planned.Changes), "change", "changes")))
	for _, outcome := range t.planned.Outcomes {
		place := Clean(outcome.Repository + " " + outcome.File)
		if outcome.Status != outcomeRefused {
			about := count(outcome.Changes, "change", "changes")
			if outcome.Status == "already" {
				about += ", there already"
			}
			t.wrapped([]span{{"  ✓ ", green}}, span{place + ": " + about, plain})
			continue
		}
		t.wrapped([]span{{"  ✗ ", red}}, span{place + " is left as it is: " + Clean(outcome.Reason), plain})
		if outcome.Remedy != "" {
			t.wrapped([]span{{"      → ", cyan}}, span{Clean(outcome.Remedy), plain})
		}
	}
}

// what says in a few words what a change does.
func what(change ownership.Change) string {
	owners, pattern := Clean(strings.Join(change.Owners, " ")), Clean(change.Pattern)
	if owners == "" { // a change that could not be written has holders alone
		owners = Clean(holderNames(change.Holders))
	}
	if pattern == "" {
		pattern = "the files"
	}
	switch change.Operation {
	case ownership.SetLabel:
		return "set " + Clean(change.Key) + " to " + owners
	case ownership.RemoveLabel:
		return "remove " + Clean(change.Key) + "=" + owners
	case ownership.AddOwner:
		return "add " + owners + " to " + pattern
	case ownership.RemoveOwner:
		return "remove " + owners + " from " + pattern
	case ownership.AddRule:
		if owners == "" {
			owners = "nobody"
		}
		return "new rule " + pattern + " with " + owners
	}
	return Clean(string(change.Operation)) + " " + owners
}

func holderNames(holders []ownership.Holder) string {
	names := make([]string, len(holders))
	for i, holder := range holders {
		names[i] = string(holder)
	}
	return strings.Join(names, " ")
}
