package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func renderPlan(t *testing.T, planned Planned, options Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Plan(&b, planned, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPlan(t *testing.T) {
	nothing := Planned{Result: clean()}
	onlyHeld := Planned{Plan: ownership.Plan{Held: planned().Held[:1]}, Result: clean(), Left: 1, LeftHeld: 2}
	next := []string{"make exactly these changes: remit apply --confirm --hash 0f0f0f"}
	tests := map[string]struct {
		reason  string
		planned Planned
		options Options
	}{
		"rich":    {"something of everything", planned(), Options{ManifestsGiven: true, Next: next}},
		"color":   {"the same on a terminal", planned(), Options{ManifestsGiven: true, Color: true}},
		"narrow":  {"texts are wrapped, lines of files are not", planned(), Options{ManifestsGiven: true, Width: 60}},
		"applied": {"what became of it", applied(), Options{ManifestsGiven: true}},
		"nothing": {"nothing to do", nothing, Options{ManifestsGiven: true}},
		"held":    {"nothing but what is held", onlyHeld, Options{ManifestsGiven: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			golden(t, "plan_"+name+".txt", []byte(renderPlan(t, test.planned, test.options)))
		})
	}
}

// Nothing from outside acts on a terminal, in the table nor in the patch as it is shown there.
func TestPlanIsSafe(t *testing.T) {
	var shown bytes.Buffer
	if err := PlanPatchShown(&shown, planned()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"table": renderPlan(t, applied(), Options{Verbose: true}), "patch": shown.String()} {
		for _, r := range text {
			if r != '\n' && r != '\t' && isHidden(r) {
				t.Errorf("the %s holds the character %U as it is", name, r)
			}
		}
	}
}

// How many are held is exact, also where not all are shown.
func TestPlanBoundsWhatIsHeld(t *testing.T) {
	p := Planned{Result: clean()}
	for range 40 {
		p.Held = append(p.Held, held(change(ownership.AddOwner, 1, "/a/", "@a"), ownership.BrakeMode, "because"))
	}
	short, long := renderPlan(t, p, Options{}), renderPlan(t, p, Options{Verbose: true})
	if strings.Count(short, "add @a to /a/") != maxHeld || !strings.Contains(short, "+35 more; --verbose shows all") || strings.Count(short, "because") != 1 {
		t.Error(short)
	}
	if strings.Count(long, "add @a to /a/") != 40 {
		t.Error(long)
	}
}

func TestPlanJSON(t *testing.T) {
	for name, p := range map[string]Planned{"applied": applied(), "nothing": {Result: clean()}} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := PlanJSON(&b, p); err != nil {
				t.Fatal(err)
			}
			golden(t, "plan_"+name+".json", b.Bytes())
			for _, r := range b.String() {
				if r != '\n' && isHidden(r) {
					t.Errorf("the document holds the character %U as it is", r)
				}
			}
			if bytes.Contains(b.Bytes(), []byte(": null")) {
				t.Error("the document holds a null")
			}
			var back ownership.Plan
			if err := json.Unmarshal(b.Bytes(), &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(len(p.Changes), len(back.Changes)); diff != "" || back.Hash != p.Hash {
				t.Errorf("it reads back as another plan: %s %s", diff, back.Hash)
			}
		})
	}
}

func TestMade(t *testing.T) {
	tests := map[string]struct {
		reason   string
		outcomes []PlanOutcome
		want     bool
	}{
		"not tried": {"nothing was made yet", nil, false},
		"nothing":   {"there was nothing to make", []PlanOutcome{}, true},
		"all":       {"made, or there already", []PlanOutcome{{Status: "made"}, {Status: "already"}}, true},
		"not all":   {"one was refused", []PlanOutcome{{Status: "made"}, {Status: "refused"}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (Planned{Outcomes: test.outcomes}).Made(); got != test.want {
				t.Errorf("%s: got %v", test.reason, got)
			}
		})
	}
}
