package record

import (
	"encoding/json"
	"regexp"
	"strings"
)

// regoPart is a part of a Rego text.
type regoPart uint8

const (
	regoCode regoPart = iota
	regoString
	regoRaw
	regoComment
)

// rego rewrites a policy's text. Known names are replaced in its texts, and in names of rules and variables too, where
// they are written with "_". Comments are emptied, but for METADATA, of which only descriptions are. What the library
// has is everybody's, and stays.
//
// A name that stands nowhere else in the recording cannot be told from any other word, and stays: docs/snapshots.md
// says so.
func (d *redactor) rego(text string) string {
	if isLibrary(text) {
		return text
	}
	comments := comments{alone: true}
	return eachPart(text, func(part regoPart, text string) string {
		if part == regoComment {
			return d.sweep(comments.next(text))
		}
		comments.pass(text)
		if part != regoCode {
			return d.mentions(text)
		}
		return d.known.replace(text, func(stands string) string {
			return strings.NewReplacer("-", "_", "@", "_", ".", "_", "+", "_").Replace(stands)
		})
	})
}

// eachPart rewrites a text part by part. A quoted string is handed over without its quotes and escapes, if these are
// sound, and is written as it was where nothing changes.
func eachPart(text string, rewrite func(part regoPart, text string) string) string {
	var b strings.Builder
	for at := 0; at < len(text); {
		var end int
		switch text[at] {
		case '"':
			end = stringEnd(text, at)
			b.WriteString(rewriteQuoted(text[at:end], rewrite))
		case '`':
			end = at + 1
			if length := strings.IndexByte(text[end:], '`'); length >= 0 {
				end += length + 1
			} else {
				end = len(text)
			}
			b.WriteString(rewrite(regoRaw, text[at:end]))
		case '#':
			end = len(text)
			if line := strings.IndexByte(text[at:], '\n'); line >= 0 {
				end = at + line
			}
			b.WriteString(rewrite(regoComment, text[at:end]))
		default:
			end = len(text)
			if next := strings.IndexAny(text[at:], "\"`#"); next >= 0 {
				end = at + next
			}
			b.WriteString(rewrite(regoCode, text[at:end]))
		}
		at = end
	}
	return b.String()
}

// stringEnd is the offset after a quoted string, which ends with its line at the latest.
func stringEnd(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n':
			return i
		}
	}
	return len(text)
}

func rewriteQuoted(quoted string, rewrite func(part regoPart, text string) string) string {
	var plain string
	if json.Unmarshal([]byte(quoted), &plain) != nil {
		return rewrite(regoRaw, quoted)
	}
	changed := rewrite(regoString, plain)
	if changed == plain {
		return quoted
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(changed) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var (
	metadataLine = regexp.MustCompile(`^#\s*METADATA\s*$`)
	metadataKey  = regexp.MustCompile(`^#( *)([a-z_]+):`)
)

// comments empties the comments of a Rego text, in their order. METADATA, which begins with a line that says so and goes
// on as long as comments follow each other line by line, is kept, but for its descriptions.
type comments struct {
	inMetadata, inDescription bool
	// indent is that of the key "description".
	indent int
	// alone says that there was nothing on the line so far.
	alone bool
}

// pass tells of what is no comment.
func (c *comments) pass(code string) {
	last := strings.LastIndexByte(code, '\n')
	c.alone = (c.alone || last >= 0) && strings.TrimSpace(code[last+1:]) == ""
	if strings.TrimSpace(code) != "" || strings.Count(code, "\n") > 1 {
		c.inMetadata, c.inDescription = false, false
	}
}

// next is what stays of a comment.
func (c *comments) next(comment string) string {
	alone := c.alone
	c.alone = false
	if alone && metadataLine.MatchString(comment) {
		c.inMetadata, c.inDescription = true, false
		return comment
	}
	if !alone || !c.inMetadata {
		return "#"
	}
	key := metadataKey.FindStringSubmatch(comment)
	switch {
	case key != nil && (!c.inDescription || len(key[1]) <= c.indent):
		c.inDescription, c.indent = key[2] == "description", len(key[1])
		if c.inDescription {
			return key[0] + " redacted"
		}
	case c.inDescription:
		return "#"
	}
	return comment
}
