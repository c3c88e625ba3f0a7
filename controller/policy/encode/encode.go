package encode

import (
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"
)

// internLimit bounds an Encoder's table of strings, which holds holders, roles
// and tiers: they come again in every area.
const internLimit = 1 << 14

// Plan says how values of one Go type become ast.Values. A Plan is immutable and
// safe for concurrent use.
type Plan struct {
	kind    reflect.Kind
	fields  []fieldPlan
	element *Plan
	mask    *Mask // of a map
}

type fieldPlan struct {
	key   *ast.Term
	index int
	plan  *Plan
}

// NewPlan makes the plan for a document type. Only what is in the mask is
// encoded: a part that no policy refers to costs nothing.
func NewPlan(t reflect.Type, mask *Mask) (*Plan, error) {
	shape, err := ShapeOf(t)
	if err != nil {
		return nil, err
	}
	return newPlan(shape, mask), nil
}

func newPlan(shape *Shape, mask *Mask) *Plan {
	plan := &Plan{kind: shape.Type.Kind(), mask: mask}
	switch shape.Kind {
	case Object:
		for _, field := range shape.Fields {
			below := mask.below(field.Name)
			if below == nil {
				continue
			}
			plan.fields = append(plan.fields, fieldPlan{
				key: ast.StringTerm(field.Name), index: field.index, plan: newPlan(field.Shape, below),
			})
		}
	case Map:
		// What is under the keys is encoded whole: a mask for each key would be
		// a plan for each key.
		plan.element = newPlan(shape.Element, Whole())
	case Array:
		plan.element = newPlan(shape.Element, Whole())
	}
	return plan
}

// Encoder encodes values by a Plan. It keeps scratch space and a table of
// strings, so each goroutine has its own.
type Encoder struct {
	strings map[string]*ast.Term
	scratch [][2]*ast.Term
}

// NewEncoder makes an Encoder.
func NewEncoder() *Encoder { return &Encoder{strings: map[string]*ast.Term{}} }

// Value encodes a document of the plan's type, or a pointer to one. A nil slice
// is an empty array, a nil map an empty object.
func (e *Encoder) Value(plan *Plan, document any) (ast.Value, error) {
	value := reflect.ValueOf(document)
	for value.Kind() == reflect.Pointer && !value.IsNil() {
		value = value.Elem()
	}
	return e.Reflected(plan, value)
}

// Reflected encodes a document that is at hand as a reflect.Value.
func (e *Encoder) Reflected(plan *Plan, value reflect.Value) (ast.Value, error) {
	if value.Kind() != plan.kind {
		return nil, fmt.Errorf("encode: a plan for a %s was given a %s", plan.kind, value.Kind())
	}
	return e.term(plan, value).Value, nil
}

func (e *Encoder) term(plan *Plan, value reflect.Value) *ast.Term {
	for value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return ast.InternedNullTerm
		}
		value = value.Elem()
	}
	switch plan.kind {
	case reflect.String:
		return e.text(value.String())
	case reflect.Bool:
		return ast.InternedTerm(value.Bool())
	case reflect.Float32, reflect.Float64:
		return ast.FloatNumberTerm(value.Float())
	case reflect.Struct:
		return e.object(plan, value)
	case reflect.Map:
		return e.keyed(plan, value)
	case reflect.Slice:
		return e.array(plan, value)
	default: // NewPlan lets nothing else through but integers
		return ast.InternedTerm(value.Int())
	}
}

func (e *Encoder) object(plan *Plan, value reflect.Value) *ast.Term {
	start := len(e.scratch)
	for i := range plan.fields {
		field := &plan.fields[i]
		term := e.term(field.plan, value.Field(field.index))
		e.scratch = append(e.scratch, [2]*ast.Term{field.key, term})
	}
	return e.cut(start)
}

func (e *Encoder) keyed(plan *Plan, value reflect.Value) *ast.Term {
	if value.Len() == 0 {
		return ast.InternedEmptyObject
	}
	start := len(e.scratch)
	if plan.mask.whole {
		for items := value.MapRange(); items.Next(); {
			term := e.term(plan.element, items.Value())
			e.scratch = append(e.scratch, [2]*ast.Term{e.text(items.Key().String()), term})
		}
		return e.cut(start)
	}
	for name := range plan.mask.fields {
		item := value.MapIndex(reflect.ValueOf(name).Convert(value.Type().Key()))
		if item.IsValid() {
			term := e.term(plan.element, item)
			e.scratch = append(e.scratch, [2]*ast.Term{e.text(name), term})
		}
	}
	return e.cut(start)
}

// cut makes an object of the pairs from start on. NewObject copies them.
func (e *Encoder) cut(start int) *ast.Term {
	object := ast.NewObject(e.scratch[start:]...)
	clear(e.scratch[start:])
	e.scratch = e.scratch[:start]
	return ast.NewTerm(object)
}

func (e *Encoder) array(plan *Plan, value reflect.Value) *ast.Term {
	n := value.Len()
	if n == 0 {
		return ast.InternedEmptyArray
	}
	terms := make([]*ast.Term, n)
	for i := range n {
		terms[i] = e.term(plan.element, value.Index(i))
	}
	return ast.ArrayTerm(terms...)
}

func (e *Encoder) text(s string) *ast.Term {
	if s == "" {
		return ast.InternedEmptyString
	}
	if term, ok := e.strings[s]; ok {
		return term
	}
	term := ast.StringTerm(s)
	if len(e.strings) < internLimit && len(s) <= 128 {
		e.strings[s] = term
	}
	return term
}
