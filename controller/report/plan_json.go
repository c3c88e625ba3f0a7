package report

import (
	"io"

	"github.com/remit-dev/remit/controller/ownership"
)

// PlanDocument is a plan as JSON. Its fields are described in docs/plans.md.
type PlanDocument struct {
	// Version is JSONVersion.
	Version string `json:"version"`
	ownership.Plan
	// Open is the drift that no change closes, made or held.
	Open  []ownership.OpenDrift `json:"open"`
	Files []PlanDocumentFile    `json:"files"`
	// Outcomes say what became of each file; absent where nothing was made.
	Outcomes []PlanOutcome `json:"outcomes,omitempty"`
	// Problems are bad input of every kind.
	Problems []ownership.Problem `json:"problems,omitempty"`
}

// PlanDocumentFile is a file that the plan changes.
type PlanDocumentFile struct {
	Repository string `json:"repository"`
	File       string `json:"file"`
	// Diff is the patch of the file. Bytes that are not UTF-8 become U+FFFD; the form "diff" has them as they are.
	Diff string `json:"diff"`
	// Problem says why the changes of the file cannot be made; empty where they can.
	Problem string `json:"problem,omitempty"`
}

// PlanJSON writes a plan as one indented document. Lists are never null, and hidden characters are \u escapes.
func PlanJSON(w io.Writer, planned Planned) error {
	document := PlanDocument{
		Version: JSONVersion, Plan: planned.Plan, Files: []PlanDocumentFile{},
		Open: orEmpty(planned.Open), Outcomes: planned.Outcomes, Problems: planned.Result.Problems,
	}
	document.Changes, document.Held = orEmpty(document.Changes), orEmpty(document.Held)
	document.Preconditions = orEmpty(document.Preconditions)
	for _, file := range planned.Files {
		document.Files = append(document.Files, PlanDocumentFile{
			Repository: file.Repository, File: file.File, Diff: string(filePatch(file)), Problem: file.Problem,
		})
	}
	return writeJSON(w, document)
}
