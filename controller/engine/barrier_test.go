package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func layer(name ownership.Layer, add bool, holders ...ownership.Holder) snapshot.LayerHolders {
	l := snapshot.LayerHolders{Layer: name, Add: add}
	for _, holder := range holders {
		l.Declarations = append(l.Declarations, ownership.Declaration{Holder: holder, Layer: name})
	}
	return l
}

// whoIsWho knows of one team who is in it, not of another; names that end in "?" are not known whose they are.
type whoIsWho struct{}

func (whoIsWho) InTeam(person, team ownership.Holder) (is bool, unknown string) {
	if team == "team:acme/maybe" {
		return false, "it could not be read"
	}
	return person == "user:member" && team == "team:acme/a", ""
}

func (whoIsWho) MayBe(a, b ownership.Holder) (unknown string) {
	if strings.HasSuffix(string(a), "?") && strings.HasSuffix(string(b), "?") {
		return "they are not listed"
	}
	return ""
}

func TestMerge(t *testing.T) {
	const assignment, area, policy, parent = ownership.LayerRoleAssignment, ownership.LayerArea, ownership.LayerPolicy, ownership.LayerParent
	for name, test := range map[string]struct {
		reason  string
		layers  []snapshot.LayerHolders
		max     int
		want    []ownership.Holder
		tooMany int
		unknown bool
	}{
		"nothing": {reason: "no layer says anything"},
		"highest wins": {
			reason: "a layer that says anything replaces the lower ones",
			layers: []snapshot.LayerHolders{layer(assignment, false, "user:a"), layer(area, false, "user:b"), layer(parent, false, "user:c")},
			want:   []ownership.Holder{"user:a"},
		},
		"an empty layer says nothing": {
			reason: "the next lower one counts",
			layers: []snapshot.LayerHolders{layer(area, false), layer(policy, false), layer(parent, false, "user:c")},
			want:   []ownership.Holder{"user:c"},
		},
		"union": {
			reason: "add unites with the next layer, which replaces those below it",
			layers: []snapshot.LayerHolders{layer(assignment, true, "user:a"), layer(area, false, "user:b", "user:a"), layer(parent, false, "user:c")},
			want:   []ownership.Holder{"user:a", "user:b"},
		},
		"two in one layer": {
			reason: "of two accountable holders neither is one, and the parent's does not step in",
			layers: []snapshot.LayerHolders{layer(area, false, "user:a", "user:b"), layer(parent, false, "user:c")},
			max:    1, tooMany: 2,
		},
		"two by union": {
			reason: "a union must keep within the bound as well",
			layers: []snapshot.LayerHolders{layer(assignment, true, "user:a"), layer(area, false, "user:b")},
			max:    1, tooMany: 2,
		},
		"a team and one in it": {
			reason: "the person answers for the team",
			layers: []snapshot.LayerHolders{layer(area, false, "team:acme/a", "user:member")},
			max:    1, want: []ownership.Holder{"team:acme/a", "user:member"},
		},
		"a team and one of another": {
			reason: "they answer apart from each other",
			layers: []snapshot.LayerHolders{layer(area, false, "team:acme/b", "user:member")},
			max:    1, tooMany: 2,
		},
		"a team and one who may be in it": {
			reason: "whether they are too many is unknown",
			layers: []snapshot.LayerHolders{layer(area, false, "team:acme/maybe", "user:member")},
			max:    1, want: []ownership.Holder{"team:acme/maybe", "user:member"}, unknown: true,
		},
		"a team and two who may be in it": {
			reason: "one person may be named beside a team",
			layers: []snapshot.LayerHolders{layer(area, false, "team:acme/maybe", "user:member", "user:b")},
			max:    1, tooMany: 3,
		},
		"two names that may be of one person": {
			reason: "whether they are too many is unknown",
			layers: []snapshot.LayerHolders{layer(area, false, "user:one?", "user:other?")},
			max:    1, want: []ownership.Holder{"user:one?", "user:other?"}, unknown: true,
		},
		"two names of which one is known": {
			reason: "they are two",
			layers: []snapshot.LayerHolders{layer(area, false, "user:one?", "user:b")},
			max:    1, tooMany: 2,
		},
		"two in layers that are replaced": {
			reason: "only what is in force counts",
			layers: []snapshot.LayerHolders{layer(assignment, false, "user:a"), layer(area, false, "user:b", "user:c")},
			max:    1, want: []ownership.Holder{"user:a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			declared, tooMany, unknown := merge(test.layers, test.max, whoIsWho{})
			if (unknown != "") != test.unknown {
				t.Errorf("unknown: %q: %s", unknown, test.reason)
			}
			var got []ownership.Holder
			for _, declaration := range declared {
				got = append(got, declaration.Holder)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s:\n%s", test.reason, diff)
			}
			if len(tooMany) != test.tooMany {
				t.Errorf("too many: %v, want %d: %s", tooMany, test.tooMany, test.reason)
			}
		})
	}
}
