package manifest

import (
	"fmt"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// origin is where an object was read.
type origin struct {
	location  ownership.Location
	dir, root string
	fields    fieldIndex
}

// typed makes the Go type of a checked object. The error is for what the schema lets through and Go, or a library
// that reads the field, does not.
func typed(kind string, value map[string]any, from origin) (add func(*Set), invalid *field.Error) {
	switch kind {
	case "Area":
		object, err := decode[v1alpha1.Area](value, from)
		if err == nil {
			err = checkSelectors(areaSelectors(&object.Value)...)
		}
		return func(s *Set) { s.Areas = append(s.Areas, object) }, err
	case "RoleAssignment":
		object, err := decode[v1alpha1.RoleAssignment](value, from)
		return func(s *Set) { s.RoleAssignments = append(s.RoleAssignments, object) }, err
	case "Team":
		object, err := decode[v1alpha1.Team](value, from)
		return func(s *Set) { s.Teams = append(s.Teams, object) }, err
	case "ResponsibilityPolicy":
		object, err := decode[v1alpha1.ResponsibilityPolicy](value, from)
		if err == nil {
			err = checkSelectors(policySelectors(&object.Value)...)
		}
		return func(s *Set) { s.Policies = append(s.Policies, object) }, err
	case "OwnershipSource":
		object, err := decode[v1alpha1.OwnershipSource](value, from)
		if err == nil {
			err = checkSelectors(sourceSelectors(&object.Value)...)
		}
		return func(s *Set) { s.Sources = append(s.Sources, object) }, err
	case "RoleConfiguration":
		object, err := decode[v1alpha1.RoleConfiguration](value, from)
		return func(s *Set) { s.Roles = &object }, err
	}
	return nil, field.InternalError(field.NewPath("kind"), fmt.Errorf("the kind %s has a CRD but no Go type", kind))
}

func decode[T any](value map[string]any, from origin) (Object[T], *field.Error) {
	object := Object[T]{Location: from.location, Dir: from.dir, root: from.root, fields: from.fields}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(value, &object.Value); err != nil {
		return object, field.Invalid(nil, "", err.Error())
	}
	return object, nil
}

// checkSelectors refuses what a selector's schema lets through and the library that reads it does not: the form of the
// keys of matchLabels.
func checkSelectors(selectors ...placedSelector) *field.Error {
	for _, s := range selectors {
		if _, err := metav1.LabelSelectorAsSelector(s.selector.Kubernetes()); err != nil {
			return field.Invalid(s.path, "", err.Error())
		}
	}
	return nil
}

// placedSelector is a selector, nil or not, and its path in the object.
type placedSelector struct {
	path     *field.Path
	selector *v1alpha1.LabelSelector
}

func areaSelectors(area *v1alpha1.Area) (all []placedSelector) {
	for i, scope := range area.Spec.Scope.Namespaces {
		at := field.NewPath("spec", "scope", "namespaces").Index(i)
		all = append(all, placedSelector{at.Child("selector"), scope.Selector}, placedSelector{at.Child("workloads"), scope.Workloads})
	}
	return all
}

func policySelectors(policy *v1alpha1.ResponsibilityPolicy) []placedSelector {
	if policy.Spec.Match == nil {
		return nil
	}
	return []placedSelector{{field.NewPath("spec", "match", "areas"), policy.Spec.Match.Areas}}
}

func sourceSelectors(source *v1alpha1.OwnershipSource) (all []placedSelector) {
	if spec := source.Spec.Kubernetes; spec != nil {
		all = append(all, placedSelector{field.NewPath("spec", "kubernetes", "namespaces"), spec.Namespaces})
	}
	for i, grant := range source.Spec.Grants {
		all = append(all, placedSelector{field.NewPath("spec", "grants").Index(i).Child("to", "selector"), grant.To.Selector})
	}
	return all
}
