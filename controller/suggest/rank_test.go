package suggest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func daysAgo(days int) time.Time { return now.AddDate(0, 0, -days) }

// did is a commit of a person on some files, of which it created a number.
func did(who string, days, created int, files ...int) Work {
	return Work{Author: ownership.User(who), When: daysAgo(days), Files: files, Created: created, Of: len(files)}
}

func times(n int, w Work) []Work {
	var all []Work
	for range n {
		all = append(all, w)
	}
	return all
}

// names are those suggested, in order, without what they are.
func names(list []Suggestion) string {
	var all []string
	for _, one := range list {
		all = append(all, one.Holder.Name())
	}
	return strings.Join(all, " ")
}

func team(name string, members ...string) Team {
	t := Team{Holder: ownership.TeamHolder("acme/" + name)}
	for _, member := range members {
		t.Members = append(t.Members, ownership.User(member))
	}
	slices.Sort(t.Members)
	return t
}

func areas(n int) []ownership.AreaID {
	var all []ownership.AreaID
	for i := range n {
		all = append(all, ownership.AreaID(fmt.Sprint("acme/area", i)))
	}
	return all
}

func TestRank(t *testing.T) {
	everyone := make([]string, 40)
	for i := range everyone {
		everyone[i] = fmt.Sprint("person", i)
	}
	tests := map[string]struct {
		reason        string
		in            Input
		people, teams string
		left          []LeftOut
	}{
		"nobody": {"no work, no suggestion", Input{}, "", "", nil},
		"more work": {
			"of equally old work more counts more",
			Input{Work: slices.Concat(times(2, did("ann", 10, 0, 1)), times(3, did("bob", 10, 0, 1)))}, "bob ann", "", nil,
		},
		"recent work": {
			"two commits of now count more than three of a year ago, which count a quarter",
			Input{Work: slices.Concat(times(2, did("ann", 0, 0, 1)), times(3, did("bob", 360, 0, 1)))}, "ann bob", "", nil,
		},
		"one half-life": {
			"three commits of 180 days ago count 1.5",
			Input{Work: slices.Concat(times(1, did("ann", 0, 0, 1)), times(3, did("bob", 180, 0, 1)))}, "bob ann", "", nil,
		},
		"creation": {
			"who created the files stands before who changed them often",
			Input{Work: slices.Concat(times(1, did("ann", 90, 3, 1, 2, 3)), times(9, did("bob", 10, 0, 1)))}, "ann bob", "", nil,
		},
		"creation long ago": {
			"but not for ever",
			Input{Work: slices.Concat(times(1, did("ann", 900, 3, 1, 2, 3)), times(9, did("bob", 10, 0, 1)))}, "bob ann", "", nil,
		},
		"the future": {
			"a wrong clock gains nothing over now; of equals the later stands first",
			Input{Work: []Work{did("ann", 0, 0, 1), did("ann", 0, 0, 1), did("bob", -900, 0, 1)}}, "ann bob", "", nil,
		},
		"equals": {"who worked there last, then by name", Input{Work: []Work{did("cat", 5, 0, 1), did("bob", 5, 0, 1)}}, "bob cat", "", nil},
		"left out": {
			"bots and leavers are not suggested, and said, those of most work first",
			Input{
				Work: slices.Concat([]Work{did("ann", 1, 0, 1), did("gone", 2, 0, 1)}, times(9, did("robot", 3, 0, 1))),
				People: map[ownership.Holder]Person{
					"user:robot": {Out: "it is a bot"}, "user:gone": {Out: "left on 2026-10-01"},
				},
			},
			"ann", "",
			[]LeftOut{{"user:robot", "it is a bot", 9, daysAgo(3)}, {"user:gone", "left on 2026-10-01", 1, daysAgo(2)}},
		},
		"capacity": {
			"ten areas can be held well",
			Input{
				Work:   slices.Concat(times(3, did("ann", 1, 0, 1)), times(2, did("bob", 1, 0, 1))),
				People: map[ownership.Holder]Person{"user:ann": {Holds: areas(10)}},
			},
			"ann bob", "", nil,
		},
		"beyond capacity": {
			"who holds twice as many counts half",
			Input{
				Work:   slices.Concat(times(3, did("ann", 1, 0, 1)), times(2, did("bob", 1, 0, 1))),
				People: map[ownership.Holder]Person{"user:ann": {Holds: areas(20)}},
			},
			"bob ann", "", nil,
		},
		"capacity of teams": {
			"a team can hold as many for each of its members",
			Input{
				Work: []Work{did("person1", 1, 0, 1), did("person2", 1, 0, 1)},
				Teams: []Team{
					{Holder: "team:acme/busy", Members: []ownership.Holder{"user:person1", "user:person2"}, Person: Person{Holds: areas(41)}},
					{Holder: "team:acme/full", Members: []ownership.Holder{"user:person1", "user:person2"}, Person: Person{Holds: areas(20)}},
				},
			},
			"person1 person2", "acme/full acme/busy", nil,
		},
		"teams": {
			"the team whose members know it stands before the one that everybody is in, and one without them is not named",
			Input{
				Work:  []Work{did("person1", 1, 0, 1), did("person2", 1, 0, 1)},
				Teams: []Team{team("all", everyone...), team("two", "person1", "person2", "person3"), team("other", "person9")},
			},
			"person1 person2", "acme/two acme/all", nil,
		},
		"members who are gone": {
			"what they knew is not the team's",
			Input{
				Work:   slices.Concat(times(5, did("gone", 1, 0, 1)), []Work{did("ann", 1, 0, 1)}, times(2, did("bob", 1, 0, 1))),
				Teams:  []Team{team("one", "gone", "ann"), team("two", "bob", "cat")},
				People: map[ownership.Holder]Person{"user:gone": {Out: "left"}},
			},
			"bob ann", "acme/two acme/one", []LeftOut{{"user:gone", "left", 5, daysAgo(1)}},
		},
		"a team that cannot": {
			"is said where its members worked there",
			Input{
				Work: []Work{did("ann", 1, 0, 1)},
				Teams: []Team{
					{Holder: "team:acme/secret", Members: []ownership.Holder{"user:ann"}, Person: Person{Out: "it is secret"}},
					{Holder: "team:acme/hidden", Members: []ownership.Holder{"user:bob"}, Person: Person{Out: "it is secret"}},
				},
			},
			"ann", "", []LeftOut{{"team:acme/secret", "it is secret", 1, daysAgo(1)}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.in.Now = now
			got := Standard().Rank(test.in)
			if names(got.People) != test.people || names(got.Teams) != test.teams {
				t.Errorf("%s: people %q, want %q; teams %q, want %q", test.reason, names(got.People), test.people, names(got.Teams), test.teams)
			}
			if diff := cmp.Diff(append([]LeftOut{}, test.left...), got.LeftOut); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestEvidence(t *testing.T) {
	in := Input{
		Now: now, From: daysAgo(300), Unknown: "the clone is shallow",
		Work:   []Work{did("ann", 0, 0, 1, 2), did("ann", 180, 0, 2, 3), did("bob", 180, 0, 3)},
		Teams:  []Team{team("core", "ann", "bob", "cat")},
		People: map[ownership.Holder]Person{"user:bob": {Holds: areas(2), Doubt: "the list of people is not complete"}},
	}
	want := Result{
		Commits: 3, From: daysAgo(300), Unknown: "the clone is shallow", LeftOut: []LeftOut{},
		Teams: []Suggestion{{
			Holder: "team:acme/core", Commits: 3, Last: now, Files: 3, Share: 1, Members: 3,
			Knowing: []ownership.Holder{"user:ann", "user:bob"}, Holds: []ownership.AreaID{},
		}},
		People: []Suggestion{
			{Holder: "user:ann", Knowledge: 1.5, Score: 1.5, Share: 0.75, Commits: 2, Last: now, Files: 3, Holds: []ownership.AreaID{}},
			{
				Holder: "user:bob", Knowledge: 0.5, Score: 0.5, Share: 0.25, Commits: 1, Last: daysAgo(180), Files: 1,
				Holds: areas(2), Doubt: "the list of people is not complete",
			},
		},
	}
	got := Standard().Rank(in)
	if len(got.Teams) == 1 {
		got.Teams[0].Score, got.Teams[0].Knowledge = 0, 0 // a root of two thirds
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// draw makes an input of a few people, some of whom cannot own anything, and teams.
func draw(rt *rapid.T) Input {
	in := Input{Now: now, People: map[ownership.Holder]Person{}}
	who := rapid.SampledFrom([]string{"ann", "bob", "cat", "dan", "eve", "robot"})
	for range rapid.IntRange(0, 12).Draw(rt, "commits") {
		files := rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 1, 4, rapid.ID[int]).Draw(rt, "files")
		in.Work = append(in.Work, did(who.Draw(rt, "who"), rapid.IntRange(-3, 1000).Draw(rt, "days"),
			rapid.IntRange(0, len(files)).Draw(rt, "created"), files...))
	}
	for _, name := range []string{"ann", "bob", "cat", "dan", "eve", "robot"} {
		person := Person{Holds: areas(rapid.IntRange(0, 20).Draw(rt, "holds"))}
		if rapid.IntRange(0, 3).Draw(rt, "out") == 0 {
			person.Out = "gone"
		}
		in.People[ownership.User(name)] = person
	}
	for i := range rapid.IntRange(0, 3).Draw(rt, "teams") {
		in.Teams = append(in.Teams, team(fmt.Sprint(i), rapid.SliceOfNDistinct(who, 1, 5, rapid.ID[string]).Draw(rt, "members")...))
	}
	return in
}

func TestRankDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := draw(rt)
		want := Standard().Rank(in)
		in.Work = rapid.Permutation(in.Work).Draw(rt, "work")
		in.Teams = rapid.Permutation(in.Teams).Draw(rt, "teams in order")
		if diff := cmp.Diff(want, Standard().Rank(in)); diff != "" {
			rt.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Taking out a bot or leaver, or all their work, changes the order of no two others.
func TestLeavingOutKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := draw(rt)
		before := Standard().Rank(in)
		out := ownership.User(rapid.SampledFrom([]string{"ann", "bob", "robot"}).Draw(rt, "leaver"))
		without := func(list []Suggestion) string {
			return names(slices.DeleteFunc(slices.Clone(list), func(s Suggestion) bool { return s.Holder == out }))
		}
		person := in.People[out]
		person.Out = "left"
		in.People[out] = person
		if after := Standard().Rank(in); names(after.People) != without(before.People) {
			rt.Errorf("%s left: %q became %q", out, names(before.People), names(after.People))
		}
		in.Work = slices.DeleteFunc(in.Work, func(w Work) bool { return w.Author == out })
		if after := Standard().Rank(in); names(after.People) != without(before.People) {
			rt.Errorf("%s never worked there: %q became %q", out, names(before.People), names(after.People))
		}
	})
}

// More work, or the same work later, never lowers what its author or their team scores, and moves nobody else's score.
func TestMoreRecentWorkNeverLowers(t *testing.T) {
	scores := func(r Result) map[ownership.Holder]float64 {
		found := map[ownership.Holder]float64{}
		for _, one := range slices.Concat(r.People, r.Teams) {
			found[one.Holder] = one.Score
		}
		return found
	}
	rapid.Check(t, func(rt *rapid.T) {
		in := draw(rt)
		if len(in.Work) == 0 {
			return
		}
		before := scores(Standard().Rank(in))
		i := rapid.IntRange(0, len(in.Work)-1).Draw(rt, "which")
		author := in.Work[i].Author
		later := in.Work[i]
		later.When = later.When.AddDate(0, 0, rapid.IntRange(0, 900).Draw(rt, "later"))
		if rapid.Bool().Draw(rt, "moved") {
			in.Work = append(slices.Clone(in.Work[:i]), in.Work[i+1:]...)
		}
		in.Work = append(in.Work, later)
		for holder, score := range scores(Standard().Rank(in)) {
			const rounding = 1e-9
			if score < before[holder]-rounding {
				rt.Errorf("%s fell from %v to %v", holder, before[holder], score)
			}
			if holder.Kind() == ownership.HolderUser && holder != author && score != before[holder] {
				rt.Errorf("%s, who did nothing more, went from %v to %v", holder, before[holder], score)
			}
		}
	})
}

func TestGather(t *testing.T) {
	paths := []string{"a/1", "a/2", "b/1"}
	commits := []ownership.Commit{
		{Author: "ann@x", When: daysAgo(1), Paths: []string{"a/1", "a/2", "gone"}, Created: []string{"a/2", "gone"}},
		{Author: "bob@x", When: daysAgo(2), Paths: []string{"b/1", "gone"}},
		{Author: "cat@x", When: daysAgo(3), Paths: []string{"gone"}},
	}
	got := Gather(commits, paths, [][]int{{0, 1}, {1, 2}, {}}, func(c ownership.Commit) ownership.Holder { return ownership.User(c.Author) })
	want := [][]Work{
		{{"user:ann@x", daysAgo(1), []int{0, 1}, 1, 3}},
		{{"user:ann@x", daysAgo(1), []int{1}, 1, 3}, {"user:bob@x", daysAgo(2), []int{2}, 0, 2}},
		nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a file may be in several areas, and one that is gone is in none (-want +got):\n%s", diff)
	}
}

func TestLooksLikeBot(t *testing.T) {
	for _, c := range []struct {
		address, name string
		want          bool
	}{
		{"49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]", true},
		{"bot@renovateapp.com", "Renovate Bot", true},
		{"k8s.ci.robot@gmail.com", "Kubernetes Prow Robot", true},
		{"ci@acme.example", "acme-ci", true},
		{"noreply@github.com", "GitHub-Actions", true},
		{"abbot@acme.example", "Abbot Robotnik", false},
		{"talbot@acme.example", "Talbot", false},
		{"12345+ada@users.noreply.github.com", "Ada", false},
		{"", "", false},
	} {
		if got := LooksLikeBot(c.address, c.name); got != c.want {
			t.Errorf("%q %q: %v", c.address, c.name, got)
		}
	}
}
