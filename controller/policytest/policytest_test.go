package policytest_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/policytest"
)

const rego = `# METADATA
# title: Sample
# description: A sample.
# custom: {severity: low, subject: area}
package remit.policies.sample

parameters := {
	# What is said,
	# in two lines.
	"word": "hello",
	"limit": 1,
}

# METADATA
# title: Too long
# description: The name is too long.
# custom: {key: long}
deny contains {"key": "long", "message": parameters.word, "role": role} if {
	count(input.area.name) > parameters.limit
	some role, holders in input.declared
	count(holders) == 0
	role == "deputy"
}

warn contains {"key": "teams", "message": "none"} if count(data.remit.teams) == 0

declare contains {"role": "approver", "holder": "user:a", "reason": "because"} if input.area.labels.declare

declare contains {"role": "approver", "holder": "user:a", "reasons": "wrong"} if input.area.labels.misspelt
`

func load(t *testing.T, text string) []policytest.Case {
	t.Helper()
	cases, err := policytest.Load(fstest.MapFS{"cases/a.yaml": {Data: []byte(text)}}, "cases")
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func parse(t *testing.T) *policytest.Policy {
	t.Helper()
	policy, err := policytest.Parse("sample.rego", []byte(rego))
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

func TestParse(t *testing.T) {
	got := parse(t)
	if got.Title != "Sample" || got.Description != "A sample." || got.Severity != "low" || got.Subject != "area" {
		t.Errorf("METADATA is read wrongly: %+v", got)
	}
	parameters := []policytest.Parameter{
		{Name: "word", Default: `"hello"`, Comment: "What is said, in two lines."}, {Name: "limit", Default: "1"},
	}
	if diff := cmp.Diff(parameters, got.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	rules := []policytest.Rule{
		{Kind: "deny", Title: "Too long", Description: "The name is too long.", Key: "long"},
		{Kind: "warn"}, {Kind: "declare"}, {Kind: "declare"},
	}
	if diff := cmp.Diff(rules, got.Rules); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestEvaluate(t *testing.T) {
	warning := policytest.Result{Rule: "warn", Key: "teams", Message: "none"}
	cases := map[string]struct {
		reason string
		text   string
		want   []policytest.Result
	}{
		"defaults": {
			reason: "what a case leaves out is there, and empty; each role has its key",
			text:   "c: {description: d, input: {area: {name: long}}, want: []}",
			want:   []policytest.Result{{Rule: "deny", Key: "long", Role: "deputy", Message: "hello"}, warning},
		},
		"parameters": {
			reason: "given parameters replace their defaults, and no others",
			text:   "c: {description: d, parameters: {word: bye}, input: {area: {name: long}}, want: []}",
			want:   []policytest.Result{{Rule: "deny", Key: "long", Role: "deputy", Message: "bye"}, warning},
		},
		"data": {
			reason: "data is data.remit",
			text:   "c: {description: d, input: {}, data: {teams: {\"team:a/b\": {}}}, want: []}",
			want:   []policytest.Result{},
		},
		"declare": {
			reason: "declarations are results, too",
			text:   "c: {description: d, input: {area: {labels: {declare: x}}}, data: {teams: {\"team:a/b\": {}}}, want: []}",
			want:   []policytest.Result{{Rule: "declare", Role: "approver", Holder: "user:a", Reason: "because"}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parse(t).Evaluate(context.Background(), load(t, c.text)[0])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestEvaluateErrors(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"unknown field of the input":   {"c: {description: d, input: {area: {nam: x}}, want: []}", "nam"},
		"unknown field of data":        {"c: {description: d, input: {}, data: {teems: {}}, want: []}", "teems"},
		"unknown parameter":            {"c: {description: d, parameters: {words: x}, input: {}, want: []}", "no parameter words"},
		"parameter of another type":    {"c: {description: d, parameters: {word: 1}, input: {}, want: []}", "type string"},
		"result with an unknown field": {"c: {description: d, input: {area: {labels: {misspelt: x}}}, want: []}", "wrong shape"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t).Evaluate(context.Background(), load(t, c.text)[0])
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "cases/a.yaml: case c") {
				t.Errorf("want an error with the case and %q, got %v", c.want, err)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	cases := map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"no YAML":       {fstest.MapFS{"cases/a.yaml": {Data: []byte("a: [")}}, "cases/a.yaml"},
		"unknown field": {fstest.MapFS{"cases/a.yaml": {Data: []byte("a: {wants: []}")}}, "wants"},
		"no want":       {fstest.MapFS{"cases/a.yaml": {Data: []byte("a: {description: d, input: {}}")}}, "case a needs"},
		"one name twice": {fstest.MapFS{
			"cases/a.yaml": {Data: []byte("a: {description: d, input: {}, want: []}")},
			"cases/b.yaml": {Data: []byte("a: {description: d, input: {}, want: []}")},
		}, "cases/b.yaml: case a: cases/a.yaml has a case of that name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := policytest.Load(c.files, "cases"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want an error with %q, got %v", c.want, err)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	c := load(t, `c:
  description: d
  input: {}
  want:
    - {rule: warn, key: b}
    - {rule: deny, key: a, message: Exactly.}
`)[0]
	cases := map[string]struct {
		reason string
		got    []policytest.Result
		same   bool
	}{
		"same": {
			reason: "the order does not matter, nor what a want leaves open",
			got:    []policytest.Result{{Rule: "warn", Key: "b", Message: "any", Severity: "low"}, {Rule: "deny", Key: "a", Message: "Exactly."}},
			same:   true,
		},
		"other message": {reason: "a message that is given counts", got: []policytest.Result{{Rule: "deny", Key: "a"}, {Rule: "warn", Key: "b"}}},
		"one too few":   {reason: "all must be found", got: []policytest.Result{{Rule: "warn", Key: "b"}}},
		"one too many": {reason: "nothing else may be", got: []policytest.Result{
			{Rule: "deny", Key: "a", Message: "Exactly."}, {Rule: "warn", Key: "b"}, {Rule: "warn", Key: "c"},
		}},
		"role not wanted": {reason: "roles and holders are compared even if absent", got: []policytest.Result{
			{Rule: "deny", Key: "a", Message: "Exactly.", Role: "approver"}, {Rule: "warn", Key: "b"},
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := c.Compare(tc.got); (diff == "") != tc.same {
				t.Errorf("%s, got:\n%s", tc.reason, diff)
			}
		})
	}
}
