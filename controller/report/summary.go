package report

import "github.com/remit-dev/remit/controller/ownership"

// Summary counts what a result holds.
type Summary struct {
	// Areas counts the areas by state, with a key for each state.
	Areas map[ownership.State]int `json:"areas"`
	// Files counts the files of all repositories, each once.
	Files ownership.Coverage `json:"files"`
	// Unread counts the repositories whose files could not be counted or judged whole.
	Unread int `json:"unread"`
	// Raised counts the raised findings of policies by severity; unowned areas are counted by Areas.
	Raised map[ownership.Severity]int `json:"raised"`
	// Undetermined counts the subjects that a policy could not be judged for, each once for each policy, whether it
	// has a finding there or not.
	Undetermined int `json:"undetermined"`
	// Exempt counts the exempt findings, unowned areas included, Known those of them that a baseline knows.
	Exempt int `json:"exempt"`
	Known  int `json:"known"`
	// Drift counts the differences between declared and observed by kind.
	Drift map[ownership.DriftKind]int `json:"drift"`
	// Errors and Warnings count the problems of the input.
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	// FailedPolicies counts the policies that could not be judged for every subject, UnknownSources
	// the sources that could not be read whole.
	FailedPolicies int `json:"failedPolicies"`
	UnknownSources int `json:"unknownSources"`
}

// Summarise counts a result.
func Summarise(result *ownership.Result) Summary {
	summary := Summary{
		Areas:  map[ownership.State]int{},
		Raised: map[ownership.Severity]int{},
		Drift:  map[ownership.DriftKind]int{},
	}
	for _, state := range ownership.States() {
		summary.Areas[state] = 0
	}
	for _, area := range result.Areas {
		summary.Areas[area.State]++
		for _, drift := range area.Drift {
			summary.Drift[drift.Kind]++
		}
	}
	for _, repository := range result.Repositories {
		summary.Files = summary.Files.Add(repository.Coverage)
		if repository.Coverage.Unknown != "" {
			summary.Unread++
		}
	}
	for _, finding := range AllFindings(result) {
		switch finding.Status {
		case ownership.Raised:
			if finding.Policy != UnownedPolicy {
				summary.Raised[finding.Severity]++
			}
		case ownership.Exempt:
			summary.Exempt++
			if finding.Because == knownBecause {
				summary.Known++
			}
		}
	}
	summary.Undetermined = undetermined(result)
	for _, problem := range result.Problems {
		if problem.Warning {
			summary.Warnings++
		} else {
			summary.Errors++
		}
	}
	for _, policy := range result.Policies {
		if policy.Error != "" || policy.Failed > 0 {
			summary.FailedPolicies++
		}
	}
	for _, source := range result.Sources {
		if source.Unknown != "" {
			summary.UnknownSources++
		}
	}
	return summary
}

// undetermined sums up, over all policies, the subjects that could not be judged. A result that does not count
// them for a policy has its undetermined findings.
func undetermined(result *ownership.Result) int {
	total := 0
	subjects := map[Identity]bool{}
	for _, finding := range result.Findings {
		if finding.Status == ownership.Undetermined && result.Undetermined[finding.Policy] == 0 {
			subjects[Identity{Policy: finding.Policy, Subject: finding.Subject}] = true
		}
	}
	for _, n := range result.Undetermined {
		total += n
	}
	return total + len(subjects)
}

// Clean says whether there is nothing that anybody needs to do or look at.
func (s Summary) Clean() bool {
	for state, n := range s.Areas {
		if n > 0 && state != ownership.Owned {
			return false
		}
	}
	return len(s.Raised) == 0 && len(s.Drift) == 0 && s.Undetermined == 0 &&
		s.Errors == 0 && s.Warnings == 0 && s.Unread == 0 && s.FailedPolicies == 0 && s.UnknownSources == 0
}

// determined is how many files could be judged.
func determined(coverage ownership.Coverage) int { return coverage.Total - coverage.Undetermined }
