package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/remit-dev/remit/controller/codeowners"
)

// openCheckout opens the working tree of a checkout:
//
//	the folder is gone                        refused
//	it has .git (a folder, or a file as in    opened
//	  a linked worktree or a submodule)
//	it has HEAD and objects instead           refused: a bare repository has no files to edit
//	neither                                   refused: it is no checkout any more
func openCheckout(folder string) (*os.Root, error) {
	if folder == "" {
		return nil, refusal{"the repository has no checkout on this machine", "clone it, and make the clone a source"}
	}
	root, err := os.OpenRoot(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, refusal{"the checkout " + folder + " is not there any more", "clone it again, and plan again"}
	case err != nil:
		return nil, refusal{fmt.Sprintf("the checkout %s cannot be opened: %v", folder, cause(err)), "mend that, and apply again"}
	}
	if _, err := root.Lstat(".git"); err == nil {
		return root, nil
	}
	defer func() { _ = root.Close() }() // nothing was written
	if _, err := root.Lstat("objects"); err == nil {
		return nil, refusal{"the repository " + folder + " is bare: it has no working tree to edit", "edit a clone that has one"}
	}
	return nil, refusal{folder + " is no git checkout any more", "clone it again, and plan again"}
}

// openFolder opens the folder of a file, "." or a single folder of the checkout, and makes it where it is not there and
// may be made. made says that it was.
func openFolder(root *os.Root, folder string, mayMake bool) (opened *os.Root, made bool, err error) {
	info, err := root.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist) && mayMake:
		if err := root.Mkdir(folder, 0o755); err != nil {
			return nil, false, unwritable(err)
		}
		made = true
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, refusal{"the folder " + folder + " is not there any more", "plan again"}
	case err != nil:
		return nil, false, refusal{fmt.Sprintf("the folder %s cannot be looked at: %v", folder, cause(err)), "mend that, and apply again"}
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, false, refusal{folder + " is a symbolic link, which is not followed", "replace the link by a folder"}
	case !info.IsDir():
		return nil, false, refusal{folder + " is no folder", "make a folder of it"}
	}
	opened, err = root.OpenRoot(folder)
	if err != nil {
		return nil, made, refusal{fmt.Sprintf("the folder %s cannot be opened: %v", folder, cause(err)), "mend that, and apply again"}
	}
	// Between the look and the opening a link could have come in the folder's place.
	if now, err := opened.Stat("."); err != nil || info != nil && !os.SameFile(info, now) {
		_ = opened.Close() // nothing was written
		return nil, made, refusal{"the folder " + folder + " is being replaced by another", "apply again"}
	}
	return opened, made, nil
}

// inForce refuses to edit a file in a place where it is not in force, or would not be: GitHub uses the first of three
// places, and a file may have come to a better one since the plan was made. A new file must be the only one.
func inForce(root *os.Root, file File) error {
	for _, place := range codeowners.Locations {
		if place == file.Path {
			if file.Digest == "" {
				continue // whether it is there is compared later
			}
			return nil
		}
		if _, err := root.Lstat(filepath.FromSlash(place)); err == nil {
			return refusal{"there is a " + place + " now, beside which " + file.Path + " would not be the file that was planned for", "plan again"}
		}
	}
	return nil
}

// unwritable says that the folder of a file cannot be written.
func unwritable(err error) error {
	return refusal{
		fmt.Sprintf("its folder cannot be written: %v", cause(err)),
		"make it writable, or have somebody who may write there apply the patch of `remit plan --output diff`",
	}
}

// cause leaves out the system call and the path, which the message names in plain words.
func cause(err error) error {
	var call *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// split gives a file's folder and name.
func split(file string) (folder, name string) { return path.Dir(file), path.Base(file) }
