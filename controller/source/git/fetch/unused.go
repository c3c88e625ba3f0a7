package fetch

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

// Unused is how long nobody must have asked for a repository until RemoveUnused takes what is kept of it for one that no source
// names any more. It is longer than a holiday, and losing what is kept costs a fetch.
const Unused = 30 * 24 * time.Hour

// RemoveUnused removes from a cache folder what is kept of repositories that no process has asked for since before. Each fetch
// is noted as the time of the repository's folder, also one that fails. Folders that a process works in, and whatever this package
// has not made, stay. A cache folder that is not there has nothing to remove.
func RemoveUnused(ctx context.Context, folder string, before time.Time) error {
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return localFailure(err)
	}
	defer func() { _ = root.Close() }() // nothing is written through it
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return localFailure(err)
	}
	var failed []error
	for _, entry := range entries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if entry.IsDir() && isPlace(entry.Name()) {
			failed = append(failed, removeUnused(ctx, root, entry.Name(), before))
		}
	}
	return errors.Join(failed...)
}

// removeUnused removes one folder, under its lock: a fetch that began meanwhile has noted it.
func removeUnused(ctx context.Context, root *os.Root, name string, before time.Time) error {
	place, err := root.Open(name)
	if err != nil {
		return localFailure(err)
	}
	defer func() { _ = place.Close() }() // that unlocks it
	if err := folderlock.Lock(ctx, place, 0); err != nil {
		if errors.Is(err, folderlock.ErrHeld) {
			return nil // it is in use
		}
		return err
	}
	info, err := place.Stat()
	if err != nil {
		return localFailure(err)
	}
	entries, err := place.ReadDir(-1)
	if err != nil {
		return localFailure(err)
	}
	for _, entry := range entries {
		if !isOurs(entry.Name()) {
			return nil // somebody else has put something there
		}
	}
	if !info.ModTime().Before(before) {
		return nil
	}
	if err := root.RemoveAll(name); err != nil {
		return localFailure(err)
	}
	return nil
}

// isPlace says whether a name is that of an address's folder, as placeOf makes it.
func isPlace(name string) bool {
	digest, err := hex.DecodeString(name)
	return err == nil && len(digest) == 16 && name == strings.ToLower(name)
}

// isOurs says whether a name is one that a fetch makes in an address's folder.
func isOurs(name string) bool {
	return name == stateFile || isGeneration(name) || strings.HasPrefix(name, incoming)
}
