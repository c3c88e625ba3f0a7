package store

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/policy/encode"
)

// place is one item of a document; the key is empty for a document that is not keyed.
type place struct{ document, key string }

// Put gives a keyed document another item, or one item another value. Nobody may read the store meanwhile.
func (s *Store) Put(document, key string, value any) error {
	d, err := s.keyed(document)
	if err != nil {
		return err
	}
	given := reflect.ValueOf(value)
	if want := d.value.Type().Elem(); given.Type() != want {
		return fmt.Errorf("store: an item of %s is a %s, not a %s", document, want, given.Type())
	}
	s.set(d, place{document, key}, &item{value: given})
	return nil
}

// PutLater puts an item that is made when it is first read, of which there may be many that nobody reads. value gives a
// value of the items' type, each time the same.
func (s *Store) PutLater(document, key string, value func() any) error {
	d, err := s.keyed(document)
	if err != nil {
		return err
	}
	s.set(d, place{document, key}, &item{make: value})
	return nil
}

func (s *Store) set(d *document, at place, it *item) {
	s.replace(at, d.items[at.key])
	d.items[at.key] = it
	d.whole.Store(nil)
}

// Drop takes an item out of a keyed document, if it is there. Nobody may read the store meanwhile.
func (s *Store) Drop(document, key string) error {
	d, err := s.keyed(document)
	if err != nil || d.items[key] == nil {
		return err
	}
	s.replace(place{document, key}, d.items[key])
	delete(d.items, key)
	d.whole.Store(nil)
	return nil
}

// Set gives a document that is not keyed another value. Nobody may read the store meanwhile.
func (s *Store) Set(document string, value any) error {
	d := s.documents[document]
	if d == nil || d.items != nil {
		return fmt.Errorf("store: %s is not a single document", document)
	}
	given := reflect.ValueOf(value)
	if given.Type() != d.value.Type() {
		return fmt.Errorf("store: %s is a %s, not a %s", document, d.value.Type(), given.Type())
	}
	s.replace(place{document: document}, &item{value: d.value})
	d.value = given
	d.whole.Store(nil)
	return nil
}

// SetUnknown says anew what is unknown. Nobody may read the store meanwhile.
func (s *Store) SetUnknown(unknown ...Unknown) {
	s.unknown = newUnknowns(unknown)
	s.list()
}

// Because says why a read path is unknown; empty means that it is not.
func (s *Store) Because(read Read) string { return s.unknown.touched(&read) }

// HasUnknown says whether anything is unknown.
func (s *Store) HasUnknown() bool { return s.unknown != nil }

// Settle forgets which values were replaced: from now on Changed compares with what is.
func (s *Store) Settle() { s.replaced, s.touched = nil, nil }

// Replaced says whether anything was replaced since the last Settle.
func (s *Store) Replaced() bool { return len(s.replaced) > 0 }

// Changed says whether a path has another value than at the last Settle. A path at or above a keyed document counts as
// changed when an item in it was replaced.
func (s *Store) Changed(read Read) bool {
	if len(s.replaced) == 0 {
		return false
	}
	switch {
	case read.depth == 0 || read.depth == 1 && read.names[0] == Root:
		return true
	case read.names[0] != Root:
		return false
	}
	d := s.documents[read.names[1]]
	if d == nil || !s.touched[read.names[1]] {
		return false
	}
	if d.items == nil {
		before := s.replaced[place{document: read.names[1]}]
		return !same(s.at(d.plan, before, &read, 2), s.at(d.plan, &item{value: d.value}, &read, 2))
	}
	if read.depth == 2 {
		return true
	}
	before, replaced := s.replaced[place{read.names[1], read.names[2]}]
	return replaced && !same(s.at(d.element, before, &read, 3), s.at(d.element, d.items[read.names[2]], &read, 3))
}

func (s *Store) keyed(document string) (*document, error) {
	d := s.documents[document]
	if d == nil || d.items == nil {
		return nil, fmt.Errorf("store: there is no keyed document %s", document)
	}
	return d, nil
}

// replace remembers what stood at a place at the last Settle; nil means nothing.
func (s *Store) replace(at place, before *item) {
	if s.replaced == nil {
		s.replaced, s.touched = map[place]*item{}, map[string]bool{}
	}
	if _, known := s.replaced[at]; !known {
		s.replaced[at] = before
	}
	s.touched[at.document] = true
}

// at resolves what is left of a read, from a depth on, in an item; nil where it is absent.
func (s *Store) at(plan *encode.Plan, it *item, read *Read, depth int) ast.Value {
	if it == nil {
		return nil
	}
	if it.term.Load() == nil {
		it.term.CompareAndSwap(nil, s.encode(plan, it.document()))
	}
	value := it.term.Load().Value
	at := 0
	for name := range read.segments() {
		if at++; at <= depth {
			continue
		}
		if value = below(value, name); value == nil {
			return nil
		}
	}
	return value
}

// below is what stands under a name: documents have strings for keys, and arrays places.
func below(value ast.Value, name string) ast.Value {
	var term *ast.Term
	switch value := value.(type) {
	case ast.Object:
		term = value.Get(ast.StringTerm(name))
	case *ast.Array:
		term = value.Get(ast.NumberTerm(json.Number(name)))
	}
	if term == nil {
		return nil
	}
	return term.Value
}

func same(a, b ast.Value) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Compare(b) == 0
}
