package git

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func daysAgo(days int) time.Time { return now.AddDate(0, 0, -days) }

// tree is all files of a commit. "-> target" is a symbolic link, "commit" a submodule, "x:…" an executable.
type tree map[string]string

func (t tree) with(changes tree) tree {
	next := maps.Clone(t)
	maps.Copy(next, changes)
	maps.DeleteFunc(next, func(_, content string) bool { return content == "deleted" })
	return next
}

// fixture is a real repository on disk.
type fixture struct {
	t    testing.TB
	dir  string
	repo *gogit.Repository
	// stored are the objects that are there already.
	stored map[plumbing.Hash]bool
}

func newFixture(t testing.TB, dir string, bare bool) *fixture {
	t.Helper()
	repo, err := gogit.PlainInit(dir, bare)
	must(t, err)
	return &fixture{t, dir, repo, map[plumbing.Hash]bool{}}
}

// checkout makes a repository in a new folder with one commit of the files.
func checkout(t testing.TB, files tree) *fixture {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	f.commit(daysAgo(1), "ann@acme.example", files)
	return f
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// commit stores a commit of the files on top of HEAD, and moves HEAD to it. The working tree is left alone.
func (f *fixture) commit(when time.Time, author string, files tree) plumbing.Hash {
	f.t.Helper()
	var parents []plumbing.Hash
	if head, err := f.repo.Head(); err == nil {
		parents = append(parents, head.Hash())
	}
	id := f.store(when, when, author, files, parents...)
	must(f.t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", id)))
	return id
}

func (f *fixture) store(authored, committed time.Time, author string, files tree, parents ...plumbing.Hash) plumbing.Hash {
	f.t.Helper()
	name, _, _ := strings.Cut(author, "@")
	c := object.Commit{
		Author:    object.Signature{Name: name, Email: author, When: authored},
		Committer: object.Signature{Name: "server", Email: "server@acme.example", When: committed},
		Message:   "work", TreeHash: f.storeTree(files), ParentHashes: parents,
	}
	return f.storeObject(&c)
}

func (f *fixture) storeObject(value interface {
	Encode(plumbing.EncodedObject) error
}) plumbing.Hash {
	f.t.Helper()
	o := f.repo.Storer.NewEncodedObject()
	must(f.t, value.Encode(o))
	return f.keep(o)
}

func (f *fixture) keep(o plumbing.EncodedObject) plumbing.Hash {
	f.t.Helper()
	if f.stored[o.Hash()] {
		return o.Hash()
	}
	id, err := f.repo.Storer.SetEncodedObject(o)
	must(f.t, err)
	f.stored[id] = true
	return id
}

func (f *fixture) storeTree(files tree) plumbing.Hash {
	f.t.Helper()
	folders := map[string]tree{}
	var t object.Tree
	for name, content := range files {
		if folder, rest, nested := strings.Cut(name, "/"); nested {
			if folders[folder] == nil {
				folders[folder] = tree{}
			}
			folders[folder][rest] = content
			continue
		}
		entry := object.TreeEntry{Name: name, Mode: filemode.Regular}
		if target, isLink := strings.CutPrefix(content, "-> "); isLink {
			entry.Mode, content = filemode.Symlink, target
		} else if strings.HasPrefix(content, "x:") {
			entry.Mode = filemode.Executable
		}
		if content == "commit" {
			entry.Mode, entry.Hash = filemode.Submodule, plumbing.NewHash("1111111111111111111111111111111111111111")
		} else {
			entry.Hash = f.storeBlob(content)
		}
		t.Entries = append(t.Entries, entry)
	}
	for name, inner := range folders {
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: f.storeTree(inner)})
	}
	slices.SortFunc(t.Entries, func(a, b object.TreeEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	return f.storeObject(&t)
}

func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

func (f *fixture) storeBlob(content string) plumbing.Hash {
	f.t.Helper()
	o := f.repo.Storer.NewEncodedObject()
	o.SetType(plumbing.BlobObject)
	w, err := o.Writer()
	must(f.t, err)
	_, err = w.Write([]byte(content))
	must(f.t, err)
	must(f.t, w.Close())
	return f.keep(o)
}

// reset writes HEAD's files and the index to disk.
func (f *fixture) reset() {
	f.t.Helper()
	w, err := f.repo.Worktree()
	must(f.t, err)
	head, err := f.repo.Head()
	must(f.t, err)
	must(f.t, w.Reset(&gogit.ResetOptions{Mode: gogit.HardReset, Commit: head.Hash()}))
}

func (f *fixture) write(name, content string) {
	f.t.Helper()
	writeFile(f.t, filepath.Join(f.dir, filepath.FromSlash(name)), content)
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o750))
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

func (f *fixture) origin(url string) *fixture {
	f.t.Helper()
	_, err := f.repo.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{url}})
	must(f.t, err)
	return f
}

// loose is where an object lies that is in no pack.
func (f *fixture) loose(id plumbing.Hash) string {
	return filepath.Join(f.dir, ".git", "objects", id.String()[:2], id.String()[2:])
}

// observe looks at one checkout.
func (f *fixture) observe(spec v1alpha1.GitSource) (ownership.Repository, []ownership.Problem) {
	f.t.Helper()
	spec.Path = f.dir
	if spec.Repository == "" {
		spec.Repository = "acme/shop"
	}
	o := New("checkouts", spec, "").Observe(f.t.Context(), now)
	if o.Unknown != "" || len(o.Repositories) != 1 || !o.AllRepositories {
		f.t.Fatalf("unknown %q, %d repositories, all %v", o.Unknown, len(o.Repositories), o.AllRepositories)
	}
	return o.Repositories[0], o.Problems
}

// show is a history as "author: path path" lines, oldest first.
func show(h ownership.History) []string {
	var lines []string
	for _, c := range slices.Backward(h.Commits) {
		lines = append(lines, strings.TrimSpace(c.AuthorName+": "+strings.Join(c.Paths, " ")))
	}
	return lines
}

func messages(problems []ownership.Problem) []string {
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.Message)
	}
	return texts
}
