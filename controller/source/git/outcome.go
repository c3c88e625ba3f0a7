package git

import (
	"fmt"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// name sets the repository's ID.
func (l *look) name(id string, certain bool, problem *ownership.Problem) {
	l.repository.ID, l.named = id, certain
	if problem != nil {
		problem.Repository = id
		l.problems = append(l.problems, *problem)
	}
}

// fail makes the whole repository unknown.
func (l *look) fail(reason string) {
	l.failed = true
	l.repository.Files, l.repository.Codeowners, l.repository.History = ownership.FileList{}, ownership.CodeownersFile{}, ownership.History{}
	for _, part := range l.parts() {
		part.Unknown = reason
	}
	l.problems = append(l.problems, ownership.Problem{
		Location: ownership.Location{Repository: l.repository.ID, File: l.repository.Root},
		Message:  "the repository cannot be read: " + reason,
		Remedy:   "repair it or clone it again",
	})
}

// failFiles makes the files unknown, and CODEOWNERS with them, which is looked for among the files.
func (l *look) failFiles(err error) {
	l.failed = true
	reason := "the files cannot be listed: " + err.Error()
	l.repository.Files = ownership.FileList{Provenance: ownership.Provenance{Unknown: reason}}
	l.repository.Codeowners = ownership.CodeownersFile{Provenance: ownership.Provenance{Unknown: reason}}
	l.problems = append(l.problems, ownership.Problem{
		Location: ownership.Location{Repository: l.repository.ID, File: l.repository.Root},
		Message:  reason,
		Remedy:   "repair the checkout, or clone it again without filters",
	})
}

func (l *look) setCodeowners(file ownership.CodeownersFile, problems []ownership.Problem) {
	l.repository.Codeowners = file
	l.failed = l.failed || !file.Known()
	for _, p := range problems {
		p.Repository = l.repository.ID
		l.problems = append(l.problems, p)
	}
}

// empty is a repository without a commit: it is known to have nothing.
func (l *look) empty(wanted bool, since time.Time) {
	l.repository.History.From = since
	if !wanted {
		l.repository.History.Unknown = "the log is not read: spec.git.historyDays is 0"
	}
	l.problems = append(l.problems, ownership.Problem{
		Location: ownership.Location{Repository: l.repository.ID, File: l.repository.Root},
		Message:  "the repository has no commit yet, so it has no files",
		Remedy:   "commit something, or leave the checkout out",
		Warning:  true,
	})
}

// reuse takes over the facts of a look at the same commit, as of a later start of the log's window.
func (l *look) reuse(earlier look, since time.Time) {
	facts := earlier.repository
	l.repository.Head, l.repository.Files, l.repository.Codeowners = facts.Head, facts.Files, facts.Codeowners
	l.repository.History = trimHistory(facts.History, since)
	for _, p := range earlier.problems {
		p.Repository = l.repository.ID // the origin may have been renamed meanwhile
		l.problems = append(l.problems, p)
	}
}

func (l *look) parts() []*ownership.Provenance {
	r := &l.repository
	return []*ownership.Provenance{&r.Provenance, &r.Files.Provenance, &r.Codeowners.Provenance, &r.History.Provenance}
}

// stamp writes source, time and place into each part.
func (l *look) stamp(source string, now time.Time) {
	tree := "HEAD"
	if l.repository.Head == "" {
		tree = "the working tree"
	}
	for _, part := range l.parts() {
		part.Source, part.At = source, now
	}
	l.repository.Files.Location = tree
	l.repository.History.Location = fmt.Sprintf("log of %s", l.repository.Root)
}
