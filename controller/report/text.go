package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Clean makes untrusted text safe to show on one line: line breaks and tabs
// become spaces; every other control, format or direction character, and every
// character without a shape of its own, becomes its visible code such as
// \u202e, so that no name can move the cursor, set a colour, or turn the
// reading direction (Unicode Technical Report 36, section 3).
func Clean(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 8)
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case isHidden(r):
			b.WriteString(visibleCode(r))
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// CleanName is Clean for a name, each character of which matters: line breaks and tabs become codes too, and blanks at its
// ends stay.
func CleanName(name string) string {
	if isPlain(name) {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if isHidden(r) {
			b.WriteString(visibleCode(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isPlain says whether the text is printable ASCII alone, which is nearly always so.
func isPlain(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// isHidden says whether a character acts on its surroundings instead of showing itself.
func isHidden(r rune) bool {
	switch {
	case r == utf8.RuneError, r == '\ufe0e', r == '\ufe0f':
		return false // shown as the replacement character; text or picture form of the character before
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		return true
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r):
		return true
	}
	return unicode.IsSpace(r) && r != ' ' && r != '\u00a0' && r != '\u3000'
}

func visibleCode(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// cells is how many terminal columns a clean text takes.
func cells(text string) int {
	if isPlain(text) {
		return len(text)
	}
	return uniseg.StringWidth(text)
}

// shorten cuts a clean text to at most width columns, with an ellipsis where it was longer.
func shorten(text string, width int) string {
	if cells(text) <= width {
		return text
	}
	if width < 1 {
		return ""
	}
	head := ""
	if width > 1 {
		if head, _ = splitCells(text, width-1); cells(head) >= width {
			head = ""
		}
	}
	return strings.TrimRight(head, " ") + "…"
}

// splitCells splits a clean text after at most width columns, between characters
// where it can, and never giving an empty head. A character whose marks make it
// wider than the width is split before the mark that does.
func splitCells(text string, width int) (head, tail string) {
	used, state := 0, -1
	rest := text
	for rest != "" {
		_, after, clusterWidth, next := uniseg.FirstGraphemeClusterInString(rest, state)
		if used+clusterWidth > width {
			break
		}
		used, rest, state = used+clusterWidth, after, next
	}
	if split := len(text) - len(rest); split > 0 {
		return text[:split], rest
	}
	_, split := utf8.DecodeRuneInString(text)
	for split < len(text) {
		_, size := utf8.DecodeRuneInString(text[split:])
		if cells(text[:split+size]) > width {
			break
		}
		split += size
	}
	return text[:split], text[split:]
}

// wrap breaks a clean text into lines of at most width columns, at spaces where it can.
func wrap(text string, width int) []string {
	var lines []string
	var line string
	flush := func() {
		if line != "" {
			lines = append(lines, line)
			line = ""
		}
	}
	for word := range strings.FieldsSeq(text) {
		if line != "" && cells(line)+1+cells(word) <= width {
			line += " " + word
			continue
		}
		flush()
		for cells(word) > width {
			var head string
			head, word = splitCells(word, width)
			lines = append(lines, head)
		}
		line = word
	}
	flush()
	return lines
}

// count writes a number and its noun: count(1, "area", "areas") is "1 area".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Percent writes a part of a whole, rounded down, so that only all of it is "100%",
// "<1%" where rounding down would say none, and a dash of nothing.
func Percent(part, whole int) string {
	switch {
	case whole <= 0:
		return "–"
	case part > 0 && part*100 < whole:
		return "<1%"
	}
	return fmt.Sprintf("%d%%", part*100/whole)
}
