package codeowners

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrorKind says what is wrong, in the words that GitHub's "List CODEOWNERS errors" endpoint uses where
// it has a word for it.
type ErrorKind string

const (
	// InvalidPattern is GitHub's "Invalid pattern": the line is skipped.
	// Source: the example response of GET /repos/{owner}/{repo}/codeowners/errors.
	InvalidPattern ErrorKind = "Invalid pattern"
	// InvalidOwner is GitHub's "Invalid owner": the line is skipped. Source: as above.
	InvalidOwner ErrorKind = "Invalid owner"
	// UnknownOwner is GitHub's "Unknown owner": well formed, but it does not exist, is not visible or cannot
	// write. Parse never reports it, since only GitHub or a people file knows; see [File.UnknownOwner].
	UnknownOwner ErrorKind = "Unknown owner"
	// TooLarge is Remit's word: GitHub does not load a file of 3 MB or more, and answers no error for it.
	TooLarge ErrorKind = "File too large"
	// Binary is Remit's word: the file has a NUL byte, so it is not text.
	Binary ErrorKind = "Binary file"
	// Link is Remit's word: the file is a symbolic link, which GitHub does not follow.
	Link ErrorKind = "Symbolic link"
)

// maxErrors bounds [File.Errors]: a hostile 3 MB file has a million faulty lines. The exact number is
// in [File.ErrorsTotal], and the rules are not affected.
const maxErrors = 10_000

// excerptRunes bounds how much of a line a message shows on each side of the fault.
const excerptRunes = 80

// Error is one fault of a CODEOWNERS file. Its fields are those of GitHub's errors API.
type Error struct {
	Line   int // 1-based; 0 where the whole file is meant
	Column int // 1-based, in characters (an invalid UTF-8 byte counts as one); 0 where the whole file is meant
	Kind   ErrorKind
	// Source is the whole line without its line ending; empty for a fault of the file.
	Source string
	// Suggestion is what to do, or empty.
	Suggestion string
	// Message combines the fields for a monospaced display, laid out as GitHub does: kind and line, the
	// suggestion, then the line and a caret below the fault. Long lines are cut around the fault.
	Message string
}

// Error makes an Error usable as a Go error; the text is the message's first line.
func (e Error) Error() string {
	first, _, _ := strings.Cut(e.Message, "\n")
	return strings.TrimSuffix(first, ":")
}

// newError fills in the message.
func newError(kind ErrorKind, line, column int, source, suggestion string) Error {
	e := Error{Line: line, Column: column, Kind: kind, Source: source, Suggestion: suggestion}
	var b strings.Builder
	b.WriteString(string(kind))
	if line > 0 {
		b.WriteString(" on line ")
		b.WriteString(strconv.Itoa(line))
	}
	b.WriteByte(':')
	if suggestion != "" {
		b.WriteByte(' ')
		b.WriteString(suggestion)
	}
	if line > 0 {
		text, caret := excerpt(source, column)
		b.WriteString("\n\n  ")
		b.WriteString(text)
		b.WriteString("\n  ")
		b.WriteString(strings.Repeat(" ", caret))
		b.WriteByte('^')
	}
	e.Message = b.String()
	return e
}

// excerpt cuts a line to what is near the column, and says how many characters stand before the fault.
func excerpt(source string, column int) (text string, before int) {
	start, skipped := 0, 0
	for skipped < column-1-excerptRunes && start < len(source) {
		_, size := utf8.DecodeRuneInString(source[start:])
		start += size
		skipped++
	}
	end, taken := start, 0
	for taken < 2*excerptRunes && end < len(source) {
		_, size := utf8.DecodeRuneInString(source[end:])
		end += size
		taken++
	}
	text, before = source[start:end], column-1-skipped
	if start > 0 {
		text, before = "…"+text, before+1
	}
	if end < len(source) {
		text += "…"
	}
	return text, before
}

// UnknownOwner builds the error that GitHub shows for an owner that does not exist or cannot write, for
// callers that know it. rule is an index into [File.Rules].
func (f *File) UnknownOwner(rule int, owner Owner) Error {
	r := f.rules[rule]
	suggestion := "make sure " + owner.Text + " exists and has write access to the repository"
	if owner.Kind == Team {
		suggestion = "make sure the team " + owner.Text + " exists, is publicly visible, and has write access to the repository"
	}
	return newError(UnknownOwner, r.Line, owner.Column, f.Line(r.Line).Text, suggestion)
}
