package engine

import (
	"iter"
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
		holders := make([]policy.DeclaredHolder, len(declared.Of(role.Role)))
		for i, d := range declared.Of(role.Role) {
			holders[i] = policy.DeclaredHolder{Holder: string(d.Holder), By: string(d.Layer)}
		}
		document[string(role.Role)] = holders
	}
	return document
}

func observedDocument(observed ownership.Assignments[ownership.Observed], roles []ownership.RoleDefinition) map[string][]policy.ObservedHolder {
	document := make(map[string][]policy.ObservedHolder, len(roles))
	for _, role := range roles {
		holders := make([]policy.ObservedHolder, len(observed.Of(role.Role)))
		for i, o := range observed.Of(role.Role) {
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

func personDocument(person *ownership.Person, now time.Time, teams []string) policy.PersonDocument {
	return policy.PersonDocument{
		Name: person.Name, Kind: string(person.Kind), Active: person.ActiveAt(now), Ends: person.LastDay(), Teams: teams,
	}
}

func teamDocument(holder ownership.Holder, team *ownership.Team, people *snapshot.People) policy.TeamDocument {
	document := policy.TeamDocument{
		Name: team.Name, Secret: team.Secret, Members: []string{}, ActiveMembers: []string{}, Maintainers: []string{},
		Repositories: people.Permissions(holder),
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

// loadOf counts, for each holder, the declared roles and the areas that these are in.
func loadOf(s *snapshot.Snapshot, b *barrier) map[string]policy.LoadDocument {
	loads := map[string]policy.LoadDocument{}
	for _, area := range s.Areas {
		counted := map[ownership.Holder]bool{}
		for role, declarations := range b.merged[area.ID].declared.All() {
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

func areaView(area *snapshot.Area, declared ownership.Assignments[ownership.Declaration], roles []ownership.RoleDefinition) policy.AreaView {
	return policy.AreaView{
		Tier: area.Tier, Parent: parentID(area), Labels: area.Labels,
		Declared: declaredDocument(declared, roles), Observed: observedDocument(area.Observed, roles),
	}
}

func repositoryDocument(repository *snapshot.Repository) policy.RepositoryDocument {
	return policy.RepositoryDocument{
		Codeowners: repository.Facts.Codeowners.Path, Rules: len(repository.Rules), Files: len(repository.Facts.Files.Paths),
	}
}

func clockDocument(now time.Time) policy.ClockDocument {
	return policy.ClockDocument{Day: now.UTC().Format(time.DateOnly), Hour: now.UTC().Hour()}
}

// heldBy lists, for each of the holders wanted (nil: all), the areas, by place, in which they are declared or observed.
func heldBy(areas []drift.Area, wanted map[ownership.Holder]bool) map[ownership.Holder][]int32 {
	held := map[ownership.Holder][]int32{}
	for i, area := range areas {
		at := int32(i) //nolint:gosec // areas are counted in thousands
		for holder := range holdersOf(area) {
			if in := held[holder]; (wanted == nil || wanted[holder]) && (len(in) == 0 || in[len(in)-1] != at) {
				held[holder] = append(in, at)
			}
		}
	}
	return held
}

// heldDocument is what a holder is declared or observed to hold in some areas, in their order.
func heldDocument(holder ownership.Holder, in []int32, areas []drift.Area) []policy.HeldDocument {
	var document []policy.HeldDocument
	for _, i := range in {
		area := areas[i]
		for role := range area.Declared.All() {
			for _, d := range area.InForce(role) {
				if d.Holder == holder {
					document = append(document, policy.HeldDocument{Area: string(area.ID), Role: string(role), How: "declared", At: d.Location.String()})
				}
			}
		}
		for role, observed := range area.Observed.All() {
			for _, o := range observed {
				if o.Holder == holder {
					document = append(document, policy.HeldDocument{Area: string(area.ID), Role: string(role), How: "observed", At: firstLocation(o.Locations)})
				}
			}
		}
	}
	return document
}

// holdersOf ranges over all who are declared or observed in an area, in no particular order; some come twice.
func holdersOf(area drift.Area) iter.Seq[ownership.Holder] {
	return func(yield func(ownership.Holder) bool) {
		for _, declarations := range area.Declared.All() {
			for i := range declarations {
				if !yield(declarations[i].Holder) {
					return
				}
			}
		}
		for _, observed := range area.Observed.All() {
			for i := range observed {
				if !yield(observed[i].Holder) {
					return
				}
			}
		}
	}
}
