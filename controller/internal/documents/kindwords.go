package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
)

func isSelector(schema *apiextensionsv1.JSONSchemaProps) bool {
	_, labels := schema.Properties["matchLabels"]
	return labels
}

// typeOf says what a field is.
func typeOf(schema *apiextensionsv1.JSONSchemaProps) string {
	switch {
	case isSelector(schema):
		return "[selector](#selectors)"
	case schema.Format == "date-time":
		return "time"
	case schema.Type == "array":
		return "list of " + plural(schema.Items.Schema)
	case schema.Type == "object" && schema.AdditionalProperties != nil:
		inner := "any values"
		if schema.AdditionalProperties.Schema != nil && schema.AdditionalProperties.Schema.Type != "" {
			inner = plural(schema.AdditionalProperties.Schema)
		}
		return "map of " + inner
	}
	switch schema.Type {
	case "string":
		return "text"
	case "integer":
		return "number"
	case "boolean":
		return "true or false"
	}
	return schema.Type
}

func plural(schema *apiextensionsv1.JSONSchemaProps) string {
	return map[string]string{"string": "texts", "integer": "numbers", "object": "objects"}[schema.Type]
}

// boundsOf says what may stand in a field, and what does where nothing is given.
func boundsOf(schema *apiextensionsv1.JSONSchemaProps) (words []string) {
	words = append(words, textBounds(schema)...)
	switch {
	case schema.Minimum != nil && schema.Maximum != nil:
		words = append(words, fmt.Sprintf("%v to %v", *schema.Minimum, *schema.Maximum))
	case schema.Minimum != nil:
		words = append(words, fmt.Sprintf("at least %v", *schema.Minimum))
	}
	if schema.MaxProperties != nil {
		words = append(words, fmt.Sprintf("at most %d keys", *schema.MaxProperties))
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		words = append(words, each(textBounds(schema.AdditionalProperties.Schema))...)
	}
	if schema.MaxItems != nil {
		words = append(words, between(schema.MinItems, *schema.MaxItems, "entry", "entries"))
	}
	if schema.XListType != nil {
		switch *schema.XListType {
		case "set":
			words = append(words, "none twice")
		case "map":
			words = append(words, "one for each `"+strings.Join(schema.XListMapKeys, "` and `")+"`")
		}
	}
	if schema.Items != nil {
		words = append(words, each(textBounds(schema.Items.Schema))...)
	}
	if schema.Default != nil {
		words = append(words, "default "+code(strings.Trim(string(schema.Default.Raw), `"`)))
	}
	return words
}

func textBounds(schema *apiextensionsv1.JSONSchemaProps) (words []string) {
	if len(schema.Enum) > 0 {
		values := make([]string, len(schema.Enum))
		for i, value := range schema.Enum {
			values[i] = code(strings.Trim(string(value.Raw), `"`))
		}
		words = append(words, strings.Join(values, ", "))
	}
	if schema.Pattern != "" {
		meaning := manifest.Meaning(schema.Pattern)
		if meaning == "" { // a pattern of Kubernetes' own
			meaning = code(schema.Pattern)
		} else {
			meaning = escape(meaning)
		}
		words = append(words, meaning)
	}
	if schema.MaxLength != nil {
		words = append(words, between(schema.MinLength, *schema.MaxLength, "character", "characters"))
	}
	return words
}

// each says that bounds are those of the entries.
func each(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	return []string{"each " + strings.Join(words, ", ")}
}

func between(least *int64, most int64, one, many string) string {
	unit := many
	if most == 1 {
		unit = one
	}
	if least != nil && *least > 0 {
		return fmt.Sprintf("%d to %d %s", *least, most, unit)
	}
	return fmt.Sprintf("at most %d %s", most, unit)
}

// code is a text as code in a table.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		text = " " + text + " "
	}
	return fence + strings.ReplaceAll(text, "|", `\|`) + fence
}

// flat is a text without line breaks.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// escape is a text for a table of Markdown, in which only what stands between backticks is more than text.
func escape(text string) string {
	markup := strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "&", "&amp;")
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 { // one of them closes nothing
		return markup.Replace(strings.ReplaceAll(text, "`", "'"))
	}
	for i, part := range parts {
		if i%2 == 0 {
			parts[i] = markup.Replace(part)
		} else {
			parts[i] = strings.ReplaceAll(part, "|", `\|`)
		}
	}
	return strings.Join(parts, "`")
}

// words are what is said of a field, less its own name at the beginning.
func words(name, description string) string {
	description = flat(description)
	for _, verb := range []string{" is ", " are "} {
		if rest, cut := strings.CutPrefix(description, upper(name)+verb); cut {
			return upper(rest)
		}
	}
	return description
}

func upper(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// constant is a constant of the kinds with what its comment says.
type constant struct{ name, value, words string }

// constantsOf reads the constants of a folder that are a text, or Group and a text.
func constantsOf(folder string) (found []constant, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, file.Name()), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range parsed.Decls {
			if general, ok := declaration.(*ast.GenDecl); ok && general.Tok == token.CONST {
				found = append(found, constantsIn(general)...)
			}
		}
	}
	return found, nil
}

func constantsIn(declaration *ast.GenDecl) (found []constant) {
	for _, spec := range declaration.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
			continue
		}
		comment := spec.Doc.Text()
		if comment == "" && len(declaration.Specs) == 1 {
			comment = declaration.Doc.Text()
		}
		value, isText := textOf(spec.Values[0])
		if !isText {
			continue
		}
		name := spec.Names[0].Name
		words := flat(comment)
		for _, start := range []string{name + ": ", name + " is ", name + " "} {
			words = strings.TrimPrefix(words, start)
		}
		found = append(found, constant{name: name, value: value, words: words})
	}
	return found
}

// textOf is the value of "text", and of Group + "text".
func textOf(expression ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		return v1alpha1.Group, e.Name == "Group"
	case *ast.BinaryExpr:
		left, isLeft := textOf(e.X)
		right, isRight := textOf(e.Y)
		return left + right, isLeft && isRight && e.Op == token.ADD
	}
	return "", false
}
