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
		return func(s *Set) { s.Areas = append(s.Areas, object) }, err
	case "RoleAssignment":
		object, err := decode[v1alpha1.RoleAssignment](value, from)
		return func(s *Set) { s.RoleAssignments = append(s.RoleAssignments, object) }, err
	case "Team":
		object, err := decode[v1alpha1.Team](value, from)
		return func(s *Set) { s.Teams = append(s.Teams, object) }, err
	case "ResponsibilityPolicy":
		object, err := decode[v1alpha1.ResponsibilityPolicy](value, from)
		if err == nil && object.Value.Spec.Match != nil {
			err = checkSelector(object.Value.Spec.Match.Areas)
		}
		return func(s *Set) { s.Policies = append(s.Policies, object) }, err
	case "OwnershipSource":
		object, err := decode[v1alpha1.OwnershipSource](value, from)
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

// checkSelector refuses operators and values that the selector's library does not know; its schema is Kubernetes'
// own, which leaves that to who reads it.
func checkSelector(selector *metav1.LabelSelector) *field.Error {
	if _, err := metav1.LabelSelectorAsSelector(selector); err != nil {
		return field.Invalid(field.NewPath("spec", "match", "areas"), "", err.Error())
	}
	return nil
}
