package engine

import (
	"slices"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// What random organisations have shown, each by itself: nothing is added when the fact is unknown.
func TestUnknownCases(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reason string
		change func(*richWorld)
		fact   string
	}{
		"inherited from a lost policy": {
			reason: "whom the group would have, and not the platform's team, is what the child's own holder is added to",
			change: func(w *richWorld) {
				w.objects["Area/group"] = "  parent: platform\n  tier: low\n"
				w.objects["Area/child"] = "  parent: group\n  tier: low\n  roles: [{role: accountable, add: true, holders: [\"user:eve\"]}]\n"
				w.objects["ResponsibilityPolicy/group"] = rego(`# METADATA
# title: Group
# custom: {severity: low, subject: area}
package remit.policies.group

declare contains {"role": "accountable", "holder": "user:eve", "reason": "she answers for the group"} if input.area.name == "group"
`) + "  match: {areas: {matchLabels: {team: group}}}\n"
			},
			fact: "the manifest of ResponsibilityPolicy/group",
		},
		"inherited from a lost Area": {
			reason: "as above, by a manifest",
			change: func(w *richWorld) {
				w.objects["Area/group"] = "  parent: platform\n  tier: low\n  roles: [{role: accountable, holders: [\"user:eve\"]}]\n"
				w.objects["Area/child"] = "  parent: group\n  tier: low\n"
				w.objects["RoleAssignment/child"] = "  area: child\n  role: accountable\n  holders: [\"user:eve\"]\n  add: true\n"
			},
			fact: "the manifest of Area/group",
		},
		"a lost policy below an area that it could not tell of": {
			reason: "what the parent has was not known before either, so that the child's holder is none of whom that is said",
			change: func(w *richWorld) {
				w.bob().Ends = now.AddDate(0, 0, -8)
				w.objects["Area/below"] = "  parent: gone\n  tier: low\n"
				w.objects["ResponsibilityPolicy/below"] = rego(`# METADATA
# title: Below
# custom: {severity: low, subject: area}
package remit.policies.below

declare contains {"role": "accountable", "holder": "user:bob", "reason": "he answers for it"} if input.area.parent == "web/gone"

declare contains {"role": "deputy", "holder": held.holder, "reason": "who approves stands in"} if some held in input.observed.approver
`) + "  match: {areas: {matchExpressions: [{key: team, operator: In, values: [gone, below]}]}}\n"
			},
			fact: "the manifest of ResponsibilityPolicy/below",
		},
		"an area below one that claims the same": {
			reason: "with its manifest its parent is lost, and that alone settles whose the files are",
			change: func(w *richWorld) {
				w.objects["Area/both"] = "  parent: cart\n  tier: low\n  scope: {repositories: [{name: acme/shop, paths: [cart]}]}\n"
			},
			fact: "the manifest of Area/both",
		},
		"a path that is none, where a problem of CODEOWNERS is nobody's": {
			reason: "one of those that claim something there is told of it, and that is the same one as before",
			change: func(w *richWorld) {
				w.objects["Area/left"] = "  tier: low\n  scope: {repositories: [{name: acme/solo, paths: [aaaa]}]}\n"
				w.objects["Area/right"] = "  tier: low\n  scope: {repositories: [{name: acme/solo, paths: [bbbb]}]}\n"
			},
			fact: "the first path of Area/right",
		},
		"suspension": {
			reason: "whoever suspends an area wants to hear nothing of it",
			change: func(w *richWorld) {
				w.objects["Area/lib"] = "  suspend: true\n" + w.objects["Area/lib"]
			},
			fact: "the suspension of Area/lib",
		},
		"suspension of what is no YAML": {
			reason: "as above, whatever else is known of the area",
			change: func(w *richWorld) {
				w.objects["Area/told"] = "  tier: low\n  suspend: true\n  roles: [{role: deputy, holders: [\"user:cem\"]}]\n"
				w.objects["RoleAssignment/told"] = "  area: told\n  role: accountable\n  holders: [\"user:cem\"]\n"
				w.addCount("organisation", "input.areas")
			},
			fact: "the role of Area/told",
		},
		"labels": {
			reason: "a policy for areas without a label is not for one whose labels cannot be read",
			change: func(*richWorld) {},
			fact:   "the manifest of Area/shop",
		},
		"an area or none": {
			reason: "the repository may be the area's whose scope cannot be read",
			change: func(w *richWorld) {
				w.objects["Area/solo"] = "  tier: low\n  scope: {repositories: [{name: acme/solo}]}\n"
			},
			fact: "the scope of Area/solo",
		},
		"how many areas there are": {
			reason: "the repository is one area, the Area's or its own, and it is not known which",
			change: func(w *richWorld) {
				w.objects["Area/solo"] = "  tier: low\n  scope: {repositories: [{name: acme/solo}]}\n"
				w.addCount("organisation", "input.areas")
			},
			fact: "the scope of Area/solo",
		},
		"which areas there are": {
			reason: "as above",
			change: func(w *richWorld) {
				w.objects["Area/solo"] = "  tier: low\n  scope: {repositories: [{name: acme/solo}]}\n"
				w.addCount("organisation", "count(data.remit.areas)")
			},
			fact: "the scope of Area/solo",
		},
		"who may write the repository of an area or none": {
			reason: "nobody is observed in an area that may be none",
			change: func(w *richWorld) {
				w.objects["Area/solo"] = "  tier: low\n  scope: {repositories: [{name: acme/solo}]}\n"
				find(w.source("people").Teams, func(t ownership.Team) bool { return t.ID == "acme/solo" }).Members = []string{"robo-gh"}
			},
			fact: "the scope of Area/solo",
		},
		"a repository that nobody sees": {
			reason: "that there is no such one is unknown also where the Area that names it cannot be read",
			change: func(w *richWorld) {
				w.source("mirror").AllRepositories = true
				w.addRule("organisation", `count(data.remit.repositories) < 9`)
			},
			fact: "the scope of Area/gone",
		},
		"a part of a repository that nobody sees": {
			reason: "as above",
			change: func(w *richWorld) {
				w.source("mirror").AllRepositories = true
				w.addRule("organisation", `count(data.remit.repositories) < 9`)
				w.objects["Area/gone"] = "  tier: low\n  scope: {repositories: [{name: acme/gone, paths: [x]}]}\n"
			},
			fact: "the paths of Area/gone",
		},
		"a role that is not configured": {
			reason: "it may be, and where its parent is known, so it is then",
			change: func(w *richWorld) {
				w.objects["Area/lib"] = "  parent: tools\n  tier: critical\n  roles: [{role: mender, holders: [\"user:eve\"]}]\n"
				w.addRule("area", `input.area.parent == "web/tools"`)
			},
			fact: "the manifest of RoleConfiguration/default",
		},
		"a team that nobody sees": {
			reason: "who else is named as an owner there is unknown, and so are the teams that there may be",
			change: func(w *richWorld) {
				codeowners := &w.repository("checkouts", "acme/solo").Codeowners
				codeowners.Text = append(codeowners.Text, "/main.go @else/team\n"...)
				w.addRule("organisation", `count(data.remit.teams) < 99`)
			},
			fact: "CODEOWNERS of repository acme/solo in checkouts, with nothing of it",
		},
		"files with owners who may be valid": {
			reason: "of how many the owners are is unknown",
			change: func(w *richWorld) { w.addCount("area", "input.coverage.effective") },
			fact:   "person ann",
		},
		"names that may be one person's, observed": {
			reason: "how many persons they are is unknown",
			change: func(w *richWorld) { w.addCount("area", "count(input.observed.approver)") },
			fact:   "person ann, without logins",
		},
		"names that may be one person's, declared": {
			reason: "as above",
			change: func(w *richWorld) {
				w.objects["Area/told"] = "  tier: low\n  roles: [{role: deputy, holders: [\"user:ann\", \"user:ann-gh\"]}]\n"
				w.addCount("area", "count(input.declared.deputy)")
			},
			fact: "person ann, without logins",
		},
		"names that may be one person's, in another area": {
			reason: "as above",
			change: func(w *richWorld) {
				w.addCount("organisation", `count(data.remit.areas["web/cart"].observed.approver)`)
			},
			fact: "person ann, without logins",
		},
	} {
		t.Run(name, func(t *testing.T) {
			loader := newRichLoader(t)
			world := func() *richWorld {
				w := newRichWorld()
				w.addPolicies()
				w.addWrong(wrongRules, "honest")
				test.change(w)
				return w
			}
			before, w := loader.pass(world()), world()
			facts := factsOf(w)
			at := slices.IndexFunc(facts, func(f fact) bool { return f.name == test.fact })
			if at < 0 {
				t.Fatalf("there is no such fact as %s", test.fact)
			}
			facts[at].forget(w)
			for _, added := range slices.Concat(more(before, loader.pass(w)), more(before, loader.passAfter(before, w))) {
				t.Errorf("%s, and yet there is %s", test.reason, added)
			}
		})
	}
}

// addRule adds a policy of one rule.
func (w *richWorld) addRule(subject, rule string) {
	w.objects["ResponsibilityPolicy/rule"] = rego(`# METADATA
# title: Rule
# custom: {severity: low, subject: ` + subject + `}
package remit.policies.rule

deny contains {"key": "so", "message": "it is so"} if ` + rule + "\n")
}

// addCount adds a policy that says how many there are.
func (w *richWorld) addCount(subject, count string) {
	w.objects["ResponsibilityPolicy/count"] = rego(`# METADATA
# title: Count
# custom: {severity: low, subject: ` + subject + `}
package remit.policies.count

deny contains {"key": sprintf("%d", [` + count + `]), "message": "so many"}
`)
}
