package controlplane

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Start starts a control plane for one test, and stops it when the test ends. The test is skipped where no control plane is
// built and none is asked for by KUBEBUILDER_ASSETS, and fails where it does not start.
func Start(t testing.TB) *ControlPlane {
	t.Helper()
	c, err := start(t.Context())
	if errors.Is(err, ErrNotBuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func start(ctx context.Context) (*ControlPlane, error) {
	assets, err := Assets(ctx)
	if err != nil {
		return nil, err
	}
	c, err := New(Options{Assets: assets})
	if err != nil {
		return nil, err
	}
	if err := c.Start(ctx); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// Shared is one control plane for all tests of a package, which starts when the first asks for it. Tests that share it use
// namespaces of their own.
//
//	var shared controlplane.Shared
//
//	func TestMain(m *testing.M) { os.Exit(shared.Run(m)) }
//
//	func TestSomething(t *testing.T) {
//		plane := shared.Get(t)
type Shared struct {
	once  sync.Once
	plane *ControlPlane
	err   error
}

// Get gives the control plane; of its errors it makes what Start makes.
func (s *Shared) Get(t testing.TB) *ControlPlane {
	t.Helper()
	s.once.Do(func() { s.plane, s.err = start(context.Background()) }) // it outlives the test that is first
	if errors.Is(s.err, ErrNotBuilt) {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.plane
}

// Run runs the package's tests, stops the control plane if one asked for it, and gives the exit code.
func (s *Shared) Run(m *testing.M) int {
	code := m.Run()
	if s.plane != nil {
		if err := s.plane.Stop(); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err) // the exit code says so, too
			return 1
		}
	}
	return code
}

// Kubectl runs kubectl as the administrator and gives what it says; the test fails where kubectl does.
func (c *ControlPlane) Kubectl(t testing.TB, arguments ...string) string {
	t.Helper()
	said, err := c.TryKubectl(t, "", arguments...)
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(arguments, " "), err, said)
	}
	return said
}

// TryKubectl runs kubectl with something to read from its input (for `-f -`), and gives what it says on both of its outputs.
// The error is kubectl's exit. As somebody else: `--as`, or `--kubeconfig` with a file of WriteKubeconfig's.
func (c *ControlPlane) TryKubectl(t testing.TB, input string, arguments ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), c.KubectlPath(), append([]string{"--kubeconfig=" + c.Kubeconfig()}, arguments...)...)
	command.Env = []string{"HOME=" + c.folder} // no settings but these, and its cache ends with them
	command.Stdin = strings.NewReader(input)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	return said.String(), err
}
