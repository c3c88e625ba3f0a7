package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// All that is wrong with an object is said in one run, and nothing that only follows.
func TestAllAtOnce(t *testing.T) {
	loader := newLoader(t)
	for name, test := range map[string]struct {
		reason, kind, spec string
		want               []string
	}{
		"area": {
			"mode (schema), holders (rules), parent and role (references)", "Area",
			`{mode: Enforced, parent: nowhere, roles: [{role: accontable, holders: ["payments", "user:ok"]}, {role: deputy, holders: ["@bob"]}]}`,
			[]string{"spec.mode", "spec.parent", "spec.roles[0].role", "spec.roles[0].holders[0]", "spec.roles[1].holders[0]"},
		},
		"assignment": {
			"likewise", "RoleAssignment", `{area: nowhere, role: accontable, holders: [bob], bogus: 1}`,
			[]string{"spec.area", "spec.role", "spec.holders[0]", "spec.bogus"},
		},
		"wrong type": {"a rule that sees the field is not asked, another one is", "RoleAssignment", `{area: 7, role: deputy, holders: {}, validFrom: "2026-02-01T00:00:00Z", validUntil: "2026-01-01T00:00:00Z"}`,
			[]string{"spec.area", "spec.holders", "spec.validUntil"}},
		"missing": {"nor one that would miss it", "OwnershipSource", `{git: {}, interval: 1x}`, []string{"spec.git", "spec.interval"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := loadText(t, loader, manifestOf(test.kind, "x", test.spec))
			var got []string
			for _, problem := range problems {
				got = append(got, problem.Field)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%v", test.reason, diff, problems)
			}
		})
	}
}
