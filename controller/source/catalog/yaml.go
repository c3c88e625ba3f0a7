package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

const (
	// maxFileBytes bounds one file. API entities may hold a whole interface description.
	maxFileBytes = 4 << 20
	// maxDocuments bounds the YAML documents of one file.
	maxDocuments = 10_000
	// visitsPerByte bounds the nodes that are looked at, aliases followed: a small file of aliases of aliases can stand
	// for more nodes than a machine has memory.
	visitsPerByte = 4
)

// reader reads the nodes of one file. What is wrong comes back as an error, an ownership.Problem with its place.
type reader struct {
	file   string
	visits int
}

// field is one key of a mapping with its value.
type field struct {
	key, value *yaml.Node
}

// located is a text with the node it stands in.
type located struct {
	text string
	node *yaml.Node
}

var syntaxErrorLine = regexp.MustCompile(`^(?:line (\d+): )?`)

// checkText refuses what cannot be YAML in UTF-8 before it is parsed.
func checkText(file string, text []byte) error {
	at := ownership.Location{File: file}
	if len(text) > maxFileBytes {
		return ownership.Problem{
			Location: at, Message: fmt.Sprintf("the file has more than %d MiB", maxFileBytes>>20), Remedy: "split it, or leave it out with spec.catalog.ignore",
		}
	}
	if !utf8.Valid(text) {
		valid := len(text)
		for i := 0; i < len(text); {
			r, size := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && size == 1 {
				valid = i
				break
			}
			i += size
		}
		at.Line = 1 + bytes.Count(text[:valid], []byte("\n"))
		return ownership.Problem{Location: at, Message: "the file is not in UTF-8", Remedy: "write it in UTF-8"}
	}
	return nil
}

// documents gives the YAML documents of a file to each, in order; empty ones are left out. The error is that of the
// document which cannot be read; after it none are given.
func documents(file string, text []byte, each func(*reader, *yaml.Node)) (err error) {
	if err := checkText(file, text); err != nil {
		return err
	}
	defer func() {
		if reason := recover(); reason != nil {
			err = ownership.Problem{
				Location: ownership.Location{File: file}, Message: fmt.Sprintf("the file cannot be read as YAML: %v", reason), Remedy: "correct its YAML",
			}
		}
	}()
	r := &reader{file: file, visits: visitsPerByte*len(text) + 100}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for count := 0; ; count++ {
		var document yaml.Node
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return syntaxProblem(file, err)
		}
		if count == maxDocuments {
			return r.problem(&document, "", fmt.Sprintf("the file has more than %d YAML documents", maxDocuments), "split it")
		}
		if len(document.Content) == 1 && document.Content[0].ShortTag() != "!!null" {
			each(r, document.Content[0])
		}
	}
}

func syntaxProblem(file string, err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	match := syntaxErrorLine.FindStringSubmatch(message)
	line, _ := strconv.Atoi(match[1]) // digits, or none for 0
	return ownership.Problem{
		Location: ownership.Location{File: file, Line: line},
		Message:  "the file is no YAML: " + strings.TrimPrefix(message, match[0]), Remedy: "correct its YAML",
	}
}

func (r *reader) problem(node *yaml.Node, path, message, remedy string) ownership.Problem {
	return ownership.Problem{
		Location: ownership.Location{File: r.file, Line: node.Line, Column: node.Column},
		Field:    path, Message: message, Remedy: remedy,
	}
}

// follow gives what a node stands for; nil for a null.
func (r *reader) follow(node *yaml.Node, path string) (*yaml.Node, error) {
	at := node
	for node != nil {
		if r.visits--; r.visits < 0 {
			return nil, r.problem(at, path, "the file has too many entries, its aliases counted", "use fewer aliases")
		}
		if node.Kind != yaml.AliasNode {
			break
		}
		node = node.Alias
	}
	if node == nil || node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return nil, nil
	}
	return node, nil
}

// mapping gives the entries of a mapping by name, merge keys resolved; none for a null.
func (r *reader) mapping(node *yaml.Node, path string) (map[string]field, error) {
	fields, _, err := r.entries(node, path)
	return fields, err
}

// entries is mapping with the names in their order.
func (r *reader) entries(node *yaml.Node, path string) (fields map[string]field, names []string, err error) {
	target, err := r.follow(node, path)
	if err != nil || target == nil {
		return nil, nil, err
	}
	if target.Kind != yaml.MappingNode {
		return nil, nil, r.problem(node, path, "want fields (name: value) and not "+describe(target), "write it as a mapping")
	}
	fields = map[string]field{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(target.Content); i += 2 {
		key, err := r.follow(target.Content[i], path)
		if err != nil {
			return nil, nil, err
		}
		if key == nil || key.Kind != yaml.ScalarNode {
			return nil, nil, r.problem(target.Content[i], path, "want a name before the colon", "write it as text")
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, target.Content[i+1])
			continue
		}
		if first, twice := fields[key.Value]; twice {
			return nil, nil, r.problem(target.Content[i], join(path, key.Value),
				fmt.Sprintf("it stands here twice, first in line %d", first.key.Line), "remove one of them")
		}
		fields[key.Value] = field{target.Content[i], target.Content[i+1]}
		names = append(names, key.Value)
	}
	for _, value := range merged { // what stands here itself goes before what is merged in
		more, order, err := r.merge(value, path)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range order {
			if _, own := fields[name]; !own {
				fields[name] = more[name]
				names = append(names, name)
			}
		}
	}
	return fields, names, nil
}

// merge reads a merged mapping, which may not merge others in turn: cycles would have no end.
func (r *reader) merge(value *yaml.Node, path string) (map[string]field, []string, error) {
	target, err := r.follow(value, path)
	if err != nil {
		return nil, nil, err
	}
	if target == nil || target.Kind != yaml.MappingNode {
		return nil, nil, r.problem(value, path, `"<<" merges one mapping, and this is none`, "write the fields out")
	}
	for i := 0; i < len(target.Content); i += 2 {
		if target.Content[i].ShortTag() == "!!merge" {
			return nil, nil, r.problem(target.Content[i], path, "a merged mapping merges another", "write the fields out")
		}
	}
	return r.entries(target, path)
}

// items gives the entries of a list; none for a null.
func (r *reader) items(node *yaml.Node, path string) ([]*yaml.Node, error) {
	target, err := r.follow(node, path)
	if err != nil || target == nil {
		return nil, err
	}
	if target.Kind != yaml.SequenceNode {
		return nil, r.problem(node, path, "want a list (- entry) and not "+describe(target), "write it as a list")
	}
	return target.Content, nil
}

// text gives a text without space around it; empty for a null.
func (r *reader) text(node *yaml.Node, path string) (string, error) {
	target, err := r.follow(node, path)
	if err != nil || target == nil {
		return "", err
	}
	if target.Kind != yaml.ScalarNode {
		return "", r.problem(node, path, "want text and not "+describe(target), "write it on one line")
	}
	if target.ShortTag() != "!!str" {
		return "", r.problem(node, path, fmt.Sprintf("want text; %s means something else in YAML", shorten(target.Value)), "put it in quotation marks")
	}
	return strings.TrimSpace(target.Value), nil
}

// texts gives a list of texts.
func (r *reader) texts(node *yaml.Node, path string) ([]located, error) {
	items, err := r.items(node, path)
	if err != nil {
		return nil, err
	}
	var texts []located
	for i, item := range items {
		text, err := r.text(item, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		if text == "" {
			return nil, r.problem(item, fmt.Sprintf("%s[%d]", path, i), "the entry is empty", "remove it")
		}
		texts = append(texts, located{text, item})
	}
	return texts, nil
}

// truth gives true or false; false for a null.
func (r *reader) truth(node *yaml.Node, path string) (value bool, err error) {
	target, err := r.follow(node, path)
	if err != nil || target == nil {
		return false, err
	}
	if target.Kind == yaml.ScalarNode && target.ShortTag() == "!!bool" && target.Decode(&value) == nil {
		return value, nil
	}
	return false, r.problem(node, path, "want true or false", "write true or false, without quotation marks")
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "fields"
	case yaml.SequenceNode:
		return "a list"
	default:
		return strconv.Quote(shorten(node.Value))
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
