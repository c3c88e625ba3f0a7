package ownership

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Assignments are what there is of each role, such as an area's holders: sorted by role, none of which is empty. They are
// a list since there are so many of them, one for each area, with a role or two in each: a map of as much takes eight
// times the memory. In JSON they are an object by role.
type Assignments[T any] []Assigned[T]

// Assigned is what there is of one role.
type Assigned[T any] struct {
	Role Role
	Of   []T
}

// AssignmentsOf makes Assignments of a map.
func AssignmentsOf[T any](byRole map[Role][]T) Assignments[T] {
	made := make(Assignments[T], 0, len(byRole))
	for _, role := range slices.Sorted(maps.Keys(byRole)) {
		made = append(made, Assigned[T]{role, byRole[role]})
	}
	return made
}

// Of is what there is of a role, nil where there is nothing.
func (a Assignments[T]) Of(role Role) []T {
	for i := range a {
		if a[i].Role == role {
			return a[i].Of
		}
	}
	return nil
}

// Set says what there is of a role.
func (a *Assignments[T]) Set(role Role, of []T) {
	at, found := slices.BinarySearchFunc(*a, role, func(has Assigned[T], role Role) int { return strings.Compare(string(has.Role), string(role)) })
	if found {
		(*a)[at].Of = of
		return
	}
	*a = slices.Insert(*a, at, Assigned[T]{role, of})
}

// All ranges over the roles in their order.
func (a Assignments[T]) All() iter.Seq2[Role, []T] {
	return func(yield func(Role, []T) bool) {
		for i := range a {
			if !yield(a[i].Role, a[i].Of) {
				return
			}
		}
	}
}

// MarshalJSON writes an object by role; a role that nobody holds has an empty list.
func (a Assignments[T]) MarshalJSON() ([]byte, error) {
	byRole := make(map[Role][]T, len(a))
	for role, of := range a.All() {
		if of == nil {
			of = []T{}
		}
		byRole[role] = of
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // whoever writes the whole decides
	err := encoder.Encode(byRole)
	return text.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Assignments[T]) UnmarshalJSON(text []byte) error {
	var byRole map[Role][]T
	err := json.Unmarshal(text, &byRole)
	*a = AssignmentsOf(byRole)
	return err
}
