package acme

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
)

// keep moves aside what somebody has worked on, so that making the checkouts anew loses nothing, and names where it
// is now. made are the states of the checkouts as they were made, by their folders.
//
//	a folder of checkouts in .work has                        is
//	checkouts as they were made, and nothing else             left, to be removed
//	a commit, branch, stash or change that was not made here  moved whole to .work/kept-DATE
//	a file or folder that was not made here                   moved likewise
func keep(folder string, root *os.Root, specifications []specification, made map[string]string, now time.Time) ([]string, error) {
	var kept []string
	for _, first := range firstFolders(specifications) {
		touched, err := isTouched(folder, root, first, specifications, made)
		if err != nil {
			return kept, err
		}
		if !touched {
			continue
		}
		target, err := move(root, first, now)
		if err != nil {
			return kept, fmt.Errorf("keeping what was changed in %s: %w", path.Join(workFolder, first), err)
		}
		kept = append(kept, filepath.Join(folder, filepath.FromSlash(target)))
	}
	return kept, nil
}

// firstFolders are the folders right below .work that hold checkouts.
func firstFolders(specifications []specification) []string {
	var folders []string
	for _, s := range specifications {
		first, _, _ := strings.Cut(s.Folder, "/")
		folders = append(folders, first)
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

func isTouched(folder string, root *os.Root, first string, specifications []specification, made map[string]string) (bool, error) {
	entries, err := fs.ReadDir(root.FS(), path.Join(workFolder, first))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for changes: %w", err)
	}
	for _, entry := range entries {
		name := path.Join(first, entry.Name())
		before, known := made[name]
		if !known {
			if slices.ContainsFunc(specifications, func(s specification) bool { return s.Folder == name }) && made == nil {
				continue // making it was interrupted
			}
			return true, nil
		}
		if now, err := state(filepath.Join(folder, workFolder, filepath.FromSlash(name))); err != nil || now != before {
			return true, nil //nolint:nilerr // what cannot be read any more was changed, too
		}
	}
	return false, nil
}

// move moves a folder of .work to one of today's, and gives its path there.
func move(root *os.Root, first string, now time.Time) (string, error) {
	day := path.Join(workFolder, "kept-"+now.UTC().Format(time.DateOnly))
	for count := 1; ; count++ {
		target := day
		if count > 1 {
			target = fmt.Sprintf("%s-%d", day, count)
		}
		if err := root.MkdirAll(target, 0o755); err != nil {
			return "", err
		}
		target = path.Join(target, first)
		if _, err := root.Lstat(target); err == nil {
			continue // something was kept there before
		}
		return target, root.Rename(path.Join(workFolder, first), target)
	}
}

// state sums up all that somebody could have done in a checkout: every reference (branches, tags, the stash, HEAD), and
// every file that differs from the commit that is checked out.
func state(folder string) (string, error) {
	repository, err := git.PlainOpen(folder)
	if err != nil {
		return "", err
	}
	var lines []string
	references, err := repository.References()
	if err != nil {
		return "", err
	}
	if err := references.ForEach(func(reference *plumbing.Reference) error {
		lines = append(lines, reference.String())
		return nil
	}); err != nil {
		return "", err
	}
	tree, err := repository.Worktree()
	if err != nil {
		return "", err
	}
	status, err := tree.Status()
	if err != nil {
		return "", err
	}
	for file, change := range status {
		if change.Worktree != git.Unmodified || change.Staging != git.Unmodified {
			lines = append(lines, fmt.Sprintf("%q %c%c", file, change.Staging, change.Worktree))
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:8]), nil
}
