package plan

import (
	"cmp"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestBrakeLastHolder(t *testing.T) {
	accountable := func(c candidate) candidate {
		return c.with(func(c *candidate) {
			c.Role, c.Target, c.Operation, c.File, c.Line = ownership.Accountable, "catalog", "set", "catalog-info.yaml", 1
		})
	}
	splitting := func(c candidate, after string) candidate {
		return c.with(func(c *candidate) { c.Operation, c.Pattern, c.After = ownership.AddRule, "/a", after })
	}
	cases := map[string]struct {
		reason     string
		text       string   // the shop's CODEOWNERS
		holders    []string // the area's approvers (and accountable ones), as observed
		people     *ownership.Observation
		percent    int // of removals; 0: all may go
		candidates []candidate
		want       []string
		because    string
	}{
		"TwoLeft": {
			reason: "there are others", text: "* @ann @bob @zoe\n", holders: []string{"ann", "bob", "zoe"},
			candidates: removingEach("shop", "ann"), want: []string{"shop-@ann:1"},
		},
		"OneLeft": {
			reason: "one other is enough", text: "* @ann @zoe\n", holders: []string{"ann", "zoe"},
			candidates: removingEach("shop", "ann"), want: []string{"shop-@ann:1"},
		},
		"NoneLeft": {
			reason: "never the last", text: "* @ann\n", holders: []string{"ann"},
			candidates: removingEach("shop", "ann"), want: []string{"shop-@ann:1 last-holder"},
			because: "of 1 holders of approver in area default/shop, none who is known to be valid would be left; name somebody else first",
		},
		"LastOfTheRule": {
			reason: "the area has others, but the rule has not", text: "/a @ann\n/b @ann @zoe\n", holders: []string{"ann", "zoe"},
			candidates: removingEach("shop", "ann", "ann"), want: []string{"shop-@ann:2", "shop-@ann:1 last-holder"},
			because: "of 1 owners of the rule in acme/shop .github/CODEOWNERS:1, none who is known to be valid would be left; name somebody else first",
		},
		"InTurn": {
			reason: "both could go, but not both", text: "* @ann @bob\n", holders: []string{"ann", "bob"},
			candidates: []candidate{removing("shop", "ann", 1), removing("shop", "bob", 1)},
			want:       []string{"shop-@ann:1", "shop-@bob:1 last-holder"},
		},
		"InTurnUnknown": {
			reason: "the first keeps its turn while it is unknown", text: "* @ann @bob\n", holders: []string{"ann", "bob"},
			candidates: []candidate{unknown(removing("shop", "ann", 1)), removing("shop", "bob", 1)},
			want:       []string{"shop-@ann:1 unknown", "shop-@bob:1 last-holder"},
		},
		"InTurnObserved": {
			reason: "and not while it is only shown", text: "* @ann @bob\n", holders: []string{"ann", "bob"},
			candidates: []candidate{removing("shop", "ann", 1).with(func(c *candidate) { c.Mode = ownership.Observe }), removing("shop", "bob", 1)},
			want:       []string{"shop-@bob:1", "shop-@ann:1 mode"},
		},
		"Replaced": {
			reason: "somebody else comes first, in the same plan", text: "* @ann\n", holders: []string{"ann"},
			candidates: []candidate{removing("shop", "ann", 1), adding("shop", "zoe", 1)},
			want:       []string{"shop+@zoe:1", "shop-@ann:1"},
		},
		"ReplacementUnknown": {
			reason: "who does not come is not there", text: "* @ann\n", holders: []string{"ann"},
			candidates: []candidate{removing("shop", "ann", 1), unknown(adding("shop", "zoe", 1))},
			want:       []string{"shop+@zoe:1 unknown", "shop-@ann:1 last-holder"},
		},
		"ReplacementElsewhere": {
			reason: "who comes into another rule is not in this one", text: "/a @ann\n/b @bob\n", holders: []string{"ann", "bob"},
			candidates: []candidate{removing("shop", "ann", 1), adding("shop", "zoe", 2)},
			want:       []string{"shop+@zoe:2", "shop-@ann:1 last-holder"},
		},
		"InvalidLeft": {
			reason: "who is left does not exist", text: "* @ann @nobody\n", holders: []string{"ann", "nobody"}, people: listed("ann"),
			candidates: removingEach("shop", "ann"), want: []string{"shop-@ann:1 last-holder"},
		},
		"InvalidGoes": {
			reason: "who goes does not exist, and who is left does", text: "* @ann @nobody\n", holders: []string{"ann", "nobody"}, people: listed("ann"),
			candidates: removingEach("shop", "nobody"), want: []string{"shop-@nobody:1"},
		},
		"InvalidAll": {
			reason: "no valid one is lost where there was none", text: "* @nobody @noone\n", holders: []string{"nobody", "noone"}, people: listed("ann"),
			candidates: removingEach("shop", "nobody"), want: []string{"shop-@nobody:1"},
		},
		"InvalidLast": {
			reason: "but a rule keeps its last owner", text: "* @nobody\n", holders: []string{"nobody"}, people: listed("ann"),
			candidates: removingEach("shop", "nobody"), want: []string{"shop-@nobody:1 last-holder"},
		},
		"DoubtfulLeft": {
			reason: "whether who is left exists is unknown", text: "* @ann @bob\n", holders: []string{"ann", "bob"}, people: listed("ann", "bob?"),
			candidates: removingEach("shop", "ann"), want: []string{"shop-@ann:1 last-holder"},
		},
		"DoubtfulReplacement": {
			reason: "so it is of who comes", text: "* @ann\n", holders: []string{"ann"}, people: listed("ann", "bob?"),
			candidates: []candidate{removing("shop", "ann", 1), adding("shop", "bob", 1)},
			want:       []string{"shop+@bob:1", "shop-@ann:1 last-holder"},
		},
		"StructuralKeepsNoPlace": {
			reason: "what will never go does not keep the day's one place", text: "/a @ann\n/b @bob @zoe\n", holders: []string{"ann", "bob", "zoe"}, percent: 25,
			candidates: removingEach("shop", "ann", "bob"), want: []string{"shop-@bob:2", "shop-@ann:1 last-holder"},
		},
		"NewRule": {
			reason: "a rule that takes somebody's role names another", text: "* @ann @zoe\n", holders: []string{"ann", "zoe"},
			candidates: []candidate{splitting(removing("shop", "ann", 1), "/a @zoe")}, want: []string{"shop-@ann:1"},
		},
		"NewRuleOfNobody": {
			reason: "or it would leave its files without one", text: "* @ann @zoe\n", holders: []string{"ann", "zoe"},
			candidates: []candidate{splitting(removing("shop", "ann", 1), "/a")}, want: []string{"shop-@ann:1 last-holder"},
			because: "of 0 owners of the new rule /a, none is known to be valid; name somebody else first",
		},
		"NewRuleOfAnInvalidOne": {
			reason: "one who exists", text: "* @ann @zoe\n", holders: []string{"ann", "zoe"}, people: listed("ann", "zoe"),
			candidates: []candidate{splitting(removing("shop", "ann", 1), "/a @nobody")}, want: []string{"shop-@ann:1 last-holder"},
		},
		"AccountableLast": {
			reason: "it holds for every role and every target", holders: []string{"ann"},
			candidates: []candidate{accountable(removing("shop", "ann", 1))}, want: []string{"shop-@ann:1 last-holder"},
			because: "of 1 holders of accountable in area default/shop, none who is known to be valid would be left; name somebody else first",
		},
		"AccountableReplaced": {
			reason: "with somebody else named before", holders: []string{"ann"},
			candidates: []candidate{accountable(removing("shop", "ann", 1)), accountable(adding("shop", "zoe", 1))},
			want:       []string{"shop+@zoe:1", "shop-@ann:1"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			area := areaOf("shop", tc.holders...)
			area.Observed.Set(ownership.Accountable, area.Observed.Of(ownership.Approver))
			in := scene(area)
			in.Snapshot = sceneOf(tc.text, tc.people)
			in.Limits.RemovalPercent = cmp.Or(tc.percent, 100)
			got := decide(in, tc.candidates)
			if diff := gocmp.Diff(tc.want, told(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			if tc.because != "" && got.Held[0].Because != tc.because {
				t.Errorf("%s:\nwant %q\ngot  %q", tc.reason, tc.because, got.Held[0].Because)
			}
		})
	}
}
