package codeowners

import (
	"fmt"
	"strings"
)

// MaxSize is GitHub's limit in bytes: a CODEOWNERS file must be *under* 3 MB or it is not loaded.
// Source: docs.github.com, "About code owners", CODEOWNERS file size.
const MaxSize = 3 << 20

// Locations are the places where GitHub looks, in its order; the first file found is the only one used.
// Source: docs.github.com, "About code owners", CODEOWNERS file location. Do not change it.
var Locations = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

const byteOrderMark = "\xef\xbb\xbf"

// File is a parsed CODEOWNERS text. Every line is kept, so [File.Bytes] gives exactly the input. A File
// is immutable and safe for concurrent use.
type File struct {
	text        string
	lines       []lineSpan
	rules       []Rule
	errors      []Error
	errorsTotal int
	unreadable  bool // too large, binary or a link: no rules, no edits
}

// Rule is one line in force.
type Rule struct {
	Line    int     // 1-based
	Column  int     // of the pattern, 1-based, in characters
	Pattern string  // as written, escapes included
	Owners  []Owner // in the order written; empty means explicitly unowned
	Comment string  // what follows "#" on the line, trimmed
}

// LineKind says what a line is.
type LineKind uint8

const (
	// BlankLine has nothing but white space.
	BlankLine LineKind = iota
	// CommentLine has nothing but a comment.
	CommentLine
	// RuleLine is in force.
	RuleLine
	// InvalidLine is skipped, and has at least one Error.
	InvalidLine
)

// Line is one line of the file, as it stands there.
type Line struct {
	Number int    // 1-based
	Text   string // without byte order mark and line ending
	Ending string // "\n", "\r\n" or, on the last line only, ""
	Kind   LineKind
	Rule   int // index into Rules, or -1
}

// lineSpan holds a line by offsets into the text.
type lineSpan struct {
	start, end int32 // of the text without its ending
	rule       int32
	kind       LineKind
	ending     uint8 // length: 0, 1 or 2
}

// Rules gives the rules in force, first to last. The slice is shared: do not change it.
func (f *File) Rules() []Rule { return f.rules }

// Errors gives what is wrong, in the order of the lines, at most 10,000 of them. The slice is shared.
func (f *File) Errors() []Error { return f.errors }

// ErrorsTotal is the exact number of errors, also where Errors was cut.
func (f *File) ErrorsTotal() int { return f.errorsTotal }

// Bytes gives a copy of exactly the input.
func (f *File) Bytes() []byte { return []byte(f.text) }

// HasByteOrderMark says whether the text starts with a UTF-8 byte order mark, which is not part of line 1 here.
func (f *File) HasByteOrderMark() bool { return strings.HasPrefix(f.text, byteOrderMark) }

// LineCount is the number of lines; a text that ends in a line break has no empty line after it. It is 0
// for a file that is too large or binary.
func (f *File) LineCount() int { return len(f.lines) }

// Line gives a line by its 1-based number; it panics where there is none, as an index does.
func (f *File) Line(number int) Line {
	s := f.lines[number-1]
	return Line{
		Number: number,
		Text:   f.text[s.start:s.end],
		Ending: f.text[s.end : int(s.end)+int(s.ending)],
		Kind:   s.kind,
		Rule:   int(s.rule),
	}
}

// Parse reads a CODEOWNERS text. It never fails and never panics: each faulty line is skipped and reported
// in [File.Errors], and a text that GitHub would not load at all (3 MB or more, or binary) has one error and no rules.
func Parse(text []byte) *File { return parse(string(text)) }

func parse(text string) *File {
	f := &File{text: text}
	if len(text) >= MaxSize {
		return f.refuse(newError(TooLarge, 0, 0, "", fmt.Sprintf(
			"the file must have under %d bytes to be loaded; use wildcard patterns to merge rules", MaxSize)))
	}
	if nul := strings.IndexByte(text, 0); nul >= 0 {
		return f.refuse(newError(Binary, 0, 0, "", fmt.Sprintf(
			"there is a NUL byte at offset %d, so it is not read as text; remove it, or save the file as UTF-8 if it is in UTF-16", nul)))
	}
	f.lines = make([]lineSpan, 0, strings.Count(f.text, "\n")+1)
	start := 0
	if f.HasByteOrderMark() {
		start = len(byteOrderMark)
	}
	var p lineParser
	for start < len(f.text) {
		span, next := nextLine(f.text, start)
		f.addLine(span, p.parse(f.text[span.start:span.end]))
		start = next
	}
	return f
}

// Linked is a file that is a symbolic link: GitHub does not follow it, so that no rule is in force, wherever it leads.
func Linked() *File {
	return (&File{}).refuse(newError(Link, 0, 0, "", "the file is a symbolic link, which GitHub does not follow; replace the link by the file itself"))
}

// NotInForce says why no rule is in force although there is a file, and what to do; empty where its rules are in force,
// but for those of invalid lines.
func (f *File) NotInForce() (why, remedy string) {
	if !f.unreadable {
		return "", ""
	}
	why, remedy, _ = strings.Cut(f.errors[0].Suggestion, "; ")
	return why, remedy
}

func (f *File) refuse(e Error) *File {
	f.errors, f.errorsTotal, f.unreadable = []Error{e}, 1, true
	return f
}

// nextLine finds the line that starts at start. Only LF and CRLF end a line; a lone CR is white space.
func nextLine(text string, start int) (span lineSpan, next int) {
	end, ending := len(text), 0
	if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
		end, ending = start+i, 1
		if i > 0 && text[end-1] == '\r' {
			end, ending = end-1, 2
		}
	}
	return lineSpan{start: int32(start), end: int32(end), rule: -1, ending: uint8(ending)}, end + ending
}

// addLine files one parsed line under rules or errors.
func (f *File) addLine(span lineSpan, l parsedLine) {
	number := len(f.lines) + 1
	switch {
	case len(l.faults) > 0:
		span.kind = InvalidLine
		f.errorsTotal += len(l.faults)
		source := f.text[span.start:span.end]
		for _, fault := range l.faults {
			if len(f.errors) == maxErrors {
				break
			}
			f.errors = append(f.errors, newError(fault.kind, number, fault.column, source, fault.suggestion))
		}
	case l.pattern != "":
		span.kind, span.rule = RuleLine, int32(len(f.rules))
		rule := Rule{Line: number, Column: l.column, Pattern: l.pattern, Comment: l.comment}
		if len(l.owners) > 0 {
			rule.Owners = make([]Owner, len(l.owners))
			for i, o := range l.owners {
				rule.Owners[i] = o.Owner
			}
		}
		f.rules = append(f.rules, rule)
	case l.hasComment:
		span.kind = CommentLine
	}
	f.lines = append(f.lines, span)
}
