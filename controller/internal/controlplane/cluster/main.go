//go:build unix

// Command cluster starts a control plane of package controlplane that stays, to try Remit out on, and ends it. It is what
// `make cluster-up` and `make cluster-down` run.
//
//	cluster up ──starts──► cluster supervise ──starts──► etcd, kube-apiserver, kube-controller-manager
//	   │                        │ holds .remit/cluster/lock while it lives; they end with it
//	   │                        └ writes .remit/cluster/kubeconfig once they are ready
//	   └ installs crds/, makes the namespace, says what to do next
//	cluster down ──asks who holds the lock, and ends that──► removes what was written
//
// The kernel says which process holds the lock, so that no file with a process id can be stale, and nothing is ever ended
// that is not ours.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

const usage = `usage: cluster up [--state FOLDER] [--crds FOLDER]    start a control plane, or say that it runs
       cluster down [--state FOLDER]                end it, and remove what it left
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// execute runs one command and gives its exit code: 0, 1 where it failed, 2 where it is not one.
func execute(ctx context.Context, arguments []string, out, errs io.Writer) int {
	log.SetLogger(logr.Discard()) // errors are returned
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	folder := flags.String("state", ".remit/cluster", "")
	crds := flags.String("crds", "crds", "")
	commands := []string{"up", "down", supervision}
	if len(arguments) == 0 || !slices.Contains(commands, arguments[0]) || flags.Parse(arguments[1:]) != nil || flags.NArg() > 0 {
		_, _ = io.WriteString(errs, usage) // nothing is left to say it with
		return 2
	}
	state, err := newState(*folder)
	if err == nil {
		switch arguments[0] {
		case "up":
			err = up(ctx, state, *crds, out)
		case "down":
			err = down(ctx, state, out)
		case supervision:
			err = supervise(ctx, state)
		}
	}
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		_, _ = fmt.Fprintln(errs, "given up")
	default:
		_, _ = fmt.Fprintln(errs, "cluster:", err)
	}
	return 1
}
