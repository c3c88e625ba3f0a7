package explain

import (
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
)

// maxOverridden bounds the rules that are named for a folder although they decide over none of its files.
const maxOverridden = 100

// matchingOne are the patterns that match a path, ascending; the last one decides.
func matchingOne(patterns []string, path string) []int {
	var matching []int
	for i, pattern := range patterns {
		if codeowners.Compile([]codeowners.Rule{{Line: 1, Pattern: pattern}}).Match(path).Rule == 0 {
			matching = append(matching, i)
		}
	}
	return matching
}

// matchingFiles finds over how many of the files each pattern decides, and which match some and decide over none,
// descending; more says that there are more of these than are given.
//
// Those that decide are taken out and the rest is matched again, until nothing matches: each round costs as much as
// matching once, and there are as many as the most patterns that match one file.
func matchingFiles(patterns, files []string) (deciding map[int]int, others []int, more bool) {
	deciding = map[int]int{}
	left := make([]int, len(patterns))
	for i := range left {
		left[i] = i
	}
	for round := 0; ; round++ {
		rules := make([]codeowners.Rule, len(left))
		for i, at := range left {
			rules[i] = codeowners.Rule{Line: i + 1, Pattern: patterns[at]}
		}
		found := map[int]bool{}
		for _, match := range codeowners.Compile(rules).MatchAll(files) {
			if match.Rule < 0 {
				continue
			}
			found[left[match.Rule]] = true
			if round == 0 {
				deciding[left[match.Rule]]++
			}
		}
		if len(found) == 0 {
			break
		}
		if round > 0 {
			if len(others) >= maxOverridden {
				more = true
				break
			}
			for at := range found {
				others = append(others, at)
			}
		}
		left = slices.DeleteFunc(left, func(at int) bool { return found[at] })
	}
	slices.SortFunc(others, func(a, b int) int { return b - a })
	if len(others) > maxOverridden {
		others, more = others[:maxOverridden], true
	}
	return deciding, others, more
}
