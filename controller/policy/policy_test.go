package policy

import (
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// head is the beginning of a module for tests: METADATA and package.
func head(custom string) string {
	return "# METADATA\n# title: Test\n# custom: {severity: high" + custom + "}\npackage remit.policies.test\n\n"
}

// source makes an instance of a test's module.
func source(name, text string) Source {
	return Source{Name: name, File: name + ".rego", Text: []byte(text), Location: ownership.Location{File: "policies.yaml", Line: 7}}
}

// mustCompile compiles modules that are known to be good.
func mustCompile(t testing.TB, sources ...Source) *Set {
	t.Helper()
	set, problems := Compile(sources)
	if len(problems) > 0 {
		t.Fatalf("problems:\n%s", listed(problems))
	}
	return set
}

func listed(problems []ownership.Problem) string {
	var b strings.Builder
	for _, problem := range problems {
		b.WriteString(problem.Error() + "\n")
	}
	return b.String()
}

func area(id string) *AreaInput {
	return &AreaInput{
		Area:     AreaDocument{ID: id, Tier: "critical", Labels: map[string]string{"team": "x"}},
		Declared: map[string][]DeclaredHolder{"accountable": {}, "approver": {}, "deputy": {}},
		Observed: map[string][]ObservedHolder{"accountable": {}, "approver": {}, "deputy": {}},
	}
}

func areaSubject(input *AreaInput) Subject {
	return Subject{ID: input.Area.ID, Kind: SubjectArea, Input: input}
}
