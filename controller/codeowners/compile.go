package codeowners

import (
	"cmp"
	"slices"
)

// Matcher is all rules of a file compiled to one automaton. It is immutable and safe for concurrent use.
//
// The automaton is a trie over path segments. Each segment of a path is first turned into symbols: one for
// its exact name, if any rule has it, and one for each wildcard (such as "*.js") that matches it, found
// for all rules at once by globSet. An edge leads from a node by a symbol; "**" is a node that stays active.
// Nodes carry the highest rule that ends there, and the highest in the subtree below, so that whatever
// cannot win any more is not followed. "Last match wins" is then the maximum over what is reached.
//
// Cost of one path, for any rules and any path: at most
//
//	(bytes of the path × bytes of all wildcards) + (segments of the path × nodes × wildcards matching the segment)
//
// steps, since each node is active at most once for a segment; there is no backtracking. In practice a handful
// of nodes is active, and a path takes well under a microsecond whatever the number of rules.
type Matcher struct {
	rules    []Rule
	literals map[string]int32 // name → symbol
	globs    globSet
	wilds    []wild     // by symbol; the literals' are empty
	out      []globEdge // edges by wildcard, those of one node side by side
	everyone int32      // symbol of the wildcard "*" alone, 0 if no rule has it
	edges    edgeTable
	nodes    []node
	ends     []int32  // by rule: the node that its pattern leads to, -1 if it can never match
	endings  []ending // by rule
	cursors  cursorPool
}

type node struct {
	self    int32 // highest rule that matches a path that ends here
	below   int32 // highest rule that matches everything below here
	subtree int32 // highest rule anywhere in the subtree, here and behind "**" included
	named   int32 // highest rule that matches a path of one more segment, whatever its name must be ("*" apart)
	star    int32 // node of the "**" behind, 0 none
	parent  int32
	globs   int32 // offset of the first edge by wildcard in out
	many    int32 // the number of these
	edges   edgeKind
}

// globEdge is an edge by wildcard.
type globEdge struct {
	symbol, from, to int32
}

// edgeKind says which edges leave a node, to save looking for those that don't.
type edgeKind uint8

const (
	hasLiteral edgeKind = 1 << iota
	hasGlob
)

// Compile builds the automaton. The cost is linear in the bytes of the patterns.
func (f *File) Compile() *Matcher { return Compile(f.rules) }

// Compile builds the automaton for rules from one or more files; of those that match, the one at the highest index
// wins. Patterns are taken as valid, as those of [File.Rules] are; a pattern that is not never matches.
func Compile(rules []Rule) *Matcher {
	m := &Matcher{
		rules:    rules,
		literals: make(map[string]int32, len(rules)),
		nodes:    make([]node, 0, 2*len(rules)+1),
		ends:     make([]int32, len(rules)),
		endings:  make([]ending, len(rules)),
	}
	b := builder{Matcher: m, wildcards: map[string]int32{}}
	b.wilds = append(b.wilds, wild{}) // symbols start at 1
	b.newNode(-1)
	for i := range rules {
		b.add(int32(i), rules[i].Pattern)
	}
	b.sealGlobs()
	m.globs.forward.seal()
	m.globs.backward.seal()
	m.cursors.matcher = m
	return m
}

// builder holds what is needed only while compiling.
type builder struct {
	*Matcher
	wildcards map[string]int32
	symbols   int32
	room      []segment
}

func (b *builder) add(rule int32, text string) {
	b.ends[rule] = -1
	if text == "" {
		return
	}
	if _, ok := checkPattern(text); !ok {
		return
	}
	p := compileInto(b.room, text)
	b.room = p.segments[:0]
	if p.never {
		return
	}
	at, last := int32(0), int32(0)
	b.nodes[at].subtree = rule
	for _, s := range p.segments {
		if s.kind == anyFolder {
			at = b.star(at)
		} else {
			last = b.symbol(s)
			at = b.edge(at, last, s.kind)
		}
		b.nodes[at].subtree = rule
	}
	n := &b.nodes[at]
	if p.ending != below {
		n.self = rule
		if n.parent >= 0 && last != b.everyone {
			b.nodes[n.parent].named = rule
		}
	}
	if p.ending != exact {
		n.below = rule
	}
	b.ends[rule], b.endings[rule] = at, p.ending
}

func (b *builder) newNode(parent int32) int32 {
	b.nodes = append(b.nodes, node{self: -1, below: -1, subtree: -1, named: -1, parent: parent})
	return int32(len(b.nodes) - 1)
}

func (b *builder) star(at int32) int32 {
	if b.nodes[at].star == 0 {
		star := b.newNode(at)
		b.nodes[at].star = star
	}
	return b.nodes[at].star
}

func (b *builder) edge(at, symbol int32, kind segmentKind) int32 {
	if next := b.edges.get(at, symbol); next != 0 {
		return next
	}
	next := b.newNode(at)
	b.edges.put(at, symbol, next)
	if kind == literal {
		b.nodes[at].edges |= hasLiteral
	} else {
		b.nodes[at].edges |= hasGlob
		b.nodes[at].many++
		b.out = append(b.out, globEdge{symbol, at, next})
	}
	return next
}

// sealGlobs puts the edges by wildcard in the order of the nodes.
func (b *builder) sealGlobs() {
	slices.SortStableFunc(b.out, func(x, y globEdge) int { return cmp.Compare(x.from, y.from) })
	for i := len(b.out) - 1; i >= 0; i-- {
		b.nodes[b.out[i].from].globs = int32(i)
	}
}

// symbol numbers a segment's text.
func (b *builder) symbol(s segment) int32 {
	names := b.literals
	if s.kind == wildcard {
		names = b.wildcards
	}
	if symbol, ok := names[s.text]; ok {
		return symbol
	}
	b.symbols++
	names[s.text] = b.symbols
	b.wilds = append(b.wilds, wild{})
	if s.kind == wildcard {
		b.wilds[b.symbols] = newWild(s.text)
		if s.text == starText {
			b.everyone = b.symbols // matches every name: no need to look
		} else {
			b.globs.add(s.text, b.symbols)
		}
	}
	return b.symbols
}
