// Package codeowners reads, matches, checks and edits CODEOWNERS files in GitHub's dialect.
//
// It is the one place that knows what a line of CODEOWNERS means. It is not a GitHub client: whether an
// owner exists or may write is not known here, and nothing is read from disk or network. It imports
// only the standard library, keeps no global state, and has no clock, log or randomness.
//
//	bytes ──Parse──► File (every line, rules, errors) ──Compile──► Matcher ──Match──► Owned | Unowned | Unmatched
//	                   │                                              └──MatchNew──► who would own a new file
//	                   ├──Lint(files)──► problems: invalid, dead, shadowed, duplicate, catch-all only
//	                   └──Apply(edits)──► bytes, of which only what was asked differs
//
// The dialect is written down case by case in testdata/conformance.yaml, with the basis of each case, and
// explained for users in docs/codeowners.md. A reader who looks for a rule of the dialect in the code:
// splitting a line into pattern, owners and comment is in parse.go, what an owner is in owner.go, what a
// pattern means in pattern.go.
package codeowners
