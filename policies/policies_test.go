package policies_test

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/remit-dev/remit/controller/policytest"
	"github.com/remit-dev/remit/policies"
)

func TestNames(t *testing.T) {
	want := []string{
		"accountable-holder", "codeowners-hygiene", "no-conflict", "offboarding", "shared-responsibility", "valid-holder",
	}
	if diff := cmp.Diff(want, policies.Names()); diff != "" {
		t.Errorf("Names() (-want +got):\n%s", diff)
	}
}

func TestTextOfNoPolicy(t *testing.T) {
	for _, name := range []string{"", "accountable_holder", "../policies", "valid-holder/policy.rego"} {
		if _, _, err := policies.Text(name); err == nil {
			t.Errorf("Text(%q) gives no error", name)
		}
	}
}

// TestCases runs the case files of each policy.
func TestCases(t *testing.T) {
	for _, name := range policies.Names() {
		t.Run(name, func(t *testing.T) {
			file, text, err := policies.Text(name)
			if err != nil {
				t.Fatal(err)
			}
			policy, err := policytest.Parse(file, text)
			if err != nil {
				t.Fatal(err)
			}
			cases, err := policytest.Load(os.DirFS("."), path.Join(name, "cases"))
			if err != nil {
				t.Fatal(err)
			}
			shown := map[string]bool{}
			for _, c := range cases {
				for _, want := range c.Want {
					shown[want.Rule] = true
				}
				t.Run(c.Name, func(t *testing.T) {
					got, err := policy.Evaluate(context.Background(), c)
					if err != nil {
						t.Fatal(err)
					}
					if diff := c.Compare(got); diff != "" {
						t.Errorf("%s (-want +got):\n%s", c.Description, diff)
					}
				})
			}
			for _, rule := range policy.Rules {
				if !shown[rule.Kind] {
					t.Errorf("no case shows a %s", rule.Kind)
				}
			}
		})
	}
}

// TestRego runs the policies' own tests as plain `opa test policies/` does: everything in the folder is loaded, the
// cases as data. Each line of each policy must be run by one of the tests.
func TestRego(t *testing.T) {
	modules, store, err := tester.Load([]string{"."}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(ctx, txn)
	coverage := cover.New()
	runner := tester.NewRunner().SetModules(modules).SetStore(store).RaiseBuiltinErrors(true).SetCoverageQueryTracer(coverage)
	results, err := runner.RunTests(ctx, txn)
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for result := range results {
		ran[path.Dir(result.Location.File)]++
		if !result.Pass() {
			t.Errorf("%s: %v", result, result.Error)
		}
	}
	report := coverage.Report(modules)
	for _, name := range policies.Names() {
		if ran[name] == 0 {
			t.Errorf("%s has no test", name)
		}
		for _, part := range report.Files[path.Join(name, "policy.rego")].NotCovered {
			t.Errorf("%s/policy.rego:%d-%d is run by no test", name, part.Start.Row, part.End.Row)
		}
	}
}

// TestFormat asserts that each Rego file is as `opa fmt` writes it.
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("*/*.rego")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < len(policies.Names()) {
		t.Fatalf("found only %d files", len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := format.Source(file, text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(formatted)); diff != "" {
			t.Errorf("%s is not formatted (-is +opa fmt):\n%s", file, diff)
		}
	}
}

// TestWords asserts what each policy must say of itself to be documented.
func TestWords(t *testing.T) {
	for _, name := range policies.Names() {
		file, text, err := policies.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		policy, err := policytest.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]string{
			"title": policy.Title, "description": policy.Description, "custom.severity": policy.Severity, "custom.subject": policy.Subject,
		}
		for _, parameter := range policy.Parameters {
			given["comment above "+parameter.Name] = parameter.Comment
		}
		for i, rule := range policy.Rules {
			given[fmt.Sprintf("title of rule %d", i)] = rule.Title
			given[fmt.Sprintf("description of rule %d", i)] = rule.Description
			given[fmt.Sprintf("custom.key of rule %d", i)] = rule.Key
		}
		for what, word := range given {
			if word == "" {
				t.Errorf("%s has no %s", file, what)
			}
		}
		if !slices.Contains([]string{"area", "person"}, policy.Subject) {
			t.Errorf("%s: subject %q", file, policy.Subject)
		}
	}
}
