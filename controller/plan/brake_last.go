package plan

import (
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// The brake for the last holder looks at two groups of holders, the role in an area and the owners of a rule, after all
// changes that would be made:
//
//	before                     after                           the removal
//	somebody                   nobody                          is held
//	somebody who may be valid  nobody who is known to be       is held
//	nobody who may be valid    somebody, known to be invalid   may go: nothing is lost
//
// Valid is who is alive, or whom no source can tell anything of. A removal that is held even if every addition were made
// and everybody in doubt were valid (structural) keeps no place for the other brakes; for that, who was there before
// must be known to be valid.

// group are the holders of something, by how sure their standing is.
type group struct {
	name    string
	holders map[ownership.Holder]snapshot.StandingStatus
	// total is how many there were before.
	total                     int
	wereCertain, werePossible bool
}

func certain(status snapshot.StandingStatus) bool {
	return status == snapshot.Alive || status == snapshot.Unchecked
}

func possible(status snapshot.StandingStatus) bool { return status != snapshot.Dead }

// any says whether some holder's standing is as asked.
func (g *group) any(is func(snapshot.StandingStatus) bool) bool {
	for _, status := range g.holders {
		if is(status) {
			return true
		}
	}
	return false
}

func (g *group) add(holder ownership.Holder, status snapshot.StandingStatus) {
	if _, there := g.holders[holder]; !there {
		g.holders[holder] = status
	}
}

// without takes holders away, and says whether that leaves the group without somebody it must keep. Structurally, it
// must keep only whom it is sure to have had.
func (g *group) without(holders []ownership.Holder, structurally bool) (taken map[ownership.Holder]snapshot.StandingStatus, last bool) {
	taken = map[ownership.Holder]snapshot.StandingStatus{}
	for _, holder := range holders {
		if status, there := g.holders[holder]; there {
			taken[holder] = status
			delete(g.holders, holder)
		}
	}
	switch {
	case len(taken) == 0:
		return taken, false
	case len(g.holders) == 0:
		return taken, true
	case structurally:
		return taken, g.wereCertain && !g.any(possible)
	}
	return taken, g.werePossible && !g.any(certain)
}

type roleOf struct {
	area ownership.AreaID
	role ownership.Role
}

type ruleOf struct {
	repository, file string
	line             int
}

// groups are the groups that the removals touch.
type groups struct {
	decision *decision
	roles    map[roleOf]*group
	rules    map[ruleOf]*group
}

// askLastHolders finds the removals that are structurally the last.
func (d *decision) askLastHolders() {
	g := d.groups(d.waiting)
	for _, i := range d.asked {
		c := &d.candidates[i]
		if !c.Removal || d.never[i] {
			continue
		}
		if because := g.remove(c, true); because != "" {
			d.hold(i, ownership.BrakeLastHolder, because)
			d.never[i] = true
		}
	}
	d.lean(func(i int) bool { return d.never[i] })
}

// holdLast holds the removals that lean on additions which are held, or on somebody in doubt, and says whether there
// were any. Every removal that keeps a place counts as made.
func (d *decision) holdLast() bool {
	g := d.groups(func(i int) bool { return d.held[i].brake == "" })
	held := false
	for _, i := range d.asked {
		c := &d.candidates[i]
		if !c.Removal || d.never[i] {
			continue
		}
		because := g.remove(c, false)
		if because != "" && d.held[i].brake == "" {
			d.hold(i, ownership.BrakeLastHolder, because)
			held = true
		}
	}
	return held
}

// groups are all groups that waiting removals touch, with the additions that are made.
func (d *decision) groups(made func(i int) bool) *groups {
	g := &groups{d, map[roleOf]*group{}, map[ruleOf]*group{}}
	for i := range d.candidates {
		if c := &d.candidates[i]; c.Removal && d.waiting(i) {
			for _, area := range c.Areas {
				g.role(roleOf{area, c.Role})
			}
			if c.Operation == ownership.RemoveOwner {
				g.rule(ruleOf{c.Repository, c.File, c.Line})
			}
		}
	}
	for i := range d.candidates {
		if c := &d.candidates[i]; !c.Removal && made(i) {
			g.grant(c)
		}
	}
	return g
}

// grant adds an addition's holders to the groups that are touched.
func (g *groups) grant(c *candidate) {
	for _, area := range c.Areas {
		if group := g.roles[roleOf{area, c.Role}]; group != nil {
			for _, holder := range c.Holders {
				group.add(holder, g.decision.holder(holder, c.Role, area))
			}
		}
	}
	if group := g.rules[ruleOf{c.Repository, c.File, c.Line}]; group != nil && c.Operation == ownership.AddOwner {
		for _, holder := range c.Holders {
			group.add(holder, g.decision.approver(holder, c.Repository))
		}
	}
}

// remove takes a removal's holders out of its groups, and says why that leaves one without its last; structurally,
// they stay then.
func (g *groups) remove(c *candidate, structurally bool) string {
	touched := make([]*group, 0, len(c.Areas)+1)
	for _, area := range c.Areas {
		touched = append(touched, g.role(roleOf{area, c.Role}))
	}
	if c.Operation == ownership.RemoveOwner {
		touched = append(touched, g.rule(ruleOf{c.Repository, c.File, c.Line}))
	}
	because := g.decision.emptyRule(c, structurally)
	taken := make([]map[ownership.Holder]snapshot.StandingStatus, len(touched))
	for i, group := range touched {
		var last bool
		if taken[i], last = group.without(c.Holders, structurally); last && because == "" {
			because = fmt.Sprintf("of %d %s, none who is known to be valid would be left; name somebody else first", group.total, group.name)
		}
	}
	if because != "" && structurally {
		for i, group := range touched {
			for holder, status := range taken[i] {
				group.add(holder, status)
			}
		}
	}
	return because
}

// emptyRule looks at a rule that is added to take somebody's role: it must name somebody valid itself.
func (d *decision) emptyRule(c *candidate, structurally bool) string {
	if c.Operation != ownership.AddRule {
		return ""
	}
	enough := certain
	if structurally {
		enough = possible
	}
	owners := 0
	for _, rule := range codeowners.Parse([]byte(c.After)).Rules() {
		for _, owner := range rule.Owners {
			if owners++; enough(d.approver(d.in.Snapshot.People.Holder(owner.Text), c.Repository)) {
				return ""
			}
		}
	}
	return fmt.Sprintf("of %d owners of the new rule %s, none is known to be valid; name somebody else first", owners, c.Pattern)
}

// role is the group of an area's holders of a role, as authoritative sources see it.
func (g *groups) role(key roleOf) *group {
	if found := g.roles[key]; found != nil {
		return found
	}
	made := &group{name: fmt.Sprintf("holders of %s in area %s", key.role, key.area), holders: map[ownership.Holder]snapshot.StandingStatus{}}
	if area := g.decision.areas[key.area]; area != nil {
		for _, holder := range observedIn(area, key.role) {
			made.add(holder, g.decision.holder(holder, key.role, key.area))
		}
	}
	g.roles[key] = made.before()
	return made
}

// rule is the group of a rule's owners.
func (g *groups) rule(key ruleOf) *group {
	if found := g.rules[key]; found != nil {
		return found
	}
	made := &group{name: fmt.Sprintf("owners of the rule in %s %s:%d", key.repository, key.file, key.line), holders: map[ownership.Holder]snapshot.StandingStatus{}}
	if repository := g.decision.in.Snapshot.Repository(key.repository); repository != nil && repository.Facts.Codeowners.Path == key.file {
		for _, holder := range ownersAt(repository, key.line) {
			made.add(holder, g.decision.approver(holder, key.repository))
		}
	}
	g.rules[key] = made.before()
	return made
}

func (g *group) before() *group {
	g.total, g.wereCertain, g.werePossible = len(g.holders), g.any(certain), g.any(possible)
	return g
}

// ownersAt are the owners of the rule in a line; rules stand in the order of their lines.
func ownersAt(repository *snapshot.Repository, line int) []ownership.Holder {
	i, found := slices.BinarySearchFunc(repository.Rules, line, func(rule snapshot.Rule, line int) int { return rule.Line - line })
	if !found {
		return nil
	}
	return repository.Rules[i].Owners
}

// observedIn are an area's holders of a role as authoritative sources see it; one whom two sources see stands twice.
func observedIn(area *drift.Area, role ownership.Role) []ownership.Holder {
	var holders []ownership.Holder
	for _, observed := range area.Observed[role] {
		if observed.Authoritative {
			holders = append(holders, observed.Holder)
		}
	}
	return holders
}

// holder is how sure the standing is of an area's holder of a role.
func (d *decision) holder(holder ownership.Holder, role ownership.Role, area ownership.AreaID) snapshot.StandingStatus {
	if found := d.areas[area]; found != nil {
		return drift.Standing(holder, role, *found, d.in.Snapshot).Status
	}
	return d.in.Snapshot.People.Standing(holder).Status
}

// approver is how sure the standing is of an owner in a repository.
func (d *decision) approver(holder ownership.Holder, repository string) snapshot.StandingStatus {
	return d.in.Snapshot.People.Access(holder, repository).Status
}
