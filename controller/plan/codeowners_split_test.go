package plan

import (
	"fmt"
	"strings"
	"testing"
)

// numbered are names with a number each, behind which stands the rest.
func numbered(prefix string, n int, rest ...string) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%s%d%s", prefix, i, strings.Join(rest, "")))
	}
	return strings.Join(names, " ")
}

// keepers are areas in folders of api that are content with @x.
func keepers(prefix string, n int) []plot {
	var plots []plot
	for i := range n {
		name := fmt.Sprintf("%s%d", prefix, i)
		plots = append(plots, plot{name: name, paths: "api/" + name, approvers: "x"})
	}
	return plots
}

func TestSplits(t *testing.T) {
	api := plot{name: "api", paths: "api", approvers: "new"}
	checkRepairs(t, map[string]repairCase{
		"shared with nobody's files": {
			reason: "files that no area claims keep their owners: the area gets a rule below the shared one",
			estate: estate{rules: "* @x\n*.md @docs\n", files: "api/a main.go", plots: []plot{api}},
			want:   "* @x\n/api @x @new\n*.md @docs\n",
		},
		"shared with another area": {
			reason: "who is content keeps what it has",
			estate: estate{rules: "* @x\n", files: "api/a web/b", plots: []plot{api, {name: "web", paths: "web", approvers: "x"}}},
			want:   "* @x\n/api @x @new\n",
		},
		"two areas, each its own": {
			reason: "each gets a rule; the order is by how specific they are, then by name",
			estate: estate{rules: "* @x\n", files: "api/a web/b main.go", plots: []plot{{name: "web", paths: "web/", approvers: "two"}, api}},
			want:   "* @x\n/api @x @new\n/web/ @x @two\n",
		},
		"several holders at once": {
			reason: "several who are missing come with one rule",
			estate: estate{rules: "* @x\n", files: "api/a main.go", plots: []plot{{name: "api", paths: "api", approvers: "one x two"}}},
			want:   "* @x\n/api @x @one @two\n",
		},
		"a scope of several paths": {
			reason: "each path that has files under the rule gets a rule",
			estate: estate{rules: "* @x\n", files: "api/a lib/b main.go", plots: []plot{{name: "api", paths: "api/ lib/ gone/", approvers: "new"}}},
			want:   "* @x\n/api/ @x @new\n/lib/ @x @new\n",
		},
		"one level only": {
			reason: "a claim of `dir/*` is a rule of `/dir/*`, and leaves what is deeper",
			estate: estate{rules: "* @x\n", files: "api/a api/b/c", plots: []plot{{name: "api", paths: "api/*", approvers: "new"}}},
			want:   "* @x\n/api/* @x @new\n",
		},
		"wildcard": {
			reason: "a claim with a wildcard is a rule as it is",
			estate: estate{rules: "* @x\n", files: "api/a.go api/b.md", plots: []plot{{name: "api", paths: "/api/*.go", approvers: "new"}}},
			want:   "* @x\n/api/*.go @x @new\n",
		},
		"a file": {
			reason: "a claim of one file is a rule for it",
			estate: estate{rules: "* @x\n", files: "go.mod main.go", plots: []plot{{name: "api", paths: "go.mod", approvers: "new"}}},
			want:   "* @x\n/go.mod @x @new\n",
		},
		"above a heading": {
			reason: "what no rule decides over comes before the heading of the rules that may decide over its like",
			estate: estate{rules: "# the file\n\n# scripts\n# and more\n*.js @x\n", files: "api/a main.js", plots: []plot{api}},
			want:   "# the file\n\n/api @new\n# scripts\n# and more\n*.js @x\n",
		},
		"a file that begins with a heading": {
			reason: "such a comment is about the file",
			estate: estate{rules: "# the file\n*.js @x\n", files: "api/a main.js", plots: []plot{api}},
			want:   "# the file\n/api @new\n*.js @x\n",
		},
		"later rules stay in force": {
			reason: "the new rule stands above them, and where they decide their owners are edited too",
			estate: estate{rules: "* @x\n/api/b @y\n", files: "api/a api/b main.go", plots: []plot{api}},
			want:   "* @x\n/api @x @new\n/api/b @y @new\n",
		},
		"two shared rules": {
			reason: "below each, a rule takes just what the rule decided over",
			estate: estate{rules: "* @x\n*.js @js\n", files: "api/a.go api/b.js web/a.go web/b.js", plots: []plot{api}},
			want:   "* @x\n/api @x @new\n*.js @js\n/api/**/*.js @js @new\n",
		},
		"two shared rules, one level": {
			reason: "the same for a claim of one level",
			estate: estate{rules: "* @x\n*.js @js\n", files: "api/a.go api/b.js web/a.go web/b.js", plots: []plot{{name: "api", paths: "api/*", approvers: "new"}}},
			want:   "* @x\n/api/* @x @new\n*.js @js\n/api/*.js @js @new\n",
		},
		"unmatched beside matched": {
			reason: "files without a rule get one before all others, which stay in force",
			estate: estate{rules: "# of js\n*.js @js\n", files: "api/a.go api/b.js", plots: []plot{api}},
			want:   "# of js\n/api @new\n*.js @js @new\n",
		},
		"unmatched, at the end": {
			reason: "where no rule can speak of the area's files, theirs comes last",
			estate: estate{rules: "/web/ @x\n", files: "api/a.go web/b", plots: []plot{api}},
			want:   "/web/ @x\n/api @new\n",
		},
		"unmatched, without a last line break": {
			reason: "the last line gets one, and the new last line none",
			estate: estate{rules: "/web/ @x", files: "api/a.go web/b", plots: []plot{api}},
			want:   "/web/ @x\n/api @new",
		},
		"unmatched, not to the end": {
			reason: "a rule without files may get some: it is not overridden",
			estate: estate{rules: "/web/ @x\n/api/secret/ @safe\n", files: "api/a.go web/b", plots: []plot{api}},
			want:   "/api @new\n/web/ @x\n/api/secret/ @safe\n",
		},
		"no CODEOWNERS": {
			reason: "the file is made",
			estate: estate{noRules: true, files: "api/a web/b", plots: []plot{api, {name: "all", approvers: "root"}}},
			want:   "* @root\n/api @new\n",
		},
		"empty CODEOWNERS": {
			reason: "comments stay",
			estate: estate{rules: "# nobody yet\n", files: "api/a", plots: []plot{{name: "all", approvers: "root"}}},
			want:   "# nobody yet\n* @root\n",
		},
		"area inside": {
			reason: "a more specific area wishes something else: its rule comes later",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b main.go", plots: []plot{api, {name: "v2", paths: "api/v2", approvers: "two"}}},
			want:   "* @x\n/api @x @new\n/api/v2 @x @two\n",
		},
		"area inside that wishes nothing": {
			reason: "it gets a rule with what it has",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b main.go", plots: []plot{api, {name: "v2", paths: "api/v2", approvers: "x"}}},
			want:   "* @x\n/api @x @new\n/api/v2 @x\n",
		},
		"area inside that wishes the same": {
			reason: "the rule of the outer one does for both",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b main.go", plots: []plot{api, {name: "v2", paths: "api/v2", parent: "api"}}},
			want:   "* @x\n/api @x @new\n",
		},
		"suspended area inside": {
			reason: "it claims its files all the same, and wishes nothing",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b main.go", plots: []plot{api, {name: "v2", paths: "api/v2", suspended: true}}},
			want:   "* @x\n/api @x @new\n/api/v2 @x\n",
		},
		"three levels": {
			reason: "each inside the other, the middle one content",
			estate: estate{rules: "* @x\n", files: "a/1 a/b/2 a/b/c/3 main", plots: []plot{{name: "a", paths: "a", approvers: "one"}, {name: "b", paths: "a/b", approvers: "x"}, {name: "c", paths: "a/b/c", approvers: "three"}}},
			want:   "* @x\n/a @x @one\n/a/b @x\n/a/b/c @x @three\n",
		},
		"the whole of a rule but for an area inside": {
			reason: "a rule with the same pattern below would override it whole: it is edited, and the inner area gets a rule",
			estate: estate{rules: "# all\n* @x\n*.md @docs\n", files: "a api/b", plots: []plot{{name: "all", approvers: "root"}, {name: "api", paths: "api", approvers: "x"}}},
			want:   "# all\n* @x @root\n/api @x\n*.md @docs\n",
		},
		"the whole of a rule, both wish": {
			reason: "likewise where the inner area wishes something else",
			estate: estate{rules: "/api/ @x\n", files: "api/a api/v2/b", plots: []plot{api, {name: "v2", paths: "api/v2/", approvers: "two"}}},
			want:   "/api/ @x @new\n/api/v2/ @x @two\n",
		},
		"what all wish, and one more": {
			reason: "the rule gets what all wish, and the area's own rule that and the rest",
			estate: estate{rules: "* @x\n", files: "api/a web/b", plots: []plot{{name: "api", paths: "api", approvers: "new two"}, {name: "web", paths: "web", approvers: "new"}}},
			want:   "* @x @new\n/api @x @new @two\n",
		},
		"unmatched, an area inside without anybody": {
			reason: "there is nothing to keep, so that the rules take just the outer area's files",
			estate: estate{rules: "/web/ @x\n", files: "api/a api/b/c api/v2/d web/e", plots: []plot{api, {name: "v2", paths: "api/v2"}}},
			want:   "/web/ @x\n/api/* @new\n/api/b/ @new\n",
		},
		"ownerless rule, an area inside": {
			reason: "a rule without owners is not written for others' sake",
			estate: estate{rules: "/api/\n", files: "api/a api/v2/d web/e", plots: []plot{api, {name: "v2", paths: "api/v2"}}},
			want:   "/api/\n/api/* @new\n",
		},
		"names that need escapes": {
			reason: "brackets are escaped where files have to be named one by one",
			estate: estate{rules: "/web/ @x\n", files: "api/[a] api/z web/e", plots: []plot{api, {name: "z", paths: "api/z"}}},
			want:   "/web/ @x\n/api/\\[a\\] @new\n",
		},
		"a name that no pattern stands for": {
			reason: "a `#` cannot be escaped",
			estate: estate{rules: "/web/ @x\n", files: "api/a#b api/z web/e", plots: []plot{api, {name: "z", paths: "api/z"}}},
			want:   "/web/ @x\n", held: []string{"inexpressible api+@new"},
		},
		"too many files to name": {
			reason: "a list of all the files of an area is no rule that somebody would want",
			estate: estate{rules: "/web/ @x\n", files: "api/z " + numbered("api/", maxNarrow+1), plots: []plot{api, {name: "z", paths: "api/z"}}},
			want:   "/web/ @x\n", held: []string{"inexpressible api+@new"},
		},
		"too many areas inside": {
			reason: "where too many areas inside would have to keep theirs, the rules are narrower",
			estate: estate{rules: "* @x\n", files: "web/b " + numbered("api/a/", maxNarrow+1) + " " + numbered("api/k", maxKept+1, "/f"),
				plots: append(keepers("k", maxKept+1), api, plot{name: "web", paths: "web", approvers: "two"})},
			want: "* @x\n/web @x @two\n/api/a/ @x @new\n",
		},
		"two areas, neither inside the other": {
			reason: "equal claims of one file stall both, so that what they wish rests on something unknown",
			estate: estate{rules: "* @x\n", files: "api/a web/b", plots: []plot{api, {name: "twin", paths: "api", approvers: "two"}}},
			want:   "* @x\n",
		},
		"an owner that may not be written": {
			reason: "what is there may be read, but not written by an edit",
			estate: estate{rules: "* @a@b.c\n", files: "api/a web/b", plots: []plot{api}},
			want:   "* @a@b.c\n", held: []string{"inexpressible api+@a@b.c,@new"},
		},
	})
}
