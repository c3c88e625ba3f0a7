package policy

import (
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/encode"
)

// AnyRole among the roles given to Compile says that the configured roles are not known: then no role is refused.
const AnyRole = "*"

// roles are the names of the configured roles. A name that is none of them is never a key of declared or observed, so
// what a policy says of it would be silent for ever.
type roles []string

func newRoles(configured []string) roles {
	if len(configured) > 0 {
		return configured
	}
	var names roles
	for _, definition := range ownership.DefaultRoles() {
		names = append(names, string(definition.Role))
	}
	return names
}

func (r roles) has(name string) bool { return slices.Contains(r, name) || slices.Contains(r, AnyRole) }

// remedy says which role may be meant, and which there are.
func (r roles) remedy(name string) string {
	remedy := "use one of " + strings.Join(slices.Sorted(slices.Values(r)), ", ")
	if near := nearest.Question(name, r); near != "" {
		return near + " " + remedy
	}
	return remedy
}

// byRole says whether a document's keys are roles, which its Go type tells: nothing else has holders, or whole
// numbers, by name.
func byRole(shape *encode.Shape) bool {
	switch shape.Type {
	case reflect.TypeFor[map[string][]DeclaredHolder](), reflect.TypeFor[map[string][]ObservedHolder](), reflect.TypeFor[map[string]int]():
		return true
	}
	return false
}

// roleKey checks the last key of a reference into a document that is keyed by role. A key that is computed is known
// only when it runs.
func (c *checker) roleKey(ref ast.Ref, location *ast.Location) {
	name, literal := ref[len(ref)-1].Value.(ast.String)
	if literal && !c.roles.has(string(name)) {
		c.problem(location, c.roles.remedy(string(name)), "%s does not exist: %q is no configured role", c.written(ref), string(name))
	}
}
