package snapshot

import (
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// maxAreaProblems bounds the problems of CODEOWNERS files that policies see of one area. A policy may give no more than
// 1,000 results, and has a second's time: a file of 50,000 dead rules must not make it fail.
const maxAreaProblems = 500

// boundProblems keeps the problems that come first, invalid lines before all others, and says how many there are.
func (area *Area) boundProblems() {
	all := len(area.Codeowners)
	if all <= maxAreaProblems {
		return
	}
	rank := func(problem CodeownersProblem) int {
		if problem.Kind == codeowners.Invalid {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(area.Codeowners, func(a, b CodeownersProblem) int { return rank(a) - rank(b) })
	left := area.Codeowners[maxAreaProblems]
	area.Codeowners = slices.Clip(area.Codeowners[:maxAreaProblems])
	area.problems = append(area.problems, ownership.Problem{
		Location: ownership.Location{Repository: left.Repository, File: left.File}, Warning: true,
		Message: fmt.Sprintf("%d problems concern %s; only the first %d are judged", all, area.ID, maxAreaProblems),
		Remedy:  "correct those first",
	})
}
