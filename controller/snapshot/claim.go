package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// claim is one pattern by which an area claims files of a repository.
type claim struct {
	area    *Area
	pattern string
	// A pattern is the more specific, the more whole segments it has before its first wildcard, and then the more
	// characters that are none. Two patterns that both match a file and are equally specific are a tie.
	segments, characters int
}

func newClaim(area *Area, path string) claim {
	c := claim{area: area, pattern: "/" + strings.TrimPrefix(path, "/")}
	if path == "" {
		c.pattern = "*"
		return c
	}
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if strings.ContainsAny(segment, "*?") {
			break
		}
		c.segments++
	}
	c.characters = len(path) - strings.Count(path, "*") - strings.Count(path, "?")
	return c
}

func (c claim) compare(other claim) int {
	return cmp.Or(cmp.Compare(c.segments, other.segments), cmp.Compare(c.characters, other.characters))
}

// claim gives each file of the repository to the area that claims it most specifically, and sums up the areas'
// shares. Of two areas that tie, one that is below the other wins; otherwise both are stalled.
//
// The rules of CODEOWNERS say "the last match wins", so the claims in ascending order of specificity are
// such rules, and one compiled matcher decides over all files. A second one, in which claims of equal
// specificity stand the other way round, gives another answer exactly where there is a tie.
func (s *Snapshot) claim(repository *Repository, claims []claim) {
	slices.SortStableFunc(claims, claim.compare)
	forward := claimed(claims, repository.Facts.Files.Paths)
	slices.Reverse(claims)
	slices.SortStableFunc(claims, claim.compare)
	backward := claimed(claims, repository.Facts.Files.Paths)

	owners := make([]*Area, len(forward))
	for i := range forward {
		owners[i] = forward[i]
		if backward[i] != forward[i] {
			owners[i] = settle(forward[i], backward[i], repository, repository.Facts.Files.Paths[i])
		}
	}
	s.shareOut(repository, owners)
	s.giveProblems(repository, owners, claims)
}

// claims are all claims by repository, in the order of the areas. An invalid path stalls its area.
func (s *Snapshot) claims() map[string][]claim {
	claims := map[string][]claim{}
	for _, area := range s.Areas {
		for _, scope := range area.scope {
			id := strings.ToLower(scope.Name)
			if len(scope.Paths) == 0 {
				claims[id] = append(claims[id], newClaim(area, ""))
			}
			for _, path := range scope.Paths {
				c := newClaim(area, path)
				if !codeowners.ValidPattern(c.pattern) {
					area.Stalled = fmt.Sprintf("%s: %q is not a valid pattern; write it as in a CODEOWNERS file", InvalidPath, path)
					continue
				}
				claims[id] = append(claims[id], c)
			}
		}
	}
	return claims
}

// claimed finds for each path the area of the last claim that matches; nil where none does.
func claimed(claims []claim, paths []string) []*Area {
	areas := make([]*Area, len(paths))
	if len(claims) == 0 {
		return areas
	}
	rules := make([]codeowners.Rule, len(claims))
	for i, c := range claims {
		rules[i] = codeowners.Rule{Line: i + 1, Pattern: c.pattern}
	}
	for i, match := range codeowners.Compile(rules).MatchAll(paths) {
		if match.Rule >= 0 {
			areas[i] = claims[match.Rule].area
		}
	}
	return areas
}

// settle decides a tie: the area below the other wins, and otherwise nobody does.
func settle(one, other *Area, repository *Repository, path string) *Area {
	switch {
	case one.isBelow(other):
		return one
	case other.isBelow(one):
		return other
	}
	for _, pair := range [][2]*Area{{one, other}, {other, one}} {
		if pair[0].Stalled == "" {
			pair[0].Stalled = fmt.Sprintf("%s: %s claims %s %s just as specifically; narrow one of the two scopes",
				ScopeConflict, pair[1].ID, repository.ID(), path)
		}
	}
	return nil
}

// shareOut counts each area's files by deciding rule.
func (s *Snapshot) shareOut(repository *Repository, owners []*Area) {
	shares := map[*Area]map[int32]int{}
	for i, area := range owners {
		if area == nil {
			repository.Unclaimed++
			continue
		}
		if shares[area] == nil {
			shares[area] = map[int32]int{}
		}
		rule := int32(-1)
		if repository.Matches != nil {
			rule = repository.Matches[i]
		}
		shares[area][rule]++
	}
	for area, files := range shares {
		area.shares = append(area.shares, share{repository, files})
	}
	repository.addUnowned(owners)
	s.addContributors(repository, owners)
}

// giveProblems gives each problem of the CODEOWNERS file to the area that claims the folder which the rule is
// about, or else to the one that claims the file itself, or else to the first that claims anything here.
func (s *Snapshot) giveProblems(repository *Repository, owners []*Area, claims []claim) {
	problems := repository.problems()
	if len(problems) == 0 {
		return
	}
	paths := make([]string, 0, 2*len(problems))
	for _, problem := range problems {
		prefix := literalPrefix(problem.Pattern)
		paths = append(paths, prefix, prefix+"/-")
	}
	areas := claimed(claims, paths)
	fallback := fallback(repository, owners, claims)
	for i, problem := range problems {
		area := cmp.Or(areas[2*i], areas[2*i+1], fallback)
		if area == nil {
			s.Problems = append(s.Problems, ownership.Problem{
				Location: repository.Location(problem.Line), Message: problem.Message, Remedy: problem.Remedy, Warning: true,
			})
			continue
		}
		area.Codeowners = append(area.Codeowners, problem)
	}
}

func fallback(repository *Repository, owners []*Area, claims []claim) *Area {
	if i, found := slices.BinarySearch(repository.Facts.Files.Paths, repository.Facts.Codeowners.Path); found && owners[i] != nil {
		return owners[i]
	}
	if len(claims) > 0 {
		return claims[0].area
	}
	return nil
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

func itoa(i int) string { return strconv.Itoa(i) }
