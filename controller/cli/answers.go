package cli

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/report"
)

const (
	// tableChunk is how many rows of the table are laid out together.
	tableChunk = 1000
	// maxColumn bounds how far one long cell pushes the next column out.
	maxColumn = 60
)

// answers writes one answer for each path, as they come.
type answers struct {
	out    *bufio.Writer
	rules  []codeowners.Rule
	match  *codeowners.Matcher
	cursor *codeowners.Cursor
	// owners are those of each rule: as JSON, or joined for the table. whys are the rules as the table shows them.
	owners, whys []string
	// unmatched says why nobody owns what no rule matches.
	unmatched string
	json      bool
	color     bool
	// rows wait until their columns' widths are known.
	rows    []row
	started bool
	buffer  []byte
}

// row is one line of the table.
type row struct {
	path, owners, why string
	state             codeowners.State
}

func newAnswers(environment Environment, flags ownersFlags, file *codeowners.File, name string) *answers {
	matcher := file.Compile()
	a := &answers{
		out:   bufio.NewWriterSize(environment.Out, 64<<10),
		rules: matcher.Rules(), match: matcher, cursor: matcher.Cursor(),
		owners: make([]string, len(matcher.Rules())), whys: make([]string, len(matcher.Rules())),
		json: flags.output.value == "json", color: environment.color(flags.color.value, environment.Out),
	}
	a.unmatched = "no rule matches"
	if why, _ := file.NotInForce(); why != "" {
		a.unmatched = "no rule of " + report.Clean(name) + " is in force"
	}
	for i, rule := range a.rules {
		names := make([]string, len(rule.Owners))
		for j, owner := range rule.Owners {
			names[j] = owner.Text
			if a.json {
				names[j] = string(appendJSON(nil, owner.Text))
			}
		}
		if a.json {
			a.owners[i] = "[" + strings.Join(names, ",") + "]"
		} else {
			a.owners[i] = report.Clean(strings.Join(names, " "))
			a.whys[i] = report.Clean(fmt.Sprintf("%s:%d  %s", name, rule.Line, rule.Pattern))
		}
	}
	return a
}

// add answers for a path: a file's, or with a slash at its end that of a folder in which a file might be created.
func (a *answers) add(path string) error {
	var answer codeowners.Match
	var why string
	if strings.HasSuffix(path, "/") {
		created := a.match.MatchNew(path)
		if answer = created.Match; created.Depends {
			why = " (depends on the file's name)"
		}
	} else {
		answer = a.cursor.Match(path)
	}
	if a.json {
		return a.addJSON(path, answer)
	}
	a.rows = append(a.rows, a.row(path, answer, why))
	if len(a.rows) < tableChunk {
		return nil
	}
	return a.writeRows()
}

// addJSON writes {"path","state","owners","line","pattern"}; the last two are left out where no rule matches.
func (a *answers) addJSON(path string, answer codeowners.Match) error {
	b := append(a.buffer[:0], `{"path":`...)
	b = appendJSON(b, path)
	b = append(b, `,"state":"`...)
	b = append(b, answer.State.String()...)
	b = append(b, `","owners":`...)
	if answer.Rule < 0 {
		b = append(b, `[]`...)
	} else {
		b = append(b, a.owners[answer.Rule]...)
		b = append(b, `,"line":`...)
		b = strconv.AppendInt(b, int64(a.rules[answer.Rule].Line), 10)
		b = append(b, `,"pattern":`...)
		b = appendJSON(b, a.rules[answer.Rule].Pattern)
	}
	a.buffer = append(b, '}', '\n')
	_, err := a.out.Write(a.buffer)
	return err
}

func (a *answers) row(path string, answer codeowners.Match, why string) row {
	r := row{path: report.CleanName(path), state: answer.State, owners: "nobody", why: a.unmatched + why}
	if answer.Rule >= 0 {
		r.why = a.whys[answer.Rule] + why
		if answer.State == codeowners.Owned {
			r.owners = a.owners[answer.Rule]
		}
	}
	return r
}

// writeRows lays the waiting rows out and writes them.
func (a *answers) writeRows() error {
	rows := a.rows
	if !a.started {
		a.started = true
		rows = append([]row{{path: "PATH", owners: "OWNERS", why: "WHY", state: codeowners.Owned}}, rows...)
	}
	pathWidth, ownersWidth := 0, 0
	for _, r := range rows {
		pathWidth = max(pathWidth, min(columns(r.path), maxColumn))
		ownersWidth = max(ownersWidth, min(columns(r.owners), maxColumn))
	}
	for _, r := range rows {
		b := padded(a.buffer[:0], r.path, pathWidth)
		b = append(b, "  "...)
		if a.color && r.state != codeowners.Owned {
			b = append(padded(append(b, "\x1b[31m"...), r.owners, ownersWidth), "\x1b[0m"...)
		} else {
			b = padded(b, r.owners, ownersWidth)
		}
		b = append(append(b, "  "...), r.why...)
		a.buffer = append(b, '\n')
		if _, err := a.out.Write(a.buffer); err != nil {
			return err
		}
	}
	a.rows = a.rows[:0]
	return nil
}

// padded appends a text and as many spaces as make it width columns wide.
func padded(b []byte, text string, width int) []byte {
	b = append(b, text...)
	for range width - columns(text) {
		b = append(b, ' ')
	}
	return b
}

// columns is how many columns of a terminal a text takes.
func columns(text string) int {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return uniseg.StringWidth(text)
		}
	}
	return len(text)
}

// flush writes what is still waiting.
func (a *answers) flush() error {
	if len(a.rows) > 0 {
		if err := a.writeRows(); err != nil {
			return err
		}
	}
	return a.out.Flush()
}

// appendJSON appends a string in JSON. What does not show itself on a terminal is escaped, and bytes that are
// not UTF-8 become the replacement character, since JSON has no other way.
func appendJSON(b []byte, text string) []byte {
	const hex = "0123456789abcdef"
	unit := func(u rune) { b = append(b, '\\', 'u', hex[u>>12&15], hex[u>>8&15], hex[u>>4&15], hex[u&15]) }
	b = append(b, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f {
			if c == '"' || c == '\\' {
				b = append(b, '\\')
			}
			b = append(b, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == utf8.RuneError, unicode.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r >= 0x10000:
			unit(0xd800 + (r-0x10000)>>10)
			unit(0xdc00 + (r-0x10000)&0x3ff)
		default:
			unit(r)
		}
	}
	return append(b, '"')
}
