package codeowners

import (
	"sync"
)

// State is what the file says of a path. A file that only a catch-all rule owns is Owned.
type State uint8

const (
	// Unmatched: no rule matches.
	Unmatched State = iota
	// Unowned: the last rule that matches has no owners, so the path is explicitly unowned.
	Unowned
	// Owned: the last rule that matches has owners.
	Owned
)

// String gives "unmatched", "unowned" or "owned".
func (s State) String() string {
	switch s {
	case Owned:
		return "owned"
	case Unowned:
		return "unowned"
	case Unmatched:
		return "unmatched"
	}
	return "unknown"
}

// Match is the answer for one path.
type Match struct {
	State State
	Rule  int // index into the compiled rules; -1 if Unmatched
}

// Match finds the rule that decides over a file. The path is relative to the repository's root, with slashes and
// without one at its start or end, as git writes it; an empty path, "/a" and "a/" are Unmatched. Whether the file exists plays no part. Match does not allocate once warm.
func (m *Matcher) Match(path string) Match {
	c := m.cursors.get()
	match := c.Match(path)
	m.cursors.put(c)
	return match
}

// MatchAll answers for each path in turn. Sorted paths are fastest, since what is known of a folder is used
// for all paths in it.
func (m *Matcher) MatchAll(paths []string) []Match {
	return m.AppendMatches(make([]Match, 0, len(paths)), paths)
}

// AppendMatches is MatchAll into room that the caller has: it appends one answer for each path to matches.
func (m *Matcher) AppendMatches(matches []Match, paths []string) []Match {
	c := m.cursors.get()
	folder, answer := "", Match{} // a folder over which one rule decides as a whole, and its answer
	for _, path := range paths {
		if n := len(folder); n == 0 || len(path) <= n || path[:n] != folder || path[len(path)-1] == '/' {
			answer, folder = c.Match(path), ""
			if f := &c.frames[len(c.frames)-1]; f.edges == 0 && answer.Rule == int(f.best) {
				folder = c.last[:f.end]
			}
		}
		matches = append(matches, answer)
	}
	m.cursors.put(c)
	return matches
}

// Rules gives the rules that were compiled. The slice is shared: do not change it.
func (m *Matcher) Rules() []Rule { return m.rules }

// meaning is where a pattern leads: equal for two rules exactly when their patterns have the same compiled form.
type meaning struct {
	end    int32
	ending ending
}

func (m *Matcher) meaning(rule int) meaning { return meaning{m.ends[rule], m.endings[rule]} }

// lastOfEach is the last rule of each meaning.
func (m *Matcher) lastOfEach() map[meaning]int {
	last := make(map[meaning]int, len(m.rules))
	for i := range m.rules {
		last[m.meaning(i)] = i
	}
	return last
}

// answer turns a rule's index into a Match.
func (m *Matcher) answer(rule int32) Match {
	switch {
	case rule < 0:
		return Match{Unmatched, -1}
	case len(m.rules[rule].Owners) == 0:
		return Match{Unowned, int(rule)}
	}
	return Match{Owned, int(rule)}
}

// cursorPool hands out cursors to Match.
type cursorPool struct {
	matcher *Matcher
	pool    sync.Pool
}

func (p *cursorPool) get() *Cursor {
	if c, ok := p.pool.Get().(*Cursor); ok {
		return c
	}
	return p.matcher.Cursor()
}

func (p *cursorPool) put(c *Cursor) { p.pool.Put(c) }
