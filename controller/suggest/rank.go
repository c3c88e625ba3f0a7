package suggest

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// Input is all that a suggestion for one area is made of.
type Input struct {
	Now time.Time
	// Work on the area, in any order.
	Work []Work
	// People are by holder; one who is not in it can own an area and holds none.
	People map[ownership.Holder]Person
	Teams  []Team
	// Unknown says why the log is not known whole; empty means that it is, from From on.
	Unknown string
	From    time.Time
}

// Person is what is known of somebody who worked on an area.
type Person struct {
	// Out says why this is nobody who can own an area: a bot, or gone. Empty means that it is.
	Out string
	// Doubt says why that is not known.
	Doubt string
	// Holds are the areas held already, sorted.
	Holds []ownership.AreaID
}

// Team is a team that may own an area.
type Team struct {
	Holder ownership.Holder
	// Members are the people in it who can own an area, sorted.
	Members []ownership.Holder
	Person
}

// Suggestion is one who may own the area, and why.
type Suggestion struct {
	Holder ownership.Holder `json:"holder"`
	// Score orders the suggestions for one area; it means nothing across areas. It is Knowledge times what Holds leave
	// room for.
	Score     float64 `json:"score"`
	Knowledge float64 `json:"knowledge"`
	// Share is the part of all knowledge of the area, of those who can own it, that the holder has, 0 to 1.
	Share float64 `json:"share"`
	// Commits are the holder's on the area, Last is when the last one was written, Files how many of the area's files they changed.
	Commits int       `json:"commits"`
	Last    time.Time `json:"last"`
	Files   int       `json:"files"`
	// Holds are the areas held already.
	Holds []ownership.AreaID `json:"holds"`
	// Knowing are a team's members who worked on the area, those who know it best first; Members is how many can own areas.
	Knowing []ownership.Holder `json:"knowing,omitempty"`
	Members int                `json:"members,omitempty"`
	// Doubt says why it is not known whether the holder can own anything.
	Doubt string `json:"doubt,omitempty"`
}

// LeftOut is one who worked on the area and is not suggested, or a team whose members did.
type LeftOut struct {
	Holder  ownership.Holder `json:"holder"`
	Reason  string           `json:"reason"`
	Commits int              `json:"commits"`
	Last    time.Time        `json:"last"`
}

// Result is what a suggestion for an area says: the best first in each list.
type Result struct {
	Teams   []Suggestion `json:"teams"`
	People  []Suggestion `json:"people"`
	LeftOut []LeftOut    `json:"leftOut"`
	// Commits is how many commits there are on the area, From since when the log is known.
	Commits int       `json:"commits"`
	From    time.Time `json:"from"`
	// Unknown says why the log is not known whole.
	Unknown string `json:"unknown,omitempty"`
}

// known is what one author did.
type known struct {
	weights []float64
	commits int
	last    time.Time
	files   map[int]bool
}

// Rank orders those who may own an area.
//
//	person    knowledge = sum of what the person's commits count; score = knowledge · room
//	team      knowledge = (sum of its members') · (those who know it / all members)^TeamSize; score likewise
//	bot, gone never, and said
//	team      none of whose members did anything: never, and not said
//
// What one scores depends on nobody else, so leaving somebody out changes the order of no two others.
func (f Formula) Rank(in Input) Result {
	result := Result{
		Commits: len(in.Work), From: in.From, Unknown: in.Unknown,
		Teams: []Suggestion{}, People: []Suggestion{}, LeftOut: []LeftOut{},
	}
	authors := f.authors(in)
	total := 0.0
	knowledge := map[ownership.Holder]float64{}
	for _, holder := range slices.Sorted(maps.Keys(authors)) {
		author, person := authors[holder], in.People[holder]
		if person.Out != "" {
			result.LeftOut = append(result.LeftOut, LeftOut{holder, person.Out, author.commits, author.last})
			continue
		}
		knowledge[holder] = sum(author.weights)
		total += knowledge[holder]
		result.People = append(result.People, f.suggestion(holder, person, knowledge[holder], 1, author))
	}
	for _, team := range in.Teams {
		f.addTeam(&result, team, authors, knowledge)
	}
	for _, list := range [][]Suggestion{result.People, result.Teams} {
		for i := range list {
			list[i].Share = share(list[i], knowledge, total)
		}
		slices.SortFunc(list, compare)
	}
	slices.SortFunc(result.LeftOut, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(b.Commits, a.Commits), strings.Compare(string(a.Holder), string(b.Holder)))
	})
	return result
}

// authors sums up what each author did.
func (f Formula) authors(in Input) map[ownership.Holder]*known {
	authors := map[ownership.Holder]*known{}
	for _, w := range in.Work {
		author := authors[w.Author]
		if author == nil {
			author = &known{files: map[int]bool{}}
			authors[w.Author] = author
		}
		author.add(w, f.weight(in.Now, w))
	}
	return authors
}

func (k *known) add(w Work, weight float64) {
	k.weights = append(k.weights, weight)
	k.commits++
	if w.When.After(k.last) {
		k.last = w.When
	}
	for _, file := range w.Files {
		k.files[file] = true
	}
}

// sum adds the smallest first, so that it is the same in whatever order the commits came.
func sum(weights []float64) float64 {
	slices.Sort(weights)
	total := 0.0
	for _, weight := range weights {
		total += weight
	}
	return total
}

func (f Formula) suggestion(holder ownership.Holder, person Person, knowledge float64, members int, did *known) Suggestion {
	return Suggestion{
		Holder: holder, Knowledge: knowledge, Score: knowledge * f.room(len(person.Holds), members),
		Commits: did.commits, Last: did.last, Files: len(did.files),
		Holds: append([]ownership.AreaID{}, person.Holds...), Doubt: person.Doubt,
	}
}

// addTeam suggests a team of whose members somebody worked on the area, or says why not.
func (f Formula) addTeam(result *Result, team Team, authors map[ownership.Holder]*known, knowledge map[ownership.Holder]float64) {
	did := &known{files: map[int]bool{}}
	var knowing []ownership.Holder
	for _, member := range team.Members {
		author := authors[member]
		if _, counts := knowledge[member]; !counts {
			continue
		}
		knowing = append(knowing, member)
		did.commits += author.commits
		did.weights = append(did.weights, author.weights...)
		maps.Copy(did.files, author.files)
		if author.last.After(did.last) {
			did.last = author.last
		}
	}
	switch {
	case len(knowing) == 0:
		return
	case team.Out != "":
		result.LeftOut = append(result.LeftOut, LeftOut{team.Holder, team.Out, did.commits, did.last})
		return
	}
	slices.SortStableFunc(knowing, func(a, b ownership.Holder) int { return cmp.Compare(knowledge[b], knowledge[a]) })
	suggested := f.suggestion(team.Holder, team.Person, f.team(sum(did.weights), len(knowing), len(team.Members)), len(team.Members), did)
	suggested.Knowing, suggested.Members = knowing, len(team.Members)
	result.Teams = append(result.Teams, suggested)
}

// share is the part of all knowledge that is a holder's own, or a team's members'.
func share(s Suggestion, knowledge map[ownership.Holder]float64, total float64) float64 {
	held := s.Knowledge
	if s.Members > 0 {
		held = 0
		for _, member := range s.Knowing {
			held += knowledge[member]
		}
	}
	if total <= 0 {
		return 0
	}
	return math.Min(1, held/total)
}

// compare orders by score; then who worked there last; then who did more; then by name.
func compare(a, b Suggestion) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), b.Last.Compare(a.Last), cmp.Compare(b.Commits, a.Commits),
		strings.Compare(string(a.Holder), string(b.Holder)))
}
