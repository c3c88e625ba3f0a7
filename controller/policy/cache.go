package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ruleCache keeps the values of rules and function calls during one run. It
// implements topdown.VirtualCache for runs that last microseconds and compute a
// handful of values: OPA's own, a trie of hash maps, was a quarter of all that a
// pass allocated. This one is a list, searched from the end, and lives as long
// as its worker. From mapFrom entries on it keeps an index.
type ruleCache struct {
	entries []cacheEntry
	keys    []*ast.Term // of all entries, one after the other
	frames  []int       // where each frame but the first begins in entries
	index   map[int]int // hash of a key: the last entry of the frame with that hash, plus one
	indexed int         // how many entries the index covers
}

type cacheEntry struct {
	from, to  int // the key in keys
	value     *ast.Term
	undefined bool
	hash      int
	before    int // the entry before of the same hash, plus one
}

const mapFrom = 12

// reset forgets everything before the next run.
func (c *ruleCache) reset() {
	clear(c.entries)
	clear(c.keys)
	c.entries, c.keys, c.frames = c.entries[:0], c.keys[:0], c.frames[:0]
	c.dropIndex()
}

func (c *ruleCache) dropIndex() {
	if c.indexed > 0 {
		clear(c.index)
		c.indexed = 0
	}
}

// Push begins a frame: within a `with`, nothing computed before holds.
func (c *ruleCache) Push() {
	c.frames = append(c.frames, len(c.entries))
	c.dropIndex()
}

// Pop ends a frame and forgets what was computed in it.
func (c *ruleCache) Pop() {
	begin := c.begin()
	c.frames = c.frames[:len(c.frames)-1]
	if begin < len(c.entries) {
		from := c.entries[begin].from
		clear(c.keys[from:])
		c.keys = c.keys[:from]
		clear(c.entries[begin:])
		c.entries = c.entries[:begin]
	}
	c.dropIndex()
}

func (c *ruleCache) begin() int {
	if len(c.frames) == 0 {
		return 0
	}
	return c.frames[len(c.frames)-1]
}

// Get gives the value; true says that it is known to be undefined.
func (c *ruleCache) Get(ref ast.Ref) (*ast.Term, bool) {
	if at := c.find(ref); at >= 0 {
		entry := &c.entries[at]
		if entry.undefined {
			return nil, true
		}
		return entry.value, false
	}
	return nil, false
}

// Put keeps a value; nil means undefined.
func (c *ruleCache) Put(ref ast.Ref, value *ast.Term) {
	at := c.find(ref)
	if at < 0 {
		at = len(c.entries)
		from := len(c.keys)
		c.keys = append(c.keys, ref...)
		c.entries = append(c.entries, cacheEntry{from: from, to: len(c.keys)})
	}
	if value == nil {
		c.entries[at].undefined = true
	} else {
		c.entries[at].value = value
	}
}

// Keys lists what the frame holds; only OPA's debugger asks.
func (c *ruleCache) Keys() []ast.Ref {
	var refs []ast.Ref
	for _, entry := range c.entries[c.begin():] {
		if entry.value != nil {
			refs = append(refs, slices.Clone(c.key(entry)))
		}
	}
	return refs
}

func (c *ruleCache) key(entry cacheEntry) ast.Ref { return c.keys[entry.from:entry.to] }

func (c *ruleCache) find(ref ast.Ref) int {
	begin := c.begin()
	if len(c.entries)-begin < mapFrom {
		for at := len(c.entries) - 1; at >= begin; at-- {
			if equalRefs(c.key(c.entries[at]), ref) {
				return at
			}
		}
		return -1
	}
	c.cover(begin)
	for at := c.index[hashOf(ref)] - 1; at >= 0; at = c.entries[at].before - 1 {
		if equalRefs(c.key(c.entries[at]), ref) {
			return at
		}
	}
	return -1
}

// cover brings the index up to the last entry of the frame.
func (c *ruleCache) cover(begin int) {
	if c.index == nil {
		c.index = map[int]int{}
	}
	for at := max(begin, c.indexed); at < len(c.entries); at++ {
		entry := &c.entries[at]
		entry.hash = hashOf(c.key(*entry))
		entry.before = c.index[entry.hash]
		c.index[entry.hash] = at + 1
	}
	c.indexed = len(c.entries)
}

func hashOf(ref ast.Ref) int {
	hash := 0
	for _, term := range ref {
		hash = hash*31 + term.Value.Hash()
	}
	return hash
}

// equalRefs compares from the end: all begin with the package.
func equalRefs(a, b ast.Ref) bool {
	if len(a) != len(b) {
		return false
	}
	for i := len(a) - 1; i >= 0; i-- {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}
