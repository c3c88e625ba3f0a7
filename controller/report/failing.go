package report

import (
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// UnownedPolicy is the name under which an unowned area counts as a finding of
// its own, whatever the policies in force say. Its severity is
// UnownedSeverity, its key UnownedKey.
const (
	UnownedPolicy   = ownership.UnownedPolicy
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
	exempt := exemptAccountable(result)
	for _, area := range result.Areas {
		if area.State != ownership.Unowned || known[string(area.ID)] {
			continue
		}
		finding := unownedFinding(area)
		if because := exempt[finding.Subject]; because != "" && lacksOnly(area, ownership.Accountable) {
			finding.Status, finding.Because = ownership.Exempt, because
		}
		findings = append(findings, finding)
	}
	slices.SortStableFunc(findings, ownership.Finding.Compare)
	return findings
}

// exemptAccountable says of which subjects an exemption in force accepts that nobody is accountable, and which: it covers
// what the library's accountable-holder finds of the role. What a baseline knows is no exemption.
func exemptAccountable(result *ownership.Result) map[string]string {
	library := libraryOf(result)
	exempt := map[string]string{}
	for _, finding := range result.Findings {
		if finding.Status == ownership.Exempt && finding.Because != knownBecause &&
			library[finding.Policy] == "accountable-holder" && (finding.Key == "none" || finding.Key == "many") {
			exempt[finding.Subject] = finding.Because
		}
	}
	return exempt
}

// libraryOf names the policy of the library that each policy is an instance of.
func libraryOf(result *ownership.Result) map[string]string {
	library := map[string]string{}
	for _, policy := range result.Policies {
		library[policy.Name] = policy.OfLibrary
	}
	return library
}

// lacksOnly says whether an area lacks nothing but a holder of one role.
func lacksOnly(area ownership.AreaResult, role ownership.Role) bool {
	return !slices.ContainsFunc(area.Requirements, func(requirement ownership.Requirement) bool {
		return requirement.Status != ownership.Met && requirement.Role != role
	})
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
// An unowned area is a denied finding of UnownedSeverity; where nothing but the accountable holder lacks, an exemption of
// that in accountable-holder is one of the area. Partly owned and
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
