package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/standalone"
	"github.com/remit-dev/remit/controller/target/worktree"
)

// maxMoved bounds how many sentences say what moved.
const maxMoved = 20

// applyFlags are what `remit apply` was called with.
type applyFlags struct {
	planFlags
	confirm bool
	hash    string
	plan    string
}

// errNotMade ends a run that did not make all of the plan. The report has said what.
var errNotMade = errors.New("not made")

// movedError says that the plan of now is not the one that was asked for.
type movedError struct {
	asked, now string
	// moved says in sentences what moved.
	moved []string
	// look is the command that shows the plan of now.
	look string
}

func (e movedError) Error() string {
	lines := []string{fmt.Sprintf("the plan is not %s any more, but %s; nothing was changed", shortened(e.asked), shortened(e.now))}
	for i, sentence := range e.moved {
		if i == maxMoved {
			lines = append(lines, fmt.Sprintf("  and %d more", len(e.moved)-i))
			break
		}
		lines = append(lines, "  "+report.Clean(sentence))
	}
	return strings.Join(append(lines, "look at the plan of now with `"+e.look+"`"), "\n")
}

func shortened(hash string) string { return hash[:min(shortHash, len(hash))] }

var hashForm = regexp.MustCompile(`^[0-9a-f]{8,64}$`)

func newApply(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := applyFlags{planFlags: newPlanFlags(shared, outputTable, outputJSON)}
	command := &cobra.Command{
		Use:   "apply [PATH...] --manifests DIR --confirm",
		Short: "Make the changes of a plan in the CODEOWNERS files of checkouts",
		Long: `Make the changes of a plan in the CODEOWNERS files of checkouts. Nothing is committed:
look at the edits with git, and commit them.

The plan is made anew, and then exactly that is done. With --hash or --plan it is
done only if the plan is still the one that was shown; else what moved since is said,
and nothing is changed. Without --confirm the plan is shown, and nothing is changed.

Each file is replaced whole or not at all, and only if it is still as the plan knows
it: what somebody wrote in the meantime stays. The other files are edited all the same.

Exit codes:
  0  all that the plan says is made, or there was nothing to make
  1  something of it is not: --confirm is missing, the plan has moved, or a file was
     left as it is, for the reason that is shown
  2  there is no plan, or it is not whole: wrong flags, a folder that cannot be read,
     an error in a source. With an error in a manifest or policy, nothing is made.`,
		Example: `  remit apply --manifests ownership/
  remit apply --manifests ownership/ --confirm
  remit apply --manifests ownership/ --confirm --hash 5f0c6e1a2b3d
  remit apply --manifests ownership/ --confirm --plan plan.json`,
		RunE: func(command *cobra.Command, paths []string) error {
			if err := flags.take(command, paths); err != nil {
				return err
			}
			return apply(command.Context(), environment, flags)
		},
	}
	flags.add(command)
	f := command.Flags()
	f.Lookup("snapshot").Hidden = true // known, so that it is refused with the reason
	f.BoolVar(&flags.confirm, "confirm", false, "make the changes; without it they are only shown")
	f.StringVar(&flags.hash, "hash", "", "make them only if the plan is still this one: its `HASH`, or at least the first 8 digits")
	f.StringVar(&flags.plan, "plan", "", "make them only if the plan is still that of this `FILE`, written with plan --output json")
	mustCompletePath(command, "plan", false, "json")
	return command
}

// take takes the arguments, and refuses those that contradict each other.
func (flags *applyFlags) take(command *cobra.Command, paths []string) error {
	switch {
	case flags.snapshot != "":
		return refuseSnapshot(command)
	case flags.hash != "" && flags.plan != "":
		return usageError{errors.New("--hash and --plan both say which plan: give one of them"), command.CommandPath()}
	case flags.hash != "" && !hashForm.MatchString(flags.hash):
		return usageError{fmt.Errorf("--hash %q: want a plan's hash, or at least its first 8 digits", flags.hash), command.CommandPath()}
	}
	return flags.planFlags.take(command, paths)
}

// apply makes a plan, if it is the one that is asked for.
func apply(ctx context.Context, environment Environment, flags applyFlags) error {
	asked, err := readPlan(environment, flags)
	if err != nil {
		return err
	}
	planner, err := newPlanner(ctx, environment, flags.planFlags)
	if err != nil {
		return err
	}
	accept := func(planned *standalone.Planned) error { return accepted(environment, flags, planner, asked, planned) }
	if !flags.confirm {
		return showOnly(ctx, environment, flags, planner, accept)
	}
	planned, outcomes, err := makeChanges(ctx, environment, planner, accept)
	if err != nil {
		return err
	}
	if err := writePlan(environment, flags.planFlags, planned, outcomes, appliedSteps(planned, outcomes)); err != nil {
		return err
	}
	if err := wholePlan(planned); err != nil {
		return err
	}
	if !shownPlan(planned, outcomes).Made() {
		return errNotMade
	}
	return nil
}

// showOnly shows the plan and changes nothing.
func showOnly(ctx context.Context, environment Environment, flags applyFlags, planner *standalone.Planner, accept func(*standalone.Planned) error) error {
	planned, err := makePlan(ctx, environment, planner)
	if err != nil {
		return err
	}
	if err := accept(planned); err != nil {
		return err
	}
	if err := writePlan(environment, flags.planFlags, planned, nil, planSteps(environment.program(), flags.planFlags, planned)); err != nil {
		return err
	}
	if err := wholePlan(planned); err != nil {
		return err
	}
	if len(planned.Changes) == 0 {
		return nil
	}
	say(environment.Err, "nothing was changed; --confirm makes the changes")
	return errNotMade
}

// makeChanges plans and makes the plan, with a progress bar.
func makeChanges(ctx context.Context, environment Environment, planner *standalone.Planner, accept func(*standalone.Planned) error) (*standalone.Planned, []worktree.Outcome, error) {
	bar := startProgress(environment)
	defer bar.stop()
	return planner.Apply(ctx, environment.Now(), bar.report, accept)
}

// readPlan reads the plan that is asked for; of a hash alone, it has no more than that. Empty where none is asked for.
func readPlan(environment Environment, flags applyFlags) (ownership.Plan, error) {
	if flags.plan == "" {
		return ownership.Plan{Hash: flags.hash}, nil
	}
	remedy := fmt.Sprintf("write one with `%s plan%s --output json > FILE`", environment.program(), flags.arguments())
	file, err := os.Open(flags.plan)
	if err != nil {
		return ownership.Plan{}, failure(remedy, "the plan: %s", standalone.Plainly(flags.plan, err))
	}
	defer func() { _ = file.Close() }() // nothing was written
	asked, err := plan.ReadPlan(file)
	if err != nil {
		return ownership.Plan{}, failure(remedy, "the plan %s: %w", flags.plan, err)
	}
	return asked, nil
}

// accepted says why a plan is not made:
//
//	an error in a manifest or policy       what is declared is not known whole: nobody can say what would be made
//	another hash than the one asked for    what moved since, as far as the plan that was shown is known
func accepted(environment Environment, flags applyFlags, planner *standalone.Planner, asked ownership.Plan, planned *standalone.Planned) error {
	if flags.confirm && len(planned.Faults) > 0 {
		return fmt.Errorf("%w, and not all of what is declared is known, so nothing was changed; mend first: %w", wholePlan(planned), planned.Faults[0])
	}
	if strings.HasPrefix(planned.Hash, asked.Hash) {
		return nil
	}
	moved := movedError{asked: asked.Hash, now: planned.Hash, look: environment.program() + " plan" + flags.arguments()}
	if flags.plan == "" {
		shown, known := planner.Shown(asked.Hash)
		if !known {
			moved.moved = []string{"what moved cannot be told from the hash alone; --plan FILE could"}
			return moved
		}
		asked = shown
	}
	moved.moved = plan.Moved(asked, planned.Plan)
	return moved
}

// appliedSteps are what a reader of the outcome may want to do now.
func appliedSteps(planned *standalone.Planned, outcomes []worktree.Outcome) []string {
	var steps []string
	for i, outcome := range outcomes {
		if outcome.Status != worktree.Made {
			continue
		}
		if len(steps) == 3 {
			steps = append(steps, "and so in the other checkouts")
			break
		}
		steps = append(steps, "look at the edit, and commit it: git -C "+quoted(planned.Files[i].Root)+" diff "+quoted(outcome.File))
	}
	return steps
}
