package policy

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// TestRoles: which roles a policy may name depends on those that are configured.
func TestRoles(t *testing.T) {
	finding := func(body string) string { return `deny contains {"key": "k", "message": "m"} if ` + body }
	cases := map[string]struct {
		text       string
		configured []string
		want       string // a part of the problem, or "" for none
		reason     string
	}{
		"default":             {text: finding(`count(input.declared.deputy) == 0`), reason: "without configuration there are the defaults"},
		"configured":          {text: finding(`count(input.declared.buddy) == 0`), configured: []string{"deputy", "buddy"}, reason: "it is configured"},
		"not configured":      {text: finding(`count(input.declared.captain) == 0`), configured: []string{"deputy", "buddy"}, want: "use one of buddy, deputy", reason: "nothing comes near, so all are listed"},
		"not known":           {text: finding(`count(input.declared.captain) == 0`), configured: []string{AnyRole}, reason: "the configuration could not be read"},
		"observed":            {text: finding(`count(input.observed["aprover"]) == 0`), want: "did you mean `approver`?", reason: "another way to write it"},
		"object.get":          {text: finding(`object.get(input, ["declared", "depty"], []) == []`), want: "did you mean `deputy`?", reason: "a path is followed"},
		"object.get of roles": {text: finding(`object.get(input.declared, "depty", []) == []`), want: "did you mean `deputy`?", reason: "the key is literal"},
		"through a variable":  {text: finding(`{ d := input.declared; d.depty == [] }`), want: "d.depty does not exist", reason: "variables are followed"},
		"through a function":  {text: "none(roles) if count(roles.depty) == 0\n" + finding(`none(input.declared)`), want: "did you mean `deputy`?", reason: "arguments are followed"},
		"load":                {text: finding(`data.remit.load["user:bob"].roles.depty > 3`), want: "did you mean `deputy`?", reason: "keyed by role too"},
		"other maps":          {text: finding(`input.area.labels.depty == "x"`), reason: "a label may be called anything"},
		"repositories":        {text: finding(`data.remit.teams["team:a/b"].repositories.depty == "x"`), reason: "a repository is no role"},
		"with":                {text: "none if count(input.declared.deputy) == 0\n" + finding(`none with input.declared.depty as []`), want: "did you mean `deputy`?", reason: "it replaces nothing that is there"},
		"computed key":        {text: finding(`{ some role in ["depty"]; count(input.declared[role]) == 0 }`), reason: "known when it runs"},
		"result":              {text: `warn contains {"key": "k", "message": "m", "role": "depty"} if true`, want: `there is no role "depty"; did you mean ` + "`deputy`" + `?`, reason: "the finding would name no role"},
		"result, configured":  {text: `warn contains {"key": "k", "message": "m", "role": "buddy"} if true`, configured: []string{"buddy"}, reason: "it is configured"},
		"result, computed":    {text: `warn contains {"key": "k", "message": "m", "role": role} if some role in ["depty"]`, reason: "known when it runs"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile([]Source{source("test", head("")+c.text)}, c.configured...)
			got := listed(problems)
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("want %q: %s\n%s", c.want, c.reason, got)
			}
		})
	}
}

// TestUnknownRoleOfResult: a role that is put together is seen when the policy runs, which then fails there alone.
func TestUnknownRoleOfResult(t *testing.T) {
	cases := map[string]struct{ text, want, reason string }{
		"deny": {`deny contains {"key": "k", "message": "m", "role": role} if some role in ["depty"]`,
			`p.rego:6:1: role of a result of deny is "depty", which is no configured role; did you mean ` + "`deputy`" + `? use one of accountable, `, "the finding would name no role"},
		"declare": {`declare contains {"role": role, "holder": "user:bob"} if some role in ["depty"]`,
			`p.rego:6:1: role of a result of declare is "depty", which is no configured role; did you mean ` + "`deputy`" + `? use one of accountable, `, "nobody would ever hold it"},
		"known": {`deny contains {"key": "k", "message": "m", "role": role} if some role in ["deputy"]`, "", "it is a role"},
		"none":  {`deny contains {"key": "k", "message": "m", "role": role} if some role in [""]`, "", "a finding need not have a role"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set := mustCompile(t, source("p", head("")+c.text))
			from, err := NewStore(&Data{})
			if err != nil {
				t.Fatal(err)
			}
			subjects := []Subject{areaSubject(area("a"))}
			judgement, err := set.Judge(t.Context(), from, subjects, Options{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			failures := judgement.Failures
			declaration, err := set.Declare(t.Context(), from, subjects, Options{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			failures = append(failures, declaration.Failures...)
			if c.want == "" {
				if len(failures) > 0 || len(judgement.Findings) != 1 {
					t.Errorf("%s: %v, %v", c.reason, failures, judgement.Findings)
				}
				return
			}
			if len(failures) != 1 || !strings.HasPrefix(failures[0].Problem.Error(), c.want) || len(judgement.Findings) != 0 {
				t.Errorf("%s: got %v, %v", c.reason, failures, judgement.Findings)
			}
		})
	}
}

// TestParameterLocation: a parameter's problem stands at its own line of the manifest, where that is known.
func TestParameterLocation(t *testing.T) {
	s := source("p", head("")+withParameters)
	s.Parameters = map[string]json.RawMessage{"maxx": []byte("1"), "name": []byte("1")}
	s.ParameterLocations = map[string]ownership.Location{"maxx": {File: "policies.yaml", Line: 12, Column: 5}}
	_, problems := Compile([]Source{s})
	want := "policies.yaml:7: spec.parameters.name: want a string, not a number; the default is \"x\"\n" +
		"policies.yaml:12:5: spec.parameters.maxx: the policy has no parameter maxx; did you mean `max`?\n"
	if diff := cmp.Diff(want, listed(problems)); diff != "" {
		t.Error(diff)
	}
}
