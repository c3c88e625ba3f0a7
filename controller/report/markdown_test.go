package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

func renderMarkdown(t interface{ Fatal(...any) }, result *ownership.Result, options Options) string {
	var b bytes.Buffer
	if err := Markdown(&b, result, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	options := Options{ManifestsGiven: true, Version: "0.1.0", Next: []string{"see remit explain"}}
	golden(t, "markdown_rich.md", []byte(renderMarkdown(t, rich(), options)))
	golden(t, "markdown_bare.md", []byte(renderMarkdown(t, bare(), Options{})))
	golden(t, "markdown_clean.md", []byte(renderMarkdown(t, clean(), Options{ManifestsGiven: true})))
}

// withoutCode takes the code spans out of a line, as CommonMark finds them: from a
// run of backticks that no backslash escapes to the next run of the same length.
func withoutCode(line string) string {
	var b strings.Builder
	for line != "" {
		if line[0] == '\\' && len(line) > 1 {
			b.WriteString(line[:2])
			line = line[2:]
			continue
		}
		rest := strings.TrimLeft(line, "`")
		fence := line[:len(line)-len(rest)]
		if fence == "" {
			b.WriteByte(line[0])
			line = line[1:]
			continue
		}
		line = rest
		for _, run := range regexp.MustCompile("`+").FindAllStringIndex(rest, -1) {
			if run[1]-run[0] == len(fence) {
				line = rest[run[1]:]
				break
			}
		}
	}
	return b.String()
}

func TestMarkdownText(t *testing.T) {
	tests := map[string]struct{ reason, text, want string }{
		"mention":  {"nobody is called", "ask @alice and @acme/payments", "ask \\@\u200balice and \\@\u200bacme/payments"},
		"closing":  {"no issue is closed", "fixes #12, closes GH-3", "fixes \\#\u200b12, closes GH\u200b-3"},
		"address":  {"nor by its address", "closes https://github.com/a/b/issues/1", "closes https:\u200b//github.com/a/b/issues/1"},
		"command":  {"no command", "/close", "\u200b/close"},
		"html":     {"no HTML", "<img src=x>", "&lt;img src=x&gt;"},
		"entity":   {"no entity", "&lt;", "&amp;lt;"},
		"link":     {"no link", "[a](b)", `\[a\](b)`},
		"cell":     {"a cell stays one cell", "a|b", `a\|b`},
		"emphasis": {"no markup", "*a* _b_ ~c~ $d$", `\*a\* \_b\_ \~c\~ \$d\$`},
		"place":    {"a place can be copied", "areas.yaml:3", "areas.yaml:3"},
		"lines":    {"one line", "a\n# b", "a \\#\u200b b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := markdownText(test.text); got != test.want {
				t.Errorf("%s: %q, want %q", test.reason, got, test.want)
			}
		})
	}
}

func TestCodeHoldsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("`a |@#\\\n"))).Draw(t, "text")
		got := code(text)
		fence := got[:len(got)-len(strings.TrimLeft(got, "`"))]
		if Clean(text) == "" {
			return
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(got, fence), fence)
		for _, run := range regexp.MustCompile("`+").FindAllString(inner, -1) {
			if len(run) == len(fence) && strings.TrimSpace(inner) != "" {
				t.Fatalf("%q closes its span early", got)
			}
		}
	})
}

// Whatever outside text says, outside of code spans there is no mention, no
// reference, no address and no HTML but the report's own.
func TestMarkdownIsHarmless(t *testing.T) {
	own := strings.NewReplacer(MarkdownMarker, "", "<br>", "", "<sub>", "", "</sub>", "", "### ", "", "#### ", "")
	harmful := regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|[Gg][Hh]-[0-9]|https?://|www\.|<[a-zA-Z/!]|[^\\]\]\(`)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"@alice", "fixes #1", "GH-1", "https://evil.example", "www.evil.example",
			"<b>", "[a](b)", "`", "``", "|", "\n", "\\", "\x1b[1m", " ", "@acme/all", "/close", "![i](j)", "\u202e"})).Draw(t, "words"), "")
		result := &ownership.Result{
			Areas: []ownership.AreaResult{{ID: ownership.AreaID(text), Tier: text, State: ownership.Unowned,
				Requirements: []ownership.Requirement{{Role: ownership.Role(text), Status: ownership.Unmet, Reason: text}},
				Drift:        []ownership.Drift{{Kind: ownership.Missing, Role: ownership.Role(text), Message: text, Locations: []ownership.Location{{File: text}}}}}},
			Findings: []ownership.Finding{{Policy: text, Subject: text, Key: text, Rule: "deny", Severity: ownership.High, Status: ownership.Raised, Message: text}},
			Problems: []ownership.Problem{{Location: ownership.Location{File: text}, Field: text, Message: text, Remedy: text}},
			Sources:  []ownership.SourceStatus{{Name: text, Unknown: text}},
			Policies: []ownership.PolicyStatus{{Name: text, Error: text}},
		}
		for line := range strings.Lines(own.Replace(renderMarkdown(t, result, Options{ManifestsGiven: true}))) {
			line = withoutCode(line)
			if found := harmful.FindString(line); found != "" {
				t.Fatalf("%q is left in %q", found, line)
			}
		}
	})
}

func TestMarkdownFitsAComment(t *testing.T) {
	worst := strings.Repeat("&", 1000)
	result := &ownership.Result{}
	for i := range 500 {
		id := fmt.Sprintf("a/%d%s", i, worst)
		result.Areas = append(result.Areas, ownership.AreaResult{ID: ownership.AreaID(id), Tier: worst, State: ownership.Unowned,
			Requirements: []ownership.Requirement{{Role: "a", Status: ownership.Unmet, Reason: worst}, {Role: "b", Status: ownership.Unmet, Reason: worst},
				{Role: "c", Status: ownership.Unmet, Reason: worst}, {Role: "d", Status: ownership.Unmet, Reason: worst}},
			Drift: []ownership.Drift{{Kind: ownership.Missing, Role: "a", Message: worst}}})
		result.Findings = append(result.Findings, ownership.Finding{Policy: worst, Subject: id, Rule: "deny", Status: ownership.Raised, Message: worst})
		result.Problems = append(result.Problems, ownership.Problem{Message: worst})
	}
	if n := utf8.RuneCountInString(renderMarkdown(t, result, Options{ManifestsGiven: true})); n > 65536 {
		t.Errorf("%d characters, and a comment holds 65,536", n)
	}
}
