package policy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/remit-dev/remit/controller/nearest"
)

// parametersRule is the name of the rule that holds a module's parameters.
const parametersRule = "parameters"

// setParameters writes the instance's parameters over the literal of the module.
//
//	`parameters` in the module   override in the manifest   result
//	----------------------------------------------------------------------------
//	absent                       none                       none
//	absent                       any                        problem: takes none
//	literal object               none                       the defaults
//	literal object               known, of the same type    the override
//	literal object               unknown, or another type   problem in the manifest
//	anything else                -                          problem in the module
func setParameters(module *ast.Module, r *report) {
	literal := findParameters(module, r)
	names := slices.Sorted(maps.Keys(r.source.Parameters))
	if literal == nil {
		if len(names) > 0 && len(r.problems) == 0 {
			r.manifest("spec.parameters", "remove them", "the policy takes no parameters")
		}
		return
	}
	var known []string
	literal.Foreach(func(key, _ *ast.Term) { known = append(known, string(key.Value.(ast.String))) })
	slices.Sort(known)
	for _, name := range names {
		key := ast.StringTerm(name)
		standing := literal.Get(key)
		if standing == nil {
			remedy := nearest.Question(name, known)
			if remedy == "" {
				remedy = "it has " + alternatives(known)
			}
			r.parameter(name, remedy, "the policy has no parameter %s", name)
			continue
		}
		value, err := parseJSON(r.source.Parameters[name])
		if err != nil {
			r.parameter(name, "write JSON", "the value cannot be read: %v", err)
			continue
		}
		if want, got := ast.ValueName(standing.Value), ast.ValueName(value); want != got {
			r.parameter(name, "the default is "+standing.String(), "want %s, not %s", a(want), a(got))
			continue
		}
		literal.Insert(key, &ast.Term{Value: value, Location: standing.Location})
	}
}

// a puts the article before the name of a type.
func a(name string) string {
	switch name {
	case "null":
		return name
	case "array", "object":
		return "an " + name
	}
	return "a " + name
}

func parseJSON(text []byte) (ast.Value, error) {
	decoder := util.NewJSONDecoder(bytes.NewReader(text))
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return ast.InterfaceToValue(value)
}

// findParameters gives the literal object of the module's parameters, or nil.
func findParameters(module *ast.Module, r *report) ast.Object {
	var literal ast.Object
	for _, rule := range module.Rules {
		if ruleName(rule) != parametersRule {
			continue
		}
		object, ok := plainObject(rule)
		switch {
		case !ok:
			r.at(rule.Location, "write `parameters := {...}` with plain JSON values", "parameters must be a literal object")
		case literal != nil:
			r.at(rule.Location, "write it once", "parameters is defined twice")
		default:
			literal = object
		}
	}
	return literal
}

func plainObject(rule *ast.Rule) (ast.Object, bool) {
	if rule.Head.Value == nil || len(rule.Head.Args) > 0 || rule.Default || rule.Else != nil ||
		len(rule.Head.Ref()) != 1 || rule.Head.RuleKind() != ast.SingleValue || !isTrue(rule.Body) {
		return nil, false
	}
	object, ok := rule.Head.Value.Value.(ast.Object)
	return object, ok && plainJSON(rule.Head.Value)
}

func isTrue(body ast.Body) bool {
	return len(body) == 0 || len(body) == 1 && body[0].Equal(ast.NewExpr(ast.BooleanTerm(true)))
}

// plainJSON says whether a term is a JSON value as it stands.
func plainJSON(term *ast.Term) bool {
	plain := true
	ast.WalkTerms(term, func(t *ast.Term) bool {
		switch value := t.Value.(type) {
		case ast.Null, ast.Boolean, ast.Number, ast.String, *ast.Array:
		case ast.Object:
			value.Foreach(func(key, _ *ast.Term) {
				if _, ok := key.Value.(ast.String); !ok {
					plain = false
				}
			})
		default:
			plain = false
		}
		return !plain
	})
	return plain
}

// Parameter is one parameter of an instance with the value in force, as JSON.
type Parameter struct {
	Name  string
	Value json.RawMessage
}
