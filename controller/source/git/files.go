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
	// maxEntries bounds what is walked over to find them: also folders that have no files, and submodules.
	maxEntries = 2 * maxFiles
	// maxDepth bounds how deep folders are nested.
	maxDepth = 512
	// maxPathBytes bounds one path: no system opens a longer one (PATH_MAX of Linux). maxListBytes bounds all paths of a list
	// or of a log together; a million usual ones have some 100 MB.
	maxPathBytes = 4096
	maxListBytes = 256 << 20
)

var (
	errManyFiles   = fmt.Errorf("the tree has more than %d files", maxFiles)
	errManyEntries = fmt.Errorf("the tree has more than %d files, folders and submodules", maxEntries)
	errManyPaths   = fmt.Errorf("it has more than %d MiB of paths", maxListBytes>>20)
	errLongPath    = fmt.Errorf("the tree has a path of more than %d bytes", maxPathBytes)
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
	list, bytes := newFileList(wanted), 0
	if err := r.walkTree(ctx, root, func(path []byte, entry treeEntry) error {
		if len(list.paths) == maxFiles {
			return errManyFiles
		}
		if bytes += len(path); bytes > maxListBytes {
			return errManyPaths
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
func (r *repository) walkTree(ctx context.Context, root plumbing.Hash, visit func([]byte, treeEntry) error) error {
	return (&treeWalk{ctx: ctx, repository: r, visit: visit}).folder(root, nil, 0)
}

// treeWalk is one walk over a tree.
type treeWalk struct {
	ctx        context.Context
	repository *repository
	visit      func([]byte, treeEntry) error
	// entries counts what was walked over: the objects of a tree are few where it names the same ones again and again.
	entries int
}

func (w *treeWalk) folder(id plumbing.Hash, prefix []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("folders are nested more than %d deep", maxDepth)
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := w.repository.tree(id)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if w.entries++; w.entries > maxEntries {
			return errManyEntries
		}
		if len(prefix)+len(entry.name) > maxPathBytes {
			return errLongPath
		}
		path := append(prefix, entry.name...)
		switch entry.kind {
		case folderEntry:
			err = w.folder(entry.id, append(path, '/'), depth+1)
		case fileEntry, linkEntry:
			err = w.visit(path, entry)
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
