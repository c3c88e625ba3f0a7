package report

import (
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// Only what is known to repeat a section above is left out; what a user's own policy says is shown, whatever it is about.
func TestOnlyRepetitionsAreFolded(t *testing.T) {
	tests := map[string]struct {
		reason  string
		library string
		finding ownership.Finding
		folded  bool
	}{
		"own policy":       {"only its author knows what it says", "", ownership.Finding{Key: "invalid/approver/user:mallory"}, false},
		"valid holder":     {"it says what drift says", "valid-holder", ownership.Finding{Key: "left/approver/user:mallory"}, true},
		"conflict":         {"so does this", "no-conflict", ownership.Finding{Key: "unexpected/approver/user:mallory"}, true},
		"overlap of roles": {"no drift says that two roles are to be apart", "no-conflict", ownership.Finding{Key: "overlap/accountable/approver/user:mallory"}, false},
		"other library":    {"no other policy repeats drift", "shared-responsibility", ownership.Finding{Key: "one"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := rich()
			result.Policies = append(result.Policies, ownership.PolicyStatus{Name: "ours", OfLibrary: test.library})
			finding := test.finding
			finding.Policy, finding.Subject, finding.Role, finding.Holder = "ours", "payments/ledger", ownership.Approver, "user:mallory"
			finding.Rule, finding.Severity, finding.Status, finding.Message = "deny", ownership.High, ownership.Raised, "a sentence of its own"
			result.Findings = append(result.Findings, finding)
			text := render(t, result, Options{ManifestsGiven: true})
			if got := !strings.Contains(text, finding.Message); got != test.folded {
				t.Errorf("folded: %v, want %v: %s\n%s", got, test.folded, test.reason, text)
			}
			if !strings.Contains(render(t, result, Options{ManifestsGiven: true, Verbose: true}), finding.Message) {
				t.Error("--verbose does not show it")
			}
		})
	}
}

// An exemption of accountable-holder covers an unowned area where nothing else lacks; what a baseline knows of that policy does not.
func TestExemptUnownedAreas(t *testing.T) {
	because := "exempt until 2026-09-01 by user:carol: The role is being filled."
	lacks := func(roles ...ownership.Role) []ownership.AreaResult {
		area := ownership.AreaResult{ID: "default/releases", State: ownership.Unowned}
		for _, role := range roles {
			area.Requirements = append(area.Requirements, ownership.Requirement{Role: role, Status: ownership.Unmet})
		}
		return []ownership.AreaResult{area}
	}
	tests := map[string]struct {
		reason  string
		areas   []ownership.AreaResult
		library string
		finding ownership.Finding
		fails   int
		says    string
	}{
		"duty": {"the exemption says just this", lacks(ownership.Accountable), "accountable-holder",
			ownership.Finding{Key: "none", Status: ownership.Exempt, Because: because}, 0, "1 unowned (1 exempt)"},
		"code": {"nobody exempted the files", lacks(ownership.Accountable, ownership.Approver), "accountable-holder",
			ownership.Finding{Key: "none", Status: ownership.Exempt, Because: because}, 1, "The role is being filled; that is about the accountable alone"},
		"own policy": {"a policy of one's own is not about the area's state", lacks(ownership.Accountable), "",
			ownership.Finding{Key: "none", Status: ownership.Exempt, Because: because}, 1, "FAILED: 1 unowned area"},
		"another key": {"that the holder is a bot is another matter", lacks(ownership.Accountable), "accountable-holder",
			ownership.Finding{Key: "bot/user:b", Status: ownership.Exempt, Because: because}, 1, "FAILED: 1 unowned area"},
		"baseline": {"it knows findings one by one", lacks(ownership.Accountable), "accountable-holder",
			ownership.Finding{Key: "none", Status: ownership.Exempt, Because: knownBecause}, 1, "FAILED: 1 unowned area"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.finding.Policy, test.finding.Subject, test.finding.Role, test.finding.Rule = "one-answers", "default/releases", ownership.Accountable, "deny"
			test.finding.Severity = ownership.High
			result := &ownership.Result{Areas: test.areas, Findings: []ownership.Finding{test.finding},
				Policies: []ownership.PolicyStatus{{Name: "one-answers", OfLibrary: test.library, Subjects: 1}}}
			if got := FailureCount(result, DefaultFailOn); got != test.fails {
				t.Errorf("%d fail, want %d: %s", got, test.fails, test.reason)
			}
			text := strings.Join(strings.Fields(render(t, result, Options{ManifestsGiven: true})), " ")
			if !strings.Contains(text, test.says) {
				t.Errorf("want %q in\n%s", test.says, text)
			}
		})
	}
}

// Lines that GitHub skips are said in one line where no policy is in force that says which.
func TestSkippedLinesAreSaid(t *testing.T) {
	result := clean()
	result.Repositories[0].Faults = 2
	if text := render(t, result, Options{ManifestsGiven: true}); !strings.Contains(text, "GitHub skips invalid lines of CODEOWNERS, 2 faults, the first in CODEOWNERS") {
		t.Error(text)
	}
	result.Policies = append(result.Policies, ownership.PolicyStatus{Name: "ours", OfLibrary: "codeowners-hygiene"})
	if text := render(t, result, Options{ManifestsGiven: true}); strings.Contains(text, "GitHub skips") {
		t.Error(text)
	}
}
