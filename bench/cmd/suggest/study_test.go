package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/suggest"
)

// checkout is a repository that is written commit by commit, a day apart.
type checkout struct {
	t    *testing.T
	dir  string
	tree *gogit.Worktree
	day  int
}

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	repository, err := gogit.PlainInit(dir, false)
	must(t, err)
	tree, err := repository.Worktree()
	must(t, err)
	return &checkout{t: t, dir: dir, tree: tree}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *checkout) commit(login string, files map[string]string) {
	c.t.Helper()
	for name, text := range files {
		path := filepath.Join(c.dir, filepath.FromSlash(name))
		must(c.t, os.MkdirAll(filepath.Dir(path), 0o750))
		must(c.t, os.WriteFile(path, []byte(text), 0o600))
		_, err := c.tree.Add(name)
		must(c.t, err)
	}
	c.day++
	author := &object.Signature{Name: login, Email: "1+" + login + "@users.noreply.github.com", When: time.Date(2026, 1, c.day, 9, 0, 0, 0, time.UTC)}
	_, err := c.tree.Commit("work", &gogit.CommitOptions{Author: author})
	must(c.t, err)
}

// The study of a small repository, case by case: only what was there before counts, those who own it already are out, and
// what cannot be a case is said.
func TestStudy(t *testing.T) {
	c := newCheckout(t)
	c.commit("ann", map[string]string{"a/1": "1", "a/2": "2", "CODEOWNERS": "/b/ @bob\n"})
	c.commit("bob", map[string]string{"b/1": "1"})
	c.commit("bob", map[string]string{"a/1": "2", "a/2": "3"})
	c.commit("bob", map[string]string{"a/1": "4"})
	c.commit("cat", map[string]string{"CODEOWNERS": "/b/ @bob\n/a/ @ann @nobody\n/new/ @cat\n/b/1 @acme/team\n"})
	c.commit("cat", map[string]string{"a/3": "4", "CODEOWNERS": "/b/ @bob\n/a/ @ann @cat\n/new/ @cat\n"})
	c.commit("ann", map[string]string{"OWNERS_ALIASES": "aliases:\n  pair: [ann, bob]\n  other: [cat]\n", "b/OWNERS": "approvers: [cat]\n"})
	c.commit("ann", map[string]string{"b/OWNERS": "approvers: [cat, pair]\n", "a/OWNERS": "approvers:\n- BOB\nreviewers: [cat]\n"})
	var out bytes.Buffer
	cases := filepath.Join(t.TempDir(), "cases.tsv")
	o := options{resamples: 100, seed: 1, window: 1095, cases: cases}
	must(t, run(t.Context(), &out, io.Discard, o, []string{c.dir}))
	text, err := os.ReadFile(cases)
	must(t, err)
	var got []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Split(line, "\t")
		got = append(got, strings.Join([]string{fields[3], fields[4], fields[5], fields[6], fields[7], fields[len(fields)-6]}, " "))
	}
	want := []string{
		"kind place added reachable plain commit counts hit@1 Remit hit@1",
		// ann created the files, bob changed them twice.
		`CODEOWNERS, person "/a/" user:1+ann@users.noreply.github.com true 0 1`,
		// cat had done nothing in a/ before, and ann owns it already.
		`CODEOWNERS, person "/a/" user:1+cat@users.noreply.github.com false 0 0`,
		// b/1 is bob's work alone.
		`OWNERS, person "b" user:1+cat@users.noreply.github.com false 0 0`,
		`OWNERS, person "a" user:1+bob@users.noreply.github.com true 1 0`,
		`OWNERS, alias as team "b" team:aliases/pair true 1 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range []string{
		"CODEOWNERS, person: 2 cases in 2 commits; in 1 (50%)", "all persons: 4 cases in 4 commits",
		"1  an owner added matches no author", "1  only teams were added", "1  the place had no files before",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is not in\n%s", line, out.String())
		}
	}
	var again bytes.Buffer
	must(t, run(t.Context(), &again, io.Discard, o, []string{c.dir}))
	if again.String() != out.String() {
		t.Error("a second run says something else")
	}
}

func TestJudge(t *testing.T) {
	holders := func(names string) []ownership.Holder {
		var all []ownership.Holder
		for name := range strings.FieldsSeq(names) {
			all = append(all, ownership.User(name))
		}
		return all
	}
	tests := map[string]struct {
		reason, ranked, truth string
		want                  outcome
	}{
		"first":      {"one added, who is first", "a b c", "a", outcome{1, 1, 1}},
		"third":      {"one added, who is third", "a b c", "c", outcome{0, 1, 0}},
		"fourth":     {"too late", "a b c d", "d", outcome{0, 0, 0}},
		"one of two": {"as many suggestions count as were added", "a b c", "b z", outcome{0, 1, 0.5}},
		"nobody":     {"no suggestion is no hit", "", "a", outcome{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := judge(holders(test.ranked), holders(test.truth)); got != test.want {
				t.Errorf("%s: got %v, want %v", test.reason, got, test.want)
			}
		})
	}
}

// The degree of authorship of one file, computed by hand: ann created it and changed it once, bob changed it three times.
func TestDegreeOfAuthorship(t *testing.T) {
	at := func(who string, day int) suggest.Work {
		return suggest.Work{Author: ownership.User(who), When: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC), Files: []int{0}}
	}
	got := degreesOf([]suggest.Work{at("bob", 5), at("ann", 1), at("bob", 3), at("ann", 2), at("bob", 4)})
	for holder, want := range map[ownership.Holder]float64{
		"user:ann": 3.293 + 1.098 + 0.164 - 0.321*1.3862943611198906, "user:bob": 3.293 + 3*0.164 - 0.321*0.6931471805599453,
	} {
		if difference := got[holder] - want; difference > 1e-9 || difference < -1e-9 {
			t.Errorf("%s: %v, want %v", holder, got[holder], want)
		}
	}
}

// A commit that adds an owner to a hundred places tells less than a hundred that add one to one place: its interval is wider.
func TestIntervalKnowsCommits(t *testing.T) {
	s := newStudy(options{resamples: 500, seed: 1})
	hit := func(commit string, right float64) result {
		return result{commit: commit, outcomes: []outcome{{hit1: right}}}
	}
	var together, apart []result
	for i := range 100 {
		together = append(together, hit([]string{"one", "two"}[i%2], float64(i%2)))
		apart = append(apart, hit(string(rune('a'+i)), float64(i%2)))
	}
	measure := func(r result) float64 { return r.outcomes[0].hit1 }
	low, high := s.interval(together, measure)
	if low != 0 || high != 1 {
		t.Errorf("two commits: %v to %v", low, high)
	}
	if low, high = s.interval(apart, measure); low < 0.3 || low > 0.5 || high < 0.5 || high > 0.7 {
		t.Errorf("a hundred commits: %v to %v", low, high)
	}
}

func TestPeople(t *testing.T) {
	log := []git.PastCommit{
		{ID: "1", Author: "ann@acme.example", AuthorName: "Ann Else"},
		{ID: "2", Author: "a@home.example", AuthorName: "ann  else"},
		{ID: "3", Author: "7+dan@users.noreply.github.com", AuthorName: "Dan"},
		{ID: "4", Author: "carol@x", AuthorName: "Carol"},
		{ID: "5", Author: "carol@y", AuthorName: "Caro"},
		{ID: "m", Author: "bot@x", AuthorName: "bot", Parents: []string{"1", "2"}, Message: "Merge pull request #7 from annie/fix\n"},
	}
	who := newPeople(log)
	for login, want := range map[string]string{
		"Annie": "user:a@home.example", "@dan": "user:7+dan@users.noreply.github.com", "ann@acme.example": "user:a@home.example",
		"ann": "user:a@home.example", "caro": "user:carol@y", "carol": "", "nobody": "", "no@body": "",
	} {
		holder, known := who.owner(login)
		if known != (want != "") || known && string(holder) != want {
			t.Errorf("%s: got %q, %v, want %q", login, holder, known, want)
		}
	}
}

// Nothing in an OWNERS file stops the study.
func FuzzParseOwners(f *testing.F) {
	f.Add([]byte("approvers: [a, B]\noptions: {no_parent_owners: true}\nfilters:\n  '.*': {approvers: [c]}\n"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		parseOwners(text)
		parseAliases(text)
	})
}

func TestByRule(t *testing.T) {
	s := newStudy(options{})
	paths := []string{"a/1", "a/2", "b/1"}
	ask := func(before, after string) []question {
		return s.byRule(codeowners.Parse([]byte(after)), codeowners.Parse([]byte(before)), paths)
	}
	for name, test := range map[string]struct {
		reason, before, after string
		want                  int
	}{
		"written anew":   {"the same owner by another pattern is nobody added", "/a/ @x\n", "/a/1 @x\n/a/2 @x\n", 0},
		"taken over":     {"somebody else", "/a/ @x\n", "/a/ @y\n", 1},
		"below another":  {"a rule that decides no file asks nothing", "", "/a/ @y\n/a/ @z\n", 1},
		"a wider rule":   {"an owner of some of the files before is not added", "/a/ @x\n", "* @x\n", 0},
		"in other cases": {"logins are compared without regard to case", "/a/ @X\n", "/a/ @x\n", 0},
	} {
		if got := ask(test.before, test.after); len(got) != test.want {
			t.Errorf("%s: %s: %d questions, want %d", name, test.reason, len(got), test.want)
		}
	}
}
