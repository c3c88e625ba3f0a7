package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const goodArea = "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: good}\nspec: {tier: gold}\n"

func TestDocuments(t *testing.T) {
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	second := strings.Replace(goodArea, "good", "second", 1)
	cases := map[string]struct {
		reason   string
		text     string
		areas    []string
		problems []string // beginnings, "LINE message"
	}{
		"Empty":            {reason: "nothing is nothing", text: ""},
		"Comments":         {reason: "nothing is nothing", text: "# only\n---\n# comments\n---\n"},
		"Null":             {reason: "nothing is nothing", text: "~\n---\nnull\n"},
		"ByteOrderMark":    {reason: "Windows editors write one", text: "\xef\xbb\xbf" + goodArea, areas: []string{"good"}},
		"CRLF":             {reason: "Windows editors write it", text: crlf(goodArea + "---\n" + second), areas: []string{"good", "second"}},
		"CRLFError":        {reason: "lines count the same", text: crlf("---\n" + goodArea + "---\na: [\n"), areas: []string{"good"}, problems: []string{"7 not YAML"}},
		"OldMac":           {reason: "a lone carriage return is a line break, too", text: strings.ReplaceAll(goodArea, "\n", "\r"), areas: []string{"good"}},
		"NoLastLineBreak":  {reason: "common", text: strings.TrimSpace(goodArea), areas: []string{"good"}},
		"Directive":        {reason: "a YAML directive precedes the first document", text: "%YAML 1.1\n---\n" + goodArea, areas: []string{"good"}},
		"DocumentEnd":      {reason: "`...` ends a document", text: goodArea + "...\n---\n" + second, areas: []string{"good", "second"}},
		"ContentAtMarker":  {reason: "a document may begin on the line of its marker", text: "--- {apiVersion: remit.dev/v1alpha1, kind: Area, metadata: {name: inline}, spec: {}}\n", areas: []string{"inline"}},
		"DashesInText":     {reason: "indented dashes are text", text: "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: good}\nspec:\n  description: |\n    a\n    ---\n    b\n", areas: []string{"good"}},
		"JSON":             {reason: "YAML has it all", text: "{\n\t\"apiVersion\": \"remit.dev/v1alpha1\",\n\t\"kind\": \"Area\", \"metadata\": {\"name\": \"good\"}, \"spec\": {}\n}", areas: []string{"good"}},
		"Merge":            {reason: "anchors and merge keys are YAML's way to share", text: "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: good}\nspec:\n  roles:\n  - &one {role: oncall, holders: ['user:a']}\n  - {<<: *one, role: deputy}\n", areas: []string{"good"}},
		"OneBadOfThree":    {reason: "the others stay", text: goodArea + "---\nkind: [\n---\n" + second, areas: []string{"good", "second"}, problems: []string{"6 not YAML"}},
		"Tab":              {reason: "YAML indents with spaces", text: goodArea + "---\na:\n\tb: c\n", areas: []string{"good"}, problems: []string{"7 not YAML"}},
		"Binary":           {reason: "not text at all", text: "\x00\x01\x02", problems: []string{"1 not YAML"}},
		"Latin1":           {reason: "not UTF-8", text: goodArea + "---\na: caf\xe9\n", areas: []string{"good"}, problems: []string{"6 the text is not UTF-8"}},
		"UTF16":            {reason: "not UTF-8", text: "\xff\xfea\x00", problems: []string{"0 the text is UTF-16"}},
		"Prose":            {reason: "text is no manifest", text: "see README\n", problems: []string{"1 the document is text"}},
		"DuplicateKey":     {reason: "which one is meant?", text: goodArea + "kind: Team\n", problems: []string{"5 given twice, first on line 2"}},
		"DuplicateMerged":  {reason: "a merged key may be given again", text: "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: &m {name: good}\nspec: {}\n", areas: []string{"good"}},
		"ListAsKey":        {reason: "JSON has text as keys only", text: "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: good, labels: {[a]: b}}\nspec: {}\n", problems: []string{"3 a key is a list or a map"}},
		"InfiniteNumber":   {reason: "JSON has none", text: "apiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: p}\nspec: {library: a, parameters: {max: .inf}}\n", problems: []string{"4 \".inf\" is not a number"}},
		"TooDeep":          {reason: "bounded nesting", text: "apiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: p}\nspec: {library: a, parameters: {max: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}}\n", problems: []string{"4 nested more than 64 levels"}},
		"ParserTooDeep":    {reason: "bounded nesting in the parser", text: strings.Repeat("[", 100_000), problems: []string{"1 not YAML"}},
		"BillionLaughs":    {reason: "bounded aliases", text: laughs(), problems: []string{"7 aliases repeat more than 20000 values"}},
		"AliasOfItself":    {reason: "an endless object", text: "apiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: p}\nspec: {library: a, parameters: &a {b: *a}}\n", problems: []string{"4 "}},
		"MergeOfText":      {reason: "only maps merge", text: "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: good}\nspec: {<<: text}\n", problems: []string{"4 `<<` merges"}},
		"HelmTemplate":     {reason: "a chart beside the manifests", text: "{{- if .Values.a }}\na: b\n{{- end }}\n", problems: []string{"1 not YAML but a template"}},
		"ListOfLists":      {reason: "kubectl does not read them either", text: "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]\n", problems: []string{"3 a list in a list"}},
		"EmptyList":        {reason: "kubectl writes them", text: "apiVersion: v1\nkind: List\nitems: []\n---\napiVersion: v1\nkind: List\nitems:\n"},
		"UnknownAnchor":    {reason: "an alias of nothing", text: "a: *b\n", problems: []string{"1 not YAML: unknown anchor 'b'"}},
		"NullRoot":         {reason: "kind without an object", text: "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata:\nspec:\n", problems: []string{"1 `spec` is missing", "3 `name` is missing"}},
		"UnknownFieldRoot": {reason: "misspelt at the top", text: goodArea + "specs: {}\n", problems: []string{"5 unknown field `specs`"}},
	}
	loader := newLoader(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set, problems := loadText(t, loader, c.text)
			var areas []string
			for _, area := range set.Areas {
				if set.Broken[AreaID(&area.Value)].Reason != ReasonInvalid {
					areas = append(areas, area.Value.Name)
				}
			}
			if diff := cmp.Diff(c.areas, areas, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: areas (-want +got):\n%s", c.reason, diff)
			}
			if len(problems) != len(c.problems) {
				t.Fatalf("%s: want %d problems, got %v", c.reason, len(c.problems), problems)
			}
			for i, problem := range problems {
				if got := lineAndMessage(problem.Line, problem.Message); !strings.HasPrefix(got, c.problems[i]) {
					t.Errorf("%s: want the problem %q, got %q", c.reason, c.problems[i], got)
				}
				if problem.Remedy == "" {
					t.Errorf("no remedy: %v", problem)
				}
			}
		})
	}
}

func laughs() string {
	var b strings.Builder
	b.WriteString("apiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: p}\nspec:\n  library: a\n  parameters:\n    a: &a [x, x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c <= 'i'; c++ {
		b.WriteString("    " + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 10) + "]\n")
	}
	return b.String()
}

// What is said of a hopeless file is bounded, and says how much more there is.
func TestManyProblems(t *testing.T) {
	loader := newLoader(t)
	_, problems := loadText(t, loader, manifestOf("Area", "x", "{"+repeat(5000, "unknown%d: x")+"}"))
	if len(problems) != maxReported+1 || problems[0].Message != "4900 more problems" {
		t.Errorf("one object: want %d problems, got %d beginning with %v", maxReported+1, len(problems), problems[0])
	}
	_, problems = loadText(t, loader, manifestOf("Area", "x", "{"+strings.Repeat("tier: a, ", 5000)+"}"))
	if len(problems) != maxReported {
		t.Errorf("one key, 5000 times: want %d problems, got %d", maxReported, len(problems))
	}
	_, problems = loadText(t, loader, strings.Repeat("text\n---\n", 5000))
	if len(problems) != maxInFile+1 || problems[maxInFile].Message != "4000 more problems in this file" {
		t.Errorf("one file: want %d problems, got %d", maxInFile+1, len(problems))
	}
}
