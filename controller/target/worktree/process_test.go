//go:build unix

package worktree

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec" //nolint:depguard // the tests kill a process, and take rights away from one
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is the environment variable that makes the test's own program the process to be tried.
const child = "WORKTREE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(child) {
	case "":
		os.Exit(m.Run())
	case "small-files":
		// No file may grow beyond this: a disk that gets full, without one.
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
			panic(err)
		}
		fallthrough
	case "once":
		var file File
		if err := json.NewDecoder(os.Stdin).Decode(&file); err != nil {
			panic(err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(New().Apply(context.Background(), file)); err != nil {
			panic(err)
		}
	case "forever":
		applyForever()
	}
}

// applyInChild applies a file in a process of its own.
func applyInChild(t *testing.T, how, program string, as *syscall.Credential, file File) Outcome {
	t.Helper()
	in, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	command := exec.Command(program)
	command.Env = append(os.Environ(), child+"="+how)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(in), &out, &complaints
	command.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if err := command.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	var outcome Outcome
	if err := json.Unmarshal(out.Bytes(), &outcome); err != nil {
		t.Fatal(err)
	}
	return outcome
}

// A file system that takes no more bytes leaves the old file, and no half of the new one.
func TestNoRoom(t *testing.T) {
	large := after + strings.Repeat("/more/ @acme/web\n", 1000)
	for name, isNew := range map[string]bool{"edit": false, "new": true} {
		t.Run(name, func(t *testing.T) {
			root := checkout(t, map[string]string{".github/CODEOWNERS": before})
			file := edit(root, ".github/CODEOWNERS", before, large)
			if isNew {
				root = checkout(t, nil)
				file = creation(root)
				file.After = []byte(large)
			}
			got := applyInChild(t, "small-files", os.Args[0], nil, file)
			if got.Status != Refused || !strings.Contains(got.Reason, syscall.EFBIG.Error()) {
				t.Errorf("got %+v", got)
			}
			found := tree(t, root)
			if text, there := found[".github/CODEOWNERS"]; there == isNew || !isNew && text != before || len(found) > 1 {
				t.Errorf("there is %q", found)
			}
		})
	}
}

// nobody is a user without rights, whom only root can become.
var nobody = &syscall.Credential{Uid: 65534, Gid: 65534}

// unprivileged gives a copy of this program that any user may start, and the user to start it as; nil where the test is
// not run by root, and is without rights itself.
func unprivileged(t *testing.T) (program string, as *syscall.Credential) {
	t.Helper()
	if os.Geteuid() != 0 {
		return os.Args[0], nil
	}
	self, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = self.Close() }() // nothing was written
	folder := t.TempDir()
	openTo(t, folder)
	program = filepath.Join(folder, "program")
	copied, err := os.OpenFile(program, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(copied, self); err != nil {
		t.Fatal(err)
	}
	if err := copied.Close(); err != nil {
		t.Fatal(err)
	}
	return program, nobody
}

// openTo lets everybody reach a temporary folder.
func openTo(t *testing.T, folder string) {
	t.Helper()
	for at := folder; at != os.TempDir() && len(at) > 1; at = filepath.Dir(at) {
		mode(t, at, 0o755)
	}
}

func TestReadOnly(t *testing.T) {
	program, as := unprivileged(t)
	for name, isNew := range map[string]bool{"edit": false, "new": true} {
		t.Run(name, func(t *testing.T) {
			root := checkout(t, map[string]string{".github/CODEOWNERS": before})
			file := edit(root, ".github/CODEOWNERS", before, after)
			if isNew {
				root = checkout(t, nil)
				file = creation(root)
			} else {
				mode(t, filepath.Join(root, ".github"), 0o555)
			}
			openTo(t, root)
			mode(t, root, 0o555)
			t.Cleanup(func() { mode(t, root, 0o755) })
			got := applyInChild(t, "once", program, as, file)
			if got.Status != Refused || !strings.Contains(got.Reason, "cannot be written: permission denied") || got.Remedy == "" {
				t.Errorf("got %+v", got)
			}
			found := tree(t, root)
			if text, there := found[".github/CODEOWNERS"]; there == isNew || !isNew && text != before || len(found) > 1 {
				t.Errorf("there is %q", found)
			}
			if !isNew {
				mode(t, filepath.Join(root, ".github"), 0o755)
			}
		})
	}
}

// A file keeps its owner; where that is not allowed, it is not replaced.
func TestOwnerIsKept(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	program, as := unprivileged(t)
	root := checkout(t, map[string]string{"CODEOWNERS": before})
	path := filepath.Join(root, "CODEOWNERS")
	if err := os.Chown(path, 12345, 23456); err != nil {
		t.Fatal(err)
	}
	mode(t, path, 0o664)
	openTo(t, root)
	mode(t, root, 0o777)
	if got := applyInChild(t, "once", program, as, edit(root, "CODEOWNERS", before, after)); got.Status != Refused || !strings.Contains(got.Reason, "user 12345 and group 23456") {
		t.Errorf("by somebody else: %+v", got)
	}
	whole(t, path, before)
	noTemporary(t, root)
	if got := New().Apply(t.Context(), edit(root, "CODEOWNERS", before, after)); got.Status != Made {
		t.Errorf("by root: %+v", got)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if is, _ := info.Sys().(*syscall.Stat_t); is.Uid != 12345 || is.Gid != 23456 || info.Mode().Perm() != 0o664 {
		t.Errorf("user %d, group %d, mode %v", is.Uid, is.Gid, info.Mode())
	}
}

const killed = 6 // checkouts

// The texts are long, so that writing them takes a while.
func longTexts() (one, other string) {
	line := strings.Repeat("/some/folder/  @acme/web @acme/pay # and a comment\n", 4_000)
	return "# one\n" + line, "# other, longer\n" + line + line
}

// applyForever turns the files of checkouts from one text to another, and back again.
func applyForever() {
	one, other := longTexts()
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		root := scanner.Text()
		go func() {
			for target := New(); ; {
				_ = target.Apply(context.Background(), edit(root, ".github/CODEOWNERS", one, other))
				_ = target.Apply(context.Background(), edit(root, ".github/CODEOWNERS", other, one))
			}
		}()
	}
	fmt.Println("started")
	select {}
}

// A process that is killed in the middle of its work leaves each file whole, and the next one clears up after it.
func TestKill(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	one, other := longTexts()
	roots := make([]string, killed)
	for i := range roots {
		roots[i] = checkout(t, map[string]string{".github/CODEOWNERS": one})
	}
	random := rand.New(rand.NewPCG(1, 2))
	left, others := 0, 0
	for range rounds {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), child+"=forever")
		command.Stdin = strings.NewReader(strings.Join(roots, "\n"))
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "started\n" {
			t.Fatalf("%q, %v", line, err)
		}
		time.Sleep(time.Duration(random.IntN(80_000)) * time.Microsecond)
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // it was killed
		for _, root := range roots {
			left += len(tree(t, root)) - 1
			now := whole(t, filepath.Join(root, ".github", "CODEOWNERS"), one, other)
			to := one
			if now == one {
				to, others = other, others+1
			}
			if got := New().Apply(t.Context(), edit(root, ".github/CODEOWNERS", now, to)); got.Status != Made {
				t.Fatalf("after a kill: %+v", got)
			}
			noTemporary(t, root)
			whole(t, filepath.Join(root, ".github", "CODEOWNERS"), to)
			if got := New().Apply(t.Context(), edit(root, ".github/CODEOWNERS", to, one)); got.Status == Refused {
				t.Fatal(got)
			}
		}
	}
	t.Logf("%d kills: %d temporary files were left and cleared up, %d of %d files had the first text", rounds, left, others, rounds*killed)
	if left == 0 {
		t.Error("no kill came while a file was being written, so that nothing was tried")
	}
}
