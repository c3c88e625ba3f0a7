package store

import (
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
}

// unknowns is a prefix tree of Unknown paths.
type unknowns struct {
	because string // not empty: this path and all below it are unknown
	below   map[string]*unknowns
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
		if node.because == "" {
			node.because = unknown.Because
		}
		if node.because == "" {
			node.because = "it could not be read"
		}
	}
	return root
}

// touched says why a read is unknown: it is inside, at or above an unknown path.
// Empty means that it is not.
func (u *unknowns) touched(read Read) string {
	if u == nil {
		return ""
	}
	for name := range read.segments() {
		if u.because != "" {
			return u.because
		}
		u = u.below[name]
		if u == nil {
			return ""
		}
	}
	return u.first()
}

// first gives the first reason at or below, in the order of the names.
func (u *unknowns) first() string {
	if u.because != "" {
		return u.because
	}
	for _, name := range slices.Sorted(maps.Keys(u.below)) {
		if because := u.below[name].first(); because != "" {
			return because
		}
	}
	return ""
}
