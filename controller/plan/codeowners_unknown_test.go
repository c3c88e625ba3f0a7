package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/codeowners"
)

// TestUnknownAddsNoChange makes one fact unknown, of those that planning reads, and looks for a file whose owners would
// change otherwise than before. By which line that is said may differ: what a rule of an outer area said for an inner one
// too, the inner one says itself while it is unknown what the outer one wants.
func TestUnknownAddsNoChange(t *testing.T) {
	times := 20
	if testing.Short() {
		times = 2
	}
	for range times {
		rapid.Check(t, func(t *rapid.T) {
			e := program(t)
			in := e.input()
			known := ownersChanged(in, e.repaired(t, unheld(candidates(in))))
			forgotten, what := forget(t, e)
			for change := range ownersChanged(forgotten, e.repaired(t, unheld(candidates(forgotten)))) {
				if !known[change] {
					t.Fatalf("%s is unknown, and so %v in\n%s", what, change, e.rules)
				}
			}
		})
	}
}

// ownerChange is a file that gets or loses an owner.
type ownerChange struct {
	path, owner string
	gone        bool
}

func ownersChanged(in Input, edited string) map[ownerChange]bool {
	repository := in.Snapshot.Repository(shop)
	changes := map[ownerChange]bool{}
	before, after := codeowners.Parse(repository.Facts.Codeowners.Text), codeowners.Parse([]byte(edited))
	for _, path := range repository.Facts.Files.Paths {
		old, now := ownersOf(before, path), ownersOf(after, path)
		for _, owner := range now {
			if !slices.Contains(old, owner) {
				changes[ownerChange{path, owner, false}] = true
			}
		}
		for _, owner := range old {
			if !slices.Contains(now, owner) {
				changes[ownerChange{path, owner, true}] = true
			}
		}
	}
	return changes
}

func ownersOf(file *codeowners.File, path string) []string {
	match := file.Compile().Match(path)
	if match.Rule < 0 {
		return nil
	}
	var owners []string
	for _, owner := range file.Rules()[match.Rule].Owners {
		owners = append(owners, owner.Text)
	}
	return owners
}

// forget makes one fact of an estate unknown, and says which.
func forget(t *rapid.T, e estate) (in Input, what string) {
	e.plots, e.people, e.teams = slices.Clone(e.plots), slices.Clone(e.people), slices.Clone(e.teams)
	at := rapid.IntRange(0, len(e.plots)-1).Draw(t, "of plot")
	switch kind := rapid.IntRange(0, 5).Draw(t, "unknown"); {
	case kind == 0:
		e.plots[at].unsure = "forgotten"
		return e.input(), "what " + e.plots[at].name + " declares"
	case kind == 1:
		e.plots[at].elsewhere = "acme/unseen"
		return e.input(), "a repository of " + e.plots[at].name
	case e.people == nil:
		return e.input(), "nothing"
	case kind == 2:
		at = rapid.IntRange(0, len(e.people)-1).Draw(t, "person")
		e.people[at] = e.people[at][:3] + "?"
		return e.input(), e.people[at]
	case kind == 3:
		at = rapid.IntRange(0, len(e.teams)-1).Draw(t, "team")
		e.teams[at].Unknown = "forgotten"
		return e.input(), e.teams[at].ID
	case kind == 4:
		people := e.peopleSeen()
		people.AllPeople, people.AllTeams = false, false
		return e.seen(people), "who else there is"
	}
	people := e.peopleSeen()
	people.Unknown, people.People, people.Teams, people.TeamOrganisations = "forgotten", nil, nil, nil
	people.AllPeople, people.AllTeams = false, false
	return e.seen(people), "all people"
}
