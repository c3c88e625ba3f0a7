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
	bare := strings.Trim(path, "/")
	c.characters = len(bare) - strings.Count(bare, "*") - strings.Count(bare, "?")
	return c
}

func (c claim) compare(other claim) int {
	return cmp.Or(cmp.Compare(c.segments, other.segments), cmp.Compare(c.characters, other.characters))
}

// claim gives each file of the repository to the area that claims it most specifically, and sums up the areas'
// shares.
//
// The rules of CODEOWNERS say "the last match wins", so the claims in ascending order of specificity are
// such rules, and one compiled matcher decides over all files. A second one, in which claims of equal
// specificity stand the other way round, gives another answer exactly where there is a tie.
func (s *Snapshot) claim(repository *Repository, claims []claim) {
	paths := repository.Facts.Files.Paths
	slices.SortStableFunc(claims, claim.compare)
	forward := claimed(claims, paths)
	reversed := slices.Clone(claims)
	slices.Reverse(reversed)
	slices.SortStableFunc(reversed, claim.compare)
	backward := claimed(reversed, paths)

	owners := make([]*Area, len(paths))
	ties := ties{repository: repository.ID(), settled: map[string]*Area{}}
	for i := range paths {
		switch {
		case forward[i] == nil:
		case forward[i].area == backward[i].area:
			owners[i] = forward[i].area
		default:
			owners[i] = ties.settle(equals(claims, *forward[i]), paths[i])
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

// claimed finds for each path the last claim that matches; nil where none does.
func claimed(claims []claim, paths []string) []*claim {
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
	s.shareCatalogs(repository, owners)
}

// giveProblems gives each problem of the CODEOWNERS file to the area that claims the folder which the rule is
// about, or else to the one that claims the file itself, or else to the first that claims anything here. That a whole
// file is not in force is said to everyone besides: whichever policies judge the area, its owners look declared and
// are not.
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
	found := claimed(claims, paths)
	fallback := fallback(repository, owners, claims)
	for i, problem := range problems {
		area := fallback
		if by := cmp.Or(found[2*i], found[2*i+1]); by != nil {
			area = by.area
		}
		if area == nil || problem.Line == 0 && problem.Kind == codeowners.Invalid {
			s.Problems = append(s.Problems, ownership.Problem{
				Location: repository.Location(problem.Line), Message: problem.Message, Remedy: problem.Remedy, Warning: true,
			})
		}
		if area == nil {
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
