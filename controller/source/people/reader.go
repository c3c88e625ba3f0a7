package people

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// visitsPerByte bounds the nodes that are read, aliases followed: a small file of aliases of aliases can
// stand for more nodes than a machine has memory. A file without aliases has fewer nodes than bytes, and
// each is visited at most twice.
const visitsPerByte = 4

// maxProblems bounds what is reported. What is lost counts as lost all the same.
const maxProblems = 1000

// reader reads the nodes of one file and collects what is wrong with them. Its methods give the zero
// value for what they reported, and ok where the caller must know.
type reader struct {
	file string
	// visits are how many nodes may still be read.
	visits   int
	problems []ownership.Problem
}

// field is one key of a mapping with its value.
type field struct {
	name       string
	key, value *yaml.Node
}

var syntaxErrorLine = regexp.MustCompile(`line (\d+)`)

// parseYAML reads one YAML document. An empty file gives a nil node. The error is an ownership.Problem.
func parseYAML(file string, text []byte) (root *yaml.Node, err error) {
	problem := func(line int, message string) error {
		return ownership.Problem{
			Location: ownership.Location{File: file, Line: line}, Message: message, Remedy: "correct the file's YAML",
		}
	}
	defer func() {
		if reason := recover(); reason != nil {
			root, err = nil, problem(0, fmt.Sprintf("the file cannot be read as YAML: %v", reason))
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		message, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
		if match := syntaxErrorLine.FindStringSubmatch(message); match != nil {
			line, _ = strconv.Atoi(match[1]) // digits alone: cannot fail but by size
			message = strings.TrimPrefix(message, match[0]+": ")
		}
		return nil, problem(line, "the file is no YAML: "+message)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, problem(second.Line, "the file has more than one YAML document")
	}
	if len(document.Content) != 1 {
		return nil, nil
	}
	return document.Content[0], nil
}

// report adds a problem at a node.
func (r *reader) report(node *yaml.Node, path, message, remedy string) {
	r.add(r.problem(node, path, message, remedy))
}

// warn adds a problem in spite of which the input is used.
func (r *reader) warn(node *yaml.Node, path, message, remedy string) {
	p := r.problem(node, path, message, remedy)
	p.Warning = true
	r.add(p)
}

func (r *reader) add(p ownership.Problem) {
	if len(r.problems) <= maxProblems { // one more shows that there are more
		r.problems = append(r.problems, p)
	}
}

func (r *reader) problem(node *yaml.Node, path, message, remedy string) ownership.Problem {
	return ownership.Problem{
		Location: ownership.Location{File: r.file, Line: node.Line, Column: node.Column},
		Field:    path, Message: message, Remedy: remedy,
	}
}

// newReader makes a reader for a file of a size in bytes.
func newReader(file string, size int) reader {
	return reader{file: file, visits: visitsPerByte*size + 100}
}

// location is a place for a fact's provenance: "people.yaml:17".
func (r *reader) location(node *yaml.Node) string {
	return ownership.Location{File: r.file, Line: node.Line}.String()
}

// follow gives what a node stands for; nil for a null, and for all once there are too many.
func (r *reader) follow(node *yaml.Node) *yaml.Node {
	if !r.visit(node) || node == nil {
		return nil
	}
	for hops := 0; node.Kind == yaml.AliasNode && hops < 100; hops++ {
		node = node.Alias
	}
	if node == nil || node.Kind == yaml.AliasNode || node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return nil
	}
	return node
}

// visit takes one from the budget, and says whether there was one.
func (r *reader) visit(node *yaml.Node) bool {
	if r.visits == 1 && node != nil {
		r.report(node, "", "the file has too many entries, its aliases counted", "use fewer aliases")
	}
	r.visits--
	return r.visits > 0
}

// exhausted says that reading was cut short, so that nothing is complete.
func (r *reader) exhausted() bool { return r.visits <= 0 }

// fields gives the entries of a mapping in their order, merge keys resolved; ok is false where it is no
// mapping or names a key twice.
func (r *reader) fields(node *yaml.Node, path string) (fields []field, ok bool) {
	at := node
	if node = r.follow(node); node == nil {
		return nil, !r.exhausted()
	}
	if node.Kind != yaml.MappingNode {
		r.report(at, path, "want fields (name: value) and not "+describe(node), "write it as a mapping")
		return nil, false
	}
	ok = true
	seen := map[string]*yaml.Node{}
	var merged []field
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
			more, fine := r.merge(value, path)
			merged, ok = append(merged, more...), ok && fine
			continue
		}
		if !r.visit(key) {
			return nil, false
		}
		name := key.Value
		if key.Kind == yaml.AliasNode && key.Alias != nil {
			name = key.Alias.Value
		}
		if first, twice := seen[name]; twice {
			r.report(key, join(path, name), fmt.Sprintf("it stands here twice, first in line %d", first.Line), "remove one of them")
			ok = false
			continue
		}
		seen[name] = key
		fields = append(fields, field{name: name, key: key, value: value})
	}
	for _, f := range merged { // what stands here itself goes before what is merged in
		if _, own := seen[f.name]; !own {
			seen[f.name] = f.key
			fields = append(fields, f)
		}
	}
	return fields, ok && !r.exhausted()
}

func (r *reader) merge(value *yaml.Node, path string) ([]field, bool) {
	target := r.follow(value)
	if target == nil || target.Kind != yaml.SequenceNode {
		return r.mergeOne(value, path)
	}
	var fields []field
	ok := true
	for _, item := range target.Content {
		more, fine := r.mergeOne(item, path)
		fields, ok = append(fields, more...), ok && fine
	}
	return fields, ok
}

// mergeOne reads a merged mapping, which may not merge others in turn: cycles would have no end.
func (r *reader) mergeOne(value *yaml.Node, path string) ([]field, bool) {
	target := r.follow(value)
	if target == nil || target.Kind != yaml.MappingNode {
		r.report(value, path, "\"<<\" merges fields, and this has none", "name an anchor of a mapping")
		return nil, false
	}
	var fields []field
	for i := 0; i+1 < len(target.Content); i += 2 {
		key := target.Content[i]
		if !r.visit(key) {
			return nil, false
		}
		if key.ShortTag() == "!!merge" {
			r.report(key, path, "a merged mapping merges another", "write the fields out")
			return nil, false
		}
		fields = append(fields, field{name: key.Value, key: key, value: target.Content[i+1]})
	}
	return fields, !r.exhausted()
}

// known reports the fields that are none of the names; ok is false where there are any.
func (r *reader) known(fields []field, path string, names ...string) bool {
	ok := true
	for _, f := range fields {
		if !slices.Contains(names, f.name) {
			r.report(f.key, join(path, f.name), "there is no such field", "use one of "+strings.Join(names, ", "))
			ok = false
		}
	}
	return ok
}

// items gives the entries of a list.
func (r *reader) items(node *yaml.Node, path string) (items []*yaml.Node, ok bool) {
	at := node
	if node = r.follow(node); node == nil {
		return nil, !r.exhausted()
	}
	if node.Kind != yaml.SequenceNode {
		r.report(at, path, "want a list (- entry) and not "+describe(node), "write it as a list")
		return nil, false
	}
	return node.Content, true
}

// text gives a text. Numbers and dates count as what was written, since a login may consist of digits.
func (r *reader) text(node *yaml.Node, path string) (string, bool) {
	at := node
	node = r.follow(node)
	switch {
	case node == nil:
		r.report(at, path, "want text and not nothing", "write the text, or remove the field")
	case node.Kind != yaml.ScalarNode:
		r.report(at, path, "want text and not "+describe(node), "write it on one line")
	case node.ShortTag() == "!!bool" || node.ShortTag() == "!!binary":
		r.report(at, path, fmt.Sprintf("want text; %s means something else in YAML", node.Value), "put it in quotation marks")
	default:
		return strings.TrimSpace(node.Value), true
	}
	return "", false
}

// texts gives a list of texts without empty ones.
func (r *reader) texts(node *yaml.Node, path string) (texts []located, ok bool) {
	items, ok := r.items(node, path)
	for i, item := range items {
		at := path + "[" + strconv.Itoa(i) + "]"
		value, fine := r.text(item, at)
		if fine && value == "" {
			r.report(item, at, "the entry is empty", "remove it")
			fine = false
		}
		if ok = ok && fine; fine {
			texts = append(texts, located{value, item, at})
		}
	}
	return texts, ok
}

// located is a text with its place.
type located struct {
	text string
	node *yaml.Node
	path string
}

// truth gives true or false.
func (r *reader) truth(node *yaml.Node, path string) (value, ok bool) {
	at := node
	if node = r.follow(node); node != nil && node.Kind == yaml.ScalarNode && node.ShortTag() == "!!bool" {
		if err := node.Decode(&value); err == nil {
			return value, true
		}
	}
	r.report(at, path, "want true or false", "write true or false, without quotation marks")
	return false, false
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "fields"
	case yaml.SequenceNode:
		return "a list"
	default:
		return fmt.Sprintf("%q", shorten(node.Value))
	}
}

func shorten(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}

func join(path, name string) string {
	if path == "" {
		return shorten(name)
	}
	return path + "." + shorten(name)
}
