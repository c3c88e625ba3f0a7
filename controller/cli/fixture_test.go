package cli

import (
	"bytes"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// packageFolder is where the tests start, before they go elsewhere.
var packageFolder, errPackageFolder = os.Getwd()

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// shop is a small repository in which every state of a file occurs.
func shop() map[string]string {
	return map[string]string{
		".github/CODEOWNERS": `# Who approves changes to the shop
/web/            @acme/storefront
/services/pay/   @acme/payments @ada
/docs/           docs@acme.example
/web/generated/
`,
		"README.md":                "# Shop\n",
		"docs/index.md":            "# Docs\n",
		"services/pay/charge.go":   "package pay\n",
		"services/search/index.go": "package search\n",
		"web/app.js":               "\n",
		"web/generated/api.js":     "\n",
	}
}

// with gives a copy of the files in which some are other; an empty text takes a file out.
func with(files map[string]string, changes ...string) map[string]string {
	files = maps.Clone(files)
	for i := 0; i < len(changes); i += 2 {
		if files[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(files, changes[i])
		}
	}
	return files
}

// write writes files below a folder.
func write(t testing.TB, root string, files map[string]string) {
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

// newCheckout makes a checkout of the files with one commit, whose origin is acme/NAME.
func newCheckout(t testing.TB, name string, files map[string]string) (root string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), name)
	repository, err := gogit.PlainInit(root, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repository.CreateRemote(&config.RemoteConfig{
		Name: "origin", URLs: []string{"https://git.example/acme/" + name + ".git"},
	}); err != nil {
		t.Fatal(err)
	}
	work(t, root, "Ada", "ada@acme.example", 7, files)
	return root
}

// work adds a commit to a checkout.
func work(t testing.TB, root, name, address string, daysAgo int, files map[string]string) {
	t.Helper()
	write(t, root, files)
	repository, err := gogit.PlainOpen(root)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for file := range files {
		if _, err := tree.Add(file); err != nil {
			t.Fatal(err)
		}
	}
	author := &object.Signature{Name: name, Email: address, When: monday.AddDate(0, 0, -daysAgo)}
	if _, err := tree.Commit("by "+name, &gogit.CommitOptions{Author: author, AllowEmptyCommits: true}); err != nil {
		t.Fatal(err)
	}
}

// called is what a command did.
type called struct {
	code     int
	out, err string
}

// terminal is how a test's streams pass for one.
type terminal struct {
	width       int
	environment map[string]string
}

// call runs a command in this process, in the current folder, with pipes for streams.
func call(t testing.TB, in string, arguments ...string) called {
	t.Helper()
	return callOn(t, nil, in, arguments...)
}

// callOn runs a command on a terminal, or with pipes where that is nil.
func callOn(t testing.TB, on *terminal, in string, arguments ...string) called {
	t.Helper()
	var out, err bytes.Buffer
	code := Execute(t.Context(), testEnvironment(on, strings.NewReader(in), &out, &err), arguments)
	return called{code, out.String(), err.String()}
}

func testEnvironment(on *terminal, in io.Reader, out, err io.Writer) Environment {
	return Environment{
		In: in, Out: out, Err: err,
		Getenv: func(name string) string {
			if on == nil {
				return ""
			}
			return on.environment[name]
		},
		Terminal: func(io.Writer) (int, bool) {
			if on == nil {
				return 0, false
			}
			return on.width, true
		},
		Now: func() time.Time { return monday },
		Version: Version{
			Version: "v0.1.0", Commit: "3e2edef", Go: "go1.26.0", Platform: "linux/amd64",
		},
	}
}

// golden compares with testdata/name, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if errPackageFolder != nil {
		t.Fatal(errPackageFolder)
	}
	path := filepath.Join(packageFolder, "testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run `go test -update` to write it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}
