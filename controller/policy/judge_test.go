package policy

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/store"
)

// judge judges subjects, of which none may make it fail as a whole.
func judge(t testing.TB, set *Set, data *Data, options Options, subjects ...Subject) Judgement {
	t.Helper()
	return judgeFrom(t, set, newStore(t, data), options, subjects...)
}

func judgeFrom(t testing.TB, set *Set, from *store.Store, options Options, subjects ...Subject) Judgement {
	t.Helper()
	judgement, err := set.Judge(context.Background(), from, subjects, options)
	if err != nil {
		t.Fatal(err)
	}
	return judgement
}

func newStore(t testing.TB, data *Data, unknown ...store.Unknown) *store.Store {
	t.Helper()
	from, err := NewStore(data, unknown...)
	if err != nil {
		t.Fatal(err)
	}
	return from
}

const accountable = `
parameters := {"max": 1}

deny contains {"key": "none", "role": "accountable", "message": sprintf("%s has no accountable holder", [input.area.id])} if {
	count(input.declared.accountable) == 0
}

warn contains {"key": h.holder, "holder": h.holder, "message": "empty team", "severity": "low", "location": {"repository": "acme/x", "file": "CODEOWNERS", "line": 3, "column": 1}} if {
	some h in input.declared.accountable
	count(data.remit.teams[h.holder].members) < parameters.max
}
`

func TestJudge(t *testing.T) {
	empty, team := area("a"), area("b")
	team.Declared["accountable"] = []DeclaredHolder{{Holder: "team:acme/x", By: "area"}}
	data := &Data{Teams: map[string]TeamDocument{"team:acme/x": {}}}
	set := mustCompile(t, source("p", head("")+accountable))
	got := judge(t, set, data, Options{KeepReads: true}, areaSubject(team), areaSubject(empty))
	want := Judgement{
		Findings: []ownership.Finding{
			{Policy: "p", Subject: "a", Key: "none", Rule: "deny", Severity: "high", Status: "raised",
				Message: "a has no accountable holder", Role: "accountable"},
			{Policy: "p", Subject: "b", Key: "team:acme/x", Rule: "warn", Severity: "low", Status: "raised", Message: "empty team",
				Holder: "team:acme/x", Location: ownership.Location{Repository: "acme/x", File: "CODEOWNERS", Line: 3, Column: 1}},
		},
		Outcome: Outcome{
			Policies: []Status{{PolicyStatus: ownership.PolicyStatus{Name: "p", Title: "Test", Subject: SubjectArea, Subjects: 2}}},
			Reads: []SubjectReads{
				{Policy: "p", Subject: "a"},
				{Policy: "p", Subject: "b", Reads: []store.Read{store.ReadOf("remit", "teams", "team:acme/x", "members")}},
			},
		},
	}
	if got.Policies[0].Duration <= 0 {
		t.Error("no duration")
	}
	got.Policies[0].Duration = 0
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b store.Read) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestDeclare(t *testing.T) {
	set := mustCompile(t,
		source("p", head("")+`
declare contains {"role": "deputy", "holder": "user:Bob", "reason": "because"} if input.area.tier == "critical"

deny contains {"key": "k", "message": "m"} if true
`),
		source("without", head("")+`deny contains {"key": "k", "message": "m"} if true`))
	got, err := set.Declare(context.Background(), newStore(t, &Data{}), []Subject{areaSubject(area("a"))}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Declared{{Area: "a", Role: "deputy", Holder: "user:bob", Reason: "because", Policy: "p",
		Location: ownership.Location{File: "p.rego", Line: 7, Column: 1}}}
	if diff := cmp.Diff(want, got.Declared); diff != "" {
		t.Error(diff)
	}
	if len(got.Policies) != 1 || got.Policies[0].Name != "p" {
		t.Errorf("only policies that declare are counted: %v", got.Policies)
	}
}

// TestUnknown holds each way of resting on unknown facts against its result.
func TestUnknown(t *testing.T) {
	const module = `
deny contains {"key": "k", "message": "m"} if {
	some h in input.declared.accountable
	not data.remit.people[h.holder].active
}

declare contains {"role": "deputy", "holder": "user:bob"} if count(input.observed.deputy) == 0
`
	cases := map[string]struct {
		custom     string
		input      []store.Unknown
		data       []store.Unknown
		because    string
		undeclared bool
		reason     string
	}{
		"nothing": {reason: "all is known"},
		"all people": {data: []store.Unknown{{Path: []string{"remit", "people"}, Because: "no answer"}},
			because: `data.remit.people["user:alice"].active is unknown: no answer`, reason: "the read is inside"},
		"that person": {data: []store.Unknown{{Path: []string{"remit", "people", "user:alice"}, Because: "no answer"}},
			because: `data.remit.people["user:alice"].active is unknown: no answer`, reason: "the read is inside"},
		"that field": {data: []store.Unknown{{Path: []string{"remit", "people", "user:alice", "active"}, Because: "no answer"}},
			because: `data.remit.people["user:alice"].active is unknown: no answer`, reason: "the read itself"},
		"another field":  {data: []store.Unknown{{Path: []string{"remit", "people", "user:alice", "ends"}}}, reason: "it is not read"},
		"another person": {data: []store.Unknown{{Path: []string{"remit", "people", "user:bob"}}}, reason: "it is not read"},
		"teams":          {data: []store.Unknown{{Path: []string{"remit", "teams"}}}, reason: "they are not read"},
		"people who are not listed": {data: []store.Unknown{{Path: []string{"remit", "people"}, Because: "truncated", Incomplete: true}},
			reason: "alice is listed"},
		"the declared": {input: []store.Unknown{{Path: []string{"declared"}, Because: "no answer"}},
			because: "input.declared is unknown: no answer", reason: "the reference is inside"},
		"that there is such a subject": {input: []store.Unknown{{Because: "no answer"}}, because: "input is unknown: no answer", undeclared: true,
			reason: "whatever is read"},
		"another role": {input: []store.Unknown{{Path: []string{"declared", "approver"}, Because: "no answer"}}, reason: "it is not referred to"},
		"what declare reads": {input: []store.Unknown{{Path: []string{"observed", "deputy"}, Because: "no answer"}},
			undeclared: true, reason: "deny does not refer to it"},
		"handled": {custom: ", handles_unknown: true", data: []store.Unknown{{Path: []string{"remit", "people"}}},
			input: []store.Unknown{{Path: []string{"observed"}}}, reason: "the policy takes it on itself"},
	}
	data := &Data{People: map[string]PersonDocument{"user:alice": {Active: false}}}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set := mustCompile(t, source("p", head(c.custom)+module))
			input := area("a")
			input.Declared["accountable"] = []DeclaredHolder{{Holder: "user:alice"}}
			subject := areaSubject(input)
			subject.Unknown = c.input
			from := newStore(t, data, c.data...)
			got := judgeFrom(t, set, from, Options{}, subject)
			status, undetermined := ownership.Raised, 0
			if c.because != "" {
				status, undetermined = ownership.Undetermined, 1
			}
			want := []ownership.Finding{{Policy: "p", Subject: "a", Key: "k", Rule: "deny", Severity: "high", Status: status, Message: "m", Because: c.because}}
			if diff := cmp.Diff(want, got.Findings); diff != "" {
				t.Errorf("%s:\n%s", c.reason, diff)
			}
			if got.Policies[0].Undetermined != undetermined || len(got.Undetermined) != undetermined {
				t.Errorf("undetermined: %v, %v", got.Policies, got.Undetermined)
			}
			declared, err := set.Declare(context.Background(), from, []Subject{subject}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if (len(declared.Declared) == 0) != c.undeclared || (len(declared.Undetermined) > 0) != c.undeclared {
				t.Errorf("%s: declared %v, undetermined %v", c.reason, declared.Declared, declared.Undetermined)
			}
		})
	}
}

// TestUndeterminedWithoutFindings: what could not be judged is counted, even if
// nothing was found.
func TestUndeterminedWithoutFindings(t *testing.T) {
	set := mustCompile(t, source("p", head("")+`deny contains {"key": "k", "message": "m"} if data.remit.people["user:x"].active`))
	got := judgeFrom(t, set, newStore(t, &Data{}, store.Unknown{Path: []string{"remit", "people"}, Because: "no answer"}), Options{}, areaSubject(area("a")))
	want := []Undetermined{{Policy: "p", Subject: "a", Because: `data.remit.people["user:x"].active is unknown: no answer`}}
	if diff := cmp.Diff(want, got.Undetermined); diff != "" || len(got.Findings) != 0 || got.Policies[0].Undetermined != 1 {
		t.Error(diff, got)
	}
}

// TestFailures holds results of the wrong shape and other failures against what
// is said, and asserts that a failing policy harms no other.
func TestFailures(t *testing.T) {
	result := func(fields string) string { return "deny contains x if x := {" + fields + "}" }
	cases := map[string]struct{ text, want string }{
		"no message":      {result(`"key": "k"`), "6:1: a result of deny has no message; write `deny"},
		"unknown field":   {result(`"key": "k", "message": "m", "mesage": "m"`), "6:1: a result of deny has no field mesage; write"},
		"not an object":   {`deny contains x if x := "m"`, "6:1: a result of deny is a string; write"},
		"key no string":   {result(`"key": 1, "message": "m"`), "6:1: key of a result of deny is a number, not a string"},
		"key empty":       {result(`"key": "", "message": "m"`), "6:1: key of a result of deny is empty"},
		"severity":        {result(`"key": "k", "message": "m", "severity": "urgent"`), `6:1: severity of a result of deny is "urgent"; use info`},
		"location":        {result(`"key": "k", "message": "m", "location": "here"`), "6:1: location of a result of deny is not an object"},
		"location line":   {result(`"key": "k", "message": "m", "location": {"line": -1}`), "6:1: location of a result of deny cannot have"},
		"builtin error":   {"deny contains {\"key\": \"k\", \"message\": \"m\"} if {\n\tinput.area.tier == \"critical\"\n\tto_number(input.area.tier) > 1\n}", "8:2: to_number"},
		"conflict":        {"x := 1 if input.area.tier == \"critical\"\n\nx := 2 if input.area.id == \"a\"\n\ndeny contains {\"key\": \"k\", \"message\": \"m\"} if x == 1", "8:1: rule data.remit.policies.test.x produced conflicting values: 1 at bad.rego:6"},
		"too many":        {`deny contains {"key": sprintf("%d", [n]), "message": "m"} if some n in numbers.range(1, 1001)`, "6:1: deny returned more than 1000 results; say it in one"},
		"too many warn":   {`warn contains {"key": sprintf("%d", [n]), "message": "m"} if some n in numbers.range(1, 2000)`, "6:1: warn returned more than 1000 results"},
		"division by 0":   {`deny contains {"key": "k", "message": "m"} if 1 / input.coverage.total > 1`, "divide by zero"},
		"unknown zone":    {`deny contains {"key": "k", "message": "m"} if time.clock([0, input.area.tier])[0] > 30`, "unknown time zone critical"},
		"regular express": {`deny contains {"key": "k", "message": "m"} if regex.match(concat("", [input.area.tier, "("]), "x")`, "missing closing )"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set := mustCompile(t, source("bad", head("")+c.text), source("good", head("")+`deny contains {"key": "k", "message": "m"} if true`))
			got := judge(t, set, &Data{}, Options{}, areaSubject(area("a")))
			if len(got.Failures) != 1 || !strings.Contains(got.Failures[0].Problem.Error(), c.want) || got.Failures[0].Problem.File != "bad.rego" {
				t.Fatalf("got %v\nwant %s", got.Failures, c.want)
			}
			if len(got.Findings) != 1 || got.Findings[0].Policy != "good" {
				t.Errorf("a failing policy must find nothing and harm no other: %v", got.Findings)
			}
			if got.Policies[0].Failed != 1 || got.Policies[0].Error != got.Failures[0].Problem.Error() || got.Policies[1].Failed != 0 {
				t.Errorf("status: %v", got.Policies)
			}
		})
	}
}

func TestDeclareFailures(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"holder": {`declare contains x if x := {"role": "deputy", "holder": "bob"}`, `holder "bob": want user:LOGIN`},
		"role":   {`declare contains x if x := {"role": "", "holder": "user:bob"}`, `role of a result of declare is ""`},
		"field":  {`declare contains x if x := {"role": "deputy", "holder": "user:bob", "message": "m"}`, "no field message"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := mustCompile(t, source("p", head("")+c.text)).
				Declare(context.Background(), newStore(t, &Data{}), []Subject{areaSubject(area("a"))}, Options{})
			if err != nil || len(got.Declared) != 0 || len(got.Failures) != 1 || !strings.Contains(got.Failures[0].Problem.Message, c.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// TestLimitsThatAreKept: exactly as many results as allowed, many of the same
// result, and a long message.
func TestLimitsThatAreKept(t *testing.T) {
	set := mustCompile(t,
		source("many", head("")+`deny contains {"key": sprintf("%d", [n]), "message": "m"} if some n in numbers.range(1, 1000)`),
		source("same", head("")+"deny contains {\"key\": \"k\", \"message\": \"m\"} if {\n\tsome n in numbers.range(1, 5000)\n\tn > 0\n}"),
		source("long", head("")+`deny contains {"key": "k", "message": concat("ä", [s | some n in numbers.range(1, 3000); s := sprintf("%d", [n % 10])])} if true`))
	got := judge(t, set, &Data{}, Options{}, areaSubject(area("a")))
	if len(got.Failures) != 0 || len(got.Findings) != 1002 {
		t.Fatalf("%d findings, failures %v", len(got.Findings), got.Failures)
	}
	for _, finding := range got.Findings {
		if finding.Policy == "long" && (len([]rune(finding.Message)) != maxMessage || !strings.HasSuffix(finding.Message, "…")) {
			t.Errorf("%d characters", len([]rune(finding.Message)))
		}
	}
}

func TestSameKeyTwice(t *testing.T) {
	set := mustCompile(t, source("p", head("")+`
deny contains {"key": "k", "message": m} if some m in ["b", "a", "c"]

warn contains {"key": "k", "message": "0"} if true

deny contains {"key": "k", "message": "a"} if true
`))
	got := judge(t, set, &Data{}, Options{}, areaSubject(area("x")))
	if len(got.Findings) != 1 || got.Findings[0].Message != "a" || got.Findings[0].Rule != "deny" {
		t.Errorf("got %v", got.Findings)
	}
	want := `p.rego:7:1: policy p gives the key "k" twice for x: the first is kept; put what tells them apart into the key`
	if len(got.Warnings) != 3 || got.Warnings[0].Problem.Error() != want || !got.Warnings[0].Problem.Warning {
		t.Errorf("got %v", got.Warnings)
	}
}

func TestApplies(t *testing.T) {
	text := head("") + `deny contains {"key": "k", "message": "m"} if true`
	set := mustCompile(t, source("p", text), source("q", text))
	got := judge(t, set, &Data{}, Options{Applies: func(policy string, subject *Subject) bool {
		return policy == "p" || subject.ID == "a"
	}}, areaSubject(area("a")), areaSubject(area("b")))
	var found []string
	for _, finding := range got.Findings {
		found = append(found, finding.Policy+" "+finding.Subject)
	}
	if diff := cmp.Diff([]string{"p a", "p b", "q a"}, found); diff != "" || got.Policies[1].Subjects != 1 {
		t.Error(diff, got.Policies)
	}
}

func TestSubjects(t *testing.T) {
	set := mustCompile(t,
		source("person", head(", subject: person")+`deny contains {"key": h.area, "message": input.id} if { some h in input.holds; not input.person.active }`),
		source("organisation", head(", subject: organisation")+`deny contains {"key": "k", "message": sprintf("%d of %d", [count(data.remit.people), input.areas])} if true`),
	)
	person := &PersonInput{ID: "bob", Holder: "user:bob", Holds: []HeldDocument{{Area: "a"}}}
	got := judge(t, set, &Data{People: map[string]PersonDocument{"user:bob": {}, "user:eve": {}}}, Options{},
		Subject{ID: "user:bob", Kind: SubjectPerson, Input: person},
		Subject{ID: "acme", Kind: SubjectOrganisation, Input: &OrganisationInput{Areas: 3}},
		areaSubject(area("a")))
	var found []string
	for _, finding := range got.Findings {
		found = append(found, finding.Policy+" "+finding.Subject+" "+finding.Message)
	}
	if diff := cmp.Diff([]string{"organisation acme 2 of 3", "person user:bob bob"}, found); diff != "" {
		t.Error(diff, got.Failures)
	}
}

func TestWrongInput(t *testing.T) {
	set := mustCompile(t, source("p", head("")+`deny contains {"key": "k", "message": "m"} if true`))
	_, err := set.Judge(context.Background(), newStore(t, &Data{}), []Subject{{ID: "a", Kind: SubjectArea, Input: "text"}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "input of area a") {
		t.Errorf("got %v", err)
	}
}

// TestWorkers: however many workers, whatever order, the result is the same.
func TestWorkers(t *testing.T) {
	set := mustCompile(t, source("p", head("")+accountable), source("q", head("")+`
deny contains {"key": h.holder, "message": "m"} if {
	some h in input.declared.accountable
	to_number(input.area.description) > 1
}`))
	data := &Data{Teams: map[string]TeamDocument{}}
	var subjects []Subject
	for i := range 500 {
		team := fmt.Sprintf("team:acme/%d", i%7)
		data.Teams[team] = TeamDocument{Members: make([]string, i%3)}
		input := area(fmt.Sprintf("area-%d", i))
		input.Area.Description = fmt.Sprint(i % 3)
		if i%5 == 0 {
			input.Area.Description = "no number"
		}
		if i%4 > 0 {
			input.Declared["accountable"] = []DeclaredHolder{{Holder: team}}
		}
		subjects = append(subjects, areaSubject(input))
	}
	var first Judgement
	for i, workers := range []int{1, 2, 7, 100} {
		from := newStore(t, data, store.Unknown{Path: []string{"remit", "teams", "team:acme/3"}, Because: "no answer"})
		got := judgeFrom(t, set, from, Options{Workers: workers, KeepReads: true}, subjects...)
		for at := range got.Policies {
			got.Policies[at].Duration = 0
		}
		if i == 0 {
			first = got
			if len(got.Findings) == 0 || len(got.Failures) == 0 || len(got.Undetermined) == 0 {
				t.Fatal("the test shows nothing")
			}
			continue
		}
		if diff := cmp.Diff(first, got, cmp.Comparer(func(a, b store.Read) bool { return a == b })); diff != "" {
			t.Errorf("%d workers:\n%s", workers, diff)
		}
	}
}

// A panic of whoever asks reaches them, from whichever worker, with the place where it was.
func TestPanicIsPassedOn(t *testing.T) {
	set := mustCompile(t, source("p", head("")+`deny contains {"key": "k", "message": "m"} if true`))
	subjects := make([]Subject, 100)
	for i := range subjects {
		subjects[i] = areaSubject(area(fmt.Sprintf("area-%d", i)))
	}
	defer func() {
		if reason := fmt.Sprint(recover()); !strings.HasPrefix(reason, "as a fault does\n") || !strings.Contains(reason, "judge_test.go") {
			t.Errorf("got %s", reason)
		}
	}()
	_, err := set.Judge(context.Background(), newStore(t, &Data{}), subjects, Options{Workers: 3, Applies: func(_ string, subject *Subject) bool {
		if subject.ID == "area-70" {
			panic("as a fault does")
		}
		return true
	}})
	t.Errorf("it came to its end: %v", err)
}

func TestContext(t *testing.T) {
	set := mustCompile(t, source("p", head("")+loop))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := set.Judge(ctx, newStore(t, &Data{}), []Subject{areaSubject(area("a"))}, Options{Deadline: time.Hour, MaxMemory: 1 << 40})
	if err == nil || time.Since(began) > time.Minute {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

// A long key is shortened, and stays another key than those that begin alike.
func TestLongKeys(t *testing.T) {
	set := mustCompile(t, source("long", head("")+`
start := concat("", [c | some n in numbers.range(1, 300); c := "ü"])

deny contains {"key": concat("", [start, end]), "message": "m"} if some end in ["a", "b"]`))
	got := judge(t, set, &Data{}, Options{}, areaSubject(area("a")))
	if len(got.Failures) != 0 || len(got.Findings) != 2 {
		t.Fatalf("want both findings and no failure: %v, %v", got.Findings, got.Failures)
	}
	for _, finding := range got.Findings {
		if len(finding.Key) > maxKey || !utf8.ValidString(finding.Key) || !strings.HasPrefix(finding.Key, strings.Repeat("ü", 90)) {
			t.Errorf("key %q of %d bytes", finding.Key, len(finding.Key))
		}
	}
	if got.Findings[0].Key == got.Findings[1].Key {
		t.Errorf("both have the key %s", got.Findings[0].Key)
	}
}
