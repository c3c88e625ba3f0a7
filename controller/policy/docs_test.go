package policy

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
)

// TestDocs compiles each policy of docs/policies.md, and runs the tests in it as
// `opa test` would.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```rego\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	var sources []Source
	modules := map[string]*ast.Module{}
	for _, block := range blocks {
		text := block[1]
		module, err := ast.ParseModuleWithOpts("docs", text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		name := module.Package.Path.String()
		modules[name] = module
		if !strings.HasSuffix(name, "_test") {
			sources = append(sources, source(name, text))
		}
	}
	if len(sources) != 4 || len(modules) != 5 {
		t.Fatalf("%d policies of %d modules", len(sources), len(modules))
	}
	mustCompile(t, sources...)
	results, err := tester.NewRunner().SetModules(modules).RunTests(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for result := range results {
		if !result.Pass() {
			t.Errorf("%s: %v", result, result.Error)
		}
		passed++
	}
	if passed != 4 {
		t.Errorf("%d tests ran", passed)
	}
}

// TestDocumentedFunctions compares the list in the page with the functions that
// there are.
func TestDocumentedFunctions(t *testing.T) {
	page, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(page), "## Functions\n")
	if !found {
		t.Fatal("no section")
	}
	var documented []string
	for _, match := range regexp.MustCompile("`([a-z0-9_.]+)`").FindAllStringSubmatch(list, -1) {
		documented = append(documented, match[1])
	}
	var want []string
	for _, name := range AllowedBuiltins() {
		if !strings.HasPrefix(name, "internal.") {
			want = append(want, name)
		}
	}
	if got := strings.Join(documented, " "); got != strings.Join(want, " ") {
		t.Errorf("got  %s\nwant %s", got, strings.Join(want, " "))
	}
}

// TestBuiltins asserts that what is allowed exists, is pure, and that nothing
// else can be called, also not under another name.
func TestBuiltins(t *testing.T) {
	s := newSeal()
	for _, name := range allowedBuiltins {
		builtin := ast.BuiltinMap[name]
		if builtin == nil || builtin.IsNondeterministic() {
			t.Errorf("%s does not exist, or is not pure", name)
		}
		if _, unsafe := s.unsafe[name]; unsafe {
			t.Errorf("%s is allowed and refused", name)
		}
	}
	if len(s.unsafe)+len(allowedBuiltins) != len(ast.CapabilitiesForThisVersion().Builtins) {
		t.Error("a builtin is neither allowed nor refused")
	}
	for name := range s.unsafe {
		if !strings.Contains(name, ".") || ast.BuiltinMap[name].Decl.Arity() != 1 {
			continue
		}
		for _, body := range []string{name + "(input.area.id)", "count(input.area.id) > 1 with count as " + name} {
			text := head("") + `deny contains {"key": "k", "message": "m"} if ` + body
			if _, problems := Compile([]Source{source("p", text)}); len(problems) == 0 {
				t.Errorf("%s compiles", body)
			}
		}
	}
}
