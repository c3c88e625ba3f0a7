package engine

import (
	"fmt"
	"strings"
)

// echo is a policy that says what it reads, in the key of its finding, so that whatever else it reads is another finding. What
// is not unknown must be what it is when all is known.
type echo struct {
	// format and values are those of the key; some is where the values are.
	subject, format, values, some string
}

var echoes = map[string]echo{
	"area": {"area", "%s %s %s %v %v", "input.area.tier, input.area.parent, input.area.description, input.area.repositories, input.area.labels", ""},
	"declared": {
		"area", "%s %s %s", "role, each.holder, each.by",
		"some role, held in input.declared\n\tsome each in held",
	},
	"count of declared": {"area", "%s %d", "role, count(held)", "some role, held in input.declared"},
	"observed": {
		"area", "%s %s %s %d %d", "role, each.holder, each.source, each.files, each.total",
		"some role, held in input.observed\n\tsome each in held",
	},
	"count of observed":     {"area", "%s %d", "role, count(held)", "some role, held in input.observed"},
	"coverage":              {"area", "%v", "input.coverage", ""},
	"effective":             {"area", "%d", "input.coverage.effective", ""},
	"files":                 {"area", "%d", "input.coverage.total", ""},
	"contributors":          {"area", "%s %d", "each.holder, each.commits", "some each in input.contributors"},
	"count of contributors": {"area", "%d", "count(input.contributors)", ""},
	"codeowners":            {"area", "%d", "count(input.codeowners)", ""},
	"drift":                 {"area", "%d", "count(input.drift)", ""},
	"repositories": {
		"area", "%s %d %d", "id, data.remit.repositories[id].files, data.remit.repositories[id].rules",
		"some id in input.area.repositories",
	},
	"parent": {"area", "%s %v", "data.remit.areas[input.area.parent].tier, data.remit.areas[input.area.parent].labels", ""},
	"declared above": {
		"area", "%s %d", "role, count(held)",
		"some role, held in data.remit.areas[input.area.parent].declared",
	},
	"observed above": {
		"area", "%s %d", "role, count(held)",
		"some role, held in data.remit.areas[input.area.parent].observed",
	},
	"team of": {
		"area", "%s %v", "each.holder, data.remit.teams[each.holder].active_members",
		"some each in input.declared.accountable",
	},
	"person of": {
		"area", "%s %v", "each.holder, data.remit.people[each.holder].active",
		"some each in input.declared.accountable",
	},
	"absent": {
		"area", "%s", "each.holder",
		"some each in input.declared.accountable\n\tnot data.remit.people[each.holder]\n\tnot data.remit.teams[each.holder]",
	},
	"team": {
		"team", "%s %v %d %d %d",
		"input.team.name, input.team.secret, count(input.team.members), count(input.team.active_members), count(input.team.maintainers)", "",
	},
	"children":      {"team", "%d", "count(input.children)", ""},
	"permissions":   {"team", "%v", "input.team.repositories", ""},
	"team holds":    {"team", "%d", "count(input.holds)", ""},
	"person":        {"person", "%s %s %v %v", "input.person.name, input.person.kind, input.person.active, input.person.ends", ""},
	"person teams":  {"person", "%d", "count(input.teams)", ""},
	"person holds":  {"person", "%d", "count(input.holds)", ""},
	"all people":    {"organisation", "%d", "count(data.remit.people)", ""},
	"all teams":     {"organisation", "%d", "count(data.remit.teams)", ""},
	"all areas":     {"organisation", "%d", "input.areas", ""},
	"areas":         {"organisation", "%d", "count(data.remit.areas)", ""},
	"all seen":      {"organisation", "%d", "count(data.remit.repositories)", ""},
	"count of load": {"organisation", "%d", "count(data.remit.load)", ""},
	"load":          {"organisation", "%s %d", "holder, load.areas", "some holder, load in data.remit.load"},
}

func (w *richWorld) addEchoes() {
	for name, echo := range echoes {
		w.objects["ResponsibilityPolicy/echo-"+strings.ReplaceAll(name, " ", "-")] = rego(fmt.Sprintf(`# METADATA
# title: Echo
# custom: {severity: low, subject: %s}
package remit.policies.echo_%s

deny contains {"key": key, "message": "so it is"} if {
	%s
	key := sprintf("%s", [%s])
}
`, echo.subject, strings.ReplaceAll(name, " ", "_"), echo.some, echo.format, echo.values))
	}
}
