//go:build unix

// Package unprivileged lets tests of what may not be read run where root runs them, who may read everything.
package unprivileged

import (
	"io"
	"os"
	"os/exec" //nolint:depguard // a test runs itself anew as another user
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user without rights, whom only root can become.
const nobody = 65534

// Rerun runs the calling test once more, by itself and as a user without rights, and says that it did; it fails where that
// run does not pass. Where the test is not run by root, it does nothing and gives false: the test goes on.
func Rerun(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return false
	}
	folder, err := os.MkdirTemp("", "unprivileged")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(folder)) })
	must(t, os.Chmod(folder, 0o777)) //nolint:gosec // the other user writes here
	program := filepath.Join(folder, "program")
	copyTo(t, program)
	command := exec.Command(program, "-test.v", "-test.count=1", "-test.run", "^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$") //nolint:gosec // itself
	command.Env = []string{"TMPDIR=" + folder, "HOME=" + folder}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "--- PASS: "+t.Name()+" ") {
		t.Fatalf("as a user without rights: %v\n%s", err, said)
	}
	return true
}

func copyTo(t *testing.T, program string) {
	self, err := os.Open(os.Args[0])
	must(t, err)
	defer func() { _ = self.Close() }()                                 // nothing was written
	copied, err := os.OpenFile(program, os.O_WRONLY|os.O_CREATE, 0o755) //nolint:gosec // anybody may start it
	must(t, err)
	_, err = io.Copy(copied, self)
	must(t, err)
	must(t, copied.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
