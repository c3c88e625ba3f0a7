package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// Text from a schema is text on the page.
func TestEscape(t *testing.T) {
	for name, c := range map[string]struct{ reason, text, want string }{
		"nothing":   {"plain words", "a plan", "a plan"},
		"emphasis":  {"patterns have stars", "acme/* or a_b_c", `acme/\* or a\_b\_c`},
		"a table":   {"a bar would end the cell", "a|b", `a\|b`},
		"a link":    {"brackets could make one", "[x](y)", `\[x\](y)`},
		"markup":    {"angles would be HTML, and ampersands names of characters", "<b> &amp;", "&lt;b> &amp;amp;"},
		"code":      {"between backticks all is itself, but for bars", "use `a*|b` or *", "use `a*\\|b` or \\*"},
		"one tick":  {"it closes nothing", "a`b*", `a'b\*`},
		"backslash": {"it would take the next character", `\*`, `\\\*`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, escape(c.text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestBoundsInWords(t *testing.T) {
	for name, c := range map[string]struct{ schema, kind, bounds string }{
		"text":     {"{type: string, minLength: 1, maxLength: 63, default: a|b}", "text", "1 to 63 characters; default `a\\|b`"},
		"a word":   {"{type: string, enum: [a, b]}", "text", "`a`, `b`"},
		"pattern":  {"{type: string, maxLength: 9, pattern: '^`$'}", "text", "`` ^`$ ``; at most 9 characters"},
		"known":    {"{type: string, pattern: '^[0-9a-f]{64}$'}", "text", "a SHA-256 in hexadecimal"},
		"time":     {"{type: string, format: date-time}", "time", ""},
		"number":   {"{type: integer, minimum: 0, maximum: 3650, default: 180}", "number", "0 to 3650; default `180`"},
		"set":      {"{type: array, x-kubernetes-list-type: set, maxItems: 1, items: {type: string, maxLength: 3}}", "list of texts", "at most 1 entry; none twice; each at most 3 characters"},
		"by key":   {"{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a, b], minItems: 1, maxItems: 2, items: {type: object}}", "list of objects", "1 to 2 entries; one for each `a` and `b`"},
		"map":      {"{type: object, maxProperties: 2, additionalProperties: {type: string, maxLength: 3}}", "map of texts", "at most 2 keys; each at most 3 characters"},
		"any":      {"{type: object, maxProperties: 2, additionalProperties: {x-kubernetes-preserve-unknown-fields: true}}", "map of any values", "at most 2 keys"},
		"selector": {"{type: object, properties: {matchLabels: {type: object}}}", "[selector](#selectors)", ""},
	} {
		t.Run(name, func(t *testing.T) {
			schema := &apiextensionsv1.JSONSchemaProps{}
			if err := yaml.UnmarshalStrict([]byte(c.schema), schema); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{c.kind, c.bounds}, []string{typeOf(schema), strings.Join(boundsOf(schema), "; ")}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Each line of a table has as many cells as its head, whatever the schemas say, and each link leads to a heading.
func TestTablesAreWhole(t *testing.T) {
	text, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	bar, cells := regexp.MustCompile(`(^|[^\\])\|`), 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		got := len(bar.FindAllString(strings.ReplaceAll(line, "||", "| |"), -1))
		if cells == 0 {
			cells = got
		}
		if got != cells {
			t.Errorf("%d bars, the head has %d: %s", got, cells, line)
		}
	}
	for _, link := range regexp.MustCompile(`\]\(#([a-z]+)\)`).FindAllStringSubmatch(string(text), -1) {
		if !regexp.MustCompile(`(?mi)^## ` + link[1] + `$`).Match(text) {
			t.Errorf("no heading %s", link[1])
		}
	}
}

// The constants of the kinds are read with their values and words.
func TestConstants(t *testing.T) {
	found, err := constantsOf("../../api/v1alpha1")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, c := range found {
		values[c.name] = c.value
		if shown := strings.HasPrefix(c.name, "Condition") || strings.HasPrefix(c.name, "Annotation"); shown && c.words == "" {
			t.Errorf("nothing is said of %s", c.name)
		}
	}
	for name, want := range map[string]string{"ConditionReady": "Ready", "LabelCredentials": "remit.dev/credentials", "OwnerKeyA8r": "a8r.io/owner"} {
		if values[name] != want {
			t.Errorf("%s is %q, want %q", name, values[name], want)
		}
	}
}
