package remediation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// label is a change of a namespace's label for an area.
func label(area ownership.AreaID, namespace string, mode ownership.Mode) ownership.Change {
	return ownership.Change{
		Target: ownership.TargetKubernetes, Operation: ownership.SetLabel, Namespace: namespace, Key: "remit.dev/owner", Before: "old", After: "new",
		Area: area, Role: ownership.Accountable, Holders: []ownership.Holder{"team:acme/old", "team:acme/new"}, Loses: []ownership.Holder{"team:acme/old"},
		Removal: true, Mode: mode, Reason: "because",
	}
}

func held(change ownership.Change, brake ownership.Brake) ownership.HeldChange {
	return ownership.HeldChange{Change: change, Brake: brake, Because: "too many"}
}

// text writes proposals in a line each.
func text(proposals []Proposal) (lines []string) {
	for _, p := range proposals {
		var steps []string
		for _, step := range p.Steps {
			steps = append(steps, strings.TrimSpace(step.Change.Namespace+" "+string(step.Brake)))
		}
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", p.Namespace, p.Base, p.Mode, strings.Join(steps, ", ")))
	}
	return lines
}

func TestPropose(t *testing.T) {
	several := label("pay/a", "n", ownership.Propose)
	several.Areas = []ownership.AreaID{"pay/a", "shop/b"}
	tests := map[string]struct {
		reason string
		plan   ownership.Plan
		want   []string
	}{
		"nothing": {"no change, no proposal", ownership.Plan{}, nil},
		"shown only": {
			"what may only be observed is not proposed",
			ownership.Plan{Changes: []ownership.Change{label("pay/a", "n", ownership.Observe)}}, nil,
		},
		"by area": {
			"each area decides for itself, where its object stands",
			ownership.Plan{Changes: []ownership.Change{
				label("pay/a", "n1", ownership.Propose), label("shop/b", "n2", ownership.Propose), label("pay/a", "n3", ownership.Propose),
			}},
			[]string{"pay a Propose: n1, n3", "shop b Propose: n2"},
		},
		"by mode": {
			"what is made at once does not wait for what must be approved",
			ownership.Plan{Changes: []ownership.Change{label("pay/a", "n1", ownership.Propose), label("pay/a", "n2", ownership.Enforce)}},
			[]string{"pay a Enforce: n2", "pay a Propose: n1"},
		},
		"several areas": {
			"no namespace may decide for another",
			ownership.Plan{Changes: []ownership.Change{several}}, []string{"own several-areas Propose: n"},
		},
		"virtual": {
			"an area without an object has no namespace",
			ownership.Plan{Changes: []ownership.Change{label("namespace:n", "n", ownership.Propose)}}, []string{"own virtual-areas Propose: n"},
		},
		"held": {
			"only what people may override is proposed, and marked",
			ownership.Plan{
				Changes: []ownership.Change{label("pay/a", "n1", ownership.Propose)},
				Held: []ownership.HeldChange{
					held(label("pay/a", "n2", ownership.Propose), ownership.BrakeRemovals), held(label("pay/a", "n3", ownership.Propose), ownership.BrakeLastHolder),
					held(label("pay/a", "n4", ownership.Propose), ownership.BrakeUnknown), held(label("pay/a", "n5", ownership.Propose), ownership.BrakeChanges),
					held(label("pay/a", "n6", ownership.Propose), ownership.BrakeNoTarget), held(label("pay/a", "n7", ownership.Propose), ownership.BrakeMode),
				},
			},
			[]string{"pay a Propose: n1, n2 removals, n5 changes"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, text(Propose(test.plan, "own"))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// A proposal of more changes than a Remediation holds is divided, and none is lost.
func TestProposeDivides(t *testing.T) {
	var made ownership.Plan
	for i := range 2*v1alpha1.MaxRemediationChanges + 1 {
		made.Changes = append(made.Changes, label("pay/a", fmt.Sprintf("n%d", i), ownership.Propose))
	}
	seen, hashes := map[string]bool{}, map[string]bool{}
	for _, proposal := range Propose(made, "own") {
		spec := proposal.Spec(nil)
		if len(spec.Changes) > v1alpha1.MaxRemediationChanges || int(spec.Total) != len(spec.Changes) {
			t.Errorf("%d changes, total %d", len(spec.Changes), spec.Total)
		}
		hashes[proposal.Hash] = true
		for _, step := range proposal.Steps {
			seen[step.Change.Namespace] = true
		}
	}
	if len(seen) != len(made.Changes) || len(hashes) != 3 {
		t.Errorf("%d of %d changes in %d proposals", len(seen), len(made.Changes), len(hashes))
	}
}

// The hash says what is approved: everything that is done, what it asks of its target, and what holds it.
func TestHash(t *testing.T) {
	base := func() ownership.Plan {
		return ownership.Plan{
			Changes:       []ownership.Change{label("pay/a", "n", ownership.Propose)},
			Preconditions: []ownership.Precondition{{Target: ownership.TargetKubernetes, Namespace: "n", Digest: "1"}, {Target: ownership.TargetKubernetes, Namespace: "other", Digest: "1"}},
		}
	}
	hash := func(p ownership.Plan) string { return Propose(p, "own")[0].Hash }
	if one, other := hash(base()), hash(base()); one != other {
		t.Fatal("equal plans differ")
	}
	moved := map[string]func(*ownership.Plan){
		"after":        func(p *ownership.Plan) { p.Changes[0].After = "else" },
		"before":       func(p *ownership.Plan) { p.Changes[0].Before = "else" },
		"key":          func(p *ownership.Plan) { p.Changes[0].Key = "else" },
		"mode":         func(p *ownership.Plan) { p.Changes[0].Mode = ownership.Enforce },
		"precondition": func(p *ownership.Plan) { p.Preconditions[0].Digest = "2" },
		"held": func(p *ownership.Plan) {
			p.Held, p.Changes = []ownership.HeldChange{held(p.Changes[0], ownership.BrakeRemovals)}, nil
		},
	}
	for name, move := range moved {
		p := base()
		move(&p)
		if hash(p) == hash(base()) {
			t.Errorf("%s is not hashed", name)
		}
	}
	prose := base()
	prose.Changes[0].Reason, prose.Preconditions[1].Digest = "other words", "2"
	if hash(prose) != hash(base()) {
		t.Error("prose, or what is asked of another target, is hashed")
	}
}

// What makes nothing must not be carried out: it would be finished, and proposed again, for ever.
func TestMakes(t *testing.T) {
	free, braked := Step{}, Step{Brake: ownership.BrakeRemovals}
	tests := map[string]struct {
		reason               string
		steps                []Step
		mayMake, mayOverride bool
		want                 bool
	}{
		"free":             {"nothing holds it", []Step{free}, true, false, true},
		"held":             {"a brake holds all there is", []Step{braked, braked}, true, false, false},
		"one held":         {"the other is made", []Step{braked, free}, true, false, true},
		"overridden":       {"somebody took the brake off", []Step{braked}, true, true, true},
		"override alone":   {"whoever overrides has what is held made", []Step{free}, false, true, false},
		"nothing approved": {"neither may be made", []Step{braked, free}, false, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (&Proposal{Steps: test.steps}).Makes(test.mayMake, test.mayOverride); got != test.want {
				t.Errorf("%s: want %v, got %v", test.reason, test.want, got)
			}
		})
	}
}

// object is a Remediation of a proposal.
func object(p Proposal, name, phase string, change func(*v1alpha1.Remediation)) *v1alpha1.Remediation {
	made := &v1alpha1.Remediation{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: name}, Spec: p.Spec(nil), Status: v1alpha1.RemediationStatus{Phase: phase}}
	if change != nil {
		change(made)
	}
	return made
}

func at(when time.Time) *metav1.Time { return &metav1.Time{Time: when} }

func TestDecide(t *testing.T) {
	propose := Propose(ownership.Plan{Changes: []ownership.Change{label("pay/a", "n", ownership.Propose)}}, "own")[0]
	enforce := Propose(ownership.Plan{Changes: []ownership.Change{label("pay/a", "n", ownership.Enforce)}}, "own")[0]
	approved := func(r *v1alpha1.Remediation) {
		r.Spec.Approval = &v1alpha1.Approval{PlanHash: r.Spec.PlanHash, By: "alice"}
	}
	overridden := func(r *v1alpha1.Remediation) {
		r.Spec.Override = &v1alpha1.Approval{PlanHash: r.Spec.PlanHash, By: "carol"}
	}
	allHeld := func(mode ownership.Mode) Proposal {
		return Propose(ownership.Plan{Held: []ownership.HeldChange{held(label("pay/a", "n", mode), ownership.BrakeRemovals)}}, "own")[0]
	}
	elsewhere := Propose(ownership.Plan{Changes: []ownership.Change{label("pay/b", "n9", ownership.Propose)}}, "own")[0]
	heldProposal, heldEnforced := allHeld(ownership.Propose), allHeld(ownership.Enforce)
	mixed := Propose(ownership.Plan{
		Changes: []ownership.Change{label("pay/a", "n1", ownership.Enforce)},
		Held:    []ownership.HeldChange{held(label("pay/a", "n2", ownership.Enforce), ownership.BrakeRemovals)},
	}, "own")[0]
	made := func(ago time.Duration) func(*v1alpha1.Remediation) {
		return func(r *v1alpha1.Remediation) {
			r.Status.FinishedAt, r.Status.Made = at(monday.Add(-ago)), 1
			r.Status.Changes = []v1alpha1.ChangeOutcome{{ID: "1", Outcome: v1alpha1.ChangeMade, At: *r.Status.FinishedAt}}
		}
	}
	tests := map[string]struct {
		reason    string
		proposals []Proposal
		existing  []*v1alpha1.Remediation
		doubt     string
		want      string
	}{
		"new":      {"nothing stands for it", []Proposal{propose}, nil, "", "create a-" + propose.Hash[:8]},
		"in doubt": {"what is proposed rests on facts that are known", []Proposal{propose}, nil, "x", "create a-" + propose.Hash[:8]},
		"beside one in doubt": {
			"whether the other still holds is not known", []Proposal{propose}, []*v1alpha1.Remediation{object(enforce, "r", "AwaitingApproval", nil)}, "x", "await r",
		},
		"not beside one in doubt": {
			"the other is about another area", []Proposal{elsewhere}, []*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", nil)}, "x",
			"create b-" + elsewhere.Hash[:8] + "; await r",
		},
		"stale":                {"what was seen is from before the last change", []Proposal{propose}, nil, "stale", ""},
		"moved on stale facts": {"it may have been made", []Proposal{elsewhere}, []*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", approved)}, "stale", "await r"},
		"waits":                {"nobody has approved it", []Proposal{propose}, []*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", nil)}, "", "await r"},
		"approved":             {"somebody has", []Proposal{propose}, []*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", approved)}, "", "execute r"},
		"enforced":             {"it needs nobody", []Proposal{enforce}, []*v1alpha1.Remediation{object(enforce, "r", "", nil)}, "", "execute r"},
		"goes on":              {"a replica ended in the middle", []Proposal{enforce}, []*v1alpha1.Remediation{object(enforce, "r", "Running", nil)}, "", "execute r"},
		"suspended":            {"spec.suspend", []Proposal{enforce}, []*v1alpha1.Remediation{object(enforce, "r", "", func(r *v1alpha1.Remediation) { r.Spec.Suspend = true })}, "", "await r"},
		"partly held":          {"what nothing holds is made", []Proposal{mixed}, []*v1alpha1.Remediation{object(mixed, "r", "", nil)}, "", "execute r"},
		"held":                 {"a brake holds all of it, though it would be made at once", []Proposal{heldEnforced}, []*v1alpha1.Remediation{object(heldEnforced, "r", "", nil)}, "", "await r"},
		"held, approved":       {"an approval makes nothing that a brake holds", []Proposal{heldProposal}, []*v1alpha1.Remediation{object(heldProposal, "r", "AwaitingApproval", approved)}, "", "await r"},
		"held, overridden":     {"an override does", []Proposal{heldEnforced}, []*v1alpha1.Remediation{object(heldEnforced, "r", "AwaitingApproval", overridden)}, "", "execute r"},
		"let go": {
			"what was held and is not any more is another plan", []Proposal{enforce},
			[]*v1alpha1.Remediation{object(heldEnforced, "r", "AwaitingApproval", nil)}, "", "create a-" + enforce.Hash[:8] + "; supersede r",
		},
		"moved": {
			"an approval of another plan is none of this one", []Proposal{propose},
			[]*v1alpha1.Remediation{object(enforce, "r", "AwaitingApproval", approved)}, "", "create a-" + propose.Hash[:8] + "; supersede r",
		},
		"moved in doubt": {"what cannot be read has not moved", nil, []*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", approved)}, "x", "await r"},
		"gone":           {"there is nothing to do any more", nil, []*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", nil)}, "", "supersede r"},
		"twice": {
			"one stands for it, a second is too many", []Proposal{propose},
			[]*v1alpha1.Remediation{object(propose, "r1", "AwaitingApproval", nil), object(propose, "r2", "AwaitingApproval", nil)}, "", "await r1; supersede r2",
		},
		"again": {
			"it came back after it was made: another object, by another name", []Proposal{propose},
			[]*v1alpha1.Remediation{object(propose, "r", "Succeeded", made(time.Minute))}, "", "create a-" + propose.Hash[:8] + "-2",
		},
		"again after pruning": {
			"the first of the name is gone, and the third is still there", []Proposal{propose},
			[]*v1alpha1.Remediation{
				object(propose, "a-"+propose.Hash[:8]+"-2", "Succeeded", made(30*time.Hour)), object(propose, "a-"+propose.Hash[:8]+"-3", "Succeeded", made(20*time.Hour)),
			}, "", "create a-" + propose.Hash[:8] + "-4",
		},
		"failed lately": {
			"it would fail again", []Proposal{enforce},
			[]*v1alpha1.Remediation{object(enforce, "r", "Failed", func(r *v1alpha1.Remediation) { r.Status.FinishedAt = at(monday.Add(-time.Minute)) })}, "", "",
		},
		"failed earlier": {
			"it is tried again", []Proposal{enforce},
			[]*v1alpha1.Remediation{object(enforce, "r", "Failed", func(r *v1alpha1.Remediation) { r.Status.FinishedAt = at(monday.Add(-time.Hour)) })}, "",
			"create a-" + enforce.Hash[:8] + "-2",
		},
		"fought": {
			"made three times within the hour, and set back each time", []Proposal{enforce},
			[]*v1alpha1.Remediation{
				object(enforce, "r1", "Succeeded", made(time.Minute)), object(enforce, "r2", "Succeeded", made(2*time.Minute)), object(enforce, "r3", "Succeeded", made(3*time.Minute)),
			}, "", "fought a",
		},
		"another namespace": {
			"a copy elsewhere stands for nothing", []Proposal{propose},
			[]*v1alpha1.Remediation{object(propose, "r", "AwaitingApproval", func(r *v1alpha1.Remediation) { r.Namespace = "mallory" })}, "",
			"create a-" + propose.Hash[:8] + "; supersede r",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			settings := Settings{Now: monday, Doubt: test.doubt}
			if test.doubt == "stale" {
				settings = Settings{Now: monday, Stale: test.doubt}
			}
			got := decided(Decide(test.proposals, test.existing, settings))
			if got != test.want {
				t.Errorf("%s: want %q, got %q", test.reason, test.want, got)
			}
		})
	}
}

func decided(d Decision) string {
	var said []string
	for _, named := range d.Create {
		said = append(said, "create "+named.Name)
	}
	for _, planned := range d.Execute {
		said = append(said, "execute "+planned.Name)
	}
	for _, planned := range d.Await {
		said = append(said, "await "+planned.Name)
	}
	for _, stale := range d.Supersede {
		said = append(said, "supersede "+stale.Name)
	}
	for _, old := range d.Prune {
		said = append(said, "prune "+old.Name)
	}
	for _, fought := range d.Fought {
		said = append(said, "fought "+fought.Base)
	}
	return strings.Join(said, "; ")
}

// The history keeps the last of each area, and everything that brakes still count.
func TestPrune(t *testing.T) {
	p := Propose(ownership.Plan{Changes: []ownership.Change{label("pay/a", "n", ownership.Propose)}}, "own")[0]
	other := Propose(ownership.Plan{Changes: []ownership.Change{label("pay/b", "n", ownership.Propose)}}, "own")[0]
	finished := func(of Proposal, name, phase string, ago time.Duration, change func(*v1alpha1.Remediation)) *v1alpha1.Remediation {
		return object(of, name, phase, func(r *v1alpha1.Remediation) {
			r.Status.FinishedAt = at(monday.Add(-ago))
			if change != nil {
				change(r)
			}
		})
	}
	made := func(r *v1alpha1.Remediation) {
		r.Status.Changes = []v1alpha1.ChangeOutcome{{ID: "1", Outcome: v1alpha1.ChangeMade, At: *r.Status.FinishedAt}}
	}
	day := 24 * time.Hour
	existing := []*v1alpha1.Remediation{
		finished(p, "last", "Succeeded", time.Hour, made),
		finished(p, "second", "Superseded", 2*time.Hour, nil),
		finished(p, "counts", "Succeeded", 20*time.Hour, made),
		finished(p, "old", "Succeeded", 2*day, made),
		finished(p, "stale", "Superseded", 3*time.Hour, nil),
		finished(p, "temporary", "Succeeded", 30*day, func(r *v1alpha1.Remediation) {
			made(r)
			r.Spec.Changes[0].Until = at(monday.Add(-6 * day))
		}),
		finished(p, "nothing made", "Succeeded", 4*time.Hour, func(r *v1alpha1.Remediation) {
			r.Status.Changes = []v1alpha1.ChangeOutcome{{ID: "1", Outcome: v1alpha1.ChangeHeld, At: *r.Status.FinishedAt}}
		}),
		finished(other, "another", "Succeeded", 30*day, made),
		object(p, "waits", "AwaitingApproval", nil),
	}
	got := decided(Decision{Prune: Decide([]Proposal{p}, existing, Settings{Now: monday, History: 2}).Prune})
	if want := "prune nothing made; prune old; prune stale"; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
}

// What was made, or may have been, is in the ledger with who lost what, and when; what was refused or held is not.
func TestLedger(t *testing.T) {
	p := Propose(ownership.Plan{Changes: []ownership.Change{
		label("pay/a", "n1", ownership.Propose), label("pay/a", "n2", ownership.Propose), label("pay/a", "n3", ownership.Propose), label("pay/a", "n4", ownership.Propose),
	}}, "own")[0]
	r := object(p, "r", "Failed", func(r *v1alpha1.Remediation) {
		r.Status.Changes = []v1alpha1.ChangeOutcome{
			{ID: "1", Outcome: v1alpha1.ChangeMade, At: *at(monday.Add(-2 * time.Hour))}, {ID: "2", Outcome: v1alpha1.ChangeClaimed, At: *at(monday.Add(-time.Hour))},
			{ID: "3", Outcome: v1alpha1.ChangeRefused, At: *at(monday)}, {ID: "4", Outcome: v1alpha1.ChangeHeld, At: *at(monday)},
			{ID: "9", Outcome: v1alpha1.ChangeMade, At: *at(monday)}, // of no change that there is
		}
	})
	removal := func(namespace string, when time.Time) plan.Entry {
		return plan.Entry{
			At: when, PlanHash: p.Hash, Target: ownership.TargetKubernetes, Operation: ownership.SetLabel, Namespace: namespace,
			Areas: []ownership.AreaID{"pay/a"}, Role: ownership.Accountable, Holders: []ownership.Holder{"team:acme/old"}, Removal: true,
		}
	}
	gain := func(namespace string, when time.Time) plan.Entry {
		entry := removal(namespace, when)
		entry.Holders, entry.Removal = []ownership.Holder{"team:acme/new"}, false
		return entry
	}
	first, second := monday.Add(-2*time.Hour), monday.Add(-time.Hour)
	want := []plan.Entry{removal("n1", first), gain("n1", first), removal("n2", second), gain("n2", second)}
	if diff := cmp.Diff(want, Ledger([]*v1alpha1.Remediation{r}, monday)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if old := Ledger([]*v1alpha1.Remediation{r}, monday.Add(48*time.Hour)); len(old) != 0 {
		t.Errorf("what is two days old still counts: %v", old)
	}
}

// When access ends that a change gives is in the record, so that taking it back is no removal that counts.
func TestLedgerKnowsTemporaryAccess(t *testing.T) {
	given := label("pay/a", "n", ownership.Propose)
	given.Removal, given.Loses, given.Holders = false, nil, []ownership.Holder{"team:acme/new"}
	p := Propose(ownership.Plan{Changes: []ownership.Change{given}}, "own")[0]
	end := monday.Add(time.Hour)
	r := object(p, "r", "Succeeded", func(r *v1alpha1.Remediation) {
		r.Spec = p.Spec(func(ownership.Change) time.Time { return end })
		r.Status.Changes = []v1alpha1.ChangeOutcome{{ID: "1", Outcome: v1alpha1.ChangeMade, At: *at(monday)}}
	})
	ledger := Ledger([]*v1alpha1.Remediation{r}, monday.Add(2*time.Hour))
	if len(ledger) != 1 || !ledger[0].Until.Equal(end) {
		t.Errorf("the ledger is %+v", ledger)
	}
}
