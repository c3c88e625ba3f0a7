package suggest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Advice is who should own a subject, and why.
type Advice struct {
	Subject
	Result
	// Owners is how many files of the area each of those suggested owns already, by CODEOWNERS.
	Owners map[ownership.Holder]int `json:"owners,omitempty"`
	// Note says why nobody can be suggested, where the lists are empty.
	Note string `json:"note,omitempty"`
}

// Why nobody is suggested.
const (
	noFiles  = "it has no files, so nobody's work can tell"
	noWork   = "no commit in the known part of the log touched its files"
	allGone  = "everybody who worked on it is gone or a bot"
	notKnown = "the log is not known"
)

// Advise answers for each subject, in their order.
func Advise(facts Facts, subjects []Subject, formula Formula) []Advice {
	a := adviser{facts: facts, formula: formula}
	works := a.gather(subjects)
	if slices.ContainsFunc(works, func(g gathered) bool { return len(g.work) > 0 }) { // else nobody is suggested at all
		a.held, a.teams = held(facts), teamsOf(facts.Snapshot.People)
	}
	advice := make([]Advice, len(subjects))
	for i, subject := range subjects {
		advice[i] = a.advise(subject, works[i])
	}
	return advice
}

// adviser answers for all subjects of one snapshot.
type adviser struct {
	facts   Facts
	formula Formula
	// held are the areas that holders have already, sorted.
	held map[ownership.Holder][]ownership.AreaID
	// teams are those that somebody is a member of, also by way of child teams.
	teams map[ownership.Holder][]ownership.Holder
}

// teamsOf turns around who is a member of what.
func teamsOf(people *snapshot.People) map[ownership.Holder][]ownership.Holder {
	teams := map[ownership.Holder][]ownership.Holder{}
	for team := range people.Teams {
		for _, member := range people.Members(team) {
			teams[member] = append(teams[member], team)
		}
	}
	return teams
}

// gathered is the work on one subject.
type gathered struct {
	work []Work
	bots map[ownership.Holder]bool
	from time.Time
	// unknown says why the log is not known whole; read that some of it is.
	unknown string
	read    bool
}

// gather reads the log of each repository once, for all subjects in it.
func (a adviser) gather(subjects []Subject) []gathered {
	works := make([]gathered, len(subjects))
	byRepository := map[*snapshot.Repository][]int{} // subjects
	for i, subject := range subjects {
		works[i].bots = map[ownership.Holder]bool{}
		for _, part := range subject.parts {
			byRepository[part.repository] = append(byRepository[part.repository], i)
		}
		for _, missing := range subject.area.Missing {
			works[i].unknown = "no source sees repository " + missing
		}
	}
	for _, repository := range a.facts.Snapshot.Repositories {
		at := byRepository[repository]
		if len(at) == 0 {
			continue
		}
		history := repository.Facts.History
		groups := make([][]int, len(at))
		for i, subject := range at {
			for _, part := range subjects[subject].parts {
				if part.repository == repository {
					groups[i] = part.files
				}
			}
		}
		who := newAuthors(a.facts.Snapshot.People, history.Commits)
		for i, work := range Gather(history.Commits, repository.Facts.Files.Paths, groups, who.of) {
			works[at[i]].add(repository, work, who.bots)
		}
	}
	return works
}

// add adds the work in one repository; files are kept apart from those of the ones before.
func (g *gathered) add(repository *snapshot.Repository, work []Work, bots map[ownership.Holder]bool) {
	offset := 0
	for _, w := range g.work {
		offset = max(offset, slices.Max(w.Files)+1)
	}
	for _, w := range work {
		for i := range w.Files {
			w.Files[i] += offset
		}
		g.work = append(g.work, w)
		if bots[w.Author] {
			g.bots[w.Author] = true
		}
	}
	history := repository.Facts.History
	if history.From.After(g.from) {
		g.from = history.From
	}
	g.read = g.read || len(history.Commits) > 0
	if !history.Known() && g.unknown == "" {
		g.unknown = "repository " + repository.ID() + ": " + history.Unknown
	}
}

// advise ranks those who worked on a subject and their teams.
func (a adviser) advise(subject Subject, done gathered) Advice {
	in := Input{Now: a.facts.Snapshot.Now, Work: done.work, Unknown: done.unknown, From: done.from, People: map[ownership.Holder]Person{}}
	teams := map[ownership.Holder]bool{} // of which somebody worked on it: no other can be suggested
	for _, w := range done.work {
		if _, seen := in.People[w.Author]; !seen {
			in.People[w.Author] = a.person(w.Author, done.bots[w.Author], subject.Area)
			for _, team := range a.teams[w.Author] {
				teams[team] = true
			}
		}
	}
	for _, holder := range slices.Sorted(maps.Keys(teams)) {
		in.Teams = append(in.Teams, a.team(holder, subject))
	}
	advice := Advice{Subject: subject, Result: a.formula.Rank(in)}
	advice.Owners = owners(subject, advice.Result)
	if len(advice.Teams)+len(advice.People) == 0 {
		advice.Note = note(subject, advice.Result, done)
	}
	return advice
}

// note says why nobody is suggested.
//
//	files   commits   log                 note
//	none    any       any                 noFiles
//	some    some      any                 allGone
//	some    none      known, or in part   noWork
//	some    none      not at all          notKnown, and why
func note(subject Subject, result Result, done gathered) string {
	switch {
	case subject.Files == 0:
		return noFiles
	case result.Commits > 0:
		return allGone
	case done.unknown != "" && !done.read:
		return notKnown + ": " + done.unknown
	}
	return noWork
}

// person is what is known of an author.
func (a adviser) person(holder ownership.Holder, bot bool, area ownership.AreaID) Person {
	people := a.facts.Snapshot.People
	person := Person{Holds: a.others(holder, area)}
	switch listed := people.Persons[holder]; {
	case listed != nil && listed.Kind == ownership.Bot:
		person.Out = "it is a bot"
	case bot:
		person.Out = "it is a bot, by its name"
	default:
		person.Out, person.Doubt = barred(holder, people.Standing(holder))
	}
	return person
}

// barred says why a holder cannot own an area, or why that is not known. The holder is named beside it.
func barred(holder ownership.Holder, standing snapshot.Standing) (out, doubt string) {
	switch standing.Status {
	case snapshot.Dead:
		return strings.TrimPrefix(standing.Message, string(holder)+" "), ""
	case snapshot.Doubtful:
		return "", standing.Message
	case snapshot.Alive, snapshot.Unchecked:
	}
	return "", ""
}

// team is what is known of a team: it must be able to approve in each of the subject's repositories.
func (a adviser) team(holder ownership.Holder, subject Subject) Team {
	people := a.facts.Snapshot.People
	team := Team{Holder: holder, Person: Person{Holds: a.others(holder, subject.Area)}}
	team.Out, team.Doubt = barred(holder, people.Standing(holder))
	for _, part := range subject.parts {
		if out, doubt := barred(holder, people.Access(holder, part.repository.ID())); team.Out == "" {
			team.Out, team.Doubt = out, doubt
		}
	}
	for _, member := range people.Members(holder) {
		person := people.Persons[member]
		if people.IsActiveHuman(member) || person == nil && people.Incomplete() != "" {
			team.Members = append(team.Members, member)
		}
	}
	return team
}

// others are the areas that a holder has beside the one that an owner is sought for.
func (a adviser) others(holder ownership.Holder, area ownership.AreaID) []ownership.AreaID {
	return slices.DeleteFunc(slices.Clone(a.held[holder]), func(id ownership.AreaID) bool { return id == area })
}

// held finds what each holder has already: areas where they are declared, or observed by a source that decides, in any
// role but to be asked or told.
func held(facts Facts) map[ownership.Holder][]ownership.AreaID {
	found := map[ownership.Holder][]ownership.AreaID{}
	for _, area := range facts.Areas {
		has := map[ownership.Holder]bool{}
		for role, declared := range area.Declared.All() {
			for _, one := range declared {
				has[one.Holder] = has[one.Holder] || counts(role)
			}
		}
		for role, observed := range area.Observed.All() {
			for _, one := range observed {
				has[one.Holder] = has[one.Holder] || counts(role) && one.Authoritative
			}
		}
		for holder, is := range has {
			if is {
				found[holder] = append(found[holder], area.ID)
			}
		}
	}
	return found
}

func counts(role ownership.Role) bool {
	return role != ownership.Consulted && role != ownership.Informed
}

// owners are the files of the subject's area that those suggested own already.
func owners(subject Subject, result Result) map[ownership.Holder]int {
	files := map[ownership.Holder]int{}
	for _, observed := range subject.area.Observed.Of(ownership.Approver) {
		files[observed.Holder] = max(files[observed.Holder], observed.Files)
	}
	found := map[ownership.Holder]int{}
	for _, suggestion := range slices.Concat(result.Teams, result.People) {
		if n := files[suggestion.Holder]; n > 0 {
			found[suggestion.Holder] = n
		}
	}
	return found
}
