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
	text, err := r.file.Apply(edits...)
	if err != nil {
		return refused(applied, from, err)
	}
	edited := codeowners.Parse(text)
	wanted := r.wanted(applied)
	got := make([]string, len(edited.Rules()))
	for i, rule := range edited.Rules() {
		holders := make([]ownership.Holder, len(rule.Owners))
		for j, owner := range rule.Owners {
			holders[j] = r.planner.read(owner.Text)
		}
		got[i] = keyOf(holders)
	}
	wrong := map[int]string{}
	type outcome struct {
		cell
		rule int32
	}
	seen := map[outcome]bool{}
	for i, rule := range r.matchAnew(edited) {
		key := ""
		if rule >= 0 {
			key = got[rule]
		}
		at := cell{rule: r.repository.Matches[i], scope: r.scope[i]}
		if key == wanted[at] || seen[outcome{at, rule}] {
			continue
		}
		seen[outcome{at, rule}] = true
		r.blame(applied, at, edited, rule, r.repository.Facts.Files.Paths[i], wrong)
	}
	return wrong
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

// matchAnew gives for each file the rule of the edited text that decides over it, or -1. Where only owners were edited the
// rules match as before.
func (r *repair) matchAnew(edited *codeowners.File) []int32 {
	same := func(a, b codeowners.Rule) bool { return a.Pattern == b.Pattern }
	if slices.EqualFunc(r.file.Rules(), edited.Rules(), same) {
		return r.repository.Matches
	}
	matches := edited.Compile().MatchAll(r.repository.Facts.Files.Paths)
	rules := make([]int32, len(matches))
	for i, match := range matches {
		rules[i] = int32(match.Rule) //nolint:gosec // a file under 3 MB has fewer
	}
	return rules
}

// wanted are the owners that the files of each cell are to have, as keyOf gives them: those they have, but for what
// the candidates fulfil of their area's wishes.
func (r *repair) wanted(applied []int) map[cell]string {
	wishes := map[cell][]*wish{}
	for _, index := range applied {
		for _, f := range r.found[index].fulfils {
			at := cell{rule: f.rule, scope: f.scope}
			if !slices.Contains(wishes[at], f.wish) {
				wishes[at] = append(wishes[at], f.wish)
			}
		}
	}
	wanted := make(map[cell]string, len(r.cells))
	for _, c := range r.cells {
		c.files = 0
		if len(wishes[c]) == 0 {
			wanted[c] = keyOf(r.holders(c.rule))
			continue
		}
		holders := slices.Clone(r.holders(c.rule))
		for _, w := range wishes[c] {
			if w.remove {
				holders = without(holders, w.holder)
			} else {
				holders = append(holders, w.holder)
			}
		}
		wanted[c] = keyOf(holders)
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
