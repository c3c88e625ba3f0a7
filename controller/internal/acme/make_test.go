package acme

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/google/go-cmp/cmp"
)

const (
	somePeople = `people: [{id: ada, name: Ada, emails: [ada@acme.example]}]`
	someShop   = `folder: checkouts/shop
texts: {CODEOWNERS: "* @acme/shop\n"}
commits:
  - {days: [3, 9], by: ada, message: Sell, files: [CODEOWNERS, 'src/{a,b}.go']}
  - {days: [2], by: 'Eve <eve@elsewhere.example>', message: Tidy, files: [src/b.go], remove: [src/a.go]}
`
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// write makes a folder as the example's.
func write(t *testing.T, shop string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"people.yaml": somePeople, "repositories/shop.yaml": shop} {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func run(t *testing.T, folder string, now time.Time) string {
	t.Helper()
	line, err := Make(folder, now)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestMake(t *testing.T) {
	folder := write(t, someShop)
	if line := run(t, folder, noon); !strings.Contains(line, "made 1 checkouts with 3 commits") {
		t.Errorf("said %q", line)
	}
	repository, err := git.PlainOpen(filepath.Join(folder, ".work/checkouts/shop"))
	if err != nil {
		t.Fatal(err)
	}
	log, err := repository.Log(&git.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var commits []string
	for {
		commit, err := log.Next()
		if err != nil {
			break
		}
		commits = append(commits, commit.Author.When.UTC().Format(time.DateOnly)+" "+commit.Author.Email+" "+commit.Message)
	}
	want := []string{"2026-03-08 eve@elsewhere.example Tidy", "2026-03-07 ada@acme.example Sell", "2026-03-01 ada@acme.example Sell"}
	if diff := cmp.Diff(want, commits); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if status, err := tree.Status(); err != nil || !status.IsClean() {
		t.Errorf("the checkout is not clean: %v %v", status, err)
	}
	text, err := os.ReadFile(filepath.Join(folder, ".work/checkouts/shop/CODEOWNERS"))
	if err != nil || string(text) != "* @acme/shop\n" {
		t.Errorf("a file does not end with its own text: %q %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(folder, ".work/checkouts/shop/src/a.go")); !os.IsNotExist(err) {
		t.Errorf("a removed file is there: %v", err)
	}
}

func TestMakeAgain(t *testing.T) {
	cases := map[string]struct {
		reason string
		after  time.Duration
		change func(t *testing.T, folder string)
		made   bool
	}{
		"fresh":  {reason: "a day is no age", after: 24 * time.Hour},
		"old":    {reason: "after a week the history has moved away", after: maxAge, made: true},
		"future": {reason: "checkouts of tomorrow come from a wrong clock", after: -24 * time.Hour, made: true},
		"changed description": {
			reason: "who changes the example wants to see it", made: true,
			change: func(t *testing.T, folder string) {
				changed := strings.Replace(someShop, "Tidy", "Clean", 1)
				if err := os.WriteFile(filepath.Join(folder, "repositories/shop.yaml"), []byte(changed), 0o644); err != nil {
					t.Fatal(err)
				}
			},
		},
		"interrupted": {
			reason: "checkouts without a mark were not made whole", made: true,
			change: func(t *testing.T, folder string) {
				if err := os.Remove(filepath.Join(folder, workFolder, markFile)); err != nil {
					t.Fatal(err)
				}
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			folder := write(t, someShop)
			run(t, folder, noon)
			if c.change != nil {
				c.change(t, folder)
			}
			if line := run(t, folder, noon.Add(c.after)); strings.Contains(line, "made 1") != c.made {
				t.Errorf("%s, but it said %q", c.reason, line)
			}
		})
	}
}

func TestMakeErrors(t *testing.T) {
	cases := map[string]struct{ shop, want string }{
		"unknown field":  {"folders: x", "folders"},
		"no such author": {strings.Replace(someShop, "by: ada", "by: adda", 1), `"adda" is nobody in people.yaml`},
		"folder outside": {strings.Replace(someShop, "checkouts/shop", "../shop/x", 1), "want a path"},
		"file outside":   {strings.Replace(someShop, "[src/b.go]", "[../b.go]", 1), "is no path of a file"},
		"today":          {strings.Replace(someShop, "[2]", "[0]", 1), "each at least 1"},
		"unwritten text": {strings.Replace(someShop, "[CODEOWNERS,", "[", 1), "no commit writes CODEOWNERS"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := Make(write(t, c.shop), noon); err == nil || !strings.Contains(err.Error(), c.want) ||
				!strings.Contains(err.Error(), "repositories/shop.yaml") {
				t.Errorf("want an error with the file and %q, got %v", c.want, err)
			}
		})
	}
}

func TestMakeElsewhere(t *testing.T) {
	if _, err := Make(t.TempDir(), noon); err == nil {
		t.Error("a folder that is not the example's gives no error")
	}
}

func TestReadExample(t *testing.T) {
	specifications, _, err := read(os.DirFS("../../../examples/acme"))
	if err != nil {
		t.Fatal(err)
	}
	if len(specifications) != 4 {
		t.Errorf("the example has %d checkouts", len(specifications))
	}
	if _, _, err := read(fstest.MapFS{"people.yaml": {Data: []byte(somePeople)}}); err == nil {
		t.Error("no repository gives no error")
	}
}

func TestExpand(t *testing.T) {
	cases := map[string][]string{
		"a.go":        {"a.go"},
		"a/{b,c}.go":  {"a/b.go", "a/c.go"},
		"{a,b}/{c,d}": {"a/c", "a/d", "b/c", "b/d"},
		"a{b":         {"a{b"},
		"{a}":         {"a"},
	}
	for pattern, want := range cases {
		if diff := cmp.Diff(want, expand(pattern)); diff != "" {
			t.Errorf("expand(%q) (-want +got):\n%s", pattern, diff)
		}
	}
}
