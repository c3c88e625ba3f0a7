package engine

import (
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
)

// areaInput is the document that policies see of an area; drift is nil while policies declare.
func areaInput(area drift.Area, s *snapshot.Snapshot, found []ownership.Drift) *policy.AreaInput {
	return &policy.AreaInput{
		Area: policy.AreaDocument{
			ID: string(area.ID), Namespace: area.Namespace, Name: area.Name, Description: area.Description, Tier: area.Tier,
			Parent: parentID(area.Area), Labels: area.Labels, Repositories: area.Repositories, Virtual: area.Virtual,
		},
		Declared: declaredDocument(area.Declared, s.Roles),
		Observed: observedDocument(area.Observed, s.Roles),
		Drift:    driftDocument(found),
		Coverage: policy.CoverageDocument{
			Total: area.Coverage.Total, Owned: area.Coverage.Owned, CatchAll: area.Coverage.CatchAll,
			Effective: area.Coverage.Effective, Unowned: area.Coverage.Unowned, Unmatched: area.Coverage.Unmatched,
		},
		Contributors: contributorsDocument(area.Contributors),
		Codeowners:   codeownersDocument(area.Codeowners),
	}
}

func parentID(area *snapshot.Area) string {
	if area.Parent == nil {
		return ""
	}
	return string(area.Parent.ID)
}

// declaredDocument has a key for each configured role.
func declaredDocument(declared ownership.Assignments[ownership.Declaration], roles []ownership.RoleDefinition) map[string][]policy.DeclaredHolder {
	document := make(map[string][]policy.DeclaredHolder, len(roles))
	for _, role := range roles {
		holders := make([]policy.DeclaredHolder, len(declared[role.Role]))
		for i, d := range declared[role.Role] {
			holders[i] = policy.DeclaredHolder{Holder: string(d.Holder), By: string(d.Layer)}
		}
		document[string(role.Role)] = holders
	}
	return document
}

func observedDocument(observed ownership.Assignments[ownership.Observed], roles []ownership.RoleDefinition) map[string][]policy.ObservedHolder {
	document := make(map[string][]policy.ObservedHolder, len(roles))
	for _, role := range roles {
		holders := make([]policy.ObservedHolder, len(observed[role.Role]))
		for i, o := range observed[role.Role] {
			holders[i] = policy.ObservedHolder{
				Holder: string(o.Holder), Source: o.Source, At: firstLocation(o.Locations), Files: o.Files, Total: o.Total,
			}
		}
		document[string(role.Role)] = holders
	}
	return document
}

func firstLocation(locations []ownership.Location) string {
	if len(locations) == 0 {
		return ""
	}
	return locations[0].String()
}

func driftDocument(found []ownership.Drift) []policy.DriftDocument {
	document := make([]policy.DriftDocument, len(found))
	for i, d := range found {
		document[i] = policy.DriftDocument{
			Kind: string(d.Kind), Role: string(d.Role), Holder: string(d.Holder), Reason: d.Reason,
			Message: d.Message, At: firstLocation(d.Locations),
		}
	}
	return document
}

func contributorsDocument(contributors []snapshot.Contributor) []policy.ContributorDocument {
	document := make([]policy.ContributorDocument, len(contributors))
	for i, c := range contributors {
		document[i] = policy.ContributorDocument{
			Holder: string(c.Holder), Commits: c.Commits, Share: float64(c.Commits) / float64(c.Of),
			LastDay: c.Last.UTC().Format(time.DateOnly), Bot: c.Bot,
		}
	}
	return document
}

func codeownersDocument(problems []snapshot.CodeownersProblem) []policy.CodeownersProblem {
	document := make([]policy.CodeownersProblem, len(problems))
	for i, p := range problems {
		document[i] = policy.CodeownersProblem{
			Kind: string(p.Kind), Repository: p.Repository, File: p.File, Line: p.Line, Pattern: p.Pattern, Message: p.Message,
		}
	}
	return document
}

// dataDocument is data.remit: what all policies can look up.
func dataDocument(s *snapshot.Snapshot, declared map[ownership.AreaID]ownership.Assignments[ownership.Declaration]) *policy.Data {
	data := &policy.Data{
		People:       make(map[string]policy.PersonDocument, len(s.People.Persons)),
		Teams:        make(map[string]policy.TeamDocument, len(s.People.Teams)),
		Areas:        make(map[string]policy.AreaView, len(s.Areas)),
		Repositories: make(map[string]policy.RepositoryDocument, len(s.Repositories)),
		Load:         load(s, declared),
		Clock:        policy.ClockDocument{Day: s.Now.UTC().Format(time.DateOnly), Hour: s.Now.UTC().Hour()},
	}
	teamsOf := teamsByPerson(s)
	for holder, person := range s.People.Persons {
		data.People[string(holder)] = personDocument(person, s.Now, teamsOf[holder])
	}
	for holder, team := range s.People.Teams {
		data.Teams[string(holder)] = teamDocument(holder, team, s.People)
	}
	for _, area := range s.Areas {
		data.Areas[string(area.ID)] = policy.AreaView{
			Tier: area.Tier, Parent: parentID(area), Labels: area.Labels,
			Declared: declaredDocument(declared[area.ID], s.Roles), Observed: observedDocument(area.Observed, s.Roles),
		}
	}
	for _, repository := range s.Repositories {
		data.Repositories[repository.ID()] = policy.RepositoryDocument{
			Codeowners: repository.Facts.Codeowners.Path, Rules: len(repository.Rules), Files: len(repository.Facts.Files.Paths),
		}
	}
	return data
}

func personDocument(person *ownership.Person, now time.Time, teams []string) policy.PersonDocument {
	return policy.PersonDocument{
		Name: person.Name, Kind: string(person.Kind), Active: person.ActiveAt(now), Ends: person.LastDay(), Teams: teams,
	}
}

func teamDocument(holder ownership.Holder, team *ownership.Team, people *snapshot.People) policy.TeamDocument {
	document := policy.TeamDocument{
		Name: team.Name, Secret: team.Secret, Members: []string{}, ActiveMembers: []string{}, Maintainers: []string{},
		Repositories: map[string]string{},
	}
	if team.Parent != "" {
		document.Parent = string(ownership.TeamHolder(team.Parent))
	}
	for _, member := range people.Members(holder) {
		document.Members = append(document.Members, string(member))
		if people.IsActiveHuman(member) {
			document.ActiveMembers = append(document.ActiveMembers, string(member))
		}
	}
	for _, id := range team.Maintainers {
		document.Maintainers = append(document.Maintainers, string(people.Person(id)))
	}
	for repository, permission := range people.Permissions(holder) {
		document.Repositories[repository] = string(permission)
	}
	return document
}

// teamsByPerson names, for each person, the teams that list them, sorted.
func teamsByPerson(s *snapshot.Snapshot) map[ownership.Holder][]string {
	teams := map[ownership.Holder][]string{}
	for holder, team := range s.People.Teams {
		for _, id := range slices.Concat(team.Members, team.Maintainers) {
			person := s.People.Person(id)
			teams[person] = append(teams[person], string(holder))
		}
	}
	for person := range teams {
		slices.Sort(teams[person])
		teams[person] = slices.Compact(teams[person])
	}
	return teams
}

// load counts, for each holder, the declared roles and the areas that these are in.
func load(s *snapshot.Snapshot, declared map[ownership.AreaID]ownership.Assignments[ownership.Declaration]) map[string]policy.LoadDocument {
	loads := map[string]policy.LoadDocument{}
	for _, area := range s.Areas {
		counted := map[ownership.Holder]bool{}
		for role, declarations := range declared[area.ID] {
			for _, d := range declarations {
				document, has := loads[string(d.Holder)]
				if !has {
					document.Roles = map[string]int{}
				}
				document.Roles[string(role)]++
				if !counted[d.Holder] {
					counted[d.Holder] = true
					document.Areas++
				}
				loads[string(d.Holder)] = document
			}
		}
	}
	return loads
}

// personInputs are the documents that policies see of persons: what each holds in their own name, and their teams.
func personInputs(s *snapshot.Snapshot, areas []drift.Area) map[ownership.Holder]*policy.PersonInput {
	held := heldBy(areas)
	teamsOf := teamsByPerson(s)
	inputs := make(map[ownership.Holder]*policy.PersonInput, len(s.People.Persons))
	for holder, person := range s.People.Persons {
		inputs[holder] = &policy.PersonInput{
			Person: personDocument(person, s.Now, teamsOf[holder]), ID: person.ID, Holder: string(holder),
			Holds: held[holder], Teams: teamsOf[holder],
		}
	}
	return inputs
}

// heldBy lists, for each holder, what they are declared or observed to hold, in the order of the areas.
func heldBy(areas []drift.Area) map[ownership.Holder][]policy.HeldDocument {
	held := map[ownership.Holder][]policy.HeldDocument{}
	for _, area := range areas {
		for role, declarations := range sorted(area.Declared) {
			for _, d := range declarations {
				held[d.Holder] = append(held[d.Holder], policy.HeldDocument{
					Area: string(area.ID), Role: string(role), How: "declared", At: d.Location.String(),
				})
			}
		}
		for role, observed := range sorted(area.Observed) {
			for _, o := range observed {
				held[o.Holder] = append(held[o.Holder], policy.HeldDocument{
					Area: string(area.ID), Role: string(role), How: "observed", At: firstLocation(o.Locations),
				})
			}
		}
	}
	return held
}
