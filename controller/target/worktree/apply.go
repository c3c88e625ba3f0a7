package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/internal/folderlock"
)

// lockWait is how long another run that works in the same folder is waited for.
const lockWait = 10 * time.Second

// Target edits CODEOWNERS files in checkouts.
type Target struct {
	// create makes a temporary file. A test puts a full disk in its place.
	create func(folder *os.Root, name string, mode fs.FileMode) (output, error)
	// written is called when a new text is on disk under another name; nil outside of tests.
	written func()
}

// New makes a target.
func New() *Target { return &Target{create: create} }

// Apply replaces one file by what was planned, or leaves it as it is and says why. Whatever happens, a kill and a full
// disk included, the file is whole: the old one or the new one. To apply the same once more does nothing.
func (t *Target) Apply(ctx context.Context, file File) Outcome {
	if file.Problem != nil {
		return file.refused(file.Problem)
	}
	status, err := t.apply(ctx, file)
	if err != nil {
		return file.refused(err)
	}
	return file.outcome(status)
}

func (t *Target) apply(ctx context.Context, file File) (status Status, err error) {
	if err := ctx.Err(); err != nil {
		return Refused, refusal{"stopped before it was its turn", "apply again"}
	}
	root, err := openCheckout(file.Root)
	if err != nil {
		return Refused, err
	}
	defer func() { _ = root.Close() }() // the file is closed by then
	if err := inForce(root, file); err != nil {
		return Refused, err
	}
	place, name := split(file.Path)
	folder, made, err := openFolder(root, place, file.Digest == "")
	if made {
		defer func() {
			if err != nil {
				_ = root.Remove(place) // it is empty, or somebody has put something in
			}
		}()
	}
	if err != nil {
		return Refused, err
	}
	defer func() { _ = folder.Close() }() // the file is closed by then
	unlock, err := lock(ctx, folder, lockWait)
	if err != nil {
		return Refused, err
	}
	defer unlock()
	now, err := readLive(folder, name)
	if err != nil {
		return Refused, err
	}
	if already, err := compare(file, now); err != nil || already {
		return Already, err
	}
	if err := t.replace(folder, name, now, file.After); err != nil {
		return Refused, err
	}
	return Made, nil
}

// Sweep removes what killed runs have left in a checkout, wherever a CODEOWNERS may be. What another run is at work on, or
// what cannot be removed, stays.
func (t *Target) Sweep(ctx context.Context, checkout string) {
	root, err := openCheckout(checkout)
	if err != nil {
		return
	}
	defer func() { _ = root.Close() }() // nothing was written
	for _, place := range codeowners.Locations {
		name, _ := split(place)
		folder, _, err := openFolder(root, name, false)
		if err != nil {
			continue
		}
		if unlock, err := lock(ctx, folder, 0); err == nil {
			unlock()
		}
		_ = folder.Close() // nothing was written
	}
}

// lock waits until no other run works in the folder, and removes what killed ones have left there. Where folders cannot
// be locked, what others left stays, since they may be at work.
func lock(ctx context.Context, folder *os.Root, wait time.Duration) (unlock func(), err error) {
	opened, err := folder.Open(".")
	if err != nil {
		return nil, unwritable(err)
	}
	unlock = func() { _ = opened.Close() } // a folder: nothing is lost
	switch err := folderlock.Lock(ctx, opened, wait); {
	case errors.Is(err, folderlock.ErrUnsupported):
		return unlock, nil
	case err != nil:
		unlock()
		return nil, refusal{fmt.Sprintf("its folder cannot be locked: %v", err), "wait until no other run is at work, and apply again"}
	}
	_ = sweep(folder) // what cannot be removed now is removed by a later run
	return unlock, nil
}
