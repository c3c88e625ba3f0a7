package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/ownership"
)

// path writes which area gets a path, who approves changes of it, and why.
func (e *explanation) path(path *explain.Path) {
	name := cmp.Or(Clean(path.Path), "/")
	about := "in " + Clean(path.Repository)
	switch {
	case path.Folder && path.Exists:
		about += ", " + count(path.Files, "file", "files")
	case path.Folder:
		about += ", which has no files there; answered for a new one"
	case !path.Exists:
		about += ", which has no such file yet; answered as if it were created"
	}
	e.wrapped([]span{{name + "  ", bold}}, span{about, dim})
	e.only = path.Repository
	branches := []branch{e.claims(path)}
	for _, file := range path.Codeowners {
		branches = append(branches, e.codeowners(file, path))
	}
	for _, owners := range path.Owners {
		branches = append(branches, e.owners(owners))
	}
	branches = append(branches, e.briefly(path)...)
	e.tree("", append(branches, e.unknown(path.Unknown)...))
}

// claims say which area gets the path, and which claims lose.
func (e *explanation) claims(path *explain.Path) branch {
	made := branch{label: "area", labelStyle: bold}
	switch {
	case len(path.Conflicts) > 0 && len(path.Areas) == 0:
		made.text, made.textStyle = "none: several claim it just as specifically", yellow
	case len(path.Areas) == 0 && len(path.Unread) > 0:
		made.text, made.textStyle = "unknown: no area is known to claim it", cyan
	case len(path.Areas) == 0 && path.Files > 1:
		made.text, made.textStyle = "none: no area claims the files", yellow
	case len(path.Areas) == 0:
		made.text, made.textStyle = "none: no area claims it", yellow
	case len(path.Areas) == 1 && path.Unclaimed == 0:
		made.text, made.textStyle = e.pathArea(path.Areas[0]), stateStyles[path.Areas[0].State]
	default:
		made.text = count(len(path.Areas), "area", "areas")
		if path.Unclaimed > 0 {
			made.text += fmt.Sprintf("; %s in none", count(path.Unclaimed, "file", "files"))
		}
		for _, area := range path.Areas[:e.bound(len(path.Areas), maxHeldAreas)] {
			made.below = append(made.below, branch{label: "gets " + count(area.Files, "file", "files"), labelStyle: dim, text: e.pathArea(area) + e.claimedBy(area, path.Claims), textStyle: stateStyles[area.State]})
		}
		if left := len(path.Areas) - len(made.below); left > 0 {
			made.below = append(made.below, e.left("", left))
		}
	}
	for _, conflict := range path.Conflicts {
		made.below = append(made.below, branch{label: "✗ tie", labelStyle: red, text: Clean(conflict)})
	}
	for _, unread := range path.Unread {
		made.below = append(made.below, branch{label: "? unread", labelStyle: cyan, text: Clean(unread) + "; it may claim this"})
	}
	claims := path.Claims
	if len(path.Areas) > 1 || path.Unclaimed > 0 && len(path.Areas) > 0 { // each area says by what it claims its files
		claims = slices.DeleteFunc(slices.Clone(claims), func(claim explain.Claim) bool { return claim.Status == explain.Wins })
	}
	shown := claims[:e.bound(len(claims), maxOverridden)]
	for _, claim := range shown {
		made.below = append(made.below, e.claim(claim))
	}
	if left := len(claims) - len(shown); left > 0 {
		made.below = append(made.below, e.left("", left))
	}
	return made
}

func (e *explanation) pathArea(area explain.PathArea) string {
	text := Clean(string(area.ID))
	switch {
	case area.Suspended:
		return text + " (suspended, so that nothing is judged of it)"
	case area.Virtual:
		return text + " (" + stateWords[area.State] + "; it stands for the repository, which no declared area claims)"
	}
	return text + " (" + stateWords[area.State] + ")"
}

// claimedBy are the patterns by which one of several areas claims files.
func (e *explanation) claimedBy(area explain.PathArea, claims []explain.Claim) string {
	var patterns []string
	for _, claim := range claims {
		if claim.Area == area.ID && claim.Status == explain.Wins {
			patterns = append(patterns, joined(", ", Clean(claim.Pattern), e.place(claim.Location)))
		}
	}
	if len(patterns) == 0 {
		return ""
	}
	return ", by " + e.list(patterns, maxRules, "; ")
}

func (e *explanation) claim(claim explain.Claim) branch {
	text := Clean(claim.Pattern) + " of " + Clean(string(claim.Area))
	if place := e.place(claim.Location); place != "" {
		text += ", " + place
	}
	switch claim.Status {
	case explain.Wins:
		return branch{label: "claims", labelStyle: dim, text: text}
	case explain.Above:
		text += ": just as specific, but the area above"
	case explain.Tied:
		return branch{label: "tied", labelStyle: red, text: text}
	default:
		text += ": less specific"
	}
	return branch{label: "loses", labelStyle: dim, text: text, textStyle: dim}
}

// codeowners says which rules decide, and which match and are overridden.
func (e *explanation) codeowners(file explain.Codeowners, path *explain.Path) branch {
	made := branch{label: "CODEOWNERS", labelStyle: bold}
	switch {
	case file.Unknown != "":
		made.text, made.textStyle = "unknown: "+Clean(file.Unknown), cyan
	case file.File == "":
		made.text, made.textStyle = "there is none, so nobody approves", red
	case file.NotInForce != "":
		made.text, made.textStyle = "nobody: no rule of "+Clean(file.File)+" is in force: "+Clean(file.NotInForce), red
		made.below = append(made.below, branch{label: "remedy", labelStyle: dim, text: Clean(file.Remedy)})
	case len(file.Rules) == 0:
		made.text, made.textStyle = "nobody: no rule of "+Clean(file.File)+" matches", red
	case len(file.Rules) == 1 && file.Unmatched == 0:
		made.text, made.textStyle = e.pathRule(file.Rules[0])
		made.below = e.pathOwners(file.Rules[0])
	default:
		made.text = fmt.Sprintf("%s %s", count(len(file.Rules), "rule", "rules"), plural(len(file.Rules), "decides", "decide"))
		if file.Unmatched > 0 {
			made.text += fmt.Sprintf("; no rule matches %s", count(file.Unmatched, "file", "files"))
			made.textStyle = yellow
		}
		for _, rule := range file.Rules[:e.bound(len(file.Rules), maxHeldAreas)] {
			text, shown := e.pathRule(rule)
			made.below = append(made.below, branch{label: count(rule.Files, "file", "files"), labelStyle: dim, text: text, textStyle: shown, below: e.lifeless(rule)})
		}
		if left := len(file.Rules) - len(made.below); left > 0 {
			made.below = append(made.below, e.left("", left))
		}
	}
	if len(path.Codeowners) > 1 {
		made.text += ", by source " + Clean(file.Source)
	}
	if !file.Authoritative {
		made.text += ", which only informs"
	}
	if file.Depends {
		made.below = append(made.below, branch{label: "depends", labelStyle: dim, text: "other rules decide over files of certain names"})
	}
	return e.overridden(made, file)
}

// overridden adds the rules that match and do not decide, and how many lines are no rules.
func (e *explanation) overridden(made branch, file explain.Codeowners) branch {
	shown := file.Overridden[:e.bound(len(file.Overridden), maxOverridden)]
	for _, rule := range shown {
		text, _ := e.pathRule(rule)
		made.below = append(made.below, branch{label: "overridden", labelStyle: dim, text: text, textStyle: dim})
	}
	if left := len(file.Overridden) - len(shown); left > 0 {
		made.below = append(made.below, e.left("overridden", left))
	} else if file.OverriddenMore {
		made.below = append(made.below, branch{label: "overridden", labelStyle: dim, text: "and more", textStyle: dim})
	}
	if file.Invalid > 0 && len(file.Rules) == 0 {
		made.below = append(made.below, branch{
			label: "invalid", labelStyle: yellow, text: fmt.Sprintf("%s of it %s not in force", count(file.Invalid, "line", "lines"), plural(file.Invalid, "is", "are")),
		})
	}
	return made
}

// pathRule is a rule with its owners, as written.
func (e *explanation) pathRule(rule explain.PathRule) (text string, shown style) {
	if len(rule.Owners) == 0 {
		return "nobody: " + e.rule(rule.Rule) + " has no owners", red
	}
	names := make([]string, len(rule.Owners))
	for i, owner := range rule.Owners {
		names[i] = Clean(owner.Text)
	}
	return strings.Join(names, " ") + ", by " + e.rule(rule.Rule), plain
}

// pathOwners say who the owners of a rule are, and whether they are alive.
func (e *explanation) pathOwners(rule explain.PathRule) []branch {
	var branches []branch
	for _, owner := range rule.Owners {
		text, shown := alive(owner.Standing, owner.Holder)
		branches = append(branches, branch{label: "owner", labelStyle: dim, text: holderText(owner.Holder, owner.Name) + " — " + text, textStyle: shown})
	}
	return branches
}

// lifeless are the owners of one of many rules who are not alive, or in doubt; with --verbose all are shown.
func (e *explanation) lifeless(rule explain.PathRule) []branch {
	if !e.options.Verbose {
		rule.Owners = slices.DeleteFunc(slices.Clone(rule.Owners), func(owner explain.PathOwner) bool { return lives(owner.Standing) })
	}
	return e.pathOwners(rule)
}

// owners says who may approve by OWNERS files.
func (e *explanation) owners(owners explain.OwnersFiles) branch {
	made := branch{label: "OWNERS", labelStyle: bold}
	switch {
	case owners.Unknown != "":
		made.text, made.textStyle = "unknown: "+Clean(owners.Unknown), cyan
	case owners.Exempt:
		made.text = "nobody's approval is needed"
	case len(owners.Approvers) == 0:
		made.text = "nobody"
	default:
		made.text = count(len(owners.Approvers), "approver", "approvers")
	}
	made.text += ", by source " + Clean(owners.Source)
	if !owners.Authoritative {
		made.text += ", which only informs"
	}
	add := func(label string, all []explain.PathOwner) {
		shown := all[:e.bound(len(all), maxOverridden)]
		for _, owner := range shown {
			text, shown := alive(owner.Standing, owner.Holder)
			places := make([]string, len(owner.Locations))
			for i, location := range owner.Locations {
				places[i] = e.place(location)
			}
			made.below = append(made.below, branch{
				label: label, labelStyle: dim, text: holderText(owner.Holder, owner.Name) + ", " + e.list(places, maxRules, ", ") + " — " + text, textStyle: shown,
			})
		}
		if left := len(all) - len(shown); left > 0 {
			made.below = append(made.below, e.left(label, left))
		}
	}
	add("approver", owners.Approvers)
	add("emeritus", owners.Emeritus)
	return made
}

// deciding are the lines that name who approves the path.
func deciding(path *explain.Path) map[ownership.Location]bool {
	lines := map[ownership.Location]bool{}
	for _, file := range path.Codeowners {
		for _, rule := range file.Rules {
			lines[rule.Location] = true
		}
	}
	for _, owners := range path.Owners {
		for _, approver := range owners.Approvers {
			for _, line := range approver.Locations {
				lines[line] = true
			}
		}
	}
	return lines
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// briefly are the holders of the area's roles, a line each, with what contradicts them. Who is only observed, and in
// other rules than those of the path, is left out.
func (e *explanation) briefly(path *explain.Path) []branch {
	lines := deciding(path)
	names := func(holding explain.Holding) bool {
		return slices.ContainsFunc(holding.Observed, func(observed explain.Observed) bool {
			return slices.ContainsFunc(observed.Rules, func(rule explain.Rule) bool { return lines[rule.Location] })
		})
	}
	elsewhere := func(holding explain.Holding) bool { return len(holding.Declared) == 0 && !names(holding) }
	var branches []branch
	for _, role := range path.Roles {
		for _, holding := range role.Holders {
			if role.Role == ownership.Approver && elsewhere(holding) {
				continue
			}
			var says []string
			for _, declared := range holding.Declared {
				says = append(says, byWord(declared)+e.by(declared))
			}
			if len(says) == 0 && len(holding.Observed) > 0 {
				observed := holding.Observed[0]
				observed.Rules = slices.Clone(observed.Rules)
				slices.SortStableFunc(observed.Rules, func(a, b explain.Rule) int { return rank(!lines[a.Location]) - rank(!lines[b.Location]) }) // those that decide here
				says = append(says, "declared by nobody, observed in "+e.seen(observed))
			}
			if role.Role == ownership.Approver && len(lines) > 0 && len(holding.Observed) > 0 && !names(holding) {
				says = append(says, "not named by what decides here")
			}
			text, shown := holderText(holding.Holder, holding.Name)+", "+strings.Join(says, "; "), plain
			if state, style := alive(holding.Standing, holding.Holder); !lives(holding.Standing) {
				text, shown = text+" — "+state, style
			}
			branches = append(branches, branch{
				label: Clean(string(role.Role)), labelStyle: bold, text: text, textStyle: shown, below: contradictions(holding.Drift),
			})
		}
		if len(role.Holders) == 0 && role.Required && role.Status == ownership.Unmet {
			branches = append(branches, branch{label: Clean(string(role.Role)), labelStyle: bold, text: joined(": ", "nobody", Clean(role.Reason)), textStyle: red})
		}
	}
	return branches
}
