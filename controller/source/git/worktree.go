package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

const maxIgnoreBytes = 1 << 20

// worktreeFiles lists the files on disk as git would commit them with "add everything": what the index
// has and the disk still has, and what the disk has besides and no ignore file leaves out.
//
//	in the index   on disk        result
//	yes            yes            a file, also where it is ignored
//	yes            no             left out: deleted; but kept where a sparse checkout skips it
//	no             yes            a file, unless it is ignored or in a repository of its own
//	a submodule    -              left out, with all that is below
//
// Only the repository's own ignore files count (.gitignore, info/exclude), not those of the user who
// runs Remit: the same checkout must give the same list to everyone.
func (r *repository) worktreeFiles(ctx context.Context, root *os.Root, wanted func(path string) bool) (fileList, error) {
	w := worktreeWalk{ctx: ctx, root: root, list: newFileList(wanted)}
	if err := w.readIndex(r); err != nil {
		return fileList{}, fmt.Errorf("read the index: %w", err)
	}
	var rules []ignoreRule
	exclude, err := readBounded(filepath.Join(r.layout.commonDir, "info", "exclude"), maxIgnoreBytes)
	if err == nil {
		rules = parseIgnore(string(exclude), "")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fileList{}, err
	}
	if err := w.walk("", rules, false, 0); err != nil {
		return fileList{}, err
	}
	for _, file := range w.skipped {
		w.list.add(file, w.tracked[file])
	}
	w.list.sort()
	return w.list, nil
}

type worktreeWalk struct {
	ctx  context.Context
	root *os.Root
	list fileList
	// tracked are the index's entries, submodules included; folders are the folders that have any.
	tracked map[string]treeEntry
	folders map[string]bool
	// skipped are tracked files that a sparse checkout keeps off the disk.
	skipped []string
}

func (w *worktreeWalk) readIndex(r *repository) error {
	w.tracked, w.folders = map[string]treeEntry{}, map[string]bool{}
	if _, err := os.Stat(filepath.Join(r.layout.gitDir, "index")); errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was ever added
	}
	index, err := r.refs.Index()
	if err != nil {
		return err
	}
	if len(index.Entries) > maxFiles {
		return fmt.Errorf("it has more than %d entries", maxFiles)
	}
	for _, e := range index.Entries {
		entry := treeEntry{id: e.Hash}
		switch e.Mode {
		case filemode.Symlink:
			entry.kind = linkEntry
		case filemode.Submodule:
			entry.kind = submoduleEntry
		case filemode.Dir:
			return errors.New("it is a sparse index; turn that off with: git sparse-checkout reapply --no-sparse-index")
		}
		w.tracked[e.Name] = entry
		if e.SkipWorktree && entry.kind != submoduleEntry {
			w.skipped = append(w.skipped, e.Name)
		}
		for folder := e.Name; ; {
			cut := strings.LastIndexByte(folder, '/')
			if cut < 0 || w.folders[folder[:cut]] {
				break
			}
			folder = folder[:cut]
			w.folders[folder] = true
		}
	}
	return nil
}

// walk lists one folder: "" or "a/b/".
func (w *worktreeWalk) walk(folder string, rules []ignoreRule, inIgnored bool, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("folders are nested more than %d deep", maxDepth)
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.root.FS(), path.Clean("./"+folder))
	if err != nil {
		return fmt.Errorf("list %s: %w", folder, err)
	}
	rules, err = w.withIgnoreFile(folder, entries, rules)
	if err != nil {
		return err
	}
	for _, e := range entries {
		file := folder + e.Name()
		tracked, isTracked := w.tracked[file]
		switch {
		case e.Name() == ".git", isTracked && tracked.kind == submoduleEntry:
		case !isTracked && strings.HasPrefix(e.Name(), folderlock.Temporary): // Remit's own, left by a run that was killed
		case e.IsDir():
			leave := inIgnored || ignored(rules, file, true)
			if leave && !w.folders[file] || !w.folders[file] && w.hasRepository(file) {
				continue
			}
			if err := w.walk(file+"/", rules, leave, depth+1); err != nil {
				return err
			}
		case isTracked, !inIgnored && !ignored(rules, file, false):
			if kind, isFile := diskKind(e.Type()); isFile {
				if len(w.list.paths) == maxFiles {
					return fmt.Errorf("the working tree has more than %d files", maxFiles)
				}
				w.list.add(file, treeEntry{name: e.Name(), kind: kind})
			}
		}
	}
	return nil
}

// withIgnoreFile adds the rules of the folder's own .gitignore. A linked one is not followed, as in git.
func (w *worktreeWalk) withIgnoreFile(folder string, entries []fs.DirEntry, rules []ignoreRule) ([]ignoreRule, error) {
	for _, e := range entries {
		if e.Name() != ".gitignore" || !e.Type().IsRegular() {
			continue
		}
		text, err := readWorktreeFile(w.root, folder+".gitignore", maxIgnoreBytes)
		if err != nil {
			return nil, fmt.Errorf("read %s.gitignore: %w", folder, err)
		}
		return append(rules[:len(rules):len(rules)], parseIgnore(string(text), folder)...), nil
	}
	return rules, nil
}

// hasRepository says whether a folder is a repository of its own, which git leaves alone.
func (w *worktreeWalk) hasRepository(folder string) bool {
	_, err := w.root.Lstat(folder + "/.git")
	return err == nil
}

// diskKind says whether git would track something on disk; it has no sockets, devices or pipes.
func diskKind(mode fs.FileMode) (kind entryKind, isFile bool) {
	switch {
	case mode.IsRegular():
		return fileEntry, true
	case mode&fs.ModeSymlink != 0:
		return linkEntry, true
	}
	return 0, false
}
