package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// The brakes that look at one change by itself, and their order.
func TestBrakesAlone(t *testing.T) {
	inexpressible := func(c *candidate) { c.brake, c.because = ownership.BrakeInexpressible, "the rule is shared" }
	observe := func(c *candidate) { c.Mode = ownership.Observe }
	doubtful := func(c *candidate) { c.unknown = "the people could not be read" }
	cases := map[string]struct {
		reason    string
		candidate candidate
		change    func(*Input)
		brake     ownership.Brake
		because   string
	}{
		"Nothing": {reason: "no brake asks for anything", candidate: adding("shop", "bob", 1)},
		"Stopped": {
			reason: "the kill switch stops all writes", candidate: adding("shop", "bob", 1),
			change: func(in *Input) { in.Stopped = "an incident" },
			brake:  ownership.BrakeKillSwitch, because: "all writes are stopped: an incident; nothing is made until that is taken back",
		},
		"ObserveAndStopped": {
			reason: "what is only shown would not be made if the switch were taken back", candidate: adding("shop", "bob", 1).with(observe),
			change: func(in *Input) { in.Stopped = "an incident" }, brake: ownership.BrakeMode, because: "its mode is Observe, so it is only shown",
		},
		"Inexpressible": {
			reason: "what was found while deriving stays", candidate: adding("shop", "bob", 1).with(inexpressible),
			brake: ownership.BrakeInexpressible, because: "the rule is shared",
		},
		"InexpressibleAndUnknown": {
			reason: "knowing the fact would not make it expressible", candidate: adding("shop", "bob", 1).with(inexpressible).with(doubtful),
			brake: ownership.BrakeInexpressible, because: "the rule is shared",
		},
		"Unknown": {
			reason: "nothing is guessed, an addition neither", candidate: adding("shop", "bob", 1).with(doubtful),
			brake: ownership.BrakeUnknown, because: "the people could not be read; nothing is changed while that is unknown",
		},
		"Self": {
			reason: "Remit never takes its own roles", candidate: removing("shop", "remit-bot", 1),
			change: func(in *Input) { in.Self = []ownership.Holder{"user:remit-bot"} },
			brake:  ownership.BrakeSelf, because: "it would take a role from Remit's own account; a person has to do it, if it is meant",
		},
		"SelfAdded": {
			reason: "it may get one", candidate: adding("shop", "remit-bot", 1),
			change: func(in *Input) { in.Self = []ownership.Holder{"user:remit-bot"} },
		},
		"OtherThanSelf": {
			reason: "others are not Remit", candidate: removing("shop", "ann", 1),
			change: func(in *Input) { in.Self = []ownership.Holder{"user:remit-bot"} },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(areaOf("shop", "ann", "remit-bot", "zoe"))
			if tc.change != nil {
				tc.change(&in)
			}
			got := decide(in, []candidate{tc.candidate})
			if tc.brake == "" {
				if len(got.Changes) != 1 {
					t.Fatalf("%s: want it made, got %+v", tc.reason, got)
				}
				return
			}
			if len(got.Held) != 1 || got.Held[0].Brake != tc.brake || got.Held[0].Because != tc.because {
				t.Errorf("%s: want it held by %s (%s), got %+v", tc.reason, tc.brake, tc.because, got)
			}
		})
	}
}

func TestBrakeChanges(t *testing.T) {
	three := []candidate{removing("shop", "ann", 1), adding("shop", "bob", 2), adding("shop", "cyd", 3)}
	cases := map[string]struct {
		reason     string
		most       int
		candidates []candidate
		ledger     []Entry
		want       []string
		because    string
	}{
		"Below": {reason: "there is room", most: 4, candidates: three, want: []string{"shop+@bob:2", "shop+@cyd:3", "shop-@ann:1"}},
		"At":    {reason: "the last place is a place", most: 3, candidates: three, want: []string{"shop+@bob:2", "shop+@cyd:3", "shop-@ann:1"}},
		"Above": {
			reason: "additions come first, the removal waits", most: 2, candidates: three,
			want:    []string{"shop+@bob:2", "shop+@cyd:3", "shop-@ann:1 changes"},
			because: "it is change 3, and one plan makes at most 2; it comes up again in the next plan",
		},
		"Observed": {
			reason: "what is only shown takes no place", most: 2,
			candidates: []candidate{adding("shop", "ann", 1).with(func(c *candidate) { c.Mode = ownership.Observe }), three[1], three[2]},
			want:       []string{"shop+@bob:2", "shop+@cyd:3", "shop+@ann:1 mode"},
		},
		"Unknown": {
			reason: "what is unknown keeps its place, or it would let another through", most: 2,
			candidates: []candidate{unknown(adding("shop", "ann", 1)), three[1], three[2]},
			want:       []string{"shop+@bob:2", "shop+@ann:1 unknown", "shop+@cyd:3 changes"},
		},
		"Begun": {
			reason: "a proposal that is still open stays in the plan", most: 1,
			candidates: []candidate{three[1], three[2]}, ledger: []Entry{entryOf(three[2].Change, 2)},
			want: []string{"shop+@cyd:3", "shop+@bob:2 changes"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(areaOf("shop", "ann", "zoe"))
			in.Limits.Changes, in.Ledger = tc.most, tc.ledger
			got := decide(in, tc.candidates)
			if diff := cmp.Diff(tc.want, told(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if tc.because != "" && got.Held[0].Because != tc.because {
				t.Errorf("%s: want %q, got %q", tc.reason, tc.because, got.Held[0].Because)
			}
		})
	}
}

func TestLimitsDefaults(t *testing.T) {
	cases := map[string]struct{ reason, got, want any }{
		"Zero":     {"the documented defaults", Limits{}.withDefaults(), Limits{RemovalPercent: 25, Changes: 500}},
		"Negative": {"there is no way to set none: that is what Observe is for", Limits{-1, -1}.withDefaults(), Limits{25, 500}},
		"TooMuch":  {"nobody can lose more than all", Limits{250, 9}.withDefaults(), Limits{100, 9}},
	}
	for name, tc := range cases {
		if tc.got != tc.want {
			t.Errorf("%s: %s: got %+v, want %+v", name, tc.reason, tc.got, tc.want)
		}
	}
}

// A change goes with what it needs.
func TestNeeds(t *testing.T) {
	needing := func(needs ...int) func(*candidate) { return func(c *candidate) { c.needs = needs } }
	cases := map[string]struct {
		reason     string
		candidates []candidate
		change     func(*Input)
		want       []string
		because    string
	}{
		"Made": {
			reason:     "nothing holds what it needs",
			candidates: []candidate{removing("shop", "ann", 1).with(needing(1)), adding("shop", "bob", 2)},
			want:       []string{"shop+@bob:2", "shop-@ann:1"},
		},
		"Held": {
			reason:     "it is held by the same brake, and says so",
			candidates: []candidate{removing("shop", "ann", 1).with(needing(1)), unknown(adding("shop", "bob", 2))},
			want:       []string{"shop+@bob:2 unknown", "shop-@ann:1 unknown"},
			because:    "it cannot be made without the change to acme/shop .github/CODEOWNERS:2, which is held: the people could not be read; nothing is changed while that is unknown",
		},
		"Chain": {
			reason:     "it goes on from one to the next, and names the beginning",
			candidates: []candidate{removing("shop", "ann", 1).with(needing(1)), adding("shop", "bob", 2).with(needing(2)), unknown(adding("shop", "cyd", 3))},
			want:       []string{"shop+@bob:2 unknown", "shop+@cyd:3 unknown", "shop-@ann:1 unknown"},
			because:    "it cannot be made without the change to acme/shop .github/CODEOWNERS:2, which is held: the people could not be read; nothing is changed while that is unknown",
		},
		"Circle": {
			reason:     "two that need one another go, or stay, together",
			candidates: []candidate{adding("shop", "bob", 2).with(needing(1)), adding("shop", "cyd", 3).with(needing(0))},
			want:       []string{"shop+@bob:2", "shop+@cyd:3"},
		},
		"CircleHeld": {
			reason:     "stay",
			candidates: []candidate{adding("shop", "bob", 2).with(needing(1)), unknown(adding("shop", "cyd", 3).with(needing(0)))},
			want:       []string{"shop+@bob:2 unknown", "shop+@cyd:3 unknown"},
		},
		"BeyondTheNumber": {
			reason:     "what the number of changes cuts off takes along what needs it",
			candidates: []candidate{adding("shop", "bob", 2).with(needing(1)), adding("shop", "cyd", 3)},
			change:     func(in *Input) { in.Limits.Changes = 1 },
			want:       []string{"shop+@bob:2 changes", "shop+@cyd:3 changes"},
		},
		"NeverMade": {
			reason: "what leans on a change that will never be made keeps no place",
			candidates: []candidate{
				removing("shop", "ann", 1).with(needing(1)),
				adding("shop", "bob", 2).with(func(c *candidate) { c.Mode = ownership.Observe }),
				removing("shop", "cyd", 3),
			},
			want: []string{"shop-@cyd:3", "shop+@bob:2 mode", "shop-@ann:1 mode"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(areaOf("shop", "ann", "cyd", "zoe"))
			if tc.change != nil {
				tc.change(&in)
			}
			got := decide(in, tc.candidates)
			if diff := cmp.Diff(tc.want, told(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if tc.because != "" && got.Held[len(got.Held)-1].Because != tc.because {
				t.Errorf("%s: want %q, got %q", tc.reason, tc.because, got.Held[len(got.Held)-1].Because)
			}
		})
	}
}

// A plan shows its files as they must be, once each, and only those that it changes.
func TestPreconditions(t *testing.T) {
	in := scene(areaOf("shop", "ann", "zoe"))
	in.Snapshot = sceneOf("* @ann\n", nil)
	elsewhere := func(c *candidate) { c.File = "docs/CODEOWNERS" }
	got := decide(in, []candidate{
		adding("shop", "bob", 1), adding("shop", "cyd", 1), adding("shop", "bob", 1).with(elsewhere),
		unknown(adding("shop", "bob", 1)).with(func(c *candidate) { c.Repository = "acme/other" }),
	})
	want := []ownership.Precondition{
		{Target: "codeowners", Repository: shop, File: file, Digest: digest([]byte("* @ann\n"))},
		{Target: "codeowners", Repository: shop, File: "docs/CODEOWNERS"}, // there is none, and must be none
	}
	if diff := cmp.Diff(want, got.Preconditions); diff != "" {
		t.Errorf("preconditions (-want +got):\n%s", diff)
	}
	if got.Hash != Hash(got.Changes, got.Preconditions) || len(got.Hash) != 64 || strings.ToLower(got.Hash) != got.Hash {
		t.Errorf("hash %q is not that of the plan", got.Hash)
	}
}
