//go:build unix && !solaris && !aix

package folderlock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// try takes the lock if it is free. Source: flock(2).
func try(folder *os.File) error {
	for {
		err := unix.Flock(int(folder.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrHeld
		case errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOSYS),
			errors.Is(err, unix.EBADF), errors.Is(err, unix.EINVAL): // as network file systems answer for a folder
			return ErrUnsupported
		default:
			return os.NewSyscallError("flock", err)
		}
	}
}
