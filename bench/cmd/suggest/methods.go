package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/suggest"
)

// method orders the people, or teams, who may own an area.
type method struct {
	name string
	rank func(in suggest.Input, since time.Time, teams bool) []ownership.Holder
}

// The names of the methods that are compared.
const (
	byCommits   = "plain commit counts"
	byAuthor    = "degree of authorship"
	byModes     = "JetBrains, commits only"
	byRemit     = "Remit"
	byRemitRoom = "Remit, with capacity"
)

// methods are those of the table.
func methods() []method {
	knowledge := suggest.Standard()
	knowledge.Capacity = 0
	return []method{
		{byCommits, func(in suggest.Input, _ time.Time, teams bool) []ownership.Holder {
			return ranked(suggest.Formula{}, in, time.Time{}, teams)
		}},
		{byAuthor, func(in suggest.Input, _ time.Time, teams bool) []ownership.Holder { return authorship(in, teams) }},
		{byModes, func(in suggest.Input, _ time.Time, teams bool) []ownership.Holder { return multimodal(in, teams) }},
		{byRemit, func(in suggest.Input, since time.Time, teams bool) []ownership.Holder {
			return ranked(knowledge, in, since, teams)
		}},
		{byRemitRoom, func(in suggest.Input, since time.Time, teams bool) []ownership.Holder {
			return ranked(suggest.Standard(), in, since, teams)
		}},
	}
}

// ranked is a formula's order, from the work since a time.
func ranked(f suggest.Formula, in suggest.Input, since time.Time, teams bool) []ownership.Holder {
	if !since.IsZero() {
		recent := make([]suggest.Work, 0, len(in.Work))
		for _, w := range in.Work {
			if !w.When.Before(since) {
				recent = append(recent, w)
			}
		}
		in.Work = recent
	}
	result := f.Rank(in)
	list := result.People
	if teams {
		list = result.Teams
	}
	holders := make([]ownership.Holder, len(list))
	for i, suggestion := range list {
		holders[i] = suggestion.Holder
	}
	return holders
}

// The degree of authorship, and from what on somebody is an author of a file.
// Source: G. Avelino, L. Passos, A. Hora, M. T. Valente, "A novel approach for estimating truck factors", ICPC 2016.
const (
	doaBase, doaFirst, doaOwn, doaOthers = 3.293, 1.098, 0.164, 0.321
	doaAuthor, doaNormal                 = 3.293, 0.75
)

// authorship orders people by how many files they are authors of, then by the sum of their degrees. Creating a file is
// first authorship and no delivery, as in the authors' own tool. A team has those of its members.
func authorship(in suggest.Input, teams bool) []ownership.Holder {
	files := map[int][]suggest.Work{}
	for _, w := range in.Work {
		for _, file := range w.Files {
			files[file] = append(files[file], w)
		}
	}
	authored, degrees := map[ownership.Holder]float64{}, map[ownership.Holder]float64{}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		all := degreesOf(files[file])
		highest := slices.Max(slices.Collect(maps.Values(all)))
		for holder, degree := range all {
			degrees[holder] += degree
			if degree >= doaAuthor && degree/highest > doaNormal {
				authored[holder]++
			}
		}
	}
	if teams {
		authored, degrees = teamSums(in.Teams, authored), teamSums(in.Teams, degrees)
	}
	var holders []ownership.Holder
	for holder := range degrees {
		if in.People[holder].Out == "" {
			holders = append(holders, holder)
		}
	}
	slices.SortFunc(holders, func(a, b ownership.Holder) int {
		return cmp.Or(cmp.Compare(authored[b], authored[a]), cmp.Compare(degrees[b], degrees[a]), strings.Compare(string(a), string(b)))
	})
	return holders
}

func degreesOf(work []suggest.Work) map[ownership.Holder]float64 {
	first, own := work[0], map[ownership.Holder]float64{}
	for _, w := range work {
		own[w.Author]++
		if w.When.Before(first.When) {
			first = w
		}
	}
	own[first.Author]-- // the creation is no delivery
	degrees := map[ownership.Holder]float64{}
	for holder, deliveries := range own {
		others := float64(len(work)-1) - deliveries
		degrees[holder] = doaBase + doaOwn*deliveries - doaOthers*math.Log(1+others)
		if holder == first.Author {
			degrees[holder] += doaFirst
		}
	}
	return degrees
}

func teamSums(teams []suggest.Team, of map[ownership.Holder]float64) map[ownership.Holder]float64 {
	sums := map[ownership.Holder]float64{}
	for _, team := range teams {
		total := 0.0
		for _, member := range team.Members {
			total += of[member]
		}
		if total > 0 && team.Out == "" {
			sums[team.Holder] = total
		}
	}
	return sums
}

// multimodal orders people by the formula of JetBrains Research, as far as a log goes: it has no reviews and no meetings.
// For each file, with decaying weights, 3.0 for its first author, 1.0 for each commit, and 2.4 · (ln(1 + all) - ln(1 +
// others')); summed up over files.
// Source: github.com/JetBrains-Research/bus-factor-explorer, BusFactorConstants.kt and BusFactorCalculation.kt, the code of
// E. Klimov et al., "Bus Factor Explorer" (arXiv 2403.08038), after E. Jabrayilzade et al., "Bus factor in practice", ICSE-SEIP 2022.
func multimodal(in suggest.Input, teams bool) []ownership.Holder {
	const decayDays, first, others = 90, 3.0, 2.4
	type file struct {
		own    map[ownership.Holder]float64
		all    float64
		begun  time.Time
		author ownership.Holder
		weight float64
	}
	files := map[int]*file{}
	for _, w := range in.Work {
		weight := math.Exp(-max(0, in.Now.Sub(w.When).Hours()) / 24 / decayDays)
		for _, at := range w.Files {
			f := files[at]
			if f == nil {
				f = &file{own: map[ownership.Holder]float64{}}
				files[at] = f
			}
			f.own[w.Author] += weight
			f.all += weight
			if f.begun.IsZero() || w.When.Before(f.begun) {
				f.begun, f.author, f.weight = w.When, w.Author, weight
			}
		}
	}
	scores := map[ownership.Holder]float64{}
	for _, at := range slices.Sorted(maps.Keys(files)) {
		f := files[at]
		for holder, own := range f.own {
			scores[holder] += own + others*(math.Log(1+f.all)-math.Log(1+max(0, f.all-own)))
			if holder == f.author {
				scores[holder] += first * f.weight
			}
		}
	}
	return bestFirst(in, scores, teams)
}

// bestFirst orders those who can be added by their scores.
func bestFirst(in suggest.Input, scores map[ownership.Holder]float64, teams bool) []ownership.Holder {
	if teams {
		scores = teamSums(in.Teams, scores)
	}
	var holders []ownership.Holder
	for holder := range scores {
		if in.People[holder].Out == "" {
			holders = append(holders, holder)
		}
	}
	slices.SortFunc(holders, func(a, b ownership.Holder) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), strings.Compare(string(a), string(b)))
	})
	return holders
}

// variant is a formula of the grid: Remit's, with two more terms that were tried and brought nothing.
type variant struct {
	halfLife, creation float64
	// focus lowers a commit by the share of its files that are of the area, to this power; breadth raises it by the number
	// of the area's files that it changed.
	focus, breadth float64
}

func (v variant) rank(in suggest.Input, since time.Time, teams bool) []ownership.Holder {
	scores := map[ownership.Holder]float64{}
	for _, w := range in.Work {
		if w.When.Before(since) {
			continue
		}
		touched := float64(len(w.Files))
		scores[w.Author] += math.Exp2(-max(0, in.Now.Sub(w.When).Hours())/24/v.halfLife) * (1 + v.creation*float64(w.Created)/touched) *
			math.Pow(touched/float64(w.Of), v.focus) * math.Pow(touched, v.breadth)
	}
	return bestFirst(in, scores, teams)
}

// grid is every formula that is tried on the training repositories.
func grid() []method {
	var all []method
	for _, days := range []float64{30, 62, 120, 180, 270, 365, 730, 100_000} {
		for _, creation := range []float64{0, 3, 10, 20, 40} {
			for _, focus := range []float64{0, 0.25, 0.5} {
				for _, breadth := range []float64{0, 0.25, 0.5, 1} {
					v := variant{days, creation, focus, breadth}
					all = append(all, method{fmt.Sprintf("half-life %6.0f days, creation %2.0f, focus %.2f, breadth %.2f", days, creation, focus, breadth), v.rank})
				}
			}
		}
	}
	return all
}
