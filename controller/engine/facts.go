package engine

import (
	"reflect"
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/store"
	"github.com/remit-dev/remit/controller/snapshot"
)

// The names of the documents of data.remit.
const (
	documentPeople       = "people"
	documentTeams        = "teams"
	documentAreas        = "areas"
	documentRepositories = "repositories"
	documentLoad         = "load"
	documentClock        = "clock"
)

// facts keeps data.remit as one snapshot says, and brings it to the next: only what has changed is put anew.
type facts struct {
	store *store.Store
	// teamsOf are the teams that list a person; children those right below a team. Both are sorted.
	teamsOf  map[ownership.Holder][]string
	children map[ownership.Holder][]string
	load     map[string]policy.LoadDocument
	err      error
}

func newFacts() (*facts, error) {
	empty, err := policy.NewStore(&policy.Data{})
	return &facts{store: empty}, err
}

func (f *facts) put(document, key string, value any) {
	if err := f.store.Put(document, key, value); err != nil && f.err == nil {
		f.err = err
	}
}

func (f *facts) drop(document, key string) {
	if err := f.store.Drop(document, key); err != nil && f.err == nil {
		f.err = err
	}
}

// people puts the persons and teams that have changed, and gives them.
func (f *facts) people(s, before *snapshot.Snapshot) map[ownership.Holder]bool {
	if before != nil && s.People == before.People {
		return nil
	}
	f.teamsOf, f.children = teamsByPerson(s), childrenByTeam(s)
	changed := changedPeople(s, before)
	for holder := range changed {
		switch {
		case s.People.Persons[holder] != nil:
			f.put(documentPeople, string(holder), personDocument(s.People.Persons[holder], s.Now, f.teamsOf[holder]))
		case s.People.Teams[holder] != nil:
			f.put(documentTeams, string(holder), teamDocument(holder, s.People.Teams[holder], s.People))
		case holder.Kind() == ownership.HolderTeam:
			f.drop(documentTeams, string(holder))
		default:
			f.drop(documentPeople, string(holder))
		}
	}
	return changed
}

// changedPeople are the persons and teams of whom something else is known than before:
//
//	what has changed       whose document has
//	a person               the person, the teams with that member
//	a team                 the team, those above it (members), those below it (permissions), the persons it lists
func changedPeople(s, before *snapshot.Snapshot) map[ownership.Holder]bool {
	changed := map[ownership.Holder]bool{}
	if before == nil || s.AffectsAll() {
		for _, people := range []*snapshot.Snapshot{s, before} {
			if people == nil {
				continue
			}
			for holder := range people.People.Persons {
				changed[holder] = true
			}
			for holder := range people.People.Teams {
				changed[holder] = true
			}
		}
		return changed
	}
	persons := map[ownership.Holder]bool{}
	for holder, person := range s.People.Persons {
		if !person.Same(before.People.Persons[holder]) || s.Affects(holder) {
			changed[holder], persons[holder] = true, true
		}
	}
	teams := changedTeams(s.People, before.People)
	for holder := range teams {
		for _, people := range []*snapshot.People{s.People, before.People} {
			for above := range lineage(people, holder) {
				changed[above] = true
			}
			if team := people.Teams[holder]; team != nil {
				for _, id := range slices.Concat(team.Members, team.Maintainers) {
					changed[people.Person(id)] = true
				}
			}
		}
	}
	for holder := range s.People.Teams {
		for above := range lineage(s.People, holder) {
			changed[holder] = changed[holder] || teams[above]
		}
		if len(persons) > 0 && slices.ContainsFunc(s.People.Members(holder), func(member ownership.Holder) bool { return persons[member] }) {
			changed[holder] = true
		}
		if !changed[holder] {
			delete(changed, holder)
		}
	}
	for holder := range changed { // members and parents of whom nothing is known, and was not
		if !s.People.Has(holder) && !before.People.Has(holder) {
			delete(changed, holder)
		}
	}
	return changed
}

// changedTeams are the teams of which sources say something else, and those that are new or gone.
func changedTeams(now, before *snapshot.People) map[ownership.Holder]bool {
	changed := map[ownership.Holder]bool{}
	for holder, team := range now.Teams {
		if earlier := before.Teams[holder]; earlier == nil || !team.Same(earlier) {
			changed[holder] = true
		}
	}
	for holder := range before.Teams {
		if now.Teams[holder] == nil {
			changed[holder] = true
		}
	}
	return changed
}

// lineage is the team and those above it.
func lineage(people *snapshot.People, holder ownership.Holder) map[ownership.Holder]bool {
	line := map[ownership.Holder]bool{}
	for !line[holder] {
		line[holder] = true
		if team := people.Teams[holder]; team != nil && team.Parent != "" {
			holder = ownership.TeamHolder(team.Parent)
		}
	}
	return line
}

// repositories puts the repositories that have changed.
func (f *facts) repositories(s, before *snapshot.Snapshot) {
	for _, repository := range s.Repositories {
		if before == nil || before.Repository(repository.ID()) != repository {
			f.put(documentRepositories, repository.ID(), repositoryDocument(repository))
		}
	}
	if before == nil {
		return
	}
	for _, repository := range before.Repositories {
		if s.Repository(repository.ID()) == nil {
			f.drop(documentRepositories, repository.ID())
		}
	}
}

// clock puts the time, if it is another day or hour.
func (f *facts) clock(s, before *snapshot.Snapshot) {
	now := clockDocument(s.Now)
	if before != nil && clockDocument(before.Now) == now {
		return
	}
	if err := f.store.Set(documentClock, now); err != nil && f.err == nil {
		f.err = err
	}
}

// area puts what others may see of an area.
func (f *facts) area(area drift.Area, s *snapshot.Snapshot) {
	seen, declared, roles := area.Area, area.Declared, s.Roles // no more is to live as long as the item
	err := f.store.PutLater(documentAreas, string(area.ID), func() any { return areaView(seen, declared, roles) })
	if err != nil && f.err == nil {
		f.err = err
	}
}

// loads puts how much each holder holds, where that has changed.
func (f *facts) loads(s *snapshot.Snapshot, b *barrier) {
	load := loadOf(s, b)
	for holder, document := range load {
		if earlier, had := f.load[holder]; !had || !reflect.DeepEqual(earlier, document) {
			f.put(documentLoad, holder, document)
		}
	}
	for holder := range f.load {
		if _, has := load[holder]; !has {
			f.drop(documentLoad, holder)
		}
	}
	f.load = load
}

// childrenByTeam names, for each team, those right below it, sorted.
func childrenByTeam(s *snapshot.Snapshot) map[ownership.Holder][]string {
	children := map[ownership.Holder][]string{}
	for holder, team := range s.People.Teams {
		if team.Parent != "" {
			parent := ownership.TeamHolder(team.Parent)
			children[parent] = append(children[parent], string(holder))
		}
	}
	for parent := range children {
		slices.Sort(children[parent])
	}
	return children
}
