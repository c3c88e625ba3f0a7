package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/remit-dev/remit/controller/ownership"
	"go.yaml.in/yaml/v3"
)

// chunk is the text of one YAML document (or of several, where "..." ends one) and the line before it.
type chunk struct {
	text   []byte
	before int // lines of the file before the chunk
}

// splitDocuments cuts a file at its "---" lines. A syntax error then loses one document, not the rest of the file;
// the YAML specification (1.2.2, section 9.1) lets "---" at the start of a line mean nothing else.
func splitDocuments(text []byte) []chunk {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var chunks []chunk
	start, startLine, line := 0, 0, 0
	add := func(end int) {
		if !isBlank(text[start:end]) {
			chunks = append(chunks, chunk{text[start:end], startLine})
		}
		start, startLine = end, line
	}
	for at := 0; at < len(text); line++ {
		next := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		if isSeparator(text[at:next]) {
			add(at)
		}
		at = next
	}
	add(len(text))
	return chunks
}

func isSeparator(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("---"))
	return found && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// isBlank says that a chunk holds comments, directives and separators only.
func isBlank(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '%' && !bytes.Equal(line, []byte("---")) && !bytes.Equal(line, []byte("...")) {
			return false
		}
	}
	return true
}

// parse reads the chunk's documents. What was read before a syntax error is returned with it.
func (c chunk) parse(file string) ([]*yaml.Node, *ownership.Problem) {
	problem := ownership.Problem{Location: ownership.Location{File: file}}
	if i := invalidUTF8(c.text); i >= 0 {
		problem.Line = c.before + 1 + bytes.Count(c.text[:i], []byte("\n"))
		problem.Message = "the text is not UTF-8"
		problem.Remedy = "save the file as UTF-8"
		return nil, &problem
	}
	decoder := yaml.NewDecoder(bytes.NewReader(c.text))
	var nodes []*yaml.Node
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			c.explainSyntax(&problem, err)
			return nodes, &problem
		}
		shiftLines(&node, c.before)
		if len(node.Content) == 1 {
			nodes = append(nodes, node.Content[0])
		}
	}
}

func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}

// shiftLines moves a document to its place in the file.
func shiftLines(node *yaml.Node, by int) {
	if by == 0 {
		return
	}
	node.Line += by
	for _, child := range node.Content {
		shiftLines(child, by)
	}
}

var syntaxError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// explainSyntax says what the parser found, and what to do about the usual mistakes.
//
//	a tab where spaces indent       use spaces
//	{{ … }}                         a template, not a manifest
//	"key: value: value"             quote the value
//	an unclosed quote or bracket    the parser's words
func (c chunk) explainSyntax(problem *ownership.Problem, err error) {
	text := err.Error()
	if found := syntaxError.FindStringSubmatch(text); found != nil {
		text = found[2]
		if line, err := strconv.Atoi(found[1]); err == nil {
			problem.Line = c.before + line
		}
	}
	if problem.Line == 0 {
		problem.Line = c.before + 1
	}
	problem.Message = "not YAML: " + text
	switch {
	case c.isTemplate():
		problem.Message = "not YAML but a template: " + text
		problem.Remedy = "render the template, or keep it outside the folder of the manifests"
		problem.Warning = !bytes.Contains(c.text, []byte(group))
	case strings.Contains(text, "cannot start any token") && c.hasTab():
		problem.Remedy = "indent with spaces; YAML allows no tabs there"
	case strings.Contains(text, "mapping values are not allowed"):
		problem.Remedy = "check the indentation, and put a value that has a colon in quotes"
	case strings.Contains(text, "control characters"):
		problem.Remedy = "remove the control characters, or give a binary file another ending"
	default:
		problem.Remedy = "correct the syntax; the rest of this document was not read"
	}
}

func (c chunk) isTemplate() bool { return bytes.Contains(c.text, []byte("{{")) }

func (c chunk) hasTab() bool {
	for line := range bytes.Lines(c.text) {
		if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("\t")) {
			return true
		}
	}
	return false
}

// at makes a problem at a node.
func at(file string, node *yaml.Node, format string, arguments ...any) ownership.Problem {
	return ownership.Problem{
		Location: ownership.Location{File: file, Line: node.Line, Column: node.Column},
		Message:  fmt.Sprintf(format, arguments...),
	}
}
