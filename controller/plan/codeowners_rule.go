package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// part is a cell with those of its area's wishes that its rule does not fulfil yet.
type part struct {
	cell
	wishes []*wish
}

// operation is what wishes of several areas have in common.
type operation struct {
	holder ownership.Holder
	remove bool
}

func (w *wish) operation() operation { return operation{w.holder, w.remove} }

// repairRule finds the edits for all files that one rule decides over; rule -1 stands for the files that none does. What
// areas in mode Observe wish is only shown, and so found by itself: nobody waits for it.
func (r *repair) repairRule(rule int32, cells []cell) {
	for _, observed := range []bool{false, true} {
		if parts := r.parts(cells, observed); parts != nil {
			r.repairParts(rule, parts)
		}
	}
}

// parts are cells with their wishes, those in mode Observe or all others; nil where there are none.
func (r *repair) parts(cells []cell, observed bool) []part {
	var parts []part
	for i, c := range cells {
		p := r.part(c, observed)
		if parts == nil && len(p.wishes) > 0 {
			parts = make([]part, len(cells))
			for j := range i {
				parts[j].cell = cells[j]
			}
		}
		if parts != nil {
			parts[i] = p
		}
	}
	return parts
}

// repairParts finds the edits that the parts of one rule wish:
//
//	all parts wish it                            the rule is edited
//	all but those of whom it is unknown wish it  the same, held as unknown
//	one of them, or a file of no area, does not  the others get rules of their own (split)
//	no rule decides                              likewise
func (r *repair) repairParts(rule int32, parts []part) {
	r.additions = r.additions[:0]
	common := shared{}
	if rule >= 0 {
		common = r.common(parts)
	}
	if len(common.lacking(parts)) == 0 {
		r.editRule(rule, parts, common)
		return
	}
	r.demote(rule, parts, common)
	r.editRule(rule, parts, common)
	if r.split(rule, parts, common, free) {
		r.split(rule, parts, common, restrained)
	}
}

// lacking are the parts that wish something which not all do.
func (s shared) lacking(parts []part) []part {
	var lacking []part
	for _, p := range parts {
		if slices.ContainsFunc(p.wishes, func(w *wish) bool { return !s.has(w) }) {
			lacking = append(lacking, p)
		}
	}
	return lacking
}

// demote leaves to each part what all wish but the rule cannot lose: some parts get a holder whom others do not, so that
// these can do without.
func (r *repair) demote(rule int32, parts []part, common shared) {
	wishes := common.wishes(parts)
	for i, verdict := range r.review(rule, wishes) {
		if verdict.brake != "" {
			delete(common.operations, wishes[i].operation())
		}
	}
}

// part finds the wishes of a cell. Holders whom CODEOWNERS cannot name are held here, once for each rule.
func (r *repair) part(c cell, observed bool) part {
	p := part{cell: c}
	if c.scope == unclaimed {
		return p
	}
	from := len(r.wishing)
	holders := r.holders(c.rule)
	for _, w := range r.scopes[c.scope].wishes {
		switch {
		case slices.Contains(holders, w.holder) != w.remove || (w.mode == ownership.Observe) != observed:
		case w.unwritable != "":
			r.addHeld(p, []*wish{w}, ownership.BrakeInexpressible, w.unwritable)
		case r.unreadable():
			r.addHeld(p, []*wish{w}, ownership.BrakeInexpressible, fmt.Sprintf("%s; somebody has to mend it by hand", r.file.Errors()[0].Error()))
		default:
			r.wishing = append(r.wishing, w)
		}
	}
	p.wishes = slices.Clip(r.wishing[from:])
	return p
}

// unreadable says whether the file is too large or binary, so that no rule of it is in force.
func (r *repair) unreadable() bool {
	errors := r.file.Errors()
	return len(errors) > 0 && errors[0].Line == 0
}

// shared are the operations that every part of a rule wishes, or may wish.
type shared struct {
	all        bool // there is one part only
	operations map[operation]bool
}

func (s shared) has(w *wish) bool { return s.all || s.operations[w.operation()] }

// wishes are one for each operation that is shared, sorted.
func (s shared) wishes(parts []part) []*wish {
	most := 0
	for _, p := range parts {
		most += len(p.wishes)
	}
	wishes := make([]*wish, 0, most)
	for _, p := range parts {
		for _, w := range p.wishes {
			if s.has(w) && !slices.ContainsFunc(wishes, func(known *wish) bool { return known.operation() == w.operation() }) {
				wishes = append(wishes, w)
			}
		}
	}
	slices.SortFunc(wishes, compareWishes)
	return wishes
}

func (r *repair) common(parts []part) shared {
	if len(parts) == 1 {
		return shared{all: true}
	}
	type count struct{ wishing, maybe int }
	counts := map[operation]count{}
	maybe := 0
	for _, p := range parts {
		unsure := r.maybe(p.scope) != ""
		if unsure {
			maybe++
		}
		for _, w := range p.wishes {
			c := counts[w.operation()]
			c.wishing++
			if unsure {
				c.maybe++
			}
			counts[w.operation()] = c
		}
	}
	common := map[operation]bool{}
	for operation, c := range counts {
		if c.wishing+maybe-c.maybe == len(parts) {
			common[operation] = true
		}
	}
	return shared{operations: common}
}

func (r *repair) maybe(scope int32) string {
	if scope == unclaimed {
		return ""
	}
	return r.scopes[scope].maybe
}

// editRule adds and removes owners of a rule, as all parts wish.
func (r *repair) editRule(rule int32, parts []part, common shared) {
	if !common.all && len(common.operations) == 0 {
		return
	}
	wishes := common.wishes(parts)
	r.addEdits(wishes, r.review(rule, wishes), parts, nil)
}

// addEdits adds an edit of the parts' rule for each wish, additions first. The parts are those for which the wishes are
// fulfilled, or which may wish the same; all edits need what is needed.
func (r *repair) addEdits(wishes []*wish, verdicts []verdict, parts []part, needed []int) {
	for i, w := range wishes {
		d := r.edit(w, parts)
		d.brake, d.because = verdicts[i].brake, verdicts[i].because
		if d.unknown == "" {
			d.unknown = verdicts[i].unknown
		}
		d.needs = slices.Clone(needed)
		r.edits = r.edits[:0]
		if verdicts[i].leans {
			d.needs = append(d.needs, r.additions...)
			for _, addition := range r.additions {
				r.edits = appendEdits(r.edits, &r.found[addition].Change)
			}
		}
		r.edits = appendEdits(r.edits, &d.Change)
		d.After = d.Before
		if after, err := r.lines.EditedLine(d.Line, r.edits...); err == nil {
			d.After = after // what cannot be edited so is found when all edits are made
		}
		index := r.add(d)
		if !d.Removal {
			r.additions = append(r.additions, index)
		}
	}
}

// edit makes the change that adds or removes one holder.
func (r *repair) edit(w *wish, parts []part) *derived {
	rule := parts[0].rule
	number, text := r.line(rule)
	pattern := r.file.Rules()[rule].Pattern
	d := r.derive(ownership.Change{
		Operation: ownership.AddOwner, Line: number, Pattern: pattern, Owners: w.owners, Before: text,
		Holders: w.holders, Removal: w.remove,
	})
	if w.remove {
		d.Operation, d.Owners, d.loses = ownership.RemoveOwner, r.names(rule, w.holder), d.Holders
	}
	from := len(r.fulfilments)
	var wishes []*wish
	for _, p := range parts {
		same := slices.IndexFunc(p.wishes, func(other *wish) bool { return other.operation() == w.operation() })
		if same < 0 {
			d.unknown = r.maybe(p.scope)
			continue
		}
		wishes = append(wishes, p.wishes[same])
		r.fulfilments = append(r.fulfilments, fulfilment{rule, p.scope, p.wishes[same]})
	}
	d.fulfils = slices.Clip(r.fulfilments[from:])
	d.justify(wishes)
	return d
}

// names are the ways in which a rule writes a holder.
func (r *repair) names(rule int32, holder ownership.Holder) []string {
	var names []string
	for i, owner := range r.written(rule) {
		same := func(name string) bool { return strings.EqualFold(name, owner.Text) }
		if r.holders(rule)[i] == holder && !slices.ContainsFunc(names, same) {
			names = append(names, owner.Text)
		}
	}
	return names
}

// verdict is what there is to say of a removal, seen together with all else that is to happen to its rule.
type verdict struct {
	brake            ownership.Brake
	because, unknown string
	// leans says that it is well only because of what is added.
	leans bool
}

// review looks at the wishes for one rule in their order, and so at additions first. A removal that cannot be leaves
// its holder there for those after it. The slice is good until the next call.
func (r *repair) review(rule int32, wishes []*wish) []verdict {
	r.verdicts = slices.Grow(r.verdicts[:0], len(wishes))[:len(wishes)]
	verdicts := r.verdicts
	clear(verdicts)
	if !slices.ContainsFunc(wishes, func(w *wish) bool { return w.remove }) {
		return verdicts
	}
	before := r.holders(rule)
	left := slices.Clone(before)
	var added []ownership.Holder
	for i, w := range wishes {
		if !w.remove {
			left, added = append(left, w.holder), append(added, w.holder)
			continue
		}
		after := without(left, w.holder)
		verdicts[i] = r.leaving(before, after)
		if verdicts[i].brake != "" {
			continue
		}
		verdicts[i].leans = len(added) > 0 && r.leaving(before, without(after, added...)) != verdict{}
		left = after
	}
	return verdicts
}

// leaving decides whether a rule's owners may become fewer:
//
//	left                              before            verdict
//	nobody                            any               last-holder
//	somebody known to be valid        any               well
//	somebody whose standing is doubt- any               unknown
//	  ful, nobody known to be valid
//	invalid holders only              somebody valid    last-holder
//	invalid holders only              nobody valid      well: they are as many valid ones as before
func (r *repair) leaving(before, after []ownership.Holder) verdict {
	if len(after) == 0 {
		return verdict{brake: ownership.BrakeLastHolder, because: "nobody would be left as owner of the rule; name another approver first"}
	}
	doubt := ""
	for _, holder := range after {
		switch standing := r.standing(holder); standing.Status {
		case snapshot.Alive, snapshot.Unchecked:
			return verdict{}
		case snapshot.Doubtful:
			doubt = fmt.Sprintf("whether %s, who would be left, can approve is unknown: %s", holder, standing.Message)
		}
	}
	if doubt != "" {
		return verdict{unknown: doubt}
	}
	for _, holder := range before {
		if r.standing(holder).Status != snapshot.Dead {
			return verdict{brake: ownership.BrakeLastHolder, because: "of those left none is a valid owner; name another approver first"}
		}
	}
	return verdict{}
}

func without(holders []ownership.Holder, gone ...ownership.Holder) []ownership.Holder {
	return slices.DeleteFunc(slices.Clone(holders), func(h ownership.Holder) bool { return slices.Contains(gone, h) })
}
