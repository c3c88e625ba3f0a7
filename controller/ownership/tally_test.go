package ownership

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTally(t *testing.T) {
	result := &Result{
		Areas: []AreaResult{
			{State: Unowned, Drift: make([]Drift, 2)}, {State: Partial}, {State: Partial}, {State: Unknown}, {State: Owned, Drift: make([]Drift, 1)},
		},
		Findings: []Finding{{Status: Raised}, {Status: Exempt}, {Status: Undetermined}, {Status: Raised}},
		Problems: []Problem{{Message: "odd", Warning: true}, {Message: "wrong"}, {Message: "wrong, too"}},
	}
	want := Tally{Unowned: 1, Partial: 2, Unknown: 1, Owned: 1, Findings: 2, Drift: 3, Errors: 2, Warnings: 1, FirstError: "wrong"}
	got := result.Tally()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if pairs := got.Pairs(); len(pairs) != 18 || pairs[0] != "unowned" || pairs[1] != 1 || pairs[17] != "wrong" {
		t.Errorf("the log would have %v", pairs)
	}
	if pairs := (Tally{}).Pairs(); len(pairs) != 16 {
		t.Errorf("without an error there is none to tell: %v", pairs)
	}
}
