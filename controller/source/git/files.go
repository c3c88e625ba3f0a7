package git

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	// maxFiles bounds a file list. The largest public repositories have about 500,000 files; a hostile
	// tree that names itself again and again has any number.
	maxFiles = 1_000_000
	// maxDepth bounds how deep folders are nested.
	maxDepth = 512
)

// fileList is what a tree or a working tree has, sorted bytewise by path.
type fileList struct {
	paths []string
	// wanted says which files are to be read later; places are their entries, by path.
	wanted func(path string) bool
	places map[string]treeEntry
}

func newFileList(wanted func(path string) bool) fileList {
	return fileList{wanted: wanted, places: map[string]treeEntry{}}
}

// headFiles lists the files of a commit's tree. Submodules are not files; symbolic links are.
func (r *repository) headFiles(ctx context.Context, root plumbing.Hash, wanted func(path string) bool) (fileList, error) {
	list := newFileList(wanted)
	if err := r.walkTree(ctx, root, nil, 0, func(path []byte, entry treeEntry) error {
		if len(list.paths) == maxFiles {
			return fmt.Errorf("the tree has more than %d files", maxFiles)
		}
		list.add(string(path), entry)
		return nil
	}); err != nil {
		return fileList{}, err
	}
	list.sort()
	return list, nil
}

// walkTree visits every file below a tree. The path is only lent.
func (r *repository) walkTree(ctx context.Context, id plumbing.Hash, prefix []byte, depth int, visit func([]byte, treeEntry) error) error {
	if depth > maxDepth {
		return fmt.Errorf("folders are nested more than %d deep", maxDepth)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := r.tree(id)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := append(prefix, entry.name...)
		switch entry.kind {
		case folderEntry:
			err = r.walkTree(ctx, entry.id, append(path, '/'), depth+1, visit)
		case fileEntry, linkEntry:
			err = visit(path, entry)
		case submoduleEntry:
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *fileList) add(path string, entry treeEntry) {
	l.paths = append(l.paths, path)
	if l.wanted(path) {
		l.places[path] = entry
	}
}

func (l *fileList) sort() {
	if !slices.IsSorted(l.paths) {
		slices.Sort(l.paths)
	}
	l.paths = slices.Compact(l.paths)
}
