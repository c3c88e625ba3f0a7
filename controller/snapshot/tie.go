package snapshot

import (
	"fmt"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
)

// ties settles files that several areas claim just as specifically.
type ties struct {
	repository string
	// settled has the answer for each set of patterns that tie.
	settled map[string]*AreaManifest
	// conflicts says, by area, with which other it ties.
	conflicts map[*AreaManifest]string
	// unknown says, by area, why it is not known whether it ties for all that it seems to: one of those may be below the others.
	unknown map[*AreaManifest]string
}

// settle decides among equally specific claims: of the areas whose claims match the path, the one that is below all
// others wins; where there is none, all are stalled, and nobody gets the file.
func (t *ties) settle(claims []claim, path string) *AreaManifest {
	var key strings.Builder
	var tied []*AreaManifest
	matches := map[string]bool{} // by pattern: many areas may have one
	sensitive := codeowners.IsSensitive(path)
	if sensitive {
		key.WriteString("sensitive\n") // no pattern: those begin with a slash or a star
	}
	for _, c := range claims {
		if c.ordinary && sensitive {
			continue
		}
		matched, known := matches[c.pattern]
		if !known {
			matched = codeowners.Compile([]codeowners.Rule{{Line: 1, Pattern: c.pattern}}).Match(path).Rule == 0
			matches[c.pattern] = matched
			if matched {
				key.WriteString(c.pattern + "\n")
			}
		}
		if matched && (len(tied) == 0 || tied[len(tied)-1] != c.area) {
			tied = append(tied, c.area)
		}
	}
	winner, known := t.settled[key.String()]
	if !known {
		if winner = lowest(tied); winner == nil {
			t.stall(tied, path)
		}
		t.settled[key.String()] = winner
	}
	return winner
}

// lowest is the area that is below all others; nil where there is none.
func lowest(areas []*AreaManifest) *AreaManifest {
	candidate := areas[0]
	for _, area := range areas {
		if area.isBelow(candidate) {
			candidate = area
		}
	}
	for _, area := range areas {
		if area != candidate && !candidate.isBelow(area) {
			return nil
		}
	}
	return candidate
}

// unknownParent says why one of the areas may be below another although it does not seem so: of a manifest that cannot be
// read, the parent is unknown.
func unknownParent(areas []*AreaManifest) string {
	for _, area := range areas {
		for of := area; of != nil; of = of.Parent {
			if of.Unread != "" {
				return fmt.Sprintf("the parent of %s cannot be read", of.ID)
			}
		}
	}
	return ""
}

func (t *ties) stall(tied []*AreaManifest, path string) {
	if why := unknownParent(tied); why != "" {
		for _, area := range tied {
			if t.conflicts[area] == "" {
				t.conflicts[area] = fmt.Sprintf("%s: another area claims %s %s just as specifically: %s", ScopeUnknown, t.repository, path, why)
			}
			t.unknown[area] = fmt.Sprintf("whose %s %s is: %s", t.repository, path, why)
		}
		return
	}
	for i, area := range tied {
		other := tied[(i+1)%len(tied)]
		if other == area || t.conflicts[area] != "" {
			continue
		}
		t.conflicts[area] = fmt.Sprintf("%s: %s claims %s %s just as specifically; narrow one of the two scopes",
			ScopeConflict, other.ID, t.repository, path)
	}
}

// mayTie gives the areas that may claim a file just as specifically as another, which it gives too, whatever the files are:
// both have the same pattern, or patterns as specific as each other with a wildcard in one of them.
func mayTie(claims []claim) map[*AreaManifest]*AreaManifest {
	ties := map[*AreaManifest]*AreaManifest{}
	for from := 0; from < len(claims); {
		to, wild := from, false
		first := map[string]*AreaManifest{}
		for ; to < len(claims) && claims[to].compare(claims[from]) == 0; to++ {
			c := claims[to]
			wild = wild || c.pattern != "*" && strings.ContainsAny(c.pattern, "*?")
			if other := first[c.pattern]; other != nil && lowest([]*AreaManifest{c.area, other}) == nil {
				ties[c.area], ties[other] = other, c.area
			} else if other == nil {
				first[c.pattern] = c.area
			}
		}
		for _, c := range claims[from:to] {
			if other := claims[from].area; wild && lowest([]*AreaManifest{c.area, other}) == nil {
				ties[c.area], ties[other] = other, c.area
			}
		}
		from = to
	}
	return ties
}
