package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
)

func TestModes(t *testing.T) {
	cases := map[string]struct {
		reason  string
		mode    ownership.Mode
		maxMode ownership.Mode
		want    ownership.Mode // of the change that is made; empty: it is held
	}{
		"Observe":         {reason: "it is only shown", mode: ownership.Observe},
		"None":            {reason: "what has no mode has the most careful one", mode: ""},
		"Misspelt":        {reason: "a word that is no mode allows nothing", mode: "enforce"},
		"Propose":         {reason: "it is made in the way the target proposes", mode: ownership.Propose, want: ownership.Propose},
		"Enforce":         {reason: "nothing limits it", mode: ownership.Enforce, want: ownership.Enforce},
		"CappedPropose":   {reason: "--max-mode lowers", mode: ownership.Enforce, maxMode: ownership.Propose, want: ownership.Propose},
		"CappedObserve":   {reason: "--max-mode Observe shows only", mode: ownership.Enforce, maxMode: ownership.Observe},
		"CapNotRaised":    {reason: "--max-mode raises nothing", mode: ownership.Observe, maxMode: ownership.Enforce},
		"CapRaisesNot":    {reason: "nor from Propose", mode: ownership.Propose, maxMode: ownership.Enforce, want: ownership.Propose},
		"MisspeltMaximum": {reason: "a --max-mode that is none allows nothing", mode: ownership.Enforce, maxMode: "All"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(areaOf("shop", "ann"))
			in.MaxMode = tc.maxMode
			got := decide(in, []candidate{adding("shop", "bob", 1).with(func(c *candidate) { c.Mode = tc.mode })})
			if tc.want == "" {
				if diff := cmp.Diff([]string{"shop+@bob:1 mode"}, told(got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
				}
				return
			}
			if len(got.Changes) != 1 || got.Changes[0].Mode != tc.want {
				t.Errorf("%s: want one change in mode %s, got %+v", tc.reason, tc.want, got)
			}
		})
	}
}

// A change that is held by its mode says what has to be set, and where.
func TestModeSaysWhatToSet(t *testing.T) {
	observing := func(area drift.Area) drift.Area { area.Mode = ownership.Observe; return area }
	virtual := observing(areaOf("shop"))
	virtual.Virtual, virtual.ID = true, "repository:acme/shop"
	declaring := areaOf("shop")
	declaring.Declared.Set(ownership.Approver, []ownership.Declaration{
		{Holder: "user:bob", By: "roleassignment default/cover", Mode: ownership.Observe},
		{Holder: "user:ann", By: "roleassignment default/other", Mode: ownership.Observe},
		{Holder: "user:bob", By: "area default/shop"},
	})
	cases := map[string]struct {
		reason  string
		areas   []drift.Area
		source  ownership.Mode
		maxMode ownership.Mode
		about   []ownership.AreaID
		want    string
	}{
		"Area": {
			reason: "the area's own mode, which may come from above", areas: []drift.Area{observing(areaOf("shop"))}, source: ownership.Enforce,
			want: "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on the Area default/shop or one above it",
		},
		"AreaAndSource": {
			reason: "both have to be set", areas: []drift.Area{observing(areaOf("shop"))},
			want: "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on the Area default/shop or one above it and the OwnershipSource checkouts",
		},
		"TwoAreas": {
			reason: "a rule that two areas share needs both", areas: []drift.Area{observing(areaOf("shop")), observing(areaOf("web"))}, source: ownership.Enforce,
			about: []ownership.AreaID{"default/shop", "default/web"},
			want:  "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on the Area default/shop or one above it and the Area default/web or one above it",
		},
		"Declaration": {
			reason: "a RoleAssignment of the holder itself, and not those of others", areas: []drift.Area{declaring}, source: ownership.Enforce,
			want: "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on the roleassignment default/cover",
		},
		"Virtual": {
			reason: "an area that nobody declared has nothing to set", areas: []drift.Area{virtual}, source: ownership.Enforce,
			about: []ownership.AreaID{"repository:acme/shop"},
			want:  "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on an Area that you declare for acme/shop",
		},
		"Maximum": {
			reason: "the flag alone", areas: []drift.Area{areaOf("shop")}, source: ownership.Enforce, maxMode: ownership.Observe,
			want: "its mode is Observe, so it is only shown; to have it made, raise --max-mode",
		},
		"MaximumAndSource": {
			reason: "the flag too", areas: []drift.Area{areaOf("shop")}, maxMode: ownership.Observe,
			want: "its mode is Observe, so it is only shown; to have it made, set spec.mode to Propose or Enforce on the OwnershipSource checkouts, and raise --max-mode",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := scene(tc.areas...)
			in.MaxMode = tc.maxMode
			in.Snapshot.Repository(shop).Source.Mode = tc.source
			got := decide(in, []candidate{adding("shop", "bob", 1).with(func(c *candidate) { c.Mode, c.areas = ownership.Observe, tc.about })})
			if len(got.Held) != 1 {
				t.Fatalf("%s: want one held change, got %+v", tc.reason, got)
			}
			if diff := cmp.Diff(tc.want, got.Held[0].Because); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	cases := map[string]struct {
		things []string
		want   string
	}{
		"None": {nil, ""}, "One": {[]string{"a"}, "a"}, "Two": {[]string{"a", "b"}, "a and b"},
		"Three": {[]string{"a", "b", "c"}, "a, b and c"}, "Twice": {[]string{"a", "a", "b"}, "a and b"},
	}
	for name, tc := range cases {
		if got := join(tc.things); got != tc.want {
			t.Errorf("%s: got %q, want %q (%s)", name, got, tc.want, strings.Join(tc.things, "|"))
		}
	}
}
