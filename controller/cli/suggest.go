package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/standalone"
	"github.com/remit-dev/remit/controller/suggest"
)

// suggestFlags are what `remit suggest` was called with.
type suggestFlags struct {
	view    view
	output  choice
	verbose bool
	color   *choice
}

func newSuggest(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := suggestFlags{output: choice{allowed: []string{outputTable, outputJSON}, value: outputTable}, color: &shared.color}
	command := &cobra.Command{
		Use:   "suggest [AREA... | PATH...]",
		Short: "Suggest who should own what nobody owns",
		Long: `Suggest who should own what nobody owns, from who worked on it.

Without manifests, each PATH is a git checkout (the current folder, if none is
given), and each folder in it whose files have no owner is answered for; or a
folder in one, which is answered for whoever owns it now.

With --manifests or --snapshot, each AREA is an area's name, "namespace/name" or
"name" where there is one of it; without any, all areas that are unowned or
partly owned are answered for, the worst first.

Those suggested stand in order, teams before people, with what speaks for them:
their share of all that is known of the place, their commits, the day of the
last one, the files that they changed, and what they hold already. Recent work
counts more, and so does having created a file; who holds more than ten areas
counts less. Bots and people who left are never suggested; who was left out is
said. How it is computed, and how often it is right, is in docs/suggest.md.

It tells from the log: where that is not known whole, as in a shallow clone, it
says so.

Exit codes:
  0  it answered, whether or not there was anybody to suggest
  2  it could not, or not for everything: there is no such area or path, or the
     input has an error`,
		Example: `  remit suggest
  remit suggest services/search
  remit suggest --manifests ownership/
  remit suggest --manifests ownership/ shop/payments
  remit suggest --output json > suggestions.json`,
		RunE: func(command *cobra.Command, arguments []string) error {
			return runSuggest(command, environment, flags, arguments)
		},
	}
	flags.view.flags(command)
	command.Flags().VarP(&flags.output, "output", "o", "the form: "+flags.output.list())
	command.Flags().BoolVarP(&flags.verbose, "verbose", "v", false, "show everything in the table, however long")
	mustComplete(command, "output", &flags.output)
	return command
}

// runSuggest makes one pass and answers for what was asked.
func runSuggest(command *cobra.Command, environment Environment, flags suggestFlags, arguments []string) error {
	bare := flags.view.manifests == "" && flags.view.snapshot == ""
	var paths []string
	if bare {
		paths = arguments
	}
	if err := flags.view.take(command, paths); err != nil {
		return err
	}
	outcome, err := passForSuggestions(command.Context(), environment, flags.view)
	if err != nil {
		return err
	}
	facts := factsOf(outcome)
	var subjects []suggest.Subject
	switch {
	case len(arguments) == 0:
		subjects = suggest.Wanting(facts)
	case bare:
		subjects, err = subjectsAt(facts, arguments)
	default:
		subjects, err = subjectsNamed(facts, arguments)
	}
	if err != nil {
		return err
	}
	if err := writeSuggestions(environment, flags, outcome, suggest.Advise(facts, subjects, suggest.Standard()), len(arguments) > 0); err != nil {
		return err
	}
	return unsure(environment.program(), flags.view, outcome.Result)
}

// suggestHistoryDays is how far back the log of a checkout is read that was given by its path: three years, so that who
// created a file is mostly seen. Sources of manifests say it themselves.
const suggestHistoryDays = 3 * 365

// passForSuggestions makes one pass that reads more of the logs than others do.
func passForSuggestions(ctx context.Context, environment Environment, v view) (*engine.Outcome, error) {
	if v.snapshot != "" {
		_, outcome, err := judged(ctx, environment, v)
		return outcome, err
	}
	bar := startProgress(environment)
	defer bar.stop()
	settings := v.settings()
	settings.HistoryDays = suggestHistoryDays
	checker, err := standalone.New(settings)
	if err != nil {
		return nil, err
	}
	return checker.Check(ctx, environment.Now(), bar.report)
}

func factsOf(outcome *engine.Outcome) suggest.Facts {
	facts := suggest.Facts{Snapshot: outcome.Snapshot, Areas: outcome.Areas}
	for _, area := range outcome.Result.Areas {
		facts.States = append(facts.States, area.State)
	}
	return facts
}

// subjectsAt are the places that paths name: what lacks an owner in a checkout, or a folder of it.
func subjectsAt(facts suggest.Facts, paths []string) ([]suggest.Subject, error) {
	wanting := suggest.Wanting(facts)
	var subjects []suggest.Subject
	for _, path := range paths {
		repository, folder, err := locate(facts, path)
		if err != nil {
			return nil, err
		}
		if folder != "" {
			subjects = append(subjects, suggest.In(facts, repository, folder)...)
			continue
		}
		for _, subject := range wanting {
			if subject.Repository == repository {
				subjects = append(subjects, subject)
			}
		}
	}
	return subjects, nil
}

// locate finds the repository that a path lies in, and the folder in it, with a slash at its end; a file's name has none,
// and the repository's own folder is empty.
func locate(facts suggest.Facts, path string) (repository, folder string, err error) {
	source, err := standalone.FindCheckout(path)
	if err != nil {
		return "", "", err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", path, err)
	}
	inside, err := filepath.Rel(source.Root(), withoutLinks(absolute))
	if err != nil || !filepath.IsLocal(inside) {
		inside = "." // it was found by way of a link
	}
	for _, seen := range facts.Snapshot.Repositories {
		if seen.Facts.Root != source.Root() {
			continue
		}
		if inside = filepath.ToSlash(inside); inside == "." || inside == ".git" || strings.HasPrefix(inside, ".git/") {
			return seen.ID(), "", nil
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			inside += "/"
		}
		return seen.ID(), inside, nil
	}
	return "", "", fmt.Errorf("%s: the checkout %s was not observed", path, source.Root())
}

// subjectsNamed are areas by their names.
func subjectsNamed(facts suggest.Facts, names []string) ([]suggest.Subject, error) {
	var subjects []suggest.Subject
	for _, name := range names {
		id, err := areaNamed(facts, name)
		if err != nil {
			return nil, err
		}
		subject, _ := suggest.Of(facts, id)
		subjects = append(subjects, subject)
	}
	return subjects, nil
}

// areaNamed finds an area by its ID, or by its name where one alone has it.
func areaNamed(facts suggest.Facts, name string) (ownership.AreaID, error) {
	switch found := explain.Areas(facts.Areas, name); len(found) {
	case 0:
		var known []string
		for _, area := range facts.Areas {
			known = append(known, string(area.ID), area.Name)
		}
		remedy := cmp.Or(nearest.Question(name, known), "name one as `remit check` shows it, or none for all that lack an owner")
		return "", failure(remedy, "there is no area %q", name)
	case 1:
		return found[0], nil
	default:
		names := make([]string, len(found))
		for i, id := range found {
			names[i] = string(id)
		}
		return "", failure("name one of them: "+strings.Join(names, ", "), "%d areas are called %q", len(found), name)
	}
}

func writeSuggestions(environment Environment, flags suggestFlags, outcome *engine.Outcome, advice []suggest.Advice, asked bool) error {
	if flags.output.value == outputJSON {
		return report.SuggestionsJSON(environment.Out, outcome.Snapshot.Now, advice)
	}
	options := report.SuggestionOptions{
		Options: report.Options{
			Color: environment.color(flags.color.value, environment.Out), Width: environment.width(environment.Out), Verbose: flags.verbose,
		},
		Asked: asked,
	}
	if len(outcome.Snapshot.Repositories) == 1 {
		options.Only = outcome.Snapshot.Repositories[0].ID()
	}
	options.Next = suggestSteps(environment.program(), flags, outcome.Result, advice, options.Only == "")
	return report.Suggestions(environment.Out, advice, options)
}

// suggestSteps are what a reader may want to do now: the line that makes the first suggestion true. several says that there
// are several repositories, so that a file needs the name of its own.
func suggestSteps(program string, flags suggestFlags, result *ownership.Result, advice []suggest.Advice, several bool) []string {
	var steps []string
	for _, one := range advice {
		list := slices.DeleteFunc(slices.Concat(one.Teams, one.People), func(suggestion suggest.Suggestion) bool { return answersFor(one, suggestion.Holder) })
		if one.Folder == "" && onlyUnnamed(result, one.Area) {
			steps = append(steps, fmt.Sprintf("who approves %s is declared, and CODEOWNERS lacks them: %s plan%s", one.Area, program, flags.view.scope()))
			break
		}
		if len(list) > 0 {
			steps = append(steps, "ask "+list[0].Holder.Name()+"; then "+naming(one, list[0].Holder, several))
			break
		}
	}
	if len(steps) > 0 {
		steps = append(steps, "see all of it, for other programs: "+program+" suggest"+flags.view.scope()+" --output json")
	}
	return steps
}

// answersFor says whether a holder is the area's accountable and its approver already, so that nothing is left to name
// them for.
func answersFor(one suggest.Advice, holder ownership.Holder) bool {
	return slices.Contains(one.Declared[ownership.Accountable], holder) && slices.Contains(one.Declared[ownership.Approver], holder)
}

// naming is how a suggestion is made true:
//
//	a declared area                     its roles
//	an area that a repository stands for   an Area, or CODEOWNERS
//	a folder without an owner           a rule
//	some files of one                   rules
func naming(one suggest.Advice, holder ownership.Holder, several bool) string {
	repository := one.Repository
	if one.Folder == "" {
		virtual, is := one.Area.Repository()
		if name, stands := one.Area.ClusterNamespace(); stands {
			return fmt.Sprintf("declare an Area for the namespace %s", name)
		}
		if !is {
			return fmt.Sprintf("name them in the roles of area %s", one.Area)
		}
		repository = virtual
	}
	file := "CODEOWNERS"
	if several {
		file += " of " + repository
	}
	switch {
	case one.Folder == "":
		return fmt.Sprintf("name them in %s, or declare an Area for %s", file, repository)
	case one.Direct || one.Unowned == 0:
		return fmt.Sprintf("name them in %s for the files in %s", file, one.Folder)
	}
	return fmt.Sprintf("add to %s: %s %s", file, patternOf(one.Folder), ownerText(holder))
}

// patternOf is a folder or file as CODEOWNERS names it.
func patternOf(folder string) string {
	if folder == "/" {
		return "*"
	}
	return "/" + strings.ReplaceAll(strings.TrimPrefix(folder, "/"), " ", `\ `)
}

// ownerText is a holder as CODEOWNERS names it.
func ownerText(holder ownership.Holder) string {
	if name := holder.Name(); strings.Contains(name, "@") {
		return name
	}
	return "@" + holder.Name()
}
