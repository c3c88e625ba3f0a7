package git

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/internal/parallel"
	"github.com/remit-dev/remit/controller/ownership"
)

// looks is what the checkouts at a source's path gave.
type looks struct {
	// looks are one for each repository, sorted by its ID.
	looks []look
	// roots are the folders of all checkouts that there are.
	roots    []string
	problems []ownership.Problem
	// complete says that a repository which is not listed does not exist here; unlisted says why there may be one that
	// was meant to be read all the same.
	complete bool
	unlisted string
	// unknown says why the path cannot be read at all.
	unknown string
}

// lookAtAll finds the checkouts and reads each with read. Of two that have one name the first, by folder, counts.
func (s *Source) lookAtAll(now time.Time, read func(*repository, *look)) looks {
	if tree := s.spec.Tree; tree != "" && tree != treeHead && tree != treeWorktree {
		why := fmt.Sprintf("tree: %q is neither %q nor %q", tree, treeHead, treeWorktree)
		return looks{unknown: why, problems: []ownership.Problem{s.problem("tree", why, "set it to head or worktree")}}
	}
	found, err := discover(s.path, s.field)
	if err != nil {
		why := fmt.Sprintf("%s cannot be read: %v", s.path, err)
		return looks{unknown: why, problems: []ownership.Problem{s.problem("path", why, "set it to a git checkout or a folder of checkouts")}}
	}
	all := looks{problems: found.problems, roots: found.checkouts, complete: found.whole}
	if found.folder && s.spec.Repository != "" {
		all.problems = append(all.problems, s.problem("repository",
			fmt.Sprintf("it names one checkout, but %s is a folder of checkouts", s.path), "remove it, or set path to the checkout"))
	}
	if !found.whole {
		all.unlisted = "something in " + s.path + " could not be read"
	}
	first := map[string]string{}
	for _, look := range s.lookSideBySide(found, now, read) {
		all.problems = append(all.problems, look.problems...)
		if !look.named {
			all.complete, all.unlisted = false, "the name of the checkout "+look.repository.Root+" could not be read"
		}
		id := look.repository.ID
		if earlier, taken := first[id]; taken {
			all.problems = append(all.problems, ownership.Problem{
				Location: ownership.Location{Repository: id, File: look.repository.Root},
				Message:  fmt.Sprintf("%s is named %s too; this checkout is left out", earlier, id),
				Remedy:   "remove one of them, or give it another origin remote",
			})
			continue
		}
		first[id] = look.repository.Root
		all.looks = append(all.looks, look)
	}
	slices.SortFunc(all.looks, func(a, b look) int { return strings.Compare(a.repository.ID, b.repository.ID) })
	return all
}

// lookSideBySide reads the checkouts in parallel and gives them in the order in which they were found.
func (s *Source) lookSideBySide(found discovery, now time.Time, read func(*repository, *look)) []look {
	looks := make([]look, len(found.checkouts))
	parallel.Each(len(looks), func(i int) { looks[i] = s.lookAt(found.checkouts[i], found.folder, now, read) })
	return looks
}
