package plan

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
)

// people are n holders, "h1" to "hn".
func people(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("h%d", i+1))
	}
	return names
}

func removingEach(area string, names ...string) []candidate {
	var candidates []candidate
	for i, name := range names {
		candidates = append(candidates, removing(area, name, i+1))
	}
	return candidates
}

func TestBrakeRemovalsOfAnArea(t *testing.T) {
	cases := map[string]struct {
		reason     string
		holders    int
		percent    int
		candidates []candidate
		ledger     []Entry
		want       []string
		because    string
	}{
		"AtLeastOne": {
			reason: "a quarter of two is none, but one may always go", holders: 2, candidates: removingEach("shop", "h1"),
			want: []string{"shop-@h1:1"},
		},
		"Seven": {
			reason: "a quarter of seven is one, rounded down", holders: 7, candidates: removingEach("shop", "h1", "h2"),
			want:    []string{"shop-@h1:1", "shop-@h2:2 removals"},
			because: "area default/shop may lose 1 of 7 holders of approver in 24 hours (25%, at least 1), and 1 come before it in this plan; it comes up again in a later plan, or a person can do it now",
		},
		"EightBelow": {reason: "a quarter of eight is two", holders: 8, candidates: removingEach("shop", "h1"), want: []string{"shop-@h1:1"}},
		"EightAt":    {reason: "two is not more than two", holders: 8, candidates: removingEach("shop", "h1", "h2"), want: []string{"shop-@h1:1", "shop-@h2:2"}},
		"EightAbove": {
			reason: "three is", holders: 8, candidates: removingEach("shop", "h1", "h2", "h3"),
			want: []string{"shop-@h1:1", "shop-@h2:2", "shop-@h3:3 removals"},
		},
		"OtherPercent": {
			reason: "the number can be set", holders: 8, percent: 40, candidates: removingEach("shop", "h1", "h2", "h3", "h4"),
			want: []string{"shop-@h1:1", "shop-@h2:2", "shop-@h3:3", "shop-@h4:4 removals"},
		},
		"TwoRules": {
			reason: "a holder counts once, however many rules name them", holders: 4,
			candidates: append(removingEach("shop", "h1"), removing("shop", "h1", 5)),
			want:       []string{"shop-@h1:1", "shop-@h1:5"},
		},
		"WentLately": {
			reason: "the ledger counts, and who went is one of those who were there", holders: 7, candidates: removingEach("shop", "h1", "h2"),
			ledger:  []Entry{went("shop", "gone", 23)},
			want:    []string{"shop-@h1:1", "shop-@h2:2 removals"},
			because: "area default/shop may lose 2 of 8 holders of approver in 24 hours (25%, at least 1), and 1 went in that time and 1 come before it in this plan; a place is free from 2026-11-02 10:00 UTC on, or a person can do it now",
		},
		"WentYesterday": {
			reason: "at 24 hours it counts no more", holders: 2, candidates: removingEach("shop", "h1"),
			ledger: []Entry{went("shop", "gone", 24)}, want: []string{"shop-@h1:1"},
		},
		"WentJustNow": {
			reason: "a moment before 24 hours it does", holders: 2, candidates: removingEach("shop", "h1"),
			ledger: []Entry{went("shop", "gone", 23.999)}, want: []string{"shop-@h1:1 removals"},
		},
		"WentTomorrow": {
			reason: "a clock that was put back forgives nothing", holders: 2, candidates: removingEach("shop", "h1"),
			ledger: []Entry{went("shop", "gone", -5)}, want: []string{"shop-@h1:1 removals"},
		},
		"WentElsewhere": {
			reason: "another area's removals are its own", holders: 2, candidates: removingEach("shop", "h1"),
			ledger: []Entry{went("web", "gone", 1)}, want: []string{"shop-@h1:1"},
		},
		"StillThere": {
			reason: "what is proposed already goes on, before what comes first in the file", holders: 3, candidates: removingEach("shop", "h1", "h2"),
			ledger: []Entry{went("shop", "h2", 3)}, want: []string{"shop-@h2:2", "shop-@h1:1 removals"},
		},
		"Unknown": {
			reason: "what is unknown keeps its place", holders: 4, candidates: []candidate{unknown(removing("shop", "h1", 1)), removing("shop", "h2", 2)},
			want: []string{"shop-@h1:1 unknown", "shop-@h2:2 removals"},
		},
		"Observed": {
			reason: "what is only shown keeps none", holders: 4,
			candidates: []candidate{removing("shop", "h1", 1).with(func(c *candidate) { c.Mode = ownership.Observe }), removing("shop", "h2", 2)},
			want:       []string{"shop-@h2:2", "shop-@h1:1 mode"},
		},
		"Additions": {
			reason: "additions are not removals", holders: 2, candidates: []candidate{adding("shop", "n1", 1), adding("shop", "n2", 2), removing("shop", "h1", 3)},
			want: []string{"shop+@n1:1", "shop+@n2:2", "shop-@h1:3"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(areaOf("shop", people(tc.holders)...), areaOf("web", people(4)...))
			in.Ledger, in.Limits.RemovalPercent = tc.ledger, tc.percent
			got := decide(in, tc.candidates)
			if diff := cmp.Diff(tc.want, told(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if tc.because != "" && got.Held[len(got.Held)-1].Because != tc.because {
				t.Errorf("%s:\nwant %q\ngot  %q", tc.reason, tc.because, got.Held[len(got.Held)-1].Because)
			}
		})
	}
}

// A holder in doubt may turn out to have to go: a place is kept, so that the doubt itself lets nobody else go.
func TestBrakeRemovalsKeepsPlaceForDoubt(t *testing.T) {
	in := scene(areaOf("shop", "ann", "bob", "cyd", "zoe"))
	in.Snapshot = sceneOf("* @ann @bob @cyd @zoe\n", listed("ann", "zoe"))
	both := []candidate{removing("shop", "bob", 1), removing("shop", "cyd", 1)}
	if diff := cmp.Diff([]string{"shop-@bob:1", "shop-@cyd:1 removals"}, told(decide(in, both))); diff != "" {
		t.Errorf("both are known not to exist, and one may go (-want +got):\n%s", diff)
	}
	in.Snapshot = sceneOf("* @ann @bob @cyd @zoe\n", listed("ann", "bob?", "zoe"))
	got := decide(in, both[1:])
	if diff := cmp.Diff([]string{"shop-@cyd:1 removals"}, told(got)); diff != "" {
		t.Errorf("the place is bob's as long as it is unknown whether he exists (-want +got):\n%s", diff)
	}
	want := "area default/shop may lose 1 of 4 holders of approver in 24 hours (25%, at least 1), and 1 may have to go, " +
		"which is unknown (user:bob: bob could not be read); it comes up again in a later plan, or a person can do it now"
	if got.Held[0].Because != want {
		t.Errorf("want %q\ngot  %q", want, got.Held[0].Because)
	}
}

// A team loses no more than a quarter of its areas in a day: a slip in the list of teams is noticed before all is gone.
func TestBrakeRemovalsOfATeam(t *testing.T) {
	areas := func(n int) (areas []drift.Area, candidates []candidate) {
		for i := range n {
			name := fmt.Sprintf("area%d", i+1)
			areas = append(areas, areaOf(name, "team:acme/web", "zoe"))
			candidates = append(candidates, removing(name, "team:acme/web", i+1))
		}
		return areas, candidates
	}
	cases := map[string]struct {
		reason string
		areas  int
		ledger []Entry
		change func(*Input, []candidate) []candidate
		want   int // how many go
	}{
		"One":   {reason: "the only area it has", areas: 1, want: 1},
		"Seven": {reason: "a quarter, rounded down", areas: 7, want: 1},
		"Eight": {reason: "a quarter", areas: 8, want: 2},
		"Lately": {
			reason: "an area that it lost counts, and is one of those it had", areas: 7,
			ledger: []Entry{went("old", "team:acme/web", 2)}, want: 1,
		},
		"Yesterday":   {reason: "not any more", areas: 8, ledger: []Entry{went("old", "team:acme/web", 25)}, want: 2},
		"AnotherTeam": {reason: "each team has its own count", areas: 8, ledger: []Entry{went("old", "team:acme/api", 2)}, want: 2},
		"UnknownArea": {
			reason: "an area of which it is unknown whether it has to lose the team keeps a place", areas: 8, want: 1,
			change: func(in *Input, candidates []candidate) []candidate {
				in.Areas[7].UnknownRoles = map[ownership.Role]string{ownership.Approver: "the checkout is damaged"}
				return candidates[:7]
			},
		},
		"UnknownRemoval": {
			reason: "and keeps it once, if its removal is a candidate all the same", areas: 8, want: 1,
			change: func(in *Input, candidates []candidate) []candidate {
				in.Areas[0].UnknownRoles = map[ownership.Role]string{ownership.Approver: "the checkout is damaged"}
				candidates[0] = unknown(candidates[0])
				return candidates
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			found, candidates := areas(tc.areas)
			in := scene(found...)
			in.Ledger = tc.ledger
			if tc.change != nil {
				candidates = tc.change(&in, candidates)
			}
			got := decide(in, candidates)
			if len(got.Changes) != tc.want || len(got.Held) != len(candidates)-tc.want {
				t.Fatalf("%s: want %d of %d to go, got %q", tc.reason, tc.want, tc.areas, told(got))
			}
			for _, held := range got.Held {
				if held.Brake != ownership.BrakeRemovals && held.Brake != ownership.BrakeUnknown {
					t.Errorf("%s: held by %s", tc.reason, held.Brake)
				}
			}
		})
	}
}

// People are counted in each area, and not over areas: who left goes everywhere at once.
func TestBrakeRemovalsOfAPerson(t *testing.T) {
	in := scene(areaOf("one", "ann", "zoe"), areaOf("two", "ann", "zoe"), areaOf("three", "ann", "zoe"))
	got := decide(in, []candidate{removing("one", "ann", 1), removing("two", "ann", 2), removing("three", "ann", 3)})
	if len(got.Changes) != 3 {
		t.Errorf("want all three, got %q", told(got))
	}
}

// A rule that two areas share counts for both.
func TestBrakeRemovalsOfASharedRule(t *testing.T) {
	in := scene(areaOf("one", "ann", "zoe"), areaOf("two", "ann", "bob", "zoe"))
	shared := removing("one", "ann", 1).with(func(c *candidate) { c.areas = []ownership.AreaID{"default/one", "default/two"} })
	got := decide(in, []candidate{shared, removing("two", "bob", 2)})
	if diff := cmp.Diff([]string{"one-@ann:1", "two-@bob:2 removals"}, told(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in.Ledger = Record(nil, nine, got.Hash, got.Changes, nil)
	in.Now = nine.Add(time.Hour)
	if diff := cmp.Diff([]string{"two-@bob:2 removals"}, told(decide(in, []candidate{removing("two", "bob", 2)}))); diff != "" {
		t.Errorf("an hour later, by the ledger (-want +got):\n%s", diff)
	}
}

// Temporary access that Remit gave ends when it ends, whatever has gone that day.
func TestBrakeRemovalsExempt(t *testing.T) {
	gave := func(change ownership.Change, until time.Duration) Entry {
		return Record(nil, nine.Add(-100*time.Hour), went("shop", "x", 0).PlanHash, []ownership.Change{change},
			func(ownership.Change) time.Time { return nine.Add(until) })[0]
	}
	given := adding("shop", "tmp", 1).Change
	cases := map[string]struct {
		reason string
		ledger []Entry
		exempt bool
	}{
		"Ended":       {reason: "Remit gave it until now", ledger: []Entry{gave(given, 0)}, exempt: true},
		"EndedBefore": {reason: "it ended some days ago", ledger: []Entry{gave(given, -50*time.Hour)}, exempt: true},
		"NotEnded":    {reason: "it goes before its end, for another reason", ledger: []Entry{gave(given, time.Minute)}},
		"NotGiven":    {reason: "somebody else gave it"},
		"OtherFile":   {reason: "Remit gave it elsewhere", ledger: []Entry{gave(adding("shop", "tmp", 1).with(func(c *candidate) { c.File = "CODEOWNERS" }).Change, 0)}},
		"OtherArea":   {reason: "Remit gave it in another area", ledger: []Entry{gave(adding("web", "tmp", 1).Change, 0)}},
		"OtherHolder": {reason: "Remit gave it to somebody else", ledger: []Entry{gave(adding("shop", "zoe", 1).Change, 0)}},
		"Open": {
			reason: "it was given for good afterwards", ledger: []Entry{gave(given, -time.Hour), entryOf(given, 5)},
		},
		"TakenBack": {
			reason: "Remit has taken it back already: who has it again has it from somebody else",
			ledger: []Entry{gave(given, -60*time.Hour), {
				At: nine.Add(-30 * time.Hour), Target: "codeowners", Repository: shop, File: file, Areas: []ownership.AreaID{"default/shop"},
				Role: ownership.Approver, Holders: []ownership.Holder{"user:tmp"}, Removal: true, Exempt: true,
			}},
		},
		"BeingTakenBack": {
			reason: "a proposal to end it that is still open stays exempt", exempt: true,
			ledger: []Entry{gave(given, -60*time.Hour), {
				At: nine.Add(-3 * time.Hour), Target: "codeowners", Repository: shop, File: file, Areas: []ownership.AreaID{"default/shop"},
				Role: ownership.Approver, Holders: []ownership.Holder{"user:tmp"}, Removal: true, Exempt: true,
			}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(areaOf("shop", "ann", "tmp", "zoe"))
			in.Ledger = append(tc.ledger, went("shop", "gone", 1))
			got := decide(in, []candidate{removing("shop", "tmp", 2)})
			if made := len(got.Changes) == 1; made != tc.exempt {
				t.Errorf("%s: made %v, want %v: %q", tc.reason, made, tc.exempt, told(got))
			}
			in.Ledger = tc.ledger
			after := decide(in, []candidate{removing("shop", "tmp", 2), removing("shop", "ann", 3)})
			if left := len(after.Held) == 0; left != tc.exempt {
				t.Errorf("%s: the day's one place is left: %v, want %v: %q", tc.reason, left, tc.exempt, told(after))
			}
		})
	}
}

// One new rule may give to some and take from others: only these count, now and in the ledger.
func TestBrakeRemovalsOfAMixedRule(t *testing.T) {
	in := scene(areaOf("shop", "ann", "bob", "zoe"))
	in.Snapshot = sceneOf("* @ann @bob @zoe\n", nil)
	mixed := removing("shop", "ann", 1).with(func(c *candidate) {
		c.Operation, c.Pattern, c.After, c.Owners = ownership.AddRule, "/a", "/a @new @zoe", []string{"@new", "@zoe"}
		c.Holders, c.loses = []ownership.Holder{"user:ann", "user:new"}, []ownership.Holder{"user:ann"}
	})
	got := decide(in, []candidate{mixed, removing("shop", "bob", 1)})
	if len(got.Changes) != 1 || len(got.Held) != 1 || got.Held[0].Brake != ownership.BrakeRemovals {
		t.Fatalf("want the rule made, and bob to wait for ann: %+v", got)
	}
	if diff := cmp.Diff([]ownership.Holder{"user:ann"}, got.Changes[0].Losing()); diff != "" {
		t.Errorf("who loses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ownership.Holder{"user:new"}, got.Changes[0].Gaining()); diff != "" {
		t.Errorf("who gains (-want +got):\n%s", diff)
	}
	ledger := Record(nil, nine, got.Hash, got.Changes, func(ownership.Change) time.Time { return nine.Add(time.Hour) })
	if len(ledger) != 2 || !ledger[0].Removal || ledger[0].Holders[0] != "user:ann" || ledger[1].Removal || ledger[1].Holders[0] != "user:new" {
		t.Fatalf("want a removal of ann and an addition of new: %+v", ledger)
	}
	in.Ledger, in.Now = ledger, nine.Add(2*time.Hour)
	in.Areas[0] = areaOf("shop", "new", "bob", "zoe")
	if got := decide(in, []candidate{removing("shop", "new", 1)}); len(got.Changes) != 1 {
		t.Errorf("its end is that of temporary access: %+v", got.Held)
	}
}
