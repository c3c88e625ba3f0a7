package codeowners

import (
	"math/bits"
	"unicode/utf8"
)

// globSet finds, for one name between slashes, all wildcard segments of the file that match it. They are
// kept in two tries: read forwards, and (for "*.js") backwards, so that most names leave the trie after
// a few characters instead of being tried against each wildcard.
//
// Cost: for one name at most (characters of the name) × (characters of all wildcards); a "*" is a loop on one
// node that is entered once, so nothing like "*a*a*a*a" can multiply.
type globSet struct {
	forward, backward globTrie
}

// globTrie is a trie over characters. A node may have, beside its edges, a "?" edge and a "*" child.
type globTrie struct {
	edges    edgeTable // by node and character; while matching, for characters beyond ASCII only
	children []int32   // for ASCII: those of one node side by side, in the order of their characters
	nodes    []globNode
}

type globNode struct {
	ascii  [2]uint64 // bit c is set if there is an edge for the character c
	first  int32     // offset of the first child in children
	one    int32     // node behind "?", 0 none
	star   int32     // node behind "*", which loops on itself; 0 none
	accept int32     // symbol of the wildcard that ends here, 0 none
	others bool      // has edges beyond ASCII
}

// add files a wildcard (in segment's form) under a symbol.
func (g *globSet) add(text string, symbol int32) {
	if text[0] == starByte && text[len(text)-1] != starByte {
		g.backward.add(text, symbol, true)
		return
	}
	g.forward.add(text, symbol, false)
}

func (t *globTrie) add(text string, symbol int32, backward bool) {
	if len(t.nodes) == 0 {
		t.nodes = append(t.nodes, globNode{})
	}
	at := int32(0)
	for text != "" {
		var c int32
		c, text = nextCharacter(text, backward)
		next := t.child(at, c)
		if next == 0 {
			next = int32(len(t.nodes))
			t.nodes = append(t.nodes, globNode{})
			t.connect(at, c, next)
		}
		at = next
	}
	t.nodes[at].accept = symbol
}

func (t *globTrie) child(at, c int32) int32 {
	switch c {
	case starByte:
		return t.nodes[at].star
	case oneByte:
		return t.nodes[at].one
	}
	return t.edges.get(at, c)
}

func (t *globTrie) connect(at, c, next int32) {
	switch c {
	case starByte:
		t.nodes[at].star = next
	case oneByte:
		t.nodes[at].one = next
	default:
		t.edges.put(at, c, next)
		if c < utf8.RuneSelf {
			t.nodes[at].ascii[c>>6] |= 1 << (c & 63)
		} else {
			t.nodes[at].others = true
		}
	}
}

// seal lays out the children for matching. Nothing is added afterwards.
func (t *globTrie) seal() {
	total := int32(0)
	for i := range t.nodes {
		n := &t.nodes[i]
		n.first = total
		total += int32(bits.OnesCount64(n.ascii[0]) + bits.OnesCount64(n.ascii[1]))
	}
	t.children = make([]int32, total)
	for i, key := range t.edges.keys {
		if node, c := int32(key>>32), int32(uint32(key)); key != 0 && c < utf8.RuneSelf {
			t.children[t.nodes[node].place(c)] = t.edges.values[i]
		}
	}
}

// place is where the child for an ASCII character stands in children, if there is one.
func (n *globNode) place(c int32) int32 {
	if c < 64 {
		return n.first + int32(bits.OnesCount64(n.ascii[0]&(1<<c-1)))
	}
	return n.first + int32(bits.OnesCount64(n.ascii[0])+bits.OnesCount64(n.ascii[1]&(1<<(c-64)-1)))
}

// nextCharacter takes one character off the text: a rune, or one byte of invalid UTF-8, which gets a number
// beyond all runes. Cutting UTF-8 backwards gives the same characters as forwards.
func nextCharacter(text string, backward bool) (c int32, rest string) {
	if backward {
		if b := text[len(text)-1]; b < utf8.RuneSelf {
			return int32(b), text[:len(text)-1]
		}
		r, size := utf8.DecodeLastRuneInString(text)
		rest = text[:len(text)-size]
		if r == utf8.RuneError && size == 1 {
			r = invalidBytes + rune(text[len(text)-1])
		}
		return r, rest
	}
	if b := text[0]; b < utf8.RuneSelf {
		return int32(b), text[1:]
	}
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		r = invalidBytes + rune(text[0])
	}
	return r, text[size:]
}

const invalidBytes = utf8.MaxRune + 1

// globRun is what one goroutine needs to run a globSet.
type globRun struct {
	now, next, stars []int32
	seen             bitset   // star nodes in stars
	out              globNode // all edges of the nodes in stars
}

func (g *globSet) newRun() globRun {
	return globRun{seen: newBitset(max(len(g.forward.nodes), len(g.backward.nodes)))}
}

// match appends the symbols of all wildcards that match the name, each once.
func (g *globSet) match(name string, run *globRun, symbols []int32) []int32 {
	if len(g.forward.nodes) > 0 {
		symbols = g.forward.match(name, run, symbols, false)
	}
	if len(g.backward.nodes) > 0 {
		symbols = g.backward.match(name, run, symbols, true)
	}
	return symbols
}

func (t *globTrie) match(name string, run *globRun, symbols []int32, backward bool) []int32 {
	run.now, run.next, run.stars, run.out = run.now[:0], run.next[:0], run.stars[:0], globNode{}
	symbols = t.enter(0, run, symbols)
	run.now, run.next = run.next, run.now
	for len(run.now)+len(run.stars) > 0 {
		if len(run.now) == 0 && !backward && run.out.one == 0 {
			name = run.out.skip(name)
		}
		if name == "" {
			break
		}
		var c int32
		c, name = nextCharacter(name, backward)
		run.next = run.next[:0]
		loops := len(run.stars) // those entered now look at the next character first
		for _, n := range run.now {
			symbols = t.step(n, c, run, symbols)
		}
		for _, n := range run.stars[:loops] {
			symbols = t.step(n, c, run, symbols)
		}
		run.now, run.next = run.next, run.now
	}
	if name == "" {
		for _, n := range run.now {
			if symbol := t.nodes[n].accept; symbol != 0 {
				symbols = append(symbols, symbol)
			}
		}
	}
	run.seen.clear(run.stars)
	return symbols
}

// skip drops the ASCII characters at the start that no edge is for.
func (n *globNode) skip(name string) string {
	for i := 0; i < len(name); i++ {
		if b := name[i]; b >= utf8.RuneSelf || n.ascii[b>>6]&(1<<(b&63)) != 0 {
			return name[i:]
		}
	}
	return ""
}

// step follows one character from one node.
func (t *globTrie) step(n, c int32, run *globRun, symbols []int32) []int32 {
	at := &t.nodes[n]
	if c < utf8.RuneSelf {
		if at.ascii[c>>6]&(1<<(c&63)) != 0 {
			symbols = t.enter(t.children[at.place(c)], run, symbols)
		}
	} else if at.others {
		if next := t.edges.get(n, c); next != 0 {
			symbols = t.enter(next, run, symbols)
		}
	}
	if at.one != 0 {
		symbols = t.enter(at.one, run, symbols)
	}
	return symbols
}

// enter makes a node active for the next character, and the "*" behind it. A "*" that ends a wildcard matches
// whatever is left.
func (t *globTrie) enter(n int32, run *globRun, symbols []int32) []int32 {
	run.next = append(run.next, n)
	star := t.nodes[n].star
	if star == 0 || run.seen.has(star) {
		return symbols
	}
	at := &t.nodes[star]
	if at.accept != 0 {
		symbols = append(symbols, at.accept)
	}
	run.seen.add(star)
	run.stars = append(run.stars, star)
	run.out.ascii[0] |= at.ascii[0]
	run.out.ascii[1] |= at.ascii[1]
	run.out.one |= at.one
	return symbols
}
