package acme_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/tester"
)

// TestPolicies runs the tests of the example's own policies as plain `opa test` does, and asserts that the files are as
// `opa fmt` writes them: they are what authors copy.
func TestPolicies(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(example, "manifests", "policies", "*.rego"))
	if err != nil {
		t.Fatal(err)
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
	results, err := tester.Run(context.Background(), files...)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		if !result.Pass() {
			t.Errorf("%s: %v", result, result.Error)
		}
	}
	if len(results) < 6 {
		t.Errorf("only %d tests were run", len(results))
	}
}
