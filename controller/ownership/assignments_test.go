package ownership

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAssignments(t *testing.T) {
	var held Assignments[Declaration]
	held.Set(Deputy, []Declaration{{Holder: "user:bob"}})
	held.Set(Accountable, nil)
	held.Set(Approver, []Declaration{{Holder: "user:ann"}})
	held.Set(Deputy, []Declaration{{Holder: "user:eve"}})
	var roles []Role
	for role := range held.All() {
		roles = append(roles, role)
	}
	if want := []Role{Accountable, Approver, Deputy}; !cmp.Equal(want, roles) {
		t.Errorf("roles are %v, want %v: sorted, each once", roles, want)
	}
	if got := held.Of(Deputy); len(got) != 1 || got[0].Holder != "user:eve" {
		t.Errorf("the deputies are %v, want what was set last", got)
	}
	if got := held.Of(Responsible); got != nil {
		t.Errorf("nobody is responsible, but %v", got)
	}
	text, err := json.Marshal(struct{ None, Held Assignments[Declaration] }{Held: held})
	want := `{"None":{},"Held":{"accountable":[],"approver":[{"holder":"user:ann","layer":"","by":""}],"deputy":[{"holder":"user:eve","layer":"","by":""}]}}`
	if err != nil || string(text) != want {
		t.Errorf("in JSON they are an object by role, also where there are none:\n%s, %v\nwant\n%s", text, err, want)
	}
	var read struct{ None, Held Assignments[Declaration] }
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	held.Set(Accountable, []Declaration{})
	if diff := cmp.Diff(held, read.Held); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}
