package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// printTables prints one table for each kind of case, one of all, and what was skipped.
func printTables(out io.Writer, s *study) error {
	for _, kind := range []string{kindCodeowners, kindOwners, kindTeam} {
		cases := slices.DeleteFunc(slices.Clone(s.results), func(r result) bool { return r.kind != kind })
		if len(cases) > 0 {
			printTable(out, s, kind, cases)
		}
	}
	people := slices.DeleteFunc(slices.Clone(s.results), func(r result) bool { return r.kind == kindTeam })
	for _, name := range s.repositories {
		if len(s.repositories) > 1 {
			cases := slices.DeleteFunc(slices.Clone(people), func(r result) bool { return r.repository != name })
			if len(cases) > 0 {
				printTable(out, s, "persons in "+name, cases)
			}
		}
	}
	if len(people) > 0 {
		printTable(out, s, "all persons", people)
	}
	fmt.Fprintln(out, "Skipped:")
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, reason := range slices.Sorted(maps.Keys(s.skipped)) {
		fmt.Fprintf(w, "%d\t  %s\n", s.skipped[reason], reason)
	}
	if len(s.skipped) == 0 {
		fmt.Fprintln(w, "0\t  nothing")
	}
	return w.Flush()
}

func printTable(out io.Writer, s *study, title string, cases []result) {
	reachable := 0
	for _, c := range cases {
		if c.reachable {
			reachable++
		}
	}
	fmt.Fprintf(out, "%s: %s in %s; in %d (%.0f%%) somebody who was added had worked there before\n",
		title, count(len(cases), "case"), count(len(byCommit(cases)), "commit"), reachable, 100*float64(reachable)/float64(len(cases)))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "method\thit@1\t95%\thit@3\t95%\tprecision\t95%\thit@3 over "+byCommits+"\t95%")
	for i, m := range s.methods {
		fmt.Fprint(w, m.name)
		for _, measure := range []func(result) float64{
			func(r result) float64 { return r.outcomes[i].hit1 },
			func(r result) float64 { return r.outcomes[i].hit3 },
			func(r result) float64 { return r.outcomes[i].precision },
			func(r result) float64 { return r.outcomes[i].hit3 - r.outcomes[0].hit3 },
		} {
			low, high := s.interval(cases, measure)
			fmt.Fprintf(w, "\t%.1f%%\t%.1f–%.1f", 100*mean(cases, measure), 100*low, 100*high)
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // what out says of an error, the next write says too
	fmt.Fprintln(out)
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func mean(cases []result, measure func(result) float64) float64 {
	total := 0.0
	for _, c := range cases {
		total += measure(c)
	}
	return total / float64(len(cases))
}

// byCommit groups cases by the commit that asked: one commit often adds one owner to many places, and those are not so
// many independent observations.
func byCommit(cases []result) [][]result {
	groups := map[string][]result{}
	for _, c := range cases {
		groups[c.repository+c.commit] = append(groups[c.repository+c.commit], c)
	}
	all := make([][]result, 0, len(groups))
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		all = append(all, groups[key])
	}
	return all
}

// interval is the middle 95% of the mean over commits drawn anew, with repetition (a cluster bootstrap).
func (s *study) interval(cases []result, measure func(result) float64) (low, high float64) {
	groups := byCommit(cases)
	sums := make([]float64, len(groups))
	for i, group := range groups {
		sums[i] = mean(group, measure) * float64(len(group))
	}
	random := rand.New(rand.NewPCG(s.options.seed, 0)) //nolint:gosec // drawn the same on every run, on purpose
	means := make([]float64, max(1, s.options.resamples))
	for i := range means {
		total, n := 0.0, 0
		for range groups {
			drawn := random.IntN(len(groups))
			total, n = total+sums[drawn], n+len(groups[drawn])
		}
		means[i] = total / float64(n)
	}
	slices.Sort(means)
	at := func(part float64) float64 { return means[int(math.Round(part*float64(len(means)-1)))] }
	return at(0.025), at(0.975)
}

// enoughCases is how many cases a repository must give to count in the grid.
const enoughCases = 20

// printGrid prints every formula, the best first: each repository of enough cases counts alike.
func printGrid(out io.Writer, s *study) error {
	type row struct {
		name                           string
		hit1, hit3, precision, overall float64
	}
	var rows []row
	for i, m := range s.methods {
		r := row{name: m.name}
		n := 0.0
		for _, name := range s.repositories {
			cases := slices.DeleteFunc(slices.Clone(s.results), func(c result) bool { return c.repository != name || c.kind == kindTeam })
			if len(cases) < enoughCases {
				continue
			}
			n++
			r.hit1 += mean(cases, func(c result) float64 { return c.outcomes[i].hit1 })
			r.hit3 += mean(cases, func(c result) float64 { return c.outcomes[i].hit3 })
			r.precision += mean(cases, func(c result) float64 { return c.outcomes[i].precision })
		}
		r.hit1, r.hit3, r.precision = r.hit1/n, r.hit3/n, r.precision/n
		r.overall = (r.hit1 + r.hit3 + r.precision) / 3
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.overall, a.overall) })
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "formula\thit@1\thit@3\tprecision\tmean of the three")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%.2f%%\t%.2f%%\t%.2f%%\t%.2f%%\n", r.name, 100*r.hit1, 100*r.hit3, 100*r.precision, 100*r.overall)
	}
	return w.Flush()
}

// writeCases writes every case, for those who want to look at some.
func writeCases(name string, s *study) error {
	var text strings.Builder
	text.WriteString("repository\tcommit\tday\tkind\tplace\tadded\treachable")
	for _, m := range s.methods {
		text.WriteString("\t" + m.name + " hit@1\thit@3\tprecision")
	}
	text.WriteByte('\n')
	for _, r := range s.results {
		var added []string
		for _, holder := range r.truth {
			added = append(added, string(holder))
		}
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%q\t%s\t%v", r.repository, r.commit, r.when.Format(time.DateOnly), r.kind, r.place, strings.Join(added, " "), r.reachable)
		for _, o := range r.outcomes {
			fmt.Fprintf(&text, "\t%.0f\t%.0f\t%.3f", o.hit1, o.hit3, o.precision)
		}
		text.WriteByte('\n')
	}
	return os.WriteFile(name, []byte(text.String()), 0o600)
}
