package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// wish is what an area wants of its files in one repository: that a holder comes to their approvers, or goes.
type wish struct {
	area   *drift.Area
	areas  []ownership.AreaID // the area alone; the slice is shared, as are the next two
	holder ownership.Holder
	// holders is the holder alone; owners how the holder is written in CODEOWNERS, where one comes who can be.
	holders []ownership.Holder
	owners  []string
	remove  bool
	// dead says that the holder is known to be none.
	dead    bool
	drift   ownership.DriftKind
	reason  string
	mode    ownership.Mode
	unknown string
	// unwritable says why CODEOWNERS cannot name the holder.
	unwritable string
}

// wishes are what an area's drift asks of a repository's CODEOWNERS, additions first, then the removals of holders who
// are none, then other removals, each by holder:
//
//	drift                                     wish
//	missing, holder is known to be none here  nothing: it would approve nothing, and people have to see to that first
//	missing                                   the holder comes
//	invalid: absent or left                   the holder goes
//	invalid: any other reason                 nothing: people refill teams and grant access
//	unexpected                                the holder goes
//	conflicting                               nothing: which source is right is for people to say
func (r *repair) wishes(index int32) []*wish {
	p := r.planner
	area := &p.areas[index]
	drifts := p.drift[index]
	room, holders := take(&r.room.wishes, len(drifts)), take(&r.room.holders, len(drifts))
	found := take(&r.room.wished, len(drifts))[:0]
	areas, mode := p.ids[index:index+1:index+1], ownership.LeastMode(area.Mode, r.repository.Source.Mode)
	for i := range drifts {
		d := &drifts[i]
		if d.Role != ownership.Approver {
			continue
		}
		w := &room[i]
		holders[i] = d.Holder
		*w = wish{
			area: area, areas: areas, holder: d.Holder, holders: holders[i : i+1 : i+1], drift: d.Kind, reason: d.Message,
			unknown: p.unsure[index], mode: mode,
		}
		standing := r.standing(d.Holder)
		switch {
		case d.Kind == ownership.Missing && standing.Status != snapshot.Dead:
			w.mode = least(w.mode, declaredMode(area, ownership.Approver, d.Holder))
			owner := p.written(d.Holder)
			w.owners, w.unwritable = owner.owners, owner.problem
		case d.Kind == ownership.Invalid && (d.Reason == "absent" || d.Reason == "left"):
			w.remove, w.dead = true, true
		case d.Kind == ownership.Unexpected:
			w.remove, w.dead = true, standing.Status == snapshot.Dead
		default:
			continue
		}
		if standing.Status == snapshot.Doubtful && w.unknown == "" {
			w.unknown = standing.Message
		}
		found = append(found, w)
	}
	slices.SortStableFunc(found, compareWishes)
	return slices.CompactFunc(found, func(a, b *wish) bool { return compareWishes(a, b) == 0 })
}

// compareWishes puts what is invalid before what is unexpected, so that of one holder's two removals the first is kept.
func compareWishes(a, b *wish) int {
	return cmp.Or(
		compareFlags(a.remove, b.remove), compareFlags(b.dead, a.dead), strings.Compare(string(a.holder), string(b.holder)),
	)
}

// areaUnknown says why it is not known whole what the area wants, or what of it is observed.
func areaUnknown(area *drift.Area) string {
	switch {
	case area.Stalled != "":
		return fmt.Sprintf("%s is stalled: %s", area.ID, area.Stalled)
	case area.Undeclared != "":
		return fmt.Sprintf("what %s declares is unknown: %s", area.ID, area.Undeclared)
	case area.UnknownDeclarations(ownership.Approver) != "":
		return fmt.Sprintf("who is declared approver of %s is unknown: %s", area.ID, area.UnknownDeclarations(ownership.Approver))
	case area.UnknownRoles[ownership.Approver] != "":
		return fmt.Sprintf("who approves %s is unknown: %s", area.ID, area.UnknownRoles[ownership.Approver])
	case area.Coverage.Unknown != "":
		return fmt.Sprintf("the files of %s are not known whole: %s", area.ID, area.Coverage.Unknown)
	}
	return ""
}

// declaredMode is the least mode of the declarations of the holder in a role; Enforce where none says any.
func declaredMode(area *drift.Area, role ownership.Role, holder ownership.Holder) ownership.Mode {
	mode := ownership.Enforce
	for _, declared := range area.Declared.Of(role) {
		if declared.Holder == holder && declared.Mode != "" {
			mode = least(mode, declared.Mode)
		}
	}
	return mode
}

// least is ownership.LeastMode of two.
func least(a, b ownership.Mode) ownership.Mode {
	if b.Rank() < a.Rank() {
		return b
	}
	return a
}

// ownerName is how a holder is written in CODEOWNERS, or why it cannot be.
type ownerName struct {
	text, problem string
	owners        []string // the text alone
}

// written finds it:
//
//	team:acme/web                         @acme/web
//	user, with a GitHub login known       @login
//	user, an address                      the address
//	user, otherwise                       @id
//	schedule                              cannot be
//	what would be read as somebody else   cannot be
func (p *planner) written(holder ownership.Holder) ownerName {
	if known, found := p.owners[holder]; found {
		return known
	}
	w := ownerName{text: "@" + holder.Name()}
	person := p.snapshot.People.Persons[holder]
	switch {
	case holder.Kind() == ownership.HolderSchedule:
		w = ownerName{problem: fmt.Sprintf("a schedule cannot be a code owner, and %s is one; declare a team or a person", holder)}
	case person != nil && person.Logins["github"] != "":
		w.text = "@" + person.Logins["github"]
	case strings.Contains(holder.Name(), "@"):
		w.text = holder.Name()
	}
	if w.problem == "" {
		rule := codeowners.Parse([]byte("*"))
		if _, err := rule.Apply(codeowners.AddOwner{At: codeowners.At{Line: 1, Pattern: "*"}, Owner: w.text}); err != nil {
			w.problem = fmt.Sprintf("%s cannot be written in CODEOWNERS: %s", holder, err)
		} else if read := p.read(w.text); read != holder {
			w.problem = fmt.Sprintf("%s would be written %s, which is read as %s; give the person their GitHub login", holder, w.text, read)
		}
	}
	if w.text != "" {
		w.owners = []string{w.text}
	}
	p.owners[holder] = w
	return w
}

// read is the holder that an owner in CODEOWNERS means.
func (p *planner) read(owner string) ownership.Holder {
	holder, known := p.holders[owner]
	if !known {
		holder = p.snapshot.People.Holder(owner)
		p.holders[owner] = holder
	}
	return holder
}
