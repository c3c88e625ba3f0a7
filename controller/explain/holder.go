package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Holder says who somebody is, what they hold, and why.
type Holder struct {
	Holder ownership.Holder `json:"holder"`
	// Person or Team is who that is; neither where no source lists them.
	Person   *Person  `json:"person,omitempty"`
	Team     *Team    `json:"team,omitempty"`
	Standing Standing `json:"standing"`
	// Teams are those that list a person, or, of a team, none.
	Teams []Membership `json:"teams,omitempty"`
	// Holds is everything held, declared or observed, by area; then what is declared and does not count.
	Holds []Held `json:"holds"`
	// Through is what the person's teams hold.
	Through []Through `json:"through,omitempty"`
	// Named are the CODEOWNERS rules that name the holder and decide over no file of any area that is held; Files is over
	// how many others they do.
	Named []Rule `json:"named,omitempty"`
	Load  Load   `json:"load"`
	// Findings are all that name the holder, whatever they are about.
	Findings []ownership.Finding `json:"findings"`
	// Policies are those that judged the holder.
	Policies []Policy  `json:"policies"`
	Unknown  []Unknown `json:"unknown"`
}

// Held is one role that the holder has in one area, or would have.
type Held struct {
	Area  ownership.AreaID `json:"area"`
	State ownership.State  `json:"state"`
	Role  ownership.Role   `json:"role"`
	// Status is "holds", or why a declaration does not count: "replaced", "refused", "ended", "not-yet" or "suspended".
	Status   string            `json:"status"`
	Declared []Declared        `json:"declared"`
	Observed []Observed        `json:"observed"`
	Drift    []ownership.Drift `json:"drift"`
	// Standing is that in this role, which may ask for access to the area's repositories.
	Standing Standing `json:"standing"`
	// By is what replaces a declaration: who the layers above declare.
	By []Declared `json:"by,omitempty"`
}

// holds is the status of what somebody holds.
const holds = "holds"

// Through is what one team of a person's holds.
type Through struct {
	Team  ownership.Holder   `json:"team"`
	Roles []ownership.Role   `json:"roles"`
	Areas []ownership.AreaID `json:"areas"`
}

// Load counts what somebody is declared to hold.
type Load struct {
	Areas int                    `json:"areas"`
	Roles map[ownership.Role]int `json:"roles"`
}

// holder explains one holder.
func (x *explainer) holder(holder ownership.Holder) *Holder {
	answer := &Holder{
		Holder: holder, Person: x.person(holder), Team: x.team(holder), Standing: x.standing(holder, x.s.People.Standing(holder)),
		Holds: []Held{}, Load: Load{Roles: map[ownership.Role]int{}}, Findings: []ownership.Finding{},
		Policies: x.judging(string(holder)), Unknown: []Unknown{},
	}
	answer.Teams = x.memberships(holder)
	for i, area := range x.outcome.Areas {
		counted := false
		for _, role := range x.s.Roles {
			answer.Holds = append(answer.Holds, x.held(holder, role, area, x.outcome.Result.Areas[i])...)
			if slices.ContainsFunc(area.Declared.Of(role.Role), func(d ownership.Declaration) bool { return d.Holder == holder }) {
				answer.Load.Roles[role.Role]++
				if !counted {
					counted = true
					answer.Load.Areas++
				}
			}
		}
	}
	slices.SortStableFunc(answer.Holds, func(a, b Held) int { return cmp.Compare(heldRank(a), heldRank(b)) })
	answer.Named = x.rulesNaming(answer)
	for _, membership := range answer.Teams {
		if through := x.through(membership.Team); len(through.Areas) > 0 {
			answer.Through = append(answer.Through, through)
		}
	}
	for _, finding := range x.outcome.Result.Findings {
		if finding.Holder == holder || finding.Subject == string(holder) {
			answer.Findings = append(answer.Findings, finding)
		}
	}
	answer.Policies = append(answer.Policies, x.uncompiled(subjectOf(holder), answer.Policies)...)
	slices.SortStableFunc(answer.Policies, comparePolicies)
	answer.Unknown = x.unknownOfHolder(answer)
	return answer
}

func subjectOf(holder ownership.Holder) string {
	switch holder.Kind() {
	case ownership.HolderTeam:
		return policy.SubjectTeam
	case ownership.HolderSchedule:
		return policy.SubjectSchedule
	}
	return policy.SubjectPerson
}

// heldRank puts what counts before what does not.
func heldRank(h Held) int {
	if h.Status == holds {
		return 0
	}
	return 1
}

// held is what a holder has to do with one role of an area: holds it, or is declared without effect; mostly nothing.
func (x *explainer) held(holder ownership.Holder, definition ownership.RoleDefinition, area drift.Area, result ownership.AreaResult) []Held {
	var found []Held
	held := Held{
		Area: area.ID, State: result.State, Role: definition.Role, Status: holds,
		Declared: []Declared{}, Observed: []Observed{}, Drift: driftOf(result, definition.Role, holder),
	}
	for _, declaration := range area.Declared.Of(definition.Role) {
		if declaration.Holder == holder {
			held.Declared = append(held.Declared, x.declared(declaration))
		}
	}
	for _, observed := range area.Observed.Of(definition.Role) {
		if observed.Holder == holder {
			held.Observed = append(held.Observed, x.observed(observed, definition.Role, area.AreaManifest))
		}
	}
	if len(held.Declared)+len(held.Observed) > 0 {
		held.Standing = x.standingIn(holder, definition.Role, area)
		found = append(found, held)
	}
	return append(found, x.withoutEffect(holder, definition.Role, area, result)...)
}

// withoutEffect are the declarations of a holder that do not count, by layer, and the assignments that are not in force.
// What is said again above, where it counts, is left out.
func (x *explainer) withoutEffect(holder ownership.Holder, role ownership.Role, area drift.Area, result ownership.AreaResult) []Held {
	var found []Held
	add := func(status string, declared Declared, by []Declared) {
		found = append(found, Held{
			Area: area.ID, State: result.State, Role: role, Status: status, Declared: []Declared{declared}, Observed: []Observed{},
			Drift: []ownership.Drift{}, Standing: x.standingIn(holder, role, area), By: by,
		})
	}
	var above []Declared
	for _, layer := range x.layers(area, role) {
		for _, declared := range layer.Declarations {
			again := slices.ContainsFunc(above, func(d Declared) bool { return d.Holder == holder })
			if declared.Holder == holder && layer.Status != Counts && !again {
				add(string(layer.Status), declared, above)
			}
		}
		above = append(above, layer.Declarations...)
	}
	for _, assignment := range x.idle(area.ID, role) {
		if slices.Contains(assignment.Holders, holder) {
			add(string(assignment.Status), Declared{
				Declaration: ownership.Declaration{
					Holder: holder, Layer: ownership.LayerRoleAssignment, By: "roleassignment " + assignment.Name,
					Reason: assignment.Reason, Location: assignment.Location,
				},
				Assignment: &assignment,
			}, nil)
		}
	}
	return found
}

// rulesNaming are the rules that name a holder, but for those by which an area is held.
func (x *explainer) rulesNaming(holder *Holder) []Rule {
	held := map[ownership.Location]bool{}
	for _, each := range holder.Holds {
		for _, observed := range each.Observed {
			for _, rule := range observed.Rules {
				held[rule.Location] = true
			}
		}
	}
	var named []Rule
	for _, first := range x.s.Repositories {
		for _, repository := range append([]*snapshot.Repository{first}, first.Others...) {
			for at, rule := range repository.Rules {
				location := repository.Location(rule.Line)
				if !slices.Contains(rule.Owners, holder.Holder) || held[location] {
					continue
				}
				files := 0
				for _, deciding := range repository.Matches {
					if int(deciding) == at {
						files++
					}
				}
				named = append(named, Rule{Location: location, Pattern: rule.Pattern, Files: files})
			}
		}
	}
	return named
}

// through is what a team holds.
func (x *explainer) through(team ownership.Holder) Through {
	through := Through{Team: team, Roles: []ownership.Role{}, Areas: []ownership.AreaID{}}
	for _, role := range x.s.Roles {
		for _, area := range x.outcome.Areas {
			held := slices.ContainsFunc(area.Declared.Of(role.Role), func(d ownership.Declaration) bool { return d.Holder == team }) ||
				slices.ContainsFunc(area.Observed.Of(role.Role), func(o ownership.Observed) bool { return o.Holder == team })
			if !held {
				continue
			}
			if !slices.Contains(through.Roles, role.Role) {
				through.Roles = append(through.Roles, role.Role)
			}
			through.Areas = append(through.Areas, area.ID)
		}
	}
	slices.Sort(through.Areas)
	through.Areas = slices.Compact(through.Areas)
	return through
}

// unknownOfHolder is what is unknown of a holder, and why there may be more that they hold.
func (x *explainer) unknownOfHolder(holder *Holder) []Unknown {
	unknown := []Unknown{}
	add := func(what, because string) {
		if because != "" && !slices.Contains(unknown, Unknown{what, because}) {
			unknown = append(unknown, Unknown{what, because})
		}
	}
	if holder.Standing.Status == Doubtful {
		add("whether "+string(holder.Holder)+" can hold anything", holder.Standing.Message)
	}
	if holder.Holder.Kind() == ownership.HolderTeam {
		add("who is in it", x.s.People.UnknownBelow(holder.Holder))
		add("which of its members are active", x.s.People.UnlistedMember(holder.Holder))
	} else {
		add("which teams they are in", x.s.People.IncompleteTeams())
	}
	for _, area := range x.outcome.Areas {
		var roles []string
		because := ""
		for _, role := range x.s.Roles {
			why := cmp.Or(area.UnknownDeclarations(role.Role), area.UnknownRoles[role.Role])
			if why != "" {
				roles = append(roles, string(role.Role))
				because = cmp.Or(because, why)
			}
		}
		if because != "" {
			add("who is "+strings.Join(roles, ", ")+" of "+string(area.ID), because)
		}
	}
	return unknown
}
