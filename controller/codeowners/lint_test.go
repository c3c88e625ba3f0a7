package codeowners

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLint(t *testing.T) {
	tests := map[string]struct {
		reason string
		text   string
		files  []string
		want   []string
	}{
		"clean": {
			reason: "rules that decide over files are no problem, an ownerless one included",
			text:   "/docs/ @a\n/docs/old/\n",
			files:  []string{"docs/x", "docs/old/y"},
		},
		"invalid": {
			reason: "each error is a problem at its place",
			text:   "!x @a\n* user\n",
			want:   []string{"1:1 invalid", "2:3 invalid"},
		},
		"too large": {
			reason: "a fault of the whole file has no line",
			text:   strings.Repeat("#", MaxSize),
			want:   []string{"0:0 invalid"},
		},
		"dead by files": {
			reason: "no file is below docs",
			text:   "* @a\n/docs/ @b\n",
			files:  []string{"x"},
			want:   []string{"1:1 catch-all-only files=1", "2:1 dead"},
		},
		"dead by text": {
			reason: "no path has an empty part, whatever the repository holds",
			text:   "a//b @a\n./c @a\n/docs/ @a\n",
			want:   []string{"1:1 dead", "2:1 dead"},
		},
		"shadowed by files": {
			reason: "each file of the first rule is decided by one of two others, which the text alone does not prove",
			text:   "*.md @a\n/docs/ @b\n/README.md @c\n",
			files:  []string{"README.md", "docs/x.md"},
			want:   []string{"1:1 shadowed by=3"},
		},
		"not shadowed": {
			reason: "one file is left to the first rule",
			text:   "*.md @a\n/docs/ @b\n",
			files:  []string{"README.md", "docs/x.md"},
		},
		"shadowed by text": {
			reason: "a later rule covers the folder that the earlier one names; *.md without folder could be anywhere",
			text:   "/docs/*.md @a\n/docs/api @a\n/docs/api/ @a\n*.md @a\n/docs/ @b\n",
			want:   []string{"1:1 shadowed by=5", "2:1 shadowed by=5", "3:1 shadowed by=5"},
		},
		"shadowed by a catch-all": {
			reason: "the order is a common mistake",
			text:   "*.md @a\n/x @b\n* @c\n",
			want:   []string{"1:1 shadowed by=3", "2:1 shadowed by=3"},
		},
		"a file below is not the folder": {
			reason: "/docs/ does not match a file that is called docs, so /docs is needed",
			text:   "/docs @a\n/docs/ @b\n",
		},
		"duplicate": {
			reason: "the same meaning counts, however it is written; only the last one decides",
			text:   "/docs/ @a\n* @x\n/docs/** @b\ndocs/** @c\n",
			want:   []string{"1:1 duplicate by=4", "3:1 duplicate by=4"},
		},
		"duplicate with files": {
			reason: "a duplicate is not reported as shadowed too",
			text:   "*.js @a\n*.js @b\n",
			files:  []string{"a.js"},
			want:   []string{"1:1 duplicate by=2"},
		},
		"catch-all": {
			reason: "counted only for what nothing else decides over",
			text:   "/** @a\n*.js @b\n",
			files:  []string{"a.js", "b.go", "c/d.go"},
			want:   []string{"1:1 catch-all-only files=2"},
		},
		"catch-all without owners": {
			reason: "its files are unowned, which is another matter",
			text:   "*\n*.js @b\n",
			files:  []string{"a.js", "b.go"},
		},
		"doubtful": {
			reason: "GitHub accepts these, but they hardly mean what they say",
			text:   "\xef\xbb\xbf@acme/team\nC#/ @a\n",
			want:   []string{"1:1 doubtful", "1:1 doubtful", "2:1 doubtful"},
		},
		"many overridden rules": {
			reason: "all wildcards that match one file are told from those that match none",
			text:   "*a @a\n?a @a\nb? @a\n*b* @a\nba @b\n",
			files:  []string{"ba"},
			want:   []string{"1:1 shadowed by=5", "2:1 shadowed by=5", "3:1 shadowed by=5", "4:1 shadowed by=5"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Lint(Parse([]byte(test.text)), test.files) {
				s := fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Kind)
				if p.By > 0 {
					s += fmt.Sprintf(" by=%d", p.By)
				}
				if p.Files > 0 {
					s += fmt.Sprintf(" files=%d", p.Files)
				}
				if p.Message == "" || p.Remedy == "" {
					t.Errorf("%s: no message or remedy: %+v", s, p)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// TestLintAgreesWithReference: a rule that decides over no file is dead or shadowed just as trying each rule says.
func TestLintAgreesWithReference(t *testing.T) {
	f := Parse([]byte("* @a\n/a/ @a\n/a/* @b\n*.js @c\nb/ @d\n/a/**/c.js @e\n/z @f\n/a/b/ @g\n**/c.js @h\n/q/** @i\nb @j\n"))
	files := []string{"a/x", "a/b/c.js", "a/b/d", "b/c.js", "c.js", "x/b/y.js"}
	used, matched := map[int]bool{}, map[int]bool{}
	for _, file := range files {
		used[referenceRule(f.Rules(), file)] = true
		for i, r := range f.Rules() {
			matched[i] = matched[i] || referenceMatch(r.Pattern, file)
		}
	}
	got := map[int]ProblemKind{}
	for _, p := range Lint(f, files) {
		if p.Kind == Dead || p.Kind == Shadowed {
			got[p.Rule] = p.Kind
		}
	}
	want := map[int]ProblemKind{}
	for i := range f.Rules() {
		switch {
		case used[i]:
		case matched[i]:
			want[i] = Shadowed
		default:
			want[i] = Dead
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
