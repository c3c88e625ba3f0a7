package policytest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// parametersRule is the rule `parameters := {…}`, or nil where the module has none.
func parametersRule(module *ast.Module) (*ast.Rule, ast.Object) {
	for _, rule := range module.Rules {
		if ruleName(rule) != "parameters" || rule.Head.Value == nil {
			continue
		}
		if object, literal := rule.Head.Value.Value.(ast.Object); literal {
			return rule, object
		}
	}
	return nil, nil
}

func ruleName(rule *ast.Rule) string {
	return strings.Trim(rule.Head.Ref()[0].String(), `"`)
}

// parameters are the parameters with their defaults and comments, in the order of the text.
func parameters(module *ast.Module) []Parameter {
	_, object := parametersRule(module)
	if object == nil {
		return nil
	}
	above := map[int]string{}
	for _, comment := range module.Comments {
		above[comment.Location.Row] = strings.TrimSpace(string(comment.Text))
	}
	keys := object.Keys()
	slices.SortFunc(keys, func(a, b *ast.Term) int { return a.Location.Row - b.Location.Row })
	list := make([]Parameter, 0, len(keys))
	for _, key := range keys {
		var lines []string
		for row := key.Location.Row - 1; above[row] != ""; row-- {
			lines = append([]string{above[row]}, lines...)
		}
		list = append(list, Parameter{
			Name: string(key.Value.(ast.String)), Default: object.Get(key).String(), Comment: strings.Join(lines, " "),
		})
	}
	return list
}

// override replaces the defaults that are given. An unknown parameter, or one
// whose value is of another type than the default, is an error.
func override(module *ast.Module, given map[string]any) error {
	if len(given) == 0 {
		return nil
	}
	rule, object := parametersRule(module)
	if rule == nil {
		return fmt.Errorf("the policy has no parameters, but %s is given", strings.Join(slices.Sorted(maps.Keys(given)), ", "))
	}
	merged := ast.NewObject()
	object.Foreach(func(key, value *ast.Term) { merged.Insert(key, value) })
	for _, name := range slices.Sorted(maps.Keys(given)) {
		key := ast.StringTerm(name)
		value, err := ast.InterfaceToValue(given[name])
		if err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
		old := object.Get(key)
		if old == nil {
			return fmt.Errorf("the policy has no parameter %s", name)
		}
		if ast.ValueName(old.Value) != ast.ValueName(value) {
			return fmt.Errorf("parameter %s: want a value of type %s", name, ast.ValueName(old.Value))
		}
		merged.Insert(key, ast.NewTerm(value))
	}
	rule.Head.Value = ast.NewTerm(merged)
	return nil
}
