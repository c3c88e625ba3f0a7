package policy

import (
	"maps"
	"reflect"
	"slices"

	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// The kinds of subject, the values of custom.subject.
const (
	SubjectArea         = "area"
	SubjectPerson       = "person"
	SubjectOrganisation = "organisation"
	SubjectTeam         = "team"
	SubjectSchedule     = "schedule"
)

// Subject is one thing to be judged.
type Subject struct {
	// ID is unique among the subjects of its kind; for an area it is the AreaID.
	ID string
	// Kind is one of SubjectArea, SubjectTeam, SubjectPerson, SubjectSchedule and SubjectOrganisation.
	Kind string
	// Input is the document: *AreaInput, *TeamInput, *PersonInput, *ScheduleInput or *OrganisationInput.
	Input any
	// Unknown are the paths of Input that could not be read whole, such as {"observed", "approver"}. One without a path says that it is
	// not known whether there is such a subject.
	Unknown []store.Unknown
	// Make makes Input and Unknown when the subject is judged, so that not all documents are in memory at once; nil where
	// they are given. It is called from any goroutine.
	Make func() (input any, unknown []store.Unknown)
}

// made is the subject with its document.
func (s *Subject) made() *Subject {
	if s.Make == nil {
		return s
	}
	made := Subject{ID: s.ID, Kind: s.Kind}
	made.Input, made.Unknown = s.Make()
	return &made
}

// NewStore serves a snapshot's documents. The unknown paths start with "remit",
// such as {"remit", "people"} or {"remit", "teams", "team:acme/payments"}. The
// data must not be changed afterwards.
func NewStore(data *Data, unknown ...store.Unknown) (*store.Store, error) {
	return store.New(data, unknown...)
}

// inputTypes gives the Go type of `input` for each kind of subject.
func inputTypes() map[string]reflect.Type {
	return map[string]reflect.Type{
		SubjectArea:         reflect.TypeFor[AreaInput](),
		SubjectTeam:         reflect.TypeFor[TeamInput](),
		SubjectPerson:       reflect.TypeFor[PersonInput](),
		SubjectSchedule:     reflect.TypeFor[ScheduleInput](),
		SubjectOrganisation: reflect.TypeFor[OrganisationInput](),
	}
}

// SubjectKinds lists the kinds of subject that can be judged, sorted.
func SubjectKinds() []string { return slices.Sorted(maps.Keys(inputTypes())) }

// documents are the shapes of everything that policies read.
type documents struct {
	inputs map[string]*encode.Shape
	data   *encode.Shape
}

// newDocuments reads the shapes from the Go types; a type that cannot be a
// document is a mistake in this package, found by any test.
func newDocuments() documents {
	d := documents{inputs: map[string]*encode.Shape{}, data: shapeOf(reflect.TypeFor[Data]())}
	for kind, t := range inputTypes() {
		d.inputs[kind] = shapeOf(t)
	}
	return d
}

func shapeOf(t reflect.Type) *encode.Shape {
	shape, err := encode.ShapeOf(t)
	if err != nil {
		panic(err)
	}
	return shape
}
