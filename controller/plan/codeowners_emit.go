package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// emit adds the candidates, and says which of them need which: a member's rules need one another; rules that take files
// of others need the rules which take these back; what is kept needs what it is kept for.
func (s *split) emit() {
	indexes := map[*member][]int{}
	var all []int
	for _, e := range s.entries {
		if !e.idle && !e.inPlace {
			e.index = s.add(s.added(e))
			indexes[e.member] = append(indexes[e.member], e.index)
			all = append(all, e.index)
		}
	}
	for _, m := range s.sorted() {
		if m.inPlace {
			indexes[m] = s.emitInPlace(m, all)
		}
	}
	for _, e := range s.entries {
		if e.idle || e.inPlace {
			continue
		}
		needs := slices.Clone(indexes[e.member])
		for _, file := range e.takes {
			if won := s.winner[file]; won != e && !slices.Contains(needs, won.index) {
				needs = append(needs, won.index)
			}
		}
		if e.kept {
			needs = append(needs, indexes[s.sake(e.member)]...)
		}
		slices.Sort(needs)
		s.found[e.index].needs = slices.DeleteFunc(slices.Compact(needs), func(index int) bool { return index == e.index })
	}
}

// emitInPlace edits the rule above for a member, and gives the edits.
func (s *split) emitInPlace(m *member, needed []int) []int {
	parts := []part{m.part}
	for _, other := range m.joined {
		parts = append(parts, other.part)
	}
	var wishes []*wish
	var verdicts []verdict
	for i, w := range m.wishes {
		if !s.common.has(w) {
			wishes, verdicts = append(wishes, w), append(verdicts, m.verdicts[i])
		}
	}
	from := len(s.found)
	s.addEdits(wishes, verdicts, parts, needed)
	indexes := make([]int, len(s.found)-from)
	for i := range indexes {
		indexes[i] = from + i
	}
	return indexes
}

// added makes the change that adds an entry.
func (s *split) added(e *entry) *derived {
	d := s.derive(ownership.Change{
		Operation: ownership.AddRule, Line: s.place(e.pattern), Pattern: e.pattern, Owners: e.owners,
		After: e.pattern + " " + strings.Join(e.owners, " "), Holders: []ownership.Holder{},
	})
	var wishes []*wish
	for _, m := range append([]*member{e.member}, e.joined...) {
		for i, w := range m.wishes {
			wishes = append(wishes, w)
			d.fulfils = append(d.fulfils, fulfilment{s.rule, m.scope, w})
			if d.unknown == "" {
				d.unknown = m.verdicts[i].unknown
			}
		}
	}
	for _, w := range wishes {
		d.Holders = append(d.Holders, w.holder)
		if w.remove {
			d.Removal, d.loses = true, append(d.loses, w.holder)
		}
	}
	slices.Sort(d.Holders)
	slices.Sort(d.loses)
	d.Holders, d.loses = slices.Compact(d.Holders), slices.Compact(d.loses)
	d.justify(wishes)
	if len(wishes) == 0 {
		sake := s.sake(e.member)
		d.justify(sake.wishes)
		d.Reason = fmt.Sprintf("%s keeps the owners that it has, where a rule for %s would change them", s.scopes[e.scope].area.ID, s.scopes[sake.scope].area.ID)
		return d
	}
	d.Reason = s.because(wishes)
	return d
}

// because joins the reasons of wishes, each once, and says why the rule is not edited.
func (s *split) because(wishes []*wish) string {
	var reasons []string
	for _, w := range wishes {
		if !slices.Contains(reasons, w.reason) {
			reasons = append(reasons, w.reason)
		}
	}
	if s.rule < 0 {
		return strings.Join(reasons, "; ") + "; no rule decides here yet"
	}
	number, _ := s.line(s.rule)
	return strings.Join(reasons, "; ") + "; line " + strconv.Itoa(number) + ", " + strconv.Quote(s.file.Rules()[s.rule].Pattern) + ", decides over files of others too"
}

// place is the line to add a rule after: the rule above; for files without a rule the end of the file (0), if no rule can
// match what the new one does, and else the line before the first rule and its heading.
func (s *split) place(pattern string) int {
	rules := s.file.Rules()
	switch {
	case s.rule >= 0:
		return rules[s.rule].Line
	case s.apart(pattern):
		return 0
	case rules[0].Line == 1:
		return codeowners.Top
	}
	return s.aboveHeading(rules[0].Line)
}

// aboveHeading is the line before a rule, or before the comment right above it, which is about that rule and those after
// it. A comment that the file begins with is about the file.
func (s *split) aboveHeading(rule int) int {
	above := rule - 1
	for above > 0 && s.file.Line(above).Kind == codeowners.CommentLine {
		above--
	}
	if above == 0 {
		return rule - 1
	}
	return above
}
