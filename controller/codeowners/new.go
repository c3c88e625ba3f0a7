package codeowners

import "strings"

// NewMatch answers for a file that does not exist yet.
type NewMatch struct {
	// Match is the answer for a file with a name that no rule speaks of; for a path that is not a folder, the
	// answer for that very path.
	Match
	// Depends says that the answer for a folder depends on the file's name, since a rule such as "*.js" or
	// "/docs/index.md" would override it.
	Depends bool
	// Overrides are the rules that would, by index, last first; at most 100.
	Overrides []int
}

const maxOverrides = 100

// MatchNew answers "who would own a new file here?". A path that is empty or ends in a slash is a folder, which need not
// exist, and the question is about a file directly in it; any other path is a file, and its answer is that of
// Match. Only the path matters to a rule, never what else exists.
func (m *Matcher) MatchNew(path string) NewMatch {
	if path != "" && !strings.HasSuffix(path, "/") {
		return NewMatch{Match: m.Match(path)}
	}
	if strings.HasPrefix(path, "/") {
		return NewMatch{Match: m.answer(-1)} // not a path
	}
	c := m.Cursor()
	f := c.folder(path)
	active := append(append([]int32{}, c.nodes[f.from:f.to]...), c.stars[:f.stars]...)
	best := f.best
	if m.everyone != 0 {
		for _, n := range active {
			if next := m.edges.get(n, m.everyone); next != 0 {
				best = max(best, m.nodes[next].self)
			}
		}
	}
	answer := NewMatch{Match: m.answer(best)}
	isActive := map[int32]bool{}
	for _, n := range active {
		if m.nodes[n].named > best {
			isActive[n], answer.Depends = true, true
		}
	}
	if answer.Depends {
		answer.Overrides = m.overrides(best, isActive)
	}
	return answer
}

// overrides finds the rules above best that end one segment behind an active node.
func (m *Matcher) overrides(best int32, active map[int32]bool) []int {
	var rules []int
	for i := len(m.rules) - 1; i > int(best) && len(rules) < maxOverrides; i-- {
		end := m.ends[i]
		if end >= 0 && m.nodes[end].self == int32(i) && active[m.nodes[end].parent] {
			rules = append(rules, i)
		}
	}
	return rules
}
