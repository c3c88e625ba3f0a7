package worktree

import (
	"github.com/remit-dev/remit/controller/ownership"
)

// Status says what became of the changes of a file.
type Status string

// The statuses. All changes of one file share one, since a file is replaced whole or not at all.
const (
	// Made: the file says now what was planned.
	Made Status = "made"
	// Already: the file said so before; nothing was written.
	Already Status = "already"
	// Refused: the file is as it was.
	Refused Status = "refused"
)

// Outcome is what became of the changes of one file.
type Outcome struct {
	Repository string `json:"repository"`
	File       string `json:"file"`
	Status     Status `json:"status"`
	// Reason says why the changes were refused, Remedy what to do about it; empty where they were not.
	Reason string `json:"reason,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Changes are the plan's changes of the file, in its order.
	Changes []ownership.Change `json:"changes"`
}

func (f File) outcome(status Status) Outcome {
	return Outcome{Repository: f.Repository, File: f.Path, Status: status, Changes: f.Changes}
}

// refused says why a file stays as it is.
func (f File) refused(err error) Outcome {
	outcome := f.outcome(Refused)
	outcome.Reason = err.Error()
	if problem, is := err.(refusal); is { //nolint:errorlint // what wraps a refusal says more than it does
		outcome.Remedy = problem.remedy
	}
	return outcome
}

// refusal is why something was not done, with what to do about it.
type refusal struct {
	reason, remedy string
}

func (r refusal) Error() string { return r.reason }
