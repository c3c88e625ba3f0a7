package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// Digest stands for a document or a policy: the first half of its SHA-256.
type Digest [16]byte

// digester sums up texts, each with its length before it.
type digester struct{ bytes []byte }

func (d *digester) text(texts ...string) {
	for _, text := range texts {
		d.bytes = binary.AppendUvarint(d.bytes, uint64(len(text)))
		d.bytes = append(d.bytes, text...)
	}
}

func (d *digester) location(at ownership.Location) {
	d.text(at.Repository, at.File, fmt.Sprint(at.Line, " ", at.Column))
}

func (d *digester) sum() Digest {
	sum := sha256.Sum256(d.bytes)
	return Digest(sum[:len(Digest{})])
}

// digest stands for all that makes an instance say what it says, and where it says that it does.
func (s *Source) digest(roles roles) Digest {
	d := &digester{}
	d.text(s.Name, s.File, string(s.Text), fmt.Sprint(s.Embedded), string(s.Severity))
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		d.text(name, string(s.Parameters[name]))
	}
	d.text("roles")
	d.text(roles...)
	d.location(s.Location)
	return d.sum()
}

// Digest stands for what the policies of the set can read of a subject's input, and for what of it is unknown. Two
// subjects of a kind with the same digest are judged the same, as far as their input goes. It is the zero Digest where no
// policy judges the kind, and an error where the input is not of the kind's type.
func (s *Set) Digest(subject *Subject) (Digest, error) {
	plan := s.plans[subject.Kind]
	if plan == nil {
		return Digest{}, nil
	}
	value := reflect.ValueOf(subject.Input)
	for value.Kind() == reflect.Pointer && !value.IsNil() {
		value = value.Elem()
	}
	if want := s.types[subject.Kind]; value.Type() != want {
		return Digest{}, fmt.Errorf("input of %s %s: a %s, not a %s", subject.Kind, subject.ID, value.Type(), want)
	}
	d, _ := s.buffers.Get().(*digester)
	if d == nil {
		d = &digester{}
	}
	defer s.buffers.Put(d)
	d.bytes = plan.Append(d.bytes[:0], value)
	for _, unknown := range subject.Unknown {
		d.text("unknown", unknown.Because, fmt.Sprint(unknown.Incomplete, len(unknown.Path)))
		d.text(unknown.Path...)
	}
	return d.sum(), nil
}
