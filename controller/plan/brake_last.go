package plan

import (
	"fmt"
	"iter"
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

// group are the holders of something.
type group struct {
	role roleOf
	rule ruleOf
	// seats are few, so that they are looked for one by one; the first total of them were there before.
	seats []seat
	total int
	// most is how many seats are known, those beyond the present ones included.
	most                      int
	wereCertain, werePossible bool
}

// spare is room in a group for those who come.
const spare = 2

// seat is a holder with how sure the standing is.
type seat struct {
	holder ownership.Holder
	status snapshot.StandingStatus
	// gone says that a removal took the holder away, and last that this left the group without somebody it must keep.
	gone, last bool
}

func certain(status snapshot.StandingStatus) bool {
	return status == snapshot.Alive || status == snapshot.Unchecked
}

func possible(status snapshot.StandingStatus) bool { return status != snapshot.Dead }

// any says whether somebody who is there is as asked.
func (g *group) any(is func(snapshot.StandingStatus) bool) bool {
	return slices.ContainsFunc(g.seats, func(m seat) bool { return !m.gone && is(m.status) })
}

func (g *group) find(holder ownership.Holder) int {
	return slices.IndexFunc(g.seats, func(m seat) bool { return m.holder == holder })
}

func (g *group) add(holder ownership.Holder, standing func() snapshot.StandingStatus) {
	n := len(g.seats)
	switch {
	case g.find(holder) >= 0:
	case n < g.most && g.seats[:g.most][n].holder == holder: // the same came before the last reset
		g.seats = g.seats[:n+1]
		g.seats[n].gone, g.seats[n].last = false, false
	default:
		g.seats = append(g.seats, seat{holder: holder, status: standing()})
		g.most = n + 1
	}
}

// begin keeps what the group is before any change.
func (g *group) begin() *group {
	g.total, g.wereCertain, g.werePossible = len(g.seats), g.any(certain), g.any(possible)
	return g
}

// reset makes the group what it was before any change.
func (g *group) reset() {
	g.seats = g.seats[:g.total]
	for i := range g.seats {
		g.seats[i].gone, g.seats[i].last = false, false
	}
}

// without takes holders away, and says whether that leaves the group without somebody it must keep. Structurally, it
// must keep only whom it is sure to have had. Who is taken away again, from another rule, hears the same as before.
func (g *group) without(holders []ownership.Holder, structurally bool) (last bool) {
	first := false
	for _, holder := range holders {
		if i := g.find(holder); i >= 0 {
			first = first || !g.seats[i].gone
			last = last || g.seats[i].last
			g.seats[i].gone = true
		}
	}
	switch {
	case !first:
		return last
	case !g.any(func(snapshot.StandingStatus) bool { return true }):
		last = true
	case structurally:
		last = g.wereCertain && !g.any(possible)
	default:
		last = g.werePossible && !g.any(certain)
	}
	for _, holder := range holders {
		if i := g.find(holder); i >= 0 {
			g.seats[i].last = last
		}
	}
	return last
}

// keep puts holders back.
func (g *group) keep(holders []ownership.Holder) {
	for _, holder := range holders {
		if i := g.find(holder); i >= 0 {
			g.seats[i].gone, g.seats[i].last = false, false
		}
	}
}

type roleOf struct {
	area ownership.AreaID
	role ownership.Role
}

type ruleOf struct {
	repository, file string
	line             int
}

// accessOf is a holder in a repository.
type accessOf struct {
	holder     ownership.Holder
	repository string
}

// groups are the groups that the removals touch.
type groups struct {
	decision *decision
	roles    map[roleOf]*group
	rules    map[ruleOf]*group
	// touched are the groups that each candidate takes somebody from or brings somebody to.
	touched [][]*group
	room    []*group // which they share
	made    []group  // room for new ones
}

// name says of whom the group is: of a rule, or else of an area.
func (g *group) name() string {
	if g.rule.line != 0 {
		return fmt.Sprintf("owners of the rule in %s %s:%d", g.rule.repository, g.rule.file, g.rule.line)
	}
	return fmt.Sprintf("holders of %s in area %s", g.role.role, g.role.area)
}

// newGroups finds the groups of all removals that may be made.
func newGroups(d *decision) *groups {
	removals := 0
	for i, c := range d.candidates {
		if c.Removal && !d.never[i] {
			removals++
		}
	}
	g := &groups{
		decision: d, roles: make(map[roleOf]*group, removals), rules: make(map[ruleOf]*group, removals),
		touched: make([][]*group, len(d.candidates)), room: make([]*group, 0, 2*removals), made: make([]group, 2*removals),
	}
	for i := range d.candidates {
		c := d.candidates[i]
		if !c.Removal || d.never[i] {
			continue
		}
		from := len(g.room)
		for _, area := range c.Areas {
			g.room = append(g.room, g.ofRole(roleOf{area, c.Role}))
		}
		if c.Operation == ownership.RemoveOwner {
			g.room = append(g.room, g.ofRule(ruleOf{c.Repository, c.File, c.Line}))
		}
		g.touched[i] = slices.Clip(g.room[from:])
	}
	for i := range d.candidates {
		if c := d.candidates[i]; !c.Removal && len(g.roles) > 0 {
			g.touched[i] = g.touchedBy(c)
		}
	}
	return g
}

// touchedBy are the groups, of those that somebody is taken from, which an addition brings somebody to.
func (g *groups) touchedBy(c *candidate) []*group {
	from := len(g.room)
	for _, area := range c.Areas {
		if group := g.roles[roleOf{area, c.Role}]; group != nil {
			g.room = append(g.room, group)
		}
	}
	if c.Operation == ownership.AddOwner {
		if group := g.rules[ruleOf{c.Repository, c.File, c.Line}]; group != nil {
			g.room = append(g.room, group)
		}
	}
	return slices.Clip(g.room[from:])
}

// askLastHolders finds the removals that are structurally the last.
func (d *decision) askLastHolders() {
	d.groups = newGroups(d)
	d.groups.begin(func(i int) bool { return !d.never[i] })
	for _, i := range d.asked {
		if !d.candidates[i].Removal || d.never[i] {
			continue
		}
		if because := d.groups.remove(i, true); because != "" {
			d.hold(i, ownership.BrakeLastHolder, because)
			d.never[i] = true
		}
	}
	d.lean(func(i int) bool { return d.never[i] })
}

// holdLast holds the removals that lean on additions which are held, or on somebody in doubt, and says whether there
// were any. Every removal that keeps a place counts as made.
func (d *decision) holdLast() bool {
	d.groups.begin(func(i int) bool { return d.held[i].brake == "" })
	held := false
	for _, i := range d.asked {
		if !d.candidates[i].Removal || d.never[i] {
			continue
		}
		because := d.groups.remove(i, false)
		if because != "" && d.held[i].brake == "" {
			d.hold(i, ownership.BrakeLastHolder, because)
			held = true
		}
	}
	return held
}

// begin makes the groups what they are with the additions that are made.
func (g *groups) begin(made func(i int) bool) {
	for _, group := range g.roles {
		group.reset()
	}
	for _, group := range g.rules {
		group.reset()
	}
	for i, touched := range g.touched {
		if len(touched) > 0 && made(i) {
			g.grant(g.decision.candidates[i], touched)
		}
	}
}

// grant adds the holders whom a change brings to its groups.
func (g *groups) grant(c *candidate, touched []*group) {
	for _, holder := range c.Gaining() {
		for _, group := range touched {
			if group.rule.line == 0 {
				group.add(holder, func() snapshot.StandingStatus { return g.decision.holder(holder, c.Role, group.role.area) })
			} else if c.Operation == ownership.AddOwner {
				group.add(holder, func() snapshot.StandingStatus { return g.decision.approver(holder, c.Repository) })
			}
		}
	}
}

// remove takes a removal's holders out of its groups, and says why that leaves one without its last; structurally,
// they stay then.
func (g *groups) remove(i int, structurally bool) string {
	c := g.decision.candidates[i]
	losing := c.Losing()
	because := g.decision.emptyRule(c, structurally)
	for _, group := range g.touched[i] {
		if group.without(losing, structurally) && because == "" {
			because = fmt.Sprintf("of %d %s, none who is known to be valid would be left; name somebody else first", group.total, group.name())
		}
	}
	if because != "" && structurally {
		for _, group := range g.touched[i] {
			group.keep(losing)
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

// make makes a group.
func (g *groups) make() *group {
	if len(g.made) == 0 {
		g.made = make([]group, 16)
	}
	return &take(&g.made, 1)[0]
}

// ofRole is the group of an area's holders of a role, as authoritative sources see it.
func (g *groups) ofRole(key roleOf) *group {
	if found := g.roles[key]; found != nil {
		return found
	}
	made := g.make()
	made.role = key
	if area := g.decision.areas[key.area]; area != nil {
		made.seats = make([]seat, 0, len(area.Observed.Of(key.role))+spare)
		for holder := range observedIn(area, key.role) {
			made.add(holder, func() snapshot.StandingStatus { return g.decision.holder(holder, key.role, key.area) })
		}
	}
	g.roles[key] = made.begin()
	return made
}

// ofRule is the group of a rule's owners.
func (g *groups) ofRule(key ruleOf) *group {
	if found := g.rules[key]; found != nil {
		return found
	}
	made := g.make()
	made.rule = key
	if repository := g.decision.in.Snapshot.Repository(key.repository); repository != nil && repository.Facts.Codeowners.Path == key.file {
		owners := ownersAt(repository, key.line)
		made.seats = make([]seat, 0, len(owners)+spare)
		for _, holder := range owners {
			made.add(holder, func() snapshot.StandingStatus { return g.decision.approver(holder, key.repository) })
		}
	}
	g.rules[key] = made.begin()
	return made
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
func observedIn(area *drift.Area, role ownership.Role) iter.Seq[ownership.Holder] {
	return func(yield func(ownership.Holder) bool) {
		for i := range area.Observed.Of(role) {
			if observed := &area.Observed.Of(role)[i]; observed.Authoritative && !yield(observed.Holder) {
				return
			}
		}
	}
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
	key := accessOf{holder, repository}
	status, known := d.approvers[key]
	if !known {
		status = d.in.Snapshot.People.Access(holder, repository).Status
		d.approvers[key] = status
	}
	return status
}
