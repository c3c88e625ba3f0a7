package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// The brakes, in the order in which they are asked. The first that holds a change is the one that is shown.
//
//	brake          holds                                                               keeps a place
//	mode           a change whose mode is Observe                                      no
//	no-target      a change of a kind that cannot be made here                          no
//	kill-switch    every other change, while all writes are stopped                    –
//	inexpressible, what was found while the change was derived (candidate.brake)       no
//	last-holder
//	self           a removal of one of Remit's own accounts                            no
//	removals       every removal, while it is not known what was made lately           yes
//	unknown        a change that rests on an unknown fact                              yes
//	last-holder    a removal after which an area or a rule has no valid holder left    if an addition would help
//	removals       a removal beyond what an area or a team may lose in 24 hours        yes
//	changes        what is beyond the number of changes in a plan                      yes
//	(any)          what cannot be made without a change that is held; shown as that    as that
//
// Additions are asked before removals, since a removal may lean on one; among each, what the ledger shows as begun (a
// proposal that is still open) comes first, and the rest in the plan's order.
//
// A change that keeps a place is counted by the brakes after it as if it were made. Without that, one change that is
// held would let through another, and a fact that becomes unknown would bring about a change. What will not be made
// however often one plans keeps none, or it would block the others for ever.

// decision is a plan in the making.
type decision struct {
	in         Input
	candidates []*candidate
	areas      map[ownership.AreaID]*drift.Area
	given      grants
	// order are the candidates, by index, in the plan's order; asked that in which the brakes are asked.
	order, asked []int
	// held is what holds each candidate; never says of which that it keeps no place.
	held  []ruling
	never []bool
	// leaning are the candidates that need each candidate.
	leaning [][]int
	groups  *groups
	// approvers remembers how sure the standing is of owners.
	approvers map[accessOf]snapshot.StandingStatus
}

// ruling is what a brake says; the zero value lets a change through.
type ruling struct {
	brake   ownership.Brake
	because string
	// root is the reason of what the change leans on, where it leans on something.
	root string
}

// newDecision prepares a plan of the candidates, which it keeps and changes.
func newDecision(in Input, found []*candidate) *decision {
	in.Limits = in.Limits.withDefaults()
	d := &decision{
		in: in, candidates: found, areas: make(map[ownership.AreaID]*drift.Area, len(in.Areas)),
		given: givenBy(in.Ledger, in.Now), held: make([]ruling, len(found)), never: make([]bool, len(found)),
		leaning: make([][]int, len(found)), approvers: map[accessOf]snapshot.StandingStatus{},
	}
	for i := range in.Areas {
		d.areas[in.Areas[i].ID] = &in.Areas[i]
	}
	for i := range d.candidates {
		c := d.candidates[i]
		c.Mode = capMode(c.Mode, in.MaxMode)
		if c.Areas = c.areas; len(c.Areas) == 0 {
			c.Areas = []ownership.AreaID{c.Area}
		}
		if c.Removal && len(c.loses) < len(c.Holders) {
			c.Loses = c.loses
		}
	}
	d.order = d.inOrder()
	d.asked = d.inAskedOrder()
	for _, i := range d.asked {
		for _, needed := range d.candidates[i].needs {
			d.leaning[needed] = append(d.leaning[needed], i)
		}
	}
	return d
}

// inOrder is the plan's order; of candidates for equal changes, by what else there is to them.
func (d *decision) inOrder() []int {
	order := make([]int, len(d.candidates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		one, other := d.candidates[a], d.candidates[b]
		return cmp.Or(
			compareChanges(&one.Change, &other.Change), cmp.Compare(one.brake, other.brake),
			cmp.Compare(one.because, other.because), cmp.Compare(one.unknown, other.unknown),
		)
	})
	return order
}

// inAskedOrder puts additions before removals, what is begun before what is new, and all in the plan's order.
func (d *decision) inAskedOrder() []int {
	begun := d.begun()
	var turns [4][]int
	for _, i := range d.order {
		turn := 0
		if d.candidates[i].Removal {
			turn += 2
		}
		if !begun(&d.candidates[i].Change) {
			turn++
		}
		turns[turn] = append(turns[turn], i)
	}
	return slices.Concat(turns[:]...)
}

// begun tells whether a change was made or proposed within 24 hours, and is still wanted.
func (d *decision) begun() func(*ownership.Change) bool {
	lately := map[bool]map[given]bool{true: {}, false: {}}
	for _, entry := range d.in.Ledger {
		if entry.At.After(d.in.Now.Add(-window)) {
			for key := range entry.given() {
				lately[entry.Removal][key] = true
			}
		}
	}
	return func(c *ownership.Change) bool {
		if len(lately[c.Removal]) == 0 {
			return false
		}
		holders := c.Holders
		if c.Removal {
			holders = c.Losing()
		}
		if len(holders) == 0 {
			return false
		}
		for key := range keys(c.Target, placeOf(c), c.Areas, c.Role, holders) {
			if !lately[c.Removal][key] {
				return false
			}
		}
		return true
	}
}

// ask asks all brakes.
func (d *decision) ask() {
	for _, i := range d.asked {
		d.held[i], d.never[i] = d.alone(d.candidates[i])
	}
	d.lean(func(i int) bool { return d.never[i] })
	d.askLastHolders()
	d.askRemovals()
	d.askChanges()
	d.settle()
}

// alone asks the brakes that look at one change by itself.
func (d *decision) alone(c *candidate) (held ruling, never bool) {
	switch {
	case observes(c.Mode):
		return ruling{brake: ownership.BrakeMode, because: d.becauseObserve(c)}, true
	case d.in.Targets != nil && !slices.Contains(d.in.Targets, c.Target):
		return ruling{brake: ownership.BrakeNoTarget, because: becauseNoTarget(c.Target)}, true
	case d.in.Stopped != "":
		return ruling{brake: ownership.BrakeKillSwitch, because: "all writes are stopped: " + d.in.Stopped + "; nothing is made until that is taken back"}, false
	case c.brake != "":
		return ruling{brake: c.brake, because: c.because}, true
	case slices.ContainsFunc(c.Losing(), func(h ownership.Holder) bool { return slices.Contains(d.in.Self, h) }):
		return ruling{brake: ownership.BrakeSelf, because: "it would take a role from Remit's own account; a person has to do it, if it is meant"}, true
	case c.Removal && d.in.LedgerUnknown != "":
		return ruling{brake: ownership.BrakeRemovals, because: becauseUncounted(d.in.LedgerUnknown)}, false
	case c.unknown != "":
		return ruling{brake: ownership.BrakeUnknown, because: c.unknown + "; nothing is changed while that is unknown"}, false
	}
	return ruling{}, false
}

// hold holds a candidate, unless something holds it already.
func (d *decision) hold(i int, brake ownership.Brake, because string) {
	if d.held[i].brake == "" {
		d.held[i] = ruling{brake: brake, because: because}
	}
}

// waiting says whether a candidate keeps a place.
func (d *decision) waiting(i int) bool { return !d.never[i] }

// lean holds what needs a candidate that is held, and says whether anything was held by that. It starts from those that
// from picks; what leans on one that will never be made will never be made either.
func (d *decision) lean(from func(i int) bool) bool {
	var queue []int
	for _, i := range d.asked {
		if d.held[i].brake != "" && from(i) {
			queue = append(queue, i)
		}
	}
	leant := false
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, leaning := range d.leaning[i] {
			if d.held[leaning].brake == "" {
				d.held[leaning] = d.held[i].of(d.candidates[i].Change)
				queue, leant = append(queue, leaning), true
			}
			if d.never[i] && !d.never[leaning] {
				d.never[leaning] = true
				queue = append(queue, leaning)
			}
		}
	}
	return leant
}

// of is the ruling on a change that leans on the one which is held.
func (v ruling) of(held ownership.Change) ruling {
	root := cmp.Or(v.root, v.because)
	return ruling{v.brake, fmt.Sprintf("it cannot be made without the change to %s, which is held: %s", where(held), root), root}
}

// settle repeats what depends on other changes being made, until nothing more is held by it. Each round only adds to
// what is held, so it ends.
func (d *decision) settle() {
	for {
		leant := d.lean(func(int) bool { return true })
		if !d.holdLast() && !leant {
			return
		}
	}
}

// askChanges holds what is beyond the number of changes in a plan.
func (d *decision) askChanges() {
	number, most := 0, d.in.Limits.Changes
	for _, i := range d.asked {
		if !d.waiting(i) {
			continue
		}
		if number++; number > most {
			d.hold(i, ownership.BrakeChanges, fmt.Sprintf("it is change %d, and one plan makes at most %d; it comes up again in the next plan", number, most))
		}
	}
}

// becauseNoTarget says who makes the changes that are not made here.
func becauseNoTarget(target string) string {
	switch target {
	case ownership.TargetCodeowners:
		return "CODEOWNERS files are edited in checkouts, and there are none here; run `remit apply` on a checkout"
	case ownership.TargetKubernetes:
		return "labels of namespaces are written in a cluster, by `remit controller`; leave it to that, or write the label by hand"
	}
	return "no target of the kind " + target + " is here; make the change by hand"
}

// where names the place of a change: "acme/shop .github/CODEOWNERS:12".
func where(c ownership.Change) string {
	switch {
	case c.Namespace != "":
		return ownership.NamespaceObject(c.Namespace) + " label " + c.Key
	case c.File == "":
		return c.Target
	case c.Line > 0:
		return fmt.Sprintf("%s %s:%d", c.Repository, c.File, c.Line)
	}
	return c.Repository + " " + c.File
}
