package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Removals are counted twice, each over the 24 hours before the plan:
//
//	of an area   distinct holders who lose the role there     of those who have it now or lost it in the 24 hours
//	of a team    distinct areas in which it loses the role    of those in which it has it now or lost it in the 24 hours
//
// Of these, RemovalPercent of 100 may go, rounded down, but always at least one. (The other meaning of a team's 25%, that
// of its members, comes with the target that changes members.) A place is taken by
//
//	who lost the role in the 24 hours, by the ledger    first: a proposal that is still open stays in the plan
//	who may have to lose it, but it is unknown whether  a fact that becomes unknown frees no place
//	the removals of this plan, in the order asked       whether or not another brake holds them
//
// so that in any 24 hours no more holders go than may. Ending temporary access that Remit gave is not counted. How it is
// known: the ledger shows that Remit made the addition, in the same file, for the same area, role and holder; that the
// RoleAssignment behind it ended at a time that has passed; and that it was not taken back since (temporary.go).

// tally counts the places of one area and role, or of one team and role.
type tally struct {
	// name says what may lose and what is lost: "area a/b" may lose 1 of 4 "holders of approver".
	name func() (who, whose string)
	// of is the number that the percentage is of, most how many may go.
	of, most, percent int
	// place numbers who has taken one, from 1 on; gone and kept are how many of them the ledger and the unknown took.
	place      map[string]int
	gone, kept int
	// free is when the oldest removal of the ledger counts no more, unsure what is unknown of whom a place is kept for.
	free   time.Time
	unsure string
}

// take gives a place, the same one to who has one already.
func (t *tally) take(name string) int {
	if t.place[name] == 0 {
		t.place[name] = len(t.place) + 1
	}
	return t.place[name]
}

// because says why nothing more may go, with the numbers, and what to do.
func (t *tally) because(place int) string {
	var taken []string
	if t.gone > 0 {
		taken = append(taken, fmt.Sprintf("%d went in that time", t.gone))
	}
	if t.kept > 0 {
		taken = append(taken, fmt.Sprintf("%d may have to go, which is unknown (%s)", t.kept, t.unsure))
	}
	if before := place - t.gone - t.kept - 1; before > 0 {
		taken = append(taken, fmt.Sprintf("%d come before it in this plan", before))
	}
	then := "it comes up again in a later plan, or a person can do it now"
	if t.gone > 0 {
		then = fmt.Sprintf("a place is free from %s on, or a person can do it now", t.free.UTC().Format("2006-01-02 15:04 MST"))
	}
	who, whose := t.name()
	return fmt.Sprintf("%s may lose %d of %d %s in 24 hours (%d%%, at least 1), and %s; %s",
		who, t.most, t.of, whose, t.percent, join(taken), then)
}

// teamOf is a team in a role.
type teamOf struct {
	team ownership.Holder
	role ownership.Role
}

// tallies are those that the removals of a plan need.
type tallies struct {
	decision *decision
	roles    map[roleOf]*tally
	teams    map[teamOf]*tally
	// lost are the removals of the ledger that count, in order of time; seen are the areas in which each team has a role.
	lostRoles map[roleOf][]loss
	lostTeams map[teamOf][]loss
	seen      map[teamOf][]*drift.Area
}

// loss is who or what was lost, and when.
type loss struct {
	name string
	at   time.Time
}

// askRemovals holds the removals that find no place.
func (d *decision) askRemovals() {
	t := d.tallies()
	for _, i := range d.asked {
		c := d.candidates[i]
		if !c.Removal || !d.waiting(i) || d.given.ended(c.Change, d.in.Now) {
			continue
		}
		for _, holder := range c.Losing() {
			for _, area := range c.Areas {
				d.count(i, t.role(roleOf{area, c.Role}), string(holder))
				if holder.Kind() == ownership.HolderTeam {
					d.count(i, t.team(teamOf{holder, c.Role}), string(area))
				}
			}
		}
	}
}

// count gives a removal its place, and holds it where there is none.
func (d *decision) count(i int, t *tally, name string) {
	if place := t.take(name); place > t.most {
		d.hold(i, ownership.BrakeRemovals, t.because(place))
	}
}

// tallies reads what the ledger and the areas say of the teams and areas that lose somebody.
func (d *decision) tallies() *tallies {
	t := &tallies{
		decision: d, roles: map[roleOf]*tally{}, teams: map[teamOf]*tally{},
		lostRoles: map[roleOf][]loss{}, lostTeams: map[teamOf][]loss{}, seen: map[teamOf][]*drift.Area{},
	}
	t.readLedger()
	losing := map[teamOf]bool{}
	for i := range d.candidates {
		if c := d.candidates[i]; c.Removal && d.waiting(i) {
			for _, holder := range c.Losing() {
				if holder.Kind() == ownership.HolderTeam {
					losing[teamOf{holder, c.Role}] = true
				}
			}
		}
	}
	if len(losing) == 0 {
		return t
	}
	for i := range d.in.Areas {
		area := &d.in.Areas[i]
		for role := range area.Observed.All() {
			for holder := range observedIn(area, role) {
				if key := (teamOf{holder, role}); losing[key] {
					t.seen[key] = append(t.seen[key], area)
				}
			}
		}
	}
	return t
}

func (t *tallies) readLedger() {
	for _, entry := range inOrderOfTime(t.decision.in.Ledger) {
		if !entry.counted(t.decision.in.Now) {
			continue
		}
		for _, holder := range entry.Holders {
			for _, area := range entry.Areas {
				role, team := roleOf{area, entry.Role}, teamOf{holder, entry.Role}
				t.lostRoles[role] = append(t.lostRoles[role], loss{string(holder), entry.At})
				t.lostTeams[team] = append(t.lostTeams[team], loss{string(area), entry.At})
			}
		}
	}
}

// role is the tally of an area's holders of a role.
func (t *tallies) role(key roleOf) *tally {
	if found := t.roles[key]; found != nil {
		return found
	}
	made := &tally{name: func() (who, whose string) { return "area " + string(key.area), "holders of " + string(key.role) }}
	var now []string
	var unsure []doubt
	if area := t.decision.areas[key.area]; area != nil {
		before := t.decision.groups.ofRole(key)
		for _, seat := range before.seats[:before.total] {
			now = append(now, string(seat.holder))
			if seat.status == snapshot.Doubtful {
				standing := drift.Standing(seat.holder, key.role, *area, t.decision.in.Snapshot)
				unsure = append(unsure, doubt{string(seat.holder), standing.Message})
			}
		}
	}
	t.fill(made, now, t.lostRoles[key], unsure)
	t.roles[key] = made
	return made
}

// team is the tally of the areas in which a team has a role.
func (t *tallies) team(key teamOf) *tally {
	if found := t.teams[key]; found != nil {
		return found
	}
	made := &tally{name: func() (who, whose string) { return string(key.team), "areas in which it is " + string(key.role) }}
	var now []string
	var unsure []doubt
	for _, area := range t.seen[key] {
		now = append(now, string(area.ID))
		for _, why := range []string{area.Stalled, area.UnknownDeclarations(key.role), area.UnknownRoles[key.role]} {
			if why != "" {
				unsure = append(unsure, doubt{string(area.ID), why})
				break
			}
		}
	}
	t.fill(made, now, t.lostTeams[key], unsure)
	t.teams[key] = made
	return made
}

// doubt is whom a place is kept for, and why it is unknown whether they need it.
type doubt struct{ name, why string }

// fill sets a tally's numbers, and gives the places that are taken before this plan.
func (t *tallies) fill(made *tally, now []string, lost []loss, unsure []doubt) {
	made.place = map[string]int{}
	for _, l := range lost {
		now = append(now, l.name)
		if len(made.place) == 0 {
			made.free = l.at.Add(window)
		}
		made.take(l.name)
	}
	made.gone = len(made.place)
	slices.SortFunc(unsure, func(a, b doubt) int { return strings.Compare(a.name, b.name) })
	for _, doubt := range unsure {
		if made.take(doubt.name) == len(made.place) && made.unsure == "" && made.place[doubt.name] > made.gone {
			made.unsure = doubt.name + ": " + doubt.why
		}
	}
	made.kept = len(made.place) - made.gone
	made.percent = t.decision.in.Limits.RemovalPercent
	slices.Sort(now)
	made.of = len(slices.Compact(now)) // each once
	made.most = max(1, made.of*made.percent/100)
}
