package git

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

func isCodeownersPlace(path string) bool { return slices.Contains(codeowners.Locations, path) }

// findCodeowners finds the CODEOWNERS file in force in a list of files, and reads it with read, which
// gives at most so many bytes.
//
//	first of the three places       result
//	none is a file                  an empty path, known: there is no CODEOWNERS
//	a file                          its text; of one that is too large as much as shows that it is
//	a symbolic link                 its path without text, known: the server that reads CODEOWNERS does not
//	                                follow it, so no rule is in force
//	a file that cannot be read      its path, unknown
func findCodeowners(list fileList, read func(path string, entry treeEntry, limit int64) ([]byte, error)) (ownership.CodeownersFile, []ownership.Problem) {
	for _, path := range codeowners.Locations {
		entry, found := list.places[path]
		if !found {
			continue
		}
		file := ownership.CodeownersFile{Path: path, Provenance: ownership.Provenance{Location: path}}
		if entry.kind == linkEntry {
			file.Link = true
			return file, nil
		}
		text, err := read(path, entry, codeowners.MaxSize+1)
		if err != nil {
			file.Unknown = err.Error()
			return file, []ownership.Problem{{
				Location: ownership.Location{File: path},
				Message:  fmt.Sprintf("CODEOWNERS cannot be read: %v", err),
				Remedy:   "repair the clone, or fetch the missing objects, and observe again",
			}}
		}
		file.Text = text
		return file, nil
	}
	return ownership.CodeownersFile{}, nil
}

// compareWorktree warns where CODEOWNERS on disk is another than that of the commit, which counts: who has just edited it
// would look for the edit in vain. Line endings may differ, as git converts them. A file that is not on disk says nothing: a
// sparse checkout may leave it out.
func (l *look) compareWorktree(r *repository) {
	committed := l.repository.Codeowners
	if r.layout.bare || !committed.Known() || !l.repository.Files.Known() {
		return
	}
	root, err := os.OpenRoot(r.layout.root)
	if err != nil {
		return
	}
	defer func() { _ = root.Close() }() // opened for reading
	for _, path := range codeowners.Locations {
		info, err := root.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !info.Mode().IsRegular() {
			return
		}
		text, err := readWorktreeFile(root, path, codeowners.MaxSize+1)
		if err == nil && (path != committed.Path || !bytes.Equal(unixLines(text), unixLines(committed.Text))) {
			l.problems = append(l.problems, ownership.Problem{
				Location: ownership.Location{Repository: l.repository.ID, File: path},
				Message:  "CODEOWNERS in the working tree differs from the commit at HEAD, which is what counts here",
				Remedy:   "commit it, or set tree: worktree on the source",
				Warning:  true,
			})
		}
		return
	}
}

func unixLines(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

// readTracked reads at most limit bytes of a file of the working tree, or of the index where a sparse checkout keeps
// the file off the disk.
func (r *repository) readTracked(root *os.Root, path string, entry treeEntry, limit int64) ([]byte, error) {
	text, err := readWorktreeFile(root, path, limit)
	if errors.Is(err, fs.ErrNotExist) && !entry.id.IsZero() {
		return r.blob(entry.id, limit)
	}
	return text, err
}

// readWorktreeFile reads at most limit bytes of a regular file below root, which it cannot leave.
func readWorktreeFile(root *os.Root, path string, limit int64) (text []byte, err error) {
	f, err := root.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file any more", path)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}
