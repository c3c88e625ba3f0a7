package git

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/folderlock"
)

func TestWorktree(t *testing.T) {
	f := checkout(t, tree{
		".gitignore": "*.log\n/build/\n!keep.log\n", "a": "1", "deleted": "2", "dir/b": "3", "dir/.gitignore": "local\r\n",
		"build/tracked": "4", "link": "-> nowhere", "becomes": "folder", "sub": "commit", "CODEOWNERS": "* @committed\n",
	})
	f.reset()
	f.write("CODEOWNERS", "* @edited\n")
	f.write("new", "1")
	f.write("dir/"+folderlock.Temporary+"XYZ", "left by a run that was killed")
	f.write("x.log", "ignored")
	f.write("dir/keep.log", "kept")
	f.write("dir/local", "ignored here")
	f.write("local", "but not here")
	f.write("build/untracked", "ignored")
	f.write("sub/file", "of the submodule")
	f.write("nested/.git/HEAD", "ref: refs/heads/main")
	f.write("nested/file", "of another repository")
	f.write(".git/info/exclude", "private\n")
	f.write("private", "excluded")
	must(t, os.Remove(filepath.Join(f.dir, "deleted")))
	must(t, os.Remove(filepath.Join(f.dir, "becomes")))
	f.write("becomes/file", "1")
	must(t, os.MkdirAll(filepath.Join(f.dir, "empty", "folder"), 0o750))
	r, problems := f.observe(v1alpha1.GitSource{Tree: treeWorktree})
	want := []string{
		".gitignore", "CODEOWNERS", "a", "becomes/file", "build/tracked", "dir/.gitignore", "dir/b", "dir/keep.log", "link", "local", "new",
	}
	if diff := cmp.Diff(want, r.Files.Paths); diff != "" || len(problems) != 0 {
		t.Errorf("problems %v: %s", problems, diff)
	}
	if string(r.Codeowners.Text) != "* @edited\n" || r.Head != "" || r.Files.Location != "the working tree" || len(r.History.Commits) != 1 {
		t.Errorf("CODEOWNERS %q, head %q, location %q", r.Codeowners.Text, r.Head, r.Files.Location)
	}
}

// The working tree is read again at each look, though the commit is the same.
func TestWorktreeChanges(t *testing.T) {
	f := checkout(t, tree{"a": "1"})
	f.reset()
	source := New("checkouts", v1alpha1.GitSource{Path: f.dir, Tree: treeWorktree, Repository: "acme/shop"}, "")
	source.Observe(t.Context(), now)
	f.write(".github/CODEOWNERS", "* @ann\n")
	r := source.Observe(t.Context(), now).Repositories[0]
	if !slices.Equal(r.Files.Paths, []string{".github/CODEOWNERS", "a"}) || r.Codeowners.Path != ".github/CODEOWNERS" {
		t.Errorf("files %v, CODEOWNERS %q", r.Files.Paths, r.Codeowners.Path)
	}
}

// Who edited CODEOWNERS, or let Remit do so, is told that the commit counts.
func TestUncommittedCodeowners(t *testing.T) {
	tests := map[string]struct {
		reason string
		edit   func(f *fixture)
		spec   string
		want   bool
	}{
		"the same":      {"nothing is to be said", func(*fixture) {}, treeHead, false},
		"edited":        {"the edit does not count yet", func(f *fixture) { f.write("CODEOWNERS", "* @bob\n") }, treeHead, true},
		"line endings":  {"git converts them", func(f *fixture) { f.write("CODEOWNERS", "* @ann\r\n") }, treeHead, false},
		"another place": {"which would come first", func(f *fixture) { f.write(".github/CODEOWNERS", "* @ann\n") }, treeHead, true},
		"gone":          {"a sparse checkout may lack it", func(f *fixture) { must(t, os.Remove(filepath.Join(f.dir, "CODEOWNERS"))) }, treeHead, false},
		"worktree":      {"the edit counts", func(f *fixture) { f.write("CODEOWNERS", "* @bob\n") }, treeWorktree, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := checkout(t, tree{"CODEOWNERS": "* @ann\n"})
			f.reset()
			test.edit(f)
			_, problems := f.observe(v1alpha1.GitSource{Tree: test.spec})
			if got := len(problems) == 1 && problems[0].Warning && strings.Contains(problems[0].Message, "differs from the commit"); got != test.want {
				t.Errorf("%s: %v", test.reason, problems)
			}
		})
	}
}

func TestWorktreeOfBare(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop.git"), true)
	f.commit(daysAgo(1), "ann@acme.example", plain)
	r, problems := f.observe(v1alpha1.GitSource{Tree: treeWorktree})
	if r.Files.Known() || r.Codeowners.Known() || !r.History.Known() || len(problems) != 1 || !strings.Contains(problems[0].Message, "bare") {
		t.Errorf("files %q, problems %v", r.Files.Unknown, problems)
	}
}

// Nothing outside the checkout is read, wherever its links lead.
func TestWorktreeLinksOut(t *testing.T) {
	outside := t.TempDir()
	writeFile(t, filepath.Join(outside, "CODEOWNERS"), "* @outside\n")
	f := checkout(t, tree{"a": "1"})
	f.reset()
	for link, target := range map[string]string{".github": outside, "CODEOWNERS": filepath.Join(outside, "CODEOWNERS"), ".gitignore": filepath.Join(outside, "none")} {
		if err := os.Symlink(target, filepath.Join(f.dir, link)); err != nil {
			t.Skipf("links cannot be made here: %v", err)
		}
	}
	r, problems := f.observe(v1alpha1.GitSource{Tree: treeWorktree})
	if diff := cmp.Diff([]string{".github", ".gitignore", "CODEOWNERS", "a"}, r.Files.Paths); diff != "" {
		t.Error(diff)
	}
	if r.Codeowners.Path != "CODEOWNERS" || len(r.Codeowners.Text) != 0 || !r.Codeowners.Link || len(problems) != 0 {
		t.Errorf("CODEOWNERS %q with %q, problems %v", r.Codeowners.Path, r.Codeowners.Text, problems)
	}
}

// Files that a sparse checkout keeps off the disk are not deleted ones.
func TestSparseCheckout(t *testing.T) {
	f := checkout(t, tree{"a": "1", "docs/CODEOWNERS": "* @ann\n", "docs/x": "2"})
	f.reset()
	index, err := f.repo.Storer.Index()
	must(t, err)
	index.Version = 3
	for _, e := range index.Entries {
		if strings.HasPrefix(e.Name, "docs/") {
			e.SkipWorktree = true
		}
	}
	must(t, f.repo.Storer.SetIndex(index))
	must(t, os.RemoveAll(filepath.Join(f.dir, "docs")))
	r, _ := f.observe(v1alpha1.GitSource{Tree: treeWorktree})
	if !slices.Equal(r.Files.Paths, []string{"a", "docs/CODEOWNERS", "docs/x"}) || string(r.Codeowners.Text) != "* @ann\n" {
		t.Errorf("files %v %q, CODEOWNERS %q %q", r.Files.Paths, r.Files.Unknown, r.Codeowners.Text, r.Codeowners.Unknown)
	}
}

func TestDamagedIndex(t *testing.T) {
	f := checkout(t, tree{"a": "1"})
	f.reset()
	f.write(".git/index", "garbage")
	r, problems := f.observe(v1alpha1.GitSource{Tree: treeWorktree})
	if !strings.Contains(r.Files.Unknown, "read the index") || r.Codeowners.Known() || len(problems) != 1 {
		t.Errorf("files %q, problems %v", r.Files.Unknown, problems)
	}
}

// The rules of gitignore(5), case by case; checked against what git 2.39 lists and ignores.
func TestIgnored(t *testing.T) {
	cases := map[string]struct {
		reason, rules, folder string
		yes, no               []string // a "/" at the end marks a folder
	}{
		"name":            {"without a slash at every level", "a", "", []string{"a", "x/a", "a/"}, []string{"ab", "A"}},
		"anchored":        {"a slash at the start", "/a", "", []string{"a"}, []string{"x/a"}},
		"inner slash":     {"a slash in the middle anchors too", "x/a", "", []string{"x/a"}, []string{"y/x/a"}},
		"folder":          {"a slash at the end", "a/", "", []string{"a/", "x/a/"}, []string{"a"}},
		"star":            {"within a segment", "*.log", "", []string{"x.log", "d/.log"}, []string{"log", "x.logs"}},
		"star in path":    {"crosses no folder", "d/*.log", "", []string{"d/x.log"}, []string{"d/e/x.log"}},
		"leading **":      {"any number of folders", "**/d/x", "", []string{"d/x", "e/f/d/x"}, []string{"d/e/x"}},
		"middle **":       {"none counts too, and it may backtrack", "a/**/b/c", "", []string{"a/b/c", "a/x/b/c", "a/b/b/c", "a/b/x/b/c"}, []string{"b/c", "a/b/x/c"}},
		"trailing **":     {"what is inside, not the folder", "a/**", "", []string{"a/x", "a/x/y"}, []string{"a/", "a"}},
		"** in a name":    {"is two stars", "a**b", "", []string{"ab", "axb"}, []string{"a/b"}},
		"question mark":   {"one character", "a?", "", []string{"ab"}, []string{"a", "abc"}},
		"class":           {"of characters", "[a-c]x", "", []string{"ax"}, []string{"dx"}},
		"negated class":   {"by an exclamation mark", "[!a]x", "", []string{"bx"}, []string{"ax"}},
		"again":           {"the last rule that matches decides", "*.log\n!keep.log", "", []string{"x.log"}, []string{"keep.log", "d/keep.log"}},
		"comment":         {"a line that starts with #", "#a", "", nil, []string{"#a", "a"}},
		"escapes":         {"of # and ! and a star", `\#a` + "\n" + `\!b` + "\n" + `\*c`, "", []string{"#a", "!b", "*c"}, []string{"xc"}},
		"escaped bracket": {"is itself", `\[!a]`, "", []string{"[!a]"}, []string{"b"}},
		"trailing space":  {"is cut, unless it is escaped", "a \nb\\ ", "", []string{"a", "b "}, []string{"a ", "b"}},
		"CRLF":            {"line ends of another system", "a\r\nb\r\n", "", []string{"a", "b"}, nil},
		"mark":            {"a byte order mark is no part of the first rule", "\xef\xbb\xbfa", "", []string{"a"}, nil},
		"in a folder":     {"relative to where it lies", "/a\nb", "d/", []string{"d/a", "d/b", "d/e/b"}, []string{"a", "b", "d/e/a"}},
		"slash alone":     {"says nothing", "/", "", nil, []string{"a", "a/"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			rules := parseIgnore(c.rules, c.folder)
			for want, paths := range map[bool][]string{true: c.yes, false: c.no} {
				for _, path := range paths {
					if got := ignored(rules, strings.TrimSuffix(path, "/"), strings.HasSuffix(path, "/")); got != want {
						t.Errorf("%s: %q is ignored: %v", c.reason, path, got)
					}
				}
			}
		})
	}
}

func FuzzIgnored(f *testing.F) {
	f.Add("*.log\n!/a/**/b\n[!a-]\\", "a/x/b")
	f.Add(strings.Repeat("**/", 50)+"a", strings.Repeat("b/", 50)+"a")
	f.Fuzz(func(_ *testing.T, rules, path string) {
		ignored(parseIgnore(rules, ""), path, false)
	})
}
