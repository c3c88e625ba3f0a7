package operator

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/suggest"
)

// speaker says what the status of each object should be, pass after pass of one Engine. It keeps the statuses of Areas:
// of 10,000, a changed fact changes a few.
type speaker struct{ areas map[ownership.AreaID]spoken }

// spoken is an Area's status, and what it was made of beside the area's result.
type spoken struct {
	said      said
	from      seen
	findings  []ownership.Finding
	suggested []v1alpha1.SuggestedOwner
	problems  []ownership.Problem
}

// verdicts are what a pass says that the status of each object should be.
type verdicts struct {
	declared *declared
	outcome  *engine.Outcome
	sighted  map[string]sighting
	now      time.Time

	problems map[string][]ownership.Problem // by the objects' places
	all      map[subject]said
}

// say gives the statuses of all objects. Those that are the same as at the last call are the very same.
func (s *speaker) say(declared *declared, outcome *engine.Outcome, sighted map[string]sighting, now time.Time) map[subject]said {
	v := verdicts{
		declared: declared, outcome: outcome, sighted: sighted, now: now,
		problems: map[string][]ownership.Problem{}, all: make(map[subject]said, len(declared.seen)),
	}
	for _, problem := range outcome.Result.Problems {
		if problem.File != "" && problem.Repository == "" {
			v.problems[problem.File] = append(v.problems[problem.File], problem)
		}
	}
	s.areas = v.areas(s.areas)
	v.others()
	return v.all
}

// put notes a status, with what it must say of the object that it is of.
func (v *verdicts) put(kind, namespace, name string, status interface {
	Status() *v1alpha1.ObjectStatus
}) {
	key := subject{kind, types.NamespacedName{Namespace: namespace, Name: name}}
	v.all[key] = about(v.declared.seen[key], status)
}

// about says a status of an object.
func about(seen seen, status interface {
	Status() *v1alpha1.ObjectStatus
}) said {
	common := status.Status()
	common.ObservedGeneration, common.LastHandledReconcileAt = seen.generation, boundedTo(seen.asked, 64)
	return said{uid: seen.uid, generation: seen.generation, status: status}
}

func (v *verdicts) of(kind, namespace, name string) []ownership.Problem {
	return v.problems[manifest.ObjectLocation(kind, namespace, name).File]
}

// areas says the statuses of Areas. One that is made of the same as the one before is that one.
func (v *verdicts) areas(before map[ownership.AreaID]spoken) map[ownership.AreaID]spoken {
	result := v.outcome.Result
	findings := map[string][]ownership.Finding{}
	for _, finding := range result.Findings { // the most severe first, and so they stay
		findings[finding.Subject] = append(findings[finding.Subject], finding)
	}
	places := make(map[ownership.AreaID]int, len(result.Areas)) // of results, and of the areas that they are of
	for i := range result.Areas {
		places[result.Areas[i].ID] = i
	}
	suggested := suggestions(v.outcome)
	now := make(map[ownership.AreaID]spoken, len(v.declared.objects.Areas))
	for _, area := range v.declared.objects.Areas {
		id := ownership.DeclaredArea(area.Namespace, area.Name)
		at, judged := places[id]
		if !judged {
			status := &v1alpha1.AreaStatus{}
			status.Conditions = suspendedConditions()
			v.put("Area", area.Namespace, area.Name, status)
			continue
		}
		key := subject{"Area", types.NamespacedName{Namespace: area.Namespace, Name: area.Name}}
		next := spoken{
			from: v.declared.seen[key], findings: findings[string(id)], suggested: suggested[id],
			problems: v.of("Area", area.Namespace, area.Name),
		}
		if last, has := before[id]; has && !v.changed(at) && last.sameBut(next) {
			next.said = last.said
		} else {
			next.said = about(next.from, v.area(at, next))
		}
		v.all[key], now[id] = next.said, next
	}
	return now
}

// area makes the status of the Area at a place of the result.
func (v *verdicts) area(at int, of spoken) *v1alpha1.AreaStatus {
	status := areaStatus(&v.outcome.Result.Areas[at], of.findings, of.suggested)
	advise(&status.ObjectStatus, of.problems)
	markUnknown(&status.ObjectStatus, &v.outcome.Areas[at], v.outcome.Snapshot)
	warn(&status.ObjectStatus, of.problems)
	return status
}

func (v *verdicts) changed(at int) bool { return v.outcome.Changed != nil && v.outcome.Changed[at] }

// sameBut says whether two are made of the same, but for the area's result.
func (s spoken) sameBut(other spoken) bool {
	return s.from == other.from && slices.Equal(s.findings, other.findings) && slices.Equal(s.suggested, other.suggested) &&
		slices.Equal(s.problems, other.problems)
}

// advise says in the conditions of a stalled object where the problem is that stalls it, and what to do.
func advise(status *v1alpha1.ObjectStatus, problems []ownership.Problem) {
	stalled := find(status.Conditions, v1alpha1.ConditionStalled)
	if stalled == nil {
		return
	}
	at := slices.IndexFunc(problems, func(p ownership.Problem) bool { return !p.Warning && p.Reason == stalled.Reason })
	if at < 0 {
		return
	}
	for _, kind := range []string{v1alpha1.ConditionStalled, v1alpha1.ConditionReady} {
		if condition := find(status.Conditions, kind); condition != nil {
			condition.Message = bounded(fieldText(problems[at]))
		}
	}
}

// warn says the first warning about an object in the message of its condition Ready.
func warn(status *v1alpha1.ObjectStatus, problems []ownership.Problem) {
	ready := find(status.Conditions, v1alpha1.ConditionReady)
	for i := range problems {
		if problems[i].Warning && ready != nil && ready.Status == "True" {
			ready.Message = bounded(ready.Message + "; but " + fieldText(problems[i]))
			return
		}
	}
}

func (v *verdicts) others() {
	result, objects := v.outcome.Result, v.declared.objects
	for _, assignment := range objects.RoleAssignments {
		problems := v.of("RoleAssignment", assignment.Namespace, assignment.Name)
		v.put("RoleAssignment", assignment.Namespace, assignment.Name, assignmentStatus(assignment, problems, v.now))
	}
	for _, team := range objects.Teams {
		v.put("Team", "", team.Name, teamStatus(team, v.of("Team", "", team.Name)))
	}
	counts := countFindings(result)
	ran := map[string]*ownership.PolicyStatus{}
	for i := range result.Policies {
		ran[result.Policies[i].Name] = &result.Policies[i]
	}
	for _, policy := range objects.Policies {
		status := policyStatus(policy, ran[policy.Name], counts[policy.Name], v.of("ResponsibilityPolicy", "", policy.Name))
		v.put("ResponsibilityPolicy", "", policy.Name, status)
	}
	for _, source := range objects.Sources {
		v.source(source)
	}
	for _, roles := range objects.Roles {
		v.put("RoleConfiguration", "", roles.Name, rolesStatus(roles, v.of("RoleConfiguration", "", roles.Name)))
	}
}

// source says how a source fares: with what is wrong with its object, and with what it reads. A request for a new look is
// answered once it was looked at.
func (v *verdicts) source(source *v1alpha1.OwnershipSource) {
	looked := v.sighted[source.Name]
	problems := v.of("OwnershipSource", "", source.Name)
	for _, problem := range looked.source.Observation.Problems {
		if problem.Repository != "" || slices.Contains(problems, problem) {
			continue // of a repository among others, which is its owners' to mend
		}
		problem.Reason = cmp.Or(problem.Reason, "ContentInvalid")
		problems = append(problems, problem)
	}
	v.put("OwnershipSource", "", source.Name, sourceStatus(source, looked, problems))
	key := subject{"OwnershipSource", types.NamespacedName{Name: source.Name}}
	v.all[key].common().LastHandledReconcileAt = boundedTo(looked.asked, 64)
}

// suggestions are who could own the areas that lack an owner.
func suggestions(outcome *engine.Outcome) map[ownership.AreaID][]v1alpha1.SuggestedOwner {
	facts := suggest.Facts{Snapshot: outcome.Snapshot, Areas: outcome.Areas}
	for i := range outcome.Result.Areas {
		facts.States = append(facts.States, outcome.Result.Areas[i].State)
	}
	wanting := suggest.Wanting(facts)
	suggested := map[ownership.AreaID][]v1alpha1.SuggestedOwner{}
	for _, advice := range suggest.Advise(facts, wanting, suggest.Standard()) {
		if advice.Folder != "" || len(suggested[advice.Area]) > 0 {
			continue
		}
		for _, list := range [][]suggest.Suggestion{advice.Teams, advice.People} {
			for _, one := range list {
				if len(suggested[advice.Area]) < v1alpha1.MaxSuggestionsShown {
					suggested[advice.Area] = append(suggested[advice.Area], v1alpha1.SuggestedOwner{
						Holder: boundedTo(string(one.Holder), 205), Because: bounded(because(one)),
					})
				}
			}
		}
	}
	return suggested
}

// because says what speaks for somebody, in what does not change while nothing else does.
func because(one suggest.Suggestion) string {
	text := fmt.Sprintf("%s on %s, the last on %s", counted(one.Commits, "commit", "commits"), counted(one.Files, "of its files", "of its files"),
		one.Last.UTC().Format(time.DateOnly))
	if one.Members > 0 {
		text += fmt.Sprintf("; %d of %s worked on it", len(one.Knowing), counted(one.Members, "member", "members"))
	}
	if one.Doubt != "" {
		text += "; but it is unknown whether they can own it: " + one.Doubt
	}
	return text
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
