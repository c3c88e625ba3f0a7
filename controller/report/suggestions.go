package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/suggest"
)

// How much of each list the table shows without --verbose.
const (
	maxSubjects  = 10
	maxTeams     = 2
	maxPeople    = 3
	maxLeftOut   = 3
	maxKnowing   = 3
	maxHoldsSaid = 3
)

// SuggestionOptions say how suggestions are shown.
type SuggestionOptions struct {
	Options
	// Only is the one repository there is, which then goes without saying, or empty.
	Only string
	// Asked says that the subjects were asked for: else they are those that lack an owner.
	Asked bool
}

// Suggestions writes who should own what for a terminal: for each subject those suggested, with what speaks for them,
// and who was left out.
func Suggestions(w io.Writer, advice []suggest.Advice, options SuggestionOptions) error {
	width := options.Width
	if width == 0 {
		width = 100
	}
	s := &suggestions{
		table:   table{printer: printer{width: max(width, 40), color: options.Color}, options: options.Options},
		only:    options.Only,
		columns: newSuggestionColumns(advice, max(width, 40)),
	}
	s.headline(advice, options.Asked)
	shown := advice[:s.bound(len(advice), maxSubjects)]
	for _, one := range shown {
		s.subject(one)
	}
	if left := len(advice) - len(shown); left > 0 {
		s.blank()
		s.more("", left)
	}
	s.next()
	if _, err := w.Write(s.out.Bytes()); err != nil {
		return fmt.Errorf("write the suggestions: %w", err)
	}
	return nil
}

// suggestions is one table of them in the making.
type suggestions struct {
	table
	only    string
	columns suggestionColumns
}

// headline says the whole in one line.
func (s *suggestions) headline(advice []suggest.Advice, asked bool) {
	found := 0
	for _, one := range advice {
		if len(one.Teams)+len(one.People) > 0 {
			found++
		}
	}
	switch {
	case len(advice) == 0 && asked:
		s.wrapped(nil, span{"There are no files there, so nobody's work can tell who should own them.", bold})
	case len(advice) == 0:
		s.wrapped(nil, span{"Nothing is known to lack an owner.", bold})
	case asked:
		s.wrapped(nil, span{fmt.Sprintf("%s; for %d somebody can be suggested", count(len(advice), "place", "places"), found), bold})
	default:
		s.wrapped(nil, span{fmt.Sprintf("%s without an owner; for %d somebody can be suggested", count(len(advice), "place", "places"), found), bold})
	}
}

// subject is one block: what an owner is sought for, who is suggested, who is not.
func (s *suggestions) subject(advice suggest.Advice) {
	s.section(s.name(advice.Subject), s.nameStyle(advice.State), meant(advice.Subject)+s.about(advice))
	if advice.Unknown != "" {
		s.wrapped([]span{{"  ! ", yellow}}, span{"what is not known: " + Clean(advice.Unknown), plain})
	}
	if declared := s.declaredRoles(advice.Declared); declared != "" {
		s.wrapped([]span{{"  declared  ", dim}}, span{declared, dim})
	}
	if advice.Note != "" {
		s.wrapped([]span{{"  ", plain}}, span{"nobody: " + Clean(advice.Note), plain})
	}
	if len(advice.Teams)+len(advice.People) > 0 {
		s.line(span{"  " + s.columns.row("HOLDER", "SHARE", "COMMITS", "LAST", "FILES"), dim})
	}
	teams, people := s.bound(len(advice.Teams), maxTeams), s.bound(len(advice.People), maxPeople)
	for i, suggestion := range slices.Concat(advice.Teams[:teams], advice.People[:people]) {
		style := plain
		if i == 0 {
			style = bold
		}
		figures := span{"  " + s.columns.row(Clean(string(suggestion.Holder)), share(suggestion.Share), fmt.Sprint(suggestion.Commits),
			suggestion.Last.Format(time.DateOnly), fmt.Sprint(suggestion.Files)), style}
		if more := s.whatElse(advice, suggestion); more != "" {
			s.wrapped([]span{figures}, span{more, dim})
		} else {
			s.line(figures)
		}
	}
	s.more("  ", len(advice.Teams)-teams+len(advice.People)-people)
	s.leftOut(advice.LeftOut)
}

// declaredRoles are who is declared already: "accountable team:acme/search; approver team:acme/search, user:ada".
func (s *suggestions) declaredRoles(declared map[ownership.Role][]ownership.Holder) string {
	var roles []string
	for _, role := range slices.Sorted(maps.Keys(declared)) {
		roles = append(roles, Clean(string(role))+" "+strings.Join(s.few(names(declared[role])), ", "))
	}
	return strings.Join(roles, "; ")
}

func (s *suggestions) name(subject suggest.Subject) string {
	switch {
	case subject.Folder == "":
		return Clean(string(subject.Area))
	case subject.Repository == s.only:
		return Clean(strings.TrimPrefix(subject.Folder, "./"))
	case subject.Folder == "/" && standsForRepository(subject.Area):
		return Clean(string(subject.Area)) // as check and explain have it
	}
	return Clean(subject.Repository + " " + subject.Folder)
}

func standsForRepository(area ownership.AreaID) bool {
	_, is := area.Repository()
	return is
}

// meant says which files of a folder are meant where it is not all below it.
func meant(subject suggest.Subject) string {
	if subject.Direct {
		return "directly in it, "
	}
	return ""
}

func (s *suggestions) nameStyle(state ownership.State) style {
	return map[ownership.State]style{ownership.Unowned: alarm, ownership.Partial: yellow, ownership.Unknown: cyan, ownership.Owned: green}[state]
}

// about is what is asked of whom, and from when on the log is known.
func (s *suggestions) about(advice suggest.Advice) string {
	var said []string
	switch {
	case advice.Unowned > 0:
		said = append(said, count(advice.Unowned, "file", "files")+" without an owner")
	case advice.Files == 0:
		return stateWords[advice.State]
	case advice.Folder == "":
		said = append(said, stateWords[advice.State], count(advice.Files, "file", "files"))
	default:
		said = append(said, count(advice.Files, "file", "files"))
	}
	if advice.Commits > 0 || advice.Unknown == "" {
		text := count(advice.Commits, "commit", "commits")
		if !advice.From.IsZero() {
			text += " since " + advice.From.Format(time.DateOnly)
		}
		said = append(said, text)
	}
	return strings.Join(said, ", ")
}

// whatElse is what stands behind the figures of a suggestion.
func (s *suggestions) whatElse(advice suggest.Advice, suggestion suggest.Suggestion) string {
	var said []string
	if suggestion.Members > 0 {
		names := make([]string, 0, maxKnowing)
		for _, holder := range suggestion.Knowing[:s.bound(len(suggestion.Knowing), maxKnowing)] {
			names = append(names, Clean(holder.Name()))
		}
		text := fmt.Sprintf("%d of %s: %s", len(suggestion.Knowing), count(suggestion.Members, "member", "members"), strings.Join(names, ", "))
		if left := len(suggestion.Knowing) - len(names); left > 0 {
			text += fmt.Sprintf(" +%d", left)
		}
		said = append(said, text)
	}
	if n := advice.Owners[suggestion.Holder]; n > 0 {
		said = append(said, "owns "+count(n, "file", "files")+" of it")
	}
	if n := len(suggestion.Holds); n > 0 {
		names := make([]string, 0, maxHoldsSaid)
		for _, id := range suggestion.Holds[:s.bound(n, maxHoldsSaid)] {
			names = append(names, Clean(string(id)))
		}
		text := "holds " + strings.Join(names, ", ")
		if left := n - len(names); left > 0 {
			text += fmt.Sprintf(" +%d", left)
		}
		said = append(said, text)
	}
	if suggestion.Doubt != "" {
		said = append(said, "in doubt: "+Clean(suggestion.Doubt))
	}
	return strings.Join(said, "; ")
}

// leftOut says who worked there and is not suggested.
func (s *suggestions) leftOut(left []suggest.LeftOut) {
	for _, one := range left[:s.bound(len(left), maxLeftOut)] {
		s.wrapped([]span{{"  left out  ", dim}}, span{
			fmt.Sprintf("%s, %s: %s", Clean(string(one.Holder)), count(one.Commits, "commit", "commits"), Clean(one.Reason)), dim,
		})
	}
	s.more("            ", len(left)-s.bound(len(left), maxLeftOut))
}

// suggestionColumns are the widths of the figures' columns, the same for all subjects.
type suggestionColumns struct{ holder, commits, files int }

func newSuggestionColumns(advice []suggest.Advice, width int) suggestionColumns {
	const figures = 38 // what the other columns take
	c := suggestionColumns{holder: len("HOLDER"), commits: len("COMMITS"), files: len("FILES")}
	for _, one := range advice {
		for _, list := range [][]suggest.Suggestion{one.Teams[:min(len(one.Teams), maxTeams)], one.People[:min(len(one.People), maxPeople)]} {
			for _, suggestion := range list {
				c.holder = max(c.holder, min(40, max(10, width-figures), cells(Clean(string(suggestion.Holder)))))
				c.commits = max(c.commits, len(fmt.Sprint(suggestion.Commits)))
				c.files = max(c.files, len(fmt.Sprint(suggestion.Files)))
			}
		}
	}
	return c
}

func (c suggestionColumns) row(holder, share, commits, last, files string) string {
	return fmt.Sprintf("%s  %5s  %*s  %-10s  %*s  ", pad(holder, c.holder), share, c.commits, commits, last, c.files, files)
}

// share writes a part of one, rounded down, so that only all of it is 100%.
func share(part float64) string { return Percent(int(part*10_000), 10_000) }

// SuggestionsJSON writes {"at", "places": [advice...]}: every subject with all that is suggested for it.
func SuggestionsJSON(w io.Writer, at time.Time, advice []suggest.Advice) error {
	return writeJSON(w, struct {
		At     time.Time        `json:"at"`
		Places []suggest.Advice `json:"places"`
	}{at, orEmpty(advice)})
}
