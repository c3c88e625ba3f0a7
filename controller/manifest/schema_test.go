package manifest

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/remit-dev/remit/crds"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func eachCRD(t *testing.T, check func(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition)) {
	t.Helper()
	files, err := fs.Glob(crds.FS, "*.yaml")
	if err != nil || len(files) != 7 {
		t.Fatalf("want the CRDs of 7 kinds, got %d, error %v", len(files), err)
	}
	for _, file := range files {
		text, err := crds.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.UnmarshalStrict(text, &crd); err != nil {
			t.Fatal(err)
		}
		t.Run(crd.Spec.Names.Kind, func(t *testing.T) { check(t, &crd) })
	}
}

// Every list and text is bounded and every field explained, in the spec and in the status; every pattern of a spec has words
// for who breaks it.
func TestSchemasAreBounded(t *testing.T) {
	meanings, used := patternMeanings(), map[string]bool{}
	var walk func(t *testing.T, path string, schema *apiextensionsv1.JSONSchemaProps)
	walk = func(t *testing.T, path string, schema *apiextensionsv1.JSONSchemaProps) {
		if schema.Pattern != "" && strings.HasPrefix(path, "spec") {
			used[schema.Pattern] = true
			if meanings[schema.Pattern] == "" {
				t.Errorf("%s: no words for the pattern %s", path, schema.Pattern)
			}
		}
		switch schema.Type {
		case "string":
			if schema.MaxLength == nil && schema.Enum == nil && schema.Format == "" {
				t.Errorf("%s: text without maxLength", path)
			}
		case "array":
			if schema.MaxItems == nil || schema.XListType == nil {
				t.Errorf("%s: list without maxItems or listType", path)
			}
			walk(t, path+"[]", schema.Items.Schema)
		case "object":
			if schema.AdditionalProperties != nil {
				if schema.MaxProperties == nil {
					t.Errorf("%s: map without maxProperties", path)
				}
				walk(t, path+"{}", schema.AdditionalProperties.Schema)
			}
			for name, property := range schema.Properties {
				if property.Description == "" {
					t.Errorf("%s: kubectl explain says nothing of it", childPath(path, name))
				}
				walk(t, childPath(path, name), &property)
			}
		}
	}
	eachCRD(t, func(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition) {
		for _, part := range []string{"spec", "status"} {
			schema := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties[part]
			if len(schema.Properties) == 0 {
				t.Errorf("there is no %s", part)
			}
			walk(t, part, &schema)
		}
	})
	for pattern := range meanings {
		if !used[pattern] {
			t.Errorf("words for a pattern that no schema has: %s", pattern)
		}
	}
}

func TestPrinterColumns(t *testing.T) {
	eachCRD(t, func(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition) {
		if len(crd.Spec.Versions[0].AdditionalPrinterColumns) < 2 {
			t.Error("kubectl get shows too little")
		}
		if len(crd.Spec.Names.Categories) != 1 || crd.Spec.Names.Categories[0] != "remit" {
			t.Errorf("categories %v, want remit, for kubectl get remit", crd.Spec.Names.Categories)
		}
	})
}
