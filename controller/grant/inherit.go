package grant

import (
	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// maxInherited is how many holders an Area may inherit, over all roles. A few Areas above each other, or one above many, would
// otherwise be worth millions of declarations to everybody's controller.
const maxInherited = 200

// passed is a holder whom children inherit, and from which area.
type passed struct {
	roleHolder
	from ownership.AreaID
	// assigned says that only a RoleAssignment gives them the role.
	assigned bool
}

// uninherited is a holder whom an area does not inherit, since nobody grants that in what the area claims.
type uninherited struct {
	passed
	verdict
	in *element
}

// judgeInherited asks whether the area may have whom it inherits. A parent may claim other things than its children, and
// another grant may give these:
//
//	a role that the Area itself gives, without add    is not inherited
//	one that a RoleAssignment or policy gives         may be inherited at another time, and is asked about
//	more than maxInherited                            nobody is inherited
func (a *area) judgeInherited() {
	if a.passing != nil {
		return
	}
	a.passing, a.passingIn = map[roleHolder]bool{}, map[string]int{}
	own := map[string]bool{} // roles that it gives itself
	a.named(func(role *v1alpha1.RoleHolders, holder ownership.Holder) {
		a.pass(passed{roleHolder: roleHolder{role.Role, holder}, from: a.id})
		if !role.Add {
			own[role.Role] = true
		}
	})
	if a.parent != nil {
		a.parent.judgeInherited()
		a.inherit(own)
	}
	for _, assigned := range a.assigned {
		a.pass(passed{roleHolder: assigned, from: a.id, assigned: true})
	}
}

// inherit judges those whom the parent passes on, but for the roles that the area gives itself.
func (a *area) inherit(own map[string]bool) {
	count := 0
	for role, holders := range a.parent.passingIn {
		if !own[role] {
			count += holders
		}
	}
	if count > maxInherited {
		a.tooMany = count
		return
	}
	for _, inherited := range a.parent.passes {
		if own[inherited.role] {
			continue
		}
		v, in := granted, (*element)(nil)
		if !a.dead {
			v, in = a.rights.mayHold(a.kinds, inherited.role, inherited.holder)
		}
		if v != granted {
			a.uninherited = append(a.uninherited, uninherited{inherited, v, in})
		}
		if v != denied {
			inherited.assigned = false
			a.pass(inherited)
		}
	}
}

func (a *area) pass(p passed) {
	if !a.passing[p.roleHolder] {
		a.passing[p.roleHolder] = true
		a.passingIn[p.role]++
		a.passes = append(a.passes, p)
	}
}

// effectiveMode is how far Remit may go for the area: what it says itself, or else its parent, and no farther than grants do.
func (a *area) effectiveMode() ownership.Mode {
	if a.moded {
		return a.mode
	}
	a.moded, a.mode = true, ownership.Mode(a.value.Spec.Mode)
	if a.mode == "" {
		a.mode = ownership.Observe
		if a.parent != nil {
			a.mode = a.parent.effectiveMode()
		}
	}
	if a.mode.Rank() == ownership.Observe.Rank() {
		return a.mode
	}
	a.judgeInherited()
	var holders []roleHolder
	for _, p := range a.passes { // those whom it names and inherits; RoleAssignments have modes of their own
		if !p.assigned {
			holders = append(holders, p.roleHolder)
		}
	}
	if most := a.rights.most(a.kinds, holders); most.Rank() < a.mode.Rank() {
		a.capped, a.mode = a.mode, most
	}
	return a.mode
}
