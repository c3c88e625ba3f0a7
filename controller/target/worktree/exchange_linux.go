package worktree

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// exchange lets two files of a folder change their names in one step. It gives errors.ErrUnsupported where the file
// system cannot. Source: renameat2(2), RENAME_EXCHANGE.
func exchange(folder *os.Root, one, other string) error {
	opened, err := folder.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }() // a folder: nothing is lost
	at := int(opened.Fd())
	err = unix.Renameat2(at, one, at, other, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EPERM) {
		return fmt.Errorf("exchange files: %w", errors.ErrUnsupported)
	}
	return os.NewSyscallError("renameat2", err)
}
