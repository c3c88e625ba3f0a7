//go:build unix

package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test below runs itself anew with this variable, and with what the new process is to do once all runs.
const endingVariable = "REMIT_TEST_ENDING"

func TestProgramsEndWithTheTest(t *testing.T) {
	if ending := os.Getenv(endingVariable); ending != "" {
		plane := Start(t)
		fmt.Printf("pids %d %d %d folder %s\n", plane.etcd.command.Process.Pid, plane.api.command.Process.Pid, plane.manager.command.Process.Pid, plane.Folder())
		if ending == "panics" {
			panic("as a test does")
		}
		must(t, syscall.Kill(os.Getpid(), syscall.SIGKILL))
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a program with the one that started it")
	}
	if _, err := Assets(t.Context()); errors.Is(err, ErrNotBuilt) {
		t.Skip(err)
	}
	for _, ending := range []string{"panics", "is killed"} {
		t.Run(ending, func(t *testing.T) {
			again := exec.Command(os.Args[0], "-test.run=^TestProgramsEndWithTheTest$", "-test.v")
			again.Env = append(os.Environ(), endingVariable+"="+ending)
			said, err := again.CombinedOutput()
			_, after, found := strings.Cut(string(said), "pids ")
			if err == nil || !found {
				t.Fatalf("the process was to end as one that %s: %v\n%s", ending, err, said)
			}
			var pids [3]int
			var folder string
			_, err = fmt.Sscanf(after, "%d %d %d folder %s", &pids[0], &pids[1], &pids[2], &folder)
			must(t, err)
			t.Cleanup(func() { must(t, os.RemoveAll(folder)) })
			for _, pid := range pids {
				eventually(t, func() error {
					if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && !strings.Contains(string(state), ") Z ") {
						return fmt.Errorf("runs on: %s", state)
					}
					return nil
				})
			}
		})
	}
}

// assetsWith gives a folder of programs of which one is another.
func assetsWith(t *testing.T, program, script string) string {
	t.Helper()
	assets, folder := "", t.TempDir()
	if found, err := Assets(t.Context()); err == nil {
		assets = found
	}
	for _, name := range []string{etcd, apiServer, controllerManager, kubectl} {
		if name != program {
			must(t, os.Symlink(filepath.Join(assets, name), filepath.Join(folder, name)))
		}
	}
	script = "#!/bin/sh\n" + strings.ReplaceAll(script, "REAL", filepath.Join(assets, program))
	must(t, os.WriteFile(filepath.Join(folder, program), []byte(script), 0o700))
	return folder
}

// started starts a control plane of those programs, and stops it at the end.
func started(t *testing.T, assets string) (*ControlPlane, error) {
	t.Helper()
	plane, err := New(Options{Assets: assets})
	must(t, err)
	t.Cleanup(func() { must(t, plane.Stop()) })
	return plane, plane.Start(t.Context())
}

func TestLogIsShownWhereAProgramDoesNotStart(t *testing.T) {
	shared.Get(t) // or skip
	plane, err := started(t, assetsWith(t, apiServer, "for i in $(seq 100); do echo line $i; done; echo no such flag >&2; exit 3\n"))
	var program *ProgramError
	if !errors.As(err, &program) || program.Program != apiServer {
		t.Fatalf("the error names no program: %v", err)
	}
	for _, part := range []string{"kube-apiserver: ended before it was ready: exit status 3", "\n  line 100\n", "\n  no such flag"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "line 50\n") {
		t.Errorf("the whole log is shown: %v", err)
	}
	if plane.etcd != nil {
		t.Error("etcd runs on")
	}
}

// Another program was faster to a port.
func TestPortsAreChosenAnew(t *testing.T) {
	shared.Get(t) // or skip
	mark := filepath.Join(t.TempDir(), "tried")
	assets := assetsWith(t, etcd, fmt.Sprintf("test -e %s && exec REAL \"$@\"; touch %s; echo listen tcp 127.0.0.1:1: bind: %s; exit 1\n", mark, mark, portTaken))
	if _, err := started(t, assets); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("the port was not taken: %v", err)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	script := filepath.Join(t.TempDir(), "stubborn")
	must(t, os.WriteFile(script, []byte("#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do sleep 0.1; done\n"), 0o700))
	stubborn, err := launch(t.TempDir(), script)
	must(t, err)
	stubborn.patience = 100 * time.Millisecond
	must(t, stubborn.await(t.Context(), func(context.Context) error {
		if !strings.Contains(tail(stubborn.log), "ready") {
			return errors.New("not ready")
		}
		return nil
	}))
	if err := stubborn.stop(); err == nil || !strings.Contains(err.Error(), "did not end") {
		t.Errorf("nothing is said of a program that had to be killed: %v", err)
	}
	<-stubborn.ended
}

func TestAwaitGivesUp(t *testing.T) {
	script := filepath.Join(t.TempDir(), "idle")
	must(t, os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 600\n"), 0o700))
	idle, err := launch(t.TempDir(), script)
	must(t, err)
	t.Cleanup(func() { must(t, idle.kill()) })
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if err := idle.await(ctx, func(context.Context) error { return errors.New("connection refused") }); err == nil || !strings.Contains(err.Error(), "idle: not ready: connection refused") {
		t.Errorf("the error does not say what was waited for: %v", err)
	}
}
