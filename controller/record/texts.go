package record

import (
	stdbytes "bytes"
	"encoding/json"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
)

// codeowners gives the people in a CODEOWNERS text other names, word by word, and empties its comments. Lines, patterns,
// teams and white space stay, but for known names in the patterns. A text that GitHub would not load at all is replaced
// by one that it would not load for the same reason.
func (d *redactor) codeowners(text string) string {
	if len(text) >= codeowners.MaxSize {
		return strings.Repeat("\n", codeowners.MaxSize)
	}
	if nul := strings.IndexByte(text, 0); nul >= 0 {
		return strings.Repeat("\n", nul) + "\x00"
	}
	return eachWord(text, d.owner)
}

// eachWord rewrites the words of each line, the first of which is the pattern, and empties the comments.
func eachWord(text string, rewrite func(word string, isPattern bool) string) string {
	var b strings.Builder
	b.Grow(len(text))
	const byteOrderMark = "\xef\xbb\xbf" // it is part of no line
	if rest, marked := strings.CutPrefix(text, byteOrderMark); marked {
		b.WriteString(byteOrderMark)
		text = rest
	}
	for line := range strings.Lines(text) {
		at := blank(&b, line, 0)
		first := true
		for at < len(line) && line[at] != '#' {
			end := wordEnd(line, at, first)
			b.WriteString(rewrite(line[at:end], first))
			at = blank(&b, line, end)
			first = false
		}
		if at < len(line) { // a comment
			b.WriteByte('#')
			b.WriteString(line[len(strings.TrimRight(line, "\r\n")):])
		}
	}
	return b.String()
}

// blank copies white space and gives the offset after it.
func blank(b *strings.Builder, line string, at int) int {
	from := at
	for at < len(line) && isBlank(line[at]) {
		at++
	}
	b.WriteString(line[from:at])
	return at
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// wordEnd is where a word ends: at white space or "#"; in a pattern, a backslash takes both their meaning.
func wordEnd(line string, at int, pattern bool) int {
	for i := at; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && pattern && i+1 < len(line) && line[i+1] != '\n':
			i++
		case c == '#' || isBlank(c):
			return max(i, at+1)
		}
	}
	return len(line)
}

// owner rewrites a word of a CODEOWNERS file so that it stays what it is: a valid owner or not, a user, team or address.
//
//	/docs/, a@b.js        a pattern, as a path, unless it is "@alice" by mistake
//	@acme/payments        a team: known names in it are replaced
//	@alice, a@b.example   people
//	alice, @-x, docs@     invalid as owners, and stay so
func (d *redactor) owner(word string, isPattern bool) string {
	if isPattern && !strings.HasPrefix(word, "@") {
		return d.known.replace(word, asIs)
	}
	key := word
	if isPattern {
		key = " " + word
	}
	became, known := d.owners[key]
	if !known {
		became = d.newOwner(word, isPattern)
		d.owners[key] = became
	}
	return became
}

func (d *redactor) newOwner(word string, isPattern bool) string {
	handle, isHandle := strings.CutPrefix(word, "@")
	valid := isOwner(word)
	switch {
	case isPattern && !(isHandle && valid):
		return d.known.replace(word, asIs)
	case isHandle && strings.Contains(handle, "/") && !strings.Contains(handle, "@"):
		return d.known.replace(word, asIs)
	case isHandle && strings.Contains(handle, "@") && valid:
		return "@" + d.address(handle)
	case isHandle && valid:
		return "@" + d.person(handle)
	case isHandle && handle != "":
		return "@-" + d.person(strings.ReplaceAll(handle, "@", " "))
	case !isHandle && valid:
		return d.address(word)
	case strings.Contains(word, "@") && word != "@":
		return d.person(strings.ReplaceAll(word, "@", " ")) + "@"
	}
	return d.known.replace(word, asIs)
}

// json rewrites the texts in a JSON value; without anything to rewrite it stays byte for byte.
func (d *redactor) json(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return "null" // no JSON, so nothing that could be used
	}
	changed := false
	value = rewriteJSON(value, func(text string) string {
		redacted := d.mentions(text)
		changed = changed || redacted != text
		return redacted
	})
	if !changed {
		return text
	}
	var b stdbytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// rewriteJSON rewrites every text in a value, keys too. Decoding has bounded how deep it is.
func rewriteJSON(value any, rewrite func(string) string) any {
	switch value := value.(type) {
	case string:
		return rewrite(value)
	case []any:
		for i := range value {
			value[i] = rewriteJSON(value[i], rewrite)
		}
		return value
	case map[string]any:
		renamed := make(map[string]any, len(value))
		for key, item := range value {
			renamed[rewrite(key)] = rewriteJSON(item, rewrite)
		}
		return renamed
	}
	return value
}

// mentions is a text in Rego or a parameter, where "@alice" is a person.
func (d *redactor) mentions(text string) string {
	if d.known.logins[strings.ToLower(text)] && !d.known.ordinary[strings.ToLower(text)] {
		return d.person(text)
	}
	if strings.Contains(text, "@") {
		text = handleText.ReplaceAllStringFunc(text, func(found string) string {
			parts := handleText.FindStringSubmatch(found)
			if strings.HasPrefix(parts[2], "person-") {
				return found
			}
			return parts[1] + "@" + d.person(parts[2]) + parts[3]
		})
	}
	return d.sweep(text)
}
