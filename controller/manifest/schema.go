package manifest

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/crds"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	schemacel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metavalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

const (
	group      = v1alpha1.Group
	apiVersion = v1alpha1.Group + "/" + v1alpha1.Version
)

// madeByRemit is the kind that nobody declares: a folder may hold a copy of such an object, which is passed over.
const madeByRemit = "Remediation"

// kindSchema checks the objects of one kind, as an API server with the kind's CRD does.
type kindSchema struct {
	namespaced bool
	structural *structural.Structural
	schema     validation.SchemaValidator
	cel        *schemacel.Validator
	messages   map[string]bool // of its rules
}

// schemas compiles the kinds' CRDs, each when it is first asked for: compiling the CEL rules takes far longer than
// checking a small folder of manifests.
type schemas map[string]func() (*kindSchema, error)

// kinds are the names of all kinds, sorted.
func (s schemas) kinds() []string { return slices.Sorted(maps.Keys(s)) }

// newSchemas reads the embedded CRDs. It fails only if a build embedded broken ones.
func newSchemas() (schemas, error) {
	files, err := fs.Glob(crds.FS, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the embedded CRDs: %w", err)
	}
	all := make(schemas, len(files))
	for _, file := range files {
		text, err := crds.FS.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the embedded CRD %s: %w", file, err)
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.UnmarshalStrict(text, &crd); err != nil {
			return nil, fmt.Errorf("decoding the embedded CRD %s: %w", file, err)
		}
		if crd.Spec.Names.Kind == madeByRemit {
			continue
		}
		all[crd.Spec.Names.Kind] = sync.OnceValues(func() (*kindSchema, error) {
			schema, err := compileSchema(&crd)
			if err != nil {
				return nil, fmt.Errorf("compiling the schema of %s: %w", crd.Spec.Names.Kind, err)
			}
			return schema, nil
		})
	}
	return all, nil
}

func compileSchema(crd *apiextensionsv1.CustomResourceDefinition) (*kindSchema, error) {
	var internal apiextensions.CustomResourceDefinition
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(crd, &internal, nil); err != nil {
		return nil, err
	}
	var props *apiextensions.JSONSchemaProps
	for _, version := range internal.Spec.Versions {
		if version.Name == v1alpha1.Version && version.Schema != nil {
			props = version.Schema.OpenAPIV3Schema
		}
	}
	if props == nil && internal.Spec.Validation != nil { // the internal form moves the schema of a single version here
		props = internal.Spec.Validation.OpenAPIV3Schema
	}
	if props == nil {
		return nil, fmt.Errorf("version %s has no schema", v1alpha1.Version)
	}
	shape, err := structural.NewStructural(props)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return nil, err
	}
	messages := map[string]bool{}
	messagesOf(shape, messages)
	return &kindSchema{
		messages:   messages,
		namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
		structural: shape,
		schema:     validator,
		cel:        schemacel.NewValidator(shape, true, celconfig.PerCallLimit),
	}, nil
}

// check does what an API server does with an object that is created, in its order: metadata, unknown fields, nulls,
// defaults, schema, lists that are sets or maps, CEL rules. It changes the object: unknown fields go, defaults come.
// (apiextensions-apiserver: schemaCoercingDecoder, unstructuredDefaulter, customResourceStrategy.Validate)
func (s *kindSchema) check(ctx context.Context, object map[string]any) (unknown []string, errs field.ErrorList) {
	delete(object, "status") // as a server does where status is a subresource
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	switch {
	case err != nil:
		if _, isMap := object["metadata"].(map[string]any); isMap { // anything else is for the schema to say
			errs = append(errs, explainMetadata(err))
		}
	case !found:
		errs = append(errs, field.Required(field.NewPath("metadata"), ""))
	default:
		if s.namespaced && meta.Namespace == "" {
			meta.Namespace = DefaultNamespace
		}
		if err := objectmeta.SetObjectMeta(object, meta); err != nil {
			errs = append(errs, field.InternalError(field.NewPath("metadata"), err))
		}
		errs = append(errs, metavalidation.ValidateObjectMeta(meta, s.namespaced, metavalidation.NameIsDNSSubdomain, field.NewPath("metadata"))...)
	}
	unknown = append(unknown, pruning.PruneWithOptions(object, s.structural, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object, s.structural)
	defaulting.Default(object, s.structural)

	errs = append(errs, validation.ValidateCustomResource(nil, object, s.schema)...)
	errs = append(errs, objectmeta.Validate(ctx, nil, object, s.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, s.structural, object)...)
	if s.cel == nil {
		return unknown, errs
	}
	broken, _ := s.cel.Validate(ctx, nil, s.structural, object, nil, celconfig.RuntimeCELCostBudget)
	if blocking(errs) {
		broken = s.independent(broken, errs)
	}
	return unknown, append(errs, broken...)
}

// independent are the rules that are broken whatever else is wrong. An API server asks no rule of an object of the wrong shape,
// so that people would see what is wrong in rounds. A rule sees what is below its own field: what is said of a field with no
// other error in it or around it is no consequence of one, and neither is it a failure of the rule itself, since it has the
// rule's own message.
func (s *kindSchema) independent(broken, errs field.ErrorList) field.ErrorList {
	within := func(inner, outer string) bool {
		return inner == outer || outer == "" || strings.HasPrefix(inner, outer) && strings.ContainsRune(".[", rune(inner[len(outer)]))
	}
	return slices.DeleteFunc(broken, func(rule *field.Error) bool {
		at := canonicalPath(rule.Field)
		return !s.messages[rule.Detail] || slices.ContainsFunc(errs, func(err *field.Error) bool {
			other := canonicalPath(err.Field)
			return within(at, other) || within(other, at)
		})
	})
}

// messagesOf are what the rules of a schema say that are broken.
func messagesOf(shape *structural.Structural, to map[string]bool) {
	if shape == nil {
		return
	}
	for _, rule := range shape.XValidations {
		to[rule.Message] = true
	}
	for name := range shape.Properties {
		property := shape.Properties[name]
		messagesOf(&property, to)
	}
	messagesOf(shape.Items, to)
	if shape.AdditionalProperties != nil {
		messagesOf(shape.AdditionalProperties.Structural, to)
	}
}

// blocking says that CEL rules would see an object of the wrong shape (customresource.hasBlockingErr).
func blocking(errs field.ErrorList) bool {
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return true
		}
	}
	return false
}

// properties are the fields that the schema knows at the path, such as "spec.roles[0]"; nil where it knows none.
func (s *kindSchema) properties(path string) []string {
	shape := s.structural
	for _, step := range splitPath(path) {
		switch property, known := shape.Properties[step]; {
		case isIndex(step) && shape.Items != nil:
			shape = shape.Items
		case known:
			shape = &property
		case shape.AdditionalProperties != nil && shape.AdditionalProperties.Structural != nil:
			shape = shape.AdditionalProperties.Structural
		default:
			return nil
		}
	}
	names := make([]string, 0, len(shape.Properties))
	for name := range shape.Properties {
		names = append(names, name)
	}
	return names
}
