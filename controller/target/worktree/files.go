package worktree

import (
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// Files gives the files that a plan changes, in its order, with their texts before and after. repository finds a
// repository as it was observed; nil where it was not.
func Files(made ownership.Plan, repository func(id string) *ownership.Repository) []File {
	type key struct{ repository, file string }
	var files []File
	index := map[key]int{}
	for _, change := range made.Changes {
		if change.Target != ownership.TargetCodeowners {
			continue
		}
		at, known := index[key{change.Repository, change.File}]
		if !known {
			at = len(files)
			index[key{change.Repository, change.File}] = at
			files = append(files, File{Repository: change.Repository, Path: change.File})
		}
		files[at].Changes = append(files[at].Changes, change)
	}
	for _, condition := range made.Preconditions {
		if at, known := index[key{condition.Repository, condition.File}]; known && condition.Target == ownership.TargetCodeowners {
			files[at].Digest = condition.Digest
		}
	}
	for i := range files {
		files[i].Problem = files[i].edit(repository(files[i].Repository))
	}
	return files
}

// edit makes the text after from the text that was observed.
func (f *File) edit(observed *ownership.Repository) error {
	if observed == nil {
		return refusal{"the repository was not observed", "plan again"}
	}
	f.Root = observed.Root
	want := ""
	if observed.Codeowners.Path != "" && observed.Codeowners.Path == f.Path {
		f.Before = observed.Codeowners.Text
		want = digest(f.Before)
	}
	if f.Digest != want {
		return refusal{"the plan is not about the file that was observed", "plan again"}
	}
	if !slices.Contains(codeowners.Locations, f.Path) {
		return refusal{fmt.Sprintf("%q is no place of a CODEOWNERS file", f.Path), "report this as a fault of Remit"}
	}
	after, err := codeowners.Parse(f.Before).Apply(plan.Edits(f.Changes)...)
	if err != nil {
		return refusal{err.Error(), "plan again"}
	}
	f.After = after
	return nil
}
