package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/ownership"
)

// area writes who holds what in an area, and why.
func (e *explanation) area(area *explain.Area) {
	e.line(span{Clean(string(area.ID)), bold}, span{"  ", plain}, span{stateWords[area.State], stateStyles[area.State]})
	if area.Description != "" {
		e.wrapped(nil, span{Clean(area.Description), plain})
	}
	parent := ""
	if len(area.Ancestors) > 0 {
		parent = "part of " + strings.Join(names(area.Ancestors), ", part of ")
	}
	about := "declared in " + e.place(area.Location)
	if area.Virtual {
		about = "stands for a repository, declared nowhere"
		if _, is := area.ID.ClusterNamespace(); is {
			about = "stands for a namespace of the cluster, declared nowhere"
		}
	}
	e.wrapped(nil, span{joined("; ", Clean(area.Tier), parent, "mode "+string(area.Mode), about), dim})
	if area.Stalled != "" {
		e.wrapped([]span{{"! ", yellow}}, span{"cannot be judged: " + Clean(area.Stalled), plain})
	}
	if len(area.Scope) == 1 && e.only == "" {
		e.only = area.Scope[0].Repository // the files say which it is
	}
	branches := e.roles(area.Roles)
	branches = append(branches, e.files(area)...)
	branches = append(branches, e.cluster(area)...)
	for _, finding := range area.Findings {
		branches = append(branches, branch{label: "✗ " + Clean(finding.Policy), labelStyle: red, text: message(finding)})
	}
	branches = append(branches, e.unknown(area.Unknown)...)
	e.tree("", append(branches, e.policies(area.Policies, "judged it")))
}

// roles are a branch for each holder of each role, and one for the roles that nobody holds.
func (e *explanation) roles(roles []explain.Role) []branch {
	var branches []branch
	var nobody []string
	for _, role := range roles {
		beside := e.beside(role)
		for i, holding := range role.Holders {
			each := e.holding(role, holding)
			if i == 0 {
				each.below = append(each.below, beside...)
			}
			branches = append(branches, each)
		}
		switch {
		case len(role.Holders) > 0:
		case len(beside) > 0 || role.Required && role.Status != ownership.Met:
			none := branch{label: string(role.Role), labelStyle: bold, text: "nobody", below: beside}
			if role.Reason != "" {
				none.text += ": " + Clean(role.Reason)
			}
			if role.Required {
				none.textStyle = map[ownership.RequirementStatus]style{ownership.Unmet: red, ownership.PartlyUnmet: yellow, ownership.UnknownIfMet: cyan}[role.Status]
			}
			branches = append(branches, none)
		default:
			nobody = append(nobody, Clean(string(role.Role)))
		}
	}
	if len(nobody) > 0 {
		branches = append(branches, branch{label: "nobody", labelStyle: dim, text: "is " + strings.Join(nobody, ", "), textStyle: dim})
	}
	return branches
}

// holding is one holder of a role: who says so, and what contradicts it.
func (e *explanation) holding(role explain.Role, holding explain.Holding) branch {
	state, shown := alive(holding.Standing, holding.Holder)
	made := branch{
		label: Clean(string(role.Role)), labelStyle: bold, text: holderText(holding.Holder, holding.Name) + " — " + state, textStyle: shown,
	}
	for _, declared := range holding.Declared {
		made.below = append(made.below, branch{label: "declared", labelStyle: dim, text: e.by(declared)})
	}
	if len(holding.Declared) == 0 {
		made.below = append(made.below, branch{label: "declared", labelStyle: dim, text: "by nobody", textStyle: dim})
	}
	for _, observed := range holding.Observed {
		made.below = append(made.below, branch{label: "observed", labelStyle: dim, text: e.seen(observed)})
	}
	switch {
	case len(holding.Observed) > 0:
	case role.Unknown.Observed != "":
		made.below = append(made.below, branch{label: "observed", labelStyle: dim, text: "unknown: " + Clean(role.Unknown.Observed), textStyle: cyan})
	case role.Decided:
		made.below = append(made.below, branch{label: "observed", labelStyle: dim, text: "nowhere"})
	case e.options.Verbose:
		made.below = append(made.below, branch{label: "observed", labelStyle: dim, text: "nowhere; no source here shows who is " + Clean(string(role.Role)), textStyle: dim})
	}
	made.below = append(made.below, contradictions(holding.Drift)...)
	return made
}

// beside is what else is declared in a role and does not count: lower layers, too many holders, assignments that are not
// in force; and what is unknown.
func (e *explanation) beside(role explain.Role) []branch {
	var branches []branch
	var replaced []string
	for _, layer := range role.Layers {
		for _, declared := range layer.Declarations {
			switch layer.Status {
			case explain.Refused:
				branches = append(branches, branch{
					label: "refused", labelStyle: red, text: Clean(string(declared.Holder)) + ", " + byWord(declared) + e.by(declared),
				})
			case explain.Replaced:
				if counts := slices.ContainsFunc(role.Holders, func(h explain.Holding) bool { return h.Holder == declared.Holder && len(h.Declared) > 0 }); counts && !e.options.Verbose {
					continue // it is the same with that layer and without
				}
				declared.Reason = ""
				replaced = append(replaced, Clean(string(declared.Holder))+" "+byWord(declared)+e.by(declared))
			}
		}
	}
	if len(replaced) > 0 {
		branches = append(branches, branch{label: "replaced", labelStyle: dim, text: e.list(replaced, maxReplaced, "; "), textStyle: dim})
	}
	for _, assignment := range role.Idle {
		branches = append(branches, e.idle(assignment))
	}
	if role.Unknown.Declared != "" {
		text := Clean(role.Unknown.Declared)
		if role.Unknown.Kept {
			text += "; shown is what was declared when it was last known"
		}
		branches = append(branches, branch{label: "unknown", labelStyle: cyan, text: text})
	}
	return branches
}

// byWord leads from a holder to who declares them.
func byWord(declared explain.Declared) string {
	if declared.Layer == ownership.LayerParent {
		return ""
	}
	return "by "
}

// idle is a RoleAssignment that is not in force.
func (e *explanation) idle(assignment explain.Assignment) branch {
	word := map[explain.AssignmentStatus]string{explain.Ended: "ended", explain.NotYet: "not yet", explain.Suspended: "suspended"}[assignment.Status]
	text := fmt.Sprintf("%s, by roleassignment %s, %s%s", strings.Join(names(assignment.Holders), ", "), Clean(assignment.Name), e.place(assignment.Location), e.terms(assignment))
	if assignment.Reason != "" {
		text += ": " + strings.TrimRight(Clean(assignment.Reason), ".")
	}
	return branch{label: word, labelStyle: dim, text: text, textStyle: dim}
}

// files are what the area claims, and how many of its files have an owner.
func (e *explanation) files(area *explain.Area) []branch {
	var claims []string
	for _, scope := range area.Scope {
		text := Clean(scope.Repository)
		if len(scope.Patterns) != 1 || scope.Patterns[0] != "*" {
			patterns := make([]string, len(scope.Patterns))
			for i, pattern := range scope.Patterns {
				patterns[i] = Clean(pattern)
			}
			text += " " + e.list(patterns, maxRules, ", ")
		}
		if scope.Unseen {
			text += " (seen by no source)"
		}
		claims = append(claims, text)
	}
	if len(claims) == 0 {
		return nil
	}
	c := area.Coverage
	text := e.list(claims, maxRules, ", ")
	shown := plain
	switch {
	case determined(c) > 0:
		verb := plural(c.Owned, "has", "have")
		if determined(c) == 1 {
			verb = "has" // 0 of 1 file
		}
		text += fmt.Sprintf(" — %d of %s %s an owner", c.Owned, count(determined(c), "file", "files"), verb)
		if c.Owned > c.Effective {
			text += fmt.Sprintf(", of %d only one who is known to be invalid", c.Owned-c.Effective)
			shown = yellow
		}
		if c.CatchAll > 0 {
			text += fmt.Sprintf(", %d by a catch-all rule alone", c.CatchAll)
		}
		if c.Owned < determined(c) {
			shown = yellow
		}
	case c.Unknown != "" || c.Undetermined > 0:
		text, shown = text+" — whether the files have an owner is unknown", cyan
	default:
		text += " — no files"
	}
	made := branch{label: "files", labelStyle: bold, text: text, textStyle: shown}
	for _, folder := range area.UnownedFiles[:e.bound(len(area.UnownedFiles), maxRules)] {
		made.below = append(made.below, branch{
			label: "no owner", labelStyle: dim, text: e.place(ownership.Location{Repository: folder.Repository, File: folder.Folder}) + ": " + count(folder.Files, "file", "files"),
		})
	}
	if left := len(area.UnownedFiles) - len(made.below); left > 0 {
		made.below = append(made.below, e.left("no owner", left))
	}
	return []branch{made}
}

// cluster are the namespaces with something of the area, and how much that is.
func (e *explanation) cluster(area *explain.Area) []branch {
	if len(area.Namespaces) == 0 {
		return nil
	}
	text := e.list(names(area.Namespaces), maxRules, ", ") + " — " + count(area.Objects, "namespace or workload", "namespaces and workloads")
	return []branch{{label: "cluster", labelStyle: bold, text: text}}
}

// policies is the branch of those that judged a subject: what each found, and what it read.
func (e *explanation) policies(policies []explain.Policy, judged string) branch {
	found, failed := 0, 0
	for _, policy := range policies {
		switch {
		case policy.Failure != "":
			failed++
		case slices.ContainsFunc(policy.Findings, func(f ownership.Finding) bool { return f.Status == ownership.Raised }):
			found++
		}
	}
	made := branch{label: "policies", labelStyle: bold, text: fmt.Sprintf("%d %s; %d found something", len(policies)-failed, judged, found)}
	if failed > 0 {
		made.text += fmt.Sprintf("; %d failed", failed)
	}
	if len(policies) == 0 {
		made.text, made.textStyle = "none "+judged, dim
	}
	labels := widest(policies, maxLabel, func(policy explain.Policy) string { return "✓ " + Clean(policy.Policy) })
	for _, policy := range policies {
		made.below = append(made.below, e.policy(policy, e.width-labels-8))
	}
	return made
}

// policy is one policy; room is how many columns its text has.
func (e *explanation) policy(policy explain.Policy, room int) branch {
	made := branch{label: "✓ " + Clean(policy.Policy), labelStyle: green}
	said := e.said(policy, &made)
	if len(said) == 0 {
		made.text, made.textStyle = cmp.Or(e.reads(policy, room), "read nothing"), dim
		return made
	}
	made.text = said[0]
	for _, more := range said[1:e.bound(len(said), maxSaid)] {
		made.below = append(made.below, branch{text: more})
	}
	if left := len(said) - e.bound(len(said), maxSaid); left > 0 {
		made.below = append(made.below, e.left("", left))
	}
	if reads := e.reads(policy, e.width-9); reads != "" {
		made.below = append(made.below, branch{text: reads, textStyle: dim})
	}
	return made
}

// said is all that a policy said, the gravest first, and what mark the branch gets for it.
func (e *explanation) said(policy explain.Policy, made *branch) []string {
	var said []string
	for _, finding := range policy.Findings {
		text := message(finding)
		if finding.Status == ownership.Raised {
			text = string(finding.Severity) + ": " + text
			made.label, made.labelStyle = "✗ "+Clean(policy.Policy), red
		} else {
			text = joined(": ", string(finding.Status), strings.TrimRight(text, "."), Clean(finding.Because))
		}
		said = append(said, text)
	}
	for _, declared := range policy.Declared {
		said = append(said, fmt.Sprintf("declares %s %s", Clean(string(declared.Holder)), Clean(string(declared.Role))))
	}
	switch {
	case policy.Failure != "":
		made.label, made.labelStyle = "! "+Clean(policy.Policy), yellow
		said = append(said, "failed: "+Clean(policy.Failure))
	case policy.Undetermined != "":
		made.label, made.labelStyle = "? "+Clean(policy.Policy), cyan
		said = append(said, "could not tell: "+Clean(policy.Undetermined))
	}
	return said
}

// reads are the parts of its subject and of everything else that a policy read: as many as there is room for.
func (e *explanation) reads(policy explain.Policy, room int) string {
	paths := append(names(policy.Input), names(policy.Data)...)
	if len(paths) == 0 {
		return ""
	}
	text := "read " + paths[0]
	for i, path := range paths[1:] {
		left := len(paths) - 2 - i
		more := text + ", " + path
		if !e.options.Verbose && cells(more)+len(fmt.Sprintf(", +%d", left)) > room {
			return text + fmt.Sprintf(", +%d", left+1)
		}
		text = more
	}
	return text
}

// maxSaid is how much of what one policy said is shown, maxReplaced how many holders of lower layers.
const (
	maxSaid     = 1
	maxReplaced = 3
)
