package report

import (
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// UnownedPolicy is the name under which an unowned area counts as a finding of
// its own, whatever the policies in force say. Its severity is
// UnownedSeverity, its key UnownedKey.
const (
	UnownedPolicy   = "unowned-area"
	UnownedKey      = "unowned"
	UnownedSeverity = ownership.High
)

// DefaultFailOn is the severity from which findings fail a check where nothing
// else is asked for: whatever is denied and more than a remark.
const DefaultFailOn = ownership.Low

// Identity names one finding for good; its message and place may change.
type Identity struct {
	Policy  string `json:"policy"`
	Subject string `json:"subject"`
	Key     string `json:"key"`
}

// IdentityOf is the identity of a finding.
func IdentityOf(finding ownership.Finding) Identity {
	return Identity{Policy: finding.Policy, Subject: finding.Subject, Key: finding.Key}
}

// AllFindings gives the findings of the result and one finding for each unowned
// area, the most severe first. An area whose finding is in the result already
// (because a baseline knows it) is not repeated.
func AllFindings(result *ownership.Result) []ownership.Finding {
	findings := slices.Clone(result.Findings)
	known := map[string]bool{}
	for _, finding := range findings {
		if finding.Policy == UnownedPolicy {
			known[finding.Subject] = true
		}
	}
	for _, area := range result.Areas {
		if area.State == ownership.Unowned && !known[string(area.ID)] {
			findings = append(findings, unownedFinding(area))
		}
	}
	slices.SortStableFunc(findings, ownership.Finding.Compare)
	return findings
}

func unownedFinding(area ownership.AreaResult) ownership.Finding {
	finding := ownership.Finding{
		Policy: UnownedPolicy, Subject: string(area.ID), Key: UnownedKey,
		Rule: "deny", Severity: UnownedSeverity, Status: ownership.Raised,
		Message: "nobody owns " + string(area.ID), Location: area.Location,
	}
	for _, requirement := range area.Requirements {
		if requirement.Status != ownership.Met && requirement.Reason != "" {
			finding.Message += "; " + string(requirement.Role) + ": " + requirement.Reason
		}
	}
	return finding
}

// Fails gives what makes a check fail, the most severe first.
//
//	status        rule   severity           fails?
//	raised        deny   at least failOn    yes
//	raised        deny   below failOn       no: shown
//	raised        warn   any                no: a warning is shown, and never fails
//	undetermined  any    any                no: what is unknown is nobody's failure
//	exempt        any    any                no: exempted, or in the baseline
//
// An unowned area is a denied finding of UnownedSeverity. Partly owned and
// unknown areas fail by what the policies say of them alone.
func Fails(result *ownership.Result, failOn ownership.Severity) []ownership.Finding {
	return slices.DeleteFunc(AllFindings(result), func(finding ownership.Finding) bool {
		return !fails(finding, failOn)
	})
}

func fails(finding ownership.Finding, failOn ownership.Severity) bool {
	return finding.Status == ownership.Raised && finding.Rule == "deny" && finding.Severity.Rank() >= failOn.Rank()
}

// FailureCount is how many findings make a check fail.
func FailureCount(result *ownership.Result, failOn ownership.Severity) int {
	return len(Fails(result, failOn))
}
