package git

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxCheckouts bounds how many entries of a folder are looked at.
const maxCheckouts = 100_000

// discovery is what lies at a source's path.
type discovery struct {
	// checkouts are the folders that are, or claim to be, repositories, in the order of their names.
	checkouts []string
	// folder says that the path is a folder of checkouts and no checkout itself.
	folder bool
	// whole says that nothing in the folder was left out for a reason other than being no repository.
	whole    bool
	problems []ownership.Problem
}

// discover looks at a path. The path itself may lead anywhere, as its author wrote it; but what lies in
// a folder of checkouts may not lead out of it again.
//
//	the path is a repository             that one
//	a folder in it is a repository       one of several
//	a folder in it is none               passed over in silence
//	a link in it that leads out of it    refused: a problem, and the folder is not read whole
//	a link in it to a folder in it       as that folder
//	a folder in it that cannot be read   a problem, and the folder is not read whole
//
// field is where the path stands in a manifest, "spec.git".
func discover(path, field string) (discovery, error) {
	info, err := os.Stat(path)
	if err != nil {
		return discovery{}, err
	}
	if !info.IsDir() {
		return discovery{}, errors.New("it is a file and not a folder")
	}
	if looksLikeRepository(path) {
		return discovery{checkouts: []string{path}, whole: true}, nil
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return discovery{}, err
	}
	defer func() { _ = root.Close() }() // opened for reading
	names, err := entryNames(root)
	if err != nil {
		return discovery{}, err
	}
	found := discovery{folder: true, whole: true}
	for _, name := range names {
		is, err := isCheckout(root, name)
		switch {
		case err != nil:
			found.whole = false
			found.problems = append(found.problems, ownership.Problem{
				Location: ownership.Location{File: filepath.Join(path, name)},
				Message:  fmt.Sprintf("left out: %v", err),
				Remedy:   "make it a checkout that lies in this folder and can be read, or remove it",
			})
		case is:
			found.checkouts = append(found.checkouts, filepath.Join(path, name))
		}
	}
	if len(found.checkouts) == 0 && found.whole {
		found.problems = append(found.problems, ownership.Problem{
			Location: ownership.Location{File: path},
			Message:  "the folder has no git checkout, and is none itself",
			Remedy:   "set " + field + ".path to a checkout or to the folder that holds the checkouts",
			Warning:  true,
		})
	}
	return found, nil
}

// looksLikeRepository says whether the folder claims to be a repository, be it a broken one.
func looksLikeRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil || isBare(dir)
}

func entryNames(root *os.Root) ([]string, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }() // opened for reading
	names, err := dir.Readdirnames(maxCheckouts + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(names) > maxCheckouts {
		return nil, fmt.Errorf("it has more than %d entries", maxCheckouts)
	}
	slices.Sort(names)
	return names, nil
}

// isCheckout asks through the root, so that neither the folder nor its .git can be a link to elsewhere.
// (A .git file may name another place: that is how git itself makes linked worktrees.)
func isCheckout(root *os.Root, name string) (bool, error) {
	info, err := root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, errors.New("it is a link to something that does not exist")
	}
	if err != nil {
		return false, notThrough(root, name, err)
	}
	if !info.IsDir() {
		return false, nil
	}
	sub, err := root.OpenRoot(name)
	if err != nil {
		return false, err
	}
	defer func() { _ = sub.Close() }() // opened for reading
	if _, err := sub.Lstat(".git"); err == nil {
		inner := filepath.Join(name, ".git")
		if _, err := root.Stat(inner); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, notThrough(root, inner, err)
		}
		return true, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	for _, part := range []string{"HEAD", "objects", "refs"} {
		if info, err := sub.Stat(part); err != nil || info.IsDir() == (part == "HEAD") {
			return false, nil
		}
	}
	return true, nil
}

// notThrough says in a reader's words why a name cannot be looked at through the root: for a link, because it leads
// out. (os.Root has no error of its own to tell that by.)
func notThrough(root *os.Root, name string, err error) error {
	if info, lstatErr := root.Lstat(name); lstatErr == nil && info.Mode()&fs.ModeSymlink != 0 && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s is a link that leads out of the folder", filepath.Base(name))
	}
	return err
}
