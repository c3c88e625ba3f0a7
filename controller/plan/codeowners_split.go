package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// maxKept bounds how many other areas get rules that only keep what they have, for the sake of one area.
const maxKept = 20

// A split gives areas rules of their own, right below a rule that they share with others. Such a rule takes what its
// pattern matches from the rule above and from all before it, and leaves the later ones in force.
//
//	the pattern                              when
//	the area's claim                         it takes nothing from rules before the one above
//	the claim and the rule above in one      else, where this can be written: `/api/` and `*.js` is `/api/**/*.js`
//	folders and files, as few as possible    else, or where others' files would be taken and cannot be given back
//
// An area inside another that wishes something else gets a rule of its own behind, with what it has; areas are inside
// one another, so that the more specific rule comes later. Where an area's rules would take all from the rule above,
// that rule is edited in their place. Files that no rule decides over get rules at the end of the file if no rule can
// match anything of theirs, and else before the first rule.
type split struct {
	*repair
	rule    int32
	common  shared
	members map[int32]*member
	// expelled are the scopes that no rules can be found for.
	expelled map[int32]bool
	entries  []*entry
	// winner says by file which entry decides; nil where the rule above does.
	winner map[int32]*entry
}

// member is a part that gets rules of its own.
type member struct {
	part
	owners   []string
	key      string
	verdicts []verdict
	// kept says that it gets rules only for the sake of others.
	kept  bool
	keeps int // how many get rules for its sake
	// narrow says that its rules are not its claims, but folders and files.
	narrow bool
	// inPlace says that the rule above is edited for it.
	inPlace bool
	// apart says that others' entries do for some of its files only, so that it needs its own for all.
	apart bool
	// joined are other members whose files its rules suit.
	joined []*member
}

// entry is one rule to be added.
type entry struct {
	*member
	pattern              string
	segments, characters int
	// takes are the files that it matches and the rule above decides over.
	takes []int32
	// idle says that the entries before it do the same already.
	idle bool
	// index is that of the candidate.
	index int
}

func (r *repair) split(rule int32, parts, partial []part, common shared) {
	s := &split{repair: r, rule: rule, common: common, members: map[int32]*member{}, expelled: map[int32]bool{}}
	for _, p := range partial {
		m := r.member(p, common)
		if !slices.ContainsFunc(m.wishes, func(w *wish) bool { return !common.has(w) }) {
			continue // all that only this part wishes is held
		}
		s.members[p.scope] = m
	}
	all := 0
	for _, p := range parts {
		all += p.files
	}
	for _, p := range partial {
		if m := s.members[p.scope]; m != nil {
			s.enter(m)
			s.tryInPlace(m, all)
		}
	}
	for s.settle(); s.resolve(parts); s.settle() {
	}
	s.dropIdleKept()
	s.emit()
}

// member reviews the wishes of a part, those that all parts share first, as these may be fulfilled without the others.
// What only it wishes and cannot be is held; what all wish is held by editRule.
func (r *repair) member(p part, common shared) *member {
	m := &member{part: p}
	m.wishes = nil
	wishes := slices.Clone(p.wishes)
	slices.SortStableFunc(wishes, func(a, b *wish) int {
		return cmp.Or(compareFlags(a.remove, b.remove), compareFlags(common.has(b), common.has(a)))
	})
	for i, v := range r.review(p.rule, wishes) {
		switch {
		case v.brake == "":
			m.wishes, m.verdicts = append(m.wishes, wishes[i]), append(m.verdicts, v)
		case !common.has(wishes[i]):
			r.addHeld(p, wishes[i:i+1], v.brake, v.because)
		}
	}
	m.owners, m.key = r.owners(p.rule, m.wishes)
	return m
}

// owners are those of a rule after some wishes, as written, and their holders as one string.
func (r *repair) owners(rule int32, wishes []*wish) (owners []string, key string) {
	var holders []ownership.Holder
	gone := func(h ownership.Holder) bool {
		return slices.ContainsFunc(wishes, func(w *wish) bool { return w.remove && w.holder == h })
	}
	for i, owner := range r.written(rule) {
		if holder := r.holders(rule)[i]; !gone(holder) {
			owners, holders = append(owners, owner.Text), append(holders, holder)
		}
	}
	for _, w := range wishes {
		if !w.remove {
			owners, holders = append(owners, w.owner), append(holders, w.holder)
		}
	}
	return owners, keyOf(holders)
}

// keyOf is equal for equal sets of holders.
func keyOf(holders []ownership.Holder) string {
	sorted := slices.Clone(holders)
	slices.Sort(sorted)
	var b strings.Builder
	for _, holder := range slices.Compact(sorted) {
		b.WriteString(string(holder))
		b.WriteByte(' ') // which no holder has
	}
	return b.String()
}

// enter makes a member's entries: by its claims, or else by what is narrower. It says whether there are any.
func (s *split) enter(m *member) bool {
	var patterns []string
	if !m.narrow {
		patterns = s.claimed(m.part)
	}
	if patterns == nil {
		m.narrow = true
		patterns = s.cover(m.part)
	}
	if patterns == nil {
		s.expel(m, s.inexpressible(m.part))
		return false
	}
	for _, pattern := range patterns {
		e := &entry{member: m, pattern: pattern}
		e.segments, e.characters = snapshot.Specificity(pattern)
		for _, file := range s.matching(pattern) {
			if s.repository.Matches[file] == s.rule {
				e.takes = append(e.takes, file)
			}
		}
		s.entries = append(s.entries, e)
	}
	slices.SortFunc(s.entries, compareEntries)
	return true
}

// compareEntries puts the more specific later, in the order in which Edits writes rules at one place.
func compareEntries(a, b *entry) int {
	return cmp.Or(compareFlags(b.inPlace, a.inPlace), cmp.Compare(a.segments, b.segments), cmp.Compare(a.characters, b.characters), strings.Compare(a.pattern, b.pattern))
}

// expel takes a member out; what it wishes is held.
func (s *split) expel(m *member, because string) {
	delete(s.members, m.scope)
	s.expelled[m.scope] = true
	s.withdraw(m)
	if !m.kept {
		s.addHeld(m.part, slices.DeleteFunc(slices.Clone(m.wishes), func(w *wish) bool { return s.common.has(w) }),
			ownership.BrakeInexpressible, because)
	}
}

// withdraw takes back a member's entries.
func (s *split) withdraw(m *member) {
	s.entries = slices.DeleteFunc(s.entries, func(e *entry) bool { return e.member == m })
	m.inPlace = false
}

// tryInPlace finds out whether a member's entries would take all that the rule above decides over; one may.
func (s *split) tryInPlace(m *member, all int) {
	if s.rule < 0 || m.narrow {
		return
	}
	taken := map[int32]bool{}
	for _, e := range s.entries {
		if e.member != m && e.inPlace {
			return
		}
		if e.member == m {
			for _, file := range e.takes {
				taken[file] = true
			}
		}
	}
	m.inPlace = len(taken) == all
	slices.SortFunc(s.entries, compareEntries)
}

// settle finds the entry that decides over each file, and those that say nothing new for their own area's files. Either
// all of a member's files are left to others' entries, or none.
func (s *split) settle() {
	for again := true; again; {
		again = false
		s.winner = map[int32]*entry{}
		for _, e := range s.entries {
			e.joined = nil
		}
		for _, e := range s.entries {
			s.settleEntry(e)
		}
		for _, e := range s.entries {
			if e.idle || e.apart {
				continue
			}
			for _, other := range s.entries {
				if other.member == e.member && other.idle && slices.ContainsFunc(s.entries, func(by *entry) bool { return slices.Contains(by.joined, e.member) }) {
					e.apart, again = true, true
				}
			}
		}
	}
}

func (s *split) settleEntry(e *entry) {
	e.idle = !e.inPlace
	var before []*member
	for _, file := range e.takes {
		if s.scope[file] != e.scope {
			continue
		}
		won := s.winner[file]
		if won == nil || won.key != e.key || e.apart && won.member != e.member {
			e.idle = false
			break
		}
		if won.member != e.member && !slices.Contains(before, won.member) {
			before = append(before, won.member)
		}
	}
	if !e.idle {
		for _, file := range e.takes {
			s.winner[file] = e
		}
		return
	}
	for _, m := range before {
		if !slices.Contains(m.joined, e.member) {
			m.joined = append(m.joined, e.member)
		}
	}
}

// resolve sees to files that an entry of another area has taken, whose owners would change otherwise than their own area
// wishes: that area becomes a member too, or the other one takes less. It says whether anything had to be done.
func (s *split) resolve(parts []part) bool {
	type clash struct {
		taker *member
		scope int32
	}
	var clashes []clash
	seen := map[clash]bool{}
	for _, e := range s.entries {
		for _, file := range e.takes {
			c := clash{e.member, s.scope[file]}
			if s.winner[file] != e || c.scope == e.scope || seen[c] {
				continue
			}
			if own := s.members[c.scope]; own != nil && own.key == e.key {
				continue
			}
			seen[c] = true
			clashes = append(clashes, c)
		}
	}
	for _, c := range clashes {
		if s.members[c.taker.scope] != c.taker {
			continue // expelled meanwhile
		}
		if s.members[c.scope] == nil && !s.expelled[c.scope] && c.scope != unclaimed && len(s.written(s.rule)) > 0 && c.taker.keeps < maxKept && !c.taker.narrow {
			at := slices.IndexFunc(parts, func(p part) bool { return p.scope == c.scope })
			if s.keep(parts[at], c.taker) {
				continue
			}
		}
		s.narrow(c.taker)
	}
	return len(clashes) > 0
}

// keep makes a part a member for another's sake. What it wishes itself all wish, and is fulfilled along with it.
func (s *split) keep(p part, sake *member) bool {
	m := s.member(p, s.common)
	m.kept = true
	s.members[p.scope] = m
	if !s.enter(m) {
		return false
	}
	sake.keeps++
	return true
}

// narrow makes a member take less; one that takes as little as can be is expelled.
func (s *split) narrow(m *member) {
	if m.narrow {
		s.expel(m, s.inexpressible(m.part))
		return
	}
	m.narrow = true
	s.withdraw(m)
	s.enter(m)
}

// dropIdleKept takes out members who were let in for others that take nothing from them in the end.
func (s *split) dropIdleKept() {
	for dropped := true; dropped; {
		dropped = false
		for _, m := range s.sorted() {
			if m.kept && !s.isTaken(m) {
				delete(s.members, m.scope)
				s.withdraw(m)
				dropped = true
			}
		}
		s.settle()
	}
}

// isTaken says whether another member's entry takes a file of a member.
func (s *split) isTaken(m *member) bool { return s.taker(m) != nil }

// taker is the first other member whose entry takes a file of a member; nil where none does.
func (s *split) taker(m *member) *member {
	for _, e := range s.entries {
		if e.member != m && !e.idle && slices.ContainsFunc(e.takes, func(file int32) bool { return s.scope[file] == m.scope }) {
			return e.member
		}
	}
	return nil
}

// sake is the first member that another is kept for in the end.
func (s *split) sake(m *member) *member {
	for range s.members {
		if m = s.taker(m); m == nil || !m.kept {
			break
		}
	}
	if m == nil || m.kept { // they take from one another
		members := s.sorted()
		m = members[max(0, slices.IndexFunc(members, func(m *member) bool { return !m.kept }))]
	}
	return m
}

// sorted are the members by scope.
func (s *split) sorted() []*member {
	var members []*member
	for _, m := range s.members {
		members = append(members, m)
	}
	slices.SortFunc(members, func(a, b *member) int { return cmp.Compare(a.scope, b.scope) })
	return members
}

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
	return s.addEdits(wishes, verdicts, parts, needed)
}

// added makes the change that adds an entry.
func (s *split) added(e *entry) *derived {
	d := &derived{candidate: candidate{Change: ownership.Change{
		Operation: ownership.AddRule, Line: s.place(e.pattern), Pattern: e.pattern, Owners: e.owners,
		After: e.pattern + " " + strings.Join(e.owners, " "), Holders: []ownership.Holder{},
	}}}
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
	if d.unknown == "" && e.kept {
		d.unknown = s.maybe(e.scope)
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
	return fmt.Sprintf("%s; line %d, %q, decides over files of others too", strings.Join(reasons, "; "), number, s.file.Rules()[s.rule].Pattern)
}

// place is the line to add a rule after: the rule above; for files without a rule the end of the file (0), if no rule can
// match what the new one does, and else the line before the first rule.
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
	return rules[0].Line - 1
}
