package policy

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// inlineParameters writes the values of parameters in place of references to
// them, once OPA has checked the references' types. A parameter then costs
// nothing when a policy runs, and rules that compare with one can be indexed.
func inlineParameters(compiler *ast.Compiler, own ast.Ref) {
	prefix := own.Append(ast.StringTerm(parametersRule))
	rules := compiler.GetRulesExact(prefix)
	if len(rules) != 1 || rules[0].Head.Value == nil {
		return
	}
	values, ok := rules[0].Head.Value.Value.(ast.Object)
	if !ok {
		return
	}
	for _, module := range compiler.Modules {
		for _, rule := range module.Rules {
			for ; rule != nil; rule = rule.Else {
				inlineBody(rule.Body, prefix, values)
			}
		}
	}
}

// inlineBody goes through the operands of a body's expressions, where the
// compiler has put every reference, and leaves what a `with` replaces alone.
func inlineBody(body ast.Body, prefix ast.Ref, values ast.Object) {
	for _, expr := range body {
		if len(expr.With) > 0 {
			continue
		}
		switch terms := expr.Terms.(type) {
		case []*ast.Term:
			for _, term := range terms[1:] {
				inlineTerm(term, prefix, values)
			}
		case *ast.Every:
			inlineBody(terms.Body, prefix, values)
		}
	}
}

func inlineTerm(term *ast.Term, prefix ast.Ref, values ast.Object) {
	switch value := term.Value.(type) {
	case ast.Ref:
		if !value.HasPrefix(prefix) || !value.IsGround() {
			return
		}
		if constant, err := values.Find(value[len(prefix):]); err == nil {
			term.Value = constant
		}
	case *ast.ArrayComprehension:
		inlineBody(value.Body, prefix, values)
	case *ast.SetComprehension:
		inlineBody(value.Body, prefix, values)
	case *ast.ObjectComprehension:
		inlineBody(value.Body, prefix, values)
	}
}

// replacesParameters says whether the module replaces its parameters with `with`
// somewhere; then they are no constants.
func replacesParameters(module *ast.Module) bool {
	found := false
	ast.WalkWiths(module, func(with *ast.With) bool {
		target, ok := with.Target.Value.(ast.Ref)
		if !ok || target[0].Equal(ast.InputRootDocument) {
			return false
		}
		found = found || target[0].Equal(ast.DefaultRootDocument) && (len(target) < 3 || isText(target[2], "policies")) ||
			target[0].Equal(ast.VarTerm(parametersRule))
		return false
	})
	return found
}
