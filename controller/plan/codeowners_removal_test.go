package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestRemovals(t *testing.T) {
	api := plot{name: "api", paths: "api", approvers: "ann"}
	here := []string{"ann", "bob", "cem"} // who is not among them is absent
	checkRepairs(t, map[string]repairCase{
		"absent": {
			reason: "who does not exist goes, if somebody is left",
			estate: estate{rules: "/api/ @ann @gone\n", files: "api/a", people: here, plots: []plot{api}},
			want:   "/api/ @ann\n",
		},
		"left": {
			reason: "who left the organisation goes, wherever the line names them",
			estate: estate{rules: "/api/ @left @ann @Left # both\n", files: "api/a", people: append(here, "left!"), plots: []plot{api}},
			want:   "/api/ @ann # both\n",
		},
		"absent, the last": {
			reason: "a rule is never left without owners",
			estate: estate{rules: "/api/ @gone\n", files: "api/a", people: here, plots: []plot{{name: "api", paths: "api"}}},
			want:   "/api/ @gone\n", held: []string{"last-holder api-@gone"},
		},
		"absent, the last two": {
			reason: "of two who are nobody one may go, the last may not",
			estate: estate{rules: "/api/ @gone @past\n", files: "api/a", people: here, plots: []plot{{name: "api", paths: "api"}}},
			want:   "/api/ @past\n", held: []string{"last-holder api-@past"},
		},
		"absent, and somebody comes": {
			reason: "who comes in the same plan is somebody left",
			estate: estate{rules: "/api/ @gone\n", files: "api/a", people: here, plots: []plot{api}},
			want:   "/api/ @ann\n",
		},
		"absent, and an unknown one comes": {
			reason: "whoever leans on an addition that is held is held",
			estate: estate{rules: "/api/ @gone\n", files: "api/a", people: append(here, "dan?"), plots: []plot{{name: "api", paths: "api", approvers: "dan"}}},
			want:   "/api/ @gone\n", held: []string{"unknown api+@dan", "unknown api-@gone"},
		},
		"absent, an unknown one is left": {
			reason: "whether somebody is left is unknown",
			estate: estate{rules: "/api/ @gone @dan\n", files: "api/a", people: append(here, "dan?"), plots: []plot{{name: "api", paths: "api"}}},
			want:   "/api/ @gone @dan\n", held: []string{"unknown api-@gone"},
		},
		"shared with nobody's files": {
			reason: "files of no area keep even who is none; the area gets a rule",
			estate: estate{rules: "* @bob @gone\n", files: "api/a b", people: here, plots: []plot{{name: "api", paths: "api"}}},
			want:   "* @bob @gone\n/api @bob\n",
		},
		"shared, the last": {
			reason: "a rule of one's own has an owner too",
			estate: estate{rules: "* @gone\n", files: "api/a b", people: here, plots: []plot{{name: "api", paths: "api"}}},
			want:   "* @gone\n", held: []string{"last-holder api-@gone"},
		},
		"shared, one goes and one comes": {
			reason: "both in one rule",
			estate: estate{rules: "* @gone\n", files: "api/a b", people: here, plots: []plot{api}},
			want:   "* @gone\n/api @ann\n",
		},
		"unexpected": {
			reason: "where the role is exclusive, who is not declared goes",
			estate: estate{rules: "/api/ @ann @bob\n/web/ @bob\n", files: "api/a web/b", exclusive: true, plots: []plot{api, {name: "web", paths: "web", approvers: "bob"}}},
			want:   "/api/ @ann\n/web/ @bob\n",
		},
		"unexpected, but not exclusive": {
			reason: "others may approve as well",
			estate: estate{rules: "/api/ @ann @bob\n", files: "api/a", plots: []plot{api}},
			want:   "/api/ @ann @bob\n",
		},
		"unexpected, one area of two": {
			reason: "the areas wish different things of one rule: each that differs gets its own",
			estate: estate{rules: "* @ann @bob\n", files: "api/a web/b", exclusive: true, plots: []plot{api, {name: "web", paths: "web", approvers: "ann bob"}}},
			want:   "* @ann @bob\n/api @ann\n",
		},
		"unexpected, the last valid one": {
			reason: "the file would be left with fewer valid owners than one",
			estate: estate{rules: "/api/ @bob @gone\n", files: "api/a", people: here, exclusive: true, plots: []plot{{name: "api", paths: "api"}}},
			want:   "/api/ @bob\n", held: []string{"last-holder api-@bob"},
		},
		"unexpected, beside who cannot be removed": {
			reason: "somebody whose team is empty is no valid owner, and leaving them alone would leave nobody",
			estate: estate{rules: "/api/ @bob @acme/empty\n", files: "api/a", people: here, teams: []ownership.Team{team("empty")}, exclusive: true,
				plots: []plot{{name: "api", paths: "api", approvers: "team:acme/empty"}}},
			want: "/api/ @bob @acme/empty\n", held: []string{"last-holder api-@bob"},
		},
		"replaced": {
			reason: "one comes for the other, in one line",
			estate: estate{rules: "/api/ @bob # why\n", files: "api/a", people: here, exclusive: true, plots: []plot{api}},
			want:   "/api/ @ann # why\n",
		},
		"team with no member": {
			reason: "people refill teams",
			estate: estate{rules: "/api/ @ann @acme/empty\n", files: "api/a", people: here, teams: []ownership.Team{team("empty")}, plots: []plot{api}},
			want:   "/api/ @ann @acme/empty\n",
		},
		"team without access": {
			reason: "people grant access, and what is declared is not written before",
			estate: estate{rules: "/api/ @ann\n", files: "api/a", people: here, teams: []ownership.Team{secret("hidden", "ann")},
				plots: []plot{{name: "api", paths: "api", approvers: "team:acme/hidden"}}},
			want: "/api/ @ann\n",
		},
		"declared, and left": {
			reason: "who is declared and left goes, and does not come back",
			estate: estate{rules: "/api/ @ann @left\n/api/b @ann\n", files: "api/a api/b", people: append(here, "left!"), plots: []plot{{name: "api", paths: "api", approvers: "left"}}},
			want:   "/api/ @ann\n/api/b @ann\n",
		},
		"stalled": {
			reason: "an area that cannot be judged loses nobody",
			estate: estate{rules: "/api/ @ann @gone\n", files: "api/a", people: here, plots: []plot{{name: "api", paths: "api", approvers: "ann", elsewhere: "acme/unseen"}}},
			want:   "/api/ @ann @gone\n", held: []string{"unknown api-@gone"},
		},
	})
}

// secret is a team that cannot own code.
func secret(name string, members ...string) ownership.Team {
	hidden := team(name, members...)
	hidden.Secret = true
	return hidden
}

func TestUnknownAndMode(t *testing.T) {
	checkRepairs(t, map[string]repairCase{
		"declarations unknown, alone": {
			reason: "what it wants is unknown, so nothing is wished, and nothing done",
			estate: estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "new", unsure: "a policy failed"}}},
			want:   "/api/ @x\n",
		},
		"declarations unknown, beside all who wish": {
			reason: "whether the rule or another is to be edited depends on what is unknown",
			estate: estate{rules: "* @x\n", files: "api/a web/b", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "web", paths: "web", approvers: "new", unsure: "a policy failed"}}},
			want:   "* @x\n", held: []string{"unknown api+@new"},
		},
		"declarations unknown, beside some who do not wish": {
			reason: "the area gets a rule of its own whatever the unknown one wants",
			estate: estate{rules: "* @x\n", files: "api/a web/b c", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "web", paths: "web", approvers: "new", unsure: "a policy failed"}}},
			want:   "* @x\n/api @x @new\n",
		},
		"declarations unknown, inside": {
			reason: "the inner one keeps what it has; should it want something else, its rule is there to be edited",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b c", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "v2", paths: "api/v2", approvers: "x", unsure: "a policy failed"}}},
			want:   "* @x\n/api @x @new\n/api/v2 @x\n",
		},
		"area observes": {
			reason: "it is shown, not done",
			estate: estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "new", mode: ownership.Observe}}},
			want:   "/api/ @x\n", held: []string{"mode api+@new"},
		},
		"source observes": {
			reason: "nothing may be written there",
			estate: estate{rules: "/api/ @x\n", files: "api/a", mode: ownership.Observe, plots: []plot{{name: "api", paths: "api", approvers: "new"}}},
			want:   "/api/ @x\n", held: []string{"mode api+@new"},
		},
		"declaration observes": {
			reason: "the least mode of all counts",
			estate: estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "new", declared: ownership.Observe}}},
			want:   "/api/ @x\n", held: []string{"mode api+@new"},
		},
		"one of two observes": {
			reason: "an edit for two areas would rest on both: one gets a rule of its own, and what the other would get is shown",
			estate: estate{rules: "* @x\n", files: "api/a web/b", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "web", paths: "web", approvers: "new", mode: ownership.Observe}}},
			want:   "* @x\n/api @x @new\n", held: []string{"mode web+@x,@new"},
		},
		"the inner one observes": {
			reason: "nobody waits for what is only shown: the inner one keeps what it has",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b c", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "v2", paths: "api/v2", approvers: "two", mode: ownership.Observe}}},
			want:   "* @x\n/api @x @new\n/api/v2 @x\n", held: []string{"mode v2+@x,@two"},
		},
		"the outer one observes": {
			reason: "the inner one's rule needs nothing; what would be kept for it is shown along with the outer one's",
			estate: estate{rules: "* @x\n", files: "api/a api/v2/b c", plots: []plot{{name: "api", paths: "api", approvers: "new", mode: ownership.Observe}, {name: "v2", paths: "api/v2", approvers: "two"}}},
			want:   "* @x\n/api/v2 @x @two\n", held: []string{"mode api+@x", "mode api+@x,@new"},
		},
	})
}

func TestWrittenAsWhomTheyAre(t *testing.T) {
	e := estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "ann"}}}
	people := listed("x", "ann")
	people.People[1].Logins["github"] = "Ann-GH"
	got := e.repaired(t, unheld(candidates(e.seen(people))))
	if diff := cmp.Diff("/api/ @x @Ann-GH\n", got); diff != "" {
		t.Error(diff)
	}
}

// TestWrittenAsSomebodyElse: an owner that would be read as somebody other than is meant is not written.
func TestWrittenAsSomebodyElse(t *testing.T) {
	e := estate{rules: "/api/ @x\n", files: "api/a", plots: []plot{{name: "api", paths: "api", approvers: "ann"}}}
	people := listed("x", "ann", "bob")
	people.People[1].Logins["github"], people.People[2].Logins["github"] = "same", "same"
	found := candidates(e.seen(people))
	if diff := cmp.Diff([]string{"inexpressible api+@same"}, heldOf(found)); diff != "" {
		t.Fatal(diff)
	}
	want := "user:ann would be written @same, which is read as user:same?; give the person their GitHub login"
	if diff := cmp.Diff(want, found[0].because); diff != "" {
		t.Error(diff)
	}
}
