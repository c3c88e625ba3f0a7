package plan

import (
	"cmp"
	"slices"
)

// settle finds the entry that decides over each file. A member whose files all get from others' entries just what it
// wishes needs none of its own.
func (s *split) settle() {
	for again := true; again; {
		clear(s.winner)
		for _, e := range s.entries {
			e.joined = nil
		}
		for _, e := range s.entries {
			s.settleEntry(e)
		}
		again = s.separate()
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

// separate sets members apart from those that they have joined where others' entries do for some of their files only. It
// says whether there was one.
func (s *split) separate() bool {
	var joining []*member
	for _, e := range s.entries {
		joining = append(joining, e.joined...)
	}
	if len(joining) == 0 {
		return false
	}
	found := false
	for _, e := range s.entries {
		if !e.idle && slices.Contains(joining, e.member) {
			found = found || !e.apart
			e.apart = true
		}
	}
	return found
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
