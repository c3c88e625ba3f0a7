package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/standalone"
)

// outputTree is the form of an answer for people.
const outputTree = "tree"

// explainFlags are what `remit explain` was called with.
type explainFlags struct {
	view    view
	as      choice
	output  choice
	verbose bool
	color   *choice
}

func newExplain(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := explainFlags{output: choice{allowed: []string{outputTree, outputJSON}, value: outputTree}, color: &shared.color}
	for _, kind := range explain.Kinds() {
		flags.as.allowed = append(flags.as.allowed, string(kind))
	}
	command := &cobra.Command{
		Use:   "explain AREA | PATH | HOLDER",
		Short: "Say why somebody owns something",
		Long: `Say why somebody owns something, or nobody does: who holds which role, which
manifest, rule, file, line and source say so, what contradicts it, whether the
holder is alive (exists, is active, may write), what is unknown, and which
policies read what and found what.

What is asked about is one of:
  AREA    "namespace/name", or "name" where one area has it; without manifests,
          the name of a repository
  PATH    a file or folder of a checkout, as for remit owners; or
          "organisation/repository:path" for any repository that is observed.
          The answer is which area gets it, by which claim, and which rule of
          CODEOWNERS or OWNERS decides over it
  HOLDER  user:ID, team:ORGANISATION/TEAM or schedule:SYSTEM/ID; @login or
          @organisation/team as in CODEOWNERS; or a login, an e-mail address or a
          name that the list of people has

Where a word can mean several of these, it asks which: say so with --as. With
--as path, a path that does not exist is answered as if it were created.

Without manifests, the checkout that the PATH or the current folder is in is
looked at. With --manifests, a PATH that exists on disk lets its checkout take
the place of the same repository in the sources, as for remit check.

Exit codes:
  0  it answered
  2  it could not, or not for everything: nothing of that name is known, it may
     mean several things, or the input has an error`,
		Example: `  remit explain services/pay/charge.go
  remit explain --manifests ownership/ shop/payments
  remit explain --manifests ownership/ @acme/payments
  remit explain --manifests ownership/ --as path services/new.go
  remit explain --manifests ownership/ --output json user:ada > ada.json
  remit explain --snapshot monday.remit releases`,
		Args: someArguments("one AREA, PATH or HOLDER", 1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return runExplain(command, environment, flags, arguments[0])
		},
	}
	flags.view.flags(command)
	f := command.Flags()
	f.Var(&flags.as, "as", "what is asked about: "+flags.as.list())
	f.VarP(&flags.output, "output", "o", "the form: "+flags.output.list())
	f.BoolVarP(&flags.verbose, "verbose", "v", false, "show everything in the tree, however long")
	mustComplete(command, "as", &flags.as)
	mustComplete(command, "output", &flags.output)
	return command
}

// runExplain makes one pass and answers the question.
func runExplain(command *cobra.Command, environment Environment, flags explainFlags, text string) error {
	if text == "" {
		return usageError{errors.New("the question is empty"), command.CommandPath()}
	}
	where, err := flags.where(text)
	if err != nil {
		return err
	}
	var checkouts []string
	if where != nil && (where.exists || flags.view.manifests == "" || flags.as.value == string(explain.KindPath)) {
		checkouts = []string{where.checkout}
	}
	if err := flags.view.take(command, checkouts); err != nil {
		return err
	}
	_, outcome, err := judged(command.Context(), environment, flags.view)
	if err != nil {
		return err
	}
	question := explain.Question{Text: text, As: explain.Kind(flags.as.value)}
	if where != nil {
		question.Place = where.in(outcome)
	}
	answer, err := explain.Explain(outcome, question)
	if err != nil {
		return remedied(environment, flags, outcome, err)
	}
	if err := writeAnswer(environment, flags, outcome, answer); err != nil {
		return err
	}
	return unsure(environment.program(), flags.view, outcome.Result)
}

// onDisk is where a question leads on disk.
type onDisk struct {
	// checkout is the checkout as the user would name it, root its folder, and inside the path in it.
	checkout, root, inside string
	exists, folder         bool
}

// where finds where a question leads on disk; nil where it leads into no checkout, or is not about a path:
//
//	--as path                     always
//	--as area, --as holder,       never
//	"@…", "user:…", --snapshot
//	else                          where there is such a file or folder
func (f explainFlags) where(text string) (*onDisk, error) {
	asked := f.as.value == string(explain.KindPath)
	if f.view.snapshot != "" || f.as.value != "" && !asked || strings.ContainsRune(text, 0) {
		return nil, nil
	}
	info, err := os.Lstat(text)
	exists := err == nil
	if !exists && !asked {
		return nil, nil
	}
	given := text
	for !exists { // the nearest folder that there is
		parent := filepath.Dir(given)
		if _, err := os.Stat(parent); err == nil || parent == given {
			given = parent
			break
		}
		given = parent
	}
	source, err := standalone.FindCheckout(given)
	if err != nil {
		if asked && f.view.manifests == "" {
			return nil, err
		}
		return nil, nil // what lies in no checkout is no path that could be answered; it may be something else
	}
	absolute, err := filepath.Abs(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	inside, err := filepath.Rel(source.Root(), withoutLinks(absolute))
	if err != nil || !filepath.IsLocal(inside) {
		if inside, err = filepath.Rel(source.Root(), absolute); err != nil || !filepath.IsLocal(inside) {
			return nil, nil //nolint:nilerr // a link leads out of the checkout: git knows no file there
		}
	}
	place := &onDisk{checkout: source.Root(), root: source.Root(), inside: filepath.ToSlash(inside), exists: exists}
	if here, err := standalone.FindCheckout("."); err == nil && here.Root() == place.root {
		place.checkout = "."
	}
	place.folder = exists && info.IsDir() || strings.HasSuffix(filepath.ToSlash(text), "/")
	return place, nil
}

// in is the place in the repository that was observed there; nil where none was.
func (d *onDisk) in(outcome *engine.Outcome) *explain.Place {
	for _, repository := range outcome.Snapshot.Repositories {
		if repository.Facts.Root != d.root {
			continue
		}
		place := &explain.Place{Repository: repository.ID(), Path: d.inside, Exists: d.exists}
		switch {
		case place.Path == ".":
			place.Path = ""
		case d.folder:
			place.Path += "/"
		}
		return place
	}
	return nil
}

// remedied says what to do about a question that could not be answered.
func remedied(environment Environment, flags explainFlags, outcome *engine.Outcome, err error) error {
	command := environment.program() + " explain" + flags.scope()
	var unclear *explain.Unclear
	var missing *explain.NotFound
	switch {
	case errors.As(err, &unclear) && unclear.OfOneKind():
		names := make([]string, len(unclear.Meanings))
		for i, meaning := range unclear.Meanings {
			names[i] = meaning.Name
		}
		return failure("name one of them: "+strings.Join(names, ", "), "%w", err)
	case errors.As(err, &unclear):
		var ways []string
		for _, meaning := range unclear.Meanings {
			ways = append(ways, fmt.Sprintf("`%s --as %s %s`", command, meaning.Kind, quoted(meaning.Name)))
		}
		return failure("ask "+strings.Join(ways, " or "), "%w", err)
	case !errors.As(err, &missing):
		return err
	}
	remedy := "ask about an area as `remit check` shows it, about a path that exists (or --as path), or about user:ID or team:ORGANISATION/TEAM"
	switch {
	case missing.Near.Name != "":
		remedy = fmt.Sprintf("did you mean `%s`?", missing.Near.Name)
	case missing.Why != "":
		remedy = ""
	}
	if broken := unsure(environment.program(), flags.view, outcome.Result); broken != nil {
		return fmt.Errorf("%w\n%w", failure(remedy, "%w", err), broken)
	}
	return failure(remedy, "%w", err)
}

// scope is what is looked at, as arguments; the checkout of a path goes without saying.
func (f explainFlags) scope() string {
	f.view.paths = nil
	return f.view.scope()
}

func writeAnswer(environment Environment, flags explainFlags, outcome *engine.Outcome, answer *explain.Answer) error {
	if flags.output.value == outputJSON {
		return report.ExplanationJSON(environment.Out, answer)
	}
	options := report.ExplanationOptions{Options: report.Options{
		Color: environment.color(flags.color.value, environment.Out), Width: environment.width(environment.Out), Verbose: flags.verbose,
	}}
	if len(outcome.Snapshot.Repositories) == 1 {
		options.Only = outcome.Snapshot.Repositories[0].ID()
	}
	options.Manifests = flags.view.manifests
	options.Next = explainSteps(environment.program(), flags, outcome.Result, answer)
	return report.Explanation(environment.Out, answer, options)
}

// explainSteps are the next questions that a reader may have.
func explainSteps(program string, flags explainFlags, result *ownership.Result, answer *explain.Answer) []string {
	ask := func(about string) string { return program + " explain" + flags.scope() + " " + quoted(about) }
	var steps []string
	holder := func(roles []explain.Role) {
		for _, role := range roles {
			if len(role.Holders) > 0 {
				steps = append(steps, "all that the holder has: "+ask(string(role.Holders[0].Holder)))
				return
			}
		}
	}
	switch {
	case answer.Area != nil && flags.view.manifests+flags.view.snapshot != "" && onlyUnnamed(result, answer.Area.ID):
		steps = append(steps, "what would make CODEOWNERS say who is declared: "+program+" plan"+flags.scope())
		holder(answer.Area.Roles)
	case answer.Area != nil && (answer.Area.State == ownership.Unowned || answer.Area.State == ownership.Partial):
		steps = append(steps, "who should own it: "+program+" suggest"+flags.scope()+suggestable(answer.Area, flags))
		holder(answer.Area.Roles)
	case answer.Area != nil:
		holder(answer.Area.Roles)
	case answer.Path != nil && len(answer.Path.Areas) > 0:
		steps = append(steps, "all about the area: "+ask(string(answer.Path.Areas[0].ID)))
	case answer.Holder != nil && len(answer.Holder.Holds) > 0:
		steps = append(steps, "why, of one area: "+ask(string(answer.Holder.Holds[0].Area)))
	}
	return steps
}

// onlyUnnamed says whether an area lacks nothing but that its declared approvers are named in CODEOWNERS.
func onlyUnnamed(result *ownership.Result, id ownership.AreaID) bool {
	for _, area := range result.Areas {
		if area.ID == id {
			return report.OnlyUnnamed(area)
		}
	}
	return false
}

// suggestable names an area to `remit suggest`, which takes no area without manifests.
func suggestable(area *explain.Area, flags explainFlags) string {
	if area.Virtual && flags.view.manifests == "" && flags.view.snapshot == "" {
		return ""
	}
	return " " + quoted(string(area.ID))
}
