package engine

import (
	"iter"
	"maps"
	"strings"
)

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// worldRoles makes approver exclusive and lets people files show who is responsible.
const worldRoles = `  roles:
    - {name: approver, exclusive: true, observableIn: [git]}
    - {name: responsible, observableIn: [people]}
    - {name: deputy, requiredTiers: [critical]}
    - {name: accountable, maxHolders: 1, exclusive: true, requiredTiers: ["*"], observableIn: [catalog, kubernetes]}
`

// worldPolicies are specs of policies that together read everything that can be read.
var worldPolicies = map[string]string{
	"library":        "  library: accountable-holder\n",
	"hygiene":        "  library: codeowners-hygiene\n",
	"offboarding":    "  library: offboarding\n  parameters: {notice_days: 3}\n",
	"offboarding-30": "  library: offboarding\n  parameters: {notice_days: 30}\n",
	"conflicts":      "  library: no-conflict\n",
	"shared":         "  library: shared-responsibility\n  match: {tiers: [critical]}\n",
	"holders":        "  library: valid-holder\n  match: {areas: {matchLabels: {team: shop}}}\n",
	"clock": rego(`# METADATA
# title: Clock
# custom: {severity: low, subject: area}
package remit.policies.clock

deny contains {"key": "late", "message": sprintf("it is %d on %s", [data.remit.clock.hour, data.remit.clock.day])} if {
	input.area.tier == "critical"
	data.remit.clock.hour > 10
}
`),
	"declares": rego(`# METADATA
# title: Declares
# custom: {severity: low, subject: area}
package remit.policies.declares

declare contains {"role": "approver", "holder": person, "reason": "a maintainer approves"} if {
	some declared in input.declared.accountable
	some person in data.remit.teams[declared.holder].maintainers
}

declare contains {"role": "consulted", "holder": "user:ann", "reason": "she knows"} if {
	data.remit.people["user:ann"].active
	not data.remit.people["user:ann"].kind == "bot"
}
`),
	"answers": rego(`# METADATA
# title: Answers
# custom: {severity: low, subject: area}
package remit.policies.answers

declare contains {"role": "accountable", "holder": "user:bob", "reason": "he answers for files of low tier"} if {
	input.area.tier == "low"
	count(input.area.repositories) > 0
}

declare contains {"role": "accountable", "holder": holder, "reason": "who approves answers"} if {
	input.area.parent != ""
	some holder in {observed.holder | some observed in input.observed.approver}
}

declare contains {"role": "approver", "holder": "team:acme/web", "reason": "they approve what is below"} if {
	data.remit.areas[input.area.parent].tier == "critical"
}
`),
	"neighbours": rego(`# METADATA
# title: Neighbours
# custom: {severity: medium, subject: area}
package remit.policies.neighbours

warn contains {"key": concat("/", ["like", other]), "message": "the parent has the same holder"} if {
	other := input.area.parent
	other != ""
	some mine in input.declared.accountable
	some theirs in data.remit.areas[other].declared.accountable
	mine.holder == theirs.holder
}

warn contains {"key": concat("/", ["load", mine.holder]), "message": sprintf("%d areas", [data.remit.load[mine.holder].areas])} if {
	some mine in input.declared.accountable
	data.remit.load[mine.holder].areas > 1
}

warn contains {"key": concat("/", ["rules", id]), "message": "many files"} if {
	some id in input.area.repositories
	data.remit.repositories[id].files > data.remit.repositories[id].rules
}
`),
	"teams": rego(`# METADATA
# title: Teams
# custom: {severity: medium, subject: team}
package remit.policies.teams

deny contains {"key": "small", "message": sprintf("%s has %d members and holds %d", [input.holder, count(input.team.active_members), count(input.holds)])} if {
	count(input.team.active_members) < 2
}

warn contains {"key": concat("/", ["child", child]), "message": data.remit.teams[child].name} if some child in input.children
`),
	"schedules": rego(`# METADATA
# title: Schedules
# custom: {severity: medium, subject: schedule}
package remit.policies.schedules

warn contains {"key": held.area, "message": held.at} if some held in input.holds
`),
	"whole": rego(`# METADATA
# title: Whole
# custom: {severity: info, subject: organisation}
package remit.policies.whole

warn contains {"key": "counts", "message": sprintf("%d %d %d", [input.areas, count(data.remit.people), count(data.remit.teams)])}

warn contains {"key": concat("/", ["busy", holder]), "message": "busy"} if {
	some holder, load in data.remit.load
	load.areas > 1
}
`),
}

// rego is the spec of a policy with that text.
func rego(text string) string {
	spec := "  rego: |\n"
	for line := range strings.Lines(text) {
		spec += "    " + line
	}
	return spec
}
