package plan

import (
	"cmp"
	"slices"
	"strings"

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
//
// There are two splits of a rule: what can be done, and what is held because something is unknown. The first does not
// wait for the second, and keeps for an area inside what it has.
type split struct {
	*repair
	rule    int32
	wave    wave
	common  shared
	members map[int32]*member
	// others are the parts that are no members from the start, by scope.
	others map[int32]*member
	// expelled are the scopes that no rules can be found for.
	expelled map[int32]bool
	entries  []*entry
	// left says that something is for the restrained wave.
	left bool
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
	// apart says that it needs its own entries, though others' entries do for some of its files.
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

// wave tells the two splits of a rule apart.
type wave bool

const (
	free       wave = false
	restrained wave = true
)

// split makes one wave of rules, and says whether anything is left for the restrained one.
func (r *repair) split(rule int32, parts []part, common shared, wave wave) (left bool) {
	s := &split{repair: r, rule: rule, wave: wave, common: common, members: map[int32]*member{}, others: map[int32]*member{}, expelled: map[int32]bool{}}
	clear(r.winner)
	all := 0
	for _, p := range parts {
		all += p.files
		m := s.member(p)
		if slices.ContainsFunc(m.wishes, func(w *wish) bool { return !common.has(w) }) {
			s.members[p.scope] = m
		} else {
			s.others[p.scope] = m
		}
	}
	if len(s.members) == 0 {
		return s.left
	}
	for _, p := range parts {
		if m := s.members[p.scope]; m != nil {
			s.enter(m)
			s.tryInPlace(m, all)
		}
	}
	for s.settle(); s.resolve(); s.settle() {
	}
	s.dropIdleKept()
	s.emit()
	return s.left
}

// member makes a member of a part, with those of its wishes that are for this wave.
func (s *split) member(p part) *member {
	m := &member{part: p}
	known, restrained := s.sift(p)
	s.left = s.left || len(restrained) > 0
	take := known
	if s.wave {
		take = restrained
	}
	m.wishes, m.verdicts = make([]*wish, len(take)), make([]verdict, len(take))
	for i, r := range take {
		m.wishes[i], m.verdicts[i] = r.wish, r.verdict
	}
	m.owners, m.key = s.owners(p.rule, m.wishes)
	return m
}

// reviewed is a wish with what there is to say of it.
type reviewed struct {
	*wish
	verdict
}

// sift reviews the wishes of a part, those that all parts share first, as these may be fulfilled without the others. What
// only this part wishes and cannot be is held, in the first wave; what all wish is held by editRule.
func (s *split) sift(p part) (known, restrained []reviewed) {
	if len(p.wishes) == 0 {
		return nil, nil
	}
	wishes := slices.Clone(p.wishes)
	slices.SortStableFunc(wishes, func(a, b *wish) int {
		return cmp.Or(compareFlags(a.remove, b.remove), compareFlags(s.common.has(b), s.common.has(a)))
	})
	for _, w := range wishes {
		if w.unknown != "" {
			restrained = append(restrained, reviewed{wish: w})
		}
	}
	sure := slices.DeleteFunc(wishes, func(w *wish) bool { return w.unknown != "" })
	for i, v := range s.review(p.rule, sure) {
		switch w := sure[i]; {
		case v.unknown != "":
			restrained = append(restrained, reviewed{w, v})
		case v.brake == "":
			known = append(known, reviewed{w, v})
		case s.wave == free && !s.common.has(w):
			s.addHeld(p, []*wish{w}, v.brake, v.because)
		}
	}
	return known, restrained
}

// owners are those of a rule after some wishes, as written, and their holders as one string.
func (r *repair) owners(rule int32, wishes []*wish) (owners []string, key string) {
	before := r.holders(rule)
	owners = make([]string, 0, len(before)+len(wishes))
	holders := make([]ownership.Holder, 0, len(before)+len(wishes))
	gone := func(h ownership.Holder) bool {
		return slices.ContainsFunc(wishes, func(w *wish) bool { return w.remove && w.holder == h })
	}
	for i, owner := range r.written(rule) {
		if holder := before[i]; !gone(holder) {
			owners, holders = append(owners, owner.Text), append(holders, holder)
		}
	}
	for _, w := range wishes {
		if !w.remove {
			owners, holders = append(owners, w.owners...), append(holders, w.holder)
		}
	}
	return owners, keyOf(holders)
}

// keyOf is equal for equal sets of holders, which it sorts in place.
func keyOf(holders []ownership.Holder) string {
	length := 0
	for _, holder := range holders {
		length += len(holder) + 1
	}
	var b strings.Builder
	b.Grow(length)
	for _, holder := range setOf(holders) {
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
		files := s.matching(pattern)
		e.takes = make([]int32, 0, len(files))
		for _, file := range files {
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
	most := 0
	for _, e := range s.entries {
		if e.member != m && e.inPlace {
			return
		}
		if e.member == m {
			most += len(e.takes)
		}
	}
	if most < all {
		return
	}
	taken := map[int32]bool{}
	for _, e := range s.entries {
		if e.member == m {
			for _, file := range e.takes {
				taken[file] = true
			}
		}
	}
	m.inPlace = len(taken) == all
	slices.SortFunc(s.entries, compareEntries)
}

// resolve sees to files that an entry of another area has taken, whose owners would change otherwise than their own area
// wishes: that area becomes a member too, or the other one takes less. It says whether anything had to be done.
func (s *split) resolve() bool {
	type clash struct {
		taker  *member
		scope  int32
		narrow bool // whether the taker is narrow
	}
	var clashes []clash
	seen := map[clash]bool{}
	for _, e := range s.entries {
		for _, file := range e.takes {
			c := clash{e.member, s.scope[file], e.narrow}
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
		if s.members[c.taker.scope] != c.taker || c.taker.narrow != c.narrow {
			continue // it has other entries meanwhile, or none
		}
		if !s.keep(c.scope, c.taker) {
			s.narrow(c.taker)
		}
	}
	return len(clashes) > 0
}

// keep makes a part a member for another's sake, if it may be. What it wishes itself all wish, and is fulfilled along with
// it.
func (s *split) keep(scope int32, sake *member) bool {
	m := s.others[scope]
	if s.members[scope] != nil || s.expelled[scope] || m == nil || scope == unclaimed || len(m.owners) == 0 || sake.keeps == maxKept || sake.narrow {
		return false
	}
	m.kept = true
	s.members[scope] = m
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
