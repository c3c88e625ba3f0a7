package git

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

var plain = tree{"a": "1", "CODEOWNERS": "* @ann\n"}

// Repositories in whatever shape git leaves them are read.
func TestShapes(t *testing.T) {
	cases := map[string]struct {
		reason string
		make   func(t *testing.T) *fixture
	}{
		"detached HEAD": {"as a CI checks out", func(t *testing.T) *fixture {
			f := checkout(t, plain)
			head, err := f.repo.Head()
			must(t, err)
			must(t, f.repo.Storer.SetReference(plumbing.NewHashReference(plumbing.HEAD, head.Hash())))
			return f
		}},
		"packed": {"after git gc: refs in one file, objects in another", func(t *testing.T) *fixture {
			f := checkout(t, plain)
			must(t, f.repo.RepackObjects(&gogit.RepackConfig{}))
			packer, ok := f.repo.Storer.(interface{ PackRefs() error })
			if !ok {
				t.Fatal("the library cannot pack refs")
			}
			must(t, packer.PackRefs())
			return f
		}},
		"bare": {"without a working tree", func(t *testing.T) *fixture {
			f := newFixture(t, filepath.Join(t.TempDir(), "shop.git"), true)
			f.commit(daysAgo(1), "ann@acme.example", plain)
			return f
		}},
		"linked worktree": {"git worktree add: HEAD apart, all else shared", func(t *testing.T) *fixture {
			f := checkout(t, tree{"old": "1"})
			head := f.commit(daysAgo(1), "ann@acme.example", plain)
			f.commit(daysAgo(0), "ann@acme.example", tree{"newer": "1"})
			linked, private := filepath.Join(t.TempDir(), "linked"), filepath.Join(f.dir, ".git", "worktrees", "linked")
			writeFile(t, filepath.Join(private, "HEAD"), head.String()+"\n")
			writeFile(t, filepath.Join(private, "commondir"), "../..\n")
			writeFile(t, filepath.Join(linked, ".git"), "gitdir: "+private+"\n")
			f.dir = linked
			return f
		}},
		"submodule": {".git is a file with a relative path", func(t *testing.T) *fixture {
			f := checkout(t, plain)
			must(t, os.Rename(filepath.Join(f.dir, ".git"), filepath.Join(f.dir, "..", "moved")))
			writeFile(t, filepath.Join(f.dir, ".git"), "gitdir: ../moved\n")
			return f
		}},
		"alternates": {"git clone --shared: objects lie elsewhere, here by a relative path", func(t *testing.T) *fixture {
			f := checkout(t, plain)
			other := filepath.Join(f.dir, "..", "other", ".git", "objects")
			must(t, os.MkdirAll(filepath.Dir(other), 0o750))
			must(t, os.Rename(filepath.Join(f.dir, ".git", "objects"), other))
			writeFile(t, filepath.Join(f.dir, ".git", "objects", "info", "alternates"), "# a comment\n../../../other/.git/objects\n/nowhere/objects\n")
			return f
		}},
		"harmless extensions": {"partial clones and sparse checkouts have them", func(t *testing.T) *fixture {
			f := checkout(t, plain)
			appendTo(t, filepath.Join(f.dir, ".git", "config"),
				"[extensions]\n\tpartialClone = origin\n\tworktreeConfig = true\n\tobjectFormat = sha1\n[core]\n\trepositoryformatversion = 1\n")
			return f
		}},
		"no configuration": {"git reads it all the same", func(t *testing.T) *fixture {
			f := checkout(t, plain)
			_ = os.Remove(filepath.Join(f.dir, ".git", "config")) // there may be none
			return f
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, problems := c.make(t).observe(v1alpha1.GitSource{})
			if !r.Known() || !r.Files.Known() || !r.Codeowners.Known() || !r.History.Known() || len(problems) != 0 {
				t.Fatalf("%s: %q %q %q %q, %v", c.reason, r.Unknown, r.Files.Unknown, r.Codeowners.Unknown, r.History.Unknown, problems)
			}
			if !slices.Equal(r.Files.Paths, []string{"CODEOWNERS", "a"}) || len(r.History.Commits) == 0 || string(r.Codeowners.Text) != "* @ann\n" {
				t.Errorf("%s: %v, %v", c.reason, r.Files.Paths, r.History.Commits)
			}
		})
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	before, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, append(before, text...), 0o600))
}

// What is damaged is unknown, with its reason, as far as the damage goes.
func TestDamage(t *testing.T) {
	entry := func(t *testing.T, f *fixture, path string) plumbing.Hash {
		head, err := f.repo.Head()
		must(t, err)
		commit, err := f.repo.CommitObject(head.Hash())
		must(t, err)
		root, err := commit.Tree()
		must(t, err)
		if path == "" {
			return root.Hash
		}
		e, err := root.FindEntry(path)
		must(t, err)
		return e.Hash
	}
	files := tree{"a": "1", "d/e": "2", "CODEOWNERS": "* @ann\n"}
	cases := map[string]struct {
		reason string
		damage func(t *testing.T, f *fixture)
		// These are parts of what is unknown; empty means known.
		all, files, codeowners, history string
	}{
		"missing CODEOWNERS": {"a partial clone without contents", func(t *testing.T, f *fixture) {
			must(t, os.Remove(f.loose(entry(t, f, "CODEOWNERS"))))
		}, "", "", "is missing: the clone is partial or damaged", ""},
		"missing folder": {"a partial clone without trees", func(t *testing.T, f *fixture) {
			must(t, os.Remove(f.loose(entry(t, f, "d"))))
		}, "", "tree", "the files cannot be listed", "is missing"},
		"garbage in a folder": {"a disk error", func(t *testing.T, f *fixture) {
			overwrite(t, f.loose(entry(t, f, "d")), "garbage")
		}, "", "tree", "the files cannot be listed", "known from"},
		"missing commit": {"an interrupted copy", func(t *testing.T, f *fixture) {
			head, err := f.repo.Head()
			must(t, err)
			must(t, os.Remove(f.loose(head.Hash())))
		}, "commit", "commit", "commit", "commit"},
		"missing parent": {"the log ends where a commit is missing", func(t *testing.T, f *fixture) {
			head, err := f.repo.Head()
			must(t, err)
			commit, err := f.repo.CommitObject(head.Hash())
			must(t, err)
			must(t, os.Remove(f.loose(commit.ParentHashes[0])))
		}, "", "", "", "is missing"},
		"a folder that is a file": {"objects of the wrong type", func(t *testing.T, f *fixture) {
			data, err := os.ReadFile(f.loose(entry(t, f, "a")))
			must(t, err)
			overwrite(t, f.loose(entry(t, f, "d")), string(data))
		}, "", "is missing", "the files cannot be listed", "known from"},
		"sha256": {"another length of ids", func(t *testing.T, f *fixture) {
			appendTo(t, filepath.Join(f.dir, ".git", "config"), "[extensions]\n\tobjectFormat = sha256\n")
		}, "sha256; only sha1", "sha256", "sha256", "sha256"},
		"reftable": {"another form of refs", func(t *testing.T, f *fixture) {
			appendTo(t, filepath.Join(f.dir, ".git", "config"), "[extensions]\n\trefStorage = reftable\n")
		}, "reftable", "reftable", "reftable", "reftable"},
		"unknown extension": {"git refuses it, too", func(t *testing.T, f *fixture) {
			appendTo(t, filepath.Join(f.dir, ".git", "config"), "[extensions]\n\tnewest = 1\n")
		}, `extension "newest"`, "newest", "newest", "newest"},
		"format 7": {"a later git", func(t *testing.T, f *fixture) {
			appendTo(t, filepath.Join(f.dir, ".git", "config"), "[core]\n\trepositoryformatversion = 7\n")
		}, "format version 7", "version", "version", "version"},
		"unreadable configuration": {"not even the name is certain", func(t *testing.T, f *fixture) {
			appendTo(t, filepath.Join(f.dir, ".git", "config"), "[core\n")
		}, "config", "config", "config", "config"},
		"garbage in HEAD": {"an interrupted write", func(t *testing.T, f *fixture) {
			overwrite(t, filepath.Join(f.dir, ".git", "HEAD"), "garbage\n")
		}, "neither a branch nor a commit", "neither", "neither", "neither"},
		"garbage in a branch": {"the same one step further", func(t *testing.T, f *fixture) {
			overwrite(t, filepath.Join(f.dir, ".git", "refs", "heads", "master"), "garbage\n")
		}, "refs/heads/master holds neither", "neither", "neither", "neither"},
		"no HEAD": {"not a repository any more", func(t *testing.T, f *fixture) {
			must(t, os.Remove(filepath.Join(f.dir, ".git", "HEAD")))
		}, "is not a git repository", "HEAD", "HEAD", "HEAD"},
		".git points nowhere": {"a worktree whose repository was moved", func(t *testing.T, f *fixture) {
			must(t, os.RemoveAll(filepath.Join(f.dir, ".git")))
			writeFile(t, filepath.Join(f.dir, ".git"), "gitdir: ../gone\n")
		}, "gone is not a git repository", "gone", "gone", "gone"},
		".git is text": {"somebody's file", func(t *testing.T, f *fixture) {
			must(t, os.RemoveAll(filepath.Join(f.dir, ".git")))
			writeFile(t, filepath.Join(f.dir, ".git"), "hello\n")
		}, "does not say where the repository is", "does not", "does not", "does not"},
		"lost branch": {"HEAD's branch is gone, others are not", func(t *testing.T, f *fixture) {
			head, err := f.repo.Head()
			must(t, err)
			must(t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/other", head.Hash())))
			must(t, f.repo.Storer.RemoveReference("refs/heads/master"))
		}, "HEAD names a branch that does not exist, though other does", "HEAD", "HEAD", "HEAD"},
		"alternates of alternates": {"a circle", func(t *testing.T, f *fixture) {
			writeFile(t, filepath.Join(f.dir, ".git", "objects", "info", "alternates"), filepath.Join(f.dir, ".git", "objects")+"\n")
		}, "alternates are nested", "nested", "nested", "nested"},
		"a pack that is none": {"an interrupted clone", func(t *testing.T, f *fixture) {
			pack := filepath.Join(f.dir, ".git", "objects", "pack", "pack-"+strings.Repeat("ab", 20))
			writeFile(t, pack+".idx", "garbage")
			writeFile(t, pack+".pack", "garbage")
			must(t, os.Remove(f.loose(entry(t, f, "d"))))
		}, "", "tree", "the files cannot be listed", "tree"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := checkout(t, tree{"first": "0"})
			f.commit(daysAgo(1), "bob@acme.example", files)
			c.damage(t, f)
			r, problems := f.observe(v1alpha1.GitSource{})
			for _, part := range []struct{ what, want, got string }{
				{"repository", c.all, r.Unknown}, {"files", c.files, r.Files.Unknown},
				{"CODEOWNERS", c.codeowners, r.Codeowners.Unknown}, {"history", c.history, r.History.Unknown},
			} {
				if (part.want == "") != (part.got == "") || !strings.Contains(part.got, part.want) {
					t.Errorf("%s: %s is unknown %q, want %q", c.reason, part.what, part.got, part.want)
				}
			}
			if c.files != "" && len(problems) == 0 {
				t.Error("no problem is reported")
			}
			for _, p := range problems {
				if p.Remedy == "" || p.Repository != "acme/shop" {
					t.Errorf("the problem has no remedy or repository: %#v", p)
				}
			}
		})
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.Chmod(path, 0o600))
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

// A repository without a commit is known to have nothing.
func TestNoCommit(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	r, problems := f.observe(v1alpha1.GitSource{})
	if !r.Known() || !r.Files.Known() || !r.Codeowners.Known() || !r.History.Known() || len(r.Files.Paths) != 0 || r.Head != "" {
		t.Errorf("%v", r)
	}
	if len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].Message, "no commit yet") {
		t.Errorf("problems %v", problems)
	}
	f.write("a", "1")
	if r, _ := f.observe(v1alpha1.GitSource{Tree: treeWorktree}); !slices.Equal(r.Files.Paths, []string{"a"}) {
		t.Errorf("the working tree has %v", r.Files.Paths)
	}
}

// A tree that contains itself many times over must not be unrolled.
func TestTreeBomb(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	inner := f.storeTree(tree{"f": "1"})
	for range 9 {
		level := ""
		for _, name := range "abcdefghij" {
			level += "40000 " + string(name) + "\x00" + string(inner[:])
		}
		o := f.repo.Storer.NewEncodedObject()
		o.SetType(plumbing.TreeObject)
		w, err := o.Writer()
		must(t, err)
		_, err = w.Write([]byte(level))
		must(t, err)
		inner = f.keep(o)
	}
	raw := f.repo.Storer.NewEncodedObject()
	raw.SetType(plumbing.CommitObject)
	w, err := raw.Writer()
	must(t, err)
	_, err = w.Write([]byte("tree " + inner.String() + "\nauthor a <a@x> 1780000000 +0000\ncommitter a <a@x> 1780000000 +0000\n\nbomb\n"))
	must(t, err)
	must(t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", f.keep(raw))))
	r, _ := f.observe(v1alpha1.GitSource{})
	if !strings.Contains(r.Files.Unknown, "more than 2000000 files, folders and submodules") || r.History.Known() {
		t.Errorf("files %q, history %q", r.Files.Unknown, r.History.Unknown)
	}
}
