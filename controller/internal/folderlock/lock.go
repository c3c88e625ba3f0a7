// Package folderlock lets one process at a time work in a folder. The lock is the
// kernel's own on the open folder: it needs no file, and ends with the process,
// however that ends. It is advice to those who ask, and keeps nobody else out.
package folderlock

import (
	"context"
	"errors"
	"os"
	"time"
)

// ErrHeld says that another process kept the lock for as long as was waited.
var ErrHeld = errors.New("another process is working in the folder")

// ErrUnsupported says that the system, or the file system that the folder is on, has no such locks.
var ErrUnsupported = errors.New("folders cannot be locked here")

// Temporary is how the names of temporary files begin that are written in a locked folder of a checkout: whoever holds
// the lock may remove them all. They are no files of the repository, and one that a killed process left must not be
// taken for a file without an owner.
const Temporary = ".CODEOWNERS.remit-"

// every is how often a held lock is asked for again.
const every = 20 * time.Millisecond

// Lock locks an open folder, and waits for at most so long; closing the folder unlocks it. The error is ErrHeld,
// ErrUnsupported, the context's, or the system's.
func Lock(ctx context.Context, folder *os.File, wait time.Duration) error {
	for end := time.Now().Add(wait); ; {
		err := try(folder)
		if !errors.Is(err, ErrHeld) || !time.Now().Before(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}
