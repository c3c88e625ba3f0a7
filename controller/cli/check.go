package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/standalone"
)

// The forms of a report.
const (
	outputTable    = "table"
	outputJSON     = "json"
	outputSARIF    = "sarif"
	outputJUnit    = "junit"
	outputMarkdown = "markdown"
)

// checkFlags are what `remit check` was called with.
type checkFlags struct {
	view
	baseline      string
	writeBaseline string
	output        choice
	failOn        choice
	verbose       bool
	color         *choice
}

func newCheck(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := checkFlags{
		output: choice{allowed: []string{outputTable, outputJSON, outputSARIF, outputJUnit, outputMarkdown}, value: outputTable},
		failOn: choice{value: string(report.DefaultFailOn)}, color: &shared.color,
	}
	for _, severity := range ownership.Severities() {
		flags.failOn.allowed = append(flags.failOn.allowed, string(severity))
	}
	command := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check once who owns what, and report",
		Long: `Check once who owns what, and report.

Without manifests, each PATH is a git checkout (the current folder, if none is
given). It is judged by its CODEOWNERS file as it stands in the working tree:
which files have an owner, and which rules do not say what they seem to.

With --manifests, the areas that the manifests declare are compared with what
their sources say, and the policies that they name are applied. A PATH given
besides takes the place of the repository of the same folder, or else name, in
those sources, so that a change can be checked against the whole organisation
before it is merged.

With --snapshot, what ` + "`remit snapshot save`" + ` recorded is checked, as of then.

Exit codes:
  0  nothing fails the check
  1  something does: a denied finding of at least the severity of --fail-on,
     or an unowned area. Warnings and what is unknown never fail a check.
  2  it could not run, or not whole: wrong flags, a folder that cannot be read
     or has no manifest, an error in a manifest, a source or a policy. What could
     be checked is reported all the same, but do not rely on it.`,
		Example: `  remit check .
  remit check . --output sarif > remit.sarif
  remit check --manifests ownership/
  remit check . --manifests ../ownership/ --fail-on high
  remit check . --write-baseline .remit-baseline.json
  remit check . --baseline .remit-baseline.json
  remit check --snapshot monday.remit`,
		RunE: func(command *cobra.Command, paths []string) error {
			if err := flags.take(command, paths); err != nil {
				return err
			}
			return check(command.Context(), environment, flags)
		},
	}
	flags.flags(command)
	f := command.Flags()
	f.VarP(&flags.output, "output", "o", "the form of the report: "+flags.output.list())
	f.Var(&flags.failOn, "fail-on", "exit with 1 for findings of this severity and above: "+flags.failOn.list())
	f.StringVar(&flags.baseline, "baseline", "", "do not fail for what this `FILE` knows already")
	f.StringVar(&flags.writeBaseline, "write-baseline", "", "write what is found to this `FILE`, as the baseline from now on, and exit with 0")
	f.BoolVarP(&flags.verbose, "verbose", "v", false, "show everything in the table, however long")
	mustCompletePath(command, "baseline", false, "json")
	mustCompletePath(command, "write-baseline", false, "json")
	mustComplete(command, "output", &flags.output)
	mustComplete(command, "fail-on", &flags.failOn)
	return command
}

// check makes one pass, reports it, and gives errFindings where the check fails.
func check(ctx context.Context, environment Environment, flags checkFlags) error {
	known, err := readBaseline(environment.program(), flags)
	if err != nil {
		return err
	}
	input, outcome, err := judged(ctx, environment, flags.view)
	if err != nil {
		return err
	}
	result := outcome.Result
	if flags.baseline != "" {
		result = report.Apply(result, known)
	}
	if err := writeReport(environment, flags, result, !input.FilesOnly); err != nil {
		return err
	}
	if err := incomplete(result); err != nil {
		if flags.writeBaseline != "" {
			err = fmt.Errorf("%w; no baseline was written", err)
		}
		return err
	}
	if flags.writeBaseline != "" {
		return writeBaseline(environment, flags.writeBaseline, result)
	}
	if report.FailureCount(result, ownership.Severity(flags.failOn.value)) > 0 {
		return errFindings
	}
	return nil
}

// incomplete says why a result cannot be relied on, although the report shows it:
//
//	an error in the input (no warning)     what was wrong was left out
//	a policy that failed or did not compile  what it would have found is not there
//
// A source or repository that cannot be read is an error in the input as well; one that is suspended is none.
func incomplete(result *ownership.Result) error {
	if broken := report.Summarise(result).Broken(); broken != "" {
		return errors.New("the check is not whole: " + broken)
	}
	return nil
}

// unsure says what errors in the input mean for an answer that does not list them, and where they are listed.
func unsure(program string, v view, result *ownership.Result) error {
	broken := report.Summarise(result).Broken()
	if broken == "" {
		return nil
	}
	return failure("see what they are: "+program+" check"+v.scope(), "the answer rests on what could be read, and may not be whole: %s", broken)
}

// writeReport writes the report in its form; declared says that there are manifests.
func writeReport(environment Environment, flags checkFlags, result *ownership.Result, declared bool) error {
	options := report.Options{
		Color: environment.color(flags.color.value, environment.Out), Width: environment.width(environment.Out),
		Version: environment.Version.Version, Verbose: flags.verbose, ManifestsGiven: declared,
		FailOn: ownership.Severity(flags.failOn.value),
	}
	switch flags.output.value {
	case outputJSON:
		return report.JSON(environment.Out, result)
	case outputSARIF:
		return report.SARIF(environment.Out, result, options)
	case outputJUnit:
		return report.JUnit(environment.Out, result)
	case outputMarkdown:
		return report.Markdown(environment.Out, result, options)
	}
	options.Next = nextSteps(environment.program(), flags, result)
	return report.Table(environment.Out, result, options)
}

// nextSteps are what a reader of the table may want to do now.
func nextSteps(program string, flags checkFlags, result *ownership.Result) []string {
	var steps []string
	switch {
	case flags.snapshot != "":
		steps = []string{"see what is recorded: " + program + " snapshot show " + quoted(flags.snapshot)}
	case flags.manifests != "":
		steps = []string{
			"keep checking: " + program + " run" + flags.scope(),
			fmt.Sprintf("and see the metrics at http://%s/metrics", defaultListen),
		}
	default:
		steps = []string{"see who owns a file, and why: " + program + " owners PATH"}
	}
	if flags.manifests+flags.snapshot != "" && plannable(result) {
		steps = append([]string{"see what would make CODEOWNERS say what is declared: " + program + " plan" + flags.scope()}, steps...)
	}
	switch {
	case incomplete(result) != nil:
		steps = append([]string{"mend the errors first: until then the result is not whole, and cannot be accepted with --write-baseline"}, steps...)
	case report.FailureCount(result, ownership.Severity(flags.failOn.value)) > 0 && flags.baseline == "" && flags.writeBaseline == "":
		steps = append(steps, "accept what there is, so that only what is new fails: "+program+" check"+flags.scope()+" --write-baseline FILE")
	}
	return steps
}

// plannable says whether a plan may have something to change: an approver who is declared lacks in CODEOWNERS, or one who
// is there should not be.
func plannable(result *ownership.Result) bool {
	return slices.ContainsFunc(result.Areas, func(area ownership.AreaResult) bool {
		return slices.ContainsFunc(area.Drift, func(drift ownership.Drift) bool {
			return drift.Role == ownership.Approver && drift.Kind != ownership.Conflicting
		})
	})
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./,:=@%+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// readBaseline reads the baseline, if there is one to read.
func readBaseline(program string, flags checkFlags) (report.Baseline, error) {
	name := flags.baseline
	if name == "" {
		return report.Baseline{}, nil
	}
	file, err := os.Open(name)
	if err != nil {
		remedy := fmt.Sprintf("write one with `%s check%s --write-baseline %s`", program, flags.scope(), quoted(name))
		return report.Baseline{}, failure(remedy, "the baseline: %s", standalone.Plainly(name, err))
	}
	defer func() { _ = file.Close() }() // nothing was written
	return report.ReadBaseline(name, file)
}

// writeBaseline writes the baseline whole, or leaves the file as it was.
func writeBaseline(environment Environment, name string, result *ownership.Result) error {
	var text bytes.Buffer
	if err := report.WriteBaseline(&text, result); err != nil {
		return err
	}
	if err := replaceFile(name, text.Bytes()); err != nil {
		return failure("name a file that can be written with --write-baseline", "write the baseline: %w", err)
	}
	say(environment.Err, "wrote %s, which knows %s", name, plural(report.NewBaseline(result).Len(), "finding", "findings"))
	return nil
}
