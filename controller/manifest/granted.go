package manifest

import (
	"cmp"
	"maps"
	"path"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// Granted is what grants leave to areas, as far as it does not show in the areas themselves. Without any, everything is
// left to everybody.
type Granted struct {
	// OwnNamespace is the namespace whose areas need no grants.
	OwnNamespace string
	// Namespaces say, by the namespace of an Area, which namespaces of the cluster it may claim by their labels.
	Namespaces map[string]GrantedNamespaces
	// Uninherited are the holders, by area, whom it would inherit from its parents and no grant allows there; the zero
	// RoleHolder alone stands for all.
	Uninherited map[ownership.AreaID][]RoleHolder
}

// GrantedNamespaces are patterns of path.Match for the names of namespaces.
type GrantedNamespaces struct {
	Patterns []string
	// Possible are those of which it is unknown whether they are granted, Unknown says why.
	Possible []string
	Unknown  string
}

// RoleHolder is a holder in a role.
type RoleHolder struct {
	Role   ownership.Role
	Holder ownership.Holder
}

// Needs says whether the areas of a namespace claim by grants alone.
func (g *Granted) Needs(namespace string) bool { return g != nil && namespace != g.OwnNamespace }

// MaySelect says whether the areas of one namespace may claim another one by its labels. Where unknown is not empty it says why
// that is not known.
func (g *Granted) MaySelect(areas, namespace string) (may bool, unknown string) {
	if !g.Needs(areas) {
		return true, ""
	}
	granted := g.Namespaces[areas]
	matches := func(pattern string) bool {
		matched, err := path.Match(pattern, namespace)
		return err == nil && matched
	}
	switch {
	case slices.ContainsFunc(granted.Patterns, matches):
		return true, ""
	case slices.ContainsFunc(granted.Possible, matches):
		return false, granted.Unknown
	}
	return false, ""
}

// Inherits says whether an area may inherit a holder.
func (g *Granted) Inherits(area ownership.AreaID, role ownership.Role, holder ownership.Holder) bool {
	if g == nil {
		return true
	}
	not := g.Uninherited[area]
	return !slices.Contains(not, RoleHolder{role, holder}) && (len(not) == 0 || not[0] != (RoleHolder{}))
}

// Without gives the object with another value, from which parts of lists are gone: moved says for the paths of the
// parts that are left what they were.
func Without[T any](object Object[T], value T, moved map[string]string) Object[T] {
	object.Value = value
	if len(moved) == 0 || object.fields == nil {
		return object
	}
	fields := make(map[uint64]fieldPlace, len(object.fields)+len(moved))
	for _, field := range object.fields {
		fields[field.hash] = field
	}
	for now, was := range moved {
		hash := FieldHash(now)
		if at := object.fields.find(canonicalPath(was)); at >= 0 {
			fields[hash] = fieldPlace{hash: hash, line: object.fields[at].line, column: object.fields[at].column}
		} else {
			delete(fields, hash)
		}
	}
	object.fields = slices.SortedFunc(maps.Values(fields), func(a, b fieldPlace) int { return cmp.Compare(a.hash, b.hash) })
	return object
}
