package git

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

func TestHistory(t *testing.T) {
	master := func(f *fixture, id plumbing.Hash) {
		must(f.t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", id)))
	}
	cases := map[string]struct {
		reason string
		make   func(f *fixture)
		want   []string
	}{
		"kinds of change": {
			"added, changed, made executable, turned into a link or folder, removed; a submodule is no file",
			func(f *fixture) {
				base := tree{"a": "1", "b": "2", "c": "3", "d": "4", "same/x": "5"}
				f.commit(daysAgo(9), "ann@x", base)
				f.commit(daysAgo(8), "bob@x", base.with(tree{"a": "1+", "b": "x:2", "c": "-> a", "d": "deleted", "d/e": "6", "m": "commit"}))
				f.commit(daysAgo(7), "cat@x", base.with(tree{"a": "1+", "b": "x:2", "c": "commit", "d": "deleted", "d/e": "6"}))
			},
			[]string{"ann: a b c d same/x", "bob: a b c d d/e", "cat: c"},
		},
		"moves": {
			"work under a former name counts for the present one, through several moves",
			func(f *fixture) {
				f.commit(daysAgo(9), "ann@x", tree{"old/a.go": "1", "b": "2"})
				f.commit(daysAgo(8), "bob@x", tree{"old/a.go": "1+", "b": "2"})
				f.commit(daysAgo(7), "cat@x", tree{"new/a.go": "1+", "b": "2"})
				f.commit(daysAgo(6), "dan@x", tree{"new/a.go": "1++", "b": "2"})
				f.commit(daysAgo(5), "eve@x", tree{"new/z.go": "1++", "b": "2"})
			},
			[]string{"ann: b new/z.go", "bob: new/z.go", "cat: new/z.go", "dan: new/z.go", "eve: new/z.go"},
		},
		"a name used again": {
			"what was written to the first file of a name is not the second's",
			func(f *fixture) {
				f.commit(daysAgo(9), "ann@x", tree{"a": "first"})
				f.commit(daysAgo(8), "bob@x", tree{"b": "first"})
				f.commit(daysAgo(7), "cat@x", tree{"a": "second", "b": "first"})
				f.commit(daysAgo(6), "dan@x", tree{"a": "second+", "b": "first"})
			},
			[]string{"ann: b", "bob: b", "cat: a", "dan: a"},
		},
		"a chain through a used name": {
			"b went to c before a became b",
			func(f *fixture) {
				f.commit(daysAgo(9), "ann@x", tree{"a": "A", "b": "B"})
				f.commit(daysAgo(8), "bob@x", tree{"a": "A", "c": "B"})
				f.commit(daysAgo(7), "cat@x", tree{"b": "A", "c": "B"})
				f.commit(daysAgo(6), "dan@x", tree{"b": "A", "c": "B+"})
			},
			[]string{"ann: b c", "bob: c", "cat: b", "dan: c"},
		},
		"moved folder with copies": {
			"files of equal content keep their file names; empty files only move with theirs",
			func(f *fixture) {
				f.commit(daysAgo(9), "ann@x", tree{"p/a": "", "p/b": "", "p/c": "C", "p/d": "C"})
				f.commit(daysAgo(8), "bob@x", tree{"q/a": "", "q/x": "", "q/c": "C", "q/d": "C"})
			},
			[]string{"ann: p/b q/a q/c q/d", "bob: p/b q/a q/c q/d q/x"},
		},
		"merges": {
			"a merge is nobody's work; both sides are, and a move on one side holds for the other",
			func(f *fixture) {
				base := f.commit(daysAgo(9), "ann@x", tree{"a": "1", "k": "2"})
				left := f.store(daysAgo(8), daysAgo(8), "bob@x", tree{"b": "1", "k": "2"}, base)
				right := f.store(daysAgo(7), daysAgo(7), "cat@x", tree{"a": "1+", "k": "2"}, base)
				merge := f.store(daysAgo(6), daysAgo(6), "dan@x", tree{"b": "1+", "k": "2+"}, left, right)
				master(f, merge)
			},
			[]string{"ann: b k", "bob: b", "cat: b"},
		},
		"two roots": {
			"histories without a common start",
			func(f *fixture) {
				one := f.store(daysAgo(9), daysAgo(9), "ann@x", tree{"a": "1"})
				two := f.store(daysAgo(8), daysAgo(8), "bob@x", tree{"b": "1"})
				master(f, f.store(daysAgo(7), daysAgo(7), "cat@x", tree{"a": "1", "b": "1"}, one, two))
			},
			[]string{"ann: a", "bob: b"},
		},
		"the window": {
			"commits before it are left out, also work that was done before and committed in it",
			func(f *fixture) {
				f.commit(daysAgo(200), "ann@x", tree{"a": "1"})
				f.commit(daysAgo(180), "bob@x", tree{"a": "2"})
				head, err := f.repo.Head()
				must(f.t, err)
				master(f, f.store(daysAgo(300), daysAgo(5), "cat@x", tree{"a": "3"}, head.Hash()))
			},
			[]string{"bob: a"},
		},
		"a wrong clock": {
			"a commit dated long ago does not hide those behind it, nor one of the future",
			func(f *fixture) {
				f.commit(daysAgo(9), "ann@x", tree{"a": "1"})
				f.commit(daysAgo(4000), "bob@x", tree{"a": "2"})
				f.commit(daysAgo(7), "cat@x", tree{"a": "3"})
				f.commit(daysAgo(-400), "dan@x", tree{"a": "4"})
			},
			[]string{"ann: a", "cat: a", "dan: a"},
		},
		"an empty commit": {
			"it touches nothing",
			func(f *fixture) {
				f.commit(daysAgo(9), "ann@x", tree{"a": "1"})
				f.commit(daysAgo(8), "bob@x", tree{"a": "1"})
			},
			[]string{"ann: a", "bob:"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
			c.make(f)
			r, _ := f.observe(v1alpha1.GitSource{})
			if !r.History.Known() || !r.History.From.Equal(daysAgo(180)) {
				t.Errorf("from %v, unknown %q", r.History.From, r.History.Unknown)
			}
			if diff := cmp.Diff(c.want, show(r.History)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestHistoryAuthor(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	id := f.store(daysAgo(1), daysAgo(3), " Ann@ACME.example ", tree{"a": "1"})
	must(t, f.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", id)))
	r, _ := f.observe(v1alpha1.GitSource{})
	c := r.History.Commits[0]
	if c.Author != "ann@acme.example" || !c.When.Equal(daysAgo(3)) {
		t.Errorf("author %q at %v; nobody writes a change after it was committed", c.Author, c.When)
	}
}

func TestHistoryDays(t *testing.T) {
	f := checkout(t, tree{"a": "1"})
	f.commit(daysAgo(0), "ann@acme.example", tree{"a": "2"})
	for _, c := range []struct {
		days    int32
		commits int
		known   bool
	}{{0, 0, false}, {-1, 0, false}, {1, 2, true}, {3650, 2, true}} {
		r, _ := f.observe(v1alpha1.GitSource{HistoryDays: &c.days})
		if len(r.History.Commits) != c.commits || r.History.Known() != c.known || !r.Files.Known() {
			t.Errorf("%d days: %d commits, unknown %q", c.days, len(r.History.Commits), r.History.Unknown)
		}
	}
}

// In a shallow clone the commit at the cut is left out, and files are known all the same.
func TestShallow(t *testing.T) {
	cases := map[string]struct {
		reason  string
		cut     int // index of the commit at which the clone ends
		want    []string
		from    time.Time
		unknown bool
	}{
		"depth 1":           {"the usual clone of a CI", 2, nil, daysAgo(5).Add(time.Second), true},
		"depth 2":           {"what is after the cut is known", 1, []string{"cat: c"}, daysAgo(100).Add(time.Second), true},
		"before the window": {"the cut does not matter", 0, []string{"bob: b", "cat: c"}, daysAgo(180), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
			ids := []plumbing.Hash{
				f.commit(daysAgo(300), "ann@x", tree{"a": "1"}),
				f.commit(daysAgo(100), "bob@x", tree{"a": "1", "b": "2"}),
				f.commit(daysAgo(5), "cat@x", tree{"a": "1", "b": "2", "c": "3"}),
			}
			must(t, f.repo.Storer.SetShallow([]plumbing.Hash{ids[c.cut]}))
			for _, id := range ids[:c.cut] {
				must(t, os.Remove(f.loose(id)))
			}
			r, problems := f.observe(v1alpha1.GitSource{})
			if !r.Known() || !r.Files.Known() || !r.Codeowners.Known() || len(r.Files.Paths) != 3 || len(problems) != 0 {
				t.Errorf("files and CODEOWNERS do not depend on the log: %q, %q, %v", r.Files.Unknown, r.Codeowners.Unknown, problems)
			}
			if r.History.Known() == c.unknown || !r.History.From.Equal(c.from) {
				t.Errorf("from %v, want %v; unknown %q", r.History.From, c.from, r.History.Unknown)
			}
			if diff := cmp.Diff(c.want, show(r.History)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// Comparing trees gives what the library's own comparison gives, for any two trees.
func TestTreeDiffProperties(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	place, err := findLayout(f.dir)
	must(t, err)
	name := rapid.SampledFrom([]string{"a", "a.b", "a-", "a/x", "a/y/z", "b/x", "b", "c/d/e/f"})
	files := rapid.MapOf(name, rapid.SampledFrom([]string{"1", "2", "", "x:1", "-> a"}))
	rapid.Check(t, func(rt *rapid.T) {
		before, after := withoutClashes(files.Draw(rt, "before")), withoutClashes(files.Draw(rt, "after"))
		r, err := openRepository(place)
		must(t, err)
		defer r.close()
		a, b := f.storeTree(before), f.storeTree(after)
		diff := treeDiff{ctx: t.Context(), repository: r, names: map[string]string{}}
		must(t, diff.compare(a, b))
		var got []string
		for _, c := range slices.Concat(diff.added, diff.removed, diff.rewritten) {
			got = append(got, c.path)
		}
		var want []string
		x, err := object.GetTree(f.repo.Storer, a)
		must(t, err)
		y, err := object.GetTree(f.repo.Storer, b)
		must(t, err)
		changes, err := object.DiffTree(x, y)
		must(t, err)
		for _, c := range changes {
			name := c.To.Name
			if name == "" {
				name = c.From.Name
			}
			want = append(want, name)
		}
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, slices.Compact(got)); d != "" {
			rt.Fatalf("%v to %v: %s", before, after, d)
		}
		list, err := r.headFiles(t.Context(), b, isCodeownersPlace)
		must(t, err)
		var names []string
		must(t, y.Files().ForEach(func(file *object.File) error {
			names = append(names, file.Name)
			return nil
		}))
		slices.Sort(names)
		if d := cmp.Diff(names, list.paths); d != "" {
			rt.Fatalf("files of %v: %s", after, d)
		}
	})
}

// withoutClashes drops files whose name is a folder too, which no tree can have.
func withoutClashes(files map[string]string) tree {
	kept := tree{}
	for name, content := range files {
		clash := false
		for other := range files {
			clash = clash || strings.HasPrefix(other, name+"/")
		}
		if !clash {
			kept[name] = content
		}
	}
	return kept
}

func TestParseTree(t *testing.T) {
	id := strings.Repeat("i", 20)
	cases := map[string]struct {
		reason, text string
		want         int
		ok           bool
	}{
		"empty":       {"an empty folder", "", 0, true},
		"file":        {"the usual mode", "100644 a\x00" + id, 1, true},
		"old mode":    {"group-writable files of old tools", "100664 a\x00" + id, 1, true},
		"unsorted":    {"is sorted", "100644 b\x00" + id + "40000 a\x00" + id, 2, true},
		"cut short":   {"damaged", "100644 a\x00" + id[:19], 0, false},
		"no name":     {"damaged", "100644 \x00" + id, 0, false},
		"no mode":     {"damaged", "a\x00" + id, 0, false},
		"bad mode":    {"damaged", "1x0644 a\x00" + id, 0, false},
		"other mode":  {"git has no sockets", "140000 a\x00" + id, 0, false},
		"dot dot":     {"would lead out of the folder", "40000 ..\x00" + id, 0, false},
		"with slash":  {"would lead into another folder", "100644 a/b\x00" + id, 0, false},
		"huge number": {"would overflow", "7777777777 a\x00" + id, 0, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			entries, err := parseTree(c.text)
			if len(entries) != c.want || (err == nil) != c.ok || !slices.IsSortedFunc(entries, compareEntries) {
				t.Errorf("%s: %v, %v", c.reason, entries, err)
			}
		})
	}
}

func FuzzParseTree(f *testing.F) {
	f.Add("100644 a\x00" + strings.Repeat("i", 20) + "40000 b\x00" + strings.Repeat("j", 20))
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := parseTree(text)
		for _, e := range entries {
			if err == nil && (e.name == "" || strings.Contains(e.name, "/")) {
				t.Errorf("%q is no name", e.name)
			}
		}
	})
}

// BenchmarkObserve reads a repository of 2,000 commits and 2,000 files, packed as a clone is.
func BenchmarkObserve(b *testing.B) {
	f := newFixture(b, filepath.Join(b.TempDir(), "shop"), false)
	files := tree{}
	for i := range 2000 {
		files[fmt.Sprintf("service%02d/internal/part%d/file%03d.go", i%40, i%7, i)] = fmt.Sprint("version 0 of ", i)
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for c := range 2000 {
		for k := range 3 {
			files[names[(c*37+k*411)%len(names)]] = fmt.Sprint("version ", c, k)
		}
		f.commit(now.Add(time.Duration(c-2000)*time.Hour), fmt.Sprintf("dev%d@acme.example", c%17), files)
	}
	must(b, f.repo.RepackObjects(&gogit.RepackConfig{}))
	spec := v1alpha1.GitSource{Path: f.dir, Repository: "acme/shop"}
	var seen ownership.Repository
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			seen = New("checkouts", spec, "").Observe(b.Context(), now).Repositories[0]
		}
	})
	if len(seen.History.Commits) != 2000 || len(seen.Files.Paths) != 2000 {
		b.Fatalf("%d commits, %d files", len(seen.History.Commits), len(seen.Files.Paths))
	}
	source := New("checkouts", spec, "")
	source.Observe(b.Context(), now)
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			source.Observe(b.Context(), now)
		}
	})
}
