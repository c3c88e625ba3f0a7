package engine

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/store"
	"github.com/remit-dev/remit/controller/snapshot"
)

// organisation is the ID of the one subject of its kind.
const organisation = "organisation"

// subjects are all persons and teams that are known, and the schedules that hold something, sorted.
func (p *pass) subjects() []ownership.Holder {
	holders := slices.AppendSeq(make([]ownership.Holder, 0, len(p.snapshot.People.Persons)+len(p.snapshot.People.Teams)), maps.Keys(p.snapshot.People.Persons))
	holders = slices.AppendSeq(holders, maps.Keys(p.snapshot.People.Teams))
	for holder := range p.held {
		if holder.Kind() == ownership.HolderSchedule {
			holders = append(holders, holder)
		}
	}
	slices.Sort(holders)
	return holders
}

func kindOf(holder ownership.Holder) string {
	switch holder.Kind() {
	case ownership.HolderTeam:
		return policy.SubjectTeam
	case ownership.HolderSchedule:
		return policy.SubjectSchedule
	default:
		return policy.SubjectPerson
	}
}

// subject makes the document of a subject, as policies judge it.
func (p *pass) subject(key pageKey) policy.Subject {
	s := p.snapshot
	subject := policy.Subject{ID: key.id, Kind: key.kind}
	holder := ownership.Holder(key.id)
	switch key.kind {
	case policy.SubjectArea:
		at, _ := slices.BinarySearchFunc(p.areas, ownership.AreaID(key.id), compareArea)
		subject.Input = areaInput(p.areas[at], s, p.result.Areas[at].Drift)
		subject.Unknown = unknownInput(p.areas[at], s)
		if p.areas[at].Denied() { // whom it names may be among what is left out, and is not held against it; what that declares is known
			subject.Unknown = because(subject.Unknown, p.areas[at].Stalled, "declared")
		}
	case policy.SubjectPerson:
		person := s.People.Persons[holder]
		subject.Input = &policy.PersonInput{
			Person: personDocument(person, s.Now, p.facts.teamsOf[holder]), ID: person.ID, Holder: key.id,
			Holds: p.holds(holder), Teams: p.facts.teamsOf[holder],
		}
		subject.Unknown = p.unknownPerson(person)
	case policy.SubjectTeam:
		team := s.People.Teams[holder]
		subject.Input = &policy.TeamInput{
			Team: teamDocument(holder, team, s.People), ID: team.ID, Holder: key.id, Holds: p.holds(holder), Children: p.facts.children[holder],
		}
		subject.Unknown = p.unknownTeam(holder, team)
	case policy.SubjectSchedule:
		subject.Input = &policy.ScheduleInput{ID: holder.Name(), Holder: key.id, Holds: p.holds(holder)}
		subject.Unknown = because(nil, p.unknownHolds, "holds")
	default:
		subject.Input = &policy.OrganisationInput{Areas: len(p.areas)}
		subject.Unknown = because(nil, p.snapshot.UncountedAreas(), "areas")
	}
	return subject
}

func (p *pass) holds(holder ownership.Holder) []policy.HeldDocument {
	return heldDocument(holder, p.held[holder], p.areas)
}

// unknownInput names the parts of an area's document that rest on unknown facts.
func unknownInput(area drift.Area, s *snapshot.Snapshot) []store.Unknown {
	if why := area.MayBeNone(); why != "" {
		return []store.Unknown{{Because: why}}
	}
	var unknown []store.Unknown
	for role, why := range sorted(area.UnknownRoles) {
		unknown = because(unknown, why, "observed", string(role))
	}
	for _, role := range s.Roles {
		unknown = because(unknown, area.UnknownDeclarations(role.Role), "declared", string(role.Role))
	}
	unknown = append(unknown, unidentified(area, s)...)
	for _, field := range []string{"description", "labels", "tier"} {
		unknown = because(unknown, area.Unread, "area", field)
	}
	unknown = because(unknown, area.Undeclared, "area", "parent")
	unknown = because(unknown, area.UnreadScope, "area", "repositories")
	unknown = because(unknown, s.RolesUnknown, "declared") // of roles that are not among the default ones, too
	unknown = because(unknown, s.RolesUnknown, "observed")
	unknown = because(unknown, s.RolesUnknown, "drift")
	unknown = because(unknown, area.Coverage.Unknown, "coverage")
	unknown = because(unknown, doubtfulFiles(area), "coverage", "effective")
	unknown = because(unknown, area.Coverage.Unknown, "codeowners")
	unknown = because(unknown, area.UnknownHistory, "contributors")
	return because(unknown, unknownDrift(area, s), "drift")
}

// because adds a path to those that are unknown, if there is a reason.
func because(unknown []store.Unknown, why string, path ...string) []store.Unknown {
	if why == "" {
		return unknown
	}
	return append(unknown, store.Unknown{Path: slices.Clone(path), Because: why}) // a path that is not kept costs nothing
}

// unknownDrift says why an area's drift may not be whole.
func unknownDrift(area drift.Area, s *snapshot.Snapshot) string {
	if reason, why, _ := strings.Cut(area.Stalled, ": "); reason == snapshot.ScopeUnknown || reason == snapshot.ScopeNotFound {
		return why // what is missing is not looked for
	}
	doubt := func(holder ownership.Holder, role ownership.Role) string {
		if standing := s.People.Standing(holder); standing.Status == snapshot.Doubtful {
			return standing.Message
		}
		for _, repository := range area.Repositories {
			if role != ownership.Approver || slices.Contains(area.Missing, repository) {
				continue
			}
			if access := s.People.Access(holder, repository); access.Status == snapshot.Doubtful {
				return access.Message
			}
		}
		return s.People.Unidentified(holder)
	}
	for _, role := range s.Roles {
		if because := area.UnknownDeclarations(role.Role); because != "" {
			return because
		}
		if because := area.UnknownRoles[role.Role]; because != "" && s.DecidedFor(role, area.Area) {
			return because
		}
		for _, declared := range area.Declared.Of(role.Role) {
			if why := doubt(declared.Holder, role.Role); why != "" {
				return why
			}
		}
		for _, observed := range area.Observed.Of(role.Role) {
			if why := doubt(observed.Holder, role.Role); why != "" {
				return why
			}
		}
	}
	return ""
}

// unknownHolds says why it may not be known whole what people hold.
func unknownHolds(areas []drift.Area, s *snapshot.Snapshot) string {
	if why := s.UnlistedAreas(); why != "" {
		return "who holds what in areas that are not listed is unknown: " + why
	}
	for _, area := range areas {
		if why := unknownHolders(area); why != "" {
			return why
		}
	}
	return ""
}

// unknownHolders says why it may not be known whole who holds what in an area.
func unknownHolders(area drift.Area) string {
	if area.DeclaredUnknown != "" {
		return string(area.ID) + ": " + area.DeclaredUnknown
	}
	for role, because := range sorted(area.UnknownDeclared) {
		return fmt.Sprintf("%s: who is declared %s is unknown: %s", area.ID, role, because)
	}
	for role, because := range sorted(area.UnknownRoles) {
		return fmt.Sprintf("%s: who is %s is unknown: %s", area.ID, role, because)
	}
	return ""
}

func (p *pass) unknownPerson(person *ownership.Person) []store.Unknown {
	unknown := because(nil, person.Unknown, "person")
	unknown = because(unknown, person.Unknown, "teams")
	unknown = because(unknown, p.snapshot.People.UnknownTeams(), "teams")
	unknown = because(unknown, p.snapshot.People.UnknownTeams(), "person", "teams")
	return because(unknown, p.unknownHolds, "holds")
}

func (p *pass) unknownTeam(holder ownership.Holder, team *ownership.Team) []store.Unknown {
	people := p.snapshot.People
	unknown := because(nil, team.Unknown, "team")
	for field, why := range unknownTeamFields(people, holder) {
		unknown = because(unknown, why, "team", field)
	}
	unknown = because(unknown, people.IncompleteTeams(), "children")
	return because(unknown, p.unknownHolds, "holds")
}

// unknownTeamFields are the fields of a team's document that may not be whole although the team could be read, and why.
func unknownTeamFields(people *snapshot.People, holder ownership.Holder) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		below := people.UnknownBelow(holder)
		_ = yield("members", below) && yield("active_members", cmp.Or(people.UnlistedMember(holder), below)) &&
			yield("repositories", people.UnknownPermissions(holder))
	}
}

// unknownFacts names the parts of data.remit that rest on unknown facts of people and repositories. The holders are all
// who hold something; others says why there may be more of them.
func unknownFacts[V any](s *snapshot.Snapshot, holders map[ownership.Holder]V, others string) []store.Unknown {
	var unknown []store.Unknown
	add := func(why string, path ...string) {
		if why != "" {
			unknown = append(unknown, store.Unknown{Path: append([]string{store.Root}, path...), Because: why})
		}
	}
	incomplete := func(why, document string) {
		if why != "" {
			unknown = append(unknown, store.Unknown{Path: []string{store.Root, document}, Because: why, Incomplete: true})
		}
	}
	add(s.People.Unknown, documentPeople)
	add(s.People.Unknown, documentTeams)
	incomplete(s.People.Incomplete(), documentPeople)
	incomplete(s.People.IncompleteTeams(), documentTeams)
	teamsUnknown := s.People.UnknownTeams()
	for holder, person := range s.People.Persons {
		add(person.Unknown, documentPeople, string(holder))
		add(teamsUnknown, documentPeople, string(holder), "teams")
	}
	for holder, team := range s.People.Teams {
		add(team.Unknown, documentTeams, string(holder))
		for field, why := range unknownTeamFields(s.People, holder) {
			add(why, documentTeams, string(holder), field)
		}
	}
	for holder := range holders { // teams that may exist although they are not listed
		if holder.Kind() != ownership.HolderTeam || s.People.Teams[holder] != nil {
			continue
		}
		if standing := s.People.Standing(holder); standing.Status == snapshot.Doubtful {
			add(standing.Message, documentTeams, string(holder))
		}
	}
	if others != "" && s.People.Observed {
		unknown = append(unknown, store.Unknown{Path: []string{store.Root, documentTeams}, Because: others, Whole: true})
	}
	for _, repository := range s.Repositories {
		add(repository.Unknown(), documentRepositories, repository.ID())
	}
	incomplete(s.UnlistedRepositories(false), documentRepositories)
	for _, area := range s.Areas {
		for _, id := range area.Missing {
			add(s.WhyMissing(id), documentRepositories, id)
		}
	}
	for id, why := range s.UnreadRepositories() {
		add(why, documentRepositories, id)
	}
	return unknown
}

// unknownObserved names the parts of data.remit.areas that rest on unknown observations.
func unknownObserved(s *snapshot.Snapshot) []store.Unknown {
	var unknown []store.Unknown
	for _, area := range s.Areas {
		for _, field := range []string{"labels", "tier"} {
			unknown = because(unknown, area.Unread, store.Root, documentAreas, string(area.ID), field)
		}
		unknown = because(unknown, area.Undeclared, store.Root, documentAreas, string(area.ID), "parent")
		unknown = because(unknown, area.MayBeNone(), store.Root, documentAreas, string(area.ID))
		for role, why := range area.UnknownRoles {
			unknown = because(unknown, why, store.Root, documentAreas, string(area.ID), "observed", string(role))
		}
	}
	if why := s.UnlistedAreas(); why != "" {
		unknown = append(unknown, store.Unknown{Path: []string{store.Root, documentAreas}, Because: why, Incomplete: true})
	}
	return unknown
}

// unknownAreas names those as well that rest on unknown declarations, on roles whose configuration is unknown, or on who is who.
func unknownAreas(s *snapshot.Snapshot, areas []drift.Area, held map[ownership.Holder][]int32) []store.Unknown {
	unknown := unknownObserved(s)
	for _, area := range areas {
		unknown = append(unknown, unidentified(area, s, store.Root, documentAreas, string(area.ID))...)
		if s.RolesUnknown != "" {
			unknown = because(unknown, s.RolesUnknown, store.Root, documentAreas, string(area.ID), "declared")
			unknown = because(unknown, s.RolesUnknown, store.Root, documentAreas, string(area.ID), "observed")
		}
		if area.DeclaredUnknown == "" && len(area.UnknownDeclared) == 0 {
			continue
		}
		for _, role := range s.Roles {
			unknown = because(unknown, area.UnknownDeclarations(role.Role), store.Root, documentAreas, string(area.ID), "declared", string(role.Role))
		}
		unknown = because(unknown, area.DeclaredUnknown, store.Root, documentLoad)
		for _, why := range sorted(area.UnknownDeclared) {
			unknown = because(unknown, why, store.Root, documentLoad)
		}
	}
	unknown = because(unknown, s.UnlistedAreas(), store.Root, documentLoad)
	unknown = because(unknown, unknownLoad(held, areas, s), store.Root, documentLoad)
	return slices.Clip(because(unknown, s.RolesUnknown, store.Root, documentLoad))
}
