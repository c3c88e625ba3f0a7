package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/codeowners"
)

// ownersFlags are what `remit owners` was called with.
type ownersFlags struct {
	codeowners string
	stdin      bool
	null       bool
	output     choice
	color      *choice
}

func newOwners(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := ownersFlags{output: choice{allowed: []string{"table", "json"}, value: "table"}, color: &shared.color}
	command := &cobra.Command{
		Use:   "owners [PATH...]",
		Short: "Say who owns each path, and why",
		Long: `Say who owns each path by the CODEOWNERS file of this checkout, and which line
says so. The file is read as it stands in the working tree, so an edit counts
before it is committed.

A PATH is relative to the current folder. A folder stands for the files below
it; without any PATH, the current folder does. A path that does not exist is
answered as if it were created, and a folder without files as if a file were
created in it.

With --stdin, each line is the path of a file, also relative to the current
folder; nothing is looked up on disk, so a million paths take seconds.

JSON has one object a line:

  {"path":"src/a.go","state":"owned","owners":["@acme/core"],"line":3,"pattern":"/src/"}

State is owned, unowned (a rule without owners decides) or unmatched (no rule
does, and there is no line or pattern). It exits with 0 whoever owns the paths,
and with 2 if a question could not be answered.`,
		Example: `  remit owners src/main.go
  remit owners src/ docs/
  git diff --name-only -z main | remit owners --stdin --null
  remit owners --output json > owners.jsonl
  remit owners --codeowners CODEOWNERS.new src/`,
		RunE: func(command *cobra.Command, paths []string) error {
			if flags.stdin && len(paths) > 0 {
				return usageError{errors.New("paths come from arguments or with --stdin, not both"), command.CommandPath()}
			}
			if flags.null && !flags.stdin {
				return usageError{errors.New("--null says how --stdin is read, and needs it"), command.CommandPath()}
			}
			return owners(command.Context(), environment, flags, paths)
		},
	}
	command.Flags().StringVar(&flags.codeowners, "codeowners", "", "use the rules of this `FILE` instead of the checkout's own")
	command.Flags().BoolVar(&flags.stdin, "stdin", false, "read paths from standard input, one a line")
	command.Flags().BoolVar(&flags.null, "null", false, "paths on standard input end with a NUL byte, as git ls-files -z writes them")
	command.Flags().VarP(&flags.output, "output", "o", "the form: "+flags.output.list())
	mustComplete(command, "output", &flags.output)
	return command
}

// owners answers all questions in turn.
func owners(ctx context.Context, environment Environment, flags ownersFlags, paths []string) error {
	place, err := findCheckout(flags.codeowners != "")
	if err != nil {
		return err
	}
	file, parsed, err := place.codeowners(ctx, environment, flags.codeowners)
	if err != nil {
		return err
	}
	warnOfFaults(environment, file, parsed)
	answers := newAnswers(environment, flags, parsed, file)
	if flags.stdin {
		err = answerStream(environment, flags, place, answers)
	} else {
		err = answerArguments(ctx, environment, paths, place, answers)
	}
	if flushed := answers.flush(); flushed != nil {
		return fmt.Errorf("write the answers: %w", flushed)
	}
	return err
}

// answerArguments answers for each argument; one that cannot be answered stops no other.
func answerArguments(ctx context.Context, environment Environment, paths []string, place *checkout, answers *answers) error {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var failed int
	for _, path := range paths {
		files, err := place.expand(ctx, path)
		if err != nil {
			failed++
			complain(environment.Err, err)
			continue
		}
		if len(files) == 0 {
			say(environment.Err, "warning: %s has no files yet", place.root)
		}
		for _, file := range files {
			if err := answers.add(file); err != nil {
				return fmt.Errorf("write the answers: %w", err)
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%s could not be answered", plural(failed, "path", "paths"))
	}
	return nil
}

// warnOfFaults says that rules are not in force which a reader of the file may think are.
func warnOfFaults(environment Environment, name string, file *codeowners.File) {
	n := file.ErrorsTotal()
	switch {
	case n == 0:
	case file.Errors()[0].Line == 0:
		why, remedy := file.NotInForce()
		say(environment.Err, "warning: no rule of %s is in force: %s; %s", name, why, remedy)
	default:
		say(environment.Err, "warning: %s: GitHub skips what is invalid there, %s; `remit check` shows it", name, plural(n, "fault", "faults"))
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
