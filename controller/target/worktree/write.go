package worktree

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

// errMoved says that the file changed while it was being replaced, and that it was left as it is.
var errMoved = refusal{"it is being changed by somebody else at this moment", "look at what was changed there, and plan again"}

// output is a file that is being written.
type output interface {
	io.Writer
	Sync() error
	Close() error
	Chmod(mode fs.FileMode) error
	Chown(uid, gid int) error
	Stat() (fs.FileInfo, error)
}

// create makes a file that must not be there yet.
func create(folder *os.Root, name string, mode fs.FileMode) (output, error) {
	return folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
}

// replace puts a text in the place of a file, whole or not at all: it is written under another name, brought to disk,
// and then given the file's name in one step. Where it fails, nothing is left of it.
func (t *Target) replace(folder *os.Root, name string, old *live, text []byte) error {
	other := folderlock.Temporary + rand.Text()
	defer func() { _ = folder.Remove(other) }() // mostly it has gone; what cannot be removed is swept by a later run
	if err := t.write(folder, other, old, text); err != nil {
		return err
	}
	if t.written != nil {
		t.written()
	}
	if err := put(folder, other, name, old); err != nil {
		return err
	}
	// Of a system that cannot bring a folder to disk, the name may be lost with the power; either file is whole.
	if opened, err := folder.Open("."); err == nil {
		_ = opened.Sync()
		_ = opened.Close()
	}
	return nil
}

// write writes a new file, with the mode and the owner of the one that it is to replace.
func (t *Target) write(folder *os.Root, name string, old *live, text []byte) error {
	mode := fs.FileMode(0o666) // less what the user's umask takes
	if old != nil {
		mode = 0o600
	}
	file, err := t.create(folder, name, mode)
	if err != nil {
		return unwritable(err)
	}
	_, err = file.Write(text)
	if err == nil && old != nil {
		err = keep(file, old.info)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		return nil
	}
	var refused refusal
	if errors.As(err, &refused) {
		return refused
	}
	return refusal{fmt.Sprintf("the new text cannot be written: %v; the file is as it was", cause(err)), "make room on the disk, or mend what else is wrong, and apply again"}
}

// keep gives a new file the mode and the owner of an old one.
func keep(file output, old fs.FileInfo) error {
	fresh, err := file.Stat()
	if err != nil {
		return err
	}
	if uid, gid, differs := otherOwner(old, fresh); differs {
		if err := file.Chown(uid, gid); err != nil {
			return refusal{fmt.Sprintf("the file belongs to user %d and group %d, which could not be kept: %v", uid, gid, cause(err)), "apply as its owner"}
		}
	}
	return file.Chmod(old.Mode().Perm())
}

// put gives a new file the name that it is to have. Where there is to be no file yet, it fails if one has come; else
// the old file is looked at again:
//
//	the system can exchange two names    they are exchanged in one step, and what was taken out is compared. If somebody
//	                                     wrote at that very moment, theirs is put back
//	it cannot                            compared right before it is replaced
func put(folder *os.Root, other, name string, old *live) error {
	if old == nil {
		return putNew(folder, other, name)
	}
	if !isStill(folder, name, old) {
		return errMoved
	}
	err := exchange(folder, other, name)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		if err := folder.Rename(other, name); err != nil {
			return unwritable(err)
		}
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return errMoved
	case err != nil:
		return unwritable(err)
	case isStill(folder, other, old):
		return nil
	}
	if err := exchange(folder, other, name); err != nil {
		kept := name + ".kept"
		return refusal{
			fmt.Sprintf("somebody changed it at the same moment, and their text could not be put back: %v", cause(errors.Join(err, folder.Rename(other, kept)))),
			"their text is in " + kept + ": put it back by hand, and plan again",
		}
	}
	return errMoved
}

// putNew gives a file a name that must not be taken.
func putNew(folder *os.Root, other, name string) error {
	err := folder.Link(other, name)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return errMoved
	}
	// Some file systems have no second names for a file.
	if _, err := folder.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return errMoved
	}
	if err := folder.Rename(other, name); err != nil {
		return unwritable(err)
	}
	return nil
}

// isStill says whether what has a name is the very file that was read, with the text that it had.
func isStill(folder *os.Root, name string, old *live) bool {
	now, err := readLive(folder, name)
	return err == nil && now != nil && os.SameFile(now.info, old.info) && digest(now.text) == digest(old.text)
}

// sweep removes the temporary files of runs that were killed.
func sweep(folder *os.Root) error {
	opened, err := folder.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }() // nothing was written
	names, err := opened.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, folderlock.Temporary) {
			continue
		}
		if info, err := folder.Lstat(name); err == nil && info.Mode().IsRegular() {
			if err := folder.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
