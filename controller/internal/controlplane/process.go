package controlplane

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	// every is how often it is asked whether a program is ready.
	every = 50 * time.Millisecond
	// startDeadline is for one program on a machine that has much else to do; alone it takes seconds.
	startDeadline = 4 * time.Minute
	// stopDeadline is likewise for ending it, before it is killed.
	stopDeadline = 2 * time.Minute
	// tailBytes and tailLines are how much of a log is shown with an error.
	tailBytes, tailLines = 64 << 10, 25
)

// process is one program of the control plane, while it runs.
type process struct {
	name    string
	log     string // the file that its output is appended to
	command *exec.Cmd
	ended   chan struct{} // closed when it has ended

	patience time.Duration // how long it may take to end when asked to, before it is killed
}

// launch starts a program whose output is appended to folder/<name>.log.
func launch(folder, path string, arguments ...string) (*process, error) {
	name := filepath.Base(path)
	p := &process{name: name, log: filepath.Join(folder, name+".log"), ended: make(chan struct{}), patience: stopDeadline}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p.command = exec.Command(path, arguments...)
	p.command.Dir, p.command.Stdout, p.command.Stderr = folder, log, log
	p.command.SysProcAttr = endingWithUs()
	started := make(chan error)
	go func() {
		// The program ends with the thread that started it, so the thread waits until the program has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.command.Start()
		_ = log.Close() // the program has its own
		started <- err
		if err == nil {
			_ = p.command.Wait() // how it ended stands in ProcessState
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return p, nil
}

// await asks until the program is ready. The error says why it is not, and shows the end of its log.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	ctx, stop := context.WithTimeout(ctx, startDeadline)
	defer stop()
	for {
		asked := ready(ctx)
		if asked == nil {
			return nil
		}
		select {
		case <-p.ended:
			return p.failed(fmt.Errorf("ended before it was ready: %s", p.command.ProcessState))
		case <-ctx.Done():
			return p.failed(fmt.Errorf("not ready: %w", asked))
		case <-time.After(every):
		}
	}
}

func (p *process) failed(err error) error {
	return &ProgramError{Program: p.name, Err: err, Log: tail(p.log)}
}

// stop asks the program to end, kills it where it does not, and returns when it has ended.
func (p *process) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(p.patience):
		return errors.Join(p.failed(fmt.Errorf("did not end within %s of being asked to", p.patience)), p.kill())
	}
}

// kill ends the program without its knowing, and returns when it has ended.
func (p *process) kill() error {
	if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	<-p.ended
	return nil
}

// ProgramError says that a program of the control plane did not do what it should.
type ProgramError struct {
	Program string // kube-apiserver, for example
	Err     error
	Log     string // its last lines
}

// Error is one line, and the log's last ones below it.
func (e *ProgramError) Error() string {
	return fmt.Sprintf("%s: %v; its log ends with:\n%s", e.Program, e.Err, e.Log)
}

// Unwrap gives what went wrong.
func (e *ProgramError) Unwrap() error { return e.Err }

// tail gives the last lines of a log file, each with two spaces before it.
func tail(path string) string {
	log, err := os.Open(path)
	if err != nil {
		return "  (" + err.Error() + ")"
	}
	defer func() { _ = log.Close() }() // nothing was written
	if size, err := log.Seek(0, io.SeekEnd); err == nil {
		_, _ = log.Seek(max(0, size-tailBytes), io.SeekStart) // the whole log will do
	}
	text, err := io.ReadAll(io.LimitReader(log, tailBytes))
	if err != nil {
		return "  (" + err.Error() + ")"
	}
	lines := strings.Split(string(bytes.TrimSpace(text)), "\n")
	return "  " + strings.Join(lines[max(0, len(lines)-tailLines):], "\n  ")
}
