package snapshot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// Area is the area that claims the file at an index of Facts.Files.Paths; nil where none does, or where several do.
func (r *Repository) Area(file int) *AreaManifest { return r.division.owners[file] }

// Decides says whether the repository's source decides who holds the role there, rather than only informs about it.
func (r *Repository) Decides(role ownership.RoleDefinition) bool { return r.decides(role) }

// Patterns are the patterns by which the area claims files of a repository, as they would be written in CODEOWNERS, each
// once, the least specific first. Invalid paths, which claim nothing, are left out.
func (a *AreaManifest) Patterns(repository string) []string {
	var claims []claim
	for _, scope := range a.scope {
		if !strings.EqualFold(scope.Name, repository) {
			continue
		}
		if len(scope.Paths) == 0 {
			claims = append(claims, newClaim(a, ""))
		}
		for _, path := range scope.Paths {
			if c := newClaim(a, path); codeowners.ValidPattern(c.pattern) {
				claims = append(claims, c)
			}
		}
	}
	slices.SortFunc(claims, func(x, y claim) int { return cmp.Or(x.compare(y), strings.Compare(x.pattern, y.pattern)) })
	patterns := make([]string, len(claims))
	for i, c := range claims {
		patterns[i] = c.pattern
	}
	return slices.Compact(patterns)
}

// Specificity says how specific a pattern is as a claim: first by the number of whole segments before its first wildcard,
// then by the number of characters that are none.
func Specificity(pattern string) (segments, characters int) {
	c := newClaim(nil, pattern)
	return c.segments, c.characters
}
