package report

import (
	"bytes"
	"slices"
	"strings"
)

// style is one of the 16 ANSI colours, or bold or dim, as an SGR parameter;
// empty is plain. Which 16 colours those are is the reader's own choice, so they
// stay legible on dark and light grounds.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
	alarm  style = "1;31"
)

// span is a piece of a line in one style. Its text is clean.
type span struct {
	text  string
	style style
}

// printer collects lines that are never wider than its width.
type printer struct {
	out   bytes.Buffer
	width int
	color bool
}

// line writes spans as one line, cut with an ellipsis at the width.
func (p *printer) line(spans ...span) {
	room := p.width
	for _, part := range trimmed(spans) {
		size := cells(part.text)
		if size > room {
			p.write(span{shorten(part.text, room), part.style})
			break
		}
		p.write(part)
		room -= size
	}
	p.out.WriteByte('\n')
}

// trimmed takes the blanks from a line's end.
func trimmed(spans []span) []span {
	spans = slices.Clone(spans)
	for last := len(spans) - 1; last >= 0; last-- {
		if spans[last].text = strings.TrimRight(spans[last].text, " "); spans[last].text != "" {
			break
		}
		spans = spans[:last]
	}
	return spans
}

// wrapped writes lead and then text, which goes on below itself where it does not fit.
func (p *printer) wrapped(lead []span, text span) {
	indent := 0
	for _, part := range lead {
		indent += cells(part.text)
	}
	if indent > p.width/2 {
		p.line(lead...)
		indent, lead = 6, []span{{"      ", plain}}
	}
	for i, row := range wrap(text.text, p.width-indent) {
		if i == 0 {
			p.line(append(lead[:len(lead):len(lead)], span{row, text.style})...)
			continue
		}
		p.line(span{strings.Repeat(" ", indent), plain}, span{row, text.style})
	}
}

func (p *printer) blank() { p.out.WriteByte('\n') }

func (p *printer) write(part span) {
	if !p.color || part.style == plain || part.text == "" {
		p.out.WriteString(part.text)
		return
	}
	p.out.WriteString("\x1b[" + string(part.style) + "m" + part.text + "\x1b[0m")
}

// pad fills a clean text with spaces up to width columns, or shortens it to them.
func pad(text string, width int) string {
	text = shorten(text, width)
	return text + strings.Repeat(" ", max(0, width-cells(text)))
}

// widest is the width of the widest text, at most limit.
func widest[T any](list []T, limit int, text func(T) string) int {
	width := 0
	for _, item := range list {
		width = max(width, cells(text(item)))
	}
	return min(width, limit)
}
