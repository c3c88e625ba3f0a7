package codeowners

import "strings"

// ValidPattern says whether GitHub would accept the pattern, written as in a file (a space as "\ ").
func ValidPattern(pattern string) bool {
	if pattern == "" || strings.ContainsAny(pattern, "\n\r\x00") || pattern[0] == '#' || pattern[0] == '@' {
		return false
	}
	if end, escapedHash := patternEnd(pattern, 0); end != len(pattern) || escapedHash {
		return false
	}
	_, ok := checkPattern(pattern)
	return ok
}

// IsCatchAll says whether the pattern matches every file whatever its path, as "*" and "/**" do.
func IsCatchAll(pattern string) bool {
	return ValidPattern(pattern) && compilePattern(pattern).everything()
}
