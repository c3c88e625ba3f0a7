// Package kindcases holds small objects of each kind, valid and invalid, with the
// fields that are wrong in them. It is data for tests: who checks manifests in files
// and an API server with the CRDs must find the same.
//
//	kindcases.All() ──► manifest (files)           ──┐
//	                └─► an API server (the cluster) ──┴─► the same fields
package kindcases

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
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

// All are the cases of every kind that people declare, named "Kind/Case".
func All() map[string]Case {
	all := map[string]Case{}
	for _, cases := range []map[string]Case{
		Areas(), AreaClaims(), Selectors(), RoleAssignments(), Teams(), Policies(), Sources(), ClusterSources(), Grants(), RoleConfigurations(),
	} {
		for name, c := range maps.All(cases) {
			all[c.Kind+"/"+name] = c
		}
	}
	return all
}

// Valid are the sound objects of a kind, as decoded, the smallest first.
func Valid(kind string) ([]map[string]any, error) {
	var valid []map[string]any
	all := All()
	maps.Copy(all, Remediations())
	order := func(a, b string) int { return cmp.Or(len(all[a].Spec)-len(all[b].Spec), strings.Compare(a, b)) }
	for _, name := range slices.SortedFunc(maps.Keys(all), order) {
		c := all[name]
		if c.Kind != kind || len(c.Want) > 0 {
			continue
		}
		var object map[string]any
		if err := yaml.Unmarshal([]byte(c.Manifest()), &object); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		valid = append(valid, object)
	}
	return valid, nil
}

// long is a holder of more bytes than it may have, and of fewer characters.
func long() string { return "'user:a" + strings.Repeat("é", 150) + "'" }

// selectors are selectors that a rule refuses, in the places of a spec that takes one: %s stands for it, and at is its field.
func selectors(kind, spec, at string) map[string]Case {
	at += ".matchExpressions[0].values"
	return map[string]Case{
		"SelectorIn " + at:     {Reason: "in what?", Kind: kind, Spec: fmt.Sprintf(spec, `{matchExpressions: [{key: a, operator: NotIn}]}`), Want: []string{at}},
		"SelectorExists " + at: {Reason: "they would not count", Kind: kind, Spec: fmt.Sprintf(spec, `{matchExpressions: [{key: a, operator: Exists, values: [b]}]}`), Want: []string{at}},
	}
}

// Selectors are objects of all kinds that have selectors.
func Selectors() map[string]Case {
	all := map[string]Case{}
	for _, cases := range []map[string]Case{
		selectors("Area", `{scope: {namespaces: [{selector: %s}]}}`, "spec.scope.namespaces[0].selector"),
		selectors("Area", `{scope: {namespaces: [{name: a, workloads: %s}]}}`, "spec.scope.namespaces[0].workloads"),
		selectors("ResponsibilityPolicy", `{library: a, match: {areas: %s}}`, "spec.match.areas"),
		selectors("OwnershipSource", `{kubernetes: {namespaces: %s}}`, "spec.kubernetes.namespaces"),
		selectors("OwnershipSource", `{people: {path: x}, grants: [{to: {selector: %s}}]}`, "spec.grants[0].to.selector"),
	} {
		maps.Copy(all, cases)
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
