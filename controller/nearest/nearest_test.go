package nearest

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestName(t *testing.T) {
	roles := []string{"responsible", "accountable", "approver", "deputy", "oncall"}
	tests := map[string]struct {
		reason, word string
		known        []string
		want         string
	}{
		"a letter less":              {"a slip", "depty", roles, "deputy"},
		"letters swapped":            {"which counts as two slips", "deptuy", roles, "deputy"},
		"a third":                    {"is near enough", "acountble", roles, "accountable"},
		"another word":               {"is not", "owner", roles, ""},
		"case":                       {"does not count", "DEPUTY", roles, "deputy"},
		"itself":                     {"is no slip", "deputy", roles, ""},
		"nothing":                    {"stands for nothing", "", roles, ""},
		"one letter":                 {"stands for nothing either: all of it would differ", "a", []string{"b", "ab"}, ""},
		"two letters":                {"one may differ", "ax", []string{"bb", "ab"}, "ab"},
		"equally near":               {"the one of the same length is meant", "form", []string{"forms", "farm"}, "farm"},
		"equally near, alike":        {"then the first by name", "bat", []string{"hat", "cat"}, "cat"},
		"another of an organisation": {"what is shared makes nobody nearer", "nimbus/nope", []string{"nimbus/money", "nimbus/tools"}, ""},
		"a slip after one":           {"is one", "nimbus/mony", []string{"nimbus/money", "nimbus/tools"}, "nimbus/money"},
		"a slip before one":          {"is one too", "nimbs/money", []string{"nimbus/money", "acme/money"}, "nimbus/money"},
		"nothing known":              {"there is nothing to mean", "depty", nil, ""},
		"too long":                   {"is no name", strings.Repeat("a", 201), []string{strings.Repeat("a", 200)}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Name(test.word, test.known); got != test.want {
				t.Errorf("%s: %q is taken for %q, want %q", test.reason, test.word, got, test.want)
			}
		})
	}
}

func TestQuestion(t *testing.T) {
	if got := Question("depty", []string{"deputy"}); got != "did you mean `deputy`?" {
		t.Error(got)
	}
	if got := Question("owner", []string{"deputy"}); got != "" {
		t.Errorf("nothing is near, but it asks %q", got)
	}
}

// Whatever the order of the known names, the same one is meant, and it is one of them.
func TestNameOfAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-c]{0,5}`).Draw(t, "word")
		known := rapid.SliceOf(rapid.StringMatching(`[a-c]{1,5}`)).Draw(t, "known")
		got := Name(word, known)
		if got != "" && !slices.Contains(known, got) {
			t.Fatalf("%q is not known", got)
		}
		slices.Reverse(known)
		if again := Name(word, known); again != got {
			t.Fatalf("%q or %q", got, again)
		}
	})
}
