package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxNamedAreas bounds the areas that one reason names.
const maxNamedAreas = 3

// justify says for whom a change is and why: the wishes that it fulfils. Its mode is the least of theirs, and it is
// unknown if one of them is.
func (d *derived) justify(wishes []*wish) {
	for i, w := range wishes {
		if i == 0 {
			d.Drift, d.Mode, d.Reason = w.drift, w.mode, w.reason
		}
		d.Mode = least(d.Mode, w.mode)
		if d.unknown == "" {
			d.unknown = w.unknown
		}
	}
	if len(wishes) == 1 {
		d.areas, d.Area = wishes[0].areas, wishes[0].area.ID
		return
	}
	for _, w := range wishes {
		d.areas = append(d.areas, w.area.ID)
	}
	slices.Sort(d.areas)
	d.areas = slices.Compact(d.areas)
	if len(d.areas) > 0 {
		d.Area = d.areas[0]
	}
	if len(wishes) > 0 && len(d.areas) > 1 {
		d.Reason += "; so it is with " + others(d.areas, wishes[0].area.ID)
	}
}

// others names areas but for one, as far as they are few.
func others(areas []ownership.AreaID, but ownership.AreaID) string {
	var names []string
	for _, area := range areas {
		if area != but {
			names = append(names, string(area))
		}
	}
	if more := len(names) - maxNamedAreas; more > 0 {
		return strings.Join(names[:maxNamedAreas], ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return strings.Join(names, ", ")
}

// addHeld keeps wishes for one cell that cannot be fulfilled.
func (r *repair) addHeld(p part, wishes []*wish, brake ownership.Brake, because string) {
	for _, w := range wishes {
		d := r.derive(ownership.Change{
			Operation: ownership.AddOwner, Owners: []string{}, Holders: w.holders, Removal: w.remove,
		})
		if w.owners != nil {
			d.Owners = w.owners
		}
		if w.remove {
			d.Operation, d.Owners, d.loses = ownership.RemoveOwner, r.names(p.rule, w.holder), d.Holders
		}
		if p.rule >= 0 {
			d.Line, d.Before = r.line(p.rule)
			d.After, d.Pattern = d.Before, r.file.Rules()[p.rule].Pattern
		}
		d.justify([]*wish{w})
		d.brake, d.because = brake, because
		r.add(d)
	}
}

// inexpressible says what a person would have to do where no rules take just the files of an area.
func (r *repair) inexpressible(p part) string {
	area := r.scopes[p.scope].area.ID
	if p.rule < 0 {
		return fmt.Sprintf("no few rules take just the %s of %s that have no rule; write rules for them by hand, or give them a folder of their own",
			files(p.files), area)
	}
	number, _ := r.line(p.rule)
	return fmt.Sprintf("line %d, %q, decides over %s of %s and over files of others, and no few rules take just the former; "+
		"write rules for them by hand, or give them a folder of their own", number, r.file.Rules()[p.rule].Pattern, files(p.files), area)
}
