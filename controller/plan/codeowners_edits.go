package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Edits turns the changes of one CODEOWNERS file into edits for [codeowners.File.Apply] on the file as observed. The order
// of the changes plays no part: owners are added before others are removed, so that a rule is not left without one in
// between, and of rules that are added at one place the more specific come later, so that they win.
func Edits(changes []ownership.Change) []codeowners.Edit {
	all := make([]*ownership.Change, len(changes))
	for i := range changes {
		all[i] = &changes[i]
	}
	edits, _ := orderedEdits(all)
	return edits
}

// orderedEdits also says which change each edit is of.
func orderedEdits(changes []*ownership.Change) (edits []codeowners.Edit, from []int) {
	order := make([]placed, len(changes))
	for i := range changes {
		order[i] = newPlaced(changes[i], i)
	}
	slices.SortFunc(order, comparePlaced)
	edits, from = make([]codeowners.Edit, 0, len(changes)), make([]int, 0, len(changes))
	for _, p := range order {
		edits = appendEdits(edits, p.change)
		for len(from) < len(edits) {
			from = append(from, p.index)
		}
	}
	return edits, from
}

// appendEdits appends the edits of one change.
func appendEdits(edits []codeowners.Edit, c *ownership.Change) []codeowners.Edit {
	at := codeowners.At{Line: c.Line, Pattern: c.Pattern}
	switch c.Operation {
	case ownership.AddOwner:
		for _, owner := range c.Owners {
			edits = append(edits, codeowners.AddOwner{At: at, Owner: owner})
		}
	case ownership.RemoveOwner:
		for _, owner := range c.Owners {
			edits = append(edits, codeowners.RemoveOwner{At: at, Owner: owner})
		}
	case ownership.AddRule:
		edits = append(edits, codeowners.AddRule{Pattern: c.Pattern, Owners: c.Owners, After: c.Line})
	}
	return edits
}

// placed is a change with its place among the edits.
type placed struct {
	change                     *ownership.Change
	index                      int
	rank, segments, characters int
}

func newPlaced(change *ownership.Change, index int) placed {
	p := placed{change: change, index: index}
	switch change.Operation {
	case ownership.RemoveOwner:
		p.rank = 1
	case ownership.AddRule:
		p.rank = 2
		p.segments, p.characters = snapshot.Specificity(change.Pattern)
	}
	return p
}

// comparePlaced orders what Apply takes in order: operations, added rules by how specific they are, and all else, so that
// equal changes give equal texts in whatever order they come.
func comparePlaced(a, b placed) int {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank), cmp.Compare(a.segments, b.segments), cmp.Compare(a.characters, b.characters),
		strings.Compare(a.change.Pattern, b.change.Pattern), cmp.Compare(a.change.Line, b.change.Line),
		slices.Compare(a.change.Owners, b.change.Owners), cmp.Compare(a.index, b.index),
	)
}
