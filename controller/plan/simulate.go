package plan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// maxSimulations bounds how often the edits of one file are tried again without those that did not come out right.
const maxSimulations = 8

// verify makes all edits in the text that may be made so far (not braked, not unknown, not in mode Observe), matches all files anew, and compares the
// owners of each with those it had and what its own area wishes. What does not come out so is held.
func (r *repair) verify() {
	for range maxSimulations {
		applied := r.appliable()
		if len(applied) == 0 {
			return
		}
		wrong := r.simulate(applied)
		if len(wrong) == 0 {
			return
		}
		for index, because := range wrong {
			r.hold(index, because)
		}
	}
	for _, index := range r.appliable() {
		r.hold(index, "the edits of this file do not come out as wished; make them by hand")
	}
}

func (r *repair) hold(index int, because string) {
	r.found[index].brake, r.found[index].because = ownership.BrakeInexpressible, because
}

// appliable are the candidates that nothing holds yet, nor anything that they need.
func (r *repair) appliable() []int {
	held := make([]bool, len(r.found))
	for again := true; again; {
		again = false
		for i := range r.found {
			d := r.found[i]
			lacks := slices.ContainsFunc(d.needs, func(needed int) bool { return held[needed] })
			if !held[i] && (d.brake != "" || d.unknown != "" || d.Mode == ownership.Observe || lacks) {
				held[i], again = true, true
			}
		}
	}
	var appliable []int
	for i := range held {
		if !held[i] {
			appliable = append(appliable, i)
		}
	}
	return appliable
}

// simulate says which of the candidates, made together, do not do what they are for, and why.
func (r *repair) simulate(applied []int) map[int]string {
	changes := make([]*ownership.Change, len(applied))
	for i, index := range applied {
		changes[i] = &r.found[index].Change
	}
	edits, from := orderedEdits(changes)
	edited, err := r.file.Draft(edits...)
	if err != nil {
		return refused(applied, from, err)
	}
	rules, idle := r.matchAnew(edited)
	if idle {
		if _, err := r.file.Edited(edits...); err != nil {
			return refused(applied, from, err)
		}
	}
	wanted, got := r.wanted(applied), r.owned(edited)
	wrong := map[int]string{}
	type outcome struct {
		cell
		rule int32
	}
	seen := make(map[outcome]bool, 2*len(r.cells))
	last := outcome{rule: noRule - 1} // neighbours mostly come out alike
	for i, rule := range rules {
		now := outcome{cell{rule: r.repository.Matches[i], scope: r.scope[i]}, rule}
		if now == last || seen[now] {
			continue
		}
		last, seen[now] = now, true
		var owners []ownership.Holder
		if rule != noRule {
			owners = got[rule]
		}
		if !slices.Equal(owners, wanted[r.cellIndex(now.cell)]) {
			r.blame(applied, now.cell, edited, rule, r.repository.Facts.Files.Paths[i], wrong)
		}
	}
	return wrong
}

// owned are the owners of each rule of an edited file, as setOf gives them.
func (r *repair) owned(edited *codeowners.File) [][]ownership.Holder {
	owned := make([][]ownership.Holder, len(edited.Rules()))
	room := make([]ownership.Holder, 0, 4*len(owned))
	for i, rule := range edited.Rules() {
		from := len(room)
		for _, owner := range rule.Owners {
			room = append(room, r.planner.read(owner.Text))
		}
		owned[i] = setOf(slices.Clip(room[from:]))
	}
	return owned
}

// setOf sorts holders in place and leaves each once, so that equal sets are equal slices.
func setOf(holders []ownership.Holder) []ownership.Holder {
	slices.Sort(holders)
	return slices.Compact(holders)
}

// refused blames the candidate whose edit cannot be made, or all where all together cannot.
func refused(applied, from []int, err error) map[int]string {
	because := fmt.Sprintf("the file cannot be edited so: %s; make the change by hand", err)
	var edit *codeowners.EditError
	if errors.As(err, &edit) && edit.Edit >= 0 {
		return map[int]string{applied[from[edit.Edit]]: because}
	}
	wrong := map[int]string{}
	for _, index := range applied {
		wrong[index] = because
	}
	return wrong
}

// noRule stands for the rule of a file that none decides over.
const noRule = -1

// matchAnew gives for each file the rule of the edited text that decides over it, or noRule. Edits add rules and take none
// away, so that this is the old one in its new place, or the last of the added rules that matches, whichever comes later.
// idle says that an added rule decides over none.
func (r *repair) matchAnew(edited *codeowners.File) (rules []int32, idle bool) {
	old := r.file.Rules()
	places := make([]int32, 0, len(old)) // by old rule
	var added []codeowners.Rule
	var addedAt []int32
	for i, rule := range edited.Rules() {
		if n := len(places); n < len(old) && old[n].Pattern == rule.Pattern {
			places = append(places, int32(i)) //nolint:gosec // a file under 3 MB has fewer
			continue
		}
		added, addedAt = append(added, rule), append(addedAt, int32(i)) //nolint:gosec // as above
	}
	if len(added) == 0 {
		return r.repository.Matches, false
	}
	matches := codeowners.Compile(added).MatchAll(r.repository.Facts.Files.Paths)
	rules, deciding := make([]int32, len(matches)), make([]bool, len(added))
	for i, match := range matches {
		rules[i] = noRule
		if before := r.repository.Matches[i]; before != noRule {
			rules[i] = places[before]
		}
		if match.Rule >= 0 && addedAt[match.Rule] > rules[i] {
			rules[i], deciding[match.Rule] = addedAt[match.Rule], true
		}
	}
	return rules, slices.Contains(deciding, false)
}

// cellIndex finds a cell, of which r.cells is sorted.
func (r *repair) cellIndex(c cell) int {
	i, _ := slices.BinarySearchFunc(r.cells, c, compareCells)
	return i
}

// wanted are the owners that the files of each cell are to have, as setOf gives them: those they have, but for what
// the candidates fulfil of their area's wishes.
func (r *repair) wanted(applied []int) [][]ownership.Holder {
	wanted := make([][]ownership.Holder, len(r.cells))
	total := 0
	for _, c := range r.cells {
		total += len(r.holders(c.rule)) + 1
	}
	room := make([]ownership.Holder, 0, total)
	for i, c := range r.cells {
		from := len(room)
		room = append(room, r.holders(c.rule)...)
		wanted[i] = slices.Clip(room[from:])
	}
	for _, index := range applied {
		for _, f := range r.found[index].fulfils {
			of := &wanted[r.cellIndex(cell{rule: f.rule, scope: f.scope})]
			if f.wish.remove {
				*of = slices.DeleteFunc(*of, func(h ownership.Holder) bool { return h == f.wish.holder })
			} else {
				*of = append(*of, f.wish.holder)
			}
		}
	}
	for i := range wanted {
		wanted[i] = setOf(wanted[i])
	}
	return wanted
}

// blame names the candidates that may be the reason why a file has other owners than wanted: the rule that decides over it
// now, if it is new, and what was made for its area or its old rule; failing these all.
func (r *repair) blame(applied []int, at cell, edited *codeowners.File, rule int32, path string, wrong map[int]string) {
	because := fmt.Sprintf("made with the other changes it would give %s other owners than wished; make the change by hand", path)
	found := false
	for _, index := range applied {
		d := r.found[index]
		isNew := rule >= 0 && d.Operation == ownership.AddRule && d.Pattern == edited.Rules()[rule].Pattern
		concerned := slices.ContainsFunc(d.fulfils, func(f fulfilment) bool { return f.rule == at.rule })
		if isNew || concerned {
			found = true
			if wrong[index] == "" {
				wrong[index] = because
			}
		}
	}
	for _, index := range applied {
		if !found && wrong[index] == "" {
			wrong[index] = because
		}
	}
}
