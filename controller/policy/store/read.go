package store

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// inline is how many segments of a path a Read holds without allocating:
// remit / teams / team:acme/payments / members.
const inline = 4

// Read is one path below `data` that a policy read, present or absent. Reads can
// be compared with ==.
type Read struct {
	names [inline]string
	depth int
	// deeper are the further segments, each followed by a NUL.
	deeper string
}

// ReadOf makes a Read of the segments of a path.
func ReadOf(path ...string) Read {
	var read Read
	for _, name := range path {
		read.append(name)
	}
	return read
}

func (r *Read) append(name string) {
	if r.depth < inline {
		r.names[r.depth] = name
	} else {
		r.deeper += name + "\x00"
	}
	r.depth++
}

// refRead makes a Read of a reference below data. A composite is no key of a
// document, so the path ends before it.
func refRead(ref ast.Ref) Read {
	var read Read
	for _, term := range ref[1:] {
		switch value := term.Value.(type) {
		case ast.String:
			read.append(string(value))
		case ast.Number:
			read.append(string(value))
		default:
			return read
		}
	}
	return read
}

func (r *Read) segments() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range min(r.depth, inline) {
			if !yield(r.names[i]) {
				return
			}
		}
		r.rest()(yield)
	}
}

// rest are the segments that are not inline.
func (r *Read) rest() iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := r.deeper; rest != ""; {
			name, after, _ := strings.Cut(rest, "\x00")
			if !yield(name) {
				return
			}
			rest = after
		}
	}
}

// Touches says whether the path is the other one, or above or below it.
func (r Read) Touches(path ...string) bool {
	other := ReadOf(path...)
	return r.within(&other) || other.within(&r)
}

// within says whether the path is the other one or below it. Paths that differ
// mostly do so in the key of a document.
func (r *Read) within(other *Read) bool {
	if r.depth < other.depth {
		return false
	}
	for i := min(other.depth, inline) - 1; i >= 0; i-- {
		if r.names[i] != other.names[i] {
			return false
		}
	}
	return other.depth <= inline || strings.HasPrefix(r.deeper, other.deeper)
}

// above gives the path itself and all above it, the shortest first.
func (r *Read) above() iter.Seq[Read] {
	return func(yield func(Read) bool) {
		var path Read
		if !yield(path) {
			return
		}
		for name := range r.segments() {
			path.append(name)
			if !yield(path) {
				return
			}
		}
	}
}

// Path gives the segments, such as {"remit", "teams", "team:acme/payments", "members"}.
func (r Read) Path() []string { return slices.Collect(r.segments()) }

// String gives the path as in the documentation of OPA, with a slash in a
// segment written "~1" (RFC 6901): "/remit/teams/team:acme~1payments/members".
func (r Read) String() string {
	var b strings.Builder
	for name := range r.segments() {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// Compare orders reads by their segments.
func (r Read) Compare(other Read) int {
	for i := range min(r.depth, other.depth, inline) {
		if c := strings.Compare(r.names[i], other.names[i]); c != 0 {
			return c
		}
	}
	return cmp.Or(strings.Compare(r.deeper, other.deeper), cmp.Compare(r.depth, other.depth))
}

// Dotted gives the path as it is written in Rego: data.remit.teams["team:acme/payments"].members.
func (r Read) Dotted() string {
	ref := ast.Ref{ast.DefaultRootDocument}
	for name := range r.segments() {
		ref = append(ref, ast.StringTerm(name))
	}
	return ref.String()
}
