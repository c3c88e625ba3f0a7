package git

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

const someCommit = "1111111111111111111111111111111111111111"

// folders stores a tree of folders in folders, each level of which has the one below under so many names: with few objects
// there are width to the power of depth folders, and in the deepest of them what bottom says.
func (f *fixture) folders(bottom plumbing.Hash, mode filemode.FileMode, depth, width, nameBytes int) plumbing.Hash {
	f.t.Helper()
	for range depth {
		var t object.Tree
		for i := range width {
			t.Entries = append(t.Entries, object.TreeEntry{Name: fmt.Sprintf("%0*d", nameBytes, i), Mode: mode, Hash: bottom})
		}
		bottom, mode = f.storeObject(&t), filemode.Dir
	}
	return bottom
}

// commitTree commits a tree on top of HEAD.
func (f *fixture) commitTree(when time.Time, root plumbing.Hash) {
	f.t.Helper()
	c := object.Commit{
		Author:    object.Signature{Name: "ann", Email: "ann@acme.example", When: when},
		Committer: object.Signature{Name: "ann", Email: "ann@acme.example", When: when},
		Message:   "work", TreeHash: root,
	}
	if head, err := f.repo.Head(); err == nil {
		c.ParentHashes = []plumbing.Hash{head.Hash()}
	}
	must(f.t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", f.storeObject(&c))))
}

// lookWithin observes the repository, which must not take longer, and gives what was observed.
func (f *fixture) lookWithin(most time.Duration, spec v1alpha1.GitSource) ownership.Repository {
	f.t.Helper()
	spec.Path, spec.Repository = f.dir, "acme/shop"
	ctx, cancel := context.WithTimeout(f.t.Context(), most)
	defer cancel()
	o := New("checkouts", spec, "").Observe(ctx, now)
	if ctx.Err() != nil {
		f.t.Fatalf("it did not end by itself within %s", most)
	}
	return o.Repositories[0]
}

// TestHostileTrees has repositories of a few objects that name each other so often that listing them would not end, or fill
// the memory. They are unknown, and soon.
func TestHostileTrees(t *testing.T) {
	submodule := plumbing.NewHash(someCommit)
	cases := map[string]struct {
		reason string
		root   func(f *fixture) plumbing.Hash
		says   string
	}{
		"folders without files": {
			"two to the power of 60 folders, and not one file", func(f *fixture) plumbing.Hash {
				return f.folders(f.storeObject(&object.Tree{}), filemode.Dir, 60, 2, 1)
			}, "files, folders and submodules",
		},
		"submodules": {
			"they are no files, and there is no end to them", func(f *fixture) plumbing.Hash {
				return f.folders(submodule, filemode.Submodule, 9, 100, 2)
			}, "files, folders and submodules",
		},
		"a long path": {
			"no system has such a file", func(f *fixture) plumbing.Hash {
				return f.folders(f.storeBlob("text"), filemode.Regular, 10, 1, 500)
			}, "a path of more than 4096 bytes",
		},
		"long paths": {
			"each is short enough, and together they would take 4 GB", func(f *fixture) plumbing.Hash {
				files := f.folders(f.storeBlob("text"), filemode.Regular, 2, 1000, 3)
				return f.folders(files, filemode.Dir, 8, 1, 500)
			}, "MiB of paths",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
			f.commitTree(daysAgo(1), c.root(f))
			none := int32(0)
			if got := f.lookWithin(2*time.Minute, v1alpha1.GitSource{HistoryDays: &none}); !strings.Contains(got.Files.Unknown, c.says) || got.Codeowners.Known() {
				t.Errorf("%q does not say %q: %s", got.Files.Unknown, c.says, c.reason)
			}
			if c.says == "MiB of paths" { // of what is fetched, nothing but the list takes memory
				return
			}
			if err := whole(t.Context(), f.dir, mustHead(t, f)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("what is fetched is taken: %v: %s", err, c.reason)
			}
		})
	}
}

// TestHostileRemote fetches such a tree: it is not taken, and what was there before stands in.
func TestHostileRemote(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(2), "ann@acme.example", tree{"file": "text"})
	remote := NewRemote("service", h.settings(t.TempDir()))
	if o := remote.Observe(t.Context(), now); o.Unknown != "" {
		t.Fatal(o.Unknown)
	}
	h.commitTree(daysAgo(1), h.folders(h.storeBlob("text"), filemode.Regular, 10, 1, 500))
	o := remote.Observe(t.Context(), now)
	if len(o.Problems) == 0 || o.Problems[0].Reason != "TooLarge" || o.Problems[0].Remedy == "" || !strings.Contains(o.Unknown, "a path of more than 4096 bytes") {
		t.Errorf("%q, %+v", o.Unknown, o.Problems)
	}
	if len(o.Repositories) != 1 || len(o.Repositories[0].Files.Paths) != 1 {
		t.Errorf("what was there does not stand in: %+v", o.Repositories)
	}
}

// TestHostileLogs has logs that would not end, or fill the memory. They are unknown, and the files are not.
func TestHostileLogs(t *testing.T) {
	long := strings.Repeat("x", maxIdentity+1)
	cases := map[string]struct {
		reason string
		log    func(f *fixture)
		says   string
	}{
		"folders without files": {
			"they differ in what lies behind two to the power of 60 names", func(f *fixture) {
				for i := range 2 {
					bottom := f.storeObject(&object.Tree{Entries: []object.TreeEntry{{Name: fmt.Sprint(i), Mode: filemode.Submodule, Hash: plumbing.NewHash(someCommit)}}})
					f.commitTree(daysAgo(9-i), f.folders(bottom, filemode.Dir, 60, 2, 1))
				}
			}, "files, folders and submodules",
		},
		"a long path": {
			"no system has such a file", func(f *fixture) {
				f.commitTree(daysAgo(9), f.folders(f.storeBlob("text"), filemode.Regular, 10, 1, 500))
			}, "a path of more than 4096 bytes",
		},
		"long paths": {
			"each is short enough, and together they would take gigabytes", func(f *fixture) {
				files := f.folders(f.storeBlob("text"), filemode.Regular, 2, 500, 3)
				f.commitTree(daysAgo(9), f.folders(files, filemode.Dir, 7, 1, 500))
			}, "MiB of paths",
		},
		"an author": {
			"nobody has such a name", func(f *fixture) {
				f.commit(daysAgo(9), long+"@acme.example", tree{"file": "1"})
			}, "an author whose name",
		},
		"the last author": {
			"likewise", func(f *fixture) {
				f.commit(daysAgo(9), "ann@acme.example", tree{"file": "1"})
				f.commit(daysAgo(8), long+"@acme.example", tree{"file": "2"})
			}, "an author whose name",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
			c.log(f)
			if name != "the last author" {
				f.commit(daysAgo(1), "ann@acme.example", tree{"file": "0"})
			}
			got := f.lookWithin(2*time.Minute, v1alpha1.GitSource{})
			if !strings.Contains(got.History.Unknown, c.says) || !got.Files.Known() || len(got.Files.Paths) != 1 {
				t.Errorf("%q does not say %q: %s", got.History.Unknown, c.says, c.reason)
			}
		})
	}
}

// TestLoggedCommit sees that a log holds no messages: a thousand commits that one of them names as its parents are in memory
// at once.
func TestLoggedCommit(t *testing.T) {
	f := checkout(t, tree{"file": "text"})
	place, err := findLayout(f.dir)
	must(t, err)
	r, err := openRepository(place)
	must(t, err)
	defer r.close()
	whole, err := r.commit(mustHead(t, f))
	must(t, err)
	logged, err := r.loggedCommit(mustHead(t, f))
	must(t, err)
	if whole.Message == "" || logged.Message != "" || logged.Hash != whole.Hash || logged.TreeHash != whole.TreeHash || logged.Author != whole.Author {
		t.Errorf("%+v of %+v", logged, whole)
	}
}

func mustHead(t *testing.T, f *fixture) plumbing.Hash {
	t.Helper()
	head, err := f.repo.Head()
	must(t, err)
	return head.Hash()
}
