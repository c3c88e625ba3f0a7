package codeowners

import "strings"

// Cursor matches paths one after the other and remembers the folders of the last one, which makes sorted
// paths several times faster. It is for one goroutine at a time.
type Cursor struct {
	m       *Matcher
	last    string  // the path whose folders are on the stack
	frames  []frame // the root, then one for each folder of last
	nodes   []int32 // active in a frame: nodes[frame.from:frame.to]
	stars   []int32 // active in a frame: stars[:frame.stars], since "**" stays active in all folders below
	seen    bitset  // the nodes in stars
	symbols []int32
	run     globRun
	hits    *hits // set for Lint: note all nodes that are reached, and prune nothing; else nil
}

// frame is what is known of a folder.
type frame struct {
	end      int // of the folder's path with its slash
	from, to int // of Cursor.nodes
	stars    int // of Cursor.stars
	best     int32
	globs    int32    // edges by wildcard of all active nodes
	edges    edgeKind // of all active nodes
}

// fewGlobs is up to how many edges by wildcard they are tried one by one.
const fewGlobs = 24

// Cursor gives a new Cursor.
func (m *Matcher) Cursor() *Cursor { return m.cursor(nil) }

func (m *Matcher) cursor(h *hits) *Cursor {
	c := &Cursor{m: m, seen: newBitset(len(m.nodes)), run: m.globs.newRun(), hits: h}
	c.nodes = append(c.nodes, 0)
	c.frames = append(c.frames, frame{best: m.nodes[0].below})
	c.activate()
	return c
}

// hits notes, for each node, the first file that has reached it in each of the ways in which a rule may end there.
type hits struct {
	file        int32 // the one being matched
	self, below []int32
}

func newHits(nodes int) *hits {
	h := &hits{self: make([]int32, nodes), below: make([]int32, nodes)}
	for i := range h.self {
		h.self[i], h.below[i] = -1, -1
	}
	h.below[0] = 0 // every file is below the root
	return h
}

func note(firsts []int32, n, file int32) {
	if firsts[n] < 0 {
		firsts[n] = file
	}
}

// first is the first file that a rule matches, or -1.
func (h *hits) first(m *Matcher, rule int) int32 {
	end := m.ends[rule]
	if end < 0 {
		return -1
	}
	switch self, below := h.self[end], h.below[end]; m.endings[rule] {
	case exact:
		return self
	case either:
		return max(self, below)
	default:
		return below
	}
}

// Match is [Matcher.Match].
func (c *Cursor) Match(path string) Match {
	return c.m.answer(c.match(path))
}

func (c *Cursor) match(path string) int32 {
	if path == "" || path[0] == '/' || path[len(path)-1] == '/' {
		return -1
	}
	c.leave(path)
	f := &c.frames[len(c.frames)-1]
	for f.edges != 0 {
		at := f.end
		slash := strings.IndexByte(path[at:], '/')
		if slash < 0 {
			return c.file(path[at:])
		}
		f = c.enter(path, at, at+slash)
	}
	return f.best // no rule can say more about what is in this folder
}

// folder gives the frame of a folder, which ends in a slash or is empty for the root; or of one that it is in, if
// no rule can say more about what is below that.
func (c *Cursor) folder(path string) *frame {
	c.leave(path)
	f := &c.frames[len(c.frames)-1]
	for f.end < len(path) && f.edges != 0 {
		f = c.enter(path, f.end, f.end+strings.IndexByte(path[f.end:], '/'))
	}
	return f
}

// leave takes the folders off the stack that the path is not in.
func (c *Cursor) leave(path string) {
	top := len(c.frames) - 1
	for top > 0 {
		if end := c.frames[top].end; end <= len(path) && path[:end] == c.last[:end] {
			break
		}
		top--
	}
	if top < len(c.frames)-1 {
		f := c.frames[top]
		c.frames, c.nodes = c.frames[:top+1], c.nodes[:f.to]
		c.seen.clear(c.stars[f.stars:])
		c.stars = c.stars[:f.stars]
	}
}

// enter puts the folder path[start:end] on the stack.
func (c *Cursor) enter(path string, start, end int) *frame {
	parent := c.frames[len(c.frames)-1]
	from := len(c.nodes)
	c.reach(&parent, path[start:end])
	f := frame{end: end + 1, from: from, best: parent.best}
	for _, n := range c.nodes[from:] {
		f.best = max(f.best, c.m.nodes[n].below)
		if c.hits != nil {
			note(c.hits.below, n, c.hits.file)
		}
	}
	c.last = path
	c.frames = append(c.frames, f)
	return c.activate()
}

// activate finishes the frame on top: of the nodes reached it keeps those that can still lead to a better
// rule, and adds the "**" behind them.
func (c *Cursor) activate() *frame {
	f := &c.frames[len(c.frames)-1]
	kept := c.nodes[:f.from]
	for _, i := range c.nodes[f.from:] {
		n := &c.m.nodes[i]
		if n.subtree <= f.best && c.hits == nil {
			continue
		}
		if n.edges != 0 {
			kept = append(kept, i)
			f.edges |= n.edges
			f.globs += n.many
		}
		if n.star != 0 && !c.seen.has(n.star) {
			c.seen.add(n.star)
			c.stars = append(c.stars, n.star)
		}
	}
	c.nodes = kept
	f.to, f.stars = len(c.nodes), len(c.stars)
	for _, i := range c.stars {
		if n := &c.m.nodes[i]; n.subtree > f.best || c.hits != nil {
			f.edges |= n.edges
			f.globs += n.many
		}
	}
	return f
}

// file finds the rule for a file of the folder on top.
func (c *Cursor) file(name string) int32 {
	f := &c.frames[len(c.frames)-1]
	c.reach(f, name)
	best := f.best
	for _, n := range c.nodes[f.to:] {
		best = max(best, c.m.nodes[n].self)
		if c.hits != nil {
			note(c.hits.self, n, c.hits.file)
		}
	}
	c.nodes = c.nodes[:f.to]
	return best
}

// reach appends to c.nodes what the active nodes of a frame lead to by a name.
func (c *Cursor) reach(f *frame, name string) {
	var exact int32
	if f.edges&hasLiteral != 0 {
		exact = c.m.literals[name]
	}
	few := f.globs <= fewGlobs
	c.symbols = c.symbols[:0]
	if !few {
		if c.m.everyone != 0 {
			c.symbols = append(c.symbols, c.m.everyone)
		}
		c.symbols = c.m.globs.match(name, &c.run, c.symbols)
	}
	if exact == 0 && len(c.symbols) == 0 && f.globs == 0 {
		return
	}
	for i := f.from; i < f.to; i++ {
		c.step(c.nodes[i], exact, name, few, f.best)
	}
	for _, n := range c.stars[:f.stars] {
		c.step(n, exact, name, few, f.best)
	}
}

// step follows one node's edges: to the exact name, and to the wildcards, which are either tried here, if they are few,
// or have been found by globSet.
func (c *Cursor) step(i, exact int32, name string, few bool, best int32) {
	n := &c.m.nodes[i]
	if n.subtree <= best && c.hits == nil {
		return
	}
	if exact != 0 && n.edges&hasLiteral != 0 {
		if next := c.m.edges.get(i, exact); next != 0 {
			c.nodes = append(c.nodes, next)
		}
	}
	switch {
	case n.edges&hasGlob == 0:
	case few:
		for _, edge := range c.m.out[n.globs : n.globs+n.many] {
			if c.m.wilds[edge.symbol].matches(name) {
				c.nodes = append(c.nodes, edge.to)
			}
		}
	default:
		for _, symbol := range c.symbols {
			if next := c.m.edges.get(i, symbol); next != 0 {
				c.nodes = append(c.nodes, next)
			}
		}
	}
}
