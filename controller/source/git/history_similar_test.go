package git

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// lines are n different lines that begin with a word.
func lines(word string, n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%s line %d of the file\n", word, i)
	}
	return text.String()
}

// many are n files in a folder, each of ten lines, of which the last is the suffix.
func many(folder string, n int, suffix string) tree {
	files := tree{}
	for i := range n {
		files[fmt.Sprintf("%s/f%03d.go", folder, i)] = lines(fmt.Sprint("file", i), 9) + suffix + "\n"
	}
	return files
}

func TestHistoryFollowsEditedMoves(t *testing.T) {
	base := lines("a", 10)
	cases := map[string]struct {
		reason        string
		before, after tree
		// want are the files that ann's commit, the first, touched by the names of the second.
		want []string
	}{
		"moved and edited":     {"eight lines of ten are the same", tree{"old/a.go": base}, tree{"new/b.go": lines("a", 8) + "x\ny\n"}, []string{"new/b.go"}},
		"just enough":          {"half of the larger file", tree{"a": lines("a", 5)}, tree{"b": lines("a", 5) + lines("b", 5)}, []string{"b"}},
		"not enough":           {"four lines of ten are the same", tree{"a": base}, tree{"b": lines("a", 4) + lines("z", 6)}, []string{"a"}},
		"much was added":       {"the larger file counts", tree{"a": lines("a", 4)}, tree{"b": base + lines("z", 10)}, []string{"a"}},
		"the most alike":       {"of two candidates", tree{"a": base}, tree{"b": lines("a", 6) + "1\n", "c": lines("a", 9) + "2\n"}, []string{"c"}},
		"the same name":        {"where both are as much alike", tree{"p/x.go": base}, tree{"q/a.go": base + "1\n", "q/x.go": base + "2\n"}, []string{"q/x.go"}},
		"equal content first":  {"a pair of equal content is no other's candidate", tree{"a": base, "b": base + "1\n"}, tree{"c": base + "1\n", "d": base + "2\n"}, []string{"c", "d"}},
		"long lines":           {"content without line ends", tree{"a": strings.Repeat("0123456789abcdef", 200)}, tree{"b": strings.Repeat("0123456789abcdef", 200) + "end"}, []string{"b"}},
		"empty":                {"nothing is like an empty file", tree{"a": ""}, tree{"b": "x"}, []string{"a"}},
		"too large":            {"content beyond the bound is not read", tree{"a": strings.Repeat("x\n", maxAlikeBytes)}, tree{"b": strings.Repeat("x\n", maxAlikeBytes) + "y"}, []string{"a"}},
		"a folder of many":     {"beyond the bound of pairs, files that keep their name are found", many("p", maxAlikeFiles+5, "1"), many("q", maxAlikeFiles+5, "2"), slices.Sorted(keys(many("q", maxAlikeFiles+5, "2")))},
		"a name that is taken": {"a file that stays is no target", tree{"a": base, "b": lines("b", 9)}, tree{"b": base + "1\n"}, []string{"a", "b"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
			f.commit(daysAgo(9), "ann@x", c.before)
			f.commit(daysAgo(8), "bob@x", c.after)
			r, _ := f.observe(v1alpha1.GitSource{})
			if diff := cmp.Diff(c.want, r.History.Commits[1].Paths); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func keys(t tree) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range t {
			if !yield(name) {
				return
			}
		}
	}
}

// What may be read is bounded over the whole walk: beyond it only equal content is followed.
func TestSimilarityBudget(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	f.commit(daysAgo(9), "ann@x", tree{"a": lines("a", 10)})
	f.commit(daysAgo(8), "bob@x", tree{"b": lines("a", 9)})
	place, err := findLayout(f.dir)
	must(t, err)
	for _, left := range []int64{0, maxAlikeRead} {
		r, err := openRepository(place)
		must(t, err)
		diff := newTreeDiff(t.Context(), r)
		diff.similar.left = left
		head, err := r.head()
		must(t, err)
		c, err := r.commit(head)
		must(t, err)
		parent, err := r.commit(c.ParentHashes[0])
		must(t, err)
		d, err := diff.changes(parent.TreeHash, c.TreeHash)
		must(t, err)
		if want := left > 0; (d.moved["a"] == "b") != want {
			t.Errorf("with %d bytes left: %v", left, d.moved)
		}
		r.close()
	}
}

func TestHistoryCreated(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	f.commit(daysAgo(9), "ann@x", tree{"a": lines("a", 10), "k": "1"})
	f.commit(daysAgo(8), "bob@x", tree{"b": lines("a", 9), "k": "2", "n": "3"})
	f.commit(daysAgo(7), "cat@x", tree{"c": lines("a", 8), "k": "2", "n": "3"})
	r, _ := f.observe(v1alpha1.GitSource{})
	var got [][]string
	for _, c := range r.History.Commits {
		got = append(got, c.Created)
	}
	if diff := cmp.Diff([][]string{nil, {"n"}, {"c", "k"}}, got); diff != "" {
		t.Errorf("a move creates nothing, and what was created has its present name (-want +got):\n%s", diff)
	}
}

// How alike two contents are does not depend on their order, is whole for equal ones, and grows with what is shared.
func TestAlikeProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 1, 400)
		a, b := text.Draw(rt, "a"), text.Draw(rt, "b")
		of := func(x, y []byte) int64 {
			s := &similarity{left: 1 << 20, prints: map[plumbing.Hash]*imprint{}}
			first, second := plumbing.Hash{1}, plumbing.Hash{2}
			s.prints[first] = &imprint{size: int64(len(x)), pieces: pieces(slices.Clone(x))}
			s.prints[second] = &imprint{size: int64(len(y)), pieces: pieces(slices.Clone(y))}
			return s.alike(first, second)
		}
		if of(a, a) != 100 || of(a, b) != of(b, a) || of(a, b) < 0 || of(a, b) > 100 {
			rt.Errorf("%d, %d, %d", of(a, a), of(a, b), of(b, a))
		}
	})
}

// At any commit the past is what a look at a clone of that commit would give.
func TestPastIsWhatWasSeen(t *testing.T) {
	states := []tree{
		{"a": lines("a", 10), "CODEOWNERS": "* @ann\n"},
		{"b": lines("a", 9), "CODEOWNERS": "* @bob\n"},
		{"b": lines("a", 9), "c/d": "2", "CODEOWNERS": "* @bob\n"},
		{"x": lines("a", 7), "c/d": "3"},
	}
	whole := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
	for i, state := range states {
		whole.commit(daysAgo(20-i), fmt.Sprintf("p%d@x", i), state)
	}
	past, err := OpenPast(whole.dir)
	must(t, err)
	defer past.Close()
	log, err := past.Log(t.Context())
	must(t, err)
	if len(log) != len(states) || past.Shallow() || !slices.IsSortedFunc(log, func(a, b PastCommit) int { return b.When.Compare(a.When) }) {
		t.Fatalf("%v", log)
	}
	for n := range states {
		then := newFixture(t, filepath.Join(t.TempDir(), "shop"), false)
		for i, state := range states[:n+1] {
			then.commit(daysAgo(20-i), fmt.Sprintf("p%d@x", i), state)
		}
		want, _ := then.observe(v1alpha1.GitSource{})
		for range 2 { // the second time from what is remembered
			got, err := past.At(t.Context(), log[len(log)-1-n].ID, daysAgo(180))
			must(t, err)
			if diff := cmp.Diff(want.History.Commits, got.History.Commits); diff != "" {
				t.Errorf("history at %d (-want +got):\n%s", n, diff)
			}
			if !slices.Equal(want.Files.Paths, got.Files.Paths) || string(want.Codeowners.Text) != string(got.Codeowners.Text) {
				t.Errorf("files %v, CODEOWNERS %q", got.Files.Paths, got.Codeowners.Text)
			}
		}
	}
	if changed, err := past.Changed(log[0].ID); err != nil || !slices.Equal(changed, []string{"CODEOWNERS", "b", "c/d", "x"}) {
		t.Errorf("changed %v, %v", changed, err)
	}
	if text, found, err := past.Text(log[1].ID, "c/d", 10); err != nil || !found || string(text) != "2" {
		t.Errorf("%q, %v, %v", text, found, err)
	}
	if _, found, err := past.Text(log[0].ID, "CODEOWNERS", 10); err != nil || found {
		t.Errorf("found %v, %v", found, err)
	}
}

// BenchmarkSimilarity compares the worst commit that is still compared whole: as many unpaired files on each side as
// the bound allows, of 8 KiB each, of which no two are alike.
func BenchmarkSimilarity(b *testing.B) {
	f := newFixture(b, filepath.Join(b.TempDir(), "shop"), false)
	before, after := tree{}, tree{}
	for i := range maxAlikeFiles {
		before[fmt.Sprintf("old/%d", i)] = lines(fmt.Sprint("before", i), 270)
		after[fmt.Sprintf("new/%d", i)] = lines(fmt.Sprint("after", i), 270)
	}
	f.commit(now.Add(-time.Hour), "ann@x", before)
	f.commit(now.Add(-time.Minute), "bob@x", after)
	spec := v1alpha1.GitSource{Path: f.dir, Repository: "acme/shop"}
	for b.Loop() {
		New("checkouts", spec, "").Observe(b.Context(), now)
	}
}
