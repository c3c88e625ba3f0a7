package grant

import (
	"cmp"
	"fmt"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// limitedAssignment is a RoleAssignment of an area that needs grants, which stays.
type limitedAssignment struct {
	at   int // its place among those that stay
	area *area
}

// judgeAssignments takes out the RoleAssignments by which somebody gets a role who may not have it. One is taken out as a
// whole: it is one act, and some of its holders could be read as all.
func (a *applier) judgeAssignments() {
	stay := 0
	for i := range a.set.RoleAssignments {
		object := a.set.RoleAssignments[i]
		spec := &object.Value.Spec
		one := a.byID[ownership.DeclaredArea(object.Value.Namespace, spec.Area)]
		if one == nil || spec.Suspend || object.Value.Namespace == a.in.OwnNamespace {
			a.keep(stay, i)
			stay++
			continue
		}
		problem, v := one.judgeAssignment(object)
		if v == denied {
			if a.assignments == nil {
				a.assignments = append([]manifest.Object[v1alpha1.RoleAssignment]{}, a.set.RoleAssignments[:i]...)
			}
			problem.Reason = manifest.ReasonScopeDenied
			a.problems = append(a.problems, problem)
			a.refused = append(a.refused, Refused{
				object.Value.Namespace, object.Value.Name, manifest.ReasonScopeDenied, problem.Message + "; " + problem.Remedy,
			})
			continue
		}
		a.keep(stay, i)
		a.limited = append(a.limited, limitedAssignment{stay, one})
		stay++
		if v == uncertain {
			a.lost = append(a.lost, one.doubtRole(spec.Role, object.Location))
		}
	}
}

func (a *applier) keep(_, i int) {
	if a.assignments != nil {
		a.assignments = append(a.assignments, a.set.RoleAssignments[i])
	}
}

func (a *area) judgeAssignment(object manifest.Object[v1alpha1.RoleAssignment]) (ownership.Problem, verdict) {
	spec := &object.Value.Spec
	name := "the RoleAssignment " + object.Value.Namespace + "/" + object.Value.Name
	if a.dead {
		return ownership.Problem{
			Location: object.Location,
			Message:  fmt.Sprintf("%s gives a role in %s, and nothing that this claims is granted", name, a.id),
			Remedy:   "see to the Area first",
		}, denied
	}
	v := granted
	var holders []roleHolder
	for i, text := range spec.Holders {
		holder, err := ownership.ParseHolder(text)
		if err != nil {
			continue
		}
		here, in := a.rights.mayHold(a.kinds, spec.Role, holder)
		if here == denied {
			field := at("spec.holders", i)
			what := a.denyHolder(roleHolder{spec.Role, holder}, in)
			return ownership.Problem{
				Location: object.FieldLocation(field), Field: field, Message: name + " " + what.message, Remedy: what.remedy + " the RoleAssignment",
			}, denied
		}
		v = min(v, here)
		holders = append(holders, roleHolder{spec.Role, holder})
	}
	a.assigned = append(a.assigned, holders...)
	return ownership.Problem{}, v
}

// capAssignments lowers the modes of RoleAssignments to what is granted for their holders.
func (a *applier) capAssignments() {
	for _, limited := range a.limited {
		all := a.set.RoleAssignments
		if a.assignments != nil {
			all = a.assignments
		}
		object := all[limited.at]
		spec := &object.Value.Spec
		mode := cmp.Or(ownership.Mode(spec.Mode), limited.area.effectiveMode())
		if mode.Rank() == ownership.Observe.Rank() {
			continue
		}
		var holders []roleHolder
		for _, text := range spec.Holders {
			if holder, err := ownership.ParseHolder(text); err == nil {
				holders = append(holders, roleHolder{spec.Role, holder})
			}
		}
		most := limited.area.rights.most(limited.area.kinds, holders)
		if most.Rank() >= mode.Rank() {
			continue
		}
		if a.assignments == nil {
			a.assignments = append([]manifest.Object[v1alpha1.RoleAssignment]{}, a.set.RoleAssignments...)
		}
		a.problems = append(a.problems, capped(
			"the RoleAssignment "+object.Value.Namespace+"/"+object.Value.Name, limited.area.rights, mode, most, object.FieldLocation("spec.mode")))
		object.Value.Spec.Mode = string(most)
		a.assignments[limited.at] = object
	}
}

// doubtRole says that it is not known who has a role.
func (a *area) doubtRole(role string, location ownership.Location) manifest.Lost {
	return manifest.Lost{
		Kind: "RoleAssignment", Namespace: a.value.Namespace, Location: location, Area: a.value.Name, Role: role,
		Because: fmt.Sprintf("whether the grants to the namespace %q allow who is named is unknown: %s", a.value.Namespace, a.rights.why()),
	}
}
