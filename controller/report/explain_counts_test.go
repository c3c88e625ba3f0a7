package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/ownership"
)

func explained(t *testing.T, answer explain.Answer) string {
	t.Helper()
	var b bytes.Buffer
	if err := Explanation(&b, &answer, ExplanationOptions{}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// What is replaced or over is not held, and what failed judged nothing; what is exempt was not found.
func TestExplanationCounts(t *testing.T) {
	finding := func(status ownership.FindingStatus) []ownership.Finding {
		return []ownership.Finding{{Message: "it is the parent's.", Status: status, Because: "exempt until 2027-01-01"}}
	}
	text := explained(t, explain.Answer{Holder: &explain.Holder{
		Holder: "user:ada",
		Holds: []explain.Held{{Area: "a/one", Role: "deputy", Status: "holds"}, {Area: "a/two", Role: "deputy", Status: string(explain.Replaced)},
			{Area: "a/three", Role: "deputy", Status: string(explain.Ended)}},
		Policies: []explain.Policy{{Policy: "spared", Findings: finding(ownership.Exempt)}, {Policy: "raised", Findings: finding(ownership.Raised)},
			{Policy: "broken", Failure: "it has no rule"}},
	}})
	for _, want := range []string{"holds 1 role ", "2 judged them; 1 found something; 1 failed", "exempt: it is the parent's: exempt until 2027-01-01"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in %s", want, text)
		}
	}
	if strings.Contains(text, "areas in all") {
		t.Errorf("only one area is held: %s", text)
	}
}

// The rule that decides over a path is among those that are shown, however many others name the holder.
func TestExplanationShowsTheDecidingRule(t *testing.T) {
	rule := func(line int) explain.Rule { return explain.Rule{Location: in("acme/shop", "CODEOWNERS", line)} }
	observed := []explain.Observed{{Source: "checkouts", Files: 1, Total: 1, Unit: "files", Rules: []explain.Rule{rule(16), rule(17), rule(18)}}}
	text := explained(t, explain.Answer{Path: &explain.Path{
		Repository: "acme/shop", Path: "README.md", Exists: true, Files: 1,
		Codeowners: []explain.Codeowners{{Source: "checkouts", File: "CODEOWNERS", Authoritative: true, Rules: []explain.PathRule{{Rule: rule(18)}}}},
		Roles: []explain.Role{{Role: ownership.Approver, Holders: []explain.Holding{
			{Holder: "team:acme/docs", Observed: observed},
			{Holder: "team:acme/web", Declared: []explain.Declared{{Declaration: ownership.Declaration{By: "area shop/web"}}},
				Observed: []explain.Observed{{Source: "checkouts", Rules: []explain.Rule{rule(3)}}}},
		}}},
	}})
	text = strings.ReplaceAll(text, "│ ", "")
	for _, want := range []string{"observed in CODEOWNERS:18, CODEOWNERS:16, +1 more", "by area shop/web; not named by what decides here"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in %s", want, text)
		}
	}
}
