package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/ownership"
)

// holder writes who somebody is, what they hold, and why.
func (e *explanation) holder(holder *explain.Holder) {
	name := ""
	switch {
	case holder.Person != nil:
		name = holder.Person.Name
	case holder.Team != nil:
		name = holder.Team.Name
	}
	e.line(span{Clean(string(holder.Holder)), bold}, span{"  " + Clean(name), plain})
	e.wrapped(nil, span{e.who(holder), dim})
	state, shown := alive(holder.Standing, holder.Holder)
	branches := []branch{{label: "alive", labelStyle: bold, text: state, textStyle: shown}}
	branches = append(branches, e.people(holder)...)
	branches = append(branches, e.holds(holder))
	for _, through := range holder.Through[:e.bound(len(holder.Through), maxThrough)] {
		branches = append(branches, e.through(through))
	}
	if left := len(holder.Through) - e.bound(len(holder.Through), maxThrough); left > 0 {
		branches = append(branches, e.left("through", left))
	}
	branches = append(branches, e.named(holder.Named)...)
	branches = append(branches, branch{label: "load", labelStyle: bold, text: loadText(holder.Load)})
	branches = append(branches, e.about(holder)...)
	branches = append(branches, e.unknown(holder.Unknown)...)
	e.tree("", append(branches, e.policies(holder.Policies, "judged "+judgedAs(holder.Holder))))
}

// who says what is known of a person or team.
func (e *explanation) who(holder *explain.Holder) string {
	switch person, team := holder.Person, holder.Team; {
	case person != nil:
		var logins []string
		for _, system := range slices.Sorted(maps.Keys(person.Logins)) {
			logins = append(logins, Clean(system)+" "+Clean(person.Logins[system]))
		}
		emails := make([]string, len(person.Emails))
		for i, address := range person.Emails {
			emails[i] = Clean(address)
		}
		last := ""
		if person.LastDay != "" {
			last = "last day " + person.LastDay
		}
		return joined("; ", string(person.Kind), strings.Join(logins, ", "), strings.Join(emails, ", "), last, listed(person.Source, person.Location))
	case team != nil:
		parent, secret := "", ""
		if team.Parent != "" {
			parent = "part of " + Clean(string(team.Parent))
		}
		if team.Secret {
			secret = "secret"
		}
		return joined("; ", "team", parent, secret, listed(team.Source, team.Location))
	}
	return "listed by no source"
}

func listed(source, location string) string {
	if location == "" {
		return "listed by source " + Clean(source)
	}
	return "listed by source " + Clean(source) + " in " + Clean(location)
}

// people are a team's members and permissions, or a person's teams.
func (e *explanation) people(holder *explain.Holder) []branch {
	var branches []branch
	if len(holder.Teams) > 0 {
		var teams []string
		for _, membership := range holder.Teams {
			text := Clean(string(membership.Team))
			switch {
			case membership.Maintainer:
				text += " (maintainer)"
			case membership.Below:
				text += " (by a team below)"
			}
			teams = append(teams, text)
		}
		branches = append(branches, branch{label: "teams", labelStyle: bold, text: e.list(teams, maxMembers, ", ")})
	}
	if holder.Team == nil {
		return branches
	}
	var members []string
	for _, member := range holder.Team.Members {
		var notes []string
		if member.Maintainer {
			notes = append(notes, "maintainer")
		}
		if member.Kind != "" && member.Kind != ownership.Human {
			notes = append(notes, string(member.Kind))
		}
		if text, _ := alive(member.Standing, member.Holder); !lives(member.Standing) {
			notes = append(notes, text)
		}
		text := Clean(string(member.Holder))
		if len(notes) > 0 {
			text += " (" + strings.Join(notes, ", ") + ")"
		}
		members = append(members, text)
	}
	if len(members) > 0 {
		branches = append(branches, branch{label: "members", labelStyle: bold, text: e.list(members, maxMembers, ", ")})
	}
	if len(holder.Team.Children) > 0 {
		branches = append(branches, branch{label: "teams below", labelStyle: bold, text: e.list(names(holder.Team.Children), maxMembers, ", ")})
	}
	var permissions []string
	for _, repository := range slices.Sorted(maps.Keys(holder.Team.Permissions)) {
		permissions = append(permissions, Clean(repository)+" "+Clean(string(holder.Team.Permissions[repository])))
	}
	if len(permissions) > 0 {
		branches = append(branches, branch{label: "access", labelStyle: bold, text: e.list(permissions, maxMembers, ", ")})
	}
	return branches
}

// names writes IDs of any kind.
func names[T ~string](all []T) []string {
	texts := make([]string, len(all))
	for i, each := range all {
		texts[i] = Clean(string(each))
	}
	return texts
}

// holds is everything held, by area.
func (e *explanation) holds(holder *explain.Holder) branch {
	var areas []ownership.AreaID
	byArea := map[ownership.AreaID][]explain.Held{}
	roles, in := 0, map[ownership.AreaID]bool{} // what is replaced or over is shown, and not held
	for _, held := range holder.Holds {
		if byArea[held.Area] == nil {
			areas = append(areas, held.Area)
		}
		byArea[held.Area] = append(byArea[held.Area], held)
		if held.Status == "holds" {
			roles++
			in[held.Area] = true
		}
	}
	made := branch{label: "holds", labelStyle: bold, text: "nothing", textStyle: dim}
	if roles > 0 {
		made.text, made.textStyle = count(roles, "role", "roles"), plain
		if len(in) > 1 {
			made.text += fmt.Sprintf(", in %d areas in all", len(in))
		}
	}
	shown := areas[:e.bound(len(areas), maxHeldAreas)]
	for _, id := range shown {
		made.below = append(made.below, e.heldArea(id, byArea[id]))
	}
	if left := len(areas) - len(shown); left > 0 {
		made.below = append(made.below, e.left("", left))
	}
	return made
}

// heldArea is what is held of one area, a branch for each role.
func (e *explanation) heldArea(id ownership.AreaID, all []explain.Held) branch {
	made := branch{text: Clean(string(id)) + " (" + stateWords[all[0].State] + ")", textStyle: stateStyles[all[0].State]}
	for _, held := range all {
		made.below = append(made.below, e.heldRole(held))
	}
	return made
}

func (e *explanation) heldRole(held explain.Held) branch {
	made := branch{label: Clean(string(held.Role))}
	var says []string
	for _, declared := range held.Declared {
		says = append(says, byWord(declared)+e.by(declared))
	}
	if held.Status != "holds" {
		made.labelStyle, made.textStyle = dim, dim
		made.text = strings.ReplaceAll(held.Status, "-", " ") + ": " + strings.Join(says, "; ")
		if len(held.By) > 0 && held.Status == string(explain.Replaced) {
			var by []string
			for _, declared := range held.By {
				by = append(by, Clean(string(declared.Holder))+" "+byWord(declared)+Clean(declared.By))
			}
			made.text += "; in its place " + strings.Join(by, ", ")
		}
		return made
	}
	if len(says) == 0 {
		says = append(says, "declared by nobody")
	}
	for _, observed := range held.Observed {
		says = append(says, "observed in "+e.seen(observed))
	}
	made.text = strings.Join(says, "; ")
	invalid := slices.ContainsFunc(held.Drift, func(d ownership.Drift) bool { return d.Kind == ownership.Invalid })
	if state, shown := alive(held.Standing, ""); !invalid && !lives(held.Standing) {
		made.text, made.textStyle = made.text+" — "+state, shown
	}
	made.below = contradictions(held.Drift)
	return made
}

// through is what somebody holds through one of their teams.
func (e *explanation) through(through explain.Through) branch {
	return branch{label: "through", labelStyle: bold, text: fmt.Sprintf("%s: %s in %s: %s", Clean(string(through.Team)),
		strings.Join(names(through.Roles), ", "), count(len(through.Areas), "area", "areas"), e.list(names(through.Areas), maxMembers, ", "))}
}

// named are the rules that name somebody and that no area is held by.
func (e *explanation) named(rules []explain.Rule) []branch {
	var branches []branch
	shown := rules[:e.bound(len(rules), maxOverridden)]
	for _, rule := range shown {
		text := e.rule(rule) + ", which decides over no file"
		if rule.Files > 0 {
			text = e.rule(rule) + ", over " + count(rule.Files, "file", "files") + " of no area"
		}
		branches = append(branches, branch{label: "named", labelStyle: bold, text: text})
	}
	if left := len(rules) - len(shown); left > 0 {
		branches = append(branches, e.left("named", left))
	}
	return branches
}

// loadText counts what somebody is declared to hold.
func loadText(load explain.Load) string {
	if load.Areas == 0 {
		return "declared for nothing"
	}
	var roles []string
	for _, role := range slices.Sorted(maps.Keys(load.Roles)) {
		roles = append(roles, fmt.Sprintf("%d %s", load.Roles[role], Clean(string(role))))
	}
	return "declared in " + count(load.Areas, "area", "areas") + ": " + strings.Join(roles, ", ")
}

// about are the findings of all policies that name the holder, but for those that their own policies show below.
func (e *explanation) about(holder *explain.Holder) []branch {
	var branches []branch
	for _, finding := range holder.Findings {
		if finding.Subject == string(holder.Holder) {
			continue
		}
		shown, mark := red, "✗ "
		if finding.Status != ownership.Raised {
			shown, mark = dim, "– "
		}
		branches = append(branches, branch{
			label: mark + string(finding.Severity), labelStyle: shown,
			text: joined(": ", Clean(finding.Policy), Clean(finding.Subject), about(finding)),
		})
	}
	if left := len(branches) - e.bound(len(branches), maxAbout); left > 0 {
		branches = append(branches[:maxAbout:maxAbout], e.left("", left))
	}
	if len(branches) == 0 {
		return nil
	}
	return []branch{{label: "findings", labelStyle: bold, text: "of policies that name " + judgedAs(holder.Holder), below: branches}}
}

// about is what a finding says, and why it does not count.
func about(finding ownership.Finding) string {
	if finding.Because == "" {
		return message(finding)
	}
	return strings.TrimRight(message(finding), ".") + ": " + Clean(finding.Because)
}

func judgedAs(holder ownership.Holder) string {
	if holder.Kind() == ownership.HolderUser {
		return "them"
	}
	return "it"
}
