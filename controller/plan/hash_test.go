package plan

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

// prose are the fields of a change that say why, and not what. A new field is hashed, or joins them on purpose.
var prose = map[string]bool{"Reason": true, "Drift": true, "Reversible": true}

func TestHashCoversWhatIsDone(t *testing.T) {
	empty := Hash([]ownership.Change{{}}, nil)
	for name, changed := range eachField(t) {
		if same := Hash([]ownership.Change{changed}, nil) == empty; same != prose[name] {
			t.Errorf("hash is the same whatever %s: %v, want %v", name, same, prose[name])
		}
	}
	precondition := Hash(nil, []ownership.Precondition{{}})
	for i := range reflect.TypeFor[ownership.Precondition]().NumField() {
		var changed ownership.Precondition
		reflect.ValueOf(&changed).Elem().Field(i).SetString("x")
		if Hash(nil, []ownership.Precondition{changed}) == precondition {
			t.Errorf("hash is the same whatever %s of a precondition", reflect.TypeFor[ownership.Precondition]().Field(i).Name)
		}
	}
}

func TestHashIsUnambiguous(t *testing.T) {
	type plan struct {
		changes       []ownership.Change
		preconditions []ownership.Precondition
	}
	cases := map[string]struct {
		reason   string
		one, two plan
	}{
		"Boundary": {
			reason: "what ends one field cannot begin the next",
			one:    plan{changes: []ownership.Change{{Repository: "ab", File: "c"}}},
			two:    plan{changes: []ownership.Change{{Repository: "a", File: "bc"}}},
		},
		"Lists": {
			reason: "two owners are not one with a space",
			one:    plan{changes: []ownership.Change{{Owners: []string{"@a", "@b"}}}},
			two:    plan{changes: []ownership.Change{{Owners: []string{"@a @b"}}}},
		},
		"ListAndField": {
			reason: "an item of a list is not the field after it",
			one:    plan{changes: []ownership.Change{{Owners: []string{"x"}, Before: ""}}},
			two:    plan{changes: []ownership.Change{{Owners: nil, Before: "x"}}},
		},
		"Order": {
			reason: "a plan is an ordered list",
			one:    plan{changes: []ownership.Change{{Line: 1}, {Line: 2}}},
			two:    plan{changes: []ownership.Change{{Line: 2}, {Line: 1}}},
		},
		"ChangeOrPrecondition": {
			reason: "what is asked is not what is done",
			one:    plan{changes: []ownership.Change{{}}},
			two:    plan{preconditions: []ownership.Precondition{{}}},
		},
		"Empty": {
			reason: "doing nothing is not doing something without content",
			one:    plan{},
			two:    plan{changes: []ownership.Change{{}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if Hash(tc.one.changes, tc.one.preconditions) == Hash(tc.two.changes, tc.two.preconditions) {
				t.Errorf("equal hashes: %s", tc.reason)
			}
		})
	}
}

// Two plans have one hash if and only if they do the same.
func TestHashProperty(t *testing.T) {
	change := rapid.Custom(func(t *rapid.T) ownership.Change {
		word := rapid.SampledFrom([]string{"", "a", "ab", "b"})
		return ownership.Change{
			Repository: word.Draw(t, "repository"), File: word.Draw(t, "file"), Line: rapid.IntRange(-1, 2).Draw(t, "line"),
			Owners: rapid.SliceOfN(word, 0, 2).Draw(t, "owners"), Before: word.Draw(t, "before"), After: word.Draw(t, "after"),
			Removal: rapid.Bool().Draw(t, "removal"), Reason: word.Draw(t, "reason"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		one, two := rapid.SliceOfN(change, 0, 2).Draw(t, "one"), rapid.SliceOfN(change, 0, 2).Draw(t, "two")
		same := Hash(one, nil) == Hash(two, nil)
		for _, changes := range [][]ownership.Change{one, two} {
			for i := range changes {
				changes[i].Reason = ""
				changes[i].Owners = append([]string{}, changes[i].Owners...)
			}
		}
		if equal := len(one) == 0 && len(two) == 0 || reflect.DeepEqual(one, two); same != equal {
			t.Fatalf("hashes equal: %v, plans equal: %v", same, equal)
		}
	})
}
