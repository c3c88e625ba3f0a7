package policy

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestJudgeFirst(t *testing.T) {
	set := mustCompile(t, source("first", head("")+`
parameters := {"max": 1}

deny contains {"key": "none", "role": "accountable", "message": sprintf("%s has no accountable holder", [input.area.id])} if {
	count(input.declared.accountable) == 0
}

warn contains {"key": h.holder, "message": "empty team"} if {
	some h in input.declared.accountable
	count(data.remit.teams[h.holder].members) < parameters.max
}
`))
	empty, team := area("a"), area("b")
	team.Declared["accountable"] = []DeclaredHolder{{Holder: "team:acme/x", By: "area"}}
	st, err := NewStore(&Data{Teams: map[string]TeamDocument{"team:acme/x": {}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := set.Judge(context.Background(), st, []Subject{areaSubject(empty), areaSubject(team)}, Options{KeepReads: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []ownership.Finding{
		{Policy: "first", Subject: "a", Key: "none", Rule: "deny", Severity: "high", Status: "raised", Message: "a has no accountable holder", Role: "accountable"},
		{Policy: "first", Subject: "b", Key: "team:acme/x", Rule: "warn", Severity: "high", Status: "raised", Message: "empty team"},
	}
	if diff := cmp.Diff(want, got.Findings); diff != "" {
		t.Error(diff, got.Failures)
	}
	t.Log(got.Reads, got.Policies)
}

func TestCompileProblems(t *testing.T) {
	for _, text := range []string{
		head("") + `deny contains {"key": "a", "message": "b"} if data.remit.teams["x"].membrs`,
		head("") + `deny contains {"key": "a", "message": "b"} if { t := data.remit.teams[input.area.id]; t.membrs }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { some x in input.declared.accountable; x.holdr }`,
		head("") + "f(t) := t.membrs\n" + `deny contains {"key": "a", "message": "b"} if { f(data.remit.teams[input.area.id]) }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { count(data.remit.people) > 1 }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { some h; data.remit.teams[h].name == "x" }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { input.area.teir == "x" }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { input.coverage.total == "x" }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { http.send({}) }`,
		head("") + `denies contains {"key": "a", "message": "b"} if { true }`,
		head("") + `deny contains {"key": "a"} if { true }`,
		head("") + `declare contains {"role": "a", "holder": "user:x"} if { count(input.drift) > 1 }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { data.remit.policies.other.x }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { data.foo.x }`,
		head("") + `deny contains {"key": "a", "message": "b"} if { data.remit.clock.dya == "x" with data.remit.clock.dy as "x" }`,
	} {
		_, problems := Compile([]Source{source("p", text)})
		t.Log("\n" + text[len(head("")):] + "\n" + listed(problems))
	}
}
