package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
)

// world is a small organisation: some areas, a line of the shop's CODEOWNERS for each, and what is wanted of them.
type world struct {
	names   []string
	holders map[string][]string // by area
	dead    map[string]bool
	doubted map[string]bool
	wanted  []candidate
	ledger  []Entry
	limits  Limits
}

// everybody are the holders there can be.
var everybody = []string{"ann", "bob", "cyd", "dan", "eve", "fay", "team:acme/web", "team:acme/api"}

func drawWorld(t *rapid.T) world {
	w := world{holders: map[string][]string{}, dead: map[string]bool{}, doubted: map[string]bool{}, limits: Limits{RemovalPercent: rapid.SampledFrom([]int{25, 50, 100}).Draw(t, "percent")}}
	for _, holder := range everybody {
		switch rapid.SampledFrom([]string{"alive", "alive", "dead", "dead", "doubted"}).Draw(t, holder) {
		case "dead":
			w.dead[holder] = true
		case "doubted":
			w.doubted[holder] = true
		}
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "areas") {
		name := fmt.Sprintf("area%d", i+1)
		w.names = append(w.names, name)
		w.holders[name] = drawSome(t, everybody, 1, name)
	}
	w.drawWanted(t)
	for i := range rapid.IntRange(0, 4).Draw(t, "entries") {
		w.ledger = append(w.ledger, w.drawEntry(t, i))
	}
	return w
}

// drawSome are some of the names, in order.
func drawSome(t *rapid.T, of []string, least int, label string) []string {
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(of), min(least, len(of)), -1, rapid.ID[string]).Draw(t, label)
	slices.Sort(some)
	return some
}

// drawWanted wants the dead to go from each area and others to come or go, now and then in two areas by one rule.
func (w *world) drawWanted(t *rapid.T) {
	for i, name := range w.names {
		for _, holder := range w.holders[name] {
			if !w.dead[holder] && rapid.IntRange(0, 3).Draw(t, "stays") > 0 {
				continue
			}
			c := removing(name, holder, i+1)
			if i > 0 && slices.Contains(w.holders[w.names[0]], holder) && rapid.IntRange(0, 2).Draw(t, "shared") == 0 {
				c.areas = []ownership.AreaID{ownership.DeclaredArea("default", w.names[0]), c.Area}
				c.Area = c.areas[0]
			}
			w.want(t, c)
		}
		for _, holder := range drawSome(t, everybody, 0, "added") {
			if !slices.Contains(w.holders[name], holder) {
				w.want(t, adding(name, holder, i+1))
			}
		}
	}
	for i := range w.wanted {
		if rapid.IntRange(0, 4).Draw(t, "leans") == 0 {
			needed := rapid.IntRange(0, len(w.wanted)-1).Draw(t, "needed")
			if !w.wanted[needed].Removal {
				w.wanted[i].needs = []int{needed}
			}
		}
	}
}

func (w *world) want(t *rapid.T, c candidate) {
	c.Mode = rapid.SampledFrom([]ownership.Mode{ownership.Observe, ownership.Propose, ownership.Enforce, ownership.Enforce}).Draw(t, "mode")
	if w.doubted[nameOf(c)] || rapid.IntRange(0, 5).Draw(t, "known") == 0 {
		c = unknown(c)
	}
	w.wanted = append(w.wanted, c)
}

func nameOf(c candidate) string {
	for _, name := range everybody {
		if holderOf(name) == c.Holders[0] {
			return name
		}
	}
	return ""
}

func (w *world) drawEntry(t *rapid.T, i int) Entry {
	label := fmt.Sprint("entry", i)
	area := rapid.SampledFrom(w.names).Draw(t, label)
	entry := went(area, rapid.SampledFrom(everybody).Draw(t, label), rapid.Float64Range(-2, 30).Draw(t, label))
	switch rapid.IntRange(0, 4).Draw(t, label) {
	case 0:
		entry.Removal = false
	case 1:
		entry.Removal, entry.Until = false, nine.Add(-time.Hour)
	}
	return entry
}

// input is the world as the brakes see it.
func (w *world) input() Input {
	text, areas := "", []drift.Area{}
	for _, name := range w.names {
		text += "/" + name
		for _, holder := range w.holders[name] {
			text += " " + ownerOf(holder)
		}
		text += "\n"
		areas = append(areas, areaOf(name, w.holders[name]...))
	}
	in := scene(areas...)
	in.Snapshot, in.Ledger, in.Limits = sceneOf(text, w.seen()), w.ledger, w.limits
	return in
}

// seen are the people and teams.
func (w *world) seen() *ownership.Observation {
	people := []string{"root"}
	var teams []ownership.Team
	for _, name := range everybody {
		holder := holderOf(name)
		switch {
		case w.dead[name]:
		case holder.Kind() == ownership.HolderTeam:
			team := ownership.Team{ID: holder.Name(), Members: []string{"root"}}
			if w.doubted[name] {
				team.Unknown = "the team could not be read"
			}
			teams = append(teams, team)
		case w.doubted[name]:
			people = append(people, name+"?")
		default:
			people = append(people, name)
		}
	}
	seen := listed(people...)
	seen.Teams = teams
	return seen
}

// made are the changes of a plan, as texts.
func made(p ownership.Plan) map[string]ownership.Change {
	found := map[string]ownership.Change{}
	for _, c := range p.Changes {
		c.Reason = ""
		text, _ := json.Marshal(c)
		found[string(text)] = c
	}
	return found
}

func text(p ownership.Plan) string {
	out, _ := json.Marshal(p)
	return string(out)
}

// Every candidate is a change or is held, and no order of the input shows.
func TestBrakesIgnoreOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		in := w.input()
		want := decide(in, w.wanted)
		if got := len(want.Changes) + len(want.Held); got != len(w.wanted) {
			t.Fatalf("%d candidates became %d changes, made or held", len(w.wanted), got)
		}
		order := rapid.Permutation(indexes(len(w.wanted))).Draw(t, "order")
		in.Areas = rapid.Permutation(in.Areas).Draw(t, "areas")
		in.Ledger = rapid.Permutation(in.Ledger).Draw(t, "ledger")
		if got := decide(in, permuted(w.wanted, order)); text(got) != text(want) {
			t.Fatalf("got  %s\nwant %s", text(got), text(want))
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// permuted are the candidates in another order, or some of them; who needs one that is left out needs it no more.
func permuted(candidates []candidate, order []int) []candidate {
	place := map[int]int{}
	for to, from := range order {
		place[from] = to
	}
	moved := make([]candidate, len(order))
	for to, from := range order {
		moved[to] = candidates[from]
		moved[to].needs = nil
		for _, needed := range candidates[from].needs {
			if at, there := place[needed]; there {
				moved[to].needs = append(moved[to].needs, at)
			}
		}
	}
	return moved
}

// A change that rests on an unknown fact holds itself, and lets no other through.
func TestBrakesUnknownAddsNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.limits.Changes = rapid.IntRange(1, 12).Draw(t, "changes")
		in := w.input()
		before := made(decide(in, w.wanted))
		for i := range w.wanted {
			if rapid.IntRange(0, 3).Draw(t, "known") == 0 {
				w.wanted[i] = unknown(w.wanted[i])
			}
		}
		subset(t, made(decide(in, w.wanted)), before, nil)
	})
}

// Somebody of whom it becomes unknown whether they exist: what was wanted of them is not found any more, or is unknown,
// and nobody else goes instead.
func TestBrakesDoubtAddsNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := made(decide(w.input(), w.wanted))
		doubted := rapid.SampledFrom(everybody).Draw(t, "doubted")
		var kept []int
		for i, c := range w.wanted {
			if nameOf(c) == doubted {
				w.wanted[i] = unknown(c)
				if c.Removal && w.dead[doubted] {
					continue // no drift is found of who is in doubt
				}
			}
			kept = append(kept, i)
		}
		delete(w.dead, doubted)
		w.doubted[doubted] = true
		subset(t, made(decide(w.input(), permuted(w.wanted, kept))), before, nil)
	})
}

// What was done lately adds no change, but for those who were begun to be changed: a proposal that is open goes on.
func TestBrakesLedgerAddsNoChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		in := w.input()
		before := made(decide(in, w.wanted))
		begun := map[ownership.Holder]bool{}
		for i := range rapid.IntRange(1, 3).Draw(t, "more") {
			entry := w.drawEntry(t, 10+i)
			if !entry.Until.IsZero() {
				continue // which exempts, and is no removal
			}
			begun[entry.Holders[0]] = true
			in.Ledger = append(slices.Clone(in.Ledger), entry)
		}
		subset(t, made(decide(in, w.wanted)), before, begun)
	})
}

func subset(t *rapid.T, after, before map[string]ownership.Change, but map[ownership.Holder]bool) {
	for change, c := range after {
		if _, there := before[change]; !there && !but[c.Holders[0]] {
			t.Fatalf("a change was added: %s\nbefore: %q", change, slices.Sorted(maps.Keys(before)))
		}
	}
}

// The kill switch and --max-mode Observe stop everything.
func TestBrakesStopped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, stop := range []func(*Input){
			func(in *Input) { in.Stopped = "an incident" },
			func(in *Input) { in.MaxMode = ownership.Observe },
		} {
			in := w.input()
			stop(&in)
			if got := decide(in, w.wanted); len(got.Changes) != 0 || got.Hash != Hash(nil, nil) {
				t.Fatalf("made %q", told(got))
			}
		}
	})
}

// history is what happened to whom, and when.
type history struct {
	at  time.Time
	who string // who or what lost or had a role: "area1 ann", or "team area1"
}

// Plan and apply, again and again, at any times and with people meddling: in any 24 hours nobody's area loses more than
// its share, nor a team more of its areas, and no area is left without a valid holder.
func TestBrakesRemovalsInAnyDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.ledger, w.doubted = nil, map[string]bool{}
		present := map[string][]time.Time{} // when somebody was seen in an area
		losses := map[string][]history{}    // by area, or by team
		now := nine
		for range rapid.IntRange(2, 8).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 30*60).Draw(t, "minutes")) * time.Minute)
			w.wanted = nil
			w.drawWanted(t)
			for _, name := range w.names {
				for _, holder := range w.holders[name] {
					present[name+" "+holder] = append(present[name+" "+holder], now)
				}
			}
			in := w.input()
			in.Now = now
			plan := decide(in, w.wanted)
			w.apply(t, plan, now, losses)
			checkShares(t, w.limits.RemovalPercent, now, present, losses)
			for _, name := range w.names { // people put somebody back, or somebody new
				if rapid.Bool().Draw(t, "meddle") {
					w.holders[name] = drawSome(t, append(slices.Clone(everybody), w.holders[name]...), len(w.holders[name]), "meddled")
					w.holders[name] = slices.Compact(w.holders[name])
				}
			}
		}
	})
}

// apply makes a plan's changes, each holder's of an area at once, and records them.
func (w *world) apply(t *rapid.T, plan ownership.Plan, now time.Time, losses map[string][]history) {
	for _, c := range plan.Changes {
		holder := nameOf(candidate{Change: c})
		for _, area := range areasOf(c) {
			name := string(area)[len("default/"):]
			had := slices.Contains(w.holders[name], holder)
			w.holders[name] = slices.DeleteFunc(slices.Clone(w.holders[name]), func(h string) bool { return h == holder })
			if !c.Removal {
				w.holders[name] = append(w.holders[name], holder)
				continue
			}
			if len(w.holders[name]) == 0 {
				t.Fatalf("%s has nobody left", name)
			}
			if had {
				losses[name] = append(losses[name], history{at: now, who: name + " " + holder})
			}
			if had && holderOf(holder).Kind() == ownership.HolderTeam {
				losses[holder] = append(losses[holder], history{at: now, who: name + " " + holder})
			}
		}
	}
	for _, name := range w.names {
		slices.Sort(w.holders[name])
	}
	w.ledger = Record(w.ledger, now, plan.Hash, plan.Changes, nil)
}

// checkShares holds the losses of the last 24 hours against those who were there in them.
func checkShares(t *rapid.T, percent int, now time.Time, present map[string][]time.Time, losses map[string][]history) {
	recent := func(at time.Time) bool { return at.After(now.Add(-window)) }
	for what, lost := range losses {
		gone, there := map[string]bool{}, map[string]bool{}
		for _, loss := range lost {
			if recent(loss.at) {
				gone[loss.who] = true
			}
		}
		for who, times := range present {
			var name, holder string
			_, _ = fmt.Sscan(who, &name, &holder)
			if (name == what || holder == what) && slices.ContainsFunc(times, recent) {
				there[who] = true
			}
		}
		if most := max(1, len(there)*percent/100); len(gone) > most {
			t.Fatalf("%s lost %d of %d in 24 hours, and may lose %d: %v", what, len(gone), len(there), most, slices.Sorted(maps.Keys(gone)))
		}
	}
}
