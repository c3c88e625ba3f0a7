package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// judges speaks of every area, once it has counted as far as bob's name says.
const judges = `# METADATA
# title: Judges
# custom: {severity: low, subject: area}
package remit.policies.judges

deny contains {"key": "always", "message": "it is so"} if {
	n := to_number(data.remit.people["user:bob"].name)
	count([1 | some i in numbers.range(1, n); some j in numbers.range(1, n); i * j == 0]) == 0
}
`

// newJudgedWorld has two areas, a policy that may fail and one that does not.
func newJudgedWorld(change func(*richWorld)) *richWorld {
	w := newDeclaringWorld()
	delete(w.objects, "ResponsibilityPolicy/declares")
	w.objects["ResponsibilityPolicy/judges"] = rego(judges)
	if change != nil {
		change(w)
	}
	return w
}

// judgedOf is what an outcome says of policies.
type judgedOf struct {
	Raised       []string
	Failed       map[string]int
	Undetermined map[string]int
	Problems     int
	Asked        int
}

func judgedIn(o *Outcome) judgedOf {
	j := judgedOf{Failed: map[string]int{}, Undetermined: o.Result.Undetermined, Asked: o.Asked}
	for _, finding := range o.Result.Findings {
		if finding.Status == ownership.Raised {
			j.Raised = append(j.Raised, strings.Join([]string{finding.Policy, finding.Subject, finding.Key}, " "))
		}
	}
	for _, status := range o.Result.Policies {
		if status.Failed > 0 {
			j.Failed[status.Name] = status.Failed
		}
	}
	for _, problem := range o.Result.Problems {
		if !problem.Warning {
			j.Problems++
		}
	}
	return j
}

// A policy that fails, takes too long or cannot tell raises nothing, is counted and harms no other. It is asked again when
// what it rests on changes; one that took too long also in the next pass, since it may do better then.
func TestPoliciesThatCannotJudge(t *testing.T) {
	const ours = "holder web/duty none"
	for name, test := range map[string]struct {
		reason       string
		change       func(*richWorld)
		failed       int
		undetermined int
		// again is how many are asked once more although nothing has changed.
		again int
	}{
		"failing":      {reason: "what has failed will fail again", change: func(w *richWorld) { w.bob().Name = "Bob" }, failed: 2},
		"overrunning":  {reason: "another time the machine may have more time", change: func(w *richWorld) { w.bob().Name = "6000" }, failed: 2, again: 2},
		"undetermined": {reason: "what is unknown stays unknown", change: func(w *richWorld) { w.bob().Unknown = why }, undetermined: 2},
	} {
		t.Run(name, func(t *testing.T) {
			loader, engine := newRichLoader(t), New()
			pass := func(change func(*richWorld), deadline time.Duration) judgedOf {
				t.Helper()
				in := loader.input(newJudgedWorld(change))
				in.Deadline = deadline
				outcome, err := engine.Pass(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				return judgedIn(outcome)
			}
			check := func(step string, got judgedOf, want judgedOf) {
				t.Helper()
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s (-want +got):\n%s", step, test.reason, diff)
				}
			}
			lame := judgedOf{Raised: []string{ours}, Failed: map[string]int{}, Undetermined: map[string]int{}, Asked: 4}
			if test.failed > 0 {
				lame.Failed["judges"], lame.Problems = test.failed, 1
			}
			if test.undetermined > 0 {
				lame.Undetermined["judges"] = test.undetermined
			}
			sound := judgedOf{Raised: []string{ours, "judges web/duty always", "judges web/shop always"}, Failed: map[string]int{}, Undetermined: map[string]int{}, Asked: 4}
			short := 50 * time.Millisecond

			check("at first", pass(test.change, short), lame)
			lame.Asked = test.again
			check("nothing has changed", pass(test.change, short), lame)
			check("and again", pass(test.change, short), lame)
			lame.Asked = test.again
			check("something that it does not read has changed", pass(func(w *richWorld) {
				test.change(w)
				w.repository("checkouts", "acme/tools").Files.Paths = nil
			}, short), lame)
			sound.Asked = 2
			check("what it reads has changed", pass(nil, 0), sound)
			sound.Asked = 0
			check("nothing has changed since", pass(nil, 0), sound)
			lame.Asked = 2
			check("as at first", pass(test.change, short), lame)
		})
	}
}

// A policy that took too long is asked again in the next pass, and what it then says counts, although nothing else is new.
func TestOverrunIsMadeUpFor(t *testing.T) {
	loader, engine := newRichLoader(t), New()
	in := loader.input(newJudgedWorld(func(w *richWorld) { w.bob().Name = "700" }))
	in.Deadline = 5 * time.Millisecond
	first, err := engine.Pass(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := judgedIn(first); got.Failed["judges"] != 2 {
		t.Fatalf("at first nothing takes too long: %+v", got)
	}
	in.Deadline = time.Minute
	second, err := engine.Pass(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := judgedOf{
		Raised: []string{"holder web/duty none", "judges web/duty always", "judges web/shop always"},
		Failed: map[string]int{}, Undetermined: map[string]int{}, Asked: 2,
	}
	if diff := cmp.Diff(want, judgedIn(second)); diff != "" {
		t.Errorf("with more time (-want +got):\n%s", diff)
	}
	third, err := engine.Pass(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if third.Asked != 0 {
		t.Errorf("%d policies are asked again", third.Asked)
	}
}
