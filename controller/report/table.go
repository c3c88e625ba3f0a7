package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Options say how a report is shown.
type Options struct {
	// Color switches ANSI colours on. What they say is always said in words too.
	Color bool
	// Width is the terminal's width in columns; 0 is 100, and less than 40 is taken as 40.
	Width int
	// Version is Remit's own.
	Version string
	// Verbose shows every area, drift, finding and problem, without bounds.
	Verbose bool
	// ManifestsGiven says that areas were declared; without, the report is about repositories.
	ManifestsGiven bool
	// FailOn is the severity from which denied findings fail the check; empty is DefaultFailOn.
	FailOn ownership.Severity
	// Next are the next steps to show at the end.
	Next []string
}

// Table writes the report for a terminal: a headline, what nobody owns first,
// then what is partly owned or unknown, what contradicts what, the findings,
// problems of the input, the sources, whether the check fails, and the next steps.
func Table(w io.Writer, result *ownership.Result, options Options) error {
	t := newTable(result, options)
	switch {
	case len(result.Areas) == 0 && len(result.Repositories) == 0:
		t.wrapped(nil, span{"Nothing to check: no area is declared, and no repository was found.", bold})
		t.details()
	case t.summary.Clean():
		t.headline()
		t.allClear()
	default:
		t.headline()
		t.details()
	}
	t.sources()
	t.verdict()
	t.next()
	if _, err := w.Write(t.out.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// details are all sections about areas and input; an empty one is left out.
func (t *table) details() {
	if t.bare {
		t.repositories()
	} else {
		t.areas()
	}
	t.contradictions()
	t.findings()
	t.problems()
	t.policyErrors()
}

// table is one report in the making.
type table struct {
	printer
	result  *ownership.Result
	options Options
	summary Summary
	// bare says that no manifest was given, so repositories are what there is to show.
	bare bool
	// only is the ID of the one repository there is, which then goes without saying.
	only string
	// told is which section has said something already of an area's role and, where it is about one, of its holder.
	told map[told]string
	// library names the policy of the library that each policy is an instance of.
	library map[string]string
	// exempt says of which subjects it is accepted, and by which exemption, that nobody is accountable.
	exempt map[string]string
	// known are the unowned areas that fail nothing, and why: the baseline knows them, or an exemption covers them.
	known map[ownership.AreaID]string
}

type told struct {
	area   string
	role   ownership.Role
	holder ownership.Holder
}

func newTable(result *ownership.Result, options Options) *table {
	width := options.Width
	if width == 0 {
		width = 100
	}
	if options.FailOn == "" {
		options.FailOn = DefaultFailOn
	}
	t := &table{
		printer: printer{width: max(width, 40), color: options.Color},
		result:  result, options: options, summary: Summarise(result), bare: !options.ManifestsGiven,
		told: map[told]string{}, library: libraryOf(result), exempt: exemptAccountable(result), known: map[ownership.AreaID]string{},
	}
	for _, finding := range AllFindings(result) {
		if finding.Policy == UnownedPolicy && finding.Status == ownership.Exempt {
			t.known[ownership.AreaID(finding.Subject)] = finding.Because
		}
	}
	for _, area := range result.Areas {
		t.bare = t.bare && area.Virtual
	}
	if len(result.Repositories) == 1 {
		t.only = result.Repositories[0].ID
	}
	return t
}

// headline says the whole in one line.
func (t *table) headline() {
	line := t.filesHeadline()
	if !t.bare {
		line = t.areasHeadline() + " — " + line
	}
	for i, row := range wrap(line, t.width) {
		style := bold
		if i > 0 {
			style = plain
		}
		t.line(span{row, style})
	}
	var notes []string
	files := t.summary.Files
	if files.CatchAll > 0 {
		notes = append(notes, fmt.Sprintf("%d of the owned files only by a catch-all rule", files.CatchAll))
	}
	if files.Owned > files.Effective {
		notes = append(notes, fmt.Sprintf("%d only by owners who are known to be invalid", files.Owned-files.Effective))
	}
	if files.Undetermined > 0 {
		notes = append(notes, count(files.Undetermined, "file", "files")+" could not be judged")
	}
	if t.summary.Unread > 0 {
		notes = append(notes, count(t.summary.Unread, "repository", "repositories")+" could not be read whole")
	}
	if note := t.skipped(); note != "" {
		notes = append(notes, note)
	}
	if len(notes) > 0 {
		t.wrapped(nil, span{strings.Join(notes, "; "), dim})
	}
}

// skipped says that lines of CODEOWNERS are not in force, where no policy in force does.
func (t *table) skipped() string {
	for _, library := range t.library {
		if library == "codeowners-hygiene" {
			return ""
		}
	}
	faults, file := 0, ""
	for _, repository := range t.result.Repositories {
		if repository.Faults > 0 && file == "" {
			file = t.place(ownership.Location{Repository: repository.ID, File: repository.Codeowners})
		}
		faults += repository.Faults
	}
	if faults == 0 {
		return ""
	}
	return "GitHub skips invalid lines of CODEOWNERS, " + count(faults, "fault", "faults") + ", the first in " + file
}

func (t *table) areasHeadline() string {
	words := map[ownership.State]string{
		ownership.Unowned: "unowned", ownership.Partial: "partly owned",
		ownership.Unknown: "unknown", ownership.Owned: "owned",
	}
	var parts []string
	for _, state := range ownership.States() {
		if n := t.summary.Areas[state]; n > 0 {
			part := fmt.Sprintf("%d %s", n, words[state])
			if known := t.knownAreas(); state == ownership.Unowned && known != "" {
				part += " (" + known + ")"
			}
			parts = append(parts, part)
		}
	}
	line := count(len(t.result.Areas), "area", "areas")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	return line
}

// knownAreas counts the unowned areas that fail nothing; empty where there are none.
func (t *table) knownAreas() string {
	known, exempt := 0, 0
	for _, because := range t.known {
		if because == knownBecause {
			known++
		} else {
			exempt++
		}
	}
	var parts []string
	if known > 0 {
		parts = append(parts, fmt.Sprintf("%d known", known))
	}
	if exempt > 0 {
		parts = append(parts, fmt.Sprintf("%d exempt", exempt))
	}
	return strings.Join(parts, ", ")
}

func (t *table) filesHeadline() string {
	files := t.summary.Files
	subject := ""
	if t.bare {
		subject = count(len(t.result.Repositories), "repository", "repositories") + ": "
		if t.only != "" {
			subject = Clean(t.only) + ": "
		}
	}
	switch {
	case determined(files) > 0:
		return fmt.Sprintf("%s%s of %s %s an owner", subject, Percent(files.Owned, determined(files)),
			count(determined(files), "file", "files"), plural(determined(files), "has", "have"))
	case files.Undetermined > 0:
		return subject + "whether its files have an owner is unknown"
	case t.summary.Unread > 0:
		return subject + "its files could not be read"
	}
	return subject + "no files"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// allClear is all that a clean result has to say.
func (t *table) allClear() {
	checked := count(len(t.result.Areas), "area", "areas")
	if t.bare {
		checked = count(len(t.result.Repositories), "repository", "repositories")
	}
	t.wrapped([]span{{"✓ ", green}}, span{fmt.Sprintf("All clear: %s and %s checked against %s, and nothing to do.",
		checked, count(t.summary.Files.Total, "file", "files"),
		count(len(t.result.Policies), "policy", "policies")), plain})
}

// section starts a section with a blank line, its name, and what it holds.
func (t *table) section(name string, nameStyle style, about string) {
	t.blank()
	if about == "" {
		t.line(span{name, nameStyle})
		return
	}
	t.wrapped([]span{{name + "  ", nameStyle}}, span{about, dim})
}

// more says how many were left out.
func (t *table) more(indent string, left int) {
	if left > 0 {
		t.line(span{indent, plain}, span{fmt.Sprintf("+%d more; --verbose shows all", left), dim})
	}
}

// bound is how many of n are shown where limit are.
func (t *table) bound(n, limit int) int {
	if t.options.Verbose {
		return n
	}
	return min(n, limit)
}

// place writes a location, without the repository's name where there is only one.
func (t *table) place(location ownership.Location) string {
	if location.Repository == t.only {
		location.Repository = ""
	}
	return Clean(location.String())
}
