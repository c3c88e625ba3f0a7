package standalone

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// What no change is about, made or held, is left for people, whichever of several areas a change stands under.
func TestOpenDrift(t *testing.T) {
	missing := func(role ownership.Role, holder ownership.Holder) ownership.Drift {
		return ownership.Drift{Kind: ownership.Missing, Role: role, Holder: holder}
	}
	areas := []ownership.AreaResult{
		{ID: "a/one", Drift: []ownership.Drift{missing(ownership.Approver, "user:ann"), missing(ownership.Accountable, "user:ann")}},
		{ID: "a/two", Drift: []ownership.Drift{missing(ownership.Approver, "user:bob"), missing(ownership.Approver, "user:cyd")}},
	}
	change := ownership.Change{Area: "a/one", Areas: []ownership.AreaID{"a/one", "a/two"}, Role: ownership.Approver, Holders: []ownership.Holder{"user:ann", "user:bob"}}
	want := []ownership.OpenDrift{{Area: "a/one", Drift: areas[0].Drift[1]}, {Area: "a/two", Drift: areas[1].Drift[1]}}
	for name, made := range map[string]ownership.Plan{
		"made": {Changes: []ownership.Change{change}}, "held": {Held: []ownership.HeldChange{{Change: change}}},
	} {
		if diff := cmp.Diff(want, openDrift(made, areas)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
