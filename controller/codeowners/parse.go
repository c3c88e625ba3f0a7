package codeowners

import (
	"strings"
	"unicode/utf8"
)

// parsedLine is one line taken apart. Offsets are bytes into the line's text.
type parsedLine struct {
	pattern    string
	column     int // of the pattern
	patternEnd int // offset after the pattern
	owners     []placedOwner
	hasComment bool
	commentAt  int    // offset of "#"
	comment    string // after "#", trimmed
	faults     []fault
}

// placedOwner is an owner and where it stands.
type placedOwner struct {
	Owner
	start, end int
}

// fault is an Error before it knows its line.
type fault struct {
	kind       ErrorKind
	column     int
	suggestion string
}

// lineParser takes lines apart; it keeps its buffers from line to line.
type lineParser struct {
	owners []placedOwner
	faults []fault
}

// parse takes one line apart. The result is good until the next call.
//
//	line    = [ pattern { white owner } ] [ comment ]
//	pattern = up to the first white space or "#" that is not escaped by "\"
//	comment = from the first "#" on, wherever it stands; "\#" does not help, it makes the pattern invalid
//	white   = space, tab, CR, form feed, vertical tab; nothing of Unicode
//
// One fault anywhere makes the whole line invalid ("that line will be skipped", About code owners).
func (p *lineParser) parse(text string) parsedLine {
	p.owners, p.faults = p.owners[:0], p.faults[:0]
	var l parsedLine
	at := skipWhite(text, 0)
	position := columns{text: text}
	if at < len(text) && text[at] != '#' {
		var escapedHash bool
		l.patternEnd, escapedHash = patternEnd(text, at)
		l.pattern, l.column = text[at:l.patternEnd], position.of(at)
		if escapedHash {
			p.faults = append(p.faults, fault{InvalidPattern, l.column, "a `#` cannot be part of a pattern, not even as `\\#`; use `?` in its place"})
		} else if suggestion, ok := checkPattern(l.pattern); !ok {
			p.faults = append(p.faults, fault{InvalidPattern, l.column, suggestion})
		}
		at = l.patternEnd
		if len(p.faults) == 0 {
			at = p.parseOwners(text, at, &position)
		}
	}
	if hash := strings.IndexByte(text[at:], '#'); hash >= 0 {
		l.hasComment, l.commentAt = true, at+hash
		l.comment = strings.TrimFunc(text[at+hash+1:], func(r rune) bool { return r < 0x80 && isWhite(byte(r)) })
	}
	l.owners, l.faults = p.owners, p.faults
	return l
}

// parseOwners reads words up to the comment or the line's end, and says where it stopped.
func (p *lineParser) parseOwners(text string, at int, position *columns) int {
	for {
		at = skipWhite(text, at)
		if at == len(text) || text[at] == '#' {
			return at
		}
		end := at
		for end < len(text) && text[end] != '#' && !isWhite(text[end]) {
			end++
		}
		owner := placedOwner{Owner: Owner{Text: text[at:end], Column: position.of(at)}, start: at, end: end}
		var ok bool
		if owner.Kind, ok = ownerKind(owner.Text); ok {
			p.owners = append(p.owners, owner)
		} else {
			p.faults = append(p.faults, fault{InvalidOwner, owner.Column, ""})
		}
		at = end
	}
}

// patternEnd finds where the pattern that starts at start ends; escapedHash says that "\#" cut it short.
func patternEnd(text string, start int) (end int, escapedHash bool) {
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == '#':
			return i + 2, true
		case c == '\\':
			i++
		case c == '#' || isWhite(c):
			return i, false
		}
	}
	return len(text), false
}

func skipWhite(text string, at int) int {
	for at < len(text) && isWhite(text[at]) {
		at++
	}
	return at
}

func isWhite(c byte) bool {
	return c == ' ' || '\t' <= c && c <= '\r' && c != '\n'
}

// columns turns rising byte offsets into 1-based character columns, in linear time for a whole line.
type columns struct {
	text       string
	at, column int
}

func (c *columns) of(offset int) int {
	c.column += utf8.RuneCountInString(c.text[c.at:offset])
	c.at = offset
	return c.column + 1
}
