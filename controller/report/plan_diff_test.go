package report

import (
	"bytes"
	"fmt"
	"os"
	"os/exec" //nolint:depguard // where there is a git, the patch is given to it
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// Where the reason of a change is shown, its line stands.
func TestNewLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, changes, edits := someEdits(t)
		after, err := codeowners.Parse(text).Apply(edits...)
		if err != nil {
			t.Skip(err)
		}
		edited := codeowners.Parse(after)
		for i, number := range newLines(PlannedFile{Before: text, After: after}, changes) {
			if number < 1 || number > edited.LineCount() {
				t.Fatalf("change %d: there is no line %d of %d", i, number, edited.LineCount())
			}
			line, change := edited.Line(number), changes[i]
			rule := edited.Rules()[line.Rule]
			has := false
			for _, owner := range rule.Owners {
				has = has || owner.Text == change.Owners[0]
			}
			if rule.Pattern != change.Pattern || has == (change.Operation == ownership.RemoveOwner) {
				t.Fatalf("change %d, %s %s at %d: line %d is %q of\n%s", i, change.Operation, change.Pattern, change.Line, number, line.Text, after)
			}
		}
	})
}

// someEdits draws a file, and changes of it with the edits that they are.
func someEdits(t *rapid.T) (text []byte, changes []ownership.Change, edits []codeowners.Edit) {
	ending := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "ending")
	var lines []string
	rules := rapid.IntRange(0, 12).Draw(t, "lines")
	for i := range rules {
		line := fmt.Sprintf("/%d/ @a%d @b%d", i, i, i)
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			line = rapid.SampledFrom([]string{"", "# comment"}).Draw(t, "line")
		}
		lines = append(lines, line)
	}
	joined := strings.Join(lines, ending)
	if rapid.Bool().Draw(t, "ended") && joined != "" {
		joined += ending
	}
	text = []byte(joined)
	file := codeowners.Parse(text)
	for i, rule := range file.Rules() {
		at := codeowners.At{Line: rule.Line, Pattern: rule.Pattern}
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			owner := fmt.Sprintf("@new%d", i)
			changes = append(changes, change(ownership.AddOwner, rule.Line, rule.Pattern, owner))
			edits = append(edits, codeowners.AddOwner{At: at, Owner: owner})
		case 1:
			owner := rule.Owners[0].Text
			changes = append(changes, change(ownership.RemoveOwner, rule.Line, rule.Pattern, owner))
			edits = append(edits, codeowners.RemoveOwner{At: at, Owner: owner})
		}
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "rules") {
		after := rapid.IntRange(-1, file.LineCount()).Draw(t, "after")
		pattern := fmt.Sprintf("/added%d/", i)
		rule := change(ownership.AddRule, after, pattern, "@added")
		rule.After = pattern + " @added"
		changes = append(changes, rule)
		edits = append(edits, codeowners.AddRule{Pattern: pattern, Owners: []string{"@added"}, After: after})
	}
	for i := len(changes) - 1; i > 0; i-- { // the order of the changes is another than that in the file
		j := rapid.IntRange(0, i).Draw(t, "swap")
		changes[i], changes[j] = changes[j], changes[i]
	}
	return text, changes, edits
}

// The patch turns the one text into the other.
func TestPatchApplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, _, edits := someEdits(t)
		after, err := codeowners.Parse(text).Apply(edits...)
		if err != nil {
			t.Skip(err)
		}
		patch := filePatch(PlannedFile{File: "CODEOWNERS", Before: text, After: after})
		if got := patched(t, text, patch); !bytes.Equal(got, after) {
			t.Fatalf("the patch\n%s\ngives\n%q, want\n%q", patch, got, after)
		}
	})
}

// patched applies a patch of one file as its format says, without any leeway.
func patched(t *rapid.T, text, patch []byte) []byte {
	var out []byte
	rest := bytes.SplitAfter(text, []byte("\n"))
	at := 1
	_, body, _ := bytes.Cut(patch, []byte("\n@@"))
	if len(patch) == 0 {
		return text
	}
	lines := bytes.SplitAfter(append([]byte("@@"), body...), []byte("\n"))
	for i, line := range lines {
		if len(line) == 0 {
			continue
		}
		content := line[1:]
		if i+1 < len(lines) && bytes.HasPrefix(lines[i+1], []byte(`\`)) {
			content = bytes.TrimSuffix(content, []byte("\n"))
		}
		switch line[0] {
		case '@':
			var from, count int
			if _, err := fmt.Sscanf(string(line), "@@ -%d,%d", &from, &count); err != nil {
				t.Fatal(err)
			}
			for ; at < from; at++ {
				out, rest = append(out, rest[0]...), rest[1:]
			}
		case ' ', '-':
			if !bytes.Equal(rest[0], content) {
				t.Fatalf("line %d is %q, and the patch has %q", at, rest[0], content)
			}
			if line[0] == ' ' {
				out = append(out, content...)
			}
			rest, at = rest[1:], at+1
		case '+':
			out = append(out, content...)
		case '\\':
		default:
			t.Fatalf("a line that is none of a patch: %q", line)
		}
	}
	return append(out, bytes.Join(rest, nil)...)
}

// A git, where there is one, takes the patch.
func TestGitTakesThePatch(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git here; TestPatchApplies holds without one")
	}
	tests := map[string]struct {
		reason        string
		before, after string
		isNew         bool
	}{
		"edits":       {"lines change, come and go", planBefore, planAfter, false},
		"new":         {"the first file", "", "* @acme/all\n", true},
		"empty":       {"an empty file gets a rule", "", "* @acme/all\n", false},
		"no end":      {"no line break at the end, before nor after", "a @a\nb @b", "a @a\nb @b @c", false},
		"end":         {"a line after one without a break", "a @a", "a @a\nb @b", false},
		"crlf":        {"line endings of another system", "a @a\r\nb @b\r\n", "a @a @c\r\nb @b\r\n", false},
		"byte order":  {"a byte order mark", "\xef\xbb\xbfa @a\n", "\xef\xbb\xbfa @a @b\n", false},
		"odd bytes":   {"bytes that are not UTF-8, and control characters", "a\xff\x1b @a\n", "a\xff\x1b @a @b\n", false},
		"long":        {"far apart", strings.Repeat("/a/ @a\n", 300) + "/b/ @b\n" + strings.Repeat("/c/ @c\n", 300), "/z/ @z\n" + strings.Repeat("/a/ @a\n", 300) + "/b/ @b @d\n" + strings.Repeat("/c/ @c\n", 300), false},
		"like a diff": {"lines that look like those of a diff", "--- a\n+++ b\n@@ -1 +1 @@\n\\ No newline at end of file\n", "--- a\n+++ b @c\n@@ -1 +1 @@\n\\ No newline at end of file\n", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			run(t, git, folder, nil, "init", "-q")
			file := PlannedFile{Repository: "acme/shop", File: ".github/CODEOWNERS", After: []byte(test.after)}
			path := filepath.Join(folder, ".github", "CODEOWNERS")
			if !test.isNew {
				file.Before = []byte(test.before)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, file.Before, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var patch bytes.Buffer
			if err := PlanPatch(&patch, Planned{Files: []PlannedFile{file}}); err != nil {
				t.Fatal(err)
			}
			run(t, git, folder, patch.Bytes(), "apply", "-")
			if got, err := os.ReadFile(path); err != nil || string(got) != test.after {
				t.Errorf("%s: got %q, %v", test.reason, got, err)
			}
		})
	}
}

func run(t *testing.T, program, folder string, in []byte, arguments ...string) {
	t.Helper()
	command := exec.Command(program, arguments...)
	command.Dir, command.Stdin = folder, bytes.NewReader(in)
	command.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s%s", program, arguments, err, out, in)
	}
}

// A patch of several repositories says which part is whose.
func TestPatchOfSeveral(t *testing.T) {
	var b bytes.Buffer
	if err := PlanPatch(&b, planned()); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan_rich.diff", b.Bytes())
}
