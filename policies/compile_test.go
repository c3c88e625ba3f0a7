package policies_test

import (
	"testing"

	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/policies"
)

// TestCompile asserts that the engine takes each policy: sealed, and checked against the documents.
func TestCompile(t *testing.T) {
	for _, name := range policies.Names() {
		file, text, err := policies.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		set, problems := policy.Compile([]policy.Source{{Name: name, File: file, Text: text}})
		for _, problem := range problems {
			t.Error(problem)
		}
		if len(set.Policies()) != 1 {
			t.Errorf("%s is not compiled", name)
		}
	}
}
