package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

const (
	// temporaryFolders are called so, with a number behind it.
	temporaryFolders = "remit-control-plane-"
	// abandonedAfter is long enough that a folder which was just made and is not locked yet is not taken for one that was left.
	abandonedAfter = 10 * time.Minute
)

// makeFolder makes the folder that is asked for, or a temporary one. That is locked while the file which comes with it is open: so
// it can be told from those that a test left which panicked, each some 100 MB, and these are removed.
func makeFolder(asked string) (string, *os.File, error) {
	if asked != "" {
		folder, err := makeEmpty(asked)
		return folder, nil, err
	}
	if err := removeAbandoned(os.TempDir()); err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", temporaryFolders)
	if err != nil {
		return "", nil, err
	}
	lock, err := lockFolder(folder)
	if errors.Is(err, folderlock.ErrUnsupported) {
		return folder, nil, nil
	}
	return folder, lock, err
}

func makeEmpty(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	there, err := os.ReadDir(folder)
	if err == nil && len(there) > 0 {
		err = fmt.Errorf("%s is not empty", folder)
	}
	return folder, err
}

func lockFolder(folder string) (*os.File, error) {
	file, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := folderlock.Lock(context.Background(), file, 0); err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return file, nil
}

// removeAbandoned removes the temporary folders that no process has locked any more.
func removeAbandoned(within string) error {
	folders, err := filepath.Glob(filepath.Join(within, temporaryFolders+"*"))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < abandonedAfter {
			continue
		}
		lock, err := lockFolder(folder)
		if err != nil {
			continue // in use, another user's, or removed by another process meanwhile
		}
		err = os.RemoveAll(folder)
		_ = lock.Close() // nothing was written
		if err != nil {
			return fmt.Errorf("remove what an earlier control plane left: %w", err)
		}
	}
	return nil
}
