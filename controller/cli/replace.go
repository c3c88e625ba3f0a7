package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// replaceFile writes a file under another name first, so that one that is there stays whole until the new one is.
// A link is followed: the file that it leads to is replaced.
func replaceFile(name string, text []byte) error { return replaceFileMode(name, text, 0o644) }

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
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
