package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest gives "did you mean `paths`?" for the candidate that a misspelt word most likely stands for, or "".
//
// It stands for one that differs in a third of its letters or less (at least two: two neighbours are easily swapped),
// by the Levenshtein distance. Case does not count. Words that are too long to be names stand for nothing.
func nearest(word string, candidates []string) string {
	const longest = 64
	if len(word) > longest {
		return ""
	}
	best, bestDistance := "", min(max(2, len(word)/3), len(word)-1)+1
	sorted := slices.Sorted(slices.Values(candidates))
	for _, candidate := range sorted {
		if len(candidate)-len(word) >= bestDistance || len(word)-len(candidate) >= bestDistance {
			continue
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	if best == "" || best == word {
		return ""
	}
	return fmt.Sprintf("did you mean `%s`?", best)
}
