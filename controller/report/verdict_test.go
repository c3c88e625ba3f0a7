package report

import (
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestVerdict(t *testing.T) {
	finding := func(rule string, severity ownership.Severity) ownership.Finding {
		return ownership.Finding{Policy: "p", Subject: "s", Key: rule + string(severity), Rule: rule, Severity: severity, Status: ownership.Raised}
	}
	unowned := []ownership.AreaResult{{ID: "a/b", State: ownership.Unowned}}
	tests := map[string]struct {
		reason string
		result ownership.Result
		failOn ownership.Severity
		want   string
	}{
		"nothing":  {"nothing was found", ownership.Result{}, ownership.Low, "passes: nothing fails at low or above"},
		"warnings": {"a warning never fails", ownership.Result{Findings: []ownership.Finding{finding("warn", ownership.High)}}, ownership.Low, "passes: nothing fails at low or above; besides 1 warning, which never fails"},
		"below":    {"a denial below the line is shown", ownership.Result{Findings: []ownership.Finding{finding("deny", ownership.Low)}}, ownership.High, "passes: nothing fails at high or above; besides 1 denial below high"},
		"both": {"findings and areas are counted apart", ownership.Result{Areas: unowned, Findings: []ownership.Finding{finding("deny", ownership.High), finding("deny", ownership.Low)}},
			ownership.Low, "FAILED: 2 findings at low or above, 1 unowned area"},
		"area alone": {"an unowned area fails by itself", ownership.Result{Areas: unowned}, ownership.High, "FAILED: 1 unowned area"},
		"repository": {"without manifests there is no area to speak of", ownership.Result{Areas: []ownership.AreaResult{{ID: "repository:a/b", Virtual: true, State: ownership.Unowned}}},
			ownership.High, "FAILED: 1 repository that nobody owns"},
		"area below": {"but below critical", ownership.Result{Areas: unowned}, ownership.Critical, "passes: nothing fails at critical or above; besides 1 denial below critical"},
		"bad input":  {"what was left out may have failed", ownership.Result{Problems: []ownership.Problem{{Message: "x"}}}, ownership.Low, "NOT WHOLE: 1 error in the input; nothing else fails"},
		"bad policy": {"the error by which a policy failed is not counted again", ownership.Result{
			Problems: []ownership.Problem{{Message: "x"}, {Message: "y"}}, Policies: []ownership.PolicyStatus{{Name: "p", Error: "x"}}},
			ownership.Low, "NOT WHOLE: 2 errors in the input, by which 1 policy failed; nothing else fails"},
		"no policy": {"and so may what a policy would have found", ownership.Result{Policies: []ownership.PolicyStatus{{Name: "p", Error: "x"}}, Areas: unowned}, ownership.Low, "NOT WHOLE: 1 policy failed; FAILED: 1 unowned area"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := verdictOf(&test.result, Summarise(&test.result), test.failOn)
			if got := v.word + ": " + v.text; got != test.want {
				t.Errorf("verdict %q, want %q: %s", got, test.want, test.reason)
			}
		})
	}
}

func TestPolicyErrorIsSaidOnce(t *testing.T) {
	result := &ownership.Result{
		Policies: []ownership.PolicyStatus{
			{Name: "one", Error: "one.rego:3: no rule"}, {Name: "two", Subjects: 4, Failed: 2, Error: "divide by zero"},
		},
		Problems: []ownership.Problem{
			{Location: at("one.rego", 3), Message: "no rule"},
			{Location: at("two.rego", 7), Message: "policy two failed on a/b and 1 other: divide by zero"},
			{Location: at("three.yaml", 1), Message: "not YAML"},
		},
	}
	text := render(t, result, Options{ManifestsGiven: true})
	for _, want := range []string{"no rule", "for 2 of 4 subjects (a/b and 1 other): divide by zero", "divide by zero", "not YAML"} {
		if n := strings.Count(text, want); n != 1 {
			t.Errorf("%q is said %d times in:\n%s", want, n, text)
		}
	}
}

func TestUndeterminedIsCountedOnceForEachSubject(t *testing.T) {
	result := rich() // shared-responsibility counts two subjects, one of them with a finding
	result.Findings = append(result.Findings, ownership.Finding{Policy: "other", Subject: "s", Key: "1", Status: ownership.Undetermined},
		ownership.Finding{Policy: "other", Subject: "s", Key: "2", Status: ownership.Undetermined})
	if got := Summarise(result).Undetermined; got != 3 {
		t.Errorf("%d undetermined, want 3", got)
	}
}

func TestTableHasNoTrailingBlanks(t *testing.T) {
	for _, result := range []*ownership.Result{rich(), bare(), clean(), empty()} {
		for line := range strings.Lines(render(t, result, Options{ManifestsGiven: true})) {
			if strings.HasSuffix(line, " \n") {
				t.Errorf("blanks at the end of %q", line)
			}
		}
	}
}
