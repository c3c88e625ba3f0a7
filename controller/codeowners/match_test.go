package codeowners

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatchNew(t *testing.T) {
	const text = "* @everyone\n*.js @js\n/docs/* @docs\n/docs/api/ @api\n/docs/index.md @index\n/docs/*.md @text\n/vendor/\n**/gen/x.go @gen\n"
	// by line:    1             2         3             4                5                      6                 7           8
	tests := map[string]struct {
		reason    string
		path      string
		want      string
		depends   bool
		overrides []int
	}{
		"root":             {"at the root, scripts have an owner of their own", "", "owned 1", true, []int{2}},
		"unknown folder":   {"a folder need not exist", "src/new/", "owned 1", true, []int{2}},
		"one level":        {"/docs/* comes after *.js, and two rules after it are for some names only", "docs/", "owned 3", true, []int{6, 5}},
		"folder below":     {"/docs/* is one level only", "docs/guide/", "owned 1", true, []int{2}},
		"whole folder":     {"/docs/api/ overrides *.js", "docs/api/", "owned 4", false, nil},
		"explicitly none":  {"an ownerless rule is an answer", "vendor/a/b/", "unowned 7", false, nil},
		"one name":         {"x.go in a folder gen would have another owner, even in vendor", "vendor/gen/", "unowned 7", true, []int{8}},
		"a file":           {"for a path that is no folder, the answer is exact", "docs/new.md", "owned 6", false, nil},
		"a file elsewhere": {"the same", "a/b/new.js", "owned 2", false, nil},
		"no path":          {"a slash at the start is not a folder", "/", "unmatched", false, nil},
	}
	f := Parse([]byte(text))
	m := f.Compile()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := m.MatchNew(test.path)
			answer := got.State.String()
			if got.Rule >= 0 {
				answer = fmt.Sprintf("%s %d", answer, f.Rules()[got.Rule].Line)
			}
			var overrides []int
			for _, rule := range got.Overrides {
				overrides = append(overrides, f.Rules()[rule].Line)
			}
			if answer != test.want || got.Depends != test.depends {
				t.Errorf("%s: %s, depends %v", test.reason, answer, got.Depends)
			}
			if diff := cmp.Diff(test.overrides, overrides); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestMatchNotAPath(t *testing.T) {
	m := Parse([]byte("* @a\n")).Compile()
	for _, path := range []string{"", "/", "/a", "a/", "a//"} {
		if got := m.Match(path); got != (Match{Unmatched, -1}) {
			t.Errorf("%q: %+v", path, got)
		}
	}
}

func TestCompileTakesAnyRules(t *testing.T) {
	m := Compile([]Rule{{Pattern: ""}, {Pattern: "!x"}, {Pattern: "/"}, {Pattern: `a\`}, {Pattern: "ok"}})
	if got := m.Match("ok"); got.Rule != 4 {
		t.Errorf("%+v", got)
	}
	if got := m.Match("x"); got.Rule != -1 {
		t.Errorf("%+v", got)
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	m := Parse([]byte("* @a\n*.js @b\n/docs/**/api/*.md @c\n**/x/*y* @d\n")).Compile()
	paths := []string{"a/b/c.js", "docs/1/2/api/x.md", "a/x/why", "é/x/ÿyé"}
	c := m.Cursor() // and not m.Match, whose pool is made to lose things where the race detector is on
	for _, path := range paths {
		c.Match(path)
	}
	allocations := testing.AllocsPerRun(100, func() {
		for _, path := range paths {
			c.Match(path)
		}
	})
	if allocations > 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func TestMatchConcurrently(t *testing.T) {
	m := Parse([]byte("* @a\n*.js @b\n/d1/ @c\n**/d2/*.js @d\n")).Compile()
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 500 {
				path := fmt.Sprintf("d%d/d%d/x.js", i%3, g)
				if got, want := m.Match(path).Rule, referenceRule(m.Rules(), path); got != want {
					t.Errorf("%q: %d, want %d", path, got, want)
				}
			}
		})
	}
	group.Wait()
}

// TestHostilePatterns: patterns made to be tried in all ways, and paths that match them nearly. Trying all ways would not
// end within the lifetime of the test run.
func TestHostilePatterns(t *testing.T) {
	tests := map[string]struct{ text, path string }{
		"stars in a name": {strings.Repeat("*a", 500) + "*b*", strings.Repeat("a", 5000)},
		"two stars":       {strings.Repeat("**/a/", 500) + "b", strings.Repeat("a/", 2000) + "a"},
		"both":            {strings.Repeat("**/*a*a*/", 200) + "b", strings.Repeat("aaaa/", 500) + "a"},
		"question marks":  {strings.Repeat("*?", 500) + "*b?", strings.Repeat("a", 3000)},
		"many wildcards":  {manyWildcards(), strings.Repeat("a", 200) + "/" + strings.Repeat("a", 200)},
		"a deep path":     {"**/x @a", strings.Repeat("a/", 50_000) + "y"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Parse([]byte(test.text + "\n"))
			if len(f.Rules()) == 0 {
				t.Fatal(f.Errors())
			}
			m := f.Compile()
			if got := m.Match(test.path); got.Rule != -1 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func manyWildcards() string {
	var b strings.Builder
	for i := range 1 << 13 {
		for bit := range 13 {
			b.WriteString([]string{"*a", "?a*"}[i>>bit&1])
		}
		b.WriteString("b\n")
	}
	return b.String()
}
