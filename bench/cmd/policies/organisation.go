package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

var (
	tiers = []string{"critical", "high", "low", ""}
	roles = []string{"accountable", "responsible", "approver", "oncall", "deputy", "consulted", "informed"}
)

// organisation is a made-up company: the documents of its areas and of data.remit.
func organisation(areas, teams int) ([]policy.Subject, *policy.Data) {
	random := rand.New(rand.NewPCG(1, 2))
	data := &policy.Data{
		People: map[string]policy.PersonDocument{}, Teams: map[string]policy.TeamDocument{}, Areas: map[string]policy.AreaView{},
		Repositories: map[string]policy.RepositoryDocument{}, Load: map[string]policy.LoadDocument{},
		Clock: policy.ClockDocument{Day: "2026-03-02", Hour: 9},
	}
	for i := range teams * 8 {
		data.People[person(i)] = policy.PersonDocument{Name: fmt.Sprint("Person ", i), Kind: "human", Active: i%25 != 0, Teams: []string{team(i % teams)}}
	}
	for i := range teams {
		document := policy.TeamDocument{Name: fmt.Sprint("Team ", i), Members: []string{}, ActiveMembers: []string{}, Maintainers: []string{}, Repositories: map[string]ownership.Permission{"acme/r": ownership.PermissionWrite}}
		for p := i; p < teams*8; p += teams {
			document.Members = append(document.Members, person(p))
			if data.People[person(p)].Active && i%40 != 0 {
				document.ActiveMembers = append(document.ActiveMembers, person(p))
			}
		}
		data.Teams[team(i)] = document
	}
	subjects := make([]policy.Subject, areas)
	for i := range subjects {
		input := area(i, teams, random)
		for _, holder := range input.Declared["accountable"] {
			load := data.Load[holder.Holder]
			load.Areas++
			data.Load[holder.Holder] = load
		}
		data.Areas[input.Area.ID] = policy.AreaView{Tier: input.Area.Tier, Declared: input.Declared, Observed: input.Observed}
		subjects[i] = policy.Subject{ID: input.Area.ID, Kind: policy.SubjectArea, Input: input}
	}
	return subjects, data
}

func person(i int) string { return fmt.Sprintf("user:person-%d", i) }
func team(i int) string   { return fmt.Sprintf("team:acme/team-%d", i) }

func area(i, teams int, random *rand.Rand) *policy.AreaInput {
	owner := random.IntN(teams)
	repository := fmt.Sprintf("acme/repository-%d", i)
	input := &policy.AreaInput{
		Area: policy.AreaDocument{
			ID: fmt.Sprintf("team-%d/area-%d", owner, i), Namespace: fmt.Sprint("team-", owner), Name: fmt.Sprint("area-", i),
			Description: "What this area does.", Tier: tiers[random.IntN(len(tiers))],
			Labels: map[string]string{"language": "go", "team": fmt.Sprint(owner)}, Repositories: []string{repository},
		},
		Declared: map[string][]policy.DeclaredHolder{}, Observed: map[string][]policy.ObservedHolder{},
		Drift: []policy.DriftDocument{}, Contributors: []policy.ContributorDocument{}, Codeowners: []policy.CodeownersProblem{},
	}
	for _, role := range roles {
		input.Declared[role], input.Observed[role] = []policy.DeclaredHolder{}, []policy.ObservedHolder{}
	}
	total := 20 + random.IntN(500)
	if random.IntN(20) > 0 {
		input.Declared["accountable"] = []policy.DeclaredHolder{{Holder: team(owner), By: "area"}}
	}
	if random.IntN(3) > 0 {
		input.Declared["deputy"] = []policy.DeclaredHolder{{Holder: person(random.IntN(teams * 8)), By: "area"}}
	}
	for n := range 1 + random.IntN(3) {
		holder := team(owner)
		if n > 0 {
			holder = person(random.IntN(teams * 8))
		}
		input.Observed["approver"] = append(input.Observed["approver"], policy.ObservedHolder{
			Holder: holder, Source: "checkouts", At: repository + " .github/CODEOWNERS:" + fmt.Sprint(n+1), Files: total / (n + 1), Total: total,
		})
	}
	owned := total - random.IntN(total/3)
	input.Coverage = policy.CoverageDocument{Total: total, Owned: owned, Effective: owned, Unmatched: total - owned}
	for n := range random.IntN(5) {
		input.Contributors = append(input.Contributors, policy.ContributorDocument{
			Holder: person(owner + teams*(n+random.IntN(2)*random.IntN(7))%(teams*8)), Commits: 10 - n, Share: 0.4 / float64(n+1), LastDay: "2026-02-01", Bot: n == 3,
		})
	}
	if random.IntN(6) == 0 {
		input.Drift = append(input.Drift, policy.DriftDocument{Kind: []string{"missing", "conflicting"}[random.IntN(2)], Role: "approver",
			Holder: team(owner), Reason: "absent", Message: "declared, but not in CODEOWNERS", At: repository})
	}
	if random.IntN(8) == 0 {
		input.Codeowners = append(input.Codeowners, policy.CodeownersProblem{Kind: "dead", Repository: repository, File: ".github/CODEOWNERS",
			Line: 1 + random.IntN(40), Pattern: "/gone/", Message: "the rule matches no file"})
	}
	return input
}
