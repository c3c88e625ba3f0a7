package operator

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxFileBytes bounds the text of a policy in a file.
const maxFileBytes = 1 << 20

// files are what paths in objects can lead to: files on the controller's own disk, such as a volume of checkouts.
type files struct {
	// from is where relative paths start, root what no path leaves, whether by ".." or by a link. Both are absolute and
	// without links; they are empty where there are no files.
	from, root string
}

var (
	errNoFiles = errors.New("this controller has no files")
	errOutside = errors.New("the path leads out of the controller's files")
)

// openFiles finds the folders; root may be empty, and is from then.
func openFiles(from, root string) (files, error) {
	if from == "" {
		return files{}, nil
	}
	if root == "" {
		root = from
	}
	var f files
	var err error
	if f.from, err = realPath(from); err != nil {
		return f, fmt.Errorf("the folder of --files cannot be opened: %s: %w; name one that is there with --files DIR", from, plainCause(err))
	}
	if f.root, err = realPath(root); err != nil {
		return f, fmt.Errorf("the folder of --files-root cannot be opened: %s: %w; name one that is there with --files-root DIR", root, plainCause(err))
	}
	if !f.within(f.from) {
		return f, fmt.Errorf("the folder of --files, %s, is not in that of --files-root, %s; name one above it with --files-root DIR", f.from, f.root)
	}
	return f, nil
}

// plainCause is why a file cannot be read, without the name of the system call and the path on this disk.
func plainCause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func realPath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

func (f files) within(path string) bool {
	return path == f.root || strings.HasPrefix(path, strings.TrimSuffix(f.root, string(filepath.Separator))+string(filepath.Separator))
}

// find gives the path on disk. It need not exist.
func (f files) find(path string) (string, error) {
	if f.root == "" {
		return "", errNoFiles
	}
	found := filepath.Clean(path)
	if !filepath.IsAbs(found) {
		found = filepath.Join(f.from, found)
	}
	if !f.within(found) {
		return "", errOutside
	}
	if !f.within(leads(found)) {
		return "", errOutside
	}
	return found, nil
}

// leads is where a path leads by the links in it, as far as it exists: what is not there yet may come to be behind a link.
func leads(path string) string {
	for at, rest := path, ""; ; at, rest = filepath.Dir(at), filepath.Join(filepath.Base(at), rest) {
		if target, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(target, rest)
		}
		if info, err := os.Lstat(at); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return "" // a link to what is not there, or in a circle: it may lead anywhere
		}
		if filepath.Dir(at) == at {
			return path
		}
	}
}

// read reads a file, of at most 1 MiB. Errors name the path as it was given.
func (f files) read(path string) ([]byte, error) {
	found, err := f.find(path)
	if err != nil {
		return nil, err
	}
	text, err := f.open(path, found)
	if cause := plainCause(err); cause != err { //nolint:errorlint // it is the very error unless something was taken off
		return nil, fmt.Errorf("%s cannot be read: %w", path, cause)
	}
	return text, err
}

// open reads a file that was found; path is what it is called.
func (f files) open(path, found string) ([]byte, error) {
	root, err := os.OpenRoot(f.root) // a link that is put there meanwhile leads nowhere
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // nothing was written
	relative, err := filepath.Rel(f.root, found)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(relative)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := root.Open(relative)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err == nil && len(text) > maxFileBytes {
		return nil, fmt.Errorf("%s is larger than 1 MiB", path)
	}
	return text, err
}

// filesProblem says what to do about a path that leads nowhere.
func filesProblem(err error, field string) ownership.Problem {
	problem := ownership.Problem{Field: field, Reason: "FileUnreadable", Message: err.Error(), Remedy: "name a file that the controller can read"}
	switch {
	case errors.Is(err, errNoFiles):
		problem.Reason = "NoFiles"
		problem.Remedy = "use a clone URL or a ConfigMap instead, or start the controller with --files DIR"
	case errors.Is(err, errOutside):
		problem.Reason, problem.Remedy = "OutsideFiles", "name a path below the folder of --files-root, or else of --files"
	}
	return problem
}
