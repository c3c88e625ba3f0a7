package plan

import (
	"sort"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
)

// cover finds folders and files that are a cell's and nobody else's, as few as possible, at most maxNarrow. It is nil
// where they would be more, or one has a name that no pattern can stand for.
func (r *repair) cover(p part) []string {
	c := &cover{repair: r, paths: r.reach.paths, claims: codeowners.Compile(r.claims(p))}
	c.mine, c.foreign = make([]int32, len(c.paths)+1), make([]int32, len(c.paths)+1)
	c.reach.visits -= len(c.paths)
	if c.reach.visits < 0 {
		return nil
	}
	for i := range c.paths {
		c.mine[i+1], c.foreign[i+1] = c.mine[i], c.foreign[i]
		switch file := int32(i); { //nolint:gosec // a repository has fewer files
		case r.isIn(file, p):
			c.mine[i+1]++
		case r.repository.Matches[i] <= p.rule: // later rules stay in force
			c.foreign[i+1]++
		}
	}
	if !c.folder("", 0, len(c.paths)) {
		return nil
	}
	return c.patterns
}

// claims are an area's claims as rules.
func (r *repair) claims(p part) []codeowners.Rule {
	var rules []codeowners.Rule
	for i, pattern := range r.scopes[p.scope].area.Patterns(r.repository.ID()) {
		rules = append(rules, codeowners.Rule{Line: i + 1, Pattern: pattern})
	}
	return rules
}

// cover is a search through the folders of a repository.
type cover struct {
	*repair
	paths  []string
	claims *codeowners.Matcher
	// mine and foreign count, up to each file, those to be covered and those that must not be.
	mine, foreign []int32
	patterns      []string
}

// folder covers what is in a folder, which ends in a slash or is empty for the root, and holds the files from..to. A
// pattern for a whole folder is taken only where the area claims whatever else would come there.
func (c *cover) folder(folder string, from, to int) bool {
	mine, foreign := c.count(from, to)
	switch {
	case mine == 0:
		return true
	case foreign == 0 && c.claims.Match(folder+newName).Rule >= 0 && c.claims.Match(folder+newName+"/"+newName).Rule >= 0:
		return c.take(folder, "")
	}
	if !c.direct(folder, from, to) {
		return false
	}
	for at := from; at < to; {
		name, _, isFolder := strings.Cut(c.paths[at][len(folder):], "/")
		if !isFolder {
			at++
			continue
		}
		below := folder + name + "/"
		end := at + sort.Search(to-at, func(i int) bool { return !strings.HasPrefix(c.paths[at+i], below) })
		if !c.folder(below, at, end) {
			return false
		}
		at = end
	}
	return true
}

// newName is a name that no file has, to ask what is claimed of files to come.
const newName = "\x01"

// direct covers the files right in a folder.
func (c *cover) direct(folder string, from, to int) bool {
	var files []string
	foreign := 0
	for at := from; at < to; {
		c.reach.visits--
		rest := c.paths[at][len(folder):]
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			below := c.paths[at][:len(folder)+slash+1]
			at += sort.Search(to-at, func(i int) bool { return !strings.HasPrefix(c.paths[at+i], below) })
			continue
		}
		mine, others := c.count(at, at+1)
		if mine > 0 {
			files = append(files, c.paths[at])
		}
		foreign += others
		at++
	}
	if len(files) > 0 && foreign == 0 && c.claims.Match(folder+newName).Rule >= 0 {
		return c.take(folder, "*")
	}
	for _, file := range files {
		if !c.take(file, "") {
			return false
		}
	}
	return true
}

func (c *cover) count(from, to int) (mine, foreign int) {
	return int(c.mine[to] - c.mine[from]), int(c.foreign[to] - c.foreign[from])
}

// take adds the pattern for a path, a file or a folder with its slash, and what is to stand behind it.
func (c *cover) take(path, behind string) bool {
	pattern := "/"
	switch {
	case path == "" && behind == "":
		pattern = "*"
	case path != "":
		escaped, err := codeowners.Escape(path)
		if err != nil {
			return false
		}
		pattern = escaped
	}
	c.patterns = append(c.patterns, pattern+behind)
	return len(c.patterns) <= maxNarrow
}
