package policy

import (
	"maps"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/policy/encode"
)

// scope is what the checker knows of variables at one point of a rule's body:
// the shapes of those that could be followed, and which ones are bound.
type scope struct {
	shapes map[ast.Var]*encode.Shape
	bound  ast.VarSet
}

func newScope() *scope {
	return &scope{shapes: map[ast.Var]*encode.Shape{}, bound: ast.ReservedVars.Copy()}
}

// closure is the scope of a comprehension or an every: what is bound inside
// stays inside.
func (s *scope) closure() *scope {
	return &scope{shapes: maps.Clone(s.shapes), bound: s.bound.Copy()}
}

// bind gives the variables of a pattern the shapes of what it is matched with.
// A nil shape says nothing.
func (s *scope) bind(pattern *ast.Term, shape *encode.Shape) {
	if shape == nil {
		return
	}
	switch value := pattern.Value.(type) {
	case ast.Var:
		if _, known := s.shapes[value]; !known {
			s.shapes[value] = shape
		}
	case *ast.Array:
		if shape.Kind == encode.Array {
			value.Foreach(func(element *ast.Term) { s.bind(element, shape.Element) })
		}
	case ast.Object:
		value.Foreach(func(key, element *ast.Term) {
			name, ok := key.Value.(ast.String)
			switch {
			case shape.Kind == encode.Map:
				s.bind(element, shape.Element)
			case ok && shape.Kind == encode.Object:
				s.bind(element, shape.Field(string(name)))
			}
		})
	}
}

// bindAll marks the variables of a term as bound.
func (s *scope) bindAll(term *ast.Term) {
	if term == nil {
		return
	}
	ast.WalkVars(term, func(v ast.Var) bool {
		s.bound.Add(v)
		return false
	})
}

// same says whether two shapes are one.
func same(a, b *encode.Shape) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	if a.Type != nil || b.Type != nil || a.Kind != b.Kind || a.Kind == encode.Object {
		return false
	}
	return same(a.Element, b.Element)
}

// joined is the shape of something that has one of several shapes: theirs if
// they agree, and nothing known otherwise.
type joined struct {
	shape *encode.Shape
	set   bool
}

func (j *joined) add(shape *encode.Shape) {
	switch {
	case !j.set:
		j.shape, j.set = shape, true
	case !same(j.shape, shape):
		j.shape = nil
	}
}

func collection(kind encode.Kind, element *encode.Shape) *encode.Shape {
	return &encode.Shape{Kind: kind, Element: element}
}
