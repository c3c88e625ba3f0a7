//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/internal/controlplane"
)

// The tests' own program is also the supervisor that they start, and the stranger of TestHolder.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == supervision {
		main()
	}
	if path := os.Getenv(strangerVariable); path != "" {
		if _, err := acquire(path); err == nil {
			fmt.Println("has it")
			time.Sleep(time.Hour)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// A namespace beside a policy in a folder below, as crds/ has them.
var installed = map[string]string{
	"namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: installed}\n",
	"admission/policy.yaml": `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: nothing}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: ["*"], operations: [DELETE], resources: [configmaps]}]}
  validations: [{expression: "true"}]
`,
}

// place is a folder for a cluster, and one with what is installed; whatever runs at the end is ended.
func place(t *testing.T) (state, string) {
	t.Helper()
	if _, err := controlplane.Assets(t.Context()); errors.Is(err, controlplane.ErrNotBuilt) {
		t.Skip(err)
	}
	return placeOnly(t)
}

func placeOnly(t *testing.T) (state, string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range installed {
		path := filepath.Join(folder, "crds", name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	state, err := newState(filepath.Join(folder, "cluster"))
	must(t, err)
	t.Cleanup(func() { must(t, down(context.Background(), state, &bytes.Buffer{})) })
	return state, filepath.Join(folder, "crds")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run runs one command as a user does, and gives what it says.
func run(t *testing.T, state state, crds, command string, code int) string {
	t.Helper()
	var said bytes.Buffer
	arguments := []string{command, "--state", state.folder}
	if crds != "" {
		arguments = append(arguments, "--crds", crds)
	}
	if got := execute(t.Context(), arguments, &said, &said); got != code {
		t.Fatalf("%s exits with %d, not %d:\n%s", command, got, code, said.String())
	}
	return said.String()
}

func contains(t *testing.T, said string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(said, part) {
			t.Errorf("does not say %q:\n%s", part, said)
		}
	}
}

func kubectl(t *testing.T, state state, arguments ...string) string {
	t.Helper()
	command := exec.Command(state.kubectl(), arguments...)
	command.Env = []string{"KUBECONFIG=" + state.kubeconfig(), "HOME=" + t.TempDir()}
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %v: %v\n%s", arguments, err, said)
	}
	return string(said)
}

func supervisor(t *testing.T, state state) int {
	t.Helper()
	pid, err := holder(state.lock())
	must(t, err)
	if pid == 0 {
		t.Fatal("no cluster runs")
	}
	return pid
}

func TestUpAndDown(t *testing.T) {
	state, crds := place(t)
	contains(t, run(t, state, crds, "up", 0), "Starting a control plane", "is ready after", "RBAC on",
		"1 Namespace, 1 ValidatingAdmissionPolicy\n", state.kubeconfig(), "--listen 127.0.0.1:7364 &", "kill %1 ", "make cluster-down")
	first := supervisor(t, state)
	if session, err := syscall.Getpgid(first); err != nil || session != first {
		t.Errorf("the cluster would end with the terminal: its process %d is in group %d, %v", first, session, err)
	}
	for _, path := range []string{state.kubeconfig(), state.controller()} {
		if written, err := os.Stat(path); err != nil || written.Mode().Perm() != 0o600 {
			t.Errorf("%s is to be its owner's alone: %v, %v", path, written.Mode(), err)
		}
	}
	contains(t, kubectl(t, state, "--kubeconfig", state.controller(), "auth", "whoami"), "system:serviceaccount:remit-system:remit")
	contains(t, kubectl(t, state, "get", "namespaces", "-o", "name"), "namespace/remit-system\n", "namespace/installed\n")
	contains(t, kubectl(t, state, "get", "validatingadmissionpolicies", "-o", "name"), "/nothing\n")
	kubectl(t, state, "create", "configmap", "kept")

	must(t, os.WriteFile(filepath.Join(crds, "more.yaml"), []byte("apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n"), 0o600))
	contains(t, run(t, state, crds, "up", 0), "runs already", "2 Namespaces, 1 ValidatingAdmissionPolicy\n")
	if again := supervisor(t, state); again != first {
		t.Errorf("another cluster runs: process %d, not %d", again, first)
	}
	contains(t, kubectl(t, state, "get", "configmap/kept", "namespace/more", "-o", "name"), "configmap/kept\n")

	contains(t, run(t, state, "", "down", 0), "The cluster has ended")
	if _, err := os.Stat(state.folder); !os.IsNotExist(err) {
		t.Errorf("something is left: %v", err)
	}
	contains(t, run(t, state, "", "down", 0), "No cluster runs")
}

func TestTwoUpsAtATime(t *testing.T) {
	state, crds := place(t)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := up(t.Context(), state, crds, &bytes.Buffer{}); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	supervisor(t, state)
}

// programs are the processes that a process has started.
func programs(t *testing.T, parent int) map[string]int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	must(t, err)
	found := map[string]int{}
	for _, list := range lists {
		pids, err := os.ReadFile(list)
		must(t, err)
		for pid := range strings.FieldsSeq(string(pids)) {
			name, err := os.ReadFile("/proc/" + pid + "/comm")
			must(t, err)
			number, err := strconv.Atoi(pid)
			must(t, err)
			found[strings.TrimSpace(string(name))] = number
		}
	}
	return found
}

func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(every) {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
	}
	t.Errorf("process %d runs on", pid)
}

// A process of the cluster dies: the rest ends, too, and both commands go on from there.
func TestAProcessDies(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("processes are looked up as Linux shows them")
	}
	cases := map[string]struct {
		reason string
		victim func(supervisor int, programs map[string]int) int
		says   string
	}{
		"supervisor": {
			reason: "nobody is left who could say why",
			victim: func(supervisor int, _ map[string]int) int { return supervisor },
			says:   "has ended: it was killed, or the machine was restarted.",
		},
		"etcd": {
			reason: "the supervisor knows",
			victim: func(_ int, programs map[string]int) int { return programs["etcd"] },
			says:   "has ended: etcd ended: signal: killed.",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			state, crds := place(t)
			run(t, state, crds, "up", 0)
			first := supervisor(t, state)
			running := programs(t, first)
			if len(running) != 3 {
				t.Fatalf("programs of the cluster: %v", running)
			}
			must(t, syscall.Kill(tc.victim(first, running), syscall.SIGKILL))
			gone(t, first)
			for _, pid := range running {
				gone(t, pid)
			}
			contains(t, run(t, state, crds, "up", 0), tc.says, "Its objects are gone", "is ready after")
			if again := supervisor(t, state); again == first {
				t.Errorf("%s, but no other cluster runs", tc.reason)
			}
			contains(t, run(t, state, "", "down", 0), "The cluster has ended")
		})
	}
}

func TestDownRemovesWhatIsOurs(t *testing.T) {
	state, _ := placeOnly(t)
	must(t, os.MkdirAll(state.plane(), 0o700))
	for _, file := range []string{state.lock(), state.kubeconfig(), state.log(), filepath.Join(state.folder, "notes")} {
		must(t, os.WriteFile(file, []byte(strconv.Itoa(os.Getpid())), 0o600)) // a file that names a process which nobody may end
	}
	contains(t, run(t, state, "", "down", 0), "No cluster ran any more")
	left, err := os.ReadDir(state.folder)
	must(t, err)
	if len(left) != 1 || left[0].Name() != "notes" {
		t.Errorf("is left: %v", left)
	}
}

// Neither a control plane that does not start nor one that is not there leaves anything behind.
func TestUpFails(t *testing.T) {
	state, crds := placeOnly(t)
	assets := t.TempDir()
	for _, program := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kubectl"} {
		must(t, os.WriteFile(filepath.Join(assets, program), []byte("#!/bin/sh\necho no such flag\nexit 2\n"), 0o700))
	}
	t.Setenv("KUBEBUILDER_ASSETS", assets)
	contains(t, run(t, state, crds, "up", 1), "ended before it was ready", "exit status 2", "no such flag")
	if pid, err := holder(state.lock()); pid != 0 || err != nil {
		t.Errorf("process %d runs, %v", pid, err)
	}
	contains(t, run(t, state, "", "down", 0), "No cluster ran any more")

	t.Setenv("KUBEBUILDER_ASSETS", "")
	t.Setenv("REMIT_CACHE", t.TempDir())
	contains(t, run(t, state, crds, "up", 1), "make control-plane")
	if _, err := os.Stat(state.folder); !os.IsNotExist(err) {
		t.Errorf("something is left: %v", err)
	}
}

func TestUsage(t *testing.T) {
	for name, arguments := range map[string][]string{"no command": nil, "unknown flag": {"up", "--wrong"}, "too many": {"down", "now"}, "unknown": {"sideways"}} {
		var said bytes.Buffer
		if code := execute(t.Context(), arguments, &said, &said); code != 2 || said.String() != usage {
			t.Errorf("%s: %d, %s", name, code, said.String())
		}
	}
}
