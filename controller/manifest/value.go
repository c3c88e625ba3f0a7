package manifest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"go.yaml.in/yaml/v3"
)

const (
	// maxDepth bounds the nesting of an object; the kinds need 8.
	maxDepth = 64
	// maxAliased bounds the nodes that aliases repeat in one object, against "billion laughs".
	maxAliased = 20_000
	// maxReported bounds how much is said of one object.
	maxReported = 100
)

// reader turns YAML nodes into the plain values that JSON has, and notes where each field stands.
//
// The values are those that kubectl sends to an API server, so YAML 1.1's words for booleans are booleans, and a
// date is text. Strict as the server is with fieldValidation=Strict: a key given twice is an error.
type reader struct {
	file     string
	fields   fieldIndex
	problems []ownership.Problem
	aliased  int
	inAlias  int
	stopped  bool // a bound was passed; the object is given up
}

// read gives the object's value. Its fields are indexed when it returns.
func (r *reader) read(node *yaml.Node) map[string]any {
	value, _ := r.value(node, "", 0).(map[string]any)
	slices.SortFunc(r.fields, func(a, b fieldPlace) int {
		switch {
		case a.hash < b.hash:
			return -1
		case a.hash > b.hash:
			return 1
		}
		return 0
	})
	r.fields = slices.CompactFunc(r.fields, func(a, b fieldPlace) bool { return a.hash == b.hash })
	r.fields = slices.Clip(r.fields)
	return value
}

func (r *reader) value(node *yaml.Node, path string, depth int) any {
	if r.stopped || r.tooMuch(node, path, depth) {
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(node.Content)/2)
		r.mapping(node, path, depth, object, make(map[string]*yaml.Node, len(node.Content)/2))
		return object
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for i, item := range node.Content {
			place := path + "[" + strconv.Itoa(i) + "]"
			r.note(place, item)
			list = append(list, r.value(item, place, depth+1))
		}
		return list
	case yaml.AliasNode:
		r.inAlias++
		defer func() { r.inAlias-- }()
		return r.value(node.Alias, path, depth+1)
	case yaml.ScalarNode:
		return r.scalar(node, path)
	}
	return nil
}

// tooMuch counts against the bounds.
func (r *reader) tooMuch(node *yaml.Node, path string, depth int) bool {
	if r.inAlias > 0 {
		r.aliased++
	}
	switch {
	case depth > maxDepth:
		r.report(node, path, "write the object with less nesting", "nested more than %d levels deep", maxDepth)
	case r.aliased > maxAliased:
		r.report(node, path, "write the repeated parts out, or split the object", "aliases repeat more than %d values", maxAliased)
	default:
		return false
	}
	r.stopped = true
	return true
}

// mapping fills an object. Keys that are written win over merged ones ("<<"), as YAML's merge key type says.
func (r *reader) mapping(node *yaml.Node, path string, depth int, object map[string]any, seen map[string]*yaml.Node) {
	var merges []*yaml.Node
	for i := 0; i+1 < len(node.Content) && !r.stopped; i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
			merges = append(merges, value)
			continue
		}
		name, ok := r.key(key, path)
		if !ok {
			continue
		}
		place := childPath(path, name)
		if first, again := seen[name]; again {
			r.report(key, place, "remove one of them", "given twice, first on line %d", first.Line)
			continue
		}
		seen[name] = key
		if value.Kind == yaml.ScalarNode {
			r.note(place, value)
		} else {
			r.note(place, key)
		}
		object[name] = r.value(value, place, depth+1)
	}
	for _, merge := range merges {
		r.merge(merge, path, depth+1, object)
	}
}

// merge adds the keys that the object does not have from a merged mapping, or from a list of them.
func (r *reader) merge(node *yaml.Node, path string, depth int, object map[string]any) {
	if r.stopped || r.tooMuch(node, path, depth) {
		return
	}
	r.inAlias++
	defer func() { r.inAlias-- }()
	switch node.Kind {
	case yaml.AliasNode:
		r.merge(node.Alias, path, depth+1, object)
	case yaml.SequenceNode:
		for _, item := range node.Content {
			r.merge(item, path, depth+1, object)
		}
	case yaml.MappingNode:
		merged := make(map[string]any, len(node.Content)/2)
		r.mapping(node, path, depth, merged, make(map[string]*yaml.Node, len(node.Content)/2))
		for name, value := range merged {
			if _, has := object[name]; !has {
				object[name] = value
			}
		}
	default:
		r.report(node, path, "merge an anchor of a mapping, such as `<<: *defaults`", "`<<` merges something that is not a mapping")
	}
}

func (r *reader) key(node *yaml.Node, path string) (string, bool) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.ScalarNode {
		r.report(node, path, "use text as a key", "a key is a list or a map")
		return "", false
	}
	return node.Value, true
}

// scalar decides what a plain word means, as sigs.k8s.io/yaml does for kubectl (YAML 1.1):
//
//	"x", 'x', |, >, !!str   text
//	~, null, nothing        null
//	true yes on y, …        boolean
//	1 0x1F 0o7 1_000        integer; a float where it does not fit in 64 bits
//	1.5 1e3                 float; .nan and .inf are errors, as JSON has none
//	2026-01-31, everything  text
//	!!binary, !custom       an error
func (r *reader) scalar(node *yaml.Node, path string) any {
	switch tag := node.ShortTag(); tag {
	case "!!str", "!!timestamp", "!!merge": // "<<" is text where it is no key
		if word, ok := oldBoolean(node); ok {
			return word
		}
		return node.Value
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true")
	case "!!int":
		var integer int64
		if node.Decode(&integer) == nil {
			return integer
		}
		return r.float(node, path)
	case "!!float":
		return r.float(node, path)
	default:
		r.report(node, path, "write the value without a tag", "the YAML tag %s is not supported", tag)
		return nil
	}
}

func (r *reader) float(node *yaml.Node, path string) any {
	var float float64
	if err := node.Decode(&float); err != nil || math.IsNaN(float) || math.IsInf(float, 0) {
		r.report(node, path, "write a number, or put text in quotes", "%q is not a number that JSON has", node.Value)
		return nil
	}
	return float
}

// oldBoolean reads YAML 1.1's other words for true and false, where they are neither quoted nor tagged.
func oldBoolean(node *yaml.Node) (value, ok bool) {
	if node.Style != 0 {
		return false, false
	}
	switch node.Value {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
		return true, true
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return false, true
	}
	return false, false
}

// note keeps where a field stands. Positions past 2^31 cannot be: files are bounded.
func (r *reader) note(path string, node *yaml.Node) {
	r.fields = append(r.fields, fieldPlace{hash: hashPath(path), line: int32(node.Line), column: int32(node.Column)})
	if node.Kind == yaml.ScalarNode && node.Style&yaml.LiteralStyle != 0 {
		r.fields = append(r.fields, fieldPlace{hash: hashPath(path + blockSuffix), line: int32(node.Line) + 1})
	}
}

func (r *reader) report(node *yaml.Node, path, remedy, format string, arguments ...any) {
	problem := at(r.file, node, format, arguments...)
	problem.Field, problem.Remedy = path, remedy
	r.problems = append(r.problems, problem)
	r.stopped = r.stopped || len(r.problems) >= maxReported
}

func childPath(path, name string) string {
	if path == "" {
		return name
	}
	return fmt.Sprintf("%s.%s", path, name)
}
