//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// downDeadline is how long a supervisor may take to end before it is killed; alone it takes less than a second.
const downDeadline = 30 * time.Second

// down ends the cluster, and removes what it left:
//
//	lock        what is there     does
//	held        -                 ends who holds it; then as below
//	free        what one left     removes it
//	free        nothing           says so
func down(ctx context.Context, state state, out io.Writer) error {
	if _, err := os.Stat(state.folder); errors.Is(err, os.ErrNotExist) {
		say(out, "No cluster runs, and none has left anything.\n")
		return nil
	}
	running, err := holder(state.lock())
	if err != nil {
		return err
	}
	said := "No cluster ran any more"
	if running != 0 {
		if err := end(ctx, state, running); err != nil {
			return err
		}
		said = "The cluster has ended"
	}
	lock, err := acquire(state.lock())
	if err != nil {
		return fmt.Errorf("remove what the cluster left: %w", err) // another has just been started
	}
	defer func() { _ = lock.Close() }() // the lock is not needed any more
	if err := state.remove(); err != nil {
		return err
	}
	say(out, "%s; %s is removed.\n", said, short(state.folder))
	return nil
}

// end asks the supervisor to end, and kills it where it does not; its programs end with it. It returns when the lock is
// free.
func end(ctx context.Context, state state, supervisor int) error {
	if err := tell(state, supervisor, syscall.SIGTERM); err != nil {
		return err
	}
	if err := awaitFree(ctx, state, downDeadline); err == nil || ctx.Err() != nil {
		return err
	}
	if err := tell(state, supervisor, syscall.SIGKILL); err != nil {
		return err
	}
	return awaitFree(ctx, state, downDeadline)
}

// tell sends a signal to the supervisor and to no other process: it is looked at after the process is opened whether
// that process still has the lock. (On Linux an opened process stays the same one when its number is given to another.)
func tell(state state, supervisor int, what syscall.Signal) error {
	process, err := os.FindProcess(supervisor)
	if err != nil {
		return err
	}
	defer func() { _ = process.Release() }() // it is not waited for
	running, err := holder(state.lock())
	if err != nil || running != supervisor {
		return err // it has ended
	}
	if err := process.Signal(what); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the cluster's process %d: %w", supervisor, err)
	}
	return nil
}

func awaitFree(ctx context.Context, state state, wait time.Duration) error {
	for end := time.Now().Add(wait); ; {
		running, err := holder(state.lock())
		if err != nil || running == 0 {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("the cluster's process %d does not end", running)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}
