package policytest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// Policy is a parsed policy.
type Policy struct {
	File, Title, Description string
	// Severity and Subject are from the METADATA's custom part.
	Severity, Subject string
	// Parameters are the defaults, in the order of the text.
	Parameters []Parameter
	// Rules are the rules that say something.
	Rules []Rule

	text []byte
}

// Parameter is one parameter.
type Parameter struct {
	Name string
	// Default is the value as Rego writes it, Comment the comment above it in one line.
	Default, Comment string
}

// Rule is one deny, warn or declare rule and its METADATA.
type Rule struct {
	// Kind is "declare", "deny" or "warn".
	Kind, Title, Description string
	// Key is the shape of its keys, custom.key of the METADATA.
	Key string
}

// kinds are the names of rules whose results are taken.
var kinds = []string{"declare", "deny", "warn"}

// Parse reads a policy. The errors have OPA's file and line.
func Parse(file string, text []byte) (*Policy, error) {
	module, err := parse(file, text)
	if err != nil {
		return nil, err
	}
	policy := &Policy{File: file, Subject: "area", text: text}
	for _, annotation := range module.Annotations {
		if annotation.Scope != "package" {
			continue
		}
		policy.Title, policy.Description = annotation.Title, annotation.Description
		policy.Severity, _ = annotation.Custom["severity"].(string)
		if subject, given := annotation.Custom["subject"].(string); given {
			policy.Subject = subject
		}
	}
	policy.Parameters = parameters(module)
	for _, rule := range module.Rules {
		kind := ruleName(rule)
		if !slices.Contains(kinds, kind) {
			continue
		}
		documented := Rule{Kind: kind}
		for _, annotation := range rule.Annotations {
			documented.Title, documented.Description = annotation.Title, annotation.Description
			documented.Key, _ = annotation.Custom["key"].(string)
		}
		policy.Rules = append(policy.Rules, documented)
	}
	if len(policy.Rules) == 0 {
		return nil, fmt.Errorf("%s: has none of the rules %s", file, strings.Join(kinds, ", "))
	}
	return policy, nil
}

// Evaluate gives all that the policy says in the case, sorted by rule and key.
// It is an error if the case does not fit the documents, or the policy fails.
func (p *Policy) Evaluate(ctx context.Context, c Case) ([]Result, error) {
	input, data, err := c.documents(p.Subject)
	if err != nil {
		return nil, err
	}
	// Evaluating rewrites the module, and the parameters differ from case to case: each has a module of its own.
	module, err := parse(p.File, p.text)
	if err != nil {
		return nil, err
	}
	if err := override(module, c.Parameters); err != nil {
		return nil, fmt.Errorf("%s: %w", c, err)
	}
	value, err := ast.InterfaceToValue(input)
	if err != nil {
		return nil, fmt.Errorf("%s: making the input: %w", c, err)
	}
	store, err := storeOf(data)
	if err != nil {
		return nil, fmt.Errorf("%s: making data.remit: %w", c, err)
	}
	results := []Result{}
	for _, kind := range kinds {
		if !slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Kind == kind }) {
			continue
		}
		set, err := rego.New(
			rego.ParsedModule(module), rego.Store(store), rego.ParsedInput(value),
			rego.Query(module.Package.Path.String()+"."+kind), rego.Strict(true), rego.StrictBuiltinErrors(true),
		).Eval(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: evaluating %s: %w", c, p.File, err)
		}
		found, err := decode(kind, set)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c, p.File, err)
		}
		results = append(results, found...)
	}
	slices.SortFunc(results, Result.compare)
	return results, nil
}

func parse(file string, text []byte) (*ast.Module, error) {
	module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
	if err != nil {
		return nil, fmt.Errorf("parsing a policy: %w", err)
	}
	return module, nil
}

// storeOf serves the document as data.remit.
func storeOf(document any) (storage.Store, error) {
	text, err := json.Marshal(map[string]any{"remit": document})
	if err != nil {
		return nil, err
	}
	return inmem.NewFromReader(strings.NewReader(string(text))), nil
}

// decode takes the results of one rule. A result with a field that results do not have is an error.
func decode(kind string, set rego.ResultSet) ([]Result, error) {
	var results []Result
	for _, row := range set {
		for _, expression := range row.Expressions {
			text, err := json.Marshal(expression.Value)
			if err != nil {
				return nil, err
			}
			decoder := json.NewDecoder(strings.NewReader(string(text)))
			decoder.DisallowUnknownFields()
			var found []Result
			if err := decoder.Decode(&found); err != nil {
				return nil, fmt.Errorf("a result of %s has the wrong shape: %w", kind, err)
			}
			for i := range found {
				found[i].Rule = kind
			}
			results = append(results, found...)
		}
	}
	return results, nil
}
