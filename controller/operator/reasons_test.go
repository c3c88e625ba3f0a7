package operator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reasonRow is a row of a table of reasons in docs/controller.md.
var reasonRow = regexp.MustCompile("(?m)^\\| (`[A-Z][A-Za-z]+`(?:, `[A-Z][A-Za-z]+`)*) \\|")

var reasonWord = regexp.MustCompile(`^[A-Z][A-Za-z]+$`)

// docs/controller.md has each reason of a condition that is in the code, and no other.
func TestDocumentedReasons(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "controller.md"))
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, row := range reasonRow.FindAllStringSubmatch(string(page), -1) {
		for each := range strings.SplitSeq(row[1], ", ") {
			if reason := strings.Trim(each, "`"); reason != "Ready" && reason != "Stalled" && reason != "Reconciling" {
				documented = append(documented, reason)
			}
		}
	}
	slices.Sort(documented)
	found := map[string]bool{}
	for _, folder := range []string{".", "../manifest", "../snapshot", "../policy", "../engine", "../grant", "../source/git"} {
		reasonsIn(t, folder, found)
	}
	var taken []string
	for reason := range found {
		taken = append(taken, reason)
	}
	slices.Sort(taken)
	if diff := cmp.Diff(taken, documented); diff != "" {
		t.Errorf("reasons (-in the code +on the page):\n%s", diff)
	}
}

// reasonsIn finds the reasons in a package's source:
//
//	Reason: "X" in a literal, problem.Reason = "X"      a problem's or a condition's
//	condition(type, status, "X", message)               a condition's
//	waitingStatus("X", message), hold(…, "X", message)  a Remediation's that waits
//	outside("X", message)                               a RoleAssignment's whose time it is not
//	cmp.Or(problem.Reason, "X")                         the one of a problem that has none
//	const ReasonX = "X", ScopeX = "X"                   a constant's
//	var reasons = map[...]string{...: "X"}              a table's
func reasonsIn(t *testing.T, folder string, found map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	take := func(expression ast.Expr) {
		if literal, is := expression.(*ast.BasicLit); is && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil && reasonWord.MatchString(text) {
				found[text] = true
			}
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.KeyValueExpr:
				if key, is := n.Key.(*ast.Ident); is && key.Name == "Reason" {
					take(n.Value)
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if isReason(left) && i < len(n.Rhs) {
						take(n.Rhs[i])
					}
				}
			case *ast.CallExpr:
				for _, argument := range reasonArguments(n) {
					take(argument)
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					switch {
					case i >= len(n.Values):
					case strings.HasPrefix(name.Name, "Reason"), strings.HasPrefix(name.Name, "Scope"), name.Name == "InvalidPath":
						take(n.Values[i])
					case name.Name == "reasons":
						if table, is := n.Values[i].(*ast.CompositeLit); is {
							for _, element := range table.Elts {
								take(element.(*ast.KeyValueExpr).Value)
							}
						}
					}
				}
			case *ast.ReturnStmt: // stalled by "X", with a message
				if len(n.Results) == 2 {
					take(n.Results[0])
				}
			}
			return true
		})
	}
}

// isReason says whether a reason is assigned to: problem.Reason, or a variable of that name.
func isReason(to ast.Expr) bool {
	switch n := to.(type) {
	case *ast.SelectorExpr:
		return n.Sel.Name == "Reason"
	case *ast.Ident:
		return n.Name == "reason"
	}
	return false
}

// reasonArguments are the arguments of a call that are reasons.
func reasonArguments(call *ast.CallExpr) []ast.Expr {
	name := ""
	switch n := call.Fun.(type) {
	case *ast.Ident:
		name = n.Name
	case *ast.SelectorExpr:
		name = n.Sel.Name
	}
	switch {
	case name == "condition" && len(call.Args) == 4:
		return call.Args[2:3]
	case (name == "withReason" || name == "waitingStatus" || name == "outside") && len(call.Args) == 2:
		return call.Args[:1]
	case name == "hold" && len(call.Args) == 4:
		return call.Args[2:3]
	case name == "Or" && len(call.Args) == 2 && isReason(call.Args[0]):
		return call.Args[1:]
	}
	return nil
}
