package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

type wrongRule struct{ subject, rule string }

// wrongRules conclude from what is not there, by what they read. They are right where all is known; those that count are if the
// number is that of the world (see counting).
var wrongRules = map[string]wrongRule{
	"declared":      {"area", `count(input.declared.accountable) == 0`},
	"observed":      {"area", `count(input.observed.approver) == 0`},
	"catalog":       {"area", `count(input.observed.accountable) == 0`},
	"coverage":      {"area", `input.coverage.effective == 0`},
	"contributors":  {"area", `count(input.contributors) == 0`},
	"codeowners":    {"area", `count(input.codeowners) == 0`},
	"drift":         {"area", `count(input.drift) == 0`},
	"people":        {"area", "some held in input.declared.accountable\n\tnot data.remit.people[held.holder]\n\tnot data.remit.teams[held.holder]"},
	"active":        {"area", "some held in input.declared.accountable\n\tcount(data.remit.teams[held.holder].active_members) < 2"},
	"members":       {"area", "some held in input.declared.accountable\n\tcount(data.remit.teams[held.holder].members) == 0"},
	"permissions":   {"area", "some held in input.declared.accountable\n\tcount(data.remit.teams[held.holder].repositories) == 0"},
	"repositories":  {"area", "some id in input.area.repositories\n\tnot data.remit.repositories[id].rules > 0"},
	"parent":        {"area", "parent := data.remit.areas[input.area.parent]\n\tcount(parent.observed.approver) == 0"},
	"load":          {"area", "some held in input.declared.accountable\n\tnot data.remit.load[held.holder].areas > 1"},
	"team":          {"team", `count(input.team.active_members) == 0`},
	"team holds":    {"team", `count(input.holds) == 0`},
	"children":      {"team", `count(input.children) == 0`},
	"person holds":  {"person", `count(input.holds) == 0`},
	"person teams":  {"person", `count(input.teams) == 0`},
	"person's name": {"person", `input.person.name == ""`},
	"organisation":  {"organisation", `count(data.remit.people) < 8`},
	"all teams":     {"organisation", `count(data.remit.teams) < 11`},
	"all areas":     {"organisation", `input.areas < 16`},
	"areas":         {"organisation", `count(data.remit.areas) < 16`},
	"seen":          {"organisation", `count(data.remit.repositories) < 3`},
	"files":         {"area", "some id in input.area.repositories\n\tdata.remit.repositories[id].files < 5"},
	"loads":         {"organisation", `count(data.remit.load) < 17`},
	"tier":          {"area", `input.area.tier == ""`},
	"no parent":     {"area", `input.area.parent == ""`},
	"description":   {"area", `input.area.description == ""`},
	"scope":         {"area", `count(input.area.repositories) == 0`},
	"maintainers":   {"team", `count(input.team.maintainers) == 0`},
	"bots":          {"person", `input.person.kind != "bot"`},
	"staying":       {"person", `input.person.ends == ""`},
}

// addWrong adds the rules that are wrong, as policies that say that they handle what is unknown, and as such that leave it to Remit.
func (w *richWorld) addWrong(rules map[string]wrongRule, kinds ...string) {
	customs := map[string]string{"reckless": ", handles_unknown: true", "honest": ""}
	for name, wrong := range rules {
		word := strings.NewReplacer(" ", "_", "'", "").Replace(name)
		for _, kind := range kinds {
			w.objects["ResponsibilityPolicy/"+kind+"-"+strings.ReplaceAll(word, "_", "-")] = rego(fmt.Sprintf(`# METADATA
# title: Wrong
# custom: {severity: low, subject: %s%s}
package remit.policies.%s_%s

deny contains {"key": "none", "message": "there is none"} if {
	%s
}
`, wrong.subject, customs[kind], kind, word, wrong.rule))
		}
	}
}

// counting is wrongRules with the numbers of a world: each rule that counts what there is in the organisation finds something
// only where there is less of it than in that world. A policy is asked how much there is.
func counting(t *testing.T, w *richWorld) map[string]wrongRule {
	t.Helper()
	rules, counts := maps.Clone(wrongRules), map[string]string{}
	for name, wrong := range wrongRules {
		count, _, compares := strings.Cut(wrong.rule, " < ")
		if wrong.subject != "organisation" || !compares {
			continue
		}
		counts[name] = count
		w.objects["ResponsibilityPolicy/counts-"+strings.ReplaceAll(name, " ", "-")] = rego(fmt.Sprintf(`# METADATA
# title: Counts
# custom: {severity: low, subject: organisation}
package remit.policies.counts_%s

deny contains {"key": sprintf("%%d", [%s]), "message": "so many"}
`, strings.ReplaceAll(name, " ", "_"), count))
	}
	for _, finding := range newRichLoader(t).pass(w).Result.Findings {
		policy, _ := strings.CutPrefix(finding.Policy, "counts-")
		name := strings.ReplaceAll(policy, "-", " ")
		if count, is := counts[name]; is {
			rules[name] = wrongRule{"organisation", count + " < " + finding.Key}
			delete(counts, name)
		}
	}
	if len(counts) > 0 {
		t.Fatalf("it is not known how much there is of %q", slices.Sorted(maps.Keys(counts)))
	}
	return rules
}

// The table of facts can fail: policies that conclude from what is not there, and say that they handle what is unknown, are
// caught, each by some fact. Policies that leave it to Remit never are, and say nothing else than before.
func TestWrongPoliciesAreCaught(t *testing.T) {
	t.Parallel()
	rules := counting(t, newRichWorld())
	world := func() *richWorld {
		w := newRichWorld()
		w.addWrong(rules, "reckless")
		w.addEchoes()
		return w
	}
	loader := newRichLoader(t)
	before := loader.pass(world())
	if problems := loader.input(world()).Problems; len(problems) > 0 {
		t.Fatal(problems)
	}
	for name := range echoes {
		policy := "echo-" + strings.ReplaceAll(name, " ", "-")
		if !slices.ContainsFunc(before.Result.Findings, func(f ownership.Finding) bool { return f.Policy == policy }) {
			t.Errorf("%s says nothing", policy)
		}
	}
	caught := map[string]string{}
	for _, fact := range factsOf(newRichWorld()) {
		w := world()
		fact.forget(w)
		for _, added := range more(before, loader.pass(w)) {
			policy, is := strings.CutPrefix(added, "a finding of reckless-")
			if !is {
				t.Errorf("unknown is %s, and so there is %s", fact.name, added)
				continue
			}
			policy, _, _ = strings.Cut(policy, " ")
			caught[policy] = fact.name
		}
	}
	for name, wrong := range rules {
		if word := strings.NewReplacer(" ", "-", "'", "").Replace(name); caught[word] == "" {
			t.Errorf("a policy that concludes from absence is not caught: %s", wrong.rule)
		}
	}
}

// The comparison can fail: what is really different is told, of each kind.
func TestMoreIsTold(t *testing.T) {
	loader := newRichLoader(t)
	world := func() *richWorld {
		w := newRichWorld()
		w.addPolicies()
		return w
	}
	before := loader.pass(world())
	if added := more(before, loader.pass(world())); len(added) > 0 {
		t.Errorf("nothing is different, and yet there is %q", added)
	}
	for name, test := range map[string]struct {
		change func(*richWorld)
		want   []string
	}{
		"rules": {
			func(w *richWorld) {
				codeowners := &w.repository("checkouts", "acme/shop").Codeowners
				codeowners.Text = []byte(strings.Replace(string(codeowners.Text), "/ops/ @acme/ops @cem-gh", "/ops/ @eve-gh", 1))
			},
			[]string{
				"a change: acme/shop ops/run.sh gets @acme/ops", "a change: acme/shop ops/run.sh loses @eve-gh",
				"a finding of no-conflict on web/ops: unexpected/approver/user:eve", "drift of web/ops: unexpected approver user:eve not-declared",
			},
		},
		"files": {
			func(w *richWorld) {
				w.repository("checkouts", "acme/solo").Codeowners = ownership.CodeownersFile{Provenance: seenBy("checkouts", "")}
			},
			[]string{
				"a finding of codeowners-hygiene on repository:acme/solo: missing/acme/solo", "file 1 of repository:acme/solo without an owner",
				"repository:acme/solo not owned", "repository:acme/solo without a approver in part", "repository:acme/solo without any approver",
			},
		},
		"nobody": {
			func(w *richWorld) { delete(w.objects, "RoleAssignment/told") },
			[]string{
				"a finding of accountable-holder on web/told: none", "web/told not owned", "web/told unowned",
				"web/told without a accountable in part", "web/told without any accountable",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := world()
			test.change(w)
			told := map[string]bool{}
			for _, added := range more(before, loader.pass(w)) {
				told[added] = true
			}
			for _, want := range test.want {
				if !told[want] {
					t.Errorf("not told: %s\nbut: %v", want, told)
				}
			}
		})
	}
}
