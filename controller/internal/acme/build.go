package acme

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// commit is one commit of a specification.
type commit struct {
	change
	when time.Time
}

// commits are the specification's commits, the oldest first.
func (s *specification) commits(today time.Time) []commit {
	var all []commit
	for i, c := range s.Commits {
		for _, day := range c.Days {
			// During working hours; commits of one day stand in the order of the file.
			clock := 8*time.Hour + time.Duration(i*11)*time.Minute
			all = append(all, commit{c, today.AddDate(0, 0, -day).Add(clock)})
		}
	}
	slices.SortStableFunc(all, func(a, b commit) int { return cmp.Compare(a.when.UnixNano(), b.when.UnixNano()) })
	return all
}

// build makes the checkout in an empty folder and counts its commits.
func build(folder string, s specification, authors map[string]author, today time.Time) (int, error) {
	repository, err := git.PlainInitWithOptions(folder, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.Main},
	})
	if err != nil {
		return 0, fmt.Errorf("making %s: %w", s.Folder, err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		return 0, fmt.Errorf("opening %s: %w", s.Folder, err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return 0, fmt.Errorf("opening %s: %w", s.Folder, err)
	}
	defer func() { _ = root.Close() }() // a folder: nothing is lost

	b := builder{specification: s, root: root, tree: tree, revisions: map[string]int{}}
	all := s.commits(today)
	for _, c := range all {
		if err := b.commit(c, authors); err != nil {
			return 0, fmt.Errorf("%s: commit %q: %w", s.Folder, c.Message, err)
		}
	}
	return len(all), nil
}

type builder struct {
	specification
	root *os.Root
	tree *git.Worktree
	// revisions counts how often each file was written.
	revisions map[string]int
}

func (b *builder) commit(c commit, authors map[string]author) error {
	for _, file := range c.Files {
		b.revisions[file]++
		if err := b.write(file); err != nil {
			return err
		}
		if err := b.tree.AddWithOptions(&git.AddOptions{Path: file, SkipStatus: true}); err != nil {
			return fmt.Errorf("adding %s: %w", file, err)
		}
	}
	for _, file := range c.Remove {
		if _, err := b.tree.Remove(file); err != nil {
			return fmt.Errorf("removing %s: %w", file, err)
		}
	}
	by, err := find(authors, c.By)
	if err != nil {
		return err
	}
	signature := &object.Signature{Name: by.name, Email: by.address, When: c.when}
	_, err = b.tree.Commit(c.Message, &git.CommitOptions{Author: signature, Committer: signature})
	return err
}

func (b *builder) write(file string) error {
	text := fmt.Sprintf("%s of the example %s, revision %d\n", file, b.Folder, b.revisions[file])
	if own, given := b.Texts[file]; given {
		text = own
		if b.revisions[file] < b.times(file) {
			text = "# Revision " + fmt.Sprint(b.revisions[file]) + "\n" + own
		}
	}
	if err := b.root.MkdirAll(filepath.FromSlash(filepath.Dir(file)), 0o755); err != nil {
		return err
	}
	return b.root.WriteFile(filepath.FromSlash(file), []byte(text), 0o644)
}

// times is how often the file is written in all.
func (b *builder) times(file string) int {
	times := 0
	for _, c := range b.Commits {
		if slices.Contains(c.Files, file) {
			times += len(c.Days)
		}
	}
	return times
}
