package suggest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// authors say who wrote a commit.
//
//	the address of a person who is listed           that person
//	an address GitHub made up for a login           that login
//	an address with a full name that one listed
//	  person has                                    that person
//	an address with a full name that other
//	  addresses go with                             all of these are one: the login if there is one, else the address of
//	                                                most commits
//	anything else                                   the address
//
// A full name has two words or more. Two people of one full name would be taken for one, so names unite only what
// nothing else tells apart: never two listed people, nor two logins.
type authors struct {
	people *snapshot.People
	// byAddress are the holders found so far; bots those whom only their name gives away.
	byAddress map[string]ownership.Holder
	bots      map[ownership.Holder]bool
}

func newAuthors(people *snapshot.People, commits []ownership.Commit) *authors {
	a := &authors{people: people, byAddress: map[string]ownership.Holder{}, bots: map[ownership.Holder]bool{}}
	counts, names := map[string]int{}, map[string]map[string]bool{}
	for _, commit := range commits {
		counts[commit.Author]++
		if name := fullName(commit.AuthorName); name != "" {
			if names[name] == nil {
				names[name] = map[string]bool{}
			}
			names[name][commit.Author] = true
		}
	}
	for address := range counts {
		a.byAddress[address] = people.Author(address)
	}
	listed := a.listedNames()
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a.unite(slices.Sorted(maps.Keys(names[name])), listed[name], counts)
	}
	for _, commit := range commits {
		if holder := a.byAddress[commit.Author]; people.Persons[holder] == nil && LooksLikeBot(commit.Author, commit.AuthorName) {
			a.bots[holder] = true
		}
	}
	return a
}

// listedNames are the full names that exactly one listed person has; of one that several have, nobody's.
func (a *authors) listedNames() map[string]ownership.Holder {
	names := map[string]ownership.Holder{}
	for holder, person := range a.people.Persons {
		name := fullName(person.Name)
		if other, taken := names[name]; taken && other != holder {
			holder = ""
		}
		names[name] = holder
	}
	return names
}

// unite makes one of the addresses that go with a full name, as far as nothing tells them apart.
func (a *authors) unite(addresses []string, named ownership.Holder, counts map[string]int) {
	known := map[ownership.Holder]bool{} // listed people and logins
	var loose []string
	for _, address := range addresses {
		holder := a.byAddress[address]
		if a.people.Persons[holder] != nil || !strings.Contains(holder.Name(), "@") {
			known[holder] = true
		} else {
			loose = append(loose, address)
		}
	}
	if len(known) == 0 && named != "" {
		known[named] = true
	}
	if len(known) > 1 || len(loose) == 0 {
		return
	}
	best := slices.MaxFunc(loose, func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[x], counts[y]), strings.Compare(y, x))
	})
	holder := a.byAddress[best]
	for one := range known {
		holder = one
	}
	for _, address := range loose {
		a.byAddress[address] = holder
	}
}

func (a *authors) of(commit ownership.Commit) ownership.Holder { return a.byAddress[commit.Author] }

// fullName is a name of two words or more in one form, or empty.
func fullName(name string) string {
	words := strings.Fields(strings.ToLower(name))
	if len(words) < 2 {
		return ""
	}
	return strings.Join(words, " ")
}
