//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// errHeld says that another process has the lock.
var errHeld = errors.New("another process holds the lock")

// acquire takes the lock of a file, which is the kernel's own: it ends with this process, or when the file is closed, and the kernel
// says who has it. The error is errHeld where that is another process. The file must be opened nowhere else in this process:
// closing it would give the lock back.
func acquire(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		wanted := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
		if err := syscall.FcntlFlock(file.Fd(), syscall.F_SETLK, &wanted); err != nil {
			_ = file.Close() // nothing was written
			if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
				return nil, errHeld
			}
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		// Between the two, the one who had it may have removed the file: then another one is there by now, or none.
		if same(file, path) {
			return file, nil
		}
		_ = file.Close() // nothing was written
	}
}

func same(file *os.File, path string) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(opened, named)
}

// holder asks the kernel which process has the lock; 0 stands for none.
func holder(path string) (int, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	asked := syscall.Flock_t{Type: syscall.F_RDLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(file.Fd(), syscall.F_GETLK, &asked); err != nil {
		return 0, fmt.Errorf("ask who holds %s: %w", path, err)
	}
	if asked.Type == syscall.F_UNLCK {
		return 0, nil
	}
	if asked.Pid <= 0 {
		return 0, fmt.Errorf("a process that cannot be seen from here, in another container, holds %s", path)
	}
	return int(asked.Pid), nil
}
