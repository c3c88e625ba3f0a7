package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// addWork adds one author's work to that of others.
func addWork(contributors []Contributor, work Contributor) []Contributor {
	i := slices.IndexFunc(contributors, func(c Contributor) bool { return c.Holder == work.Holder })
	if i < 0 {
		return append(contributors, work)
	}
	contributors[i].Commits += work.Commits
	if work.Last.After(contributors[i].Last) {
		contributors[i].Last = work.Last
	}
	return contributors
}

// finishContributors adds up the commits, marks bots and sorts, the most active first.
func (a *Area) finishContributors(people *People) {
	total := 0
	for _, contributor := range a.Contributors {
		total += contributor.Commits
	}
	for i := range a.Contributors {
		a.Contributors[i].Of = total
		a.UnknownHistory = cmp.Or(a.UnknownHistory, people.Unidentified(a.Contributors[i].Holder)) // a bot, or another's second name
		person := people.Persons[a.Contributors[i].Holder]
		a.Contributors[i].Bot = person != nil && person.Kind == ownership.Bot
	}
	slices.SortFunc(a.Contributors, func(x, y Contributor) int {
		return cmp.Or(cmp.Compare(y.Commits, x.Commits), strings.Compare(string(x.Holder), string(y.Holder)))
	})
}
