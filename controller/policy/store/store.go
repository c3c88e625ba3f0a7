// Package store is what OPA reads `data.remit` from: one snapshot's documents as
// prepared values, each encoded when it is first read. A View records which
// paths one policy read for one subject, present or absent, and says which of
// them are unknown.
//
// It is no general store: nothing can be written, and it knows no policies.
//
//	policy.Data ──New──► Store ──View──► topdown (as storage.Store, storage.Transaction and BaseCache)
//	                                └──► Reads, Unknown
package store

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/remit-dev/remit/controller/policy/encode"
)

// Root is the name of the documents below `data`.
const Root = "remit"

// Store serves one snapshot, and then, updated, the next. It is safe for concurrent reading.
type Store struct {
	storage.WritesNotSupported
	storage.PolicyNotSupported
	storage.TriggersNotSupported

	documents map[string]*document
	unknown   *unknowns
	encoders  sync.Pool

	// replaced is what stood where something else stands since the last Settle, touched are the documents concerned.
	replaced map[place]*item
	touched  map[string]bool
}

// document is one field of data.remit: keyed by id, or a single value.
type document struct {
	plan    *encode.Plan // of the whole
	value   reflect.Value
	element *encode.Plan // of one item; nil for a document that is not keyed
	items   map[string]*item
	whole   atomic.Pointer[ast.Term]
}

// item is encoded when it is first read; one that is made only then has a make.
type item struct {
	value reflect.Value
	make  func() any
	term  atomic.Pointer[ast.Term]
}

// document is the item's value.
func (i *item) document() reflect.Value {
	if i.make != nil {
		return reflect.ValueOf(i.make())
	}
	return i.value
}

// New makes a store of a struct (or a pointer to one) whose fields are the
// documents of data.remit; the struct must not be changed afterwards, but by Put,
// Drop and Set. The unknown paths start with Root.
func New(data any, unknown ...Unknown) (*Store, error) {
	value := reflect.ValueOf(data)
	for value.Kind() == reflect.Pointer && !value.IsNil() {
		value = value.Elem()
	}
	if value.Kind() != reflect.Struct {
		return nil, fmt.Errorf("store: want a struct of documents, not %T", data)
	}
	shape, err := encode.ShapeOf(value.Type())
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{documents: make(map[string]*document, len(shape.Fields)), unknown: newUnknowns(unknown)}
	s.encoders.New = func() any { return encode.NewEncoder() }
	for _, field := range shape.Fields {
		if s.documents[field.Name], err = newDocument(field, field.In(value)); err != nil {
			return nil, fmt.Errorf("store: %s: %w", field.Name, err)
		}
	}
	s.list()
	return s, nil
}

// list lets incomplete documents know what they list.
func (s *Store) list() {
	if s.unknown == nil || s.unknown.below[Root] == nil {
		return
	}
	for name, node := range s.unknown.below[Root].below {
		if d := s.documents[name]; d != nil {
			node.listed = d.items
		}
	}
}

func newDocument(field encode.Field, value reflect.Value) (*document, error) {
	plan, err := encode.NewPlan(field.Shape.Type, encode.Whole())
	if err != nil {
		return nil, err
	}
	d := &document{plan: plan, value: value}
	if field.Shape.Kind != encode.Map {
		return d, nil
	}
	if d.element, err = encode.NewPlan(field.Shape.Element.Type, encode.Whole()); err != nil {
		return nil, err
	}
	items := make([]item, value.Len())
	d.items = make(map[string]*item, len(items))
	for entries, i := value.MapRange(), 0; entries.Next(); i++ {
		items[i].value = entries.Value()
		d.items[entries.Key().String()] = &items[i]
	}
	return d, nil
}

// lookup resolves a reference below data; nil means that it is absent.
func (s *Store) lookup(ref ast.Ref) ast.Value {
	switch {
	case len(ref) == 1:
		return ast.NewObject(ast.Item(ast.StringTerm(Root), s.all()))
	case text(ref[1]) != Root:
		return nil
	case len(ref) == 2:
		return s.all().Value
	}
	d := s.documents[text(ref[2])]
	if d == nil {
		return nil
	}
	if d.items == nil || len(ref) == 3 {
		return find(s.wholeOf(d), ref[3:])
	}
	it := d.items[text(ref[3])]
	if it == nil {
		return nil
	}
	return find(s.itemOf(d, it), ref[4:])
}

// text is the name that a term stands for. No document has the name that stands
// for everything else.
func text(term *ast.Term) string {
	if name, ok := term.Value.(ast.String); ok {
		return string(name)
	}
	return "\x00"
}

func find(term *ast.Term, rest ast.Ref) ast.Value {
	for _, key := range rest {
		switch value := term.Value.(type) {
		case ast.Object:
			term = value.Get(key)
		case *ast.Array:
			term = value.Get(key)
		default:
			return nil
		}
		if term == nil {
			return nil
		}
	}
	return term.Value
}

// itemOf encodes an item once. Two readers at the same time may both encode it;
// the first one's value stays.
func (s *Store) itemOf(d *document, it *item) *ast.Term {
	if term := it.term.Load(); term != nil {
		return term
	}
	it.term.CompareAndSwap(nil, s.encode(d.element, it.document()))
	return it.term.Load()
}

func (s *Store) wholeOf(d *document) *ast.Term {
	if term := d.whole.Load(); term != nil {
		return term
	}
	var term *ast.Term
	if d.items == nil {
		term = s.encode(d.plan, d.value)
	} else {
		pairs := make([][2]*ast.Term, 0, len(d.items))
		for name, it := range d.items {
			pairs = append(pairs, [2]*ast.Term{ast.StringTerm(name), s.itemOf(d, it)})
		}
		term = ast.ObjectTerm(pairs...)
	}
	d.whole.CompareAndSwap(nil, term)
	return d.whole.Load()
}

func (s *Store) all() *ast.Term {
	pairs := make([][2]*ast.Term, 0, len(s.documents))
	for name, d := range s.documents {
		pairs = append(pairs, [2]*ast.Term{ast.StringTerm(name), s.wholeOf(d)})
	}
	return ast.ObjectTerm(pairs...)
}

func (s *Store) encode(plan *encode.Plan, value reflect.Value) *ast.Term {
	encoder := s.encoders.Get().(*encode.Encoder)
	defer s.encoders.Put(encoder)
	encoded, err := encoder.Reflected(plan, value)
	if err != nil { // the plan was made from the value's own type
		panic(err)
	}
	return ast.NewTerm(encoded)
}

// notFound is what OPA takes for an absent document.
var notFound = &storage.Error{Code: storage.NotFoundErr, Message: "document does not exist"}

// NewTransaction makes a View.
func (s *Store) NewTransaction(context.Context, ...storage.TransactionParams) (storage.Transaction, error) {
	return s.View(), nil
}

// Read resolves a path, and records it where the transaction is a View.
func (s *Store) Read(_ context.Context, transaction storage.Transaction, path storage.Path) (any, error) {
	ref := path.Ref(ast.DefaultRootDocument)
	for i, name := range path { // Ref makes numbers of names that look like one
		ref[i+1] = ast.InternedTerm(name)
	}
	view, ok := transaction.(*View)
	if !ok {
		view = s.View()
	}
	if value := view.Get(ref); value != nil {
		return value, nil
	}
	return nil, notFound
}

// Commit does nothing: there is nothing to write.
func (s *Store) Commit(context.Context, storage.Transaction) error { return nil }

// Abort does nothing.
func (s *Store) Abort(context.Context, storage.Transaction) {}

// Truncate is refused, as every write is.
func (s *Store) Truncate(context.Context, storage.Transaction, storage.TransactionParams, storage.Iterator) error {
	return &storage.Error{Code: storage.WritesNotSupportedErr}
}
