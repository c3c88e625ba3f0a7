package codeowners

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzParse: no input panics, every byte is kept, each line is a rule, a comment, blank, or reported.
func FuzzParse(f *testing.F) {
	for _, seed := range parseSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse(text)
		if !bytes.Equal(file.Bytes(), text) {
			t.Fatalf("Bytes() = %q, want %q", file.Bytes(), text)
		}
		checkLines(t, file, string(text))
		for _, e := range file.Errors() {
			if e.Kind == "" || e.Message == "" || e.Line < 0 || e.Line > 0 && e.Column < 1 {
				t.Fatalf("incomplete error %+v", e)
			}
		}
		Lint(file, nil)
		file.Compile()
	})
}

// checkLines: the lines put together are the text, and each is filed under exactly one heading.
func checkLines(t *testing.T, file *File, text string) {
	t.Helper()
	if file.unreadable {
		return
	}
	var joined strings.Builder
	if file.HasByteOrderMark() {
		joined.WriteString(byteOrderMark)
	}
	faulty := map[int]bool{}
	for _, e := range file.Errors() {
		faulty[e.Line] = true
	}
	rules := 0
	for n := 1; n <= file.LineCount(); n++ {
		line := file.Line(n)
		joined.WriteString(line.Text + line.Ending)
		if (line.Kind == RuleLine) != (line.Rule >= 0) {
			t.Fatalf("line %d: kind %d with rule %d", n, line.Kind, line.Rule)
		}
		if line.Kind == RuleLine {
			rule := file.Rules()[line.Rule]
			if rule.Line != n || line.Rule != rules || !strings.Contains(line.Text, rule.Pattern) {
				t.Fatalf("line %d %q: rule %d is %+v", n, line.Text, line.Rule, rule)
			}
			rules++
		}
		if file.ErrorsTotal() <= maxErrors && faulty[n] != (line.Kind == InvalidLine) {
			t.Fatalf("line %d %q: kind %d, in errors: %v", n, line.Text, line.Kind, faulty[n])
		}
	}
	if joined.String() != text || rules != len(file.Rules()) {
		t.Fatalf("lines give %q and %d rules, want %q and %d", joined.String(), rules, text, len(file.Rules()))
	}
}

// FuzzMatch: the automaton and the reference agree on every rule and path.
func FuzzMatch(f *testing.F) {
	for _, seed := range parseSeeds {
		for _, path := range []string{"a", "a/b.js", "docs/x/y.md", "a/b/a/b/a/b"} {
			f.Add(seed, path)
		}
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		if len(text) > 300 || len(path) > 60 || strings.Count(text, "*") > 24 {
			return // the reference tries everything
		}
		if strings.ContainsRune(text, '\x01') || strings.ContainsRune(path, '\x00') {
			return // the reference's own mark; what no path has
		}
		file := Parse([]byte(text))
		m := file.Compile()
		c := m.Cursor()
		paths := []string{path, path + "/a", path + ".js", "a/" + path, path, "a/b/" + path, "a/b/c", "a/b/d", "a/b/", "/", "a/b/e"}
		all := m.MatchAll(paths)
		for i, p := range paths {
			want := referenceRule(file.Rules(), p)
			if got := m.Match(p).Rule; got != want {
				t.Fatalf("Match(%q) with %q = rule %d, want %d", p, text, got, want)
			}
			if got := all[i].Rule; got != want {
				t.Fatalf("MatchAll: %q with %q = rule %d, want %d", p, text, got, want)
			}
			if got := c.Match(p).Rule; got != want {
				t.Fatalf("Cursor.Match(%q) with %q = rule %d, want %d", p, text, got, want)
			}
		}
		checkNew(t, m, path)
		checkWild(t, file.Rules(), path)
	})
}

// checkWild: a wildcard tried alone and one found among all others are the same.
func checkWild(t *testing.T, rules []Rule, name string) {
	t.Helper()
	for _, r := range rules {
		for _, s := range compilePattern(r.Pattern).segments {
			if s.kind != wildcard || s.text == starText {
				continue
			}
			var g globSet
			g.add(s.text, 1)
			g.forward.seal()
			g.backward.seal()
			run := g.newRun()
			w := newWild(s.text)
			set, alone, tried := len(g.match(name, &run, nil)) == 1, w.matches(name), matchWild(s.text, name)
			if set != alone || alone != tried {
				t.Fatalf("%q and %q: %v, %v, %v", s.text, name, set, alone, tried)
			}
		}
	}
}

// checkNew: the answer for a folder holds for all names, unless it says that it depends on the name.
func checkNew(t *testing.T, m *Matcher, path string) {
	t.Helper()
	for _, folder := range []string{"", path + "/", "a/"} {
		answer := m.MatchNew(folder)
		for _, name := range []string{"a", "b.js", "README.md", "é", "zzz\xff"} {
			got := m.Match(folder + name).Rule
			if got == answer.Rule {
				continue
			}
			found := false
			for _, rule := range answer.Overrides {
				found = found || rule == got
			}
			if !found {
				t.Fatalf("MatchNew(%q) = %+v, but %q has rule %d", folder, answer, folder+name, got)
			}
		}
	}
}

var parseSeeds = []string{
	"", "\n", "* @a\n", "*.js @a @b/c # note\r\n\r\n/docs/ d@e.f", "\xef\xbb\xbf* @a", "a\\ b @x\n", "!x @a\n[a] @b\n\\# @c\n",
	"/\n//\n**\n/**\n**/\n**/foo\nfoo/**/bar\n/foo*\nfoo*/\na**b\n***\n\\\\\na\\\n/*/\n*/foo\n",
	"docs/* @a\ndocs/**/* @b\n/docs/*.md @c\n", "\t*\t@a\t@b\n \v\f\r* @c\n", "a#b @c\n@a/b\n* @\n* @a/\n* @a/b/c\n* @-x\n* x@\n",
	"*a*a*a*b\n?*?*?\n*.??\n\xff* @a\n?\xfe\n", "**/a/**/b/**/c @x\na/**/**/b @y\nfoo/**/ @z\n", "a\\/b\n\\/x\nx\\*\n\\[a\\]\n",
}
