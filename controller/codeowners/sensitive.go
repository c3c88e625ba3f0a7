package codeowners

import "strings"

// githubFolder holds, beside CODEOWNERS, what runs with a repository's own rights: its workflows.
const githubFolder = ".github"

// IsSensitive says whether whoever may change the file decides over the whole repository: the CODEOWNERS files, wherever GitHub
// looks for one, and all in .github/.
func IsSensitive(path string) bool {
	return path == "CODEOWNERS" || path == "docs/CODEOWNERS" || strings.HasPrefix(path, githubFolder+"/")
}

// NamesSensitive says whether the pattern names sensitive files, rather than match them among others: all that it matches
// is one of the CODEOWNERS files by its name, or lies in .github by its name.
//
//	/.github/, /.github/workflows/*.yml, /CODEOWNERS, /docs/CODEOWNERS   names them
//	*, /docs/, **/CODEOWNERS, /.git*/, /CODEOWNER?                       does not, though it may match some
func (p Pattern) NamesSensitive() bool {
	m := p.meaning
	if m.never || p.unsure || len(m.segments) == 0 || m.segments[0].kind != literal {
		return false
	}
	switch m.segments[0].text {
	case githubFolder:
		return true
	case "CODEOWNERS":
		return len(m.segments) == 1
	case "docs":
		return len(m.segments) == 2 && m.segments[1] == segment{literal, "CODEOWNERS"}
	}
	return false
}
