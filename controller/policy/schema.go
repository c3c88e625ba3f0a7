package policy

import (
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// Schemas are the JSON schemas (draft 7) of what policies read, by file name:
// "area.json", "person.json" and "organisation.json" for `input`, "data.json"
// for `data.remit`. They are for editors and for `opa check --schema`.
func Schemas() (map[string][]byte, error) {
	documents := newDocuments()
	files := map[string][]byte{}
	write := func(name, title string, shape *encode.Shape) error {
		schema := schemaOf(shape)
		schema["$schema"] = "http://json-schema.org/draft-07/schema#"
		schema["title"] = title
		text, err := json.MarshalIndent(schema, "", "  ")
		if err != nil {
			return fmt.Errorf("schema of %s: %w", name, err)
		}
		files[name+".json"] = append(text, '\n')
		return nil
	}
	for kind, shape := range documents.inputs {
		if err := write(kind, "input where the subject is: "+kind, shape); err != nil {
			return nil, err
		}
	}
	return files, write("data", "data.remit", documents.data)
}

// schemaOf gives the schema of a shape. Objects are closed, so that a misspelt
// field is an error.
func schemaOf(shape *encode.Shape) map[string]any {
	schema := map[string]any{"type": shape.Kind.String()}
	switch shape.Kind {
	case encode.Object:
		properties := map[string]any{}
		for _, field := range shape.Fields {
			properties[field.Name] = schemaOf(field.Shape)
		}
		schema["properties"] = properties
		schema["required"] = shape.FieldNames()
		schema["additionalProperties"] = false
	case encode.Map:
		schema["additionalProperties"] = schemaOf(shape.Element)
	case encode.Array:
		schema["items"] = schemaOf(shape.Element)
	}
	return schema
}

// schemaSet is what OPA's type checker is given for a kind of subject.
func (d documents) schemaSet(kind string) *ast.SchemaSet {
	set := ast.NewSchemaSet()
	set.Put(ast.SchemaRootRef, schemaOf(d.inputs[kind]))
	set.Put(schemaRef("input"), schemaOf(d.inputs[kind]))
	for _, field := range d.data.Fields {
		set.Put(schemaRef(field.Name), schemaOf(field.Shape))
	}
	return set
}

func schemaRef(name string) ast.Ref {
	return ast.SchemaRootRef.Append(ast.StringTerm(name))
}

// annotate gives the documents of data.remit their schemas in every rule of the
// package that the annotations are of; `input` has its one through the schema
// set. data.remit as a whole gets none: the package itself is below it.
func (d documents) annotate(annotations *ast.Annotations) {
	for _, field := range d.data.Fields {
		annotations.Schemas = append(annotations.Schemas, &ast.SchemaAnnotation{
			Path:   ast.DefaultRootRef.Append(ast.StringTerm(store.Root)).Append(ast.StringTerm(field.Name)),
			Schema: schemaRef(field.Name),
		})
	}
}
