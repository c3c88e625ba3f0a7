package snapshot

import (
	"maps"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/identity"
	"github.com/remit-dev/remit/controller/ownership"
)

// affected are the holders of whom people may say something else than in the snapshot before: whether they can hold a
// role, may write a repository, are bots, or who is in them.
type affected struct {
	all     bool
	holders map[ownership.Holder]bool
	// owners are those of them who may count as owners now and did not before, or the other way round.
	owners map[ownership.Holder]bool
	// kinds says that somebody is a bot now and was none, or the other way round.
	kinds bool
}

func (a affected) none() bool { return !a.all && len(a.holders) == 0 }

func (a affected) has(holder ownership.Holder) bool { return a.all || a.holders[holder] }

// names says whether a rule of the repository names an owner among them.
func (a affected) names(repository *Repository) bool {
	if a.all {
		return true
	}
	for holder := range a.owners {
		if repository.named[holder] {
			return true
		}
	}
	return false
}

// nextPeople makes the people, or takes over those of before where nothing has changed, and says who is affected.
func (s *Snapshot) nextPeople(before *Snapshot, in Input, placeholders []string) affected {
	if before == nil {
		s.People = newPeople(in.Now, in.Sources, placeholders, s.RolesUnknown, nil)
		return affected{all: true}
	}
	was := before.People
	still := !in.Now.Before(before.Now) && !passed(was.moments, before.Now, in.Now)
	if still && slices.Equal(was.placeholders, placeholders) && was.unsettled == s.RolesUnknown && samePeople(before.Sources, in.Sources) {
		s.People = was
		return affected{}
	}
	s.People = newPeople(in.Now, in.Sources, placeholders, s.RolesUnknown, was)
	return s.People.since(was)
}

// samePeople says whether the sources say the same of people and teams.
func samePeople(before, now []Source) bool {
	return slices.EqualFunc(peopleOf(before), peopleOf(now), func(a, b *Source) bool {
		x, y := &a.Observation, &b.Observation
		return a.Name == b.Name && x.Unknown == y.Unknown && x.AllPeople == y.AllPeople && x.AllTeams == y.AllTeams &&
			x.AllPermissions == y.AllPermissions && slices.Equal(x.TeamOrganisations, y.TeamOrganisations) &&
			sameFacts(x.People, y.People, (*ownership.Person).Same) && sameFacts(x.Teams, y.Teams, (*ownership.Team).Same)
	})
}

func peopleOf(sources []Source) []*Source {
	var of []*Source
	for i := range sources {
		if sources[i].Kind == ownership.SourcePeople {
			of = append(of, &sources[i])
		}
	}
	return of
}

// sameFacts compares lists, and takes one that is the very same for granted.
func sameFacts[T any](a, b []T, same func(a, b *T) bool) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 || &a[0] == &b[0] {
		return true
	}
	for i := range a {
		if !same(&a[i], &b[i]) {
			return false
		}
	}
	return true
}

// since says who is affected by the change from other people to these.
func (p *People) since(was *People) affected {
	if p.unsettled != was.unsettled || p.directory != was.directory || p.Observed != was.Observed || p.Unknown != was.Unknown || p.complete != was.complete ||
		!maps.Equal(p.listed, was.listed) || !maps.Equal(p.permitted, was.permitted) || !maps.Equal(p.shown, was.shown) || !slices.Equal(p.placeholders, was.placeholders) {
		return affected{all: true}
	}
	holders, owners, kinds := map[ownership.Holder]bool{}, map[ownership.Holder]bool{}, false
	for holder, person := range p.Persons { // the same directory has the same persons
		earlier := was.Persons[holder]
		// Whatever else a person's standing rests on is the same, as said above.
		if person.ActiveAt(p.now) != earlier.ActiveAt(was.now) || person.Unknown != earlier.Unknown || !person.Ends.Equal(earlier.Ends) {
			holders[holder], owners[holder] = true, true
		}
		if person.Kind != earlier.Kind {
			holders[holder], kinds = true, true
		}
	}
	for holder, team := range p.Teams {
		earlier := was.Teams[holder]
		owner := earlier == nil || p.Standing(holder) != was.Standing(holder) || team.Secret != earlier.Secret ||
			team.Known() != earlier.Known() || !sameLadder(p, was, holder)
		if owner {
			owners[holder] = true
		}
		if owner || team.Source != earlier.Source || team.Location != earlier.Location || p.UnknownBelow(holder) != was.UnknownBelow(holder) ||
			!slices.Equal(p.members[holder], was.members[holder]) {
			holders[holder] = true
		}
	}
	for holder := range was.Teams {
		if p.Teams[holder] == nil {
			holders[holder], owners[holder] = true, true
		}
	}
	return affected{holders: holders, owners: owners, kinds: kinds}
}

// sameLadder says whether the team has the same permissions in both, its own and those it inherits.
func sameLadder(p, was *People, team ownership.Holder) bool {
	for visited := map[ownership.Holder]bool{}; !visited[team]; {
		visited[team] = true
		now, then := p.Teams[team], was.Teams[team]
		if now == nil || then == nil {
			return now == then
		}
		if now.Parent != then.Parent || now.Unknown != then.Unknown || !ownership.SameMap(now.Repositories, then.Repositories) {
			return false
		}
		if now.Parent == "" {
			return true
		}
		team = ownership.TeamHolder(now.Parent)
	}
	return true
}

// nextDirectory is the directory of these people: the one of before, if they have the same names.
func nextDirectory(everyone []ownership.Person, was *People) *identity.Directory {
	if was != nil && sameFacts(everyone, was.everyone, (*ownership.Person).SameIdentity) {
		return was.directory
	}
	return identity.New(everyone)
}

// momentsOf are the times at which people leave, sorted.
func momentsOf(everyone []ownership.Person) []time.Time {
	var moments []time.Time
	for i := range everyone {
		if !everyone[i].Ends.IsZero() {
			moments = append(moments, everyone[i].Ends)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	return moments
}
