package manifest

import "github.com/remit-dev/remit/controller/ownership"

// Place is where one field of an object stands. The field is known by a hash of its path, as FieldLocation looks it up.
type Place struct {
	Hash         uint64
	Line, Column int32
}

// Places are where the object's fields stand, in ascending order of the hashes, for a recording.
func (o Object[T]) Places() []Place {
	if o.fields == nil {
		return nil
	}
	places := make([]Place, len(o.fields))
	for i, field := range o.fields {
		places[i] = Place{Hash: field.hash, Line: field.line, Column: field.column}
	}
	return places
}

// Restore makes an object of its parts. It was read from no folder, so ReadBeside reads nothing for it. The places
// must be in ascending order of their hashes, as Places gives them.
func Restore[T any](value T, location ownership.Location, dir string, places []Place) Object[T] {
	object := Object[T]{Value: value, Location: location, Dir: dir}
	if places == nil {
		return object
	}
	object.fields = make(fieldIndex, len(places))
	for i, place := range places {
		object.fields[i] = fieldPlace{hash: place.Hash, line: place.Line, column: place.Column}
	}
	return object
}

// FieldHash is the hash by which a field's path is known in a Place.
func FieldHash(path string) uint64 { return hashPath(canonicalPath(path)) }
