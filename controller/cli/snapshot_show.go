package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/record"
	"github.com/remit-dev/remit/controller/report"
)

func newSnapshotShow(environment Environment, shared *sharedFlags) *cobra.Command {
	output := choice{allowed: []string{outputTable, outputJSON}, value: outputTable}
	command := &cobra.Command{
		Use:   "show FILE",
		Short: "Say what is in a recording",
		Long: `Say what is in a recording: when it was made, whether names are redacted, its areas,
sources, repositories, files, people, teams and policies.

JSON has one object; docs/snapshots.md has its fields.

It exits with 0, and with 2 if the FILE cannot be read or is no recording.`,
		Example: `  remit snapshot show monday.remit
  remit snapshot show monday.remit --output json`,
		Args: someArguments("one FILE", 1),
		RunE: func(command *cobra.Command, arguments []string) error {
			recording, err := readSnapshot(arguments[0])
			if err != nil {
				return err
			}
			outcome, err := engine.Pass(command.Context(), recording.Input)
			if err != nil {
				return err
			}
			summary := record.Summarise(recording).Found(outcome.Result)
			if output.value == outputJSON {
				encoder := json.NewEncoder(environment.Out)
				encoder.SetIndent("", "  ")
				return encoder.Encode(summary)
			}
			return showSummary(environment, shared, arguments[0], summary)
		},
	}
	command.Flags().VarP(&output, "output", "o", "the form: "+output.list())
	mustComplete(command, "output", &output)
	return command
}

// sheet lays out rows of cells in columns.
type sheet struct {
	out *bufio.Writer
	err error
}

// rows writes rows, the first of which is the heading; the last cell of a row is as long as it is. Cells in a column
// whose heading begins with a space are numbers, and stand to the right.
func (s *sheet) rows(rows [][]string) {
	if len(rows) == 0 {
		return
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], min(columns(cell), maxColumn))
		}
	}
	for _, row := range rows {
		var b []byte
		for i, cell := range row {
			switch {
			case rows[0][i] != "" && rows[0][i][0] == ' ':
				b = padded(b, "", widths[i]-columns(cell))
				b = append(b, cell...)
			case i == len(row)-1:
				b = append(b, cell...)
			default:
				b = padded(b, cell, widths[i])
			}
			if i < len(row)-1 {
				b = append(b, "  "...)
			}
		}
		s.line(string(b))
	}
}

func (s *sheet) line(text string) {
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	if _, err := s.out.WriteString(text + "\n"); s.err == nil {
		s.err = err
	}
}

// showSummary writes what is in a recording for people.
func showSummary(environment Environment, shared *sharedFlags, name string, summary record.Summary) error {
	s := &sheet{out: bufio.NewWriter(environment.Out)}
	red := func(text string) string {
		if text != "" && environment.color(shared.color.value, environment.Out) {
			return "\x1b[31m" + text + "\x1b[0m"
		}
		return text
	}
	s.line(report.Clean(fmt.Sprintf("%s: a check of %s, recorded by remit %s", name, summary.At.UTC().Format(time.RFC3339), summary.By)))
	if summary.Redacted {
		s.line("Names and addresses of people are redacted.")
	} else {
		s.line("It has names and addresses of people; they are not redacted.")
	}
	s.line("")
	s.line(counts(summary))
	if len(summary.Sources) > 0 {
		s.line("")
		rows := [][]string{{"SOURCE", "KIND", " REPOSITORIES", " PEOPLE", " TEAMS", "NOT READ WHOLE"}}
		for _, source := range summary.Sources {
			rows = append(rows, []string{
				report.Clean(source.Name), report.Clean(string(source.Kind)), strconv.Itoa(source.Repositories),
				strconv.Itoa(source.People), strconv.Itoa(source.Teams), red(report.Clean(source.Unknown)),
			})
		}
		s.rows(rows)
	}
	if len(summary.Kept) > 0 {
		s.line("")
		rows := [][]string{{"REPOSITORY", " FILES", " COMMITS", "CODEOWNERS", "NOT READ WHOLE"}}
		for _, repository := range summary.Kept {
			rows = append(rows, []string{
				report.Clean(repository.ID), strconv.Itoa(repository.Files), strconv.Itoa(repository.Commits),
				report.Clean(repository.Codeowners), red(report.Clean(repository.Unknown)),
			})
		}
		s.rows(rows)
	}
	if len(summary.Policies) > 0 {
		s.line("")
		rows := [][]string{{"POLICY", "TEXT"}}
		for _, policy := range summary.Policies {
			text := report.Clean(policy.File)
			if text == "" {
				text = red("could not be read")
			}
			rows = append(rows, []string{report.Clean(policy.Name), text})
		}
		s.rows(rows)
	}
	s.line("")
	s.line("NEXT")
	s.line("  → check it: " + environment.program() + " check --snapshot " + report.Clean(quoted(name)))
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("write what is in the recording: %w", err)
	}
	return s.err
}

// counts is how much of everything there is, in one line.
func counts(s record.Summary) string {
	declared := plural(s.Areas, "area", "areas")
	if s.BrokenAreas > 0 {
		declared += fmt.Sprintf(" (%d with errors)", s.BrokenAreas)
	}
	if s.FilesOnly {
		declared = "no manifests"
	}
	return fmt.Sprintf("%s, %s, %s, %s, %s, %s, %s", declared, plural(s.Repositories, "repository", "repositories"),
		plural(s.Files, "file", "files"), plural(s.Commits, "commit", "commits"), plural(s.People, "person", "people"),
		plural(s.Teams, "team", "teams"), plural(s.Errors, "error", "errors")+" and "+plural(s.Problems-s.Errors, "warning", "warnings")+" in the input")
}
