// Package kindcases holds small objects of each kind, valid and invalid, with the
// fields that are wrong in them. It is data for tests: who checks manifests in files
// and an API server with the CRDs must find the same.
//
//	kindcases.All() ──► manifest (files)           ──┐
//	                └─► an API server (the cluster) ──┴─► the same fields
package kindcases

import (
	"fmt"
	"maps"
	"strings"
)

// Case is one object.
type Case struct {
	Reason string
	Kind   string
	Name   string // "x" where empty
	Spec   string // in YAML, in one line
	// Want are the fields that have a problem by the kind's schema and rules; none: the object is valid.
	Want []string
	// Beyond are fields with a problem that shows only beside other objects, or to the library that reads the field. An API
	// server takes these.
	Beyond []string
}

// Manifest is the object as YAML.
func (c Case) Manifest() string {
	name := c.Name
	if name == "" {
		name = "x"
	}
	return fmt.Sprintf("apiVersion: remit.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n", c.Kind, name, c.Spec)
}

// All are the cases of every kind, named "Kind/Case".
func All() map[string]Case {
	all := map[string]Case{}
	for _, cases := range []map[string]Case{
		Areas(), AreaClaims(), RoleAssignments(), Teams(), Policies(), Sources(), ClusterSources(), Grants(), RoleConfigurations(),
	} {
		for name, c := range maps.All(cases) {
			all[c.Kind+"/"+name] = c
		}
	}
	return all
}

// repeat writes n entries of a list or map in one line, each with its number.
func repeat(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ", ")
}

// unconfigured are the fields of n roles that are not configured.
func unconfigured(n int) []string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf("spec.roles[%d].role", i)
	}
	return fields
}
