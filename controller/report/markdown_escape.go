package report

import "strings"

// breaker is a zero-width space: it parts what a renderer would otherwise take
// together, and is not seen.
const breaker = "\u200b"

// markdownText makes outside text harmless within a line or a table's cell of
// GitHub's Markdown; it is never the start of a line. It is cut to maxMarkdownText
// characters.
//
//	what                       how
//	markup, HTML, math         a backslash before the mark, or an entity
//	@user, @org/team           the name is parted from the @
//	#12, GH-12, org/repo#12    the number is parted, so no closing keyword has an object
//	https://…, www.…           the scheme is parted: no link, no issue by its address
//	/command                   the slash is parted from the text's start
func markdownText(text string) string {
	text = cut(Clean(text), maxMarkdownText)
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@' || r == '#':
			b.WriteString(`\` + string(r) + breaker)
		case r == ':' && strings.HasPrefix(text[i:], "://"):
			b.WriteString(":" + breaker)
		case r == '-' && endsWithFold(text[:i], "gh"), r == '.' && endsWithFold(text[:i], "www"):
			b.WriteString(breaker + string(r))
		case r == '/' && i == 0:
			b.WriteString(breaker + "/")
		case strings.ContainsRune("\\`*_[]!|~$", r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// endsWithFold says whether a text ends with a lower-case word, in any case.
func endsWithFold(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[len(text)-len(word):], word)
}

// code writes outside text as a code span, in which nothing is markup, a
// mention or a reference (CommonMark 0.31, section 6.1).
func code(text string) string {
	text = cut(Clean(text), maxMarkdownText)
	if text == "" {
		return "–"
	}
	longest, run := 0, 0
	for _, r := range text {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// codeCell is a code span in a cell of a table, where a bar is escaped even in code.
func codeCell(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// cut keeps the first characters of a text, with an ellipsis where there were more.
func cut(text string, most int) string {
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}
