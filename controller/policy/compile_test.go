package policy

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestProblems compiles each module of testdata/problems and compares what is
// said of it with the text beside it. Every one of them is bad, and next to every
// one a good policy must still compile.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.rego")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	good := source("good", head("")+`deny contains {"key": "k", "message": "m"} if input.area.virtual`)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".rego")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			set, problems := Compile([]Source{{Name: name, File: filepath.Base(file), Text: text}, good})
			if len(problems) == 0 {
				t.Error("it compiles")
			}
			if len(set.Policies()) != 1 {
				t.Errorf("want the good policy alone, got %v", set.Policies())
			}
			golden(t, strings.TrimSuffix(file, ".rego")+".txt", listed(problems))
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

const withParameters = `
parameters := {"max": 1, "tiers": ["critical"], "deep": {"a": 1}, "name": "x", "on": true}

deny contains {"key": "k", "message": sprintf("more than %d", [parameters.max])} if count(input.area.repositories) > parameters.max
`

func TestParameters(t *testing.T) {
	cases := map[string]struct {
		parameters string
		want       string
		reason     string
	}{
		"all types": {`{"max": 2, "tiers": [], "deep": {}, "name": "y", "on": false}`, "",
			"each has its default's type"},
		"unknown": {`{"maxx": 2}`,
			"policies.yaml:7: spec.parameters.maxx: the policy has no parameter maxx; did you mean `max`?\n",
			"a misspelt parameter would have no effect"},
		"far from any": {`{"completely": 2}`,
			"policies.yaml:7: spec.parameters.completely: the policy has no parameter completely; it has deep, max, name, on or tiers\n",
			"nothing comes near, so all are listed"},
		"other type": {`{"max": "2"}`,
			"policies.yaml:7: spec.parameters.max: want a number, not a string; the default is 1\n",
			"a comparison of another type is true or false by accident"},
		"null": {`{"tiers": null}`,
			"policies.yaml:7: spec.parameters.tiers: want an array, not null; the default is [\"critical\"]\n",
			"null is a type of its own"},
		"two problems": {`{"max": "2", "nmae": "y"}`,
			"policies.yaml:7: spec.parameters.max: want a number, not a string; the default is 1\n" +
				"policies.yaml:7: spec.parameters.nmae: the policy has no parameter nmae; did you mean `name`?\n",
			"all are said at once"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := source("p", head("")+withParameters)
			if err := json.Unmarshal([]byte(c.parameters), &s.Parameters); err != nil {
				t.Fatal(err)
			}
			_, problems := Compile([]Source{s})
			if diff := cmp.Diff(c.want, listed(problems)); diff != "" {
				t.Errorf("%s:\n%s", c.reason, diff)
			}
		})
	}
}

func TestParametersOfNone(t *testing.T) {
	s := source("p", head("")+`deny contains {"key": "k", "message": "m"} if input.area.virtual`)
	s.Parameters = map[string]json.RawMessage{"max": []byte("1")}
	_, problems := Compile([]Source{s})
	if want := "policies.yaml:7: spec.parameters: the policy takes no parameters; remove them\n"; listed(problems) != want {
		t.Errorf("got %s", listed(problems))
	}
}

func TestUnreadableParameter(t *testing.T) {
	s := source("p", head("")+withParameters)
	s.Parameters = map[string]json.RawMessage{"max": []byte("{")}
	_, problems := Compile([]Source{s})
	if len(problems) != 1 || problems[0].Field != "spec.parameters.max" {
		t.Errorf("got %s", listed(problems))
	}
}

// TestTwoInstances: one module, two sets of parameters, side by side.
func TestTwoInstances(t *testing.T) {
	mild, strict := source("mild", head("")+withParameters), source("strict", head("")+withParameters)
	mild.Parameters = map[string]json.RawMessage{"max": []byte("2")}
	strict.Severity = ownership.Critical
	input := area("a")
	input.Area.Repositories = []string{"x/1", "x/2", "x/3"}
	got := judge(t, mustCompile(t, mild, strict), &Data{}, Options{}, areaSubject(input))
	want := []ownership.Finding{
		{Policy: "strict", Subject: "a", Key: "k", Rule: "deny", Severity: "critical", Status: "raised", Message: "more than 1"},
		{Policy: "mild", Subject: "a", Key: "k", Rule: "deny", Severity: "high", Status: "raised", Message: "more than 2"},
	}
	if diff := cmp.Diff(want, got.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestDescription(t *testing.T) {
	s := source("p", "# METADATA\n# title: A title\n# description: A description.\n"+
		"# custom: {severity: low, handles_unknown: true, other: 1}\npackage remit.policies.p\n"+withParameters)
	s.Parameters = map[string]json.RawMessage{"max": []byte("3")}
	want := []Policy{{
		Name: "p", Title: "A title", Description: "A description.", Subject: SubjectArea, Severity: ownership.Low,
		HandlesUnknown: true, Rules: []string{ruleDeny}, File: "p.rego", Location: s.Location,
		Digest: s.digest(newRoles(nil)), Inputs: []string{"input.area.repositories"},
		Parameters: []Parameter{
			{"deep", json.RawMessage(`{"a": 1}`)}, {"max", json.RawMessage(`3`)}, {"name", json.RawMessage(`"x"`)},
			{"on", json.RawMessage(`true`)}, {"tiers", json.RawMessage(`["critical"]`)},
		},
	}}
	if diff := cmp.Diff(want, mustCompile(t, s).Policies()); diff != "" {
		t.Error(diff)
	}
}

func TestDuplicateNames(t *testing.T) {
	text := head("") + `deny contains {"key": "k", "message": "m"} if input.area.virtual`
	set, problems := Compile([]Source{source("p", text), source("p", text)})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "two policies named p") || len(set.Policies()) != 1 {
		t.Errorf("got %s", listed(problems))
	}
}

func TestBadSeverity(t *testing.T) {
	s := source("p", head("")+`deny contains {"key": "k", "message": "m"} if input.area.virtual`)
	s.Severity = "urgent"
	_, problems := Compile([]Source{s})
	if want := "policies.yaml:7: spec.severity: severity is \"urgent\"; use info, low, medium, high or critical\n"; listed(problems) != want {
		t.Errorf("got %s", listed(problems))
	}
}

func TestTooLong(t *testing.T) {
	_, problems := Compile([]Source{source("p", strings.Repeat("#", maxText+1))})
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "at most") {
		t.Errorf("got %s", listed(problems))
	}
}

// FuzzCompile: no text panics, and what does not compile says where.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob("testdata/problems/*.rego")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(head("") + withParameters)
	f.Fuzz(func(t *testing.T, text string) {
		set, problems := Compile([]Source{source("p", text)})
		if len(problems) == 0 && len(set.Policies()) != 1 {
			t.Fatal("neither a policy nor a problem")
		}
		for _, problem := range problems {
			if problem.File == "" || problem.Message == "" {
				t.Fatalf("no place or no message: %+v", problem)
			}
			if strings.Contains(problem.Message, "cannot be compiled:") {
				t.Fatalf("panicked: %v", problem)
			}
		}
	})
}
