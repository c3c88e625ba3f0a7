package folderlock

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

func open(t *testing.T, folder string) *os.File {
	t.Helper()
	f, err := os.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // some tests close it themselves
	return f
}

func TestLock(t *testing.T) {
	folder := t.TempDir()
	first, second := open(t, folder), open(t, folder)
	if err := Lock(t.Context(), first, 0); errors.Is(err, ErrUnsupported) {
		t.Skip("folders cannot be locked on this file system")
	} else if err != nil {
		t.Fatal(err)
	}
	if err := Lock(t.Context(), second, 50*time.Millisecond); !errors.Is(err, ErrHeld) {
		t.Errorf("a second lock of the same folder: %v", err)
	}
	if err := Lock(t.Context(), open(t, t.TempDir()), 0); err != nil {
		t.Errorf("a lock of another folder: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := Lock(ended, second, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting goes on after the context's end: %v", err)
	}
	got := make(chan error)
	go func() { got <- Lock(t.Context(), second, time.Minute) }()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("the lock was given up, and is not got: %v", err)
	}
}
