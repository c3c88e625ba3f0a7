package report

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// labelled is a plan with changes of labels alone, one of which is held.
func labelled() Planned {
	set := ownership.Change{
		Target: ownership.TargetKubernetes, Operation: ownership.SetLabel, Namespace: "pay", Key: "remit.dev/owner", Before: "web", After: "pay",
		Owners: []string{"pay"}, Area: "shop/pay", Role: ownership.Accountable, Holders: []ownership.Holder{"team:acme/pay", "team:acme/web"},
		Removal: true, Loses: []ownership.Holder{"team:acme/web"}, Reason: "team:acme/pay is declared accountable by area shop/pay", Mode: ownership.Enforce,
	}
	remove := set
	remove.Operation, remove.Namespace, remove.After, remove.Owners = ownership.RemoveLabel, "old", "", []string{"web"}
	remove.Reason = "team:acme/web is not declared" + hostile
	inexpressible := set
	inexpressible.Namespace, inexpressible.After, inexpressible.Owners = "far", "", nil
	inexpressible.Holders, inexpressible.Loses, inexpressible.Removal = []ownership.Holder{"team:other/far"}, nil, false
	return Planned{
		Plan: ownership.Plan{
			Hash: "0f0f", Changes: []ownership.Change{remove, set}, Preconditions: []ownership.Precondition{},
			Held: []ownership.HeldChange{held(inexpressible, ownership.BrakeInexpressible, "team:other/far cannot be written")},
		},
		Result: clean(),
	}
}

func TestPlanOfLabels(t *testing.T) {
	golden(t, "plan_labels.txt", []byte(renderPlan(t, labelled(), Options{ManifestsGiven: true})))
}

// What is no part of a patch is no part of it; git skips what is said of it.
func TestPatchOfLabels(t *testing.T) {
	var patch bytes.Buffer
	if err := PlanPatch(&patch, labelled()); err != nil {
		t.Fatal(err)
	}
	want := "# namespace old: remove remit.dev/owner=web\n# namespace pay: set remit.dev/owner to pay\n"
	if diff := cmp.Diff(want, patch.String()); diff != "" {
		t.Error(diff)
	}
	both := planned()
	both.Changes = append(both.Changes, labelled().Changes...)
	var whole, files bytes.Buffer
	if err := PlanPatch(&whole, both); err != nil {
		t.Fatal(err)
	}
	if err := PlanPatch(&files, planned()); err != nil || !bytes.Equal(whole.Bytes(), files.Bytes()) {
		t.Errorf("a patch of files is that of the files alone: %v\n%s", err, cmp.Diff(files.String(), whole.String()))
	}
}
