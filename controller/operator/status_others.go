package operator

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// takenIn are the conditions of an object that is in force as it is, or is not because of a problem. Warnings do not
// keep it from being in force; they stand in the message.
func takenIn(problems []ownership.Problem, inForce string) []metav1.Condition {
	message := inForce
	for i := range problems {
		if !problems[i].Warning {
			reason, text := problemReason(problems[i]), problemText(problems)
			return []metav1.Condition{
				condition(v1alpha1.ConditionReady, metav1.ConditionFalse, reason, text),
				condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, text),
			}
		}
		message = inForce + "; but " + fieldText(problems[i])
	}
	return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, "Accepted", message)}
}

// suspendedConditions are those of an object that is taken out of force.
func suspendedConditions() []metav1.Condition {
	return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionFalse, "Suspended", "spec.suspend is true; set it to false to go on")}
}

// problemReason is a condition's reason for a problem.
func problemReason(problem ownership.Problem) string {
	if problem.Reason != "" {
		return problem.Reason
	}
	return "Invalid"
}

// problemText says the errors among an object's problems, the first in full.
func problemText(problems []ownership.Problem) string {
	text, more := "", 0
	for i := range problems {
		switch {
		case problems[i].Warning:
		case text == "":
			text = fieldText(problems[i])
		default:
			more++
		}
	}
	switch more {
	case 0:
		return text
	case 1:
		return text + " (and 1 more problem)"
	}
	return fmt.Sprintf("%s (and %d more problems)", text, more)
}

// fieldText says a problem without its place, since it stands on the object that it is about.
func fieldText(problem ownership.Problem) string {
	line := problem.Line
	problem.Location = ownership.Location{}
	text := problem.Error()
	if line > 0 {
		return fmt.Sprintf("line %d: %s", line, text)
	}
	return text
}

// assignmentStatus says whether a RoleAssignment is in force.
func assignmentStatus(assignment *v1alpha1.RoleAssignment, problems []ownership.Problem, now time.Time) *v1alpha1.RoleAssignmentStatus {
	status := &v1alpha1.RoleAssignmentStatus{Phase: v1alpha1.AssignmentInForce}
	spec := &assignment.Spec
	status.Conditions = takenIn(problems, "the assignment is in force")
	// Outside of its time it stays Ready: nothing is to be waited for, and nothing to be done.
	outside := func(reason, message string) []metav1.Condition {
		return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, reason, message)}
	}
	switch {
	case find(status.Conditions, v1alpha1.ConditionStalled) != nil:
		status.Phase = v1alpha1.AssignmentRefused
	case spec.Suspend:
		status.Phase, status.Conditions = v1alpha1.AssignmentSuspended, suspendedConditions()
	case spec.ValidFrom != nil && now.Before(spec.ValidFrom.Time):
		status.Phase = v1alpha1.AssignmentPending
		status.Conditions = outside("Pending", "it comes into force at "+spec.ValidFrom.UTC().Format(time.RFC3339))
	case spec.ValidUntil != nil && !now.Before(spec.ValidUntil.Time):
		status.Phase = v1alpha1.AssignmentEnded
		status.Conditions = outside("Ended", "it ended at "+spec.ValidUntil.UTC().Format(time.RFC3339)+", and may be deleted")
	}
	return status
}

// teamStatus says whether a Team is in force.
func teamStatus(team *v1alpha1.Team, problems []ownership.Problem) *v1alpha1.TeamStatus {
	status := &v1alpha1.TeamStatus{}
	status.Conditions = takenIn(problems, "the declaration is in force")
	if team.Spec.Suspend && find(status.Conditions, v1alpha1.ConditionStalled) == nil {
		status.Conditions = suspendedConditions()
	}
	return status
}

// rolesStatus says whether the RoleConfiguration is in force, and which roles there are.
func rolesStatus(configuration *v1alpha1.RoleConfiguration, problems []ownership.Problem) *v1alpha1.RoleConfigurationStatus {
	status := &v1alpha1.RoleConfigurationStatus{}
	status.Conditions = takenIn(problems, "the roles are configured so")
	var names []string
	for _, definition := range manifest.RoleDefinitions(configuration) {
		names = append(names, string(definition.Role))
	}
	status.Roles = boundedTo(strings.Join(names, ","), maxRolesBytes)
	return status
}

// maxRolesBytes is the bound of status.roles: 64 roles of 63 characters.
const maxRolesBytes = 4096

// policyStatus says how a policy fares; ran is nil where it was not evaluated.
func policyStatus(policy *v1alpha1.ResponsibilityPolicy, ran *ownership.PolicyStatus, counts policyCounts, problems []ownership.Problem) *v1alpha1.ResponsibilityPolicyStatus {
	status := &v1alpha1.ResponsibilityPolicyStatus{
		Findings: counts.raised, Undetermined: counts.undetermined, Exempt: counts.exempt,
	}
	status.Conditions = takenIn(problems, "the policy is evaluated")
	if ran != nil {
		status.Title, status.Subject = boundedTo(ran.Title, 1024), boundedTo(ran.Subject, 63)
		status.Subjects, status.Failed = total(ran.Subjects), total(ran.Failed)
		if ran.Error != "" && find(status.Conditions, v1alpha1.ConditionStalled) == nil {
			status.Conditions = failing(ran)
		}
	}
	if policy.Spec.Suspend && find(status.Conditions, v1alpha1.ConditionStalled) == nil {
		status.Conditions = suspendedConditions()
	}
	return status
}

// failing are the conditions of a policy that cannot be compiled, or fails on subjects.
func failing(ran *ownership.PolicyStatus) []metav1.Condition {
	reason := "CompileError"
	if ran.Failed > 0 {
		reason = "EvaluationError"
	}
	return []metav1.Condition{
		condition(v1alpha1.ConditionReady, metav1.ConditionFalse, reason, ran.Error),
		condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, ran.Error),
	}
}

// policyCounts are the findings of one policy.
type policyCounts struct{ raised, undetermined, exempt int32 }

// countFindings counts the findings of each policy.
func countFindings(result *ownership.Result) map[string]policyCounts {
	counts := map[string]policyCounts{}
	for i := range result.Findings {
		finding := &result.Findings[i]
		count := counts[finding.Policy]
		switch finding.Status {
		case ownership.Exempt:
			count.exempt++
		case ownership.Raised:
			count.raised++
		case ownership.Undetermined: // counted by subject
		}
		counts[finding.Policy] = count
	}
	for policy, subjects := range result.Undetermined {
		count := counts[policy]
		count.undetermined = total(subjects)
		counts[policy] = count
	}
	return counts
}

// sourceStatus says what a source gives.
func sourceStatus(source *v1alpha1.OwnershipSource, looked sighting, problems []ownership.Problem) *v1alpha1.OwnershipSourceStatus {
	seen := looked.status
	status := &v1alpha1.OwnershipSourceStatus{
		Kind: string(seen.Kind), Repositories: total(seen.Repositories), People: total(seen.People), Teams: total(seen.Teams),
		Namespaces: total(seen.Namespaces),
	}
	status.Conditions = takenIn(problems, "the source is observed")
	reason, remedy := sourceTrouble(seen.Unknown, problems)
	switch {
	case source.Spec.Suspend:
		status.Conditions = suspendedConditions()
	case looked.pending:
		status.Conditions = []metav1.Condition{
			condition(v1alpha1.ConditionReady, metav1.ConditionUnknown, "Observing", "the source has not been observed yet"),
			condition(v1alpha1.ConditionReconciling, metav1.ConditionTrue, "Observing", "the source is being observed for the first time"),
		}
	case seen.Unknown != "":
		status.Conditions = []metav1.Condition{
			condition(v1alpha1.ConditionReady, metav1.ConditionFalse, reason, remedy),
			condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, remedy),
		}
		if !seen.LastSuccess.IsZero() {
			at := metav1.NewTime(seen.LastSuccess)
			status.LastSuccess = &at
		}
	}
	return status
}

// sourceTrouble is why a source cannot be read, with what to do where a problem says so.
func sourceTrouble(unknown string, problems []ownership.Problem) (reason, message string) {
	for i := range problems {
		if !problems[i].Warning && problems[i].Message == unknown {
			return cmp.Or(problems[i].Reason, "CannotRead"), fieldText(problems[i])
		}
	}
	for i := range problems {
		if !problems[i].Warning && problems[i].Remedy != "" {
			return cmp.Or(problems[i].Reason, "CannotRead"), fieldText(problems[i])
		}
	}
	return "CannotRead", unknown
}
