package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/report"
)

// Execute runs the command that the arguments name (without the program's own name) and gives its exit
// code. It ends early when ctx does, as on a signal.
func Execute(ctx context.Context, environment Environment, arguments []string) int {
	root := New(environment)
	root.SetArgs(append([]string{}, arguments...)) // cobra takes nil for those of the process
	err := root.ExecuteContext(ctx)
	code := finish(err, environment.Err)
	if code == ExitIncomplete && !errors.Is(err, errChanges) && slices.Contains(arguments, "--"+detailedFlag) {
		return ExitDetailedError
	}
	return code
}

// New makes the command tree.
func New(environment Environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "remit",
		Short: "Keep who is responsible for what true",
		Long: `Remit keeps who is responsible for what true: it compares what an organisation
declares with what CODEOWNERS files, teams and people say, and shows what
nobody owns.`,
		Example: `  remit check .                          # is every file of this checkout owned?
  remit check --manifests ownership/     # is every declared area owned?
  remit owners src/main.go               # who owns this file, and why?
  remit explain src/main.go              # who is responsible there, and why?
  remit suggest                          # who should own what nobody owns?
  remit plan --manifests ownership/      # what would close the drift?
  remit run --manifests ownership/       # keep checking, and serve metrics`,
		Version:       environment.Version.Version,
		Args:          knownCommand,
		RunE:          func(command *cobra.Command, _ []string) error { return command.Help() },
		SilenceErrors: true, // finish writes them
		SilenceUsage:  true, // a fault should not be buried under a page of flags
	}
	root.Flags().Bool("version", false, "say which version of Remit this is") // -v means --verbose elsewhere
	root.SetVersionTemplate(report.Clean(environment.Version.String()) + "\n")
	root.SetIn(environment.In)
	root.SetOut(environment.Out)
	root.SetErr(environment.Err)
	shared := &sharedFlags{color: choice{allowed: []string{colorAuto, colorAlways, colorNever}, value: colorAuto}}
	root.PersistentFlags().Var(&shared.color, "color", "when to use colours: "+shared.color.list()+"; auto: on a terminal, and not where NO_COLOR is set")
	mustComplete(root, "color", &shared.color)
	root.AddCommand(
		newCheck(environment, shared),
		newOwners(environment, shared),
		newExplain(environment, shared),
		newPlan(environment, shared),
		newApply(environment, shared),
		newRun(environment),
		newController(environment),
		newApprove(environment, shared),
		newSnapshot(environment, shared),
		newSuggest(environment, shared),
		newVersion(environment),
	)
	root.SetHelpCommand(newHelp(root))
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		if meant := nearFlag(command, err); meant != "" {
			return fmt.Errorf("%w; %s", err, meant)
		}
		return usageError{err: err, command: command.CommandPath()}
	})
	explainArguments(root)
	return root
}

// sharedFlags are those of the root, which all commands have.
type sharedFlags struct {
	color choice
}

// knownCommand refuses a word that is no command, and says which one may have been meant.
func knownCommand(root *cobra.Command, words []string) error {
	if len(words) == 0 {
		return nil
	}
	problem := fmt.Errorf("unknown command %q for %q", words[0], root.CommandPath())
	if root.SuggestionsMinimumDistance <= 0 {
		root.SuggestionsMinimumDistance = 2
	}
	if meant := root.SuggestionsFor(words[0]); len(meant) > 0 {
		return fmt.Errorf("%w; did you mean `%s %s`?", problem, root.CommandPath(), strings.Join(meant, "` or `"+root.CommandPath()+" "))
	}
	return usageError{err: problem, command: root.CommandPath()}
}

// nearFlag asks back about the flag that a misspelt one may mean; empty where the error is another, or none comes close.
func nearFlag(command *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return ""
	}
	var known []string
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			known = append(known, flag.Name)
		}
	})
	if near := nearest.Name(unknown.GetSpecifiedName(), known); near != "" {
		return "did you mean `--" + near + "`?"
	}
	return ""
}

// newHelp is the command that shows a command's help. Of one that does not exist it says so, as the root does.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		Long:  "Help about any command: the same as COMMAND --help.",
		RunE: func(_ *cobra.Command, words []string) error {
			found, rest, err := root.Find(words)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return knownCommand(found, rest)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(_ *cobra.Command, words []string, begun string) ([]string, cobra.ShellCompDirective) {
			found, _, err := root.Find(words)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, command := range found.Commands() {
				if command.IsAvailableCommand() && strings.HasPrefix(command.Name(), begun) {
					names = append(names, command.Name()+"\t"+command.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// explainArguments lets faults in arguments name the help page, as faults in flags do.
func explainArguments(root *cobra.Command) {
	for _, command := range root.Commands() {
		if check := command.Args; check != nil {
			command.Args = func(command *cobra.Command, arguments []string) error {
				if err := check(command, arguments); err != nil {
					return usageError{err: err, command: command.CommandPath()}
				}
				return nil
			}
		}
		explainArguments(command)
	}
}

// choice is the value of a flag that takes one of a few words.
type choice struct {
	allowed []string
	value   string
}

// String is the word chosen.
func (c *choice) String() string { return c.value }

// Type is what help shows for the value.
func (c *choice) Type() string { return "WORD" }

// Set chooses a word, or says which there are.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		return fmt.Errorf("want %s", c.list())
	}
	c.value = text
	return nil
}

func (c *choice) list() string {
	last := len(c.allowed) - 1
	return strings.Join(c.allowed[:last], ", ") + " or " + c.allowed[last]
}

// mustComplete completes a flag by the words that it takes. It panics for a flag that does not exist, which is
// a fault of the program that every test would meet.
func mustComplete(command *cobra.Command, flag string, c *choice) {
	complete := cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp)
	if err := command.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}

// mustCompletePath completes a flag by folders, or by files with one of the endings.
func mustCompletePath(command *cobra.Command, flag string, folder bool, endings ...string) {
	mark := func() error { return command.MarkFlagFilename(flag, endings...) }
	if folder {
		mark = func() error { return command.MarkFlagDirname(flag) }
	}
	if err := mark(); err != nil {
		panic(err)
	}
}

// someArguments refuses less than one argument, and more than most where that is not 0; what names them for the reader.
func someArguments(what string, most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, arguments []string) error {
		switch {
		case len(arguments) == 0:
			return errors.New("name " + what)
		case most > 0 && len(arguments) > most:
			return fmt.Errorf("name %s, not %d", what, len(arguments))
		}
		return nil
	}
}
