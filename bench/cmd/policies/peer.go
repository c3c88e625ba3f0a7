package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy"
)

// peer is OPA through its own Go API, as its documentation recommends for speed.
type peer struct {
	queries  []rego.PreparedEvalQuery
	rules    [][]rule // of each query, in the order of its array
	inputs   []ast.Value
	subjects []policy.Subject
}

type rule struct {
	policy   string
	name     string
	severity ownership.Severity
}

func newPeer(sources []policy.Source, subjects []policy.Subject, data *policy.Data, one bool) (*peer, error) {
	p := &peer{subjects: subjects}
	parsed := map[string]*ast.Module{}
	var groups [][]rule
	for _, source := range sources {
		module, err := ast.ParseModuleWithOpts(source.File, string(source.Text), ast.ParserOptions{ProcessAnnotation: true})
		if err != nil {
			return nil, err
		}
		parsed[source.File] = module
		severity := ownership.Severity(fmt.Sprint(module.Annotations[0].Custom["severity"]))
		var rules []rule
		for _, name := range []string{"deny", "warn"} {
			if slices.ContainsFunc(module.Rules, func(r *ast.Rule) bool { return r.Head.Ref()[0].String() == name }) {
				rules = append(rules, rule{policy: source.Name, name: name, severity: severity})
			}
		}
		if one && len(groups) == 1 {
			groups[0] = append(groups[0], rules...)
		} else {
			groups = append(groups, rules)
		}
	}
	compiler := ast.NewCompiler()
	if compiler.Compile(parsed); compiler.Failed() {
		return nil, compiler.Errors
	}
	var plain map[string]any
	if err := convert(map[string]any{"remit": data}, &plain); err != nil {
		return nil, err
	}
	store := inmem.NewFromObjectWithOpts(plain, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	for _, rules := range groups {
		var refs []string
		for _, rule := range rules {
			refs = append(refs, fmt.Sprintf("data.remit.policies.%s.%s", rule.policy, rule.name))
		}
		query, err := rego.New(rego.Compiler(compiler), rego.Store(store), rego.Query("["+strings.Join(refs, ", ")+"]"), rego.StrictBuiltinErrors(true)).
			PrepareForEval(context.Background())
		if err != nil {
			return nil, err
		}
		p.queries, p.rules = append(p.queries, query), append(p.rules, rules)
	}
	for _, subject := range subjects {
		var plain any
		if err := convert(subject.Input, &plain); err != nil {
			return nil, err
		}
		input, err := ast.InterfaceToValue(plain)
		if err != nil {
			return nil, err
		}
		p.inputs = append(p.inputs, input)
	}
	return p, nil
}

func convert(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	return decoder.Decode(to)
}

// judge evaluates without a goroutine or metrics for each evaluation.
func (p *peer) judge() ([]ownership.Finding, error) {
	ctx, cancel := context.Background(), topdown.NewCancel()
	var findings []ownership.Finding
	for i, input := range p.inputs {
		for q, query := range p.queries {
			results, err := query.Eval(ctx, rego.EvalParsedInput(input), rego.EvalExternalCancel(cancel), rego.EvalMetrics(metrics.NoOp()))
			if err != nil {
				return nil, err
			}
			for r, found := range results[0].Expressions[0].Value.([]any) {
				rule := p.rules[q][r]
				for _, each := range found.([]any) {
					findings = append(findings, rule.finding(p.subjects[i].ID, each.(map[string]any)))
				}
			}
		}
	}
	slices.SortFunc(findings, ownership.Finding.Compare)
	return findings, nil
}

func (r rule) finding(subject string, result map[string]any) ownership.Finding {
	text := func(name string) string {
		value, _ := result[name].(string)
		return value
	}
	finding := ownership.Finding{
		Policy: r.policy, Subject: subject, Key: text("key"), Rule: r.name, Severity: r.severity, Status: ownership.Raised,
		Message: text("message"), Role: ownership.Role(text("role")), Holder: ownership.Holder(text("holder")),
	}
	if location, ok := result["location"].(map[string]any); ok {
		finding.Location.Repository, _ = location["repository"].(string)
		finding.Location.File, _ = location["file"].(string)
		if line, ok := location["line"].(json.Number); ok {
			at, _ := line.Int64()
			finding.Location.Line = int(at)
		}
	}
	return finding
}
