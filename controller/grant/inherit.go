package grant

import (
	"slices"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// passed is a holder whom children inherit, and from which area.
type passed struct {
	roleHolder
	from ownership.AreaID
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
func (a *area) judgeInherited() {
	if a.passed {
		return
	}
	a.passed = true
	var own []string // roles that it gives itself
	a.named(func(role *v1alpha1.RoleHolders, holder ownership.Holder) {
		a.pass(passed{roleHolder{role.Role, holder}, a.id})
		if !role.Add {
			own = append(own, role.Role)
		}
	})
	for _, assigned := range a.assigned {
		a.pass(passed{assigned, a.id})
	}
	if a.parent == nil {
		return
	}
	a.parent.judgeInherited()
	for _, inherited := range a.parent.passes {
		if slices.Contains(own, inherited.role) {
			continue
		}
		v, in := granted, (*element)(nil)
		if !a.dead {
			v, in = a.rights.mayHold(a.elements, inherited.role, inherited.holder)
		}
		if v != granted {
			a.uninherited = append(a.uninherited, uninherited{inherited, v, in})
		}
		if v != denied {
			a.pass(inherited)
		}
	}
}

func (a *area) pass(p passed) {
	if !slices.ContainsFunc(a.passes, func(other passed) bool { return other.roleHolder == p.roleHolder }) {
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
		if !slices.Contains(a.assigned, p.roleHolder) {
			holders = append(holders, p.roleHolder)
		}
	}
	if most := a.rights.most(a.elements, holders); most.Rank() < a.mode.Rank() {
		a.capped, a.mode = a.mode, most
	}
	return a.mode
}
