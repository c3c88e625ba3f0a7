package codeowners

import (
	"slices"
	"strings"
)

// Pattern is one pattern by itself, to be compared with others.
type Pattern struct {
	meaning pattern
	// unsure says that it has a byte that stands for a wildcard in segments, so that nothing is told of it.
	unsure bool
}

// Anchored is a path of a manifest as the pattern that it means: read from the repository's root, whether it begins
// with a slash or not. An empty path is the whole repository.
func Anchored(path string) string {
	if path == "" {
		return "*"
	}
	return "/" + strings.TrimPrefix(path, "/")
}

// CompilePattern gives the pattern of a text that is written as in a file; ok is false for one that GitHub would not accept.
func CompilePattern(text string) (p Pattern, ok bool) {
	if !ValidPattern(text) {
		return Pattern{}, false
	}
	room := make([]segment, 0, strings.Count(text, "/")+2)
	return Pattern{meaning: compileInto(room, text), unsure: strings.IndexByte(text, starByte) >= 0}, true
}

// Never says whether no path at all can match, as with "a//b" and "/../b".
func (p Pattern) Never() bool { return p.meaning.never }

// Contains says whether every path that the inner pattern matches is matched by this one, too. It never says so wrongly; where
// it cannot be told easily, it says no:
//
//	/a/          contains  /a/b, /a/*.go, /a/**/c
//	/a           contains  /a/, but /a/ not /a, which may be a file
//	*.go         contains  /a/*.go, a_*.go, but *.g? does not contain *.go? and not the other way round
//	*            contains  everything
//	any pattern  contains  no pattern that can never match: of that nothing is to be said
//
// Both patterns are read as automata over segments. The inner one is walked; beside each of its states goes the set of
// states that this one is in for sure, whatever names the walk stands for. Where the inner one accepts, that set must, too.
func (p Pattern) Contains(inner Pattern) bool {
	if p.unsure || inner.unsure || p.meaning.never || inner.meaning.never {
		return false
	}
	if p.meaning.everything() {
		return true
	}
	if p.isFolder() {
		return p.meaning.isAbove(inner.meaning)
	}
	w := containment{outer: p.meaning, inner: inner.meaning, seen: map[string]bool{}}
	return w.walk(0, w.outer.closure([]int{0}))
}

// isFolder says whether the pattern is one path, anchored and without wildcards, for all that is below at least.
func (p Pattern) isFolder() bool {
	return p.meaning.ending != exact && !slices.ContainsFunc(p.meaning.segments, func(s segment) bool { return s.kind != literal })
}

// isAbove answers for most patterns that people write, without an automaton: the inner one must begin with the same names, and, where
// only what is below counts, go on. It does go on where it has more segments, since none ends in "**".
func (p *pattern) isAbove(inner pattern) bool {
	n := len(p.segments)
	if len(inner.segments) < n || !slices.Equal(p.segments, inner.segments[:n]) {
		return false
	}
	return p.ending == either || len(inner.segments) > n || inner.ending == below
}

// maxContainment bounds how many pairs of states are looked at; beyond, nothing is said to be contained. Patterns as people
// write them need fewer than ten.
const maxContainment = 2_000

type containment struct {
	outer, inner pattern
	seen         map[string]bool
}

// walk says whether the outer pattern, in all of these states, matches whatever the inner one does from this state on.
func (w *containment) walk(at int, outer []int) bool {
	key := stateKey(at, outer)
	if w.seen[key] {
		return true // it is looked at already
	}
	w.seen[key] = true
	if len(w.seen) > maxContainment {
		return false
	}
	for _, state := range w.inner.closure([]int{at}) {
		if w.inner.accepts(state) && !slices.ContainsFunc(outer, w.outer.accepts) {
			return false
		}
		name, next, moves := w.inner.step(state)
		if !moves {
			continue
		}
		var reached []int
		for _, from := range outer {
			if wider, to, can := w.outer.step(from); can && nameContains(wider, name) {
				reached = append(reached, to)
			}
		}
		if len(reached) == 0 || !w.walk(next, w.outer.closure(reached)) {
			return false
		}
	}
	return true
}

func stateKey(at int, outer []int) string {
	key := make([]byte, 0, 2+2*len(outer))
	key = append(key, byte(at), byte(at>>8))
	for _, state := range outer {
		key = append(key, byte(state), byte(state>>8))
	}
	return string(key)
}

// The automaton of a pattern of n segments has a state before each of them, one behind the last (n), and one (n+1)
// for paths that lie below what the segments match.

// anySegment is the name that every name matches.
var anySegment = segment{wildcard, starText}

// step is the one way on from a state that takes a name: which names, and the state after.
func (p *pattern) step(state int) (name segment, next int, moves bool) {
	n := len(p.segments)
	switch {
	case state == n+1:
		return anySegment, state, true
	case state == n:
		return anySegment, n + 1, p.ending != exact
	case p.segments[state].kind == anyFolder:
		return anySegment, state, true
	}
	return p.segments[state], state + 1, true
}

// closure adds the states that are reached without a name: "**" stands for no folder, too. It sorts them.
func (p *pattern) closure(states []int) []int {
	for i := 0; i < len(states); i++ {
		if at := states[i]; at < len(p.segments) && p.segments[at].kind == anyFolder && !slices.Contains(states, at+1) {
			states = append(states, at+1)
		}
	}
	slices.Sort(states)
	return slices.Compact(states)
}

func (p *pattern) accepts(state int) bool {
	switch len(p.segments) {
	case state:
		return p.ending != below
	case state - 1:
		return p.ending != exact
	}
	return false
}

// nameContains says whether every name that the inner segment matches is matched by the wider one. It reads the inner
// wildcard as a name in which "*" is a character that only "*" stands for, and "?" one that "*" and "?" stand for.
func nameContains(wider, inner segment) bool {
	switch {
	case wider.kind == literal:
		return inner.kind == literal && wider.text == inner.text
	case wider.text == starText:
		return true
	case inner.kind == literal:
		return matchWild(wider.text, inner.text)
	}
	var reached, after []bool
	names := characters(wider.text)
	reached = make([]bool, len(names)+1)
	reached[0] = true
	for i := 0; i < len(names) && names[i] == starByte; i++ {
		reached[i+1] = true
	}
	for _, d := range characters(inner.text) {
		after = make([]bool, len(names)+1)
		for i, c := range names {
			switch {
			case reached[i] && c == starByte:
				after[i] = true
			case reached[i] && d != starByte && (c == oneByte || c == d):
				after[i+1] = true
			}
			if after[i] && c == starByte {
				after[i+1] = true
			}
		}
		reached = after
	}
	return reached[len(names)]
}

func characters(text string) []int32 {
	var all []int32
	for text != "" {
		var c int32
		c, text = nextCharacter(text, false)
		all = append(all, c)
	}
	return all
}
