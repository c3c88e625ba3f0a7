package explain

import (
	"cmp"
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
)

// area explains one area.
func (x *explainer) area(id ownership.AreaID) *Area {
	area, result := x.result(id)
	answer := &Area{
		ID: area.ID, Description: area.Description, Tier: area.Tier, Mode: cmp.Or(area.Mode, ownership.Observe), Virtual: area.Virtual,
		Location: area.Location, Ancestors: ancestors(area.AreaManifest), Scope: scopeOf(area), Entities: area.Entities,
		Namespaces: area.Namespaces, Objects: area.Objects,
		State: result.State, Stalled: area.Stalled, Requirements: orEmpty(result.Requirements),
		Coverage: area.Coverage, UnownedFiles: area.UnownedFiles, Unknown: []Unknown{},
	}
	for _, role := range x.s.Roles {
		answer.Roles = append(answer.Roles, x.role(role, area, result))
	}
	answer.Unknown = x.unknownOf(area, answer.Roles)
	answer.Policies = x.areaPolicies(area)
	judged := map[string]bool{}
	for _, judging := range answer.Policies {
		judged[judging.Policy] = true
	}
	for _, finding := range x.outcome.Result.Findings {
		if finding.Subject == string(id) && !judged[finding.Policy] {
			answer.Findings = append(answer.Findings, finding)
		}
	}
	return answer
}

func ancestors(area *snapshot.AreaManifest) []ownership.AreaID {
	var ids []ownership.AreaID
	for parent := area.Parent; parent != nil; parent = parent.Parent {
		ids = append(ids, parent.ID)
	}
	return ids
}

func scopeOf(area drift.Area) []Scope {
	scope := []Scope{}
	for _, repository := range area.Repositories {
		scope = append(scope, Scope{
			Repository: repository, Patterns: orEmpty(area.Patterns(repository)), Unseen: slices.Contains(area.Missing, repository),
		})
	}
	return scope
}

// unknownOf are all facts about an area that are not known whole.
func (x *explainer) unknownOf(area drift.Area, roles []Role) []Unknown {
	unknown := []Unknown{}
	add := func(what, because string) {
		if because != "" && !slices.Contains(unknown, Unknown{what, because}) {
			unknown = append(unknown, Unknown{what, because})
		}
	}
	for _, role := range roles {
		add("who is declared "+string(role.Role), role.Unknown.Declared)
		add("who is observed as "+string(role.Role), role.Unknown.Observed)
	}
	add("who owns the files", area.Coverage.Unknown)
	for _, role := range roles {
		for _, holding := range role.Holders {
			if holding.Standing.Status == Doubtful {
				add("whether "+string(holding.Holder)+" can hold "+string(role.Role), holding.Standing.Message)
			}
		}
	}
	add("who worked there", area.UnknownHistory)
	return unknown
}

// areaPolicies are the policies that judged an area or declared for it.
func (x *explainer) areaPolicies(area drift.Area) []Policy {
	found := x.judging(string(area.ID))
	for _, declaring := range x.outcome.Declarings(area.ID) {
		at := slices.IndexFunc(found, func(p Policy) bool { return p.Policy == declaring.Policy })
		if at < 0 {
			found = append(found, x.policy(declaring.Reading))
			at = len(found) - 1
		} else {
			found[at].Input, found[at].Data = united(found[at].Input, declaring.Input), united(found[at].Data, declaring.Data)
			found[at].Undetermined = cmp.Or(found[at].Undetermined, declaring.Undetermined)
			found[at].Failure = cmp.Or(found[at].Failure, declaring.Failure)
		}
		for _, d := range declaring.Declared {
			found[at].Declared = append(found[at].Declared, PolicyDeclared{Role: d.Role, Holder: d.Holder, Reason: d.Reason})
		}
	}
	found = append(found, x.uncompiled(policy.SubjectArea, found)...)
	slices.SortStableFunc(found, comparePolicies)
	return found
}

// united are the texts of both lists, sorted, each once; never nil.
func united(a, b []string) []string {
	return orEmpty(slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b)))))
}

// orEmpty is the list, never nil.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
