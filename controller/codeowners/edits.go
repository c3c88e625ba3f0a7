package codeowners

import (
	"fmt"
	"slices"
	"strings"
)

func (a AddOwner) apply(e *editor) error {
	number, text, line, err := e.rule(a.At)
	if err != nil {
		return err
	}
	if err := checkOwner(a.Owner); err != nil {
		return err
	}
	if !hasOwner(line, a.Owner) {
		e.changed[number] = insertOwners(text, line, a.Owner)
	}
	return nil
}

func (r RemoveOwner) apply(e *editor) error {
	number, text, line, err := e.rule(r.At)
	if err != nil {
		return err
	}
	if !hasOwner(line, r.Owner) {
		return fmt.Errorf("line %d, %q: %w", number, r.Owner, ErrNoOwner)
	}
	left := 0
	for _, o := range line.owners {
		if !sameOwner(o.Text, r.Owner) {
			left++
		}
	}
	if left == 0 && !r.AllowUnowned {
		return fmt.Errorf("line %d: %w", number, ErrLastOwner)
	}
	e.changed[number] = rewriteOwners(text, line, func(o placedOwner) (owner string, keep bool) {
		return o.Text, !sameOwner(o.Text, r.Owner)
	})
	return nil
}

func (r ReplaceOwner) apply(e *editor) error {
	number, text, line, err := e.rule(r.At)
	if err != nil {
		return err
	}
	if err := checkOwner(r.New); err != nil {
		return err
	}
	if !hasOwner(line, r.Old) {
		return fmt.Errorf("line %d, %q: %w", number, r.Old, ErrNoOwner)
	}
	done := hasOwner(line, r.New) && !sameOwner(r.Old, r.New)
	e.changed[number] = rewriteOwners(text, line, func(o placedOwner) (owner string, keep bool) {
		if !sameOwner(o.Text, r.Old) {
			return o.Text, true
		}
		keep, done = !done, true
		return r.New, keep
	})
	return nil
}

func (s SetOwners) apply(e *editor) error {
	number, text, line, err := e.rule(s.At)
	if err != nil {
		return err
	}
	owners, err := checkOwners(s.Owners, s.AllowUnowned)
	if err != nil {
		return err
	}
	if slices.EqualFunc(line.owners, owners, func(o placedOwner, owner string) bool { return o.Text == owner }) {
		return nil
	}
	if len(line.owners) == 0 {
		if len(owners) > 0 {
			e.changed[number] = insertOwners(text, line, strings.Join(owners, " "))
		}
		return nil
	}
	from, to := line.owners[0].start, line.owners[len(line.owners)-1].end
	if len(owners) == 0 {
		from = line.patternEnd
	}
	e.changed[number] = text[:from] + strings.Join(owners, " ") + text[to:]
	return nil
}

func (a AddRule) apply(e *editor) error {
	if err := checkNewPattern(a.Pattern); err != nil {
		return err
	}
	owners, err := checkOwners(a.Owners, a.AllowUnowned)
	if err != nil {
		return err
	}
	after := a.After
	switch {
	case after == 0:
		after = len(e.file.lines)
	case after == Top:
		after = 0
	case after < 0 || after > len(e.file.lines):
		return fmt.Errorf("adding after line %d of %d: %w", after, len(e.file.lines), ErrNotRule)
	}
	text := strings.Join(append([]string{a.Pattern}, owners...), " ")
	e.added[after] = append(e.added[after], addedRule{text, e.edit})
	return nil
}

func (r RemoveRule) apply(e *editor) error {
	number, _, _, err := e.rule(r.At)
	if err != nil {
		return err
	}
	if _, changed := e.changed[number]; changed {
		return fmt.Errorf("line %d is changed by an earlier edit: %w", number, ErrConflict)
	}
	e.removed[number] = true
	return nil
}

// insertOwners writes owners after the last one, or after the pattern; a comment stays apart from them.
func insertOwners(text string, line parsedLine, owners string) string {
	at := line.patternEnd
	if n := len(line.owners); n > 0 {
		at = line.owners[n-1].end
	}
	rest := text[at:]
	if strings.HasPrefix(rest, "#") {
		rest = " " + rest
	}
	return text[:at] + " " + owners + rest
}

// rewriteOwners asks what is to stand in the place of each owner, in their order. One that is not kept goes with the white
// space before it; where no owner is left before it, with that after it, so that owners stay in their column.
func rewriteOwners(text string, line parsedLine, change func(placedOwner) (owner string, keep bool)) string {
	owners, first := make([]string, len(line.owners)), -1
	kept := make([]bool, len(line.owners))
	for i, o := range line.owners {
		if owners[i], kept[i] = change(o); kept[i] && first < 0 {
			first = i
		}
	}
	if first < 0 {
		return text[:line.patternEnd] + text[line.owners[len(line.owners)-1].end:]
	}
	var b strings.Builder
	b.WriteString(text[:line.owners[0].start])
	for i, o := range line.owners {
		if !kept[i] {
			continue
		}
		if i > first {
			b.WriteString(text[line.owners[i-1].end:o.start])
		}
		b.WriteString(owners[i])
	}
	return b.String() + text[line.owners[len(line.owners)-1].end:]
}

func hasOwner(line parsedLine, owner string) bool {
	for _, o := range line.owners {
		if sameOwner(o.Text, owner) {
			return true
		}
	}
	return false
}

func sameOwner(a, b string) bool { return strings.EqualFold(a, b) }

// checkOwners checks a list, and leaves out what is said twice.
func checkOwners(owners []string, allowUnowned bool) ([]string, error) {
	if len(owners) == 0 && !allowUnowned {
		return nil, ErrLastOwner
	}
	var unique []string
next:
	for _, owner := range owners {
		if err := checkOwner(owner); err != nil {
			return nil, err
		}
		for _, earlier := range unique {
			if sameOwner(earlier, owner) {
				continue next
			}
		}
		unique = append(unique, owner)
	}
	return unique, nil
}

// checkOwner refuses what would not be read back as that one owner, and what cannot exist on GitHub.
func checkOwner(owner string) error {
	kind, ok := ownerKind(owner)
	if !ok || strings.ContainsAny(owner, " \t\n\v\f\r#\x00") {
		return fmt.Errorf("%q: %w", owner, ErrBadOwner)
	}
	if kind == Email {
		if owner[0] == '@' {
			return fmt.Errorf("%q is two owners without a space: %w", owner, ErrBadOwner)
		}
		return nil
	}
	login, _, _ := strings.Cut(owner[1:], "/")
	if len(login) > maxLogin {
		return fmt.Errorf("%q has more than %d characters before its end or slash: %w", owner, maxLogin, ErrBadOwner)
	}
	return nil
}

// checkNewPattern refuses what would not be read back as that one pattern, or could never match.
func checkNewPattern(pattern string) error {
	var p lineParser
	line := p.parse(pattern)
	switch {
	case len(line.faults) > 0:
		return fmt.Errorf("%q: %s: %w", pattern, line.faults[0].suggestion, ErrBadPattern)
	case line.pattern == "" || line.pattern != pattern, strings.ContainsAny(pattern, "\x00\n\r"), strings.HasPrefix(pattern, byteOrderMark):
		return fmt.Errorf("%q has a line break, NUL, `#`, unescaped white space or byte order mark: %w", pattern, ErrBadPattern)
	case compilePattern(pattern).never:
		return fmt.Errorf("%q can never match: %w", pattern, ErrBadPattern)
	}
	return nil
}

// Escape turns a path into a pattern that matches exactly that file or folder and, if it is a folder, all below it; a slash
// at the end of the path keeps it to a folder. White space becomes "\ ", and brackets "\[" and "\]", as GitHub's
// own error message asks for. What GitHub is not known to have a way for is an error: "#", "*", "?", "\",
// control characters, and parts that no path has.
func Escape(path string) (pattern string, err error) {
	var b strings.Builder
	b.WriteByte('/')
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '#' || c == '*' || c == '?' || c == '\\' || c < ' ' || c == 0x7f:
			return "", fmt.Errorf("the path %q has a %q, which no pattern can stand for: %w", path, c, ErrBadPattern)
		case c == ' ' || c == '[' || c == ']':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	pattern = b.String()
	if path == "" || compilePattern(pattern).never {
		return "", fmt.Errorf("%q is not a path in a repository: %w", path, ErrBadPattern)
	}
	return pattern, nil
}
