package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
)

// judging are the policies that judged a subject, by their findings.
func (x *explainer) judging(subject string) []Policy {
	found := []Policy{}
	for _, reading := range x.outcome.Readings(subject) {
		found = append(found, x.policy(reading))
	}
	return found
}

func (x *explainer) policy(reading engine.Reading) Policy {
	policy := Policy{
		Policy: reading.Policy, Input: orEmpty(reading.Input), Data: united(reading.Data, nil),
		Findings: []ownership.Finding{}, Undetermined: reading.Undetermined, Failure: reading.Failure,
	}
	for _, status := range x.outcome.Result.Policies {
		if status.Name == reading.Policy {
			policy.Title = status.Title
		}
	}
	for _, finding := range reading.Findings {
		policy.Findings = append(policy.Findings, x.raised(finding))
	}
	slices.SortFunc(policy.Findings, ownership.Finding.Compare)
	return policy
}

// raised is a finding as it counts: exempt, where an exemption covers it.
func (x *explainer) raised(finding ownership.Finding) ownership.Finding {
	for _, counted := range x.outcome.Result.Findings {
		if counted.Compare(finding) == 0 {
			return counted
		}
	}
	return finding
}

// uncompiled are the policies that judge nothing because they have errors. Of which kind of subject they would have been
// is not known where not even that could be read.
func (x *explainer) uncompiled(subject string, found []Policy) []Policy {
	var failed []Policy
	for _, status := range x.outcome.Result.Policies {
		known := slices.ContainsFunc(found, func(p Policy) bool { return p.Policy == status.Name })
		if !known && status.Error != "" && status.Subjects == 0 && (status.Subject == "" || status.Subject == subject) {
			failed = append(failed, Policy{
				Policy: status.Name, Title: status.Title, Input: []string{}, Data: []string{}, Findings: []ownership.Finding{}, Failure: status.Error,
			})
		}
	}
	return failed
}

// comparePolicies puts those with something to say first: findings by severity, then failures, what could not be told,
// what is declared, and the rest by name.
func comparePolicies(a, b Policy) int {
	return cmp.Or(cmp.Compare(weight(a), weight(b)), strings.Compare(a.Policy, b.Policy))
}

func weight(p Policy) int {
	least := 100
	for _, finding := range p.Findings {
		if finding.Status == ownership.Raised {
			least = min(least, 10-finding.Severity.Rank())
		} else {
			least = min(least, 20)
		}
	}
	if p.Failure != "" {
		least = min(least, 11)
	}
	if p.Undetermined != "" {
		least = min(least, 12)
	}
	if len(p.Declared) > 0 {
		least = min(least, 30)
	}
	return least
}
