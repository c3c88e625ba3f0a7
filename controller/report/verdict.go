package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// verdict is whether a check fails and for what, in words and as a style:
//
//	errors in the input, failed policies   NOT WHOLE, whatever else there is
//	something fails                        FAILED, with how many findings and unowned areas
//	nothing does                           passes, with what is shown all the same
type verdict struct {
	word, text string
	style      style
}

// verdictOf judges a result as `remit check` does; failOn is a severity.
func verdictOf(result *ownership.Result, summary Summary, failOn ownership.Severity) verdict {
	findings, areas, repositories, warnings, below := 0, 0, 0, 0, 0
	virtual := map[string]bool{}
	for _, area := range result.Areas {
		virtual[string(area.ID)] = area.Virtual
	}
	for _, finding := range AllFindings(result) {
		switch {
		case finding.Status != ownership.Raised:
		case finding.Rule != "deny":
			warnings++
		case !fails(finding, failOn):
			below++
		case finding.Policy == UnownedPolicy && virtual[finding.Subject]:
			repositories++
		case finding.Policy == UnownedPolicy:
			areas++
		default:
			findings++
		}
	}
	var failing, notes []string
	if findings > 0 {
		failing = append(failing, fmt.Sprintf("%s at %s or above", count(findings, "finding", "findings"), failOn))
	}
	if areas > 0 {
		failing = append(failing, count(areas, "unowned area", "unowned areas"))
	}
	if repositories > 0 {
		failing = append(failing, count(repositories, "repository that nobody owns", "repositories that nobody owns"))
	}
	if warnings > 0 {
		notes = append(notes, fmt.Sprintf("%s, which never %s", count(warnings, "warning", "warnings"), plural(warnings, "fails", "fail")))
	}
	if below > 0 {
		notes = append(notes, fmt.Sprintf("%s below %s", count(below, "denial", "denials"), failOn))
	}
	v := verdict{"passes", fmt.Sprintf("nothing fails at %s or above", failOn), green}
	if len(failing) > 0 {
		v = verdict{"FAILED", strings.Join(failing, ", "), alarm}
	}
	if broken := summary.Broken(); broken != "" {
		rest := "nothing else fails"
		if len(failing) > 0 {
			rest = v.word + ": " + v.text
		}
		v = verdict{"NOT WHOLE", broken + "; " + rest, alarm}
	}
	if len(notes) > 0 {
		v.text += "; besides " + strings.Join(notes, ", ")
	}
	return v
}

// Broken says why the result cannot be relied on; empty where it can. The errors are all that there are: those by which
// policies failed are among them.
func (s Summary) Broken() string {
	errors, failed := count(s.Errors, "error", "errors")+" in the input", count(s.FailedPolicies, "policy", "policies")+" failed"
	switch {
	case s.FailedPolicies == 0 && s.Errors == 0:
		return ""
	case s.FailedPolicies == 0:
		return errors
	case s.Errors == 0:
		return failed
	}
	return errors + ", by which " + failed
}

// verdict is the last that the table says of the result.
func (t *table) verdict() {
	v := verdictOf(t.result, t.summary, t.options.FailOn)
	t.blank()
	t.wrapped([]span{{v.word + ": ", v.style}}, span{v.text, plain})
}

// inputProblems are the problems of the input but those that the list of failed policies says.
func inputProblems(result *ownership.Result) []ownership.Problem {
	return slices.DeleteFunc(slices.Clone(result.Problems), func(problem ownership.Problem) bool {
		return slices.ContainsFunc(result.Policies, func(policy ownership.PolicyStatus) bool { return saysOf(problem, policy) })
	})
}

// saysOf says whether a problem is why a policy failed: it was not compiled, or failed on a subject.
func saysOf(problem ownership.Problem, policy ownership.PolicyStatus) bool {
	return policy.Error != "" && !problem.Warning && (strings.TrimSpace(problem.Error()) == policy.Error ||
		strings.HasPrefix(problem.Message, "policy "+policy.Name+" failed on "))
}

// policyError says why a policy failed, for how many subjects, and which was the first: the problem of the input
// about it names that one.
func policyError(result *ownership.Result, policy ownership.PolicyStatus) string {
	if policy.Failed == 0 {
		return policy.Error
	}
	text := fmt.Sprintf("for %d of %s", policy.Failed, count(policy.Subjects, "subject", "subjects"))
	for _, problem := range result.Problems {
		about, found := strings.CutPrefix(problem.Message, "policy "+policy.Name+" failed on ")
		if subject, _, named := strings.Cut(about, ": "); found && named {
			text += fmt.Sprintf(" (%s)", subject)
			break
		}
	}
	return text + ": " + policy.Error
}
