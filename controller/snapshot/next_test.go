package snapshot

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// An owner whom a rule names twice, once by address, owns each file once.
func TestOwnerNamedTwice(t *testing.T) {
	s := build(whole(), gitSource("git", "/a/ @x @X @y\n", "a/1", "a/2", "b"))
	var got []int
	for _, approver := range s.Areas[0].Observed.Of(ownership.Approver) {
		got = append(got, approver.Files)
	}
	mustDiff(t, "two files each", cmp.Diff([]int{2, 2}, got))
}

// What has not changed is the very same in the next snapshot.
func TestNextShares(t *testing.T) {
	people := Source{Name: "people", Kind: ownership.SourcePeople, Observation: ownership.Observation{
		AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
		People: []ownership.Person{{ID: "ann", Kind: ownership.Human}, {ID: "bob", Kind: ownership.Human, Ends: now.Add(time.Hour)}},
		Teams: []ownership.Team{
			{ID: "acme/web", Members: []string{"ann"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite}},
			{ID: "acme/pay", Members: []string{"bob"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite}},
		},
	}}
	set := &manifest.Set{Areas: slices.Concat(whole(), whole())}
	set.Areas[0].Value.Name, set.Areas[0].Value.Spec.Scope.Repositories[0].Paths = "cart", []string{"cart"}
	set.Areas[1].Value.Name = "rest"
	git := gitSource("git", "/cart/ @acme/web\n/docs/ @acme/pay\n/x @ann\n", "cart/a", "docs/b", "x")
	input := func(change func(git, people *Source)) Input {
		git, people := git, people
		git.Observation.Repositories = slices.Clone(git.Observation.Repositories)
		people.Observation.People, people.Observation.Teams = slices.Clone(people.Observation.People), slices.Clone(people.Observation.Teams)
		for i := range git.Observation.Repositories { // read again, an hour later
			git.Observation.Repositories[i].At = now.Add(time.Minute)
		}
		change(&git, &people)
		return Input{Now: now.Add(time.Minute), Manifests: set, Sources: []Source{git, people}}
	}
	before := Build(Input{Now: now, Manifests: set, Sources: []Source{git, people}})
	for name, test := range map[string]struct {
		reason string
		change func(git, people *Source)
		later  time.Duration
		// what is the very same as before
		people, repository, cart, rest bool
	}{
		"read again": {"sources that say the same change nothing", func(*Source, *Source) {}, 0, true, true, true, true},
		"a member more": {
			"whether a team of one or two can hold a role is the same",
			func(_, people *Source) { people.Observation.Teams[0].Members = []string{"ann", "bob"} }, 0, false, true, true, true,
		},
		"a team becomes empty": {
			"the repository that names it is made anew, and the area of its files",
			func(_, people *Source) { people.Observation.Teams[0].Members = nil }, 0, false, false, false, true,
		},
		"a team is secret": {
			"likewise", func(_, people *Source) { people.Observation.Teams[0].Secret = true }, 0, false, false, false, true,
		},
		"somebody leaves": {"time alone ends a person", func(*Source, *Source) {}, 2 * time.Hour, false, false, true, false},
		"another rule": {
			"only the area whose files it is about changes",
			func(git, _ *Source) {
				git.Observation.Repositories[0].Codeowners.Text = []byte("/cart/ @acme/web\n/docs/ @acme/web\n/x @ann\n")
			}, 0, true, false, true, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(test.change)
			in.Now = in.Now.Add(test.later)
			next := Next(before, in)
			for what, same := range map[string][2]bool{
				"people":     {test.people, next.People == before.People},
				"repository": {test.repository, next.Repository("acme/shop") == before.Repository("acme/shop")},
				"cart":       {test.cart, next.Area("web/cart") == before.Area("web/cart")},
				"rest":       {test.rest, next.Area("web/rest") == before.Area("web/rest")},
			} {
				if same[0] != same[1] {
					t.Errorf("%s is the same: %v, want %v: %s", what, same[1], same[0], test.reason)
				}
			}
		})
	}
}
