package acme

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// What somebody did in the checkouts is there after they were made anew, wherever it was done.
func TestMakeKeepsWork(t *testing.T) {
	put := func(t *testing.T, shop, name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(shop, name), []byte("work\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commit := func(t *testing.T, shop string) {
		t.Helper()
		repository, err := git.PlainOpen(shop)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := repository.Worktree()
		if err != nil {
			t.Fatal(err)
		}
		put(t, shop, "work")
		if _, err := tree.Add("work"); err != nil {
			t.Fatal(err)
		}
		if _, err := tree.Commit("work", &git.CommitOptions{Author: &object.Signature{Name: "Ada", When: noon}}); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string]struct {
		reason string
		work   func(t *testing.T, shop string)
		file   string // what must be kept, below checkouts
	}{
		"nothing": {reason: "what was made here is made again"},
		"commit":  {"a commit", commit, "shop/work"},
		"file":    {"a file that was never added", func(t *testing.T, shop string) { put(t, shop, "new") }, "shop/new"},
		"edit":    {"an edit", func(t *testing.T, shop string) { put(t, shop, "CODEOWNERS") }, "shop/CODEOWNERS"},
		"beside":  {"a file beside the checkouts", func(t *testing.T, shop string) { put(t, filepath.Dir(shop), "notes") }, "notes"},
		"branch": {"a commit on a branch that is not checked out", func(t *testing.T, shop string) {
			commit(t, shop)
			repository, err := git.PlainOpen(shop)
			if err != nil {
				t.Fatal(err)
			}
			head, err := repository.Head()
			if err != nil {
				t.Fatal(err)
			}
			last, err := repository.CommitObject(head.Hash())
			if err != nil {
				t.Fatal(err)
			}
			tree, err := repository.Worktree()
			if err != nil {
				t.Fatal(err)
			}
			if err := repository.Storer.SetReference(plumbing.NewHashReference("refs/heads/idea", head.Hash())); err != nil {
				t.Fatal(err)
			}
			if err := tree.Reset(&git.ResetOptions{Commit: last.ParentHashes[0], Mode: git.HardReset}); err != nil {
				t.Fatal(err)
			}
		}, "shop/.git/refs/heads/idea"},
		"moved away": {"a checkout that is no repository any more", func(t *testing.T, shop string) {
			put(t, shop, "work")
			if err := os.RemoveAll(filepath.Join(shop, ".git")); err != nil {
				t.Fatal(err)
			}
		}, "shop/work"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			folder := write(t, someShop)
			run(t, folder, noon)
			shop := filepath.Join(folder, workFolder, "checkouts", "shop")
			if c.work != nil {
				c.work(t, shop)
			}
			line := run(t, folder, noon.Add(maxAge))
			kept := filepath.Join(folder, workFolder, "kept-2026-03-17", "checkouts")
			if strings.Contains(line, kept) != (c.file != "") || !strings.Contains(line, "made 1 checkouts") {
				t.Errorf("%s: it said %q", c.reason, line)
			}
			if _, err := os.Stat(filepath.Join(kept, c.file)); (err == nil) != (c.file != "") {
				t.Errorf("%s: %v", c.reason, err)
			}
			if line := run(t, folder, noon.Add(maxAge+time.Hour)); !strings.Contains(line, "fresh") {
				t.Errorf("the new ones stay: %q", line)
			}
		})
	}
}

func TestMakeKeepsTwiceADay(t *testing.T) {
	folder := write(t, someShop)
	for range 3 {
		run(t, folder, noon)
		if err := os.WriteFile(filepath.Join(folder, workFolder, "checkouts/shop/work"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if line := run(t, folder, noon.Add(maxAge)); !strings.Contains(line, "kept-2026-03-17") {
			t.Errorf("it said %q", line)
		}
	}
	for _, name := range []string{"kept-2026-03-17", "kept-2026-03-17-2", "kept-2026-03-17-3"} {
		if _, err := os.Stat(filepath.Join(folder, workFolder, name, "checkouts/shop/work")); err != nil {
			t.Error(err)
		}
	}
}
