package catalog

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/ownership"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// files are the texts of files by path; "-> target" is a symbolic link.
type files map[string]string

func (f files) write(t testing.TB, dir string) {
	t.Helper()
	for path, text := range f {
		path = filepath.Join(dir, path)
		must(t, os.MkdirAll(filepath.Dir(path), 0o750))
		if len(text) > 3 && text[:3] == "-> " {
			must(t, os.Symlink(text[3:], path))
			continue
		}
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
}

// newCheckout makes a repository in a folder with one commit of the files.
func newCheckout(t testing.TB, dir string, f files) *gogit.Repository {
	t.Helper()
	repository, err := gogit.PlainInit(dir, false)
	must(t, err)
	f.write(t, dir)
	commit(t, repository)
	return repository
}

func commit(t testing.TB, repository *gogit.Repository) {
	t.Helper()
	tree, err := repository.Worktree()
	must(t, err)
	must(t, tree.AddWithOptions(&gogit.AddOptions{All: true}))
	_, err = tree.Commit("a change", &gogit.CommitOptions{
		Author: &object.Signature{Name: "Ann", Email: "ann@acme.example", When: now}, AllowEmptyCommits: true,
	})
	must(t, err)
}

// said are the problems as people read them.
func said(problems []ownership.Problem) []string {
	var texts []string
	for _, problem := range problems {
		text := problem.Error()
		if problem.Warning {
			text = "warning: " + text
		}
		texts = append(texts, text)
	}
	return texts
}
