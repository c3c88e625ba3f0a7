package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// Each reason for which an area is stalled, and each of drift, is explained in docs/reports.md; each brake in docs/plans.md. So are
// those that are added one day: they are taken from the code.
func TestReasonsAreDocumented(t *testing.T) {
	stalled := slices.Concat(constantsAbout(t, "../snapshot/area.go", "Reasons why an area is stalled"),
		constantsAbout(t, "../manifest/set.go", "The reasons for an area to be broken"))
	drift := slices.Concat(constantsAbout(t, "../drift/drift.go", "Reasons of drift"), constantsAbout(t, "../drift/emeritus.go", "Emeritus is the reason"),
		reasonsOfDead(t, "../snapshot/holder.go"))
	var brakes []string
	for _, brake := range ownership.Brakes() {
		brakes = append(brakes, string(brake))
	}
	for name, test := range map[string]struct {
		page, section string
		reasons       []string
		least         int
	}{
		"stalled": {"reports.md", "### Why an area is stalled\n", stalled, 8},
		"drift":   {"reports.md", "### The reasons of drift\n", drift, 12},
		"brakes":  {"plans.md", "## Brakes: what holds a change back\n", brakes, 8},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("../../docs/" + test.page)
			if err != nil {
				t.Fatal(err)
			}
			_, section, found := strings.Cut(string(text), test.section)
			if section, _, _ = strings.Cut(section, "\n##"); !found || len(test.reasons) < test.least {
				t.Fatalf("the section is there: %v; the reasons are %q", found, test.reasons)
			}
			for _, reason := range test.reasons {
				if !strings.Contains(section, "| `"+reason+"` |") {
					t.Errorf("docs/%s does not explain %s", test.page, reason)
				}
			}
		})
	}
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// constantsAbout are the texts of a group of constants, by how its comment begins.
func constantsAbout(t *testing.T, path, comment string) []string {
	t.Helper()
	var values []string
	for _, declaration := range parse(t, path).Decls {
		if group, is := declaration.(*ast.GenDecl); is && group.Tok == token.CONST && strings.HasPrefix(group.Doc.Text(), comment) {
			ast.Inspect(group, func(node ast.Node) bool { values = appendText(values, node); return true })
		}
	}
	return values
}

// reasonsOfDead are the reasons for a holder to be none, Standing{Dead, reason, message}.
func reasonsOfDead(t *testing.T, path string) []string {
	t.Helper()
	var values []string
	ast.Inspect(parse(t, path), func(node ast.Node) bool {
		if literal, is := node.(*ast.CompositeLit); is && len(literal.Elts) == 3 {
			if status, is := literal.Elts[0].(*ast.Ident); is && status.Name == "Dead" {
				values = appendText(values, literal.Elts[1])
			}
		}
		return true
	})
	return values
}

func appendText(values []string, node ast.Node) []string {
	if literal, is := node.(*ast.BasicLit); is && literal.Kind == token.STRING {
		if text, err := strconv.Unquote(literal.Value); err == nil && !slices.Contains(values, text) {
			return append(values, text)
		}
	}
	return values
}
