package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
)

// declaresTwice declares approvers of every area, and who is accountable for the duty. It fails where bob's name is no
// number, and takes for ever where it is a large one.
const declaresTwice = `# METADATA
# title: Declares
# custom: {severity: low, subject: area}
package remit.policies.declares

declare contains {"role": "approver", "holder": person, "reason": "a maintainer approves"} if {
	counted
	some person in data.remit.teams["team:acme/web"].maintainers
}

declare contains {"role": "accountable", "holder": "team:acme/pay", "reason": "somebody must be"} if {
	counted
	input.area.name == "duty"
	count(data.remit.teams["team:acme/web"].maintainers) > 0
}

counted if {
	n := to_number(data.remit.people["user:bob"].name)
	count([1 | some i in numbers.range(1, n); some j in numbers.range(1, n); i * j == 0]) == 0
}
`

// newDeclaringWorld is a richWorld's little brother: of the shop a policy declares the approvers, of a duty all.
func newDeclaringWorld() *richWorld {
	w := newRichWorld()
	w.objects = map[string]string{
		"Area/duty":                     "  tier: low\n  mode: Enforce\n",
		"Area/shop":                     "  mode: Enforce\n  scope: {repositories: [{name: acme/shop, paths: [docs]}]}\n  roles: [{role: accountable, holders: [\"team:acme/web\"]}]\n",
		"ResponsibilityPolicy/declares": "  mode: Enforce\n" + rego(declaresTwice),
		"ResponsibilityPolicy/holder":   "  library: accountable-holder\n",
	}
	for _, name := range []string{"checkouts", "people"} {
		w.objects["OwnershipSource/"+name] = richObjects["OwnershipSource/"+name]
	}
	w.sources[1].Discover = false
	w.bob().Name = "1"
	w.web().Maintainers = []string{"ann"}
	return w
}

func (w *richWorld) bob() *ownership.Person { return &w.source("people").People[1] }

func (w *richWorld) web() *ownership.Team {
	teams := w.source("people").Teams
	return &teams[len(teams)-1]
}

// standingOf is what an outcome says of who is declared, and of what would be changed for that.
type standingOf struct {
	Approvers, Accountable []ownership.Holder
	Unknown, Kept          bool
	Duty                   ownership.State
	Findings               []string
	Made, Held             []string
}

func standing(t *testing.T, o *Outcome) standingOf {
	t.Helper()
	shop, duty := o.Areas[slices.IndexFunc(o.Result.Areas, isArea("web/shop"))], o.Areas[slices.IndexFunc(o.Result.Areas, isArea("web/duty"))]
	if shop.DeclaredUnknown != duty.DeclaredUnknown || shop.DeclaredKept != duty.DeclaredKept {
		t.Errorf("the shop is unknown %q (kept %v), the duty %q (%v)", shop.DeclaredUnknown, shop.DeclaredKept, duty.DeclaredUnknown, duty.DeclaredKept)
	}
	s := standingOf{
		Unknown: shop.DeclaredUnknown != "", Kept: shop.DeclaredKept, Duty: area(t, o.Result, "web/duty").State,
	}
	for _, declared := range shop.Declared.Of(ownership.Approver) {
		s.Approvers = append(s.Approvers, declared.Holder)
	}
	for _, declared := range duty.Declared.Of(ownership.Accountable) {
		s.Accountable = append(s.Accountable, declared.Holder)
	}
	for _, finding := range o.Result.Findings {
		if finding.Status == ownership.Raised {
			s.Findings = append(s.Findings, finding.Policy+" "+finding.Subject+" "+finding.Key)
		}
	}
	made := plan.Make(plan.Input{Now: now, Snapshot: o.Snapshot, Areas: o.Areas, Drift: o.Result.Drift()})
	for _, change := range made.Changes {
		s.Made = append(s.Made, fmt.Sprintf("%s %s", change.Operation, strings.Join(change.Owners, ",")))
	}
	for _, held := range made.Held {
		s.Held = append(s.Held, fmt.Sprintf("%s %s %s", held.Brake, held.Operation, strings.Join(held.Owners, ",")))
	}
	return s
}

func isArea(id ownership.AreaID) func(ownership.AreaResult) bool {
	return func(area ownership.AreaResult) bool { return area.ID == id }
}

// A policy that cannot tell what it declares keeps what it declared last, over any number of passes, and nothing is changed
// for it meanwhile. When it can tell again, that counts.
func TestDeclaredIsKept(t *testing.T) {
	const key = "ResponsibilityPolicy/declares"
	for name, lose := range map[string]func(*richWorld){
		"undetermined":       func(w *richWorld) { w.web().Unknown, w.web().Maintainers = why, nil },
		"undetermined whole": func(w *richWorld) { w.source("people").Unknown = why },
		"failing":            func(w *richWorld) { w.bob().Name = "Bob" },
		"overrunning":        func(w *richWorld) { w.bob().Name = "6000" },
		"not Rego":           func(w *richWorld) { w.objects[key] = strings.Replace(w.objects[key], "counted if {", "counted if", 1) },
		"not compiling": func(w *richWorld) {
			w.objects[key] = strings.Replace(w.objects[key], ".maintainers)", ".maintianers)", 1)
		},
		"no manifest": func(w *richWorld) { w.broken[key] = true },
		"no YAML":     func(w *richWorld) { w.objects[key] = "  mode: Enforce\n  regoFile: [\n" },
		"no file":     func(w *richWorld) { w.objects[key] = "  mode: Enforce\n  regoFile: gone.rego\n" },
	} {
		t.Run(name, func(t *testing.T) {
			loader, engine := newRichLoader(t), New()
			pass := func(change ...func(*richWorld)) (*Outcome, Input) {
				t.Helper()
				w := newDeclaringWorld()
				for _, change := range change {
					change(w)
				}
				in := loader.input(w)
				in.Deadline = 100 * time.Millisecond
				outcome, err := engine.Pass(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				return outcome, in
			}
			known := standingOf{
				Approvers: []ownership.Holder{"user:ann"}, Accountable: []ownership.Holder{"team:acme/pay"}, Duty: ownership.Owned,
				Made: []string{"add-owner @ann-gh"},
			}
			kept := known
			kept.Unknown, kept.Kept, kept.Made = true, true, nil // nothing is known to be missing, so there is not even a change to hold
			check := func(step string, want standingOf, o *Outcome) {
				t.Helper()
				if diff := cmp.Diff(want, standing(t, o)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", step, diff)
				}
			}
			first, _ := pass()
			check("at first", known, first)
			declared := first.Kept()
			lost, in := pass(lose)
			check("lost", kept, lost)
			again, _ := pass(lose, func(w *richWorld) { w.source("checkouts").Repositories[0].Files.Paths[0] = "README.txt" })
			check("lost, and something else has changed", kept, again)
			back, _ := pass(func(w *richWorld) { w.web().Maintainers = []string{"finn"} })
			after := known
			after.Approvers, after.Made = []ownership.Holder{"user:finn"}, []string{"add-owner @finn"}
			check("back, with somebody else", after, back)

			in.Kept = declared
			warm, err := Pass(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			check("another engine that is given what was declared", kept, warm)
			in.Kept = nil
			cold, err := Pass(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			check("another engine that knows nothing", standingOf{Unknown: true, Duty: ownership.Unknown}, cold)
		})
	}
}

// What a policy of the same name declares is kept only while it is lost: if it comes back changed and cannot tell, what the
// other one declared is not its own.
func TestDeclaredByAnotherIsNotKept(t *testing.T) {
	const key = "ResponsibilityPolicy/declares"
	loader, engine := newRichLoader(t), New()
	undetermined := func(w *richWorld) { w.web().Unknown = why }
	pass := func(changes ...func(*richWorld)) standingOf {
		t.Helper()
		w := newDeclaringWorld()
		for _, change := range changes {
			change(w)
		}
		outcome, err := engine.Pass(t.Context(), loader.input(w))
		if err != nil {
			t.Fatal(err)
		}
		return standing(t, outcome)
	}
	pass()
	pass(func(w *richWorld) { w.broken[key] = true })
	if got := pass(undetermined); !got.Kept {
		t.Errorf("it is the same as before it was lost, so what it declared stands: %+v", got)
	}
	pass(func(w *richWorld) { w.broken[key] = true })
	other := func(w *richWorld) {
		w.objects[key] = strings.Replace(w.objects[key], "team:acme/pay", "team:acme/ops", 1)
	}
	if got := pass(undetermined, other); got.Kept || !got.Unknown || len(got.Accountable) > 0 {
		t.Errorf("it is another one than before it was lost: %+v", got)
	}
}

// What stands above what policies declare is known whatever these can tell.
func TestUndeterminedPolicyLeavesHigherLayers(t *testing.T) {
	w := newDeclaringWorld()
	w.objects["Area/duty"] += "  roles: [{role: accountable, holders: [\"user:bob\"]}]\n"
	w.bob().Name = "Bob"
	outcome := newRichLoader(t).pass(w)
	if duty := area(t, outcome.Result, "web/duty"); duty.State != ownership.Owned {
		t.Errorf("the duty is %s: %+v", duty.State, duty.Requirements)
	}
	at := slices.IndexFunc(outcome.Areas, func(a drift.Area) bool { return a.ID == "web/duty" })
	if why := outcome.Areas[at].UnknownDeclarations(ownership.Accountable); why != "" {
		t.Errorf("who is accountable is unknown: %s", why)
	}
}
