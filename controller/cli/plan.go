package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/standalone"
	"github.com/remit-dev/remit/controller/target/worktree"
)

const (
	outputDiff = "diff"
	// stopVariable is the environment variable that stops all changes.
	stopVariable = "REMIT_STOP"
	// shortHash is how much of a hash names a plan.
	shortHash = 12
)

// detailedFlag is the flag of `remit plan` by which 2 means changes, and 1 an error.
const detailedFlag = "detailed-exitcode"

// errChanges ends a plan that has changes to make, where that is asked for.
var errChanges = errors.New("changes")

// planFlags are what `remit plan` and `remit apply` share.
type planFlags struct {
	view
	maxMode choice
	cache   string
	output  choice
	verbose bool
	color   *choice
}

func newPlanFlags(shared *sharedFlags, outputs ...string) planFlags {
	flags := planFlags{
		output: choice{allowed: outputs, value: outputTable}, color: &shared.color,
		maxMode: choice{value: string(ownership.Enforce)},
	}
	for _, mode := range ownership.Modes() {
		flags.maxMode.allowed = append(flags.maxMode.allowed, string(mode))
	}
	return flags
}

// add adds the flags to a command.
func (flags *planFlags) add(command *cobra.Command) {
	flags.flags(command)
	f := command.Flags()
	f.VarP(&flags.output, "output", "o", "the form of the plan: "+flags.output.list())
	f.Var(&flags.maxMode, "max-mode", "go no further than this, whatever is declared: "+flags.maxMode.list())
	f.StringVar(&flags.cache, "cache", "", "keep what was made in this folder `DIR`; .remit in the folder of the manifests if not given")
	f.BoolVarP(&flags.verbose, "verbose", "v", false, "show everything that is held back, however much")
	mustComplete(command, "output", &flags.output)
	mustComplete(command, "max-mode", &flags.maxMode)
	mustCompletePath(command, "cache", true)
}

// take takes the arguments of a command.
func (flags *planFlags) take(command *cobra.Command, paths []string) error {
	if flags.manifests == "" && flags.snapshot == "" {
		return failure("name a folder of manifests with --manifests DIR", "without manifests nothing is declared, so there is nothing to plan")
	}
	return flags.view.take(command, paths)
}

// arguments are those that lead to the same plan again, to be copied into a shell.
func (flags *planFlags) arguments() string {
	text := flags.scope()
	if flags.maxMode.value != string(ownership.Enforce) {
		text += " --max-mode " + flags.maxMode.value
	}
	if flags.cache != "" {
		text += " --cache " + quoted(flags.cache)
	}
	return text
}

func newPlan(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := newPlanFlags(shared, outputTable, outputJSON, outputDiff)
	detailed := false
	command := &cobra.Command{
		Use:   "plan [PATH...] --manifests DIR",
		Short: "Show what would be changed in CODEOWNERS, and why",
		Long: `Show what would be changed in the CODEOWNERS files of checkouts so that they say what
is declared, line by line with the reason; what is held back, and by which brake. It
changes nothing. docs/plans.md says what is changed, how far, and what holds it back.

The files are looked at as they stand in the working trees. With PATH, only the
checkouts that are named are planned for; what they take the place of, and all else,
is as with remit check.

Exit codes:
  0  there is a plan, with changes or without
  2  there is none, or it is not whole: wrong flags, a folder that cannot be read, an
     error in a manifest, a source or a policy

Exit codes with --` + detailedFlag + `:
  0  there is nothing to change, though something may be held back
  1  there is no plan, or it is not whole
  2  there are changes to make`,
		Example: `  remit plan --manifests ownership/
  remit plan . --manifests ../ownership/
  remit plan --manifests ownership/ --output json > plan.json
  remit plan . --manifests ../ownership/ --output diff > codeowners.patch
  remit plan --manifests ownership/ --` + detailedFlag,
		RunE: func(command *cobra.Command, paths []string) error {
			if err := flags.take(command, paths); err != nil {
				return err
			}
			return showPlan(command.Context(), environment, flags, detailed)
		},
	}
	flags.add(command)
	command.Flags().BoolVar(&detailed, detailedFlag, false, "exit with 2 if there are changes to make, and with 1 for an error")
	return command
}

// showPlan makes a plan and shows it.
func showPlan(ctx context.Context, environment Environment, flags planFlags, detailed bool) error {
	planner, err := newPlanner(ctx, environment, flags)
	if err != nil {
		return err
	}
	planned, err := makePlan(ctx, environment, planner)
	if err != nil {
		return err
	}
	if err := writePlan(environment, flags, planned, nil, planSteps(environment.program(), flags, planned)); err != nil {
		return err
	}
	if err := wholePlan(planned); err != nil {
		return err
	}
	if detailed && len(planned.Changes) > 0 {
		return errChanges
	}
	return nil
}

// newPlanner makes a planner of what the flags name.
func newPlanner(ctx context.Context, environment Environment, flags planFlags) (*standalone.Planner, error) {
	settings := standalone.PlanSettings{
		Settings: flags.settings(), MaxMode: ownership.Mode(flags.maxMode.value), Cache: flags.cache,
		Stop: environment.Getenv(stopVariable), LockWait: 10 * time.Second,
		Warn: func(message string, arguments ...any) { warn(environment.Err, message, arguments...) },
	}
	if flags.snapshot != "" {
		input, err := observe(ctx, environment, flags.view)
		if err != nil {
			return nil, err
		}
		settings.Recorded = &input
	}
	return standalone.NewPlanner(settings)
}

// warn writes a warning with what it is about: "warning: MESSAGE (KEY: VALUE, ...)".
func warn(w io.Writer, message string, arguments ...any) {
	var about []string
	for i := 0; i+1 < len(arguments); i += 2 {
		about = append(about, fmt.Sprintf("%v: %v", arguments[i], arguments[i+1]))
	}
	if len(about) > 0 {
		message += " (" + strings.Join(about, ", ") + ")"
	}
	say(w, "warning: %s", message)
}

// makePlan plans with a progress bar.
func makePlan(ctx context.Context, environment Environment, planner *standalone.Planner) (*standalone.Planned, error) {
	bar := startProgress(environment)
	defer bar.stop()
	return planner.Plan(ctx, environment.Now(), bar.report)
}

// wholePlan says why a plan cannot be relied on to be all there is to do; nil where it can.
func wholePlan(planned *standalone.Planned) error {
	if err := incomplete(planned.Outcome.Result); err != nil {
		return errors.New(strings.Replace(err.Error(), "the check is", "the plan is", 1))
	}
	return nil
}

// planSteps are what a reader of a plan may want to do now.
func planSteps(program string, flags planFlags, planned *standalone.Planned) []string {
	switch {
	case flags.snapshot != "":
		return nil // a recording cannot be changed
	case len(planned.Faults) > 0:
		return []string{"mend the errors in the manifests: before that, nothing is made"}
	case len(planned.Changes) == 0:
		return nil
	}
	return []string{
		"make exactly these changes: " + program + " apply" + flags.arguments() + " --confirm --hash " + planned.Hash[:min(shortHash, len(planned.Hash))],
		"or have them as a patch: " + program + " plan" + flags.arguments() + " --output diff",
	}
}

// writePlan writes a plan in its form, and what became of it.
func writePlan(environment Environment, flags planFlags, planned *standalone.Planned, outcomes []worktree.Outcome, next []string) error {
	shown := shownPlan(planned, outcomes)
	switch flags.output.value {
	case outputJSON:
		return report.PlanJSON(environment.Out, shown)
	case outputDiff:
		if _, is := environment.Terminal(environment.Out); is {
			return report.PlanPatchShown(environment.Out, shown)
		}
		return report.PlanPatch(environment.Out, shown)
	}
	return report.Plan(environment.Out, shown, report.Options{
		Color: environment.color(flags.color.value, environment.Out), Width: environment.width(environment.Out),
		Version: environment.Version.Version, Verbose: flags.verbose, ManifestsGiven: true, Next: next,
	})
}

// shownPlan is a plan as reports know it.
func shownPlan(planned *standalone.Planned, outcomes []worktree.Outcome) report.Planned {
	shown := report.Planned{Plan: planned.Plan, Result: planned.Outcome.Result, Open: planned.Open, Left: planned.Left, LeftHeld: planned.LeftHeld}
	for _, file := range planned.Files {
		part := report.PlannedFile{Repository: file.Repository, File: file.Path, Before: file.Before, After: file.After}
		if file.Problem != nil {
			part.Problem = file.Problem.Error()
		}
		shown.Files = append(shown.Files, part)
	}
	if outcomes == nil {
		return shown
	}
	shown.Outcomes = []report.PlanOutcome{}
	for _, outcome := range outcomes {
		shown.Outcomes = append(shown.Outcomes, report.PlanOutcome{
			Repository: outcome.Repository, File: outcome.File, Status: string(outcome.Status), Changes: len(outcome.Changes),
			Reason: outcome.Reason, Remedy: outcome.Remedy,
		})
	}
	return shown
}
