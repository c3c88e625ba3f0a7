package operator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/snapshot"
)

// areaStatus is an Area's status as a pass says. What depends on the status before (since when, when a condition turned)
// is settled when it is written.
func areaStatus(area *ownership.AreaResult, findings []ownership.Finding, suggested []v1alpha1.SuggestedOwner) *v1alpha1.AreaStatus {
	status := &v1alpha1.AreaStatus{
		State: areaState(area.State), Accountable: holdersText(area, ownership.Accountable), OnCall: holdersText(area, ownership.OnCall),
		Coverage: coverageStatus(area), DriftTotal: total(len(area.Drift)), SuggestedOwners: suggested,
	}
	for _, requirement := range area.Requirements {
		status.Requirements = append(status.Requirements, v1alpha1.RequirementStatus{
			Role: string(requirement.Role), Status: requirementWord(requirement.Status), Reason: bounded(requirement.Reason),
		})
	}
	status.Assignments, status.AssignmentsTotal = assignments(area)
	for _, drift := range area.Drift[:min(len(area.Drift), v1alpha1.MaxDriftShown)] {
		status.Drift = append(status.Drift, v1alpha1.DriftStatus{
			Kind: title(string(drift.Kind)), Role: string(drift.Role), Holder: boundedTo(string(drift.Holder), 512), Reason: boundedTo(drift.Reason, 63),
			Message: bounded(drift.Message),
		})
	}
	addFindings(status, findings)
	status.Conditions = areaConditions(area)
	return status
}

func addFindings(status *v1alpha1.AreaStatus, findings []ownership.Finding) {
	for i := range findings {
		finding := &findings[i]
		switch finding.Status {
		case ownership.Undetermined:
			status.UndeterminedTotal++
		case ownership.Exempt:
			status.ExemptTotal++
		default:
			if status.FindingsTotal++; len(status.Findings) < v1alpha1.MaxFindingsShown {
				status.Findings = append(status.Findings, v1alpha1.FindingStatus{
					Policy: boundedTo(finding.Policy, 253), Key: boundedTo(finding.Key, 256), Severity: string(finding.Severity),
					Message: bounded(finding.Message),
				})
			}
		}
	}
}

// areaConditions say how the area was judged:
//
//	                        Ready              InSync             Stalled
//	it cannot be judged     False, the reason  Unknown            True, the reason
//	facts are unknown       Unknown            False or Unknown   absent
//	a role is unknown       Unknown            False or Unknown   absent: markUnknown
//	judged                  True               True or False      absent
func areaConditions(area *ownership.AreaResult) []metav1.Condition {
	inSync := condition(v1alpha1.ConditionInSync, metav1.ConditionTrue, "InSync", "what is declared and what is observed are the same")
	if len(area.Drift) > 0 {
		inSync = condition(v1alpha1.ConditionInSync, metav1.ConditionFalse, "Drift", driftText(area.Drift))
	}
	if area.Stalled != "" {
		reason, message := stalledParts(area.Stalled)
		if len(area.Drift) == 0 {
			inSync = condition(v1alpha1.ConditionInSync, metav1.ConditionUnknown, reason, "the area cannot be judged: "+message)
		}
		return []metav1.Condition{
			condition(v1alpha1.ConditionReady, metav1.ConditionFalse, reason, message), inSync,
			condition(v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, message),
		}
	}
	if unknown := unknownOf(area); unknown != "" {
		if len(area.Drift) == 0 {
			inSync = condition(v1alpha1.ConditionInSync, metav1.ConditionUnknown, "FactsUnknown", unknown)
		}
		return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionUnknown, "FactsUnknown", unknown), inSync}
	}
	return []metav1.Condition{condition(v1alpha1.ConditionReady, metav1.ConditionTrue, "Judged", judgedText(area)), inSync}
}

// judgedText says what an area lacks that was judged on complete facts.
func judgedText(area *ownership.AreaResult) string {
	text, lacks := "the area was judged on complete facts", 0
	for _, requirement := range area.Requirements {
		if requirement.Status != ownership.Unmet && requirement.Status != ownership.PartlyUnmet || requirement.Reason == "" {
			continue
		}
		if lacks++; lacks == 1 {
			text += ": " + requirement.Reason
		}
	}
	if lacks > 1 {
		text += fmt.Sprintf(" (and %d more)", lacks-1)
	}
	return text
}

// markUnknown says that drift cannot be told where it is not known who is declared or observed in a role that matters to the
// area: nothing is known to be wrong, and nothing to be right.
func markUnknown(status *v1alpha1.ObjectStatus, area *drift.Area, s *snapshot.Snapshot) {
	message := unknownRole(area, s)
	if message == "" {
		return
	}
	for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionInSync} {
		if is := find(status.Conditions, kind); is != nil && is.Status == metav1.ConditionTrue {
			*is = condition(kind, metav1.ConditionUnknown, "FactsUnknown", message)
		}
	}
}

// unknownRole says what is not known of a role; empty where that makes no difference:
//
//	who is declared is     who is observed is     somebody is declared, or observed by who decides, or the role is exclusive
//	unknown                any                    it matters
//	known                  unknown, and decided   matters if so
func unknownRole(area *drift.Area, s *snapshot.Snapshot) string {
	for _, role := range s.Roles {
		declared := area.Declared.Of(role.Role)
		why := area.UnknownDeclarations(role.Role)
		switch {
		case why != "" && area.DeclaredKept && len(declared) > 0:
			return fmt.Sprintf("who is declared as %s is what was last known: %s", role.Role, why)
		case why != "":
			return fmt.Sprintf("who is declared as %s is unknown: %s", role.Role, why)
		}
		observed := slices.ContainsFunc(area.Observed.Of(role.Role), func(o ownership.Observed) bool { return o.Authoritative })
		if why := area.UnknownRoles[role.Role]; why != "" && (observed || len(declared) > 0 || role.Exclusive) && s.DecidedFor(role, area.Area) {
			return fmt.Sprintf("who is observed as %s is unknown: %s", role.Role, why)
		}
	}
	return ""
}

// unknownOf says which fact keeps the area from being judged whole; empty where none does.
func unknownOf(area *ownership.AreaResult) string {
	for _, requirement := range area.Requirements {
		if requirement.Status == ownership.UnknownIfMet {
			return fmt.Sprintf("whether it has what is required as %s is unknown: %s", requirement.Role, requirement.Reason)
		}
	}
	if area.Coverage.Unknown != "" {
		return "its files are not known whole: " + area.Coverage.Unknown
	}
	return ""
}

// driftText counts drift by kind: "3 differences: 2 missing, 1 unexpected".
func driftText(drift []ownership.Drift) string {
	counts := map[ownership.DriftKind]int{}
	for i := range drift {
		counts[drift[i].Kind]++
	}
	var parts []string
	for _, kind := range ownership.DriftKinds() {
		if counts[kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[kind], kind))
		}
	}
	noun := "differences"
	if len(drift) == 1 {
		noun = "difference"
	}
	return fmt.Sprintf("%d %s: %s", len(drift), noun, strings.Join(parts, ", "))
}

// stalledParts splits "Reason: sentence".
func stalledParts(stalled string) (reason, message string) {
	reason, message, _ = strings.Cut(stalled, ": ")
	return reason, cmp.Or(message, reason)
}

func areaState(state ownership.State) v1alpha1.AreaState {
	return v1alpha1.AreaState(title(string(state)))
}

func requirementWord(status ownership.RequirementStatus) string { return title(string(status)) }

// holdersText lists who is declared in a role.
func holdersText(area *ownership.AreaResult, role ownership.Role) string {
	var names []string
	for _, declared := range area.Declared.Of(role) {
		names = append(names, string(declared.Holder))
	}
	return bounded(strings.Join(names, ","))
}

// coverageStatus counts files; nil where the area has none to count.
func coverageStatus(area *ownership.AreaResult) *v1alpha1.CoverageStatus {
	c := area.Coverage
	if c.Total == 0 && c.Unknown == "" {
		return nil
	}
	status := &v1alpha1.CoverageStatus{
		Percent: "unknown", Files: int64(c.Total), Owned: int64(c.Owned), CatchAll: int64(c.CatchAll), Effective: int64(c.Effective),
		Unowned: int64(c.Unowned), Unmatched: int64(c.Unmatched), Undetermined: int64(c.Undetermined), Unknown: bounded(c.Unknown),
	}
	if c.Unknown == "" && c.Total > 0 {
		status.Percent = report.Percent(c.Effective, c.Total)
	}
	return status
}

// assignments unite who is declared and who is observed, by role and holder.
func assignments(area *ownership.AreaResult) ([]v1alpha1.AssignmentStatus, int32) {
	type key struct {
		role   ownership.Role
		holder ownership.Holder
	}
	byKey := map[key]*v1alpha1.AssignmentStatus{}
	of := func(role ownership.Role, holder ownership.Holder) *v1alpha1.AssignmentStatus {
		k := key{role, holder}
		if byKey[k] == nil {
			byKey[k] = &v1alpha1.AssignmentStatus{Role: string(role), Holder: boundedTo(string(holder), 205)}
		}
		return byKey[k]
	}
	for role, declarations := range area.Declared.All() {
		for _, declaration := range declarations {
			of(role, declaration.Holder).DeclaredBy = boundedTo(declaration.By, 512)
		}
	}
	for role, seen := range area.Observed.All() {
		for _, observed := range seen {
			status := of(role, observed.Holder)
			if len(status.ObservedIn) < 10 && !slices.Contains(status.ObservedIn, observed.Source) {
				status.ObservedIn = append(status.ObservedIn, observed.Source)
			}
		}
	}
	all := make([]v1alpha1.AssignmentStatus, 0, len(byKey))
	for _, status := range byKey {
		slices.Sort(status.ObservedIn)
		all = append(all, *status)
	}
	slices.SortFunc(all, func(a, b v1alpha1.AssignmentStatus) int {
		return cmp.Or(strings.Compare(a.Role, b.Role), strings.Compare(a.Holder, b.Holder))
	})
	count := total(len(all))
	return slices.Clip(all[:min(len(all), v1alpha1.MaxAssignmentsShown)]), count
}
