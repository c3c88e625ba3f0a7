package git

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxWatched bounds the folders that are watched, below the usual limit of an operating system for one user.
const maxWatched = 4096

// Watch gives the folders in which something changes when an observation would: of each checkout the
// folder with HEAD and the index, and the one with its branch; in the working tree the folders with
// files; and the folder of checkouts itself. What is beyond the bound is seen at the next interval.
func (s *Source) Watch() []string { return s.watch(s.worktreeFolders) }

// watch gives them where of a working tree the folders that matter are those which inside gives.
func (s *Source) watch(inside func(root string) []string) []string {
	found, err := discover(s.path, s.field)
	if err != nil {
		return []string{filepath.Dir(s.path)} // it may come to be
	}
	var folders []string
	if found.folder {
		folders = append(folders, s.path)
	}
	for _, root := range found.checkouts {
		place, err := findLayout(root)
		if err != nil {
			folders = append(folders, root)
			continue
		}
		folders = append(folders, place.gitDir, place.commonDir, branchFolder(place))
	}
	if s.spec.Tree == treeWorktree {
		for _, root := range found.checkouts {
			folders = append(folders, inside(root)...)
		}
	}
	var present []string
	for _, folder := range folders {
		if len(present) == maxWatched {
			break
		}
		if info, err := os.Stat(folder); err == nil && info.IsDir() && !slices.Contains(present, folder) {
			present = append(present, folder)
		}
	}
	slices.Sort(present)
	return present
}

// branchFolder is where the ref of the branch lies that is checked out.
func branchFolder(place layout) string {
	text, err := readBounded(filepath.Join(place.gitDir, "HEAD"), maxPointerBytes)
	name, isBranch := strings.CutPrefix(strings.TrimSpace(string(text)), "ref: ")
	if err != nil || !isBranch || plumbing.ReferenceName(name).Validate() != nil {
		return place.gitDir
	}
	return filepath.Join(place.commonDir, filepath.FromSlash(path.Dir(name)))
}

// worktreeFolders are the folders that had files at the last look, those near the root first.
func (s *Source) worktreeFolders(root string) []string {
	known, _ := s.recall(root)
	return foldersOf(root, known.look.repository.Files.Paths)
}

// foldersOf are the folders of the files and those above them, those near the root first.
func foldersOf(root string, files []string) []string {
	seen := map[string]bool{".": true}
	for _, file := range files {
		for folder := path.Dir(file); !seen[folder]; folder = path.Dir(folder) {
			seen[folder] = true
		}
	}
	folders := make([]string, 0, len(seen))
	for folder := range seen {
		folders = append(folders, folder)
	}
	slices.SortFunc(folders, func(a, b string) int {
		if order := strings.Count(a, "/") - strings.Count(b, "/"); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
	for i, folder := range folders {
		folders[i] = filepath.Join(root, filepath.FromSlash(folder))
	}
	return folders
}
