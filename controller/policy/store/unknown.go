package store

import (
	"cmp"
	"maps"
	"slices"
)

// Unknown is a path whose facts could not be read whole, and why.
type Unknown struct {
	// Path starts below `data`, such as {"remit", "people"}, or below `input` for
	// the input of a subject, such as {"observed", "approver"}.
	Path []string
	// Because says why, in a sentence without a full stop.
	Because string
	// Incomplete says that Path is a keyed document which lists only some: what is listed is known, what is not listed,
	// and the document as a whole, is unknown.
	Incomplete bool
	// Whole says that Path is a keyed document of which each key is known, listed or not, but not the document as a whole.
	Whole bool
}

// unknowns is a prefix tree of Unknown paths.
type unknowns struct {
	because string // not empty: this path and all below it are unknown
	below   map[string]*unknowns
	// incomplete, where not empty, is why the path as a whole and what it does not list are unknown.
	incomplete string
	listed     map[string]*item
	// whole, where not empty, is why the path as a whole is unknown, whatever is below it.
	whole string
}

func newUnknowns(paths []Unknown) *unknowns {
	if len(paths) == 0 {
		return nil
	}
	root := &unknowns{}
	for _, unknown := range paths {
		node := root
		for _, name := range unknown.Path {
			if node.below == nil {
				node.below = map[string]*unknowns{}
			}
			if node.below[name] == nil {
				node.below[name] = &unknowns{}
			}
			node = node.below[name]
		}
		because := cmp.Or(unknown.Because, "it could not be read")
		switch {
		case unknown.Incomplete:
			node.incomplete = cmp.Or(node.incomplete, because)
		case unknown.Whole:
			node.whole = cmp.Or(node.whole, because)
		default:
			node.because = cmp.Or(node.because, because)
		}
	}
	return root
}

// touched says why a read is unknown: it is inside, at or above an unknown path.
// Empty means that it is not.
func (u *unknowns) touched(read *Read) string {
	if u == nil {
		return ""
	}
	for i := range min(read.depth, inline) {
		var because string
		if u, because = u.step(read.names[i]); u == nil {
			return because
		}
	}
	for name := range read.rest() {
		var because string
		if u, because = u.step(name); u == nil {
			return because
		}
	}
	return u.first()
}

// step goes one segment down; nil means that the answer is known.
func (u *unknowns) step(name string) (*unknowns, string) {
	if u.because != "" {
		return nil, u.because
	}
	if u.incomplete != "" && u.listed[name] == nil {
		return nil, u.incomplete
	}
	return u.below[name], ""
}

// first gives the first reason at or below, in the order of the names.
func (u *unknowns) first() string {
	if because := cmp.Or(u.because, u.incomplete, u.whole); because != "" {
		return because
	}
	for _, name := range slices.Sorted(maps.Keys(u.below)) {
		if because := u.below[name].first(); because != "" {
			return because
		}
	}
	return ""
}
