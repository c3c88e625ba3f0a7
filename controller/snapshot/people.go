package snapshot

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/identity"
	"github.com/remit-dev/remit/controller/ownership"
)

// People are the persons and teams of all sources, and what is unknown of them.
type People struct {
	// Observed says that some source lists people at all. Where none does, holders are not checked.
	Observed bool
	// Unknown says why people and teams could not be read whole from some source; empty means that they were.
	Unknown string
	// sources names those who list people: "sources people and contractors".
	sources string
	// Persons are by holder, "user:alice"; Teams by holder, "team:acme/payments".
	Persons map[ownership.Holder]*ownership.Person
	Teams   map[ownership.Holder]*ownership.Team

	everyone  []ownership.Person
	directory *identity.Directory
	// moments are the times at which people leave, sorted.
	moments      []time.Time
	now          time.Time
	placeholders []string
	// exact are the placeholders that are names, globs those that are patterns.
	exact map[ownership.Holder]bool
	globs []string
	// unsettled says why it is not known which holders are placeholders.
	unsettled string
	// complete says that who is not listed does not exist; listed are the organisations whose teams are complete,
	// permitted says that their repository permissions are too.
	complete  bool
	listed    map[string]bool
	permitted map[string]bool
	// shown has the organisations with teams, and whether some permission of theirs is listed; unreadTeam says
	// which team could not be read whole.
	shown      map[string]bool
	unreadTeam string
	children   map[ownership.Holder][]*ownership.Team
	members    map[ownership.Holder][]ownership.Holder
}

// newPeople unites what the sources say of people. The first source, by name, wins where two describe one person
// or team. Of those of before, which may be nil, it takes over the directory, if it is the same.
func newPeople(now time.Time, sources []Source, placeholders []string, unsettled string, was *People) *People {
	p := &People{
		now: now, placeholders: placeholders, unsettled: unsettled, complete: true,
		Persons: map[ownership.Holder]*ownership.Person{}, Teams: map[ownership.Holder]*ownership.Team{},
		listed: map[string]bool{}, permitted: map[string]bool{}, shown: map[string]bool{}, children: map[ownership.Holder][]*ownership.Team{},
	}
	p.exact = map[ownership.Holder]bool{}
	for _, placeholder := range placeholders {
		if strings.ContainsAny(placeholder, `*?[\`) {
			p.globs = append(p.globs, placeholder)
		} else {
			p.exact[ownership.Holder(placeholder)] = true
		}
	}
	var everyone []ownership.Person
	var names []string
	for _, source := range sources {
		if source.Kind != ownership.SourcePeople {
			continue
		}
		seen := source.Observation
		names = append(names, source.Name)
		p.Observed = true
		if seen.Unknown != "" {
			p.Unknown = "source " + source.Name + ": " + seen.Unknown
		}
		p.complete = p.complete && seen.AllPeople && seen.Unknown == ""
		everyone = append(everyone, p.addPersons(seen.People)...)
		p.addTeams(seen)
	}
	p.complete = p.complete && p.Observed
	if p.sources = "source "; len(names) > 1 {
		p.sources = "sources "
	}
	p.sources += strings.Join(names, " and ")
	for _, holder := range slices.Sorted(maps.Keys(p.Teams)) {
		if team := p.Teams[holder]; p.unreadTeam == "" && !team.Known() {
			p.unreadTeam = "team " + team.ID + ": " + team.Why()
		}
	}
	p.everyone, p.directory, p.moments = everyone, nextDirectory(everyone, was), momentsOf(everyone)
	p.addMembers()
	return p
}

func (p *People) addPersons(persons []ownership.Person) []ownership.Person {
	var added []ownership.Person
	for i := range persons {
		holder := persons[i].Holder()
		if _, taken := p.Persons[holder]; !taken {
			p.Persons[holder] = &persons[i]
			added = append(added, persons[i])
		}
	}
	return added
}

func (p *People) addTeams(seen ownership.Observation) {
	for i := range seen.Teams {
		team := &seen.Teams[i]
		if _, taken := p.Teams[team.Holder()]; taken {
			continue
		}
		p.Teams[team.Holder()] = team
		p.shown[organisation(team.Holder())] = p.shown[organisation(team.Holder())] || len(team.Repositories) > 0
		if team.Parent != "" {
			parent := ownership.TeamHolder(team.Parent)
			p.children[parent] = append(p.children[parent], team)
		}
	}
	for _, organisation := range seen.TeamOrganisations {
		p.listed[organisation] = seen.AllTeams && seen.Unknown == ""
		p.permitted[organisation] = seen.AllPermissions && seen.Unknown == ""
	}
}

// Holder is the holder that an owner written in CODEOWNERS means.
func (p *People) Holder(owner string) ownership.Holder {
	holder, ok := p.directory.Owner(owner)
	return orAmbiguous(holder, ok, strings.TrimPrefix(owner, "@"))
}

// Author is the holder that a commit's author address means.
func (p *People) Author(address string) ownership.Holder {
	holder, ok := p.directory.Author(address)
	return orAmbiguous(holder, ok, address)
}

// orAmbiguous gives what several people claim a name of its own, "user:alice?", which is nobody's and so doubtful.
func orAmbiguous(holder ownership.Holder, ok bool, name string) ownership.Holder {
	if ok {
		return holder
	}
	return ownership.User(name + ambiguous)
}

// ambiguous ends the name of a holder that cannot be told.
const ambiguous = "?"

// Has says whether the holder is a person or a team that is known.
func (p *People) Has(holder ownership.Holder) bool {
	return p.Persons[holder] != nil || p.Teams[holder] != nil
}

// Person is the holder whom a team's list of members means by an id or login.
func (p *People) Person(id string) ownership.Holder { return p.directory.Canonical(ownership.User(id)) }

// Members are all persons in the team and the teams below it, maintainers included, each once, sorted.
// A login that belongs to no known person is a member all the same.
func (p *People) Members(team ownership.Holder) []ownership.Holder { return p.members[team] }

// addMembers finds the members of every team.
func (p *People) addMembers() {
	p.members = make(map[ownership.Holder][]ownership.Holder, len(p.Teams))
	for team := range p.Teams {
		members := map[ownership.Holder]bool{}
		p.collect(team, members, map[ownership.Holder]bool{})
		p.members[team] = slices.Sorted(maps.Keys(members))
	}
}

func (p *People) collect(holder ownership.Holder, members, visited map[ownership.Holder]bool) {
	team := p.Teams[holder]
	if team == nil || visited[holder] {
		return
	}
	visited[holder] = true
	for _, id := range slices.Concat(team.Members, team.Maintainers) {
		members[p.Person(id)] = true
	}
	for _, child := range p.children[holder] {
		p.collect(child.Holder(), members, visited)
	}
}

// InTeam says whether the person is in the team or one below it; where that is not known, unknown says why. Of a team of
// which nothing could be known, since nothing lists people, everybody is.
func (p *People) InTeam(person, team ownership.Holder) (is bool, unknown string) {
	if p.Teams[team] == nil {
		standing := p.Standing(team)
		return standing.Status == Unchecked, standing.doubt()
	}
	members := p.Members(team)
	if slices.Contains(members, person) {
		return true, ""
	}
	if why := cmp.Or(p.Teams[team].Unknown, p.UnknownBelow(team)); why != "" {
		return false, why
	}
	for _, member := range members {
		if why := p.MayBe(person, member); why != "" {
			return false, why
		}
	}
	return false, ""
}

// UnlistedMember says why it is unknown which of a team's members are active: one of them is not listed, and the list
// of people is not complete, or one could not be read whole.
func (p *People) UnlistedMember(team ownership.Holder) string {
	for _, member := range p.Members(team) {
		why := p.Incomplete()
		if person := p.Persons[member]; person != nil {
			why = person.Why()
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// UnknownBelow says why it is unknown who is in the teams below a team: one of them could not be read whole, or there may
// be one that is not listed.
func (p *People) UnknownBelow(team ownership.Holder) string {
	if p.Observed && p.Teams[team] != nil && !p.listed[organisation(team)] {
		return p.why("the list of teams is not complete")
	}
	return p.unknownBelow(team, map[ownership.Holder]bool{team: true})
}

func (p *People) unknownBelow(team ownership.Holder, visited map[ownership.Holder]bool) string {
	for _, child := range p.children[team] {
		if visited[child.Holder()] {
			continue
		}
		visited[child.Holder()] = true
		if !child.Known() {
			return child.Why()
		}
		if why := p.unknownBelow(child.Holder(), visited); why != "" {
			return why
		}
	}
	return ""
}

// IsActiveHuman says whether the holder is a known person who is no bot and belongs to the organisation now.
func (p *People) IsActiveHuman(holder ownership.Holder) bool {
	person := p.Persons[holder]
	return person != nil && person.Kind != ownership.Bot && person.ActiveAt(p.now)
}

// Permission is the team's permission on the repository, its own or inherited from a parent; the strongest counts.
func (p *People) Permission(team ownership.Holder, repository string) ownership.Permission {
	var best ownership.Permission
	for visited := map[ownership.Holder]bool{}; p.Teams[team] != nil && !visited[team]; {
		visited[team] = true
		if permission := p.Teams[team].Repositories[repository]; permission.Rank() > best.Rank() {
			best = permission
		}
		team = ownership.TeamHolder(p.Teams[team].Parent)
	}
	return best
}

// Permissions are the team's permissions on all repositories, inherited ones included. The map is not to be changed: where
// nothing is inherited, it is the team's own.
func (p *People) Permissions(team ownership.Holder) map[string]ownership.Permission {
	if alone := p.Teams[team]; alone != nil && alone.Parent == "" && alone.Repositories != nil && allKnown(alone.Repositories) {
		return alone.Repositories
	}
	all := map[string]ownership.Permission{}
	for visited := map[ownership.Holder]bool{}; p.Teams[team] != nil && !visited[team]; {
		visited[team] = true
		for repository, permission := range p.Teams[team].Repositories {
			if permission.Rank() > all[repository].Rank() {
				all[repository] = permission
			}
		}
		team = ownership.TeamHolder(p.Teams[team].Parent)
	}
	return all
}

func allKnown(permissions map[string]ownership.Permission) bool {
	for _, permission := range permissions {
		if permission.Rank() == 0 {
			return false
		}
	}
	return true
}

// UnknownPermissions says why a team may have more permissions than Permissions gives: a source does not list them all, or
// a team that it inherits from could not be read whole.
func (p *People) UnknownPermissions(team ownership.Holder) string {
	if !p.Observed {
		return ""
	}
	if why := p.unknownAbove(team); why != "" {
		return why
	}
	if !p.permitted[organisation(team)] {
		return p.why("the permissions of " + organisation(team) + " are not known completely")
	}
	return ""
}

// unknownAbove says why it is unknown what a team inherits: it, or one above it, could not be read whole.
func (p *People) unknownAbove(team ownership.Holder) string {
	for visited := map[ownership.Holder]bool{}; !visited[team]; {
		visited[team] = true
		switch known := p.Teams[team]; {
		case known == nil && p.listed[organisation(team)]:
			return ""
		case known == nil:
			return p.why("the list of teams is not complete")
		case !known.Known():
			return known.Why()
		case known.Parent == "":
			return ""
		default:
			team = ownership.TeamHolder(known.Parent)
		}
	}
	return ""
}

// organisation is the first part of a team's name.
func organisation(team ownership.Holder) string {
	name, _, _ := strings.Cut(team.Name(), "/")
	return name
}
