package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/store"
	"github.com/remit-dev/remit/controller/snapshot"
)

// judge runs policies over a snapshot and keeps what came of each.
type judge struct {
	snapshot *snapshot.Snapshot
	policies *Policies
	workers  int

	outcomes []policy.Outcome
}

// declared are the assignments that policies declare, by area and role.
type declared map[ownership.AreaID]map[ownership.Role][]ownership.Declaration

// declare lets policies declare, on what manifests and sources say. The second result says, by area, why what is
// declared may not be whole: a policy failed on it, or rests on unknown facts.
func (j *judge) declare(ctx context.Context, b *barrier) (declared, map[ownership.AreaID]string, error) {
	s := j.snapshot
	if !j.policies.declares() {
		return nil, nil, nil
	}
	subjects := make([]policy.Subject, len(s.Areas))
	for i, area := range s.Areas {
		plain := drift.Area{Area: area, Declared: b.merged[area.ID]}
		subjects[i] = policy.Subject{
			ID: string(area.ID), Kind: policy.SubjectArea, Input: areaInput(plain, s, nil), Unknown: unknownInput(plain, s),
		}
	}
	from, err := policy.NewStore(dataDocument(s, b.merged), unknownData(b, nil)...)
	if err != nil {
		return nil, nil, err
	}
	done, err := j.policies.set.Declare(ctx, from, subjects, j.options())
	if err != nil {
		return nil, nil, fmt.Errorf("declaring: %w", err)
	}
	j.outcomes = append(j.outcomes, done.Outcome)
	declarations := declared{}
	for _, d := range done.Declared {
		j.add(declarations, d)
	}
	return declarations, unsure(done.Outcome), nil
}

func (j *judge) add(declarations declared, d policy.Declared) {
	if declarations[d.Area] == nil {
		declarations[d.Area] = map[ownership.Role][]ownership.Declaration{}
	}
	declarations[d.Area][d.Role] = append(declarations[d.Area][d.Role], ownership.Declaration{
		Holder: d.Holder, Layer: ownership.LayerPolicy, By: "policy " + d.Policy, Reason: d.Reason, Location: d.Location,
		Mode: cmp.Or(j.policies.settings[d.Policy].mode, ownership.Observe),
	})
}

// unsure says, by area, which policy could not declare.
func unsure(outcome policy.Outcome) map[ownership.AreaID]string {
	areas := map[ownership.AreaID]string{}
	for _, undetermined := range outcome.Undetermined {
		areas[ownership.AreaID(undetermined.Subject)] = fmt.Sprintf("what policy %s declares is unknown: %s", undetermined.Policy, undetermined.Because)
	}
	for _, failure := range outcome.Failures {
		areas[ownership.AreaID(failure.Subject)] = fmt.Sprintf("what policy %s declares is unknown: it failed", failure.Policy)
	}
	return areas
}

// judge lets policies judge every subject.
func (j *judge) judge(ctx context.Context, areas []drift.Area, found [][]ownership.Drift, b *barrier) ([]ownership.Finding, error) {
	s := j.snapshot
	subjects := make([]policy.Subject, 0, len(areas)+len(s.People.Persons)+1)
	for i, area := range areas {
		subjects = append(subjects, policy.Subject{
			ID: string(area.ID), Kind: policy.SubjectArea, Input: areaInput(area, s, found[i]), Unknown: unknownInput(area, s),
		})
	}
	held := unknownHolds(areas)
	for holder, input := range sorted(personInputs(s, areas)) {
		subjects = append(subjects, policy.Subject{
			ID: string(holder), Kind: policy.SubjectPerson, Input: input, Unknown: unknownPerson(s, holder, held),
		})
	}
	subjects = append(subjects, policy.Subject{
		ID: "organisation", Kind: policy.SubjectOrganisation, Input: &policy.OrganisationInput{Areas: len(areas)},
	})
	from, err := policy.NewStore(dataDocument(s, b.merged), unknownData(b, areas)...)
	if err != nil {
		return nil, err
	}
	done, err := j.policies.set.Judge(ctx, from, subjects, j.options())
	if err != nil {
		return nil, fmt.Errorf("judging: %w", err)
	}
	j.outcomes = append(j.outcomes, done.Outcome)
	return done.Findings, nil
}

func (j *judge) options() policy.Options {
	return policy.Options{Workers: j.workers, Applies: func(instance string, subject *policy.Subject) bool {
		return subject.Kind != policy.SubjectArea || j.policies.applies(instance, j.snapshot.Area(ownership.AreaID(subject.ID)))
	}}
}

// statuses unites how each policy fared when it declared and when it judged, by name; those that could not be compiled
// stand among them.
func (j *judge) statuses() []ownership.PolicyStatus {
	byName := map[string]ownership.PolicyStatus{}
	for _, failed := range j.policies.failed {
		byName[failed.Name] = failed
	}
	for _, outcome := range j.outcomes {
		for _, status := range outcome.Policies {
			sum, has := byName[status.Name]
			if !has {
				sum = status.PolicyStatus
			} else {
				sum.Subjects = max(sum.Subjects, status.Subjects)
				sum.Failed += status.Failed
				sum.Duration += status.Duration
				sum.Error = firstOf(sum.Error, status.Error)
			}
			byName[status.Name] = sum
		}
	}
	statuses := make([]ownership.PolicyStatus, 0, len(byName))
	for _, status := range sorted(byName) {
		statuses = append(statuses, status)
	}
	return statuses
}

// undetermined counts, by policy, the subjects that it could not judge.
func (j *judge) undetermined() map[string]int {
	counts := map[string]int{}
	for _, outcome := range j.outcomes {
		for _, status := range outcome.Policies {
			counts[status.Name] += status.Undetermined
		}
	}
	maps.DeleteFunc(counts, func(_ string, count int) bool { return count == 0 })
	return counts
}

// problems are the failures of policies, the first of each with the number of all, and their warnings.
func (j *judge) problems() []ownership.Problem {
	var problems []ownership.Problem
	for _, outcome := range j.outcomes {
		count := map[string]int{}
		for _, failure := range outcome.Failures {
			count[failure.Policy]++
		}
		for _, failure := range outcome.Failures {
			if n := count[failure.Policy]; n > 0 {
				problem := failure.Problem
				problem.Message = fmt.Sprintf("policy %s failed on %s%s: %s", failure.Policy, failure.Subject, andOthers(n-1), problem.Message)
				problems = append(problems, problem)
				count[failure.Policy] = 0
			}
		}
		problems = append(problems, outcome.Warnings...)
	}
	return problems
}

func andOthers(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " and 1 other"
	}
	return fmt.Sprintf(" and %d others", n)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// unknownData names the parts of data.remit that rest on unknown facts.
func unknownData(b *barrier, areas []drift.Area) []store.Unknown {
	s := b.snapshot
	var unknown []store.Unknown
	add := func(because string, path ...string) {
		if because != "" {
			unknown = append(unknown, store.Unknown{Path: append([]string{store.Root}, path...), Because: because})
		}
	}
	add(s.People.Unknown, "people")
	add(s.People.Unknown, "teams")
	incomplete := func(because, document string) {
		if because != "" {
			unknown = append(unknown, store.Unknown{Path: []string{store.Root, document}, Because: because, Incomplete: true})
		}
	}
	incomplete(s.People.Incomplete(), "people")
	incomplete(s.People.IncompleteTeams(), "teams")
	for holder, person := range s.People.Persons {
		add(person.Unknown, "people", string(holder))
	}
	for holder, team := range s.People.Teams {
		add(team.Unknown, "teams", string(holder))
		add(s.People.UnlistedMember(holder), "teams", string(holder), "active_members")
	}
	for holder, because := range doubtfulTeams(b) {
		add(because, "teams", string(holder))
	}
	for _, repository := range s.Repositories {
		add(repository.Unknown(), "repositories", repository.ID())
	}
	for _, area := range s.Areas {
		for role, because := range area.UnknownRoles {
			add(because, "areas", string(area.ID), "observed", string(role))
		}
	}
	for _, area := range areas {
		for _, role := range s.Roles {
			add(area.UnknownDeclarations(role.Role), "areas", string(area.ID), "declared", string(role.Role))
		}
		add(area.DeclaredUnknown, "load")
	}
	return unknown
}

// doubtfulTeams are the teams that hold something and that may exist although they are not listed, as those of an
// organisation whose teams no source lists.
func doubtfulTeams(b *barrier) map[ownership.Holder]string {
	doubtful := map[ownership.Holder]string{}
	check := func(holder ownership.Holder) {
		if holder.Kind() != ownership.HolderTeam || b.snapshot.People.Teams[holder] != nil {
			return
		}
		if standing := b.snapshot.People.Standing(holder); standing.Status == snapshot.Doubtful {
			doubtful[holder] = standing.Message
		}
	}
	for _, area := range b.snapshot.Areas {
		for _, observed := range area.Observed {
			for _, o := range observed {
				check(o.Holder)
			}
		}
		for _, declared := range b.merged[area.ID] {
			for _, d := range declared {
				check(d.Holder)
			}
		}
	}
	return doubtful
}

// unknownHolds says why it may not be known whole what people hold.
func unknownHolds(areas []drift.Area) string {
	for _, area := range areas {
		if area.DeclaredUnknown != "" {
			return string(area.ID) + ": " + area.DeclaredUnknown
		}
		for role, because := range sorted(area.UnknownRoles) {
			return fmt.Sprintf("%s: who is %s is unknown: %s", area.ID, role, because)
		}
	}
	return ""
}

func unknownPerson(s *snapshot.Snapshot, holder ownership.Holder, holds string) []store.Unknown {
	var unknown []store.Unknown
	if because := s.People.Persons[holder].Unknown; because != "" {
		unknown = append(unknown, store.Unknown{Path: []string{"person"}, Because: because}, store.Unknown{Path: []string{"teams"}, Because: because})
	}
	if s.People.Unknown != "" {
		unknown = append(unknown, store.Unknown{Path: []string{"teams"}, Because: s.People.Unknown})
	}
	if holds != "" {
		unknown = append(unknown, store.Unknown{Path: []string{"holds"}, Because: holds})
	}
	return unknown
}

// refused names the instances that could not be compiled, from the problems that say why.
func (p *Policies) failRefused(sources []policy.Source, problems []ownership.Problem) {
	compiled := map[string]bool{}
	for _, instance := range p.set.Policies() {
		compiled[instance.Name] = true
	}
	for _, source := range sources {
		if compiled[source.Name] {
			continue
		}
		reason := "it could not be compiled"
		for _, problem := range problems {
			// Several may stand in one manifest, and the problems come in the order of the lines.
			inText := problem.File == source.File && (!source.Embedded || problem.Line >= source.Location.Line)
			if inText || problem.Location == source.Location {
				reason = strings.TrimSpace(problem.Error())
				break
			}
		}
		p.failed = append(p.failed, ownership.PolicyStatus{Name: source.Name, Error: reason})
	}
}
