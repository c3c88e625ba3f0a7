package manifest

import (
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// A policy under the name of Remit's own findings would be taken for them, and they for its own.
func TestReservedNames(t *testing.T) {
	loader := newLoader(t)
	for _, name := range []string{ownership.UnownedPolicy, ownership.RolesPolicy} {
		set, problems := loadText(t, loader, manifestOf("ResponsibilityPolicy", name, "{library: accountable-holder}"))
		if len(set.Policies) != 0 || len(problems) != 1 || problems[0].Warning || !strings.Contains(problems[0].Message, "give the policy another name") {
			t.Errorf("%s: %v, %v", name, set.Policies, problems)
		}
	}
}

// Whether a policy may declare is known from its text.
func TestMayDeclare(t *testing.T) {
	for name, test := range map[string]struct {
		reason, rego string
		want         bool
	}{
		"rule":        {"it declares", "declare contains x if true", true},
		"after a tab": {"wherever the rule begins", "package a;\tdeclare contains x if true", true},
		"reads what is declared": {
			"input.declared is no rule", "deny contains x if count(input.declared.accountable) == 0", false,
		},
		"comment": {"a comment is no rule", "  # what areas declare\ndeny contains x if true # ", false},
		"backticks": {
			"a line in a text that looks like a comment may be none", "x := `\n# ` declare contains x if true", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := MayDeclare([]byte(test.rego)); got != test.want {
				t.Errorf("%s: got %v", test.reason, got)
			}
		})
	}
}
