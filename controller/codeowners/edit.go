package codeowners

import (
	"errors"
	"fmt"
	"strings"
)

// Why an edit is refused. [File.Apply] wraps one of these; compare with errors.Is.
var (
	ErrUnreadable = errors.New("the file is too large or binary")
	ErrNotRule    = errors.New("there is no rule in force there")
	ErrMoved      = errors.New("the line has another pattern than expected")
	ErrConflict   = errors.New("two edits contradict each other")
	ErrBadOwner   = errors.New("not an owner that can be written")
	ErrBadPattern = errors.New("not a pattern that can be written")
	ErrNoOwner    = errors.New("the rule does not have that owner")
	ErrLastOwner  = errors.New("the rule would be left without owners, which makes its files explicitly unowned; ask for that with AllowUnowned")
	ErrOverridden = errors.New("later rules would override the rule on whatever it matches")
	ErrTooLarge   = errors.New("the file would have 3 MB or more and GitHub would not load it")
)

// EditError says which edit was refused, and why.
type EditError struct {
	Edit int // index into the arguments of Apply; -1 where all of them together are meant
	Err  error
}

// Error gives the reason.
func (e *EditError) Error() string {
	if e.Edit < 0 {
		return "editing CODEOWNERS: " + e.Err.Error()
	}
	return fmt.Sprintf("editing CODEOWNERS, edit %d: %s", e.Edit+1, e.Err)
}

// Unwrap gives the reason.
func (e *EditError) Unwrap() error { return e.Err }

// Edit is one change to a rule: [AddOwner], [RemoveOwner], [ReplaceOwner], [SetOwners], [AddRule] or [RemoveRule].
//
// Owners are "@login", "@organisation/team" or an address. An edit is stricter than Parse: a login of more than 39
// characters is refused. Owners are compared without regard to case, as GitHub does.
type Edit interface {
	apply(*editor) error
}

// At names the rule that an edit is for.
type At struct {
	Line    int    // 1-based, in the file that Apply is called on; 0: the last rule that has the pattern
	Pattern string // as written there; if the line has another, it has moved and the edit is refused
}

// AddOwner adds an owner after the last one; if the rule has the owner already, nothing changes.
type AddOwner struct {
	At
	Owner string
}

// RemoveOwner takes an owner off a rule, wherever the line names it.
type RemoveOwner struct {
	At
	Owner        string
	AllowUnowned bool // also if it is the last one
}

// ReplaceOwner puts one owner in the place of another; if the rule has the new one already, the old one goes.
type ReplaceOwner struct {
	At
	Old, New string
}

// SetOwners gives a rule exactly these owners.
type SetOwners struct {
	At
	Owners       []string
	AllowUnowned bool // also if there are none
}

// AddRule adds a line with a rule. It is refused if later rules would override it on whatever it matches.
type AddRule struct {
	Pattern      string // as to be written; see [Escape]
	Owners       []string
	AllowUnowned bool // also without owners
	After        int  // the line to put it after, 0 for the end of the file, Top for its start
}

// Top is the place before the first line, for [AddRule].
const Top = -1

// RemoveRule deletes a rule's line, its comment included.
type RemoveRule struct {
	At
}

// Apply gives the file's bytes with the edits made; all else stays as it is to the byte: line endings, byte order mark, comments,
// white space, a missing line break at the end. Lines are those of the unedited file, for all edits; several
// edits of one line are made one after the other, and rules added at one place stand in the order of the edits.
// On an error, which is an [EditError], nothing is changed.
func (f *File) Apply(edits ...Edit) ([]byte, error) {
	edited, err := f.Edited(edits...)
	if err != nil {
		return nil, err
	}
	return edited.Bytes(), nil
}

// Edited is Apply for who goes on with the edited text as a File.
func (f *File) Edited(edits ...Edit) (*File, error) {
	edited, e, err := f.edited(edits)
	if err == nil {
		err = e.effective(edited)
	}
	if err != nil {
		return nil, err
	}
	return edited, nil
}

// Draft is Edited for who then matches files against the text, and so sees whether each added rule decides over any: of
// one that does it need not be asked whether later rules override it on whatever it matches, which Edited refuses.
func (f *File) Draft(edits ...Edit) (*File, error) {
	edited, _, err := f.edited(edits)
	return edited, err
}

func (f *File) edited(edits []Edit) (*File, *editor, error) {
	if f.unreadable {
		return nil, nil, &EditError{-1, ErrUnreadable}
	}
	e := &editor{file: f, changed: map[int]string{}, removed: map[int]bool{}, added: map[int][]addedRule{}}
	for i, edit := range edits {
		e.edit = i
		if err := edit.apply(e); err != nil {
			return nil, nil, &EditError{i, err}
		}
	}
	text, lines := e.text()
	if len(text) >= MaxSize {
		return nil, nil, &EditError{-1, ErrTooLarge}
	}
	edited := parse(text)
	if err := sameLines(edited, lines); err != nil {
		return nil, nil, &EditError{-1, err}
	}
	return edited, e, nil
}

// sameLines makes sure that what was written is read back as those lines. Only oddities can be in the way, such as a byte
// order mark in the middle that an edit would bring to the start of the file.
func sameLines(edited *File, lines []string) error {
	if len(edited.lines) != len(lines) {
		return fmt.Errorf("%d lines would be read as %d: %w", len(lines), len(edited.lines), ErrConflict)
	}
	for i, text := range lines {
		if have := edited.Line(i + 1).Text; have != text {
			return fmt.Errorf("line %d, %q, would be read as %q: %w", i+1, text, have, ErrConflict)
		}
	}
	return nil
}

// editor gathers edits by line.
type editor struct {
	file    *File
	parser  lineParser
	edit    int
	changed map[int]string      // the new text of a line
	removed map[int]bool        // lines
	added   map[int][]addedRule // after a line; 0: before the first
}

type addedRule struct {
	text string
	edit int
}

// rule finds the line that an edit is for, as the edits before have left it.
func (e *editor) rule(at At) (number int, text string, line parsedLine, err error) {
	number, err = e.find(at)
	if err != nil {
		return 0, "", parsedLine{}, err
	}
	if e.removed[number] {
		return 0, "", parsedLine{}, fmt.Errorf("line %d is removed by an earlier edit: %w", number, ErrConflict)
	}
	text, ok := e.changed[number]
	if !ok {
		text = e.file.Line(number).Text
	}
	return number, text, e.parser.parse(text), nil
}

func (e *editor) find(at At) (number int, err error) {
	if at.Line == 0 {
		for i := len(e.file.rules) - 1; i >= 0; i-- {
			if e.file.rules[i].Pattern == at.Pattern {
				return e.file.rules[i].Line, nil
			}
		}
		return 0, fmt.Errorf("no rule has the pattern %q: %w", at.Pattern, ErrNotRule)
	}
	if at.Line < 0 || at.Line > len(e.file.lines) {
		return 0, fmt.Errorf("line %d of %d: %w", at.Line, len(e.file.lines), ErrNotRule)
	}
	line := e.file.Line(at.Line)
	if line.Kind != RuleLine {
		return 0, fmt.Errorf("line %d: %w", at.Line, ErrNotRule)
	}
	if have := e.file.rules[line.Rule].Pattern; have != at.Pattern {
		return 0, fmt.Errorf("line %d has the pattern %q, not %q: %w", at.Line, have, at.Pattern, ErrMoved)
	}
	return at.Line, nil
}

// text puts the lines together again, and gives what each of them is to say.
func (e *editor) text() (text string, lines []string) {
	var b strings.Builder
	b.Grow(len(e.file.text) + 1024)
	if e.file.HasByteOrderMark() {
		b.WriteString(byteOrderMark)
	}
	unended := false // the line before has no line ending yet
	write := func(text, ending string) {
		b.WriteString(text)
		b.WriteString(ending)
		lines, unended = append(lines, text), ending == ""
	}
	for number := 0; number <= len(e.file.lines); number++ {
		last := number > 0 && e.file.Line(number).Ending == ""
		if number > 0 && !e.removed[number] {
			line := e.file.Line(number)
			text, changed := e.changed[number]
			if !changed {
				text = line.Text
			}
			write(text, line.Ending)
		}
		ending := e.ending(number)
		for _, rule := range e.added[number] {
			switch {
			case !last:
				write(rule.text, ending)
			case unended:
				b.WriteString(ending)
				write(rule.text, "")
			default:
				write(rule.text, "")
			}
		}
	}
	return b.String(), lines
}

// ending is the line ending to write after a line: its own, or the nearest one. A file without any gets LF, but after
// a CR, which must not become part of the ending, CRLF.
func (e *editor) ending(number int) string {
	if number > 0 && strings.HasSuffix(e.file.Line(number).Text, "\r") {
		return "\r\n"
	}
	for n := number; n > 0; n-- {
		if ending := e.file.Line(n).Ending; ending != "" {
			return ending
		}
	}
	if len(e.file.lines) > 0 && e.file.Line(1).Ending != "" {
		return e.file.Line(1).Ending
	}
	return "\n"
}

// effective makes sure that no added rule is overridden on whatever it matches.
func (e *editor) effective(edited *File) error {
	if len(e.added) == 0 {
		return nil
	}
	owner := e.addedByLine()
	l := linter{file: edited, rules: edited.rules}
	m := edited.Compile()
	c, last := m.Cursor(), m.lastOfEach()
	for i, r := range edited.rules {
		edit, ours := owner[r.Line]
		if !ours {
			continue
		}
		if by := max(l.covering(c, compilePattern(r.Pattern)), last[m.meaning(i)]); by > i {
			return &EditError{edit, fmt.Errorf("%q, by line %d, %q: %w", r.Pattern, edited.rules[by].Line, edited.rules[by].Pattern, ErrOverridden)}
		}
	}
	return nil
}

// addedByLine gives, by line of the edited text, the edit that added it.
func (e *editor) addedByLine() map[int]int {
	edits := map[int]int{}
	line := 0
	for number := 0; number <= len(e.file.lines); number++ {
		if number > 0 && !e.removed[number] {
			line++
		}
		for _, rule := range e.added[number] {
			line++
			edits[line] = rule.edit
		}
	}
	return edits
}
