package codeowners

import "strings"

// A pattern is compiled to a list of segments and an ending. This is the whole of its meaning:
//
//	written          segments        ending     matches
//	*, **, /**       (none)          below      every file
//	foo              ** foo          either     foo anywhere, as a file or as a folder with all that is below
//	foo/             ** foo          below      all below a folder foo anywhere
//	/foo, a/foo      foo; a foo      either     the same, but from the root
//	/foo/*, foo/*    foo *           exact      the files directly in foo
//	*.js             ** *.js         either     (as foo)
//	/foo/**          foo             below      all below foo
//	/foo/**/         foo *           below      all below a folder that is in foo
//	**/foo           ** foo          either     (as foo)
//	a/**/b           a ** b          either     b in a, or with any folders between
//	a/**/*           a               below      all below a
//	/, //, a//b                                 nothing: no path has an empty segment
//
// Sources: docs.github.com "About code owners" for `*`, `dir/*`, `dir/`, `/dir/`, `**/logs`; git-scm.com
// gitignore(5) for the rest ("most of the same rules"), among them that `**` next to anything but slashes
// is an ordinary `*`.
type pattern struct {
	segments []segment
	ending   ending
	never    bool // has an empty, "." or ".." segment, which no path has
}

type segmentKind uint8

const (
	literal   segmentKind = iota
	wildcard              // has * or ?; never crosses a slash
	anyFolder             // **: no, one or more folders
)

// segment is one part between slashes, escapes resolved. In a wildcard the bytes starByte and oneByte stand for
// "*" and "?"; a file name holds neither.
type segment struct {
	kind segmentKind
	text string
}

const (
	starByte = '\x00'
	oneByte  = '/'
	starText = "\x00"
)

// ending says what the last segment may be.
type ending uint8

const (
	exact  ending = iota // the file itself
	either               // the file itself, or a folder that the file is below
	below                // a folder that the file is below
)

// checkPattern decides GitHub's "Invalid pattern"; suggestion is for the reader, in GitHub's words where known.
//
//	/            invalid   will never match anything (example in the errors API's schema)
//	***          invalid   three or more asterisks (example response of the errors API)
//	!…           invalid   no negation (About code owners)
//	[ ]          invalid   unless escaped: GitHub asks for "\[" and "\]"
//	…\           invalid   nothing left to escape (gitignore: an invalid pattern that never matches)
func checkPattern(text string) (suggestion string, ok bool) {
	if text == "/" {
		return "The pattern `/` will never match anything, did you mean `*` instead?", false
	}
	if text[0] == '!' {
		return "negation with `!` is not supported; write a later rule with the owners, or without any", false
	}
	stars := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; i == len(text) {
				return "the trailing `\\` escapes nothing", false
			}
			stars = 0
		case '[', ']':
			return "both `[` and `]` must be escaped with a `\\`", false
		case '*':
			if stars++; stars == 3 {
				return "Did you mean `" + joinStars(text) + "`?", false
			}
		default:
			stars = 0
		}
	}
	return "", true
}

// joinStars writes each run of three or more asterisks as two; it is bounded to what is worth showing.
func joinStars(text string) string {
	const longest = 200
	if len(text) > longest {
		return "**"
	}
	for strings.Contains(text, "***") {
		text = strings.ReplaceAll(text, "***", "**")
	}
	return text
}

// compilePattern gives the meaning of a pattern that checkPattern has accepted.
func compilePattern(text string) pattern { return compileInto(nil, text) }

// compileInto is compilePattern with room for the segments.
func compileInto(room []segment, text string) pattern {
	all := splitSegments(append(room[:0], segment{kind: anyFolder}), text)
	parts := all[1:]
	folderOnly := len(parts) > 1 && parts[len(parts)-1].text == "" // ends in a slash
	if folderOnly {
		parts = parts[:len(parts)-1]
	}
	anchored := len(parts) > 1
	if parts[0].text == "" { // starts with a slash
		parts = parts[1:]
	}
	p := pattern{never: len(parts) == 0, ending: either, segments: all[:1]}
	for _, s := range parts {
		if s.text == "" || s.kind == literal && (s.text == "." || s.text == "..") {
			p.never = true
		}
	}
	if anchored {
		p.segments = all[:0]
	}
	for _, s := range parts { // in place: never ahead of what is read
		if n := len(p.segments); s.kind == anyFolder && n > 0 && p.segments[n-1].kind == anyFolder {
			continue // ** after ** says nothing new
		}
		p.segments = append(p.segments, s)
	}
	p.end(folderOnly)
	return p
}

// end decides the ending, and brings what is equal into one form.
func (p *pattern) end(folderOnly bool) {
	if p.never {
		return
	}
	last := len(p.segments) - 1
	if p.segments[last].kind == anyFolder { // "foo/**" is all below foo, "foo/**/" all below any folder in foo
		p.segments, p.ending = p.segments[:last], below
		if folderOnly {
			p.segments = append(p.segments, segment{wildcard, starText})
		}
		return
	}
	isStar := p.segments[last] == segment{wildcard, starText}
	switch {
	case folderOnly:
		p.ending = below
	case isStar && last > 0 && p.segments[last-1].kind == anyFolder: // "foo/**/*" is all below foo, "*" everything
		p.segments, p.ending = p.segments[:last-1], below
	case isStar: // "docs/*" is one level only
		p.ending = exact
	}
}

// everything says whether the pattern matches every file whatever its path.
func (p pattern) everything() bool {
	return !p.never && len(p.segments) == 0 && p.ending == below
}

// key is equal for two patterns exactly when they have the same compiled form.
func (p pattern) key() string {
	var b strings.Builder
	for _, s := range p.segments {
		b.WriteByte('0' + byte(s.kind))
		b.WriteString(s.text)
		b.WriteByte('\n') // no segment holds a line break
	}
	if p.never {
		return "never\n" + b.String()
	}
	b.WriteByte('0' + byte(p.ending))
	return b.String()
}

// splitSegments appends what is between slashes, with escapes resolved. "\/" is a slash like any other, as in gitignore.
func splitSegments(segments []segment, text string) []segment {
	for {
		slash := strings.IndexByte(text, '/')
		if slash < 0 {
			return append(segments, newSegment(text))
		}
		part := text[:slash]
		if escapesNext(part) {
			part = part[:len(part)-1]
		}
		segments = append(segments, newSegment(part))
		text = text[slash+1:]
	}
}

// escapesNext says whether the text ends in a backslash that is not itself escaped.
func escapesNext(text string) bool {
	slashes := len(text) - len(strings.TrimRight(text, "\\"))
	return slashes%2 == 1
}

// newSegment resolves escapes and finds what kind of segment it is.
func newSegment(text string) segment {
	if text == "**" {
		return segment{kind: anyFolder, text: text}
	}
	if !strings.ContainsAny(text, `*?\`) {
		return segment{kind: literal, text: text}
	}
	kind := literal
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			if i++; i < len(text) {
				out = append(out, text[i])
			}
		case '*':
			kind = wildcard
			if n := len(out); n == 0 || out[n-1] != starByte {
				out = append(out, starByte)
			}
		case '?':
			kind = wildcard
			out = append(out, oneByte)
		default:
			out = append(out, c)
		}
	}
	return segment{kind: kind, text: string(out)}
}
