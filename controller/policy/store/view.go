package store

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// scanLimit is up to how many reads are compared one by one before a map is made.
const scanLimit = 16

// View is one goroutine's window on a Store. OPA uses it as its transaction and,
// so that a read costs no conversion and no path, as its cache of base
// documents. Reset it before each policy and subject.
type View struct {
	store *Store
	// Keep says that the reads are kept; otherwise only unknown ones are noticed.
	keep    bool
	reads   []Read
	seen    map[Read]struct{}
	unknown []Unknown
	// read is the one at hand, here so that a read allocates nothing.
	read Read
}

// View makes a View that records every read.
func (s *Store) View() *View { return &View{store: s, keep: true} }

// Unrecorded makes a View that notices unknown reads only.
func (s *Store) Unrecorded() *View { return &View{store: s} }

// ID is the transaction's number; a View needs none.
func (v *View) ID() uint64 { return 0 }

// Reset forgets all reads.
func (v *View) Reset() {
	v.reads, v.unknown = v.reads[:0], nil
	clear(v.seen)
}

// Reads are the paths read since the last Reset, each once, in the order of
// first reading. The slice is good until the next Reset.
func (v *View) Reads() []Read { return v.reads }

// Unknown gives the paths read which are unknown, each once, and why.
func (v *View) Unknown() []Unknown { return v.unknown }

// Get resolves a reference below data and records it. It implements
// topdown.BaseCache: nil means "not cached", whereupon OPA asks Store.Read,
// which says that the path is absent.
func (v *View) Get(ref ast.Ref) ast.Value {
	if v.keep || v.store.unknown != nil {
		v.record(ref)
	}
	return v.store.lookup(ref)
}

// Put implements topdown.BaseCache; there is nothing to cache.
func (v *View) Put(ast.Ref, ast.Value) {}

func (v *View) record(ref ast.Ref) {
	v.read = refRead(ref)
	read := &v.read
	if v.keep && !v.first(read) {
		return
	}
	because := v.store.unknown.touched(read)
	if because == "" {
		return
	}
	path := read.Path()
	for _, known := range v.unknown {
		if ReadOf(known.Path...) == *read {
			return
		}
	}
	v.unknown = append(v.unknown, Unknown{Path: path, Because: because})
}

// first says whether the path is read for the first time, and remembers it. What
// is below a path that was read is read with it.
func (v *View) first(read *Read) bool {
	if len(v.reads) < scanLimit {
		for i := range v.reads {
			if read.within(&v.reads[i]) {
				return false
			}
		}
	} else {
		if len(v.seen) == 0 {
			if v.seen == nil {
				v.seen = map[Read]struct{}{}
			}
			for _, known := range v.reads {
				v.seen[known] = struct{}{}
			}
		}
		for above := range read.above() {
			if _, known := v.seen[above]; known {
				return false
			}
		}
		v.seen[*read] = struct{}{}
	}
	v.reads = append(v.reads, *read)
	return true
}
