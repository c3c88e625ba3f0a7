package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// The most that the Markdown report shows of each kind. A comment on GitHub holds
// 65,536 characters; these bounds keep the report below, whatever the names are.
const (
	maxMarkdownAreas    = 25
	maxMarkdownFindings = 40
	maxMarkdownProblems = 15
	maxMarkdownText     = 240
	// maxMarkdownBytes is after how many bytes no more rows are written; a row is below 15,000.
	maxMarkdownBytes = 45000
)

// MarkdownMarker is an invisible line at the report's start by which a comment that
// holds it can be found again and updated.
const MarkdownMarker = "<!-- remit:report -->"

// Markdown writes the report for a comment on a pull request or a job's summary,
// in GitHub's dialect. Outside text cannot mention anybody, refer to or close an
// issue, give a command, or mark itself up.
func Markdown(w io.Writer, result *ownership.Result, options Options) error {
	m := &markdown{table: newTable(result, options)}
	verdict := verdictOf(result, m.table.summary, m.table.options.FailOn)
	m.printf("%s\n### Ownership\n\n**%s**\n\n%s: %s\n\n", MarkdownMarker, m.headline(), verdict.word, verdict.text)
	if m.table.summary.Clean() && len(result.Areas)+len(result.Repositories) > 0 {
		m.printf("All clear: %s and %s checked against %s.\n", count(len(result.Areas), "area", "areas"),
			count(m.table.summary.Files.Total, "file", "files"), count(len(result.Policies), "policy", "policies"))
	}
	m.areas()
	m.contradictions()
	m.findings()
	m.problems()
	m.footer()
	if _, err := w.Write(m.out.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

type markdown struct {
	table *table
	out   bytes.Buffer
}

func (m *markdown) printf(format string, arguments ...any) { fmt.Fprintf(&m.out, format, arguments...) }

// rows writes the first rows of a list, as many as there is room for, and says how many were left out.
func rows[T any](m *markdown, list []T, limit int, write func(T)) {
	shown := 0
	for shown < min(len(list), limit) && m.out.Len() < maxMarkdownBytes {
		write(list[shown])
		shown++
	}
	m.printf("\n")
	if left := len(list) - shown; left > 0 {
		m.printf("…and %d more; `remit check --output json` shows all.\n\n", left)
	}
}

func (m *markdown) headline() string {
	files := m.table.summary.Files
	line := "no files judged"
	if determined(files) > 0 {
		line = fmt.Sprintf("%s of %s %s an owner", Percent(files.Owned, determined(files)),
			count(determined(files), "file", "files"), plural(determined(files), "has", "have"))
	}
	if m.table.bare {
		return line
	}
	return m.table.areasHeadline() + " — " + line
}

// areas is a table of all areas that are not owned, the worst state first.
func (m *markdown) areas() {
	areas := slices.DeleteFunc(slices.Clone(m.table.result.Areas), func(area ownership.AreaResult) bool {
		return area.State == ownership.Owned
	})
	if len(areas) == 0 {
		return
	}
	slices.SortStableFunc(areas, func(a, b ownership.AreaResult) int {
		return cmp.Or(a.State.Rank()-b.State.Rank(), m.table.knownRank(a)-m.table.knownRank(b))
	})
	m.printf("| Area | State | Tier | Why | Next |\n|---|---|---|---|---|\n")
	rows(m, areas, maxMarkdownAreas, func(area ownership.AreaResult) {
		var why []string
		for _, requirement := range area.Requirements {
			if requirement.Status != ownership.Met {
				why = append(why, markdownText(fmt.Sprintf("%s: %s", requirement.Role, requirement.Reason)))
			}
		}
		m.printf("| %s | %s | %s | %s | %s |\n", codeCell(string(area.ID)), m.state(area), markdownText(area.Tier),
			strings.Join(why[:min(len(why), 4)], "<br>"), markdownText(m.table.step(area)))
	})
	if m.table.summary.Areas[ownership.Unknown] > 0 {
		m.printf("Unknown is not unowned: what could not be read is held against nobody.\n\n")
	}
}

// state is an area's state, and whether it fails nothing although it is unowned.
func (m *markdown) state(area ownership.AreaResult) string {
	if because := m.table.known[area.ID]; because != "" {
		return string(area.State) + ", " + knownWord(because)
	}
	return string(area.State)
}

// contradictions lists what is declared one way and observed another.
func (m *markdown) contradictions() {
	type contradiction struct {
		area  ownership.AreaID
		drift ownership.Drift
	}
	var all []contradiction
	for _, area := range m.table.result.Areas {
		for _, drift := range area.Drift {
			all = append(all, contradiction{area.ID, drift})
		}
	}
	if len(all) == 0 {
		return
	}
	m.printf("#### %s between declared and observed\n\n", count(len(all), "contradiction", "contradictions"))
	rows(m, all, maxMarkdownFindings, func(c contradiction) {
		m.printf("- %s **%s** %s: %s%s\n", code(string(c.area)), c.drift.Kind, markdownText(string(c.drift.Role)),
			markdownText(c.drift.Message), m.places(c.drift.Locations))
	})
}

// places are the first two places, as code.
func (m *markdown) places(locations []ownership.Location) string {
	var parts []string
	for _, location := range locations[:min(len(locations), 2)] {
		parts = append(parts, code(m.table.place(location)))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// findings lists the raised findings, the most severe first, and what does not count.
func (m *markdown) findings() {
	var raised []ownership.Finding
	for _, group := range groupByPolicy(m.table.result.Findings) {
		raised = append(raised, group...)
	}
	if len(raised) > 0 {
		m.printf("#### %s\n\n| Severity | Policy | Where | What |\n|---|---|---|---|\n", count(len(raised), "finding", "findings"))
		rows(m, raised, maxMarkdownFindings, func(finding ownership.Finding) {
			m.printf("| %s (%s) | %s | %s | %s |\n", finding.Severity, markdownText(finding.Rule), codeCell(finding.Policy),
				codeCell(m.table.findingPlace(finding)), markdownText(finding.Message))
		})
	}
	for _, text := range notRaised(m.table.result, m.table.summary) {
		m.printf("Not counted: %s.\n\n", markdownText(text))
	}
}

// problems lists bad input, failed policies and what could not be read.
func (m *markdown) problems() {
	var lines []string
	for _, problem := range inputProblems(m.table.result) {
		word := "error"
		if problem.Warning {
			word = "warning"
		}
		text := problem
		text.Location = ownership.Location{}
		lines = append(lines, fmt.Sprintf("%s at %s: %s", word, code(m.table.place(problem.Location)), markdownText(text.Error())))
	}
	for _, policy := range m.table.result.Policies {
		if policy.Error != "" || policy.Failed > 0 {
			lines = append(lines, fmt.Sprintf("policy %s failed: %s", code(policy.Name), markdownText(policyError(m.table.result, policy))))
		}
	}
	for _, source := range m.table.result.Sources {
		if source.Unknown != "" {
			lines = append(lines, fmt.Sprintf("source %s could not be read whole: %s", code(source.Name), markdownText(source.Unknown)))
		}
	}
	if len(lines) == 0 {
		return
	}
	m.printf("#### %s of the input\n\n", count(len(lines), "problem", "problems"))
	rows(m, lines, maxMarkdownProblems, func(line string) { m.printf("- %s\n", line) })
}

func (m *markdown) footer() {
	for _, step := range m.table.options.Next {
		m.printf("→ %s\n\n", markdownText(step))
	}
	if version := m.table.options.Version; version != "" {
		m.printf("<sub>Remit %s</sub>\n", markdownText(version))
	}
}
