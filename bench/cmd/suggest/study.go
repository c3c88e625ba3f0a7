package main

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/suggest"
)

// study is what all repositories gave.
type study struct {
	options options
	methods []method
	results []result
	// skipped counts what could not be a case, by reason; repositories are those studied, in order.
	skipped      map[string]int
	repositories []string
}

// result is how every method did on one case.
type result struct {
	repository, commit, kind, place string
	when                            time.Time
	truth                           []ownership.Holder
	// reachable says that somebody who was added had worked on the files before: else no method can be right.
	reachable bool
	outcomes  []outcome // by method
}

// outcome is how one method did: whether one who was added is the first, or among the first three; and of as many
// suggestions as were added, the part that was right.
type outcome struct{ hit1, hit3, precision float64 }

func newStudy(o options) *study {
	s := &study{options: o, methods: methods(), skipped: map[string]int{}}
	if o.tune {
		s.methods = append(s.methods[:4:4], grid()...)
	}
	return s
}

// The kinds of case.
const (
	kindCodeowners = "CODEOWNERS, person"
	kindOwners     = "OWNERS, person"
	kindTeam       = "OWNERS, alias as team"
)

// question is one place at one commit to which owners were added.
type question struct {
	kind, place string
	// added are the owners as written; held those who owned any of it before.
	added, held []string
	// files are the place's, as indexes into the files before the commit.
	files []int
	// teams are the candidates of a question about teams: logins by alias.
	teams map[string][]string
}

// repository makes the cases of one checkout, and lets every method answer them.
func (s *study) repository(ctx context.Context, name, dir string, progress io.Writer) error {
	past, err := git.OpenPast(dir)
	if err != nil {
		return err
	}
	defer past.Close()
	log, err := past.Log(ctx)
	if err != nil {
		return err
	}
	if past.Shallow() {
		s.skipped["the clone is shallow: what lies before its cut is not seen"]++
	}
	s.repositories = append(s.repositories, name)
	who := newPeople(log)
	for i, commit := range slices.Backward(log) {
		if len(commit.Parents) != 1 {
			continue // a merge adds nothing of its own; a first commit has nothing before it
		}
		changed, err := past.Changed(commit.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(changed, asksSomething) {
			continue
		}
		if err := s.revision(ctx, past, name, commit, changed, who); err != nil {
			return err
		}
		if i%50 == 0 {
			fmt.Fprintf(progress, "%s: %s, %d cases so far\r", name, commit.When.Format(time.DateOnly), len(s.results))
		}
	}
	return nil
}

// revision makes the cases of one commit.
func (s *study) revision(ctx context.Context, past *git.Past, name string, commit git.PastCommit, changed []string, who *people) error {
	parent := commit.Parents[0]
	before, err := past.At(ctx, parent, time.Time{})
	if err != nil {
		return err
	}
	if !before.History.Known() {
		s.skipped["the history before is not known whole"]++
		return nil
	}
	questions := s.questions(past, commit.ID, parent, changed, before)
	if len(questions) == 0 {
		return nil
	}
	groups := make([][]int, len(questions))
	for i, q := range questions {
		groups[i] = q.files
	}
	bots := map[ownership.Holder]bool{}
	work := suggest.Gather(before.History.Commits, before.Files.Paths, groups, func(c ownership.Commit) ownership.Holder {
		author := who.author(c)
		bots[author] = bots[author] || suggest.LooksLikeBot(c.Author, c.AuthorName)
		return author
	})
	loads := s.loads(past, parent, before, who)
	for i, q := range questions {
		in := suggest.Input{Now: commit.When, Work: work[i], People: map[ownership.Holder]suggest.Person{}}
		for holder, places := range loads {
			in.People[holder] = suggest.Person{Holds: make([]ownership.AreaID, places)}
		}
		for bot, is := range bots {
			if is {
				in.People[bot] = suggest.Person{Out: "a bot"}
			}
		}
		s.answer(name, commit, q, in, who)
	}
	return nil
}

// loads are at how many places people are owners already: rules of CODEOWNERS, and OWNERS files.
func (s *study) loads(past *git.Past, commit string, before ownership.Repository, who *people) map[ownership.Holder]int {
	loads := map[ownership.Holder]int{}
	add := func(name string) {
		if holder, known := who.owner(name); known {
			loads[holder]++
		}
	}
	for _, rule := range codeowners.Parse(before.Codeowners.Text).Rules() {
		for _, owner := range rule.Owners {
			add(owner.Text)
		}
	}
	at := s.ownersAt(past, commit)
	for _, name := range before.Files.Paths {
		if isOwnersFile(name) {
			file, _ := at.file(path.Dir(name))
			for _, approver := range file.Approvers {
				add(approver)
			}
		}
	}
	return loads
}

// answer lets every method answer a question.
func (s *study) answer(name string, commit git.PastCommit, q question, in suggest.Input, who *people) {
	truth := s.truth(q, &in, who)
	if len(truth) == 0 {
		return
	}
	if len(in.Work) == 0 {
		s.skipped["nobody had worked on its files"]++
		return
	}
	r := result{repository: name, commit: commit.ID, kind: q.kind, place: q.place, when: commit.When, truth: truth}
	since := commit.When.AddDate(0, 0, -s.options.window)
	for _, m := range s.methods {
		ranked := m.rank(in, since, q.kind == kindTeam)
		r.outcomes = append(r.outcomes, judge(ranked, truth))
		r.reachable = r.reachable || slices.ContainsFunc(truth, func(holder ownership.Holder) bool { return slices.Contains(ranked, holder) })
	}
	s.results = append(s.results, r)
}

// truth are those who were added, as far as it is known who they are, and puts into the input who owned the place before:
// they cannot be added.
func (s *study) truth(q question, in *suggest.Input, who *people) []ownership.Holder {
	var truth []ownership.Holder
	if q.kind == kindTeam {
		for alias, logins := range q.teams {
			in.Teams = append(in.Teams, s.team(alias, logins, q, who))
		}
		for _, alias := range q.added {
			truth = append(truth, ownership.TeamHolder("aliases/"+alias))
		}
		return truth
	}
	for _, name := range q.added {
		if holder, known := who.owner(name); known {
			if !slices.Contains(truth, holder) {
				truth = append(truth, holder)
			}
			continue
		}
		s.skipped["an owner added matches no author of any commit"]++
	}
	for _, name := range q.held {
		if holder, known := who.owner(name); known && !slices.Contains(truth, holder) {
			in.People[holder] = suggest.Person{Out: "owns it already"}
		}
	}
	for _, holder := range truth {
		person := in.People[holder]
		person.Out = "" // whoever is added is no bot, whatever the name looks like
		in.People[holder] = person
	}
	return truth
}

func (s *study) team(alias string, logins []string, q question, who *people) suggest.Team {
	team := suggest.Team{Holder: ownership.TeamHolder("aliases/" + alias)}
	if slices.Contains(q.held, alias) {
		team.Out = "owns it already"
	}
	for _, login := range logins {
		holder, known := who.owner(login)
		if !known {
			holder = ownership.User(login)
		}
		if !slices.Contains(team.Members, holder) {
			team.Members = append(team.Members, holder)
		}
	}
	slices.Sort(team.Members)
	return team
}

// judge compares an order with who was added.
func judge(ranked, truth []ownership.Holder) outcome {
	var o outcome
	right := 0.0
	for i, holder := range ranked {
		if !slices.Contains(truth, holder) {
			continue
		}
		if i < 1 {
			o.hit1 = 1
		}
		if i < 3 {
			o.hit3 = 1
		}
		if i < len(truth) {
			right++
		}
	}
	o.precision = right / float64(len(truth))
	return o
}
