package kindcases

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Broken is an object in which one bound of the schema is broken, and nothing else but what follows from that.
type Broken struct {
	Object map[string]any
	// Field is the field that is wrong; of a missing one, the object that it is missing in.
	Field string
}

// Bounds breaks each bound of a schema once, in copies of valid objects, and names those that none of the objects can show,
// since it does not have the field. Names are "spec.scope.repositories[].name maxLength". Parts are the fields at the top of the
// objects that are looked at, such as "spec".
//
//	text     maxLength, minLength, pattern, enum, format, type
//	number   minimum, maximum, type
//	list     maxItems, minItems, the same twice in a set or map, type
//	map      maxProperties, type
//	object   each required field, a field that there is not, type
func Bounds(schema *apiextensionsv1.JSONSchemaProps, part string, objects []map[string]any) (broken map[string]Broken, missing []string) {
	b := breaker{broken: map[string]Broken{}}
	for _, object := range objects {
		b.object = object
		if value, there := object[part]; there {
			property := schema.Properties[part]
			b.walk(&property, value, []any{part})
		}
	}
	all := map[string]bool{}
	property := schema.Properties[part]
	names(&property, part, all)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, shown := b.broken[name]; !shown {
			missing = append(missing, name)
		}
	}
	return b.broken, missing
}

// key is the key of a map, unlike the name of a field.
type key string

// breaker walks an object beside its schema. A path is made of names, keys and indexes.
type breaker struct {
	object map[string]any
	broken map[string]Broken
}

func (b *breaker) walk(schema *apiextensionsv1.JSONSchemaProps, value any, path []any) {
	if value == nil { // as good as absent
		return
	}
	for what := range bounds(schema) {
		b.add(what, path, func() any { return wrong(what, schema, value) })
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range schema.Required {
			b.add("required "+name, path, func() any {
				without := maps.Clone(value)
				delete(without, name)
				return without
			})
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if property, known := schema.Properties[name]; known {
				b.walk(&property, value[name], append(slices.Clone(path), name))
			} else if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
				b.walk(schema.AdditionalProperties.Schema, value[name], append(slices.Clone(path), key(name)))
			}
		}
	case []any:
		for i, item := range value {
			b.walk(schema.Items.Schema, item, append(slices.Clone(path), i))
		}
	}
}

// add keeps a copy of the object with the wrong value, if there is one, at the path.
func (b *breaker) add(what string, path []any, wrong func() any) {
	name := render(path, true) + " " + what
	if _, done := b.broken[name]; done {
		return
	}
	value := wrong()
	if value == nil {
		return
	}
	field := render(path, false)
	switch what {
	case "unknown field":
		field += ".bogus"
	case "same twice":
		field += "[1]"
	}
	b.broken[name] = Broken{Object: with(b.object, path, value).(map[string]any), Field: field}
}

// with gives a copy of a value with another one at the path.
func with(value any, path []any, other any) any {
	if len(path) == 0 {
		return runtime.DeepCopyJSONValue(other)
	}
	if name, is := path[0].(key); is {
		path = append([]any{string(name)}, path[1:]...)
	}
	switch step := path[0].(type) {
	case string:
		object := maps.Clone(value.(map[string]any))
		object[step] = with(object[step], path[1:], other)
		return object
	default:
		list := slices.Clone(value.([]any))
		list[step.(int)] = with(list[step.(int)], path[1:], other)
		return list
	}
}

// render writes a path: "spec.roles[0].role", and for any index "spec.roles[].role".
func render(path []any, anyIndex bool) string {
	var text strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case key:
			if anyIndex {
				step = "key"
			}
			text.WriteString("." + string(step))
		case string:
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			text.WriteString(step)
		case int:
			if anyIndex {
				text.WriteString("[]")
			} else {
				fmt.Fprintf(&text, "[%d]", step)
			}
		}
	}
	return text.String()
}

// wrong is a value that breaks one bound of the schema, nil where none can be made of value, which keeps it.
func wrong(what string, schema *apiextensionsv1.JSONSchemaProps, value any) any {
	list, _ := value.([]any)
	switch what {
	case "maxLength":
		return strings.Repeat("a", int(*schema.MaxLength)+1)
	case "minLength":
		return ""
	case "pattern":
		return "\x01"
	case "enum":
		return "Bogus"
	case "format":
		return "yesterday"
	case "minimum":
		return int64(*schema.Minimum) - 1
	case "maximum":
		return int64(*schema.Maximum) + 1
	case "maxProperties":
		return numbered(int(*schema.MaxProperties) + 1)
	case "minItems":
		return []any{}
	case "maxItems", "same twice":
		if len(list) == 0 {
			return nil
		}
		if what == "maxItems" {
			return slices.Repeat(list[:1], int(*schema.MaxItems)+1)
		}
		return slices.Repeat(list[:1], 2)
	case "unknown field":
		object := maps.Clone(value.(map[string]any))
		object["bogus"] = int64(1)
		return object
	}
	if schema.Type == "boolean" {
		return "true"
	}
	return true
}

func numbered(n int) map[string]any {
	object := map[string]any{}
	for i := range n {
		object[fmt.Sprintf("k%d", i)] = "v"
	}
	return object
}

// bounds are what the schema itself bounds, but for required fields.
func bounds(schema *apiextensionsv1.JSONSchemaProps) map[string]bool {
	found := map[string]bool{}
	for what, given := range map[string]bool{
		"maxLength": schema.MaxLength != nil, "minLength": schema.MinLength != nil, "pattern": schema.Pattern != "",
		"enum": len(schema.Enum) > 0, "format": schema.Format == "date-time", "minimum": schema.Minimum != nil,
		"maximum": schema.Maximum != nil, "maxProperties": schema.MaxProperties != nil, "minItems": schema.MinItems != nil,
		"maxItems": schema.MaxItems != nil, "same twice": schema.XListType != nil && *schema.XListType != "atomic",
		"unknown field": schema.Type == "object" && schema.AdditionalProperties == nil, "type": schema.Type != "",
	} {
		if given {
			found[what] = true
		}
	}
	return found
}

// names are the names of all bounds below a path.
func names(schema *apiextensionsv1.JSONSchemaProps, path string, all map[string]bool) {
	for what := range bounds(schema) {
		all[path+" "+what] = true
	}
	for _, name := range schema.Required {
		all[path+" required "+name] = true
	}
	for name, property := range schema.Properties {
		names(&property, path+"."+name, all)
	}
	if schema.Items != nil {
		names(schema.Items.Schema, path+"[]", all)
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		names(schema.AdditionalProperties.Schema, path+".key", all)
	}
}
