package manifest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// Objects are the kinds as an API server holds them: checked against their schemas already. They are for reading only.
type Objects struct {
	Areas           []*v1alpha1.Area
	RoleAssignments []*v1alpha1.RoleAssignment
	Teams           []*v1alpha1.Team
	Policies        []*v1alpha1.ResponsibilityPolicy
	Sources         []*v1alpha1.OwnershipSource
	Roles           []*v1alpha1.RoleConfiguration
}

// Assemble makes a set of objects, and checks what no object's own schema can see, as Load does with files. Each object's
// Location is ObjectLocation, so that a problem says whose it is. The order of the objects does not matter.
func (o Objects) Assemble() (*Set, []ownership.Problem) {
	entries := make([]entry, 0, len(o.Areas)+len(o.RoleAssignments)+len(o.Teams)+len(o.Policies)+len(o.Sources)+len(o.Roles))
	var refused []ownership.Problem
	// check leaves an object out whose selectors no schema can check: what it says is unknown then.
	check := func(e entry, lost Lost, selectors []placedSelector) entry {
		if err := checkSelectors(selectors...); err != nil {
			refused = append(refused, ownership.Problem{Location: e.location, Field: err.Field, Reason: ReasonSelectorInvalid, Message: err.Detail, Remedy: "correct the selector"})
			lost.Kind, lost.Namespace, lost.Name, lost.Location = e.kind, e.namespace, e.name, e.location
			e.add, e.lost = nil, lost
		}
		return e
	}
	for _, area := range o.Areas {
		found := inCluster("Area", area.Namespace, area.Name, *area, func(s *Set) *[]Object[v1alpha1.Area] { return &s.Areas })
		if found = check(found, Lost{}, areaSelectors(area)); found.add == nil {
			found.salvaged = &Object[v1alpha1.Area]{Value: *area, Location: found.location}
		}
		entries = append(entries, found)
	}
	for _, assignment := range o.RoleAssignments {
		entries = append(entries, inCluster("RoleAssignment", assignment.Namespace, assignment.Name, *assignment,
			func(s *Set) *[]Object[v1alpha1.RoleAssignment] { return &s.RoleAssignments }))
	}
	for _, team := range o.Teams {
		entries = append(entries, inCluster("Team", "", team.Name, *team, func(s *Set) *[]Object[v1alpha1.Team] { return &s.Teams }))
	}
	for _, policy := range o.Policies {
		found := inCluster("ResponsibilityPolicy", "", policy.Name, *policy,
			func(s *Set) *[]Object[v1alpha1.ResponsibilityPolicy] { return &s.Policies })
		spec := &policy.Spec
		declares := MayDeclare([]byte(spec.Rego)) || spec.Library == "" && spec.Rego == ""
		entries = append(entries, check(found, Lost{Library: spec.Library, Declares: declares}, policySelectors(policy)))
	}
	for _, source := range o.Sources {
		found := inCluster("OwnershipSource", "", source.Name, *source,
			func(s *Set) *[]Object[v1alpha1.OwnershipSource] { return &s.Sources })
		entries = append(entries, check(found, Lost{Sources: kindsOf(&source.Spec), Grants: len(source.Spec.Grants) > 0}, sourceSelectors(source)))
	}
	for _, roles := range o.Roles {
		object := Object[v1alpha1.RoleConfiguration]{Value: *roles, Location: ObjectLocation("RoleConfiguration", "", roles.Name)}
		entries = append(entries, entry{
			kind: "RoleConfiguration", name: roles.Name, location: object.Location, add: func(s *Set) { s.Roles = &object },
		})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.namespace, b.namespace), strings.Compare(a.name, b.name))
	})
	set, problems := assemble(entries, true)
	return set, append(refused, problems...)
}

func inCluster[T any](kind, namespace, name string, value T, list func(*Set) *[]Object[T]) entry {
	object := Object[T]{Value: value, Location: ObjectLocation(kind, namespace, name)}
	return entry{kind: kind, namespace: namespace, name: name, location: object.Location, add: func(s *Set) {
		to := list(s)
		*to = append(*to, object)
	}}
}

// ObjectLocation is the place of an object that stands in a cluster and in no file, such as "area payments/checkout".
func ObjectLocation(kind, namespace, name string) ownership.Location {
	if namespace != "" {
		name = namespace + "/" + name
	}
	return ownership.Location{File: strings.ToLower(kind) + " " + name}
}

// kindsOf is the kind that a source is of.
func kindsOf(spec *v1alpha1.OwnershipSourceSpec) []ownership.SourceKind {
	switch {
	case spec.Git != nil:
		return []ownership.SourceKind{ownership.SourceGit}
	case spec.People != nil:
		return []ownership.SourceKind{ownership.SourcePeople}
	case spec.Catalog != nil:
		return []ownership.SourceKind{ownership.SourceCatalog}
	}
	return []ownership.SourceKind{ownership.SourceKubernetes}
}
