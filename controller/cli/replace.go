package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file under another name first, so that one that is there stays whole until the new one is.
// A link is followed: the file that it leads to is replaced.
func replaceFile(name string, text []byte) error { return replaceFileMode(name, text, 0o644) }

// unwritable says why a file cannot be written, without the calls of the system and the other name.
func unwritable(name string, err error) error {
	var call *fs.PathError
	var link *os.LinkError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the folder %s does not exist", filepath.Dir(name))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("there is no permission to write %s", name)
	case errors.As(err, &call):
		err = call.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s cannot be written: %w", name, err)
}

// replaceFileMode does so with the permissions that a new file gets; one that is there keeps its own.
func replaceFileMode(name string, text []byte, mode os.FileMode) error {
	if followed, err := filepath.EvalSymlinks(name); err == nil {
		name = followed
	}
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
		if !info.Mode().IsRegular() { // such as /dev/stdout
			return os.WriteFile(name, text, mode)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return unwritable(name, err)
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(unwritable(name, err), os.Remove(file.Name()))
	}
	return nil
}
