package git

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

func TestObserveHead(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "Shop"), false).origin("git@host.example:Acme/Shop.git")
	first := tree{"README.md": "hello", "cmd/main.go": "x:package main", "cmd.txt": "sorts before cmd/", "gone.txt": "1"}
	a := f.commit(daysAgo(20), "Ann@Acme.Example", first)
	b := f.commit(daysAgo(2), "bob@acme.example", first.with(tree{
		"gone.txt": "deleted", ".github/CODEOWNERS": "* @ann\n", "CODEOWNERS": "* @bob\n",
		"link": "-> nowhere", "vendor/lib": "commit", "ümläut/é b.txt": "new",
	}))
	got := New("checkouts", v1alpha1.GitSource{Path: f.dir}, "").Observe(t.Context(), now)
	place := func(location string) ownership.Provenance {
		return ownership.Provenance{Source: "checkouts", Location: location, At: now}
	}
	want := ownership.Observation{
		Source: "checkouts", Kind: ownership.SourceGit, At: now,
		Repositories: []ownership.Repository{{
			ID: "acme/shop", Root: f.dir, Head: b.String(), Provenance: place(f.dir),
			Codeowners: ownership.CodeownersFile{Path: ".github/CODEOWNERS", Text: []byte("* @ann\n"), Provenance: place(".github/CODEOWNERS")},
			Files: ownership.FileList{Provenance: place("HEAD"), Paths: []string{
				".github/CODEOWNERS", "CODEOWNERS", "README.md", "cmd.txt", "cmd/main.go", "link", "ümläut/é b.txt",
			}},
			History: ownership.History{Provenance: place("log of " + f.dir), From: daysAgo(180), Commits: []ownership.Commit{
				{ID: b.String(), Author: "bob@acme.example", AuthorName: "bob", When: daysAgo(2), Paths: []string{
					".github/CODEOWNERS", "CODEOWNERS", "gone.txt", "link", "ümläut/é b.txt",
				}, Created: []string{".github/CODEOWNERS", "CODEOWNERS", "link", "ümläut/é b.txt"}},
				{ID: a.String(), Author: "ann@acme.example", AuthorName: "Ann", When: daysAgo(20), Paths: []string{
					"README.md", "cmd.txt", "cmd/main.go", "gone.txt",
				}, Created: []string{"README.md", "cmd.txt", "cmd/main.go", "gone.txt"}},
			}},
		}},
		AllRepositories: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSorted(got.Repositories[0].Files.Paths) {
		t.Error("the files are not sorted")
	}
}

func TestCodeownersPlaces(t *testing.T) {
	type result struct {
		Path, Text, Unknown string
		Problems            []string
		Link                bool
	}
	large := strings.Repeat("#", codeowners.MaxSize+1000)
	cases := map[string]struct {
		reason string
		files  tree
		want   result
	}{
		"none":     {"known to have none", tree{"a/CODEOWNERS": "* @a"}, result{}},
		"docs":     {"the last place", tree{"docs/CODEOWNERS": "* @a", "README": ""}, result{Path: "docs/CODEOWNERS", Text: "* @a"}},
		"root":     {"before docs", tree{"docs/CODEOWNERS": "* @a", "CODEOWNERS": "* @b"}, result{Path: "CODEOWNERS", Text: "* @b"}},
		"empty":    {"an empty file is in force", tree{"docs/CODEOWNERS": "* @a", "CODEOWNERS": ""}, result{Path: "CODEOWNERS"}},
		"a folder": {"a folder is no file", tree{"docs/CODEOWNERS": "* @a", "CODEOWNERS/x": ""}, result{Path: "docs/CODEOWNERS", Text: "* @a"}},
		"case":     {"names are exact", tree{"codeowners": "* @a", ".GitHub/CODEOWNERS": "* @a"}, result{}},
		"a link": {"not followed, and it takes the place", tree{"CODEOWNERS": "-> OWNERS", "OWNERS": "* @a", "docs/CODEOWNERS": "* @b"},
			result{Path: "CODEOWNERS", Link: true}},
		"too large": {"as much as shows it, so that the parser says so", tree{"CODEOWNERS": large},
			result{Path: "CODEOWNERS", Text: large[:codeowners.MaxSize+1]}},
		"binary": {"bytes are handed on", tree{"CODEOWNERS": "\x00\xff\xef\xbb\xbf\r\n"}, result{Path: "CODEOWNERS", Text: "\x00\xff\xef\xbb\xbf\r\n"}},
	}
	for name, c := range cases {
		f := checkout(t, c.files)
		f.reset()
		for _, tree := range []string{treeHead, treeWorktree} {
			t.Run(name+" "+tree, func(t *testing.T) {
				r, problems := f.observe(v1alpha1.GitSource{Tree: tree})
				got := result{r.Codeowners.Path, string(r.Codeowners.Text), r.Codeowners.Unknown, messages(problems), r.Codeowners.Link}
				if got.Text != c.want.Text || !cmp.Equal(got.Problems, c.want.Problems) || got.Path != c.want.Path || got.Link != c.want.Link || got.Unknown != "" {
					t.Errorf("%s: got %.200q %d bytes, %v", c.reason, got.Path, len(got.Text), got.Problems)
				}
			})
		}
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	shops := filepath.Join(dir, "shops")
	one := tree{"a": "1"}
	newFixture(t, filepath.Join(shops, "a"), false).origin("https://host.example/acme/Same").commit(daysAgo(1), "a@b.example", one)
	newFixture(t, filepath.Join(shops, "b"), false).origin("ssh://git@host.example:22/acme/same.git").commit(daysAgo(1), "a@b.example", one)
	newFixture(t, filepath.Join(shops, "c.git"), true).origin("/srv/c.git").commit(daysAgo(1), "a@b.example", one)
	newFixture(t, filepath.Join(dir, "outside"), false).commit(daysAgo(1), "a@b.example", one)
	writeFile(t, filepath.Join(shops, "notes", "x.txt"), "no repository")
	writeFile(t, filepath.Join(shops, "README"), "a file")
	must(t, os.MkdirAll(filepath.Join(shops, "broken", ".git"), 0o750))
	observe := func(spec v1alpha1.GitSource) ownership.Observation {
		spec.Path = "shops"
		return New("checkouts", spec, dir).Observe(t.Context(), now)
	}
	ids := func(o ownership.Observation) []string {
		var ids []string
		for _, r := range o.Repositories {
			state := ""
			if !r.Known() {
				state = "!"
			}
			ids = append(ids, r.ID+state)
		}
		return ids
	}

	o := observe(v1alpha1.GitSource{Organization: "ACME"})
	if diff := cmp.Diff([]string{"acme/a", "acme/b", "acme/broken!", "acme/c"}, ids(o)); diff != "" || !o.AllRepositories {
		t.Errorf("named after folders: all %v, %s", o.AllRepositories, diff)
	}
	o = observe(v1alpha1.GitSource{Repository: "acme/x"})
	if diff := cmp.Diff([]string{"acme/same", "local/broken!", "local/c"}, ids(o)); diff != "" || o.AllRepositories {
		t.Errorf("named after remotes; the broken one's is not known, so the list is not complete: all %v, %s", o.AllRepositories, diff)
	}
	if o.Repositories[0].Root != filepath.Join(shops, "a") {
		t.Errorf("of two checkouts of one name the first is kept, not %s", o.Repositories[0].Root)
	}
	var got []string
	for _, p := range o.Problems {
		got = append(got, strings.ReplaceAll(p.Error(), dir, "DIR"))
	}
	want := []string{
		"shops: spec.git.repository: it names one checkout, but DIR/shops is a folder of checkouts; remove it, or set path to the checkout",
		"acme/same DIR/shops/b: DIR/shops/a is named acme/same too; this checkout is left out; remove one of them, or give it another origin remote",
		"local/broken DIR/shops/broken: the repository cannot be read: DIR/shops/broken/.git is not a git repository: stat DIR/shops/broken/.git/HEAD: no such file or directory; repair it or clone it again",
		"local/c DIR/shops/c.git/.git/config: the checkout has no origin remote that names an organisation, so it is called local/c; set spec.git.organization, or spec.git.repository for a single checkout",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	must(t, os.RemoveAll(filepath.Join(shops, "broken")))
	for link, target := range map[string]string{"out": "../outside", "absolute": filepath.Join(dir, "outside"), "in": "a", "dangling": "nothing"} {
		if err := os.Symlink(target, filepath.Join(shops, link)); err != nil {
			t.Skipf("links cannot be made here: %v", err)
		}
	}
	must(t, os.MkdirAll(filepath.Join(shops, "inner"), 0o750))
	must(t, os.Symlink("../../outside/.git", filepath.Join(shops, "inner", ".git")))
	o = observe(v1alpha1.GitSource{Organization: "acme"})
	if diff := cmp.Diff([]string{"acme/a", "acme/b", "acme/c", "acme/in"}, ids(o)); diff != "" || o.AllRepositories {
		t.Errorf("links out of the folder are refused, and the folder is not read whole: all %v, %s", o.AllRepositories, diff)
	}
	got = nil
	for _, p := range o.Problems {
		got = append(got, filepath.Base(p.File)+": "+p.Message)
	}
	want = []string{
		"absolute: left out: absolute is a link that leads out of the folder", "dangling: left out: it is a link to something that does not exist",
		"inner: left out: .git is a link that leads out of the folder", "out: left out: out is a link that leads out of the folder",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadablePath(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "file"), "")
	cases := map[string]struct {
		reason string
		spec   v1alpha1.GitSource
		field  string
	}{
		"missing": {"there is nothing", v1alpha1.GitSource{Path: "none"}, "spec.git.path"},
		"a file":  {"a file has no checkouts", v1alpha1.GitSource{Path: "file"}, "spec.git.path"},
		"tree":    {"no such tree", v1alpha1.GitSource{Path: ".", Tree: "index"}, "spec.git.tree"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := New("checkouts", c.spec, dir).Observe(t.Context(), now)
			if o.Unknown == "" || o.AllRepositories || len(o.Problems) != 1 || o.Problems[0].Field != c.field || o.Problems[0].Remedy == "" {
				t.Errorf("%s: unknown %q, problems %v", c.reason, o.Unknown, o.Problems)
			}
		})
	}
	o := New("checkouts", v1alpha1.GitSource{Path: "."}, dir).Observe(t.Context(), now)
	if o.Unknown != "" || !o.AllRepositories || len(o.Problems) != 1 || !o.Problems[0].Warning {
		t.Errorf("a folder without checkouts is known to have none, with a warning: %q, %v", o.Unknown, o.Problems)
	}
}

// An unchanged commit is not read again; the window of the log moves all the same.
func TestUnchangedCommit(t *testing.T) {
	f := checkout(t, tree{"a": "1"})
	f.commit(daysAgo(0), "ann@acme.example", tree{"a": "2"})
	source := New("checkouts", v1alpha1.GitSource{Path: f.dir, Repository: "acme/shop"}, "")
	first := source.Observe(t.Context(), now).Repositories[0]
	must(t, os.RemoveAll(filepath.Join(f.dir, ".git", "objects"))) // whoever reads now, fails
	later := now.AddDate(0, 0, 179).Add(13 * time.Hour)
	second := source.Observe(t.Context(), later).Repositories[0]
	if !second.Known() || !second.Files.Known() || !second.History.Known() {
		t.Fatalf("it was read again: %v", second)
	}
	if !second.At.Equal(later) || !second.Files.At.Equal(later) || !first.At.Equal(now) {
		t.Errorf("the times are %v and %v", first.At, second.At)
	}
	if diff := cmp.Diff([]string{"ann: a"}, show(second.History)); diff != "" || !second.History.From.Equal(later.AddDate(0, 0, -180)) {
		t.Errorf("from %v: %s", second.History.From, diff)
	}
	if len(first.History.Commits) != 2 {
		t.Errorf("the first observation has changed: %v", show(first.History))
	}
	f.t = t
	must(t, os.MkdirAll(filepath.Join(f.dir, ".git", "objects"), 0o750))
	moved := f.store(now, now, "ann@acme.example", tree{"b": "1"})
	must(t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", moved)))
	if third := source.Observe(t.Context(), later).Repositories[0]; third.Head != moved.String() || !slices.Equal(third.Files.Paths, []string{"b"}) {
		t.Errorf("a new commit was not read: %v", third)
	}
}

// A look that was cut short makes its repositories unknown, and the next look reads them.
func TestCancelled(t *testing.T) {
	f := checkout(t, tree{"a": "1"})
	source := New("checkouts", v1alpha1.GitSource{Path: f.dir, Repository: "acme/shop"}, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := source.Observe(ctx, now).Repositories[0]; r.Files.Known() || r.Codeowners.Known() || r.History.Known() {
		t.Errorf("something was read: %v", r)
	}
	if r := source.Observe(t.Context(), now).Repositories[0]; !r.Files.Known() || !r.Codeowners.Known() || !r.History.Known() {
		t.Errorf("it was not read again: %v", r)
	}
}

func TestCheckout(t *testing.T) {
	f := checkout(t, tree{"a/b/c": "1"}).origin("https://host.example/Acme/Web.git")
	f.reset()
	f.write("a/new", "not committed")
	bare := newFixture(t, filepath.Join(t.TempDir(), "Lib.git"), true)
	bare.commit(daysAgo(1), "ann@acme.example", tree{"x": "1"})
	type result struct {
		ID    string
		Files []string
	}
	cases := map[string]struct {
		reason, path string
		want         result
	}{
		"root":   {"the checkout itself", f.dir, result{"acme/web", []string{"a/b/c", "a/new"}}},
		"folder": {"a folder in it", filepath.Join(f.dir, "a", "b"), result{"acme/web", []string{"a/b/c", "a/new"}}},
		"file":   {"a file in it", filepath.Join(f.dir, "a", "b", "c"), result{"acme/web", []string{"a/b/c", "a/new"}}},
		"inside": {"git's own folder", filepath.Join(f.dir, ".git", "objects"), result{"acme/web", []string{"a/b/c", "a/new"}}},
		"bare":   {"no working tree, so the commit", bare.dir, result{"local/lib", []string{"x"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			source, err := Checkout(c.path)
			must(t, err)
			r := source.Observe(t.Context(), now).Repositories[0]
			if diff := cmp.Diff(c.want, result{r.ID, r.Files.Paths}); diff != "" {
				t.Errorf("%s: %s", c.reason, diff)
			}
		})
	}
	for _, path := range []string{t.TempDir(), filepath.Join(f.dir, "none")} {
		if _, err := Checkout(path); err == nil {
			t.Errorf("%s is taken for a checkout", path)
		}
	}
	source, err := CheckoutAt(f.dir, "head")
	must(t, err)
	if r := source.Observe(t.Context(), now).Repositories[0]; !slices.Equal(r.Files.Paths, []string{"a/b/c"}) || source.Root() != r.Root {
		t.Errorf("with tree head it has %v", r.Files.Paths)
	}
}

func TestWatch(t *testing.T) {
	f := checkout(t, tree{"a/b/c": "1"})
	f.reset()
	git := filepath.Join(f.dir, ".git")
	source := New("checkouts", v1alpha1.GitSource{Path: f.dir, Tree: treeWorktree}, "")
	source.Observe(t.Context(), now)
	want := []string{f.dir, git, filepath.Join(git, "refs", "heads"), filepath.Join(f.dir, "a"), filepath.Join(f.dir, "a", "b")}
	slices.Sort(want)
	if diff := cmp.Diff(want, source.Watch()); diff != "" {
		t.Error(diff)
	}
	parent := filepath.Dir(f.dir)
	want = []string{parent, git, filepath.Join(git, "refs", "heads")}
	slices.Sort(want)
	if diff := cmp.Diff(want, New("checkouts", v1alpha1.GitSource{Path: parent}, "").Watch()); diff != "" {
		t.Error(diff)
	}
	missing := filepath.Join(parent, "later")
	if diff := cmp.Diff([]string{parent}, New("checkouts", v1alpha1.GitSource{Path: missing}, "").Watch()); diff != "" {
		t.Error(diff)
	}
}

func TestRemoteID(t *testing.T) {
	cases := map[string]string{
		"https://host.example/Acme/Shop.git":          "acme/shop",
		"https://user:secret@host.example/acme/shop/": "acme/shop",
		"ssh://git@host.example:22/acme/shop":         "acme/shop",
		"git@host.example:acme/shop.git":              "acme/shop",
		"host.example:acme/shop":                      "acme/shop",
		"https://host.example/group/sub/shop.git":     "sub/shop",
		"https://host.example/org/project/_git/shop":  "project/shop",
		"git://host.example/acme/.github":             "acme/.github",
		"https://host.example/shop.git":               "",
		"file:///srv/acme/shop":                       "",
		"/srv/acme/shop":                              "",
		"../acme/shop":                                "",
		`C:\acme\shop`:                                "",
		"C:/acme/shop":                                "",
		"https://host.example/ac me/shop":             "",
		"https://host.example/a%00b/shop":             "",
		"":                                            "",
		"https://[::1/acme/shop":                      "",
	}
	for address, want := range cases {
		if got := remoteID(address); got != want {
			t.Errorf("remoteID(%q) = %q, want %q", address, got, want)
		}
	}
}
