package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// compareChanges is the order of a plan. It is total: two changes that compare equal say the same, so that the order in
// which they were found shows nowhere.
//
//  1. the kind of target, the repository, the file    a file's changes stand together, and are made at once
//     or the namespace, the label
//  2. additions before removals                       nobody goes before who comes in their place is there
//  3. the line, a file's top first and its end last   as a reader of the file meets them
//  4. everything else                                 to be total
func compareChanges(a, b *ownership.Change) int {
	if order := cmp.Or(
		strings.Compare(a.Target, b.Target),
		strings.Compare(a.Repository, b.Repository),
		strings.Compare(a.File, b.File),
		strings.Compare(a.Namespace, b.Namespace),
		strings.Compare(a.Key, b.Key),
		compareFlags(a.Removal, b.Removal),
		cmp.Compare(place(a.Line), place(b.Line)),
	); order != 0 {
		return order // nearly always: the rest would be compared for nothing
	}
	return cmp.Or(
		strings.Compare(string(a.Operation), string(b.Operation)),
		strings.Compare(a.Pattern, b.Pattern),
		slices.Compare(a.Owners, b.Owners),
		strings.Compare(string(a.Area), string(b.Area)),
		strings.Compare(string(a.Role), string(b.Role)),
		slices.Compare(a.Areas, b.Areas),
		slices.Compare(a.Holders, b.Holders),
		slices.Compare(a.Loses, b.Loses),
		strings.Compare(a.Before, b.Before),
		strings.Compare(a.After, b.After),
		strings.Compare(string(a.Drift), string(b.Drift)),
		cmp.Compare(a.Mode.Rank(), b.Mode.Rank()),
		compareFlags(a.Reversible, b.Reversible),
		strings.Compare(a.Reason, b.Reason),
	)
}

// place orders the values of Change.Line: -1 is before the first line, 0 after the last.
func place(line int) int {
	if line == 0 {
		return math.MaxInt
	}
	return line
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
