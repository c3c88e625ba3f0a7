//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// supervision is the command that `up` starts as a process of its own.
const supervision = "supervise"

// supervise runs a control plane until it is asked to end, or a program of it ends. All that a process before it left is
// removed first.
func supervise(ctx context.Context, state state) error {
	lock, err := acquire(state.lock())
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }() // this process ends
	if err := state.clear(); err != nil {
		return err
	}
	assets, err := controlplane.Assets(ctx)
	if err != nil {
		return err
	}
	plane, err := controlplane.New(controlplane.Options{Assets: assets, Folder: state.plane()})
	if err != nil {
		return err
	}
	err = serve(ctx, state, plane)
	if err == nil || ctx.Err() != nil { // it was asked to end
		return plane.Stop()
	}
	// The logs stay, for whoever wants to know why.
	return errors.Join(err, plane.Kill(), os.WriteFile(state.ended(), []byte(reason(err)), 0o600))
}

// reason is an error in one line.
func reason(err error) string {
	var program *controlplane.ProgramError
	if errors.As(err, &program) {
		return fmt.Sprintf("%s %v", program.Program, program.Err)
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func serve(ctx context.Context, state state, plane *controlplane.ControlPlane) error {
	if err := plane.Start(ctx); err != nil {
		return err
	}
	if err := os.Mkdir(state.programs(), 0o700); err != nil {
		return err
	}
	if err := os.Symlink(plane.KubectlPath(), state.kubectl()); err != nil {
		return err
	}
	// From now on it is found, and as a whole: a kubeconfig that is half written is none.
	if err := controlplane.WriteKubeconfig(state.kubeconfig()+".new", plane.Config()); err != nil {
		return err
	}
	if err := os.Rename(state.kubeconfig()+".new", state.kubeconfig()); err != nil {
		return err
	}
	defer func() { _ = os.Remove(state.kubeconfig()) }() // it leads nowhere any more
	return plane.Await(ctx)
}
