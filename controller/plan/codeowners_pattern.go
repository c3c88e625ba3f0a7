package plan

import (
	"slices"
	"sort"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
)

// maxVisits bounds the files that are looked at in search of patterns, for each file that a repository has, and at
// least: a file of 50,000 rules that areas share must not take minutes.
const (
	maxVisits      = 256
	leastMaxVisits = 1_000_000
)

// maxNarrow bounds the rules that one area gets below one rule where its claims do not do.
const maxNarrow = 20

// reach finds the files that patterns match.
type reach struct {
	paths   []string
	matched map[string][]int32
	visits  int
}

func newReach(paths []string) reach {
	return reach{paths: paths, matched: map[string][]int32{}, visits: max(leastMaxVisits, maxVisits*len(paths))}
}

// matching gives the files that a pattern matches, in order. The slice is shared.
func (r *repair) matching(pattern string) []int32 {
	files, known := r.reach.matched[pattern]
	if !known {
		files = r.reach.find(pattern)
		r.reach.matched[pattern] = files
	}
	return files
}

// find looks only at files below the folders that the pattern names before its first wildcard; they stand side by side.
func (r *reach) find(pattern string) []int32 {
	folders, whole := literalFolders(pattern)
	prefix := strings.Join(folders, "/")
	from, to := 0, len(r.paths)
	if prefix != "" {
		from = sort.SearchStrings(r.paths, prefix)
		// Between "api" and "api/" stand the likes of "api-v2": the end is that of all with the prefix.
		to = from + sort.Search(len(r.paths)-from, func(i int) bool { return !strings.HasPrefix(r.paths[from+i], prefix) })
	}
	r.visits -= to - from
	var files []int32
	if whole { // "/api" or "/api/"
		folder := prefix + "/"
		files = make([]int32, 0, to-from)
		for i := from; i < to; i++ {
			if path := r.paths[i]; strings.HasPrefix(path, folder) || path == prefix && !strings.HasSuffix(pattern, "/") {
				files = append(files, int32(i)) //nolint:gosec // a repository has fewer files
			}
		}
		return files
	}
	for i, match := range codeowners.Compile([]codeowners.Rule{{Line: 1, Pattern: pattern}}).MatchAll(r.paths[from:to]) {
		if match.Rule == 0 {
			files = append(files, int32(from+i)) //nolint:gosec // as above
		}
	}
	return files
}

// literalFolders are the names that a path must start with to match, as far as that can be told without reading
// escapes; whole says that there is nothing more to the pattern.
func literalFolders(pattern string) (folders []string, whole bool) {
	bare := strings.TrimSuffix(pattern, "/")
	if !strings.Contains(bare, "/") {
		return nil, false // "docs" is at any depth
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(bare, "/"), "/") {
		if segment == "" || strings.ContainsAny(segment, `*?\`) {
			return folders, false
		}
		folders = append(folders, segment)
	}
	return folders, true
}

// takesEarlier says whether a rule with these files, put below a rule, would take any from the rules before that one.
func (r *repair) takesEarlier(files []int32, rule int32) bool {
	r.reach.visits -= len(files)
	return slices.ContainsFunc(files, func(file int32) bool { return r.repository.Matches[file] < rule })
}

// claimed are the patterns for a cell made of its area's claims: those that match some of its files, each written so that
// it takes nothing from rules before the cell's. It is nil where one cannot be written so.
func (r *repair) claimed(p part) []string {
	if r.reach.visits < 0 {
		return nil
	}
	var patterns []string
	for _, claim := range r.scopes[p.scope].area.Patterns(r.repository.ID()) {
		files := r.matching(claim)
		mine := r.mine(files, p)
		if mine == 0 {
			continue
		}
		pattern := claim
		if r.takesEarlier(files, p.rule) {
			pattern = both(claim, r.file.Rules()[p.rule].Pattern)
			if pattern == "" {
				return nil
			}
			files = r.matching(pattern)
			if r.mine(files, p) != mine || r.takesEarlier(files, p.rule) {
				return nil
			}
		}
		if !slices.Contains(patterns, pattern) {
			patterns = append(patterns, pattern)
		}
	}
	return patterns
}

// mine counts the files that are of a cell.
func (r *repair) mine(files []int32, p part) int {
	r.reach.visits -= len(files)
	n := 0
	for _, file := range files {
		if r.isIn(file, p) {
			n++
		}
	}
	return n
}

func (r *repair) isIn(file int32, p part) bool {
	return r.scope[file] == p.scope && r.repository.Matches[file] == p.rule
}

// both is a pattern for what a claim and a rule's pattern both match, or empty where none is known. It is a proposal: the
// caller looks at what it matches.
//
//	claim   rule       both
//	*       any        the rule's
//	/api    *.js       /api/**/*.js
//	/api/*  *.js       /api/*.js
//	/api    /api/gen/  /api/gen/
func both(claim, rule string) string {
	if codeowners.IsCatchAll(claim) {
		return rule
	}
	if folder, ok := strings.CutSuffix(claim, "*"); ok && strings.HasSuffix(folder, "/") && !strings.Contains(rule, "/") {
		return folder + rule
	}
	folders, whole := literalFolders(claim)
	if whole && !strings.Contains(strings.TrimSuffix(rule, "/"), "/") {
		return "/" + strings.Join(folders, "/") + "/**/" + rule
	}
	if below, _ := literalFolders(rule); whole && len(below) >= len(folders) && slices.Equal(below[:len(folders)], folders) {
		return rule
	}
	return ""
}

// apart says whether no rule of the file can match anything that the pattern does: at some depth both name a folder
// or file, and not the same.
func (r *repair) apart(pattern string) bool {
	folders, _ := literalFolders(pattern)
	for _, rule := range r.file.Rules() {
		r.reach.visits--
		others, _ := literalFolders(rule.Pattern)
		if !differ(folders, others) {
			return false
		}
	}
	return true
}

func differ(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return true
		}
	}
	return false
}
