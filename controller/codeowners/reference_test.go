package codeowners

import (
	"strings"
	"unicode/utf8"
)

// referenceMatch decides one rule for one path as gitignore(5) words it, by trying: a pattern matches the
// path itself or one of the folders it is in. It shares no code with the automaton.
func referenceMatch(pattern, path string) bool {
	if path == "" || strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return false
	}
	names := strings.Split(path, "/")
	pattern = strings.ReplaceAll(referenceEscapes(pattern), `\/`, "/")
	folderOnly := strings.HasSuffix(pattern, "/")
	pattern = strings.TrimSuffix(pattern, "/")
	anchored := strings.Contains(pattern, "/")
	pattern = strings.TrimPrefix(pattern, "/")
	parts := strings.Split(pattern, "/")
	for _, part := range parts {
		switch strings.ReplaceAll(part, `\.`, ".") {
		case "", ".", "..":
			return false
		}
	}
	fileOnly := parts[len(parts)-1] == "*" && !folderOnly
	for length := len(names); length > 0; length-- {
		isFile := length == len(names)
		if isFile && folderOnly || !isFile && fileOnly {
			continue
		}
		candidate := names[:length]
		if !anchored {
			candidate = candidate[length-1:]
		}
		if referenceSegments(parts, candidate) {
			return true
		}
	}
	return false
}

// referenceEscapes writes an escaped backslash so that it cannot be mistaken for the escape of what follows.
func referenceEscapes(pattern string) string {
	return strings.ReplaceAll(pattern, `\\`, "\\\x01")
}

func referenceSegments(parts, names []string) bool {
	if len(parts) == 0 {
		return len(names) == 0
	}
	if parts[0] == "**" {
		if len(parts) == 1 {
			return len(names) > 0
		}
		for skip := 0; skip <= len(names); skip++ {
			if referenceSegments(parts[1:], names[skip:]) {
				return true
			}
		}
		return false
	}
	return len(names) > 0 && referenceName(parts[0], names[0]) && referenceSegments(parts[1:], names[1:])
}

func referenceName(part, name string) bool {
	if part == "" {
		return name == ""
	}
	switch part[0] {
	case '*':
		return referenceName(part[1:], name) || name != "" && referenceName(part, name[characterSize(name):])
	case '?':
		return name != "" && referenceName(part[1:], name[characterSize(name):])
	case '\\':
		part = part[1:]
		if part[0] == '\x01' {
			part = `\` + part[1:]
		}
	}
	size := characterSize(part)
	return name != "" && size == characterSize(name) && part[:size] == name[:size] && referenceName(part[size:], name[size:])
}

func characterSize(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	return size
}

// referenceRule is "last match wins", one rule after the other.
func referenceRule(rules []Rule, path string) int {
	for i := len(rules) - 1; i >= 0; i-- {
		if referenceMatch(rules[i].Pattern, path) {
			return i
		}
	}
	return -1
}
