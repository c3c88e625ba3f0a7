package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
)

// Whole plans of random estates with random limits: in whatever order the areas come the plan is the same to the byte; what
// is made can be made, loses no line and no last owner; and once it is made, none of it is planned again.
func TestMake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := program(t)
		in := e.input()
		in.Limits = Limits{RemovalPercent: rapid.SampledFrom([]int{25, 100}).Draw(t, "percent"), Changes: rapid.IntRange(1, 8).Draw(t, "changes")}
		for _, area := range in.Areas {
			if rapid.IntRange(0, 3).Draw(t, "entry") == 0 {
				entry := went("x", rapid.SampledFrom([]string{"ann", "left", "team:acme/empty"}).Draw(t, "who"), rapid.Float64Range(0, 30).Draw(t, "when"))
				entry.Areas = []ownership.AreaID{area.ID}
				in.Ledger = append(in.Ledger, entry)
			}
		}
		made := Make(in)

		order := rapid.Permutation(indexes(len(in.Areas))).Draw(t, "order")
		other := in
		other.Areas, other.Drift = make([]drift.Area, len(order)), make([][]ownership.Drift, len(order))
		for to, from := range order {
			other.Areas[to], other.Drift[to] = in.Areas[from], in.Drift[from]
		}
		other.Ledger = rapid.Permutation(in.Ledger).Draw(t, "ledger")
		if got := Make(other); text(got) != text(made) {
			t.Fatalf("got  %s\nwant %s", text(got), text(made))
		}

		edited := e.repaired(t, made.Changes)
		keepsLines(t, e.rules, edited, made.Changes)
		keepsOwners(t, e, in, edited, made.Changes)
		after := e
		after.rules = edited
		next := after.input()
		next.Ledger = Record(in.Ledger, in.Now, made.Hash, made.Changes, nil)
		for _, again := range Make(next).Changes {
			if slices.ContainsFunc(made.Changes, func(c ownership.Change) bool { return isAgain(c, again) }) {
				t.Fatalf("made from\n%s\nto\n%s\nand planned again: %+v", e.rules, edited, again)
			}
		}
	})
}
