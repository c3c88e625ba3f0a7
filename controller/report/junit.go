package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	File    string      `xml:"file,attr,omitempty"`
	Failure *junitWhy   `xml:"failure"`
	Error   *junitWhy   `xml:"error"`
	Skipped *junitShort `xml:"skipped"`
	Output  string      `xml:"system-out,omitempty"`
}

type junitWhy struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitShort struct {
	Message string `xml:"message,attr"`
}

// JUnit writes a test suite for each policy, and one for the areas themselves,
// with a test case for each subject:
//
//	a raised finding, deny or warn             failure; its type says which, and how severe
//	an undetermined or exempt finding alone    skipped
//	a policy that failed                       error
//	no finding                                 passed
//
// Subjects without a finding that the result does not name are summed up in one
// passed case of the suite.
func JUnit(w io.Writer, result *ownership.Result) error {
	suites := junitSuites{Name: "remit"}
	suites.Suites = append(suites.Suites, areaSuite(result))
	policies := slices.Clone(result.Policies)
	slices.SortFunc(policies, func(a, b ownership.PolicyStatus) int { return strings.Compare(a.Name, b.Name) })
	bySubject := map[string]map[string][]ownership.Finding{}
	for _, finding := range result.Findings {
		if finding.Policy == UnownedPolicy {
			continue
		}
		if bySubject[finding.Policy] == nil {
			bySubject[finding.Policy] = map[string][]ownership.Finding{}
			if !slices.ContainsFunc(policies, func(p ownership.PolicyStatus) bool { return p.Name == finding.Policy }) {
				policies = append(policies, ownership.PolicyStatus{Name: finding.Policy})
			}
		}
		bySubject[finding.Policy][finding.Subject] = append(bySubject[finding.Policy][finding.Subject], finding)
	}
	for _, policy := range policies {
		suites.Suites = append(suites.Suites, policySuite(result, policy, bySubject[policy.Name]))
	}
	for i := range suites.Suites {
		suite := &suites.Suites[i]
		suite.sum()
		if !result.At.IsZero() {
			suite.Timestamp = result.At.UTC().Format(time.RFC3339)
		}
		suites.Tests += suite.Tests
		suites.Failures += suite.Failures
		suites.Errors += suite.Errors
		suites.Skipped += suite.Skipped
	}
	text, err := xml.MarshalIndent(suites, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if _, err := io.WriteString(w, xml.Header+string(text)+"\n"); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (s *junitSuite) sum() {
	s.Tests = len(s.Cases)
	for _, test := range s.Cases {
		switch {
		case test.Failure != nil:
			s.Failures++
		case test.Error != nil:
			s.Errors++
		case test.Skipped != nil:
			s.Skipped++
		}
	}
}

// areaSuite has a case for each area: unowned is a failure, unknown and known
// ones of a baseline are skipped, partly owned ones pass and say what is missing.
func areaSuite(result *ownership.Result) junitSuite {
	suite := junitSuite{Name: UnownedPolicy}
	because := map[string]string{}
	for _, finding := range AllFindings(result) {
		if finding.Policy == UnownedPolicy && finding.Status != ownership.Raised {
			because[finding.Subject] = finding.Because
		}
	}
	for _, area := range result.Areas {
		test := newCase(UnownedPolicy, string(area.ID), area.Location)
		var why []string
		for _, requirement := range area.Requirements {
			if requirement.Status != ownership.Met {
				why = append(why, Clean(fmt.Sprintf("%s: %s: %s", requirement.Role, requirement.Status, requirement.Reason)))
			}
		}
		reason := strings.Join(why, "\n")
		switch {
		case area.State == ownership.Unowned && because[string(area.ID)] != "":
			test.Skipped = &junitShort{Clean(because[string(area.ID)])}
		case area.State == ownership.Unowned:
			finding := unownedFinding(area)
			test.Failure = &junitWhy{Message: Clean(finding.Message), Type: failureType(finding), Text: reason}
		case area.State == ownership.Unknown:
			test.Skipped = &junitShort{"unknown: " + strings.Join(why, "; ")}
		case area.State == ownership.Partial:
			test.Output = "partly owned\n" + reason
		}
		suite.Cases = append(suite.Cases, test)
	}
	return suite
}

func policySuite(result *ownership.Result, policy ownership.PolicyStatus, findings map[string][]ownership.Finding) junitSuite {
	suite := junitSuite{Name: Clean(policy.Name)}
	if policy.Error != "" || policy.Failed > 0 {
		test := newCase(policy.Name, "(the policy itself)", ownership.Location{})
		test.Error = &junitWhy{Message: fmt.Sprintf("failed for %d of %s", policy.Failed, count(policy.Subjects, "subject", "subjects")),
			Type: "policy", Text: Clean(policy.Error)}
		suite.Cases = append(suite.Cases, test)
	}
	undetermined := 0
	for _, subject := range subjectsOf(findings) {
		test := subjectCase(policy.Name, subject, findings[subject])
		if test.Skipped != nil && findings[subject][0].Status == ownership.Undetermined {
			undetermined++
		}
		suite.Cases = append(suite.Cases, test)
	}
	if left := result.Undetermined[policy.Name] - undetermined; left > 0 {
		test := newCase(policy.Name, fmt.Sprintf("(%s more, undetermined)", count(left, "subject", "subjects")), ownership.Location{})
		test.Skipped = &junitShort{"what they rest on could not be read"}
		suite.Cases = append(suite.Cases, test)
	}
	if rest := policy.Subjects - policy.Failed - len(findings) - max(0, result.Undetermined[policy.Name]-undetermined); rest > 0 {
		name := fmt.Sprintf("(%s without a finding)", count(rest, "subject", "subjects"))
		suite.Cases = append(suite.Cases, newCase(policy.Name, name, ownership.Location{}))
	}
	return suite
}

// subjectsOf gives the subjects with a finding, sorted.
func subjectsOf(findings map[string][]ownership.Finding) []string {
	subjects := make([]string, 0, len(findings))
	for subject := range findings {
		subjects = append(subjects, subject)
	}
	slices.Sort(subjects)
	return subjects
}

// subjectCase joins all findings of one policy about one subject, since most
// readers of the format take one failure of a case.
func subjectCase(policy, subject string, findings []ownership.Finding) junitCase {
	slices.SortStableFunc(findings, ownership.Finding.Compare)
	test := newCase(policy, subject, findings[0].Location)
	var raised, others []string
	for _, finding := range findings {
		text := Clean(finding.Message)
		if place := Clean(finding.Location.String()); place != "" {
			text = place + ": " + text
		}
		if finding.Status != ownership.Raised {
			others = append(others, string(finding.Status)+": "+text+" ("+Clean(finding.Because)+")")
			continue
		}
		if raised = append(raised, failureType(finding)+": "+text); test.Failure == nil {
			test.Failure = &junitWhy{Message: Clean(finding.Message), Type: failureType(finding)}
		}
	}
	if test.Failure != nil {
		test.Failure.Text = strings.Join(raised, "\n")
		test.Output = strings.Join(others, "\n")
		return test
	}
	test.Skipped = &junitShort{strings.Join(others, "; ")}
	return test
}

func failureType(finding ownership.Finding) string {
	return Clean(finding.Rule) + "." + string(finding.Severity)
}

func newCase(policy, subject string, location ownership.Location) junitCase {
	return junitCase{Name: Clean(subject), Class: "remit." + Clean(policy), File: Clean(location.File)}
}
