package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// Without a ledger nobody is taken a role from; additions, and what is held by something else, stay as they are.
func TestLedgerUnknown(t *testing.T) {
	in := scene(areaOf("shop", "ann", "bob", "cid", "zoe"))
	in.LedgerUnknown = "the ledger is damaged"
	leaning := adding("shop", "new", 2)
	leaning.needs = []int{1}
	got := decide(in, []candidate{
		adding("shop", "eve", 1), removing("shop", "ann", 1), leaning,
		removing("shop", "bob", 3).with(func(c *candidate) { c.Mode = ownership.Observe }),
	})
	brakes := map[string]ownership.Brake{}
	for _, held := range got.Held {
		brakes[string(held.Operation)+" "+held.Owners[0]] = held.Brake
	}
	want := map[string]ownership.Brake{
		"remove-owner @ann": ownership.BrakeRemovals, "add-owner @new": ownership.BrakeRemovals, "remove-owner @bob": ownership.BrakeMode,
	}
	if diff := cmp.Diff(want, brakes); diff != "" || len(got.Changes) != 1 || got.Changes[0].Owners[0] != "@eve" {
		t.Errorf("made %v, held (-want +got):\n%s", got.Changes, diff)
	}
	in.LedgerUnknown = ""
	if got := decide(in, []candidate{removing("shop", "ann", 1)}); len(got.Changes) != 1 {
		t.Errorf("with a ledger: %+v", got)
	}
}
