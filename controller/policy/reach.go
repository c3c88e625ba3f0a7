package policy

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/remit-dev/remit/controller/policy/encode"
	"github.com/remit-dev/remit/controller/policy/store"
)

// reach finds what rules can read: the references in them and in every rule that
// they use, however far down.
type reach struct {
	compiler *ast.Compiler
	seen     map[*ast.Rule]bool
	refs     []ast.Ref
}

func reachOf(compiler *ast.Compiler, roots ...*ast.Rule) []ast.Ref {
	r := reach{compiler: compiler, seen: map[*ast.Rule]bool{}}
	for _, rule := range roots {
		r.visit(rule)
	}
	return r.refs
}

func (r *reach) visit(rule *ast.Rule) {
	if r.seen[rule] {
		return
	}
	r.seen[rule] = true
	ast.NewGenericVisitor(func(node any) bool {
		switch node := node.(type) {
		case ast.Ref:
			r.refs = append(r.refs, node)
			for _, term := range node[1:] {
				ast.WalkRefs(term, func(inner ast.Ref) bool {
					r.refs = append(r.refs, inner)
					return false
				})
			}
			return true
		case ast.Var:
			if node.Equal(ast.InputRootDocument.Value) || node.Equal(ast.DefaultRootDocument.Value) {
				r.refs = append(r.refs, ast.Ref{ast.NewTerm(node)})
			}
		}
		return false
	}).Walk(rule)
	for node := range r.compiler.Graph.Dependencies(rule) {
		if used, ok := node.(*ast.Rule); ok {
			r.visit(used)
		}
	}
}

// inputsOf is the part of input that the references cover.
func inputsOf(refs []ast.Ref) *encode.Mask {
	mask := &encode.Mask{}
	for _, ref := range refs {
		if !ref[0].Equal(ast.InputRootDocument) {
			continue
		}
		var path []string
		for _, term := range ref[1:] {
			name, ok := term.Value.(ast.String)
			if !ok {
				break
			}
			path = append(path, string(name))
		}
		mask.Add(path...)
	}
	return mask
}

// checkDeclare keeps declare rules away from what is computed from declarations:
// they would feed on themselves.
func checkDeclare(refs []ast.Ref, r *report) {
	const remedy = "declare from manifests and observations only, and judge the rest in deny or warn"
	for _, ref := range refs {
		location := ref[0].Location
		for _, term := range ref[1:] {
			if location == nil || location.Row == 0 {
				location = term.Location
			}
		}
		switch {
		case ref[0].Equal(ast.InputRootDocument) && covers(ref[1:], "drift"):
			r.at(location, remedy, "a declare rule reads input.drift, which is computed from what is declared")
		case !ref[0].Equal(ast.DefaultRootDocument) || len(ref) < 3 || !isText(ref[1], store.Root):
		case isText(ref[2], "load"):
			r.at(location, remedy, "a declare rule reads data.remit.load, which is computed from what is declared")
		case isText(ref[2], "areas") && (len(ref) < 4 || covers(ref[4:], "declared") || covers(ref[4:], "observed")):
			r.at(location, remedy+"; of other areas name one of tier, parent and labels", "a declare rule reads roles of other areas")
		}
	}
}

// covers says whether the rest of a reference reaches a field: it names it, or
// takes in all fields.
func covers(rest ast.Ref, field string) bool {
	if len(rest) == 0 {
		return true
	}
	name, named := rest[0].Value.(ast.String)
	return !named || string(name) == field
}
