package standalone

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxCacheBytes bounds a file of the cache folder: the first-seen times of 100,000 areas take some 10 MB.
const maxCacheBytes = 64 << 20

// makeCache opens the cache folder, and makes it where it is not there. A link that leads out of the folder around it
// is refused, since that folder may be a checkout of somebody else's.
func makeCache(folder string) (*os.Root, error) {
	root, err := openCache(folder)
	return root, unwritable(folder, err)
}

// unwritable says that a folder or file of the cache cannot be written, without the calls of the system; nil where err is.
func unwritable(name string, err error) error {
	var call *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &call):
		err = call.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s cannot be written: %w", name, err)
}

func openCache(folder string) (*os.Root, error) {
	parent, name := filepath.Split(filepath.Clean(folder))
	if parent == "" {
		parent = "."
	}
	if err := os.MkdirAll(parent, 0o755); err != nil { // a user's cache may not be there yet
		return nil, err
	}
	around, err := os.OpenRoot(parent)
	if err != nil {
		return nil, err
	}
	defer func() { _ = around.Close() }() // nothing is written through it any more
	err = around.Mkdir(name, 0o755)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	made := err == nil
	root, err := around.OpenRoot(name)
	if err != nil || !made {
		return root, err
	}
	// The folder may lie in a checkout, where git should not offer to commit it.
	return root, root.WriteFile(".gitignore", []byte("*\n"), 0o644)
}

// writeWhole writes a file under another name first, so that nobody ever reads half of it.
func writeWhole(folder *os.Root, name string, text []byte) error {
	place := filepath.Join(folder.Name(), name)
	temporary := name + ".new"
	file, err := folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return unwritable(place, err)
	}
	_, err = io.Copy(file, bytes.NewReader(text))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(unwritable(place, err), folder.Remove(temporary))
	}
	return unwritable(place, folder.Rename(temporary, name))
}

// writeDurably is writeWhole that outlives a loss of power right after it.
func writeDurably(root *os.Root, name string, text []byte) error {
	if err := writeWhole(root, name, text); err != nil {
		return err
	}
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	_ = folder.Sync() // some systems cannot do that with a folder
	return folder.Close()
}

// readFrom reads a file of a folder with a bound on its size. A link out of the folder is not followed.
func readFrom[T any](folder, name string, read func(io.Reader) (T, error)) (T, error) {
	var none T
	if info, err := os.Stat(folder); err == nil && !info.IsDir() { // then no file can be in it
		return none, fmt.Errorf("%s is no folder: %w", folder, fs.ErrNotExist)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return none, err
	}
	defer func() { _ = root.Close() }() // nothing was written
	file, err := root.Open(name)
	if err != nil {
		return none, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	return read(io.LimitReader(file, maxCacheBytes+1))
}
