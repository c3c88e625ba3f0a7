// Package encode turns Go documents into the values that OPA reads, without
// going through JSON, and says what shape a document type has.
//
// It knows no policy, no store and no particular document: it works from Go
// types alone.
//
//	Go type ──ShapeOf──► Shape ──► JSON schema, reference checker, tables
//	Go type + Mask ──NewPlan──► Plan ──Encoder.Value──► ast.Value
package encode

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Kind is what a document is at one place.
type Kind int

// The kinds. Any stands for a place of which nothing is known.
const (
	Any Kind = iota
	String
	Number
	Boolean
	Object // fields known by name
	Map    // keyed by something that is not known beforehand
	Array
	Set
)

// String is the kind's name in JSON schema's words.
func (k Kind) String() string {
	return [...]string{"any", "string", "number", "boolean", "object", "object", "array", "set"}[k]
}

// Shape says what a document looks like at one place. Shapes of one Go type are
// one pointer, so that they can be compared.
type Shape struct {
	Kind Kind
	// Type is the Go type that it was read from; nil for a shape that was put together.
	Type reflect.Type
	// Fields are those of an Object, in the order of declaration.
	Fields []Field
	// Element is what a Map, Array or Set holds.
	Element *Shape
}

// Field is one field of an Object.
type Field struct {
	Name  string
	Shape *Shape
	index int
}

// Field gives the shape of the named field, or nil where there is none.
func (s *Shape) Field(name string) *Shape {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return s.Fields[i].Shape
		}
	}
	return nil
}

// FieldNames lists the fields, sorted.
func (s *Shape) FieldNames() []string {
	names := make([]string, 0, len(s.Fields))
	for _, field := range s.Fields {
		names = append(names, field.Name)
	}
	slices.Sort(names)
	return names
}

// ShapeOf reads the shape of a document type: structs with JSON tags, maps keyed
// by strings, slices, strings, integers, floats and booleans. Anything else is
// an error, since it could not be encoded.
func ShapeOf(t reflect.Type) (*Shape, error) {
	return shapeOf(t, map[reflect.Type]*Shape{})
}

func shapeOf(t reflect.Type, known map[reflect.Type]*Shape) (*Shape, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if shape, ok := known[t]; ok {
		return shape, nil
	}
	shape := &Shape{Type: t}
	known[t] = shape
	switch t.Kind() {
	case reflect.String:
		shape.Kind = String
	case reflect.Bool:
		shape.Kind = Boolean
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		shape.Kind = Number
	case reflect.Slice:
		shape.Kind = Array
		return shape, shape.setElement(t, known)
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return nil, fmt.Errorf("%s: keys must be strings", t)
		}
		shape.Kind = Map
		return shape, shape.setElement(t, known)
	case reflect.Struct:
		shape.Kind = Object
		return shape, shape.setFields(t, known)
	default:
		return nil, fmt.Errorf("%s: a document cannot hold a %s", t, t.Kind())
	}
	return shape, nil
}

func (s *Shape) setElement(t reflect.Type, known map[reflect.Type]*Shape) (err error) {
	s.Element, err = shapeOf(t.Elem(), known)
	return err
}

func (s *Shape) setFields(t reflect.Type, known map[reflect.Type]*Shape) error {
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			return fmt.Errorf("%s.%s: a field of a document needs a JSON name", t, field.Name)
		}
		shape, err := shapeOf(field.Type, known)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, field.Name, err)
		}
		s.Fields = append(s.Fields, Field{Name: name, Shape: shape, index: i})
	}
	return nil
}

// In gives the field's value in a struct of the shape's type.
func (f Field) In(object reflect.Value) reflect.Value { return object.Field(f.index) }
