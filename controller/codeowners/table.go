package codeowners

// edgeTable is a hash table from (node, symbol) to node, flat so that a compiled file of 54,001 rules is a
// few large slices for the garbage collector and not a million small maps. Symbols start at 1.
type edgeTable struct {
	keys   []uint64 // 0 is free
	values []int32
	count  int
}

func edgeKey(node, symbol int32) uint64 { return uint64(uint32(node))<<32 | uint64(uint32(symbol)) }

// slot is the place where a key stands or would stand. The mixing is MurmurHash3's 64-bit finaliser.
func (t *edgeTable) slot(key uint64) uint64 {
	h := key
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	mask := uint64(len(t.keys) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		if t.keys[i] == key || t.keys[i] == 0 {
			return i
		}
	}
}

// get gives the node that the edge leads to, or 0 (the root, to which no edge leads) where there is none.
func (t *edgeTable) get(node, symbol int32) int32 {
	if t.count == 0 {
		return 0
	}
	return t.values[t.slot(edgeKey(node, symbol))]
}

func (t *edgeTable) put(node, symbol, to int32) {
	if 4*(t.count+1) > 3*len(t.keys) {
		t.grow()
	}
	key := edgeKey(node, symbol)
	i := t.slot(key)
	t.keys[i], t.values[i] = key, to
	t.count++
}

func (t *edgeTable) grow() {
	old := *t
	size := max(16, 2*len(old.keys))
	t.keys, t.values = make([]uint64, size), make([]int32, size)
	for i, key := range old.keys {
		if key != 0 {
			j := t.slot(key)
			t.keys[j], t.values[j] = key, old.values[i]
		}
	}
}

// bitset marks nodes.
type bitset []uint64

func newBitset(size int) bitset   { return make(bitset, (size+63)/64) }
func (b bitset) has(i int32) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) add(i int32)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) remove(i int32)   { b[i>>6] &^= 1 << (i & 63) }
func (b bitset) clear(nodes []int32) {
	for _, n := range nodes {
		b.remove(n)
	}
}
