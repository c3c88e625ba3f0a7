package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// addContributors counts, for each area and author, the recent commits that touched a file of the area. A file that
// is no more belongs to no area.
func (s *Snapshot) addContributors(repository *Repository, owners []*Area) {
	authors := map[string]ownership.Holder{}
	for _, commit := range repository.Facts.History.Commits {
		author, known := authors[commit.Author]
		if !known {
			author = s.People.Author(commit.Author)
			authors[commit.Author] = author
		}
		touched := map[*Area]bool{}
		for _, path := range commit.Paths {
			at, found := slices.BinarySearch(repository.Facts.Files.Paths, path)
			if found && owners[at] != nil && !touched[owners[at]] {
				touched[owners[at]] = true
				owners[at].addCommit(author, commit)
			}
		}
	}
}

func (a *Area) addCommit(author ownership.Holder, commit ownership.Commit) {
	i := slices.IndexFunc(a.Contributors, func(c Contributor) bool { return c.Holder == author })
	if i < 0 {
		i = len(a.Contributors)
		a.Contributors = append(a.Contributors, Contributor{Holder: author})
	}
	a.Contributors[i].Commits++
	if commit.When.After(a.Contributors[i].Last) {
		a.Contributors[i].Last = commit.When
	}
}

// finishContributors adds up the commits, marks bots and sorts, the most active first.
func (a *Area) finishContributors(people *People) {
	total := 0
	for _, contributor := range a.Contributors {
		total += contributor.Commits
	}
	for i := range a.Contributors {
		a.Contributors[i].Of = total
		person := people.Persons[a.Contributors[i].Holder]
		a.Contributors[i].Bot = person != nil && person.Kind == ownership.Bot
	}
	slices.SortFunc(a.Contributors, func(x, y Contributor) int {
		return cmp.Or(cmp.Compare(y.Commits, x.Commits), strings.Compare(string(x.Holder), string(y.Holder)))
	})
}
