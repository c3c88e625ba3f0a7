package codeowners

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestContains(t *testing.T) {
	for name, test := range map[string]struct {
		reason       string
		outer, inner string
		want         bool
	}{
		"itself":                    {"equal patterns match equally", "/a/b", "/a/b", true},
		"everything":                {"* matches every file", "*", "/a/**/b?.go", true},
		"everything, as **":         {"/** matches every file", "/**", "*", true},
		"folder":                    {"a file in a folder is below it", "/a/", "/a/b", true},
		"folder and its glob":       {"one level is below, too", "/a/", "/a/*", true},
		"deep":                      {"** stays below", "/a/", "/a/**/c", true},
		"name, and folder below":    {"/a is the file a and all below", "/a", "/a/", true},
		"folder, and the name":      {"/a may be a file, which /a/ does not match", "/a/", "/a", false},
		"one level, and the folder": {"/a/* does not match a/b/c", "/a/*", "/a/", false},
		"one level, and a name":     {"/a/b matches a/b/c, too, if b is a folder", "/a/*", "/a/b", false},
		"one level, and a glob":     {"/a/b* goes below folders, /a/* does not", "/a/*", "/a/b*", false},
		"neighbour by prefix":       {"/web2 only begins like /web", "/web", "/web2", false},
		"neighbour folder":          {"", "/web/", "/web2/", false},
		"above":                     {"the claim is wider", "/a/b/", "/a/", false},
		"dots":                      {"a path with .. matches nothing, so nothing is to be said of it", "/a/", "/a/../b", false},
		"double slash":              {"a path with an empty segment matches nothing", "/a/", "/a//b", false},
		"case":                      {"paths are compared with regard to case", "/web/", "/Web/", false},
		"escape":                    {"an escaped letter is the letter", "/web/", `/w\eb/x`, true},
		"escaped star":              {"a star that is escaped is a name, not a wildcard", "/a/b*/", `/a/\*/`, false},
		"escaped star, itself":      {"", "/a/*/**", `/a/\*/`, true},
		"escaped slash":             {"it is a slash like any other", "/a/", `/a\/b`, true},
		"wildcard escapes":          {"a wildcard reaches other folders", "/web/", "/w*/", false},
		"wildcard at the top":       {"", "/web/", "/*/", false},
		"any folder":                {"** in front reaches everywhere", "/web/", "/**/web/", false},
		"any folder inside":         {"", "/web/", "/web/**", true},
		"extension":                 {"", "*.go", "/a/*.go", true},
		"other extension":           {"", "*.go", "/a/*.go?", false},
		"stars":                     {"", "/*-test/", "/a*-test/", true},
		"stars, the other way":      {"", "/a*-test/", "/*-test/", false},
		"question":                  {"? is one character, which * may not be", "/a?/", "/a*/", false},
		"question in star":          {"", "/a*/", "/a??/", true},
		"question and letter":       {"", "/a?/", "/ab/", true},
		"one character, many bytes": {"", "/a?/", "/aé/", true},
		"lookalike":                 {"a Cyrillic letter is another one", "/a/", "/а/", false},
		"composed":                  {"names are compared byte for byte, as git does", "/é/", "/e\u0301/", false},
		"floating and anchored":     {"", "x/**/y", "/x/a/**/y", true},
		"floating name":             {"foo is foo anywhere", "foo", "/a/foo", true},
		"floating in anchored":      {"", "/a/", "foo", false},
		"middle":                    {"", "/a/**/b/", "/a/x/**/b/c", true},
		"middle, not":               {"", "/a/**/b/", "/a/x/**", false},
		"either ending":             {"", "/a/**", "/a/*", true},
		"exact in either":           {"", "/a/*", "/a/*", true},
		"many wildcards":            {"it ends", "/**/a/**/a/**/a/**/a/**/b", strings.Repeat("/**/a", 40), false},
		"long and contained":        {"it ends, though it may not be told", "/**/a/**/a/", strings.Repeat("/a", 200), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := contains(t, test.outer, test.inner); got != test.want {
				t.Errorf("%q contains %q: %v, want %v; %s", test.outer, test.inner, got, test.want, test.reason)
			}
		})
	}
}

func contains(t testing.TB, outer, inner string) bool {
	t.Helper()
	o, ok := CompilePattern(outer)
	if !ok {
		t.Fatalf("%q is no pattern", outer)
	}
	i, ok := CompilePattern(inner)
	if !ok {
		t.Fatalf("%q is no pattern", inner)
	}
	return o.Contains(i)
}

func TestNamesSensitive(t *testing.T) {
	for pattern, want := range map[string]bool{
		"/.github/": true, "/.github": true, "/.github/workflows/*.yml": true, "/.github/**": true, "/CODEOWNERS": true,
		"/docs/CODEOWNERS": true, "docs/CODEOWNERS": true, `/\.github/`: true, `/CODE\OWNERS`: true,
		"*": false, "/**": false, "/*": false, "/docs/": false, "/docs/*": false, "/.git*/": false, "/.github*/": false,
		"/CODEOWNER?": false, "**/CODEOWNERS": false, "CODEOWNERS": false, "/docs/CODEOWNERS/": true, "/a/CODEOWNERS": false,
		"/.GitHub/": false, "/docs/../CODEOWNERS": false, "/.github/../x": false, "/**/.github/": false, "/CODEOWNERS/x": false,
	} {
		p, ok := CompilePattern(pattern)
		if !ok {
			t.Fatal(pattern)
		}
		if got := p.NamesSensitive(); got != want {
			t.Errorf("%q: %v, want %v", pattern, got, want)
		}
	}
	for path, want := range map[string]bool{
		".github/CODEOWNERS": true, ".github/workflows/a/b.yml": true, "CODEOWNERS": true, "docs/CODEOWNERS": true,
		".github": false, ".githubx/a": false, "a/.github/b": false, "docs/a/CODEOWNERS": false, "codeowners": false,
	} {
		if got := IsSensitive(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}

func TestAnchored(t *testing.T) {
	for path, want := range map[string]string{"": "*", "a": "/a", "/a": "/a", "//a": "//a", "*": "/*", "**": "/**"} {
		if got := Anchored(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

// Whatever is said to be contained is: the matcher finds no path that speaks against it. So is what names sensitive files.
func TestContainsProperty(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "ab", "a*", "*", "**", "?", "a?", "*b", "*a*", "a*b", `\*`, ".github", "CODEOWNERS", "docs", "é", ".."})
	pattern := rapid.Custom(func(t *rapid.T) string {
		text := strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "parts"), "/")
		return rapid.SampledFrom([]string{"", "/"}).Draw(t, "start") + text + rapid.SampledFrom([]string{"", "", "/"}).Draw(t, "end")
	})
	name := rapid.SampledFrom([]string{"a", "b", "ab", "aab", "abb", "*", ".github", "CODEOWNERS", "docs", "é", "aé", "\xc3", "aXb"})
	path := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(name, 1, 5).Draw(t, "names"), "/") })
	contained := 0
	rapid.Check(t, func(t *rapid.T) {
		outer, inner := pattern.Draw(t, "outer"), pattern.Draw(t, "inner")
		if rapid.Bool().Draw(t, "related") { // so that many are contained
			inner = outer + rapid.SampledFrom([]string{"", "a", "/a", "/*", "/**", "*", "?"}).Draw(t, "more")
		}
		o, ok := CompilePattern(outer)
		i, valid := CompilePattern(inner)
		if !ok || !valid {
			return
		}
		paths := rapid.SliceOfN(path, 1, 30).Draw(t, "paths")
		if o.Contains(i) {
			contained++
			if escaping := escapes(outer, inner, paths); escaping != "" {
				t.Fatalf("%q is said to contain %q, but %q is matched by that alone", outer, inner, escaping)
			}
		}
		for _, each := range paths {
			if i.NamesSensitive() && matchesOne(inner, each) && !IsSensitive(each) && each != ".github" && !strings.HasPrefix(each, "CODEOWNERS/") &&
				!strings.HasPrefix(each, "docs/CODEOWNERS/") {
				t.Fatalf("%q is said to name sensitive files alone, but matches %q", inner, each)
			}
		}
	})
	if contained == 0 {
		t.Error("nothing was contained in anything, so nothing was tested")
	}
}

func matchesOne(pattern, path string) bool {
	return Compile([]Rule{{Line: 1, Pattern: pattern}}).Match(path).Rule == 0
}

// escapes is a path that the inner pattern matches and the outer one does not; empty where there is none.
func escapes(outer, inner string, paths []string) string {
	o, i := Compile([]Rule{{Line: 1, Pattern: outer}}), Compile([]Rule{{Line: 1, Pattern: inner}})
	for _, path := range paths {
		if i.Match(path).Rule == 0 && o.Match(path).Rule != 0 {
			return path
		}
	}
	return ""
}

// FuzzContains: no patterns panic, and no path speaks against what is said.
func FuzzContains(f *testing.F) {
	for _, outer := range []string{"*", "/a/", "/a", "a*b", "/a/*", "/**/a", "*.go", `/\*/`, "/a/**/b/"} {
		for _, inner := range []string{"*", "/a/b", "/a?b/", "/a/**", "/**/a/", `/a\ b`, "a*b*"} {
			f.Add(outer, inner, "a/b")
		}
	}
	f.Fuzz(func(t *testing.T, outer, inner, path string) {
		if len(outer) > 500 || len(inner) > 500 || len(path) > 200 || strings.IndexByte(path, 0) >= 0 {
			return // a pattern of a manifest is no longer; no path has a NUL
		}
		o, ok := CompilePattern(outer)
		i, valid := CompilePattern(inner)
		if !ok || !valid || !o.Contains(i) {
			return
		}
		paths := []string{path, path + "/a", path + ".js", "a/" + path, "a/b/" + path, strings.ReplaceAll(path, "*", "x"), strings.ReplaceAll(path, "*", "x/y")}
		if escaping := escapes(outer, inner, paths); escaping != "" {
			t.Fatalf("%q is said to contain %q, but %q is matched by that alone", outer, inner, escaping)
		}
	})
}

func BenchmarkContains(b *testing.B) {
	outer, _ := CompilePattern("/services/**/api/")
	inner, _ := CompilePattern("/services/pay/internal/api/*.go")
	for b.Loop() {
		outer.Contains(inner)
	}
}
