package codeowners_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/codeowners/codeownerstest"
)

// TestConformance drives testdata/conformance.yaml.
func TestConformance(t *testing.T) {
	table, err := codeownerstest.Conformance("testdata/conformance.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Cases) < 110 {
		t.Fatalf("%d cases", len(table.Cases))
	}
	names := map[string]bool{}
	for _, c := range table.Cases {
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			f := codeowners.Parse(c.Bytes())
			var errors []string
			for _, e := range f.Errors() {
				errors = append(errors, fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Kind))
			}
			if diff := cmp.Diff(c.Errors, errors); diff != "" {
				t.Errorf("errors, %s (-want +got):\n%s", c.Reason, diff)
			}
			m := f.Compile()
			for path, want := range c.Paths {
				if got := state(f, m.Match(path)); got != want {
					t.Errorf("%s: %q is %s, want %s", c.Reason, path, got, want)
				}
			}
			for line, want := range c.Owners {
				var got []string
				for _, o := range f.Rules()[f.Line(line).Rule].Owners {
					got = append(got, o.Kind.String()+" "+o.Text)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("owners of line %d, %s (-want +got):\n%s", line, c.Reason, diff)
				}
			}
		})
	}
}

func state(f *codeowners.File, m codeowners.Match) string {
	if m.State == codeowners.Unmatched {
		return m.State.String()
	}
	return fmt.Sprintf("%s %d", m.State, f.Rules()[m.Rule].Line)
}

// TestErrorText is the layout that GitHub documents for its errors API.
func TestErrorText(t *testing.T) {
	tests := map[string]struct {
		reason, text, suggestion, message string
	}{
		"documented pattern": {
			reason:     "the first example of the endpoint",
			text:       "\n\n***/*.rb @monalisa\n",
			suggestion: "Did you mean `**/*.rb`?",
			message:    "Invalid pattern on line 3: Did you mean `**/*.rb`?\n\n  ***/*.rb @monalisa\n  ^",
		},
		"documented owner": {
			reason:  "the second example of the endpoint",
			text:    "\n\n\n\n\n\n*.txt docs@\n",
			message: "Invalid owner on line 7:\n\n  *.txt docs@\n        ^",
		},
		"slash": {
			reason:     "the suggestion in the endpoint's schema",
			text:       "/ @a",
			suggestion: "The pattern `/` will never match anything, did you mean `*` instead?",
			message:    "Invalid pattern on line 1: The pattern `/` will never match anything, did you mean `*` instead?\n\n  / @a\n  ^",
		},
		"long line": {
			reason:  "what is shown of a line is bounded, and the caret still points at the fault",
			text:    "/" + strings.Repeat("é", 100_000) + " bob " + strings.Repeat("@x ", 1000),
			message: "Invalid owner on line 1:\n\n  …" + strings.Repeat("é", 79) + " bob " + strings.Repeat("@x ", 25) + "@…\n  " + strings.Repeat(" ", 81) + "^",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			errors := codeowners.Parse([]byte(test.text)).Errors()
			if len(errors) != 1 {
				t.Fatalf("%d errors", len(errors))
			}
			if diff := cmp.Diff(test.message, errors[0].Message); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			if errors[0].Suggestion != test.suggestion {
				t.Errorf("suggestion %q", errors[0].Suggestion)
			}
		})
	}
}

func TestUnknownOwner(t *testing.T) {
	f := codeowners.Parse([]byte("* @nobody @o/t\n"))
	rule := f.Rules()[0]
	want := "Unknown owner on line 1: make sure the team @o/t exists, is publicly visible, and has write access to the repository\n\n  * @nobody @o/t\n            ^"
	if diff := cmp.Diff(want, f.UnknownOwner(0, rule.Owners[1]).Message); diff != "" {
		t.Error(diff)
	}
}

// TestErrorsAreBounded: a hostile file cannot make a million messages, and the number stays exact.
func TestErrorsAreBounded(t *testing.T) {
	f := codeowners.Parse([]byte(strings.Repeat("!\n", 1_000_000) + "* @a\n"))
	if len(f.Errors()) != 10_000 || f.ErrorsTotal() != 1_000_000 || len(f.Rules()) != 1 {
		t.Errorf("%d errors of %d, %d rules", len(f.Errors()), f.ErrorsTotal(), len(f.Rules()))
	}
}

// TestDocumentedCounts keeps the numbers in docs/codeowners.md true.
func TestDocumentedCounts(t *testing.T) {
	table, err := codeownerstest.Conformance("testdata/conformance.yaml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/codeowners.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(page)), " ")
	basis := map[string]int{}
	for _, c := range table.Cases {
		basis[c.Basis]++
	}
	for _, want := range []string{
		fmt.Sprintf("%d cases, each with its reason and its basis.", len(table.Cases)),
		fmt.Sprintf("%d rest on documentation, %d on something", basis["documented"], basis["observed"]),
		fmt.Sprintf("and %d are inferred", basis["inference"]),
		fmt.Sprintf("cases that differ, of %d", len(table.Cases)),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/codeowners.md does not say %q", want)
		}
	}
}
