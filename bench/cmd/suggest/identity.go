package main

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
)

// people tell who a commit's author is and who a login in CODEOWNERS or OWNERS means. Only who is who is taken from the
// whole log, also from commits after a case; who owned or did what is not.
//
//	one address                                             one person
//	several addresses, one full name (two words or more)    one person
//	ID+LOGIN@users.noreply.github.com                       LOGIN is the person
//	"Merge pull request #N from LOGIN/branch"               LOGIN is the author of what was merged, where that is so
//	                                                        for most merges from LOGIN
//	otherwise LOGIN is the part before an address's "@", or the author's name, of exactly one person
type people struct {
	// person is by address; a person is named by the first of its addresses in order.
	person map[string]string
	// logins lead to persons.
	logins map[string]string
	// loose are what might be logins: parts of addresses and names, to the persons who have them.
	loose map[string]map[string]bool
}

var mergedFrom = regexp.MustCompile(`^Merge pull request #\d+ from ([A-Za-z0-9-]+)/`)

func newPeople(log []git.PastCommit) *people {
	p := &people{person: map[string]string{}, logins: map[string]string{}, loose: map[string]map[string]bool{}}
	p.unite(log)
	votes := map[string]map[string]int{} // login to person
	byID := make(map[string]*git.PastCommit, len(log))
	for i := range log {
		byID[log[i].ID] = &log[i]
	}
	for i := range log {
		commit := &log[i]
		person := p.person[commit.Author]
		if login, made := noreply(commit.Author); made {
			vote(votes, login, person, 1000) // the address says so itself
		}
		local, _, _ := strings.Cut(commit.Author, "@")
		p.addLoose(local, person)
		p.addLoose(strings.ToLower(strings.TrimSpace(commit.AuthorName)), person)
		found := mergedFrom.FindStringSubmatch(commit.Message)
		if found == nil || len(commit.Parents) != 2 {
			continue
		}
		if merged := byID[commit.Parents[1]]; merged != nil {
			vote(votes, strings.ToLower(found[1]), p.person[merged.Author], 1)
		}
	}
	for login, persons := range votes {
		total, best, most := 0, "", 0
		for _, person := range slices.Sorted(maps.Keys(persons)) {
			total += persons[person]
			if persons[person] > most {
				best, most = person, persons[person]
			}
		}
		if 2*most > total {
			p.logins[login] = best
		}
	}
	return p
}

func vote(votes map[string]map[string]int, login, person string, n int) {
	if votes[login] == nil {
		votes[login] = map[string]int{}
	}
	votes[login][person] += n
}

func (p *people) addLoose(name, person string) {
	if p.loose[name] == nil {
		p.loose[name] = map[string]bool{}
	}
	p.loose[name][person] = true
}

// unite makes one person of the addresses that go with one full name.
func (p *people) unite(log []git.PastCommit) {
	parent := map[string]string{}
	var find func(string) string
	find = func(address string) string {
		if above, found := parent[address]; found && above != address {
			parent[address] = find(above)
			return parent[address]
		}
		return address
	}
	named := map[string]string{}
	for _, commit := range log {
		if _, seen := parent[commit.Author]; !seen {
			parent[commit.Author] = commit.Author
		}
		name := strings.ToLower(strings.Join(strings.Fields(commit.AuthorName), " "))
		if !strings.Contains(name, " ") {
			continue
		}
		if other, seen := named[name]; seen {
			a, b := find(other), find(commit.Author)
			parent[max(a, b)] = min(a, b)
		} else {
			named[name] = commit.Author
		}
	}
	for address := range parent {
		p.person[address] = find(address)
	}
}

// noreply reads the login out of an address that GitHub made up.
func noreply(address string) (login string, made bool) {
	local, domain, _ := strings.Cut(address, "@")
	if domain != "users.noreply.github.com" {
		return "", false
	}
	if _, after, found := strings.Cut(local, "+"); found {
		local = after
	}
	return local, local != ""
}

// author is a commit's author as a holder.
func (p *people) author(commit ownership.Commit) ownership.Holder {
	return ownership.Holder("user:" + cmp.Or(p.person[commit.Author], commit.Author))
}

// owner is who an owner of CODEOWNERS or OWNERS means: "login" or an address.
func (p *people) owner(name string) (holder ownership.Holder, known bool) {
	name = strings.ToLower(strings.TrimPrefix(name, "@"))
	if strings.Contains(name, "@") {
		person, found := p.person[name]
		return ownership.Holder("user:" + person), found
	}
	if person, found := p.logins[name]; found {
		return ownership.Holder("user:" + person), true
	}
	if persons := p.loose[name]; len(persons) == 1 {
		for person := range persons {
			return ownership.Holder("user:" + person), true
		}
	}
	return "", false
}
