package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/encode"
)

// documents are the roots, in the order of the page.
var documents = []struct {
	title string
	shape reflect.Type
}{
	{"`input` where the subject is an area", reflect.TypeFor[policy.AreaInput]()},
	{"`input` where the subject is a person", reflect.TypeFor[policy.PersonInput]()},
	{"`input` where the subject is a team", reflect.TypeFor[policy.TeamInput]()},
	{"`input` where the subject is a schedule", reflect.TypeFor[policy.ScheduleInput]()},
	{"`input` where the subject is the organisation", reflect.TypeFor[policy.OrganisationInput]()},
	{"`data.remit`", reflect.TypeFor[policy.Data]()},
}

const introduction = `<!-- Written by go generate from controller/policy/document.go. Do not edit. -->

# What policies read

A field that is not here does not compile in a policy. Absent facts are absent keys or empty values; whether
a fact is unknown is kept apart from them ([policies.md](policies.md), "Unknown"). Each document has a JSON schema in
[policy-schemas](policy-schemas).
`

// generate gives the files by their path in the repository.
func generate(root string) (map[string][]byte, error) {
	comments, err := commentsOf(filepath.Join(root, "controller/policy/document.go"))
	if err != nil {
		return nil, err
	}
	page := page{comments: comments, done: map[string]bool{}}
	page.WriteString(introduction)
	for _, document := range documents {
		shape, err := encode.ShapeOf(document.shape)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&page, "\n## %s\n", document.title)
		page.object(shape)
	}
	files := map[string][]byte{"docs/policy-documents.md": page.Bytes()}
	if files["docs/api.md"], err = kindsPage(root); err != nil {
		return nil, err
	}
	schemas, err := policy.Schemas()
	if err != nil {
		return nil, err
	}
	for name, text := range schemas {
		files["docs/policy-schemas/"+name] = text
	}
	return files, nil
}

// page is the Markdown page as it grows.
type page struct {
	bytes.Buffer
	comments map[string]string // "Type" and "Type.Field"
	done     map[string]bool
}

// object writes the table of an object, and then those of the objects in it that
// have not been written yet.
func (p *page) object(shape *encode.Shape) {
	name := shape.Type.Name()
	p.done[name] = true
	fmt.Fprintf(p, "\n### %s\n\n%s\n\n| field | type | |\n|---|---|---|\n", name, p.words(name, name))
	var inner []*encode.Shape
	for i := range shape.Fields {
		field := &shape.Fields[i]
		member := goName(shape.Type, field.Name)
		fmt.Fprintf(p, "| `%s` | %s | %s |\n", field.Name, kind(field.Shape), strings.ReplaceAll(p.words(name+"."+member, member), "|", "\\|"))
		below := field.Shape
		for below.Kind == encode.Map || below.Kind == encode.Array {
			below = below.Element
		}
		if below.Kind == encode.Object && !p.done[below.Type.Name()] {
			inner = append(inner, below)
		}
	}
	for _, shape := range inner {
		if !p.done[shape.Type.Name()] {
			p.object(shape)
		}
	}
}

// words are the comment of a type or field, less its own name at the beginning.
func (p *page) words(key, name string) string {
	words := strings.Join(strings.Fields(p.comments[key]), " ")
	for _, start := range []string{name + " is ", name + " are "} {
		words = strings.TrimPrefix(words, start)
	}
	if words == "" {
		return ""
	}
	return strings.ReplaceAll(strings.ToUpper(words[:1])+words[1:], "<", "&lt;")
}

func kind(shape *encode.Shape) string {
	switch shape.Kind {
	case encode.Object:
		name := shape.Type.Name()
		return fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name))
	case encode.Map:
		return "by key: " + kind(shape.Element)
	case encode.Array:
		return "list of " + kind(shape.Element)
	default:
		return shape.Kind.String()
	}
}

func goName(t reflect.Type, name string) string {
	for field := range t.Fields() {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name {
			return field.Name
		}
	}
	return name
}

// commentsOf reads the comments of the types of a Go file and of their fields.
func commentsOf(file string) (map[string]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	comments := map[string]string{}
	for _, declaration := range parsed.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || len(general.Specs) != 1 {
			continue
		}
		spec, ok := general.Specs[0].(*ast.TypeSpec)
		if !ok {
			continue
		}
		comments[spec.Name.Name] = general.Doc.Text()
		if structure, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					comments[spec.Name.Name+"."+name.Name] = field.Doc.Text() + field.Comment.Text()
				}
			}
		}
	}
	return comments, nil
}
