//go:build unix

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// strangerVariable names a lock that the tests' program takes when it is run anew.
const strangerVariable = "REMIT_TEST_LOCK"

func TestHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if pid, err := holder(path); pid != 0 || err != nil {
		t.Errorf("without the file: %d, %v", pid, err)
	}
	must(t, os.WriteFile(path, nil, 0o600))
	if pid, err := holder(path); pid != 0 || err != nil {
		t.Errorf("with the file alone: %d, %v", pid, err)
	}
	stranger := exec.Command(os.Args[0])
	stranger.Env = append(os.Environ(), strangerVariable+"="+path)
	says, err := stranger.StdoutPipe()
	must(t, err)
	must(t, stranger.Start())
	if _, err := bufio.NewReader(says).ReadString('\n'); err != nil {
		t.Fatal("the stranger did not get the lock: ", err)
	}
	if pid, err := holder(path); pid != stranger.Process.Pid || err != nil {
		t.Errorf("process %d has it, but: %d, %v", stranger.Process.Pid, pid, err)
	}
	if _, err := acquire(path); !errors.Is(err, errHeld) {
		t.Errorf("taken from the stranger: %v", err)
	}
	must(t, stranger.Process.Kill())
	_ = stranger.Wait() // it was killed
	if pid, err := holder(path); pid != 0 || err != nil {
		t.Errorf("after its process: %d, %v", pid, err)
	}
	lock, err := acquire(path)
	must(t, err)
	must(t, lock.Close())
}

// The number that a lock names is never trusted: who has no lock is not ended.
func TestNobodyElseIsEnded(t *testing.T) {
	state, _ := placeOnly(t)
	must(t, os.MkdirAll(state.folder, 0o700))
	stranger := exec.Command("sleep", "600")
	must(t, stranger.Start())
	must(t, end(t.Context(), state, stranger.Process.Pid))
	time.Sleep(every) // time for another signal to end it first
	must(t, stranger.Process.Kill())
	_ = stranger.Wait() // it was killed
	if status, ok := stranger.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Errorf("a process without the lock was ended: %s", stranger.ProcessState)
	}
}
