package codeowners

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ProblemKind says what Lint found.
type ProblemKind string

const (
	// Invalid: the line, or the whole file, has an Error and is skipped by GitHub.
	Invalid ProblemKind = "invalid"
	// Dead: the rule matches no file. Without a list of files: it can match none, whatever the repository holds.
	Dead ProblemKind = "dead"
	// Shadowed: the rule matches files, but later rules override it on each. Without a list of files:
	// one later rule overrides it on whatever it could match.
	Shadowed ProblemKind = "shadowed"
	// Duplicate: a later rule has a pattern that means the same, so this one never decides.
	Duplicate ProblemKind = "duplicate"
	// CatchAllOnly: files that only a rule for everything, such as "*", owns. Needs a list of files.
	CatchAllOnly ProblemKind = "catch-all-only"
	// Doubtful: the line is in force, but probably does not say what was meant.
	Doubtful ProblemKind = "doubtful"
)

// Problem is one thing worth changing in a file.
type Problem struct {
	Kind    ProblemKind
	Line    int    // 1-based; 0 where the whole file is meant
	Column  int    // 1-based, in characters; 0 where the whole file is meant
	Rule    int    // index into File.Rules, or -1
	Pattern string // of the rule, as written; of a line that is none, its first word; empty where the whole file is meant
	By      int    // Shadowed, Duplicate: the line of a rule that overrides it; else 0
	Files   int    // CatchAllOnly: the number of files concerned; else 0
	// Examples are some of the files concerned, in the order of the list, at most 10.
	Examples []string
	Message  string // one sentence, without a full stop
	Remedy   string // what to do, likewise
}

const maxExamples = 10

// Lint finds what is wrong with a file. files are the paths of the repository's files as git lists them; with
// nil, only what the text alone proves is reported. A rule has one problem at most of Dead, Shadowed and
// Duplicate. The problems are sorted by line.
//
//	rule                                         Problem
//	decides over some file                       none (CatchAllOnly, if it is for everything and has owners)
//	same meaning as a later rule                 Duplicate
//	matches some file, decides over none         Shadowed
//	matches no file                              Dead
//
// Cost: that of matching all files twice, see [Matcher].
func Lint(f *File, files []string) []Problem {
	l := linter{file: f, rules: f.rules, by: make([]int, len(f.rules))}
	l.invalid()
	l.doubtful()
	l.duplicates()
	if files == nil {
		l.provable()
	} else {
		l.measured(files)
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return l.problems
}

type linter struct {
	file     *File
	rules    []Rule
	by       []int // by rule: 1 + the last rule of the same meaning, if that is a later one
	problems []Problem
}

func (l *linter) add(kind ProblemKind, rule int, message, remedy string) *Problem {
	r := l.rules[rule]
	l.problems = append(l.problems, Problem{
		Kind: kind, Line: r.Line, Column: r.Column, Rule: rule, Pattern: r.Pattern, Message: message, Remedy: remedy,
	})
	return &l.problems[len(l.problems)-1]
}

func (l *linter) invalid() {
	for _, e := range l.file.errors {
		p := Problem{Kind: Invalid, Line: e.Line, Column: e.Column, Rule: -1, Message: e.Error()}
		if e.Line > 0 {
			p.Pattern = firstWord(l.file.Line(e.Line).Text)
		}
		switch {
		case e.Line == 0:
			why, remedy := l.file.NotInForce()
			p.Message, p.Remedy = "no rule is in force: "+why, remedy
		case e.Kind == InvalidOwner:
			p.Message += ": " + wordAt(e.Source, e.Column) + " is neither @user, nor @organisation/team, nor an e-mail address"
			p.Remedy = "write owners as @user, @organisation/team or an e-mail address"
		default:
			p.Remedy = "write a pattern that GitHub accepts; until then the line has no effect"
		}
		l.problems = append(l.problems, p)
	}
}

// wordAt is the word of a line that begins at a column, from 1, as far as it is worth showing.
func wordAt(line string, column int) string {
	for i := range line {
		if column--; column == 0 {
			return firstWord(line[i:])
		}
	}
	return ""
}

// firstWord is what stands where the pattern of a line is expected, as far as it is worth showing.
func firstWord(line string) string {
	const longest = 200
	words := strings.Fields(line)
	if len(words) == 0 {
		return ""
	}
	return strings.ToValidUTF8(words[0][:min(len(words[0]), longest)], "?")
}

// doubtful finds lines that GitHub accepts, as far as is known, and that hardly mean what they say.
func (l *linter) doubtful() {
	if l.file.HasByteOrderMark() && len(l.file.lines) > 0 {
		l.problems = append(l.problems, Problem{
			Kind: Doubtful, Line: 1, Column: 1, Rule: -1,
			Message: "the file starts with a byte order mark, which may be taken as part of the first pattern",
			Remedy:  "save the file as UTF-8 without byte order mark",
		})
	}
	for i, r := range l.rules {
		if strings.ContainsRune(r.Pattern, '@') && len(r.Owners) == 0 {
			if _, ok := ownerKind(r.Pattern); ok && r.Pattern[0] == '@' {
				l.add(Doubtful, i, "the line has an owner where the pattern must be", "put a pattern before the owner, such as `*`")
			}
		}
		line := l.file.Line(r.Line)
		if end := strings.Index(line.Text, r.Pattern) + len(r.Pattern); end < len(line.Text) && line.Text[end] == '#' {
			l.add(Doubtful, i, "the `#` in the pattern starts a comment, so the rule has no owners",
				"write `?` for the `#`, or white space before it if it is a comment")
		}
	}
}

// duplicates finds rules whose pattern means the same as that of a later one.
func (l *linter) duplicates() {
	last := make(map[string]int, len(l.rules))
	for i := len(l.rules) - 1; i >= 0; i-- {
		key := compilePattern(l.rules[i].Pattern).key()
		later, found := last[key]
		if !found {
			last[key] = i
			continue
		}
		l.by[i] = 1 + later
		other := l.rules[later]
		p := l.add(Duplicate, i, fmt.Sprintf("line %d has the same pattern and overrides this one", other.Line),
			"merge the owners into one rule and delete the other")
		if other.Pattern != l.rules[i].Pattern {
			p.Message = fmt.Sprintf("line %d, `%s`, means the same and overrides this one", other.Line, other.Pattern)
		}
		p.By = other.Line
	}
}

// provable reports what no list of files is needed for.
func (l *linter) provable() {
	c := Compile(l.rules).Cursor()
	for i, r := range l.rules {
		if l.by[i] != 0 {
			continue
		}
		p := compilePattern(r.Pattern)
		if p.never {
			l.add(Dead, i, "the pattern can never match: no path has an empty, `.` or `..` part", "correct or delete the rule")
		} else if by := l.covering(c, p); by > i {
			l.shadow(i, by)
		}
	}
}

func (l *linter) shadow(rule, by int) {
	p := l.add(Shadowed, rule, fmt.Sprintf("line %d, `%s`, overrides whatever this rule matches", l.rules[by].Line, l.rules[by].Pattern),
		"move the rule below that line, or delete it")
	p.By = l.rules[by].Line
}

// covering finds the last rule that certainly matches all that the pattern does: one for everything below
// the folders that the pattern names before its first wildcard. It gives -1 where the text proves none.
func (l *linter) covering(c *Cursor, p pattern) int {
	fixed := 0
	for fixed < len(p.segments) && p.segments[fixed].kind == literal {
		fixed++
	}
	var folder strings.Builder
	for _, s := range p.segments[:fixed] {
		folder.WriteString(s.text)
		folder.WriteByte('/')
	}
	path := folder.String()
	if fixed == len(p.segments) && p.ending != below && fixed > 0 {
		// The path itself is meant too: both it and what is below it must be covered by one rule.
		self := c.match(strings.TrimSuffix(path, "/"))
		return int(min(self, c.folder(path).best))
	}
	return int(c.folder(path).best)
}

// measured reports what the files show.
func (l *linter) measured(files []string) {
	m := Compile(l.rules)
	decides := make([]int, len(l.rules))
	examples := map[int][]string{}
	catchAll := make([]bool, len(l.rules))
	for i, r := range l.rules {
		catchAll[i] = len(r.Owners) > 0 && compilePattern(r.Pattern).everything()
	}
	c := m.Cursor()
	for _, file := range files {
		if rule := int(c.match(file)); rule >= 0 {
			decides[rule]++
			if catchAll[rule] && len(examples[rule]) < maxExamples {
				examples[rule] = append(examples[rule], file)
			}
		}
	}
	for i, r := range l.rules {
		if catchAll[i] && decides[i] > 0 {
			noun, verb := "files", "have"
			if len(files) == 1 {
				noun, verb = "file", "has"
			}
			p := l.add(CatchAllOnly, i, fmt.Sprintf("%d of %d %s %s no owner but that of `%s`", decides[i], len(files), noun, verb, r.Pattern),
				"add rules for the folders that have an owner of their own")
			p.Files, p.Examples = decides[i], examples[i]
		}
	}
	l.undecided(m, files, decides)
}

// undecided tells dead rules from shadowed ones, among those that decide over no file.
func (l *linter) undecided(m *Matcher, files []string, decides []int) {
	idle := make([]Rule, 0, len(l.rules))
	index := make([]int, 0, len(l.rules)) // of idle's rules in l.rules
	for i, r := range l.rules {
		if decides[i] == 0 && l.by[i] == 0 {
			idle, index = append(idle, r), append(index, i)
		}
	}
	if len(idle) == 0 || len(files) == 0 {
		return
	}
	only := Compile(idle)
	reached := newHits(len(only.nodes))
	c := only.cursor(reached)
	for i, file := range files {
		reached.file = int32(i)
		c.match(file)
	}
	for k, i := range index {
		file := reached.first(only, k)
		if file < 0 {
			l.add(Dead, i, "the pattern matches no file", "correct the pattern, or delete the rule")
			continue
		}
		by := l.rules[m.Match(files[file]).Rule]
		p := l.add(Shadowed, i, fmt.Sprintf("later rules override this one on every file that it matches, such as line %d, `%s`, on %s",
			by.Line, by.Pattern, files[file]), "move the rule below them, or delete it")
		p.By, p.Examples = by.Line, []string{files[file]}
	}
}
