package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
)

const (
	// maxRead bounds the files read of one repository, and maxReadBytes their bytes together.
	maxRead      = 50_000
	maxReadBytes = 256 << 20
	// maxProblems bounds what is reported of one repository. What is lost counts as lost all the same.
	maxProblems = 1000
)

// parsed is what the files of one repository say. It depends on its commit, the formats and the patterns alone; whom
// an entity's owners mean depends on other repositories too, and comes later.
type parsed struct {
	entities []ownership.Entity
	accounts map[ownership.EntityRef]string
	owners   []ownership.OwnersFile
	unread   []ownership.UnreadFile
	problems []ownership.Problem
	// failed says that a file could not be read for a reason that may pass.
	failed bool
	// files are those that were read.
	files []string
}

// selection says which files of a repository matter.
type selection struct {
	backstage, prow bool
	files, ignore   *codeowners.Matcher
}

// patterns compiles patterns as those of a CODEOWNERS file, where each stands for itself.
func patterns(texts []string) *codeowners.Matcher {
	rules := make([]codeowners.Rule, len(texts))
	for i, text := range texts {
		rules[i] = codeowners.Rule{Line: i + 1, Pattern: text}
	}
	return codeowners.Compile(rules)
}

func (s selection) ignored(file string) bool { return s.ignore.Match(file).Rule >= 0 }

func (s selection) isEntities(file string) bool {
	return s.backstage && s.files.Match(file).Rule >= 0 && !s.ignored(file)
}

func (s selection) isOwners(file string) bool {
	return s.prow && isOwnersFile(file) && !s.ignored(file)
}

func (s selection) isAliases(file string) bool { return s.prow && file == aliasesPath }

func (s selection) wants(file string) bool {
	return s.isAliases(file) || s.isOwners(file) || s.isEntities(file)
}

// read reads the files of a repository that matter. The error says that not even their names are known.
func (s selection) read(ctx context.Context, tree *git.Tree) (parsed, error) {
	p := parsed{accounts: map[ownership.EntityRef]string{}}
	var wanted []string
	if _, err := tree.Files(ctx, func(file string) bool {
		if !s.wants(file) {
			return false
		}
		wanted = append(wanted, file)
		return true
	}); err != nil {
		return p, err
	}
	slices.Sort(wanted)
	p.files = slices.Compact(wanted)
	if len(p.files) > maxRead {
		return p, fmt.Errorf("%d files are to be read, more than %d", len(p.files), maxRead)
	}
	known := aliases{}
	if slices.Contains(p.files, aliasesPath) {
		known = p.readAliases(tree)
	}
	left := maxReadBytes
	for _, file := range p.files {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		if file == aliasesPath {
			continue
		}
		text, err := tree.Text(file, maxFileBytes+1)
		if left -= len(text); left < 0 {
			return p, fmt.Errorf("the files to be read have more than %d MiB together", maxReadBytes>>20)
		}
		if s.isOwners(file) {
			p.addOwners(file, text, err, known)
		} else {
			p.addEntities(file, text, err)
		}
	}
	p.bound()
	return p, nil
}

func (p *parsed) readAliases(tree *git.Tree) aliases {
	text, err := tree.Text(aliasesPath, maxFileBytes+1)
	if err != nil {
		problem := p.unreadable(aliasesPath, err)
		return aliases{unknown: problem.Error()}
	}
	known := parseAliases(aliasesPath, text)
	p.problems = append(p.problems, known.problems...)
	return known
}

// unreadable reports a file that is there and cannot be read.
func (p *parsed) unreadable(file string, err error) ownership.Problem {
	problem := ownership.Problem{
		Location: ownership.Location{File: file}, Message: fmt.Sprintf("the file cannot be read: %v", err),
		Remedy: "repair the clone, or fetch the missing objects, and observe again",
	}
	if errors.Is(err, git.ErrLink) {
		problem.Remedy = "replace the link by the file itself"
	}
	p.failed = p.failed || !errors.Is(err, git.ErrLink)
	p.problems = append(p.problems, problem)
	return problem
}

// addOwners adds an OWNERS file. One that is a link is none: Prow passes it over.
func (p *parsed) addOwners(file string, text []byte, err error, known aliases) {
	switch {
	case errors.Is(err, git.ErrLink):
		p.problems = append(p.problems, ownership.Problem{
			Location: ownership.Location{File: file}, Message: "the OWNERS file is a symbolic link, which Prow passes over",
			Remedy: "replace the link by the file itself", Warning: true,
		})
	case err != nil:
		problem := p.unreadable(file, err)
		p.owners = append(p.owners, ownership.OwnersFile{
			Path: file, Folder: strings.Trim(path.Dir("/"+file), "/"), Provenance: ownership.Provenance{Location: file, Unknown: problem.Error()},
		})
	default:
		owners, problems := parseOwners(file, text, known)
		p.owners, p.problems = append(p.owners, owners), append(p.problems, problems...)
	}
}

func (p *parsed) addEntities(file string, text []byte, err error) {
	if err != nil {
		problem := p.unreadable(file, err)
		p.addUnread(file, problem.Error())
		return
	}
	found := parseEntities(file, text)
	p.entities, p.problems = append(p.entities, found.entities...), append(p.problems, found.problems...)
	maps.Copy(p.accounts, found.accounts)
	if found.unknown != "" {
		p.addUnread(file, found.unknown)
	}
}

func (p *parsed) addUnread(file, why string) {
	p.unread = append(p.unread, ownership.UnreadFile{Path: file, Provenance: ownership.Provenance{Location: file, Unknown: why}})
}

// bound keeps the first problems, and says how many there are.
func (p *parsed) bound() {
	if all := len(p.problems); all > maxProblems {
		p.problems = append(p.problems[:maxProblems:maxProblems], ownership.Problem{
			Message: fmt.Sprintf("%d more problems of catalog files here are not shown", all-maxProblems), Remedy: "correct those that are", Warning: true,
		})
	}
}
