package standalone

import (
	"bytes"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/object"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// write writes files below a folder.
func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newCheckout makes a checkout with one commit, whose origin is acme/NAME.
func newCheckout(t *testing.T, name string, files map[string]string) (root string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), name)
	repository, err := gogit.PlainInit(root, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repository.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{"https://git.example/acme/" + name + ".git"}}); err != nil {
		t.Fatal(err)
	}
	write(t, root, files)
	commit(t, root, slices.Sorted(maps.Keys(files)))
	return root
}

// commit commits files as they are on disk.
func commit(t *testing.T, root string, files []string) {
	t.Helper()
	repository, err := gogit.PlainOpen(root)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := tree.Add(file); err != nil {
			t.Fatal(err)
		}
	}
	author := &object.Signature{Name: "Ada", Email: "ada@acme.example", When: monday.AddDate(0, 0, -7)}
	if _, err := tree.Commit("work", &gogit.CommitOptions{Author: author}); err != nil {
		t.Fatal(err)
	}
}

// organisation are manifests of one area, shop/payments, whose repository is seen at path.
func organisation(path string) map[string]string {
	return map[string]string{
		"sources.yaml": `apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: checkouts}
spec:
  interval: 1m
  git: {path: "` + path + `"}
`,
		"areas.yaml": `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: payments, namespace: shop}
spec:
  scope:
    repositories:
      - {name: acme/shop, paths: ["/pay/"]}
  roles:
    - {role: accountable, holders: ["team:acme/payments"]}
`,
		"policies/own.yaml": `apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: accountable-holder}
spec: {library: accountable-holder}
`,
	}
}

// shop is a repository in which the payments have an owner.
func shop() map[string]string {
	return map[string]string{"CODEOWNERS": "/pay/ @acme/payments\n", "pay/charge.go": "package pay\n", "README.md": "# Shop\n"}
}

// record is a log that a test can read while it is written.
type record struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.text.Write(p)
}

func (r *record) String() string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.text.String()
}

func newRecord() (*record, *slog.Logger) {
	r := &record{}
	return r, slog.New(slog.NewTextHandler(r, nil))
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// with gives a copy of the files in which one is other.
func with(files map[string]string, name, text string) map[string]string {
	files = maps.Clone(files)
	files[name] = text
	return files
}
