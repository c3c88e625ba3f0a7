package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// PlanPatch writes a plan as a patch that `git apply` takes, byte for byte. A patch is about one checkout; where there are
// several repositories, a line before each part names its own. On a terminal the text should be made safe: see
// PlanPatchShown.
func PlanPatch(w io.Writer, planned Planned) error {
	_, err := w.Write(patch(planned))
	if err != nil {
		return fmt.Errorf("write the patch: %w", err)
	}
	return nil
}

// PlanPatchShown writes the patch for somebody to read, with control characters as codes.
func PlanPatchShown(w io.Writer, planned Planned) error {
	var b bytes.Buffer
	for line := range bytes.Lines(patch(planned)) {
		b.WriteString(cleanLine(string(bytes.TrimRight(line, "\r\n"))) + "\n")
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the patch: %w", err)
	}
	return nil
}

func patch(planned Planned) []byte {
	var b bytes.Buffer
	several := planned.Result != nil && len(planned.Result.Repositories) > 1 ||
		slices.ContainsFunc(planned.Files, func(file PlannedFile) bool { return file.Repository != planned.Files[0].Repository })
	for i, file := range planned.Files {
		if several && (i == 0 || planned.Files[i-1].Repository != file.Repository) {
			fmt.Fprintf(&b, "# repository %s\n", Clean(file.Repository)) // what stands before a header is skipped by git
		}
		b.Write(filePatch(file))
	}
	if len(planned.Files) == 0 { // behind a patch they would be read as a part of it
		b.Write(labelLines(planned.Changes))
	}
	return b.Bytes()
}

// filePatch is the patch of one file; empty where nothing of it changes. Places of CODEOWNERS need no quotes in it.
func filePatch(file PlannedFile) []byte {
	hunks := hunks(file)
	if file.Problem != "" || len(hunks) == 0 {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "diff --git a/%s b/%s\n", file.File, file.File)
	if file.Before == nil {
		fmt.Fprintf(&b, "new file mode 100644\n--- /dev/null\n")
	} else {
		fmt.Fprintf(&b, "--- a/%s\n", file.File)
	}
	fmt.Fprintf(&b, "+++ b/%s\n", file.File)
	b.Write(hunks)
	return b.Bytes()
}

// hunks are the hunks of a unified diff, with three lines of context.
func hunks(file PlannedFile) []byte {
	text := diff.Diff("a", file.Before, "b", file.After)
	for range 3 { // the lines that name the files
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return text
}

// diffLine is a line of a unified diff.
type diffLine struct {
	// kind is ' ', '-' or '+' before a line of the file; '@' for a hunk's header, '\\' for a remark of the diff's own.
	kind byte
	text string
	// number is that of the line in the new file; 0 where it is not in it.
	number int
}

// diffLines reads the hunks.
func diffLines(file PlannedFile) []diffLine {
	var lines []diffLine
	number := 0
	for raw := range bytes.Lines(hunks(file)) {
		line := diffLine{kind: raw[0], text: strings.TrimRight(string(raw[1:]), "\r\n")}
		switch line.kind {
		case '@':
			number = hunkStart(line.text)
		case ' ', '+':
			line.number = number
			number++
		}
		lines = append(lines, line)
	}
	return lines
}

// hunkStart is the line in the new file at which a hunk begins: of "@ -1,4 +1,5 @@" it is 1.
func hunkStart(header string) int {
	_, after, _ := strings.Cut(header, "+")
	start, _, _ := strings.Cut(after, ",")
	number, err := strconv.Atoi(start)
	if err != nil { // the library writes numbers
		return 0
	}
	return number
}

// newLines gives, for each change of a file, the number that its line will have. A changed line moves down by the rules
// that are added above it. Rules that are added at one place may stand in any order there, and are found by what they say.
func newLines(file PlannedFile, changes []ownership.Change) []int {
	end := codeowners.Parse(file.Before).LineCount()
	place := func(change ownership.Change) int { // the line after which it is added
		switch change.Line {
		case 0:
			return end
		case codeowners.Top:
			return 0
		}
		return change.Line
	}
	here := map[int][]int{} // the rules added at a place
	var added []int
	for i, change := range changes {
		if change.Operation == ownership.AddRule {
			added = append(added, place(change))
			here[place(change)] = append(here[place(change)], i)
		}
	}
	slices.Sort(added)
	above := func(line int) int { // how many rules are added above a line
		count, _ := slices.BinarySearch(added, line)
		return count
	}
	numbers := make([]int, len(changes))
	for i, change := range changes {
		if change.Operation != ownership.AddRule {
			numbers[i] = change.Line + above(change.Line)
		}
	}
	edited := codeowners.Parse(file.After)
	for after, rules := range here {
		number := after + above(after)
		for range len(rules) {
			number++
			at := slices.IndexFunc(rules, func(i int) bool {
				return number <= edited.LineCount() && edited.Line(number).Text == changes[i].After
			})
			at = max(at, 0)
			numbers[rules[at]] = number
			rules = slices.Delete(rules, at, at+1)
		}
	}
	return numbers
}

// reasons gives the changes of a file, by index, under the new line that each is about. Those whose line the diff does
// not show as new are left.
func reasons(lines []diffLine, numbers []int) (under map[int][]int, left []int) {
	shown := map[int]bool{}
	for _, line := range lines {
		if line.kind == '+' {
			shown[line.number] = true
		}
	}
	under = map[int][]int{}
	for i, number := range numbers {
		if shown[number] {
			under[number] = append(under[number], i)
		} else {
			left = append(left, i)
		}
	}
	return under, left
}

// file writes the diff of one file, and under each new line why it is to be so.
func (t *planTable) file(file PlannedFile) {
	var changes []ownership.Change
	for _, change := range t.planned.Changes {
		if change.Repository == file.Repository && change.File == file.File {
			changes = append(changes, change)
		}
	}
	about := count(len(changes), "change", "changes")
	if file.Before == nil {
		about += ", a new file"
	}
	t.section(Clean(file.Repository+" "+file.File), bold, about)
	if file.Problem != "" {
		t.wrapped([]span{{"  ✗ ", red}}, span{"these changes cannot be made: " + Clean(file.Problem), plain})
		return
	}
	lines := diffLines(file)
	under, left := reasons(lines, newLines(file, changes))
	var waiting []int // until the line's remark, that no line break follows it, stands below it
	for i, line := range lines {
		t.diffLine(line)
		if line.kind == '+' {
			waiting = under[line.number]
		}
		if i+1 < len(lines) && lines[i+1].kind == '\\' {
			continue
		}
		for _, change := range waiting {
			t.reason(changes[change])
		}
		waiting = nil
	}
	for _, i := range left {
		t.reason(changes[i])
	}
}

// diffLine writes a line of the diff whole, however wide: a line that is cut would not say what is going to be written.
func (t *planTable) diffLine(line diffLine) {
	styles := map[byte]style{'@': cyan, '-': red, '+': green, '\\': dim}
	t.write(span{string(line.kind) + cleanLine(line.text), styles[line.kind]})
	t.blank()
}

func (t *planTable) reason(change ownership.Change) {
	text := what(change)
	if change.Reason != "" {
		text += ": " + Clean(change.Reason)
	}
	t.wrapped([]span{{"    ↳ ", dim}}, span{text, dim})
}

// cleanLine is Clean for a line whose white space matters: it keeps tabs and what is at the ends.
func cleanLine(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r != '\t' && isHidden(r) {
			b.WriteString(visibleCode(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
