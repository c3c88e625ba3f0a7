package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec" //nolint:depguard // the test starts Remit itself, as a user does
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// binary is Remit, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	log.SetLogger(logr.Discard()) // controller-runtime complains otherwise
	folder, err := os.MkdirTemp("", "remit")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary = filepath.Join(folder, "remit")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v1.2.3", "-o", binary, ".")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build Remit: %v\n%s", err, output)
		return 1
	}
	return m.Run()
}

// call runs Remit in a folder and gives its exit code and what it wrote.
func call(t *testing.T, folder string, arguments ...string) (code int, out, err string) {
	t.Helper()
	var outBuffer, errBuffer bytes.Buffer
	command := exec.Command(binary, arguments...)
	command.Dir, command.Stdout, command.Stderr = folder, &outBuffer, &errBuffer
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), outBuffer.String(), errBuffer.String()
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestExitCodes(t *testing.T) {
	checkout := t.TempDir()
	if _, err := gogit.PlainInit(checkout, false); err != nil {
		t.Fatal(err)
	}
	write(t, checkout, "CODEOWNERS", "* @acme/all\n")
	tests := map[string]struct {
		reason    string
		folder    string
		arguments []string
		code      int
		out, err  string
	}{
		"version":  {"the linker's version", checkout, []string{"version"}, 0, "remit v1.2.3", ""},
		"clean":    {"all files have an owner", checkout, []string{"check"}, 0, "100%", ""},
		"no place": {"no checkout", t.TempDir(), []string{"check"}, 2, "", "remit: "},
		"flag":     {"a flag that does not exist", checkout, []string{"check", "--bogus"}, 2, "", "see `remit check --help`"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			code, out, err := call(t, test.folder, test.arguments...)
			if code != test.code || !strings.Contains(out, test.out) || !strings.Contains(err, test.err) {
				t.Errorf("%s: exit %d, want %d\n%s%s", test.reason, code, test.code, out, err)
			}
		})
	}
	write(t, checkout, "CODEOWNERS", "/nothing @acme/all\n")
	if code, out, _ := call(t, checkout, "check"); code != 1 || !strings.Contains(out, "0%") {
		t.Errorf("no file has an owner: exit %d\n%s", code, out)
	}
}

const manifest = `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: releases, namespace: duties}
spec:
  description: somebody makes releases
`

// The process is started, scraped, sees a manifest change, and ends cleanly on SIGTERM.
func TestRun(t *testing.T) {
	manifests := t.TempDir()
	write(t, manifests, "areas.yaml", manifest)
	command := exec.Command(binary, "run", "--manifests", manifests, "--listen", "127.0.0.1:0", "--area-metrics", "--log-format", "json")
	written, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() }) // where the test failed before the end
	lines := bufio.NewScanner(written)
	address := startedAt(t, lines)
	read := make(chan []string)
	go func() {
		var rest []string
		for lines.Scan() {
			rest = append(rest, lines.Text())
		}
		read <- rest
	}()

	waitFor(t, address+"readyz", func(status int, _ string) bool { return status == http.StatusOK })
	waitFor(t, address+"healthz", func(status int, _ string) bool { return status == http.StatusOK })
	waitFor(t, address, func(status int, body string) bool {
		return status == http.StatusOK && strings.Contains(body, "areas: 1")
	})
	waitFor(t, address+"nothing", func(status int, _ string) bool { return status == http.StatusNotFound })
	metric := `remit_areas{state="%s",team="%s",tier=""} 1`
	waitFor(t, address+"metrics", func(_ int, body string) bool {
		return strings.Contains(body, fmt.Sprintf(metric, "unowned", "")) && strings.Contains(body, `remit_build_info{goversion="go`)
	})
	waitFor(t, address+"metrics/areas", func(_ int, body string) bool { return strings.Contains(body, `area="duties/releases"`) })

	write(t, manifests, "areas.yaml", manifest+"  roles:\n    - {role: accountable, holders: [\"team:acme/releases\"]}\n")
	waitFor(t, address+"metrics", func(_ int, body string) bool {
		return strings.Contains(body, `state="unowned",team="",tier=""} 0`) || !strings.Contains(body, fmt.Sprintf(metric, "unowned", ""))
	})

	code, _, complaint := call(t, manifests, "run", "--manifests", manifests, "--listen", strings.Trim(strings.TrimPrefix(address, "http://"), "/"))
	if code != 2 || !strings.Contains(complaint, "another program listens there") {
		t.Errorf("a second one at the same address: exit %d, %s", code, complaint)
	}

	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest := <-read
	if err := command.Wait(); err != nil {
		t.Errorf("SIGTERM must end it with 0: %v\n%s", err, strings.Join(rest, "\n"))
	}
	if len(rest) == 0 || !strings.Contains(rest[len(rest)-1], `"msg":"stopped"`) {
		t.Errorf("the log's end: %v", rest)
	}
}

// startedAt reads the address from the first line of the log.
func startedAt(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	if !lines.Scan() {
		t.Fatalf("it ended at once: %v", lines.Err())
	}
	var started struct{ Msg, Address string }
	if err := json.Unmarshal(lines.Bytes(), &started); err != nil || started.Msg != "started" || started.Address == "" {
		t.Fatalf("%v: %s", err, lines.Bytes())
	}
	return started.Address
}

// waitFor asks until the answer is as wanted.
func waitFor(t *testing.T, url string, wanted func(status int, body string) bool) {
	t.Helper()
	var status int
	var body []byte
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		response, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		status = response.StatusCode
		body, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if wanted(status, string(body)) {
			return
		}
	}
	t.Fatalf("%s: waited in vain; at last %d:\n%s", url, status, body)
}
