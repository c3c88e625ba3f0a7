package git

import (
	"path"
	"strings"
)

// ignoreRule is one line of a .gitignore file.
//
// This is written here because the library's matcher reads "[!a]", "\#", "**" in the middle and CRLF
// differently from git, and one wrong rule makes a build folder look like thousands of unowned files.
// Source: gitignore(5).
type ignoreRule struct {
	// folder is where the .gitignore lies: "" or "a/b/".
	folder string
	// segments are the pattern's parts between slashes; "**" is any number of folders.
	segments []string
	// include marks "!pattern".
	include bool
	// foldersOnly marks "pattern/".
	foldersOnly bool
}

// parseIgnore reads a .gitignore that lies in folder. A line that git could not read either matches nothing.
func parseIgnore(text, folder string) []ignoreRule {
	var rules []ignoreRule
	text = strings.TrimPrefix(text, "\xef\xbb\xbf")
	for line := range strings.Lines(text) {
		line = trimIgnoreLine(line)
		if line == "" || line[0] == '#' {
			continue
		}
		rule := ignoreRule{folder: folder}
		if line[0] == '!' {
			rule.include, line = true, line[1:]
		}
		if strings.HasSuffix(line, "/") {
			rule.foldersOnly, line = true, strings.TrimSuffix(line, "/")
		}
		anchored := strings.Contains(line, "/")
		line = strings.TrimPrefix(line, "/")
		if line == "" {
			continue
		}
		if !anchored {
			rule.segments = []string{"**"}
		}
		for _, segment := range strings.Split(line, "/") {
			rule.segments = append(rule.segments, goClasses(segment))
		}
		rules = append(rules, rule)
	}
	return rules
}

// goClasses writes "[!a]" as "[^a]", which is how the standard library negates; "\[!" stays.
func goClasses(segment string) string {
	b := []byte(segment)
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '\\' {
			i++
		} else if b[i] == '[' && b[i+1] == '!' {
			b[i+1] = '^'
		}
	}
	return string(b)
}

// trimIgnoreLine cuts the line break and trailing spaces, but not an escaped one.
func trimIgnoreLine(line string) string {
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	return line
}

// ignored says whether the last of the rules that matches the path excludes it. The folders above it
// were asked before.
func ignored(rules []ignoreRule, file string, isFolder bool) bool {
	for i := len(rules) - 1; i >= 0; i-- {
		rule := rules[i]
		below, inside := strings.CutPrefix(file, rule.folder)
		if !inside || rule.foldersOnly && !isFolder {
			continue
		}
		if matchSegments(rule.segments, strings.Split(below, "/")) {
			return !rule.include
		}
	}
	return false
}

// matchSegments matches whole paths. A "**" at the end matches what is inside, not the folder itself;
// two in a row are one, so that a hostile pattern cannot make this slow beyond the product of lengths.
func matchSegments(pattern, parts []string) bool {
	// reach[j] says that the pattern so far matches the first j parts.
	reach := make([]bool, len(parts)+1)
	reach[0] = true
	for i, segment := range pattern {
		next := make([]bool, len(parts)+1)
		for j := range reach {
			switch {
			case segment == "**":
				least := 0
				if i == len(pattern)-1 && i > 0 {
					least = 1
				}
				for k := j + least; reach[j] && k <= len(parts); k++ {
					next[k] = true
				}
			case reach[j] && j < len(parts):
				if matched, err := path.Match(segment, parts[j]); err == nil && matched {
					next[j+1] = true
				}
			}
		}
		reach = next
	}
	return reach[len(parts)]
}
