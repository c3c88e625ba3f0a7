package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
)

// claim is one pattern by which an area claims files of a repository.
type claim struct {
	area    *AreaManifest
	pattern string
	// A pattern is the more specific, the more whole segments it has before its first wildcard, and then the more
	// characters that are none. Two patterns that both match a file and are equally specific are a tie.
	segments, characters int
	// ordinary says that the claim gets no sensitive file: it is made by a grant, and names none.
	ordinary bool
}

func newClaim(area *AreaManifest, path string) claim {
	c := claim{area: area, pattern: codeowners.Anchored(path)}
	if path == "" {
		return c
	}
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if strings.ContainsAny(segment, "*?") {
			break
		}
		c.segments++
	}
	bare := strings.Trim(path, "/")
	c.characters = len(bare) - strings.Count(bare, "*") - strings.Count(bare, "?")
	return c
}

func (c claim) compare(other claim) int {
	return cmp.Or(cmp.Compare(c.segments, other.segments), cmp.Compare(c.characters, other.characters))
}

// claim are all claims by repository, sorted by how specific they are. An invalid path breaks its area.
func (f *frame) claim() map[string][]claim {
	claims := map[string][]claim{}
	for _, area := range f.areas {
		for _, scope := range area.scope {
			id := strings.ToLower(scope.Name)
			byGrant := area.granted.Needs(area.Namespace)
			if len(scope.Paths) == 0 {
				c := newClaim(area, "")
				c.ordinary = byGrant
				claims[id] = append(claims[id], c)
			}
			for _, path := range scope.Paths {
				c := newClaim(area, path)
				c.ordinary = byGrant && !namesSensitive(c.pattern)
				if strings.HasPrefix(path, "!") || !codeowners.ValidPattern(c.pattern) { // anchored, the former would look like a name
					area.broken = fmt.Sprintf("%s: %q is not a valid pattern; write it as in a CODEOWNERS file", InvalidPath, path)
					f.addUnclaimed(id, fmt.Sprintf("which files %s claims by %q is unknown", area.ID, path))
					continue
				}
				claims[id] = append(claims[id], c)
			}
		}
	}
	for _, of := range claims {
		slices.SortStableFunc(of, claim.compare)
	}
	return claims
}

func namesSensitive(text string) bool {
	pattern, valid := codeowners.CompilePattern(text)
	return valid && pattern.NamesSensitive()
}

// fall gives each file of a repository to the area that claims it most specifically; nil where none does.
//
// The rules of CODEOWNERS say "the last match wins", so the claims in ascending order of specificity are
// such rules, and one compiled matcher decides over all files. A second one, in which claims of equal
// specificity stand the other way round, gives another answer exactly where there is a tie.
func fall(repository string, paths []string, claims []claim) (owners []*AreaManifest, ties ties) {
	forward := claimed(claims, paths)
	reversed := slices.Clone(claims)
	slices.Reverse(reversed)
	slices.SortStableFunc(reversed, claim.compare)
	backward := claimed(reversed, paths)

	owners = make([]*AreaManifest, len(paths))
	ties.repository, ties.settled = repository, map[string]*AreaManifest{}
	ties.conflicts, ties.unknown = map[*AreaManifest]string{}, map[*AreaManifest]string{}
	for i := range paths {
		switch {
		case forward[i] == nil:
		case forward[i].area == backward[i].area:
			owners[i] = forward[i].area
		default:
			owners[i] = ties.settle(equals(claims, *forward[i]), paths[i])
		}
	}
	return owners, ties
}

// claimed finds for each path the last claim that matches; nil where none does. Ordinary claims match no sensitive file.
func claimed(claims []claim, paths []string) []*claim {
	found := lastMatch(claims, paths)
	isOrdinary := func(c claim) bool { return c.ordinary }
	if !slices.ContainsFunc(claims, isOrdinary) {
		return found
	}
	var sensitive []string
	var places []int
	for i, path := range paths {
		if found[i] != nil && codeowners.IsSensitive(path) {
			sensitive, places = append(sensitive, path), append(places, i)
		}
	}
	for i, c := range lastMatch(slices.DeleteFunc(slices.Clone(claims), isOrdinary), sensitive) {
		found[places[i]] = c
	}
	return found
}

func lastMatch(claims []claim, paths []string) []*claim {
	found := make([]*claim, len(paths))
	if len(claims) == 0 {
		return found
	}
	for i, match := range compile(claims).MatchAll(paths) {
		if match.Rule >= 0 {
			found[i] = &claims[match.Rule]
		}
	}
	return found
}

func compile(claims []claim) *codeowners.Matcher {
	rules := make([]codeowners.Rule, len(claims))
	for i, c := range claims {
		rules[i] = codeowners.Rule{Line: i + 1, Pattern: c.pattern}
	}
	return codeowners.Compile(rules)
}

// equals are the claims that are just as specific as one; the claims are sorted.
func equals(claims []claim, one claim) []claim {
	first, _ := slices.BinarySearchFunc(claims, one, claim.compare)
	last := first
	for last < len(claims) && claims[last].compare(one) == 0 {
		last++
	}
	return claims[first:last]
}

// literalPrefix is the part of a pattern before its first wildcard, in whole segments.
func literalPrefix(pattern string) string {
	var kept []string
	for segment := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		if strings.ContainsAny(segment, "*?") {
			break
		}
		kept = append(kept, segment)
	}
	return strings.Join(kept, "/")
}
