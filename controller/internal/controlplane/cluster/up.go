//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/remit-dev/remit/controller/internal/controlplane"
)

const (
	// namespace is where Remit's controller lives, account whom it runs as.
	namespace = "remit-system"
	account   = "remit"
	// every is how often it is asked whether something has happened.
	every = 100 * time.Millisecond
	// upDeadline is longer than the supervisor takes to give up.
	upDeadline = 15 * time.Minute
)

// up has a cluster run that has everything of the folder installed:
//
//	lock        what is there     does
//	held        -                 waits until it is ready, if it is not yet
//	free        nothing           starts one
//	free        what one left     says why that ended, and starts a new one, which is empty
func up(ctx context.Context, state state, crds string, out io.Writer) error {
	if _, err := controlplane.Assets(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(state.folder, 0o700); err != nil {
		return err
	}
	begin := time.Now()
	running, err := holder(state.lock())
	if err != nil {
		return err
	}
	var own *child
	if running == 0 {
		if state.left() {
			say(out, "The cluster that was here has ended: %s. Its objects are gone.\n\n", state.why())
		}
		say(out, "Starting a control plane; this takes some seconds.\n")
		if own, err = startSupervisor(state); err != nil {
			return err
		}
	}
	config, version, err := awaitReady(ctx, state, own)
	if err != nil {
		if own != nil {
			own.end()
		}
		return err
	}
	if err := controlplane.CreateNamespace(ctx, config, namespace); err != nil {
		return err
	}
	installed, err := controlplane.Install(ctx, config, os.DirFS(crds))
	if err != nil {
		return err
	}
	if err := writeController(ctx, config, state); err != nil {
		return err
	}
	ready := fmt.Sprintf("runs already; %s has been applied again", crds)
	if running == 0 {
		ready = fmt.Sprintf("is ready after %s", time.Since(begin).Round(100*time.Millisecond))
	}
	say(out, "%s", screen(state, page{version: version, server: config.Host, ready: ready, installed: installed}))
	return nil
}

// writeController writes the kubeconfig of the controller's account: an administrator may do what the account may not, and may not
// what admission policies let the account alone do.
func writeController(ctx context.Context, admin *rest.Config, state state) error {
	config, err := controlplane.ServiceAccountConfig(ctx, admin, namespace, account)
	if err != nil {
		return err
	}
	return controlplane.WriteKubeconfig(state.controller(), config)
}

// child is the supervisor that this process has started.
type child struct {
	process *os.Process
	ended   chan struct{} // closed when it has
}

// end gives it up: it was asked for, and it is not wanted any more.
func (c *child) end() {
	_ = c.process.Signal(syscall.SIGTERM) // it may have ended
	<-c.ended
}

// startSupervisor starts one which no terminal's end and no interrupt reaches, so that it stays.
func startSupervisor(state state) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(state.log(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the supervisor has its own
	command := exec.Command(program, supervision, "--state", state.folder)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return nil, err
	}
	started := &child{process: command.Process, ended: make(chan struct{})}
	go func() {
		_ = command.Wait() // why it ended stands in its log
		close(started.ended)
	}()
	return started, nil
}

// awaitReady asks until a cluster answers, whoever started it. Of a supervisor of our own that another was faster than, it
// waits for the other.
func awaitReady(ctx context.Context, state state, own *child) (*rest.Config, string, error) {
	ctx, stop := context.WithTimeout(ctx, upDeadline)
	defer stop()
	for {
		config, version, err := reach(state)
		if err == nil {
			return config, version, nil
		}
		running, asked := holder(state.lock())
		if asked != nil {
			return nil, "", asked
		}
		if running == 0 && (own == nil || own.hasEnded()) {
			return nil, "", fmt.Errorf("the control plane ended before it was ready:\n%s", lastWords(state))
		}
		select {
		case <-ctx.Done():
			return nil, "", errors.Join(ctx.Err(), err)
		case <-time.After(every):
		}
	}
}

func (c *child) hasEnded() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// reach asks the cluster that the kubeconfig names for its version. An old file leads nowhere, or to a server whose
// certificate another authority has signed.
func reach(state state) (*rest.Config, string, error) {
	config, err := clientcmd.BuildConfigFromFlags("", state.kubeconfig())
	if err != nil {
		return nil, "", err
	}
	config.Timeout = 30 * time.Second
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, "", err
	}
	version, err := client.ServerVersion()
	if err != nil {
		return nil, "", err
	}
	return config, version.GitVersion, nil
}

// lastWords is what the supervisor has said of itself.
func lastWords(state state) string {
	text, err := os.ReadFile(state.log())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func say(out io.Writer, format string, arguments ...any) {
	_, _ = fmt.Fprintf(out, format, arguments...) // a terminal that is gone needs no answer
}
