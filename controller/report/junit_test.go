package report

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestJUnit(t *testing.T) {
	for name, result := range map[string]*ownership.Result{
		"rich": rich(), "clean": clean(), "empty": empty(), "baseline": Apply(rich(), NewBaseline(rich())),
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := JUnit(&b, result); err != nil {
				t.Fatal(err)
			}
			golden(t, "junit_"+name+".xml", b.Bytes())
			var suites junitSuites
			if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
				t.Fatalf("not XML: %v", err)
			}
			again := suites
			again.Tests, again.Failures, again.Errors, again.Skipped = 0, 0, 0, 0
			for _, suite := range suites.Suites {
				counted := junitSuite{Cases: suite.Cases}
				counted.sum()
				if counted.Failures != suite.Failures || counted.Skipped != suite.Skipped || counted.Errors != suite.Errors || counted.Tests != suite.Tests {
					t.Errorf("suite %s counts %+v", suite.Name, suite)
				}
				again.Tests += suite.Tests
				again.Failures += suite.Failures
				again.Errors += suite.Errors
				again.Skipped += suite.Skipped
			}
			if diff := cmp.Diff(again, suites); diff != "" {
				t.Errorf("the totals are not the suites' sums:\n%s", diff)
			}
		})
	}
}

func TestJUnitOfABaselineHasNoFailure(t *testing.T) {
	var b bytes.Buffer
	if err := JUnit(&b, Apply(rich(), NewBaseline(rich()))); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("<failure")) {
		t.Error("what is known fails")
	}
}

func TestJUnitNeverFailsTheUnknown(t *testing.T) {
	result := &ownership.Result{
		Areas:        []ownership.AreaResult{{ID: "a/b", State: ownership.Unknown}},
		Findings:     []ownership.Finding{{Policy: "p", Subject: "a/b", Key: "k", Rule: "deny", Severity: ownership.Critical, Status: ownership.Undetermined}},
		Undetermined: map[string]int{"p": 3}, Policies: []ownership.PolicyStatus{{Name: "p", Subjects: 5}},
	}
	var b bytes.Buffer
	if err := JUnit(&b, result); err != nil {
		t.Fatal(err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(b.Bytes(), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Failures != 0 || suites.Skipped != 3 || suites.Tests != 4 {
		t.Errorf("want 4 cases, 3 of them skipped: %s", b.String())
	}
}
