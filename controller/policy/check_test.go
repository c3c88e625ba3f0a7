package policy

import (
	"strings"
	"testing"
)

// TestChecker holds references that compile or do not against what the checker
// says. The texts of what it says are in testdata/problems.
func TestChecker(t *testing.T) {
	rule := func(body string) string {
		return `deny contains {"key": "k", "message": "m"} if {` + "\n" + body + "\n}\n"
	}
	cases := map[string]struct {
		text    string
		subject string
		refused bool
		reason  string
	}{
		"field of a keyed document":       {text: rule(`count(data.remit.teams[input.area.parent].members) == 0`), reason: "it exists"},
		"misspelt":                        {text: rule(`count(data.remit.teams[input.area.parent].membrs) == 0`), refused: true, reason: "OPA lets keyed maps through"},
		"constant key":                    {text: rule(`data.remit.teams["team:acme/x"].secret`), reason: "a constant is one key"},
		"nested map":                      {text: rule(`some r, p in data.remit.teams["team:acme/x"].repositories; p == "admin"`), reason: "the map in one document is not a keyed document"},
		"labels":                          {text: rule(`input.area.labels.anything == "x"`), reason: "any key may be in labels"},
		"below a label":                   {text: rule(`input.area.labels.anything.more == "x"`), refused: true, reason: "a label is a string"},
		"role that is not there":          {text: rule(`count(input.declared.buddy) == 0`), refused: true, reason: "it would be silent for ever"},
		"iteration over roles":            {text: rule(`some role; some h in input.declared[role]; h.holder == "user:x"`), reason: "input may be gone through"},
		"misspelt under any role":         {text: rule(`some role; some h in input.declared[role]; h.holdr == "user:x"`), refused: true, reason: "each role's holders have one shape"},
		"key bound by some":               {text: rule(`some h in input.declared.accountable; data.remit.people[h.holder].active`), reason: "h.holder is bound"},
		"key bound in a comprehension":    {text: rule(`count({m | some h in input.declared.accountable; some m in data.remit.teams[h.holder].members}) < 2`), reason: "bound inside"},
		"key not bound in comprehension":  {text: rule(`count({m | some h; some m in data.remit.teams[h].members}) < 2`), refused: true, reason: "goes through all teams"},
		"key bound before the closure":    {text: rule(`h := input.area.parent; count([m | some m in data.remit.teams[h].members]) < 2`), reason: "bound outside"},
		"key bound after, in the text":    {text: rule(`some h; data.remit.teams[h].secret; h = input.area.parent`), refused: true, reason: "OPA goes through all teams, and compares after"},
		"underscore":                      {text: rule(`data.remit.people[_].active`), refused: true, reason: "goes through all people"},
		"every over a keyed document":     {text: rule(`every p in data.remit.people { p.active }`), refused: true, reason: "goes through all people"},
		"organisation goes through":       {subject: SubjectOrganisation, text: rule(`some h; data.remit.people[h].active == false`), reason: "it is judged once"},
		"organisation counts":             {subject: SubjectOrganisation, text: rule(`count(data.remit.people) > input.areas`), reason: "it is judged once"},
		"organisation misspelt":           {subject: SubjectOrganisation, text: rule(`some p in data.remit.people; p.activ`), refused: true, reason: "the shape is the same"},
		"area's input for a person":       {subject: SubjectPerson, text: rule(`input.area.id == "x"`), refused: true, reason: "a person's input is another"},
		"person's input":                  {subject: SubjectPerson, text: rule(`some h in input.holds; h.how == "declared"; not input.person.active`), reason: "it exists"},
		"function of a document":          {text: "f(t) if count(t.members) > 1\n" + rule(`f(data.remit.teams[input.area.parent])`), reason: "it exists"},
		"function called with two shapes": {text: "f(x) := x.name\n" + rule(`f(data.remit.teams["team:a/b"]) == f(data.remit.people["user:a"])`), reason: "both have a name"},
		"shapes that differ":              {text: "f(x) := object.get(x, \"members\", [])\n" + rule(`count(f(data.remit.teams["team:a/b"])) == count(f(data.remit.people["user:a"]))`), reason: "nothing is known of x"},
		"function behind a function":      {text: "f(t) := t.membrs\ng(t) := f(t)\n" + rule(`g(data.remit.teams[input.area.parent]) == []`), refused: true, reason: "the shape goes through both"},
		"function with a pattern":         {text: "f([t, n]) if count(t.membrs) > n\n" + rule(`f([data.remit.teams[input.area.parent], 1])`), reason: "an array of two shapes: nothing is known"},
		"result of a function":            {text: "team(h) := data.remit.teams[h]\n" + rule(`team(input.area.parent).membrs == []`), refused: true, reason: "a function has a shape too"},
		"set of documents":                {text: "teams contains t if { some h in input.declared.accountable; t := data.remit.teams[h.holder] }\n" + rule(`some t in teams; t.membrs == []`), refused: true, reason: "the elements have a shape"},
		"map of documents":                {text: "teams[h.holder] := t if { some h in input.declared.accountable; t := data.remit.teams[h.holder] }\n" + rule(`some h; teams[h].membrs == []`), refused: true, reason: "the values have a shape"},
		"rule of two shapes":              {text: "x := data.remit.teams[input.area.parent] if input.area.virtual\nx := {\"membrs\": 1} if not input.area.virtual\n" + rule(`x.membrs == 1`), reason: "nothing is known of x"},
		"default and document":            {text: "default x := {}\nx := data.remit.teams[input.area.parent]\n" + rule(`x.secret`), reason: "nothing is known of x"},
		"object.get":                      {text: rule(`object.get(data.remit.teams[input.area.parent], "members", []) == []`), reason: "it exists"},
		"object.get with a path":          {text: rule(`object.get(input, ["coverage", "totl"], 0) == 0`), refused: true, reason: "a path is followed"},
		"object.get of a variable":        {text: rule(`some k in ["a"]; object.get(input.area.labels, k, "") == ""`), reason: "any label"},
		"element after array.concat":      {text: rule(`some h in array.concat(input.declared.deputy, input.declared.accountable); h.holdr == ""`), refused: true, reason: "both have one shape"},
		"element of a union":              {text: rule(`x := {h | some h in input.declared.deputy} | {h | some h in input.declared.accountable}; some h in x; h.holdr == ""`), refused: true, reason: "both have one shape"},
		"element of two arrays":           {text: rule(`some h in array.concat(input.declared.deputy, input.observed.approver); h.holder == ""`), reason: "both have a holder"},
		"destructured":                    {text: rule(`[a, b] := [input.area, input.coverage]; a.tier == "x"; b.total == 1`), reason: "nothing is known of a and b"},
		"destructured document":           {text: rule(`{"holder": h, "by": b} := input.declared.accountable[0]; h == b`), reason: "the fields exist"},
		"index of an array":               {text: rule(`input.declared.accountable[0].holdr == ""`), refused: true, reason: "an element"},
		"membership":                      {text: rule(`"user:x" in data.remit.teams[input.area.parent].members`), reason: "one document"},
		"with input":                      {text: "late if data.remit.clock.hour > 20\n" + rule(`late with input as {}`), reason: "replacing all of input is no reference to a field"},
		"with clock":                      {text: "late if data.remit.clock.hour > 20\n" + rule(`late with data.remit.clock.hour as 21`), reason: "it exists"},
		"with an unknown document":        {text: "late if data.remit.clock.hour > 20\n" + rule(`late with data.remit.clocks as {}`), refused: true, reason: "it does not exist"},
		"with all data":                   {text: "late if data.remit.clock.hour > 20\n" + rule(`late with data as {}`), refused: true, reason: "replace a document"},
		"with a mock":                     {text: rule(`count(input.drift) > 1 with count as 3`), reason: "a builtin may be replaced"},
		"own package by its full name":    {text: "helper := 1\n" + rule(`data.remit.policies.test.helper == 1`), reason: "the module's own"},
		"own package whole":               {text: "helper := 1\n" + rule(`data.remit.policies.test == 1`), refused: true, reason: "it is recursive"},
		"import of a document":            {text: "import data.remit.teams\n" + rule(`teams[input.area.parent].secret`), reason: "an import is a name"},
		"misspelt through an import":      {text: "import data.remit.teams\n" + rule(`teams[input.area.parent].secrt`), refused: true, reason: "an import is a name"},
		"import of input":                 {text: "import input.area\n" + rule(`area.tier == "x"`), reason: "an import is a name"},
		"else":                            {text: "x := 1 if input.area.virtual\nelse := 2 if input.area.teir == \"x\"\n" + rule(`x == 2`), refused: true, reason: "else is checked too"},
		"not":                             {text: rule(`not data.remit.people["user:x"].activ`), refused: true, reason: "not hides nothing"},
		"template":                        {text: `deny contains {"key": "k", "message": $"{input.area.teir}"} if true`, refused: true, reason: "templates are checked too"},
		"print":                           {text: rule(`print(input.area.id)`), reason: "dropped when it is compiled"},
		"print misspelt":                  {text: rule(`print(input.area.idd)`), reason: "dropped when it is compiled"},
		"metadata":                        {text: rule(`rego.metadata.chain()[1].annotations.title == "x"`), reason: "a constant"},
		"comparison of arrays":            {text: rule(`input.declared.accountable == []`), reason: "arrays can be compared"},
		"declare from observations":       {text: `declare contains {"role": "deputy", "holder": h.holder} if some h in input.observed.approver`, reason: "what declare is for"},
		"declare from a parent's tier":    {text: `declare contains {"role": "deputy", "holder": "user:x"} if data.remit.areas[input.area.parent].tier == "x"`, reason: "no role is read"},
		"declare through a variable":      {text: `declare contains {"role": "deputy", "holder": "user:x"} if { a := data.remit.areas[input.area.parent]; a.tier == "x" }`, refused: true, reason: "all of the other area is read"},
		"judging drift beside declare":    {text: `declare contains {"role": "deputy", "holder": "user:x"} if input.area.virtual` + "\n" + rule(`count(input.drift) > 0`), reason: "deny may read drift"},
		"zone in a message":               {text: `deny contains {"key": "Local", "message": "m"} if true`, reason: "only time functions take zones"},
		"result in a variable":            {text: "deny contains x if x := {\"key\": \"k\", \"message\": \"m\"}", reason: "known when it runs"},
		"test rules":                      {text: rule(`true`) + "\ntest_deny if count(deny) == 1", reason: "tests may stand beside"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			custom := ""
			if c.subject != "" {
				custom = ", subject: " + c.subject
			}
			_, problems := Compile([]Source{source("test", head(custom)+c.text)})
			if c.refused != (len(problems) > 0) {
				t.Errorf("refused: %v, want %v: %s\n%s", !c.refused, c.refused, c.reason, listed(problems))
			}
			for _, problem := range problems {
				if problem.Line < 6 || strings.Contains(problem.Error(), "__local") {
					t.Errorf("not in the author's words: %v", problem)
				}
			}
		})
	}
}
