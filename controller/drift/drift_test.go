package drift

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func observed(source string, files int, holder ownership.Holder) ownership.Observed {
	return ownership.Observed{Holder: holder, Source: source, Files: files, Total: 4, Authoritative: true}
}

func TestCompare(t *testing.T) {
	declare := func(role ownership.Role, holders ...ownership.Holder) ownership.Assignments[ownership.Declaration] {
		declared := ownership.Assignments[ownership.Declaration]{}
		for _, holder := range holders {
			declared.Set(role, append(declared.Of(role), ownership.Declaration{Holder: holder, By: "area web/shop"}))
		}
		return declared
	}
	see := func(observed ...ownership.Observed) ownership.Assignments[ownership.Observed] {
		return ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{ownership.Approver: observed})
	}
	exclusive := func(role *ownership.RoleDefinition) { role.Exclusive = role.Role == ownership.Approver }
	for name, test := range map[string]struct {
		reason   string
		declared ownership.Assignments[ownership.Declaration]
		observed ownership.Assignments[ownership.Observed]
		unknown  string
		stalled  string
		role     func(*ownership.RoleDefinition)
		want     []string
	}{
		"in agreement":    {reason: "declared and seen on every file", declared: declare(ownership.Approver, "team:a/x"), observed: see(observed("git", 4, "team:a/x"))},
		"nowhere":         {reason: "declared, seen nowhere", declared: declare(ownership.Approver, "team:a/x"), observed: see(), want: []string{"missing team:a/x not-observed"}},
		"in part":         {reason: "declared for all, seen for some", declared: declare(ownership.Approver, "team:a/x"), observed: see(observed("git", 3, "team:a/x")), want: []string{"missing team:a/x partial-extent"}},
		"unknown":         {reason: "what cannot be read proves no absence", declared: declare(ownership.Approver, "team:a/x"), observed: see(), unknown: "no access"},
		"stalled":         {reason: "whose files these are is not settled", declared: declare(ownership.Approver, "team:a/x"), observed: see(), stalled: "ScopeConflict"},
		"not observable":  {reason: "no source shows who is consulted", declared: declare(ownership.Consulted, "team:a/x"), observed: see()},
		"more than said":  {reason: "others may own code too, unless the role is exclusive", declared: declare(ownership.Approver), observed: see(observed("git", 4, "team:a/y"))},
		"exclusive":       {reason: "only declared holders may have the role", declared: declare(ownership.Approver), observed: see(observed("git", 4, "team:a/y")), role: exclusive, want: []string{"unexpected team:a/y not-declared"}},
		"exclusive twice": {reason: "two sources show one holder: one drift", declared: declare(ownership.Approver), observed: see(observed("git", 4, "team:a/y"), observed("git2", 4, "team:a/y")), role: exclusive, want: []string{"unexpected team:a/y not-declared"}},
		"two sources":     {reason: "each of the two that differ", declared: declare(ownership.Approver), observed: see(observed("git", 4, "team:a/x"), observed("git2", 4, "team:a/y")), want: []string{"conflicting team:a/x disagreement", "conflicting team:a/y disagreement"}},
		"one says more":   {reason: "what both name is no conflict", declared: declare(ownership.Approver), observed: see(observed("git", 4, "team:a/x"), observed("git2", 4, "team:a/y"), observed("git2", 4, "team:a/x")), want: []string{"conflicting team:a/y disagreement"}},
		"informative": {
			reason: "a source that does not decide makes no drift", declared: declare(ownership.Approver),
			observed: see(ownership.Observed{Holder: "team:a/x", Source: "git"}, ownership.Observed{Holder: "team:a/y", Source: "git2"}), role: exclusive,
		},
		"a placeholder": {reason: "it counts as no owner", declared: declare(ownership.Accountable, "team:a/unknown"), observed: see(), want: []string{"invalid team:a/unknown placeholder"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := emptySnapshot()
			for i := range s.Roles {
				if test.role != nil {
					test.role(&s.Roles[i])
				}
			}
			area := areaWith(ownership.Coverage{Total: 4})
			area.Repositories, area.Observed, area.Stalled = []string{"a/shop"}, test.observed, test.stalled
			area.UnknownRoles = map[ownership.Role]string{ownership.Approver: test.unknown}
			var got []string
			for _, d := range Compare(Area{Area: area, Declared: test.declared}, s) {
				got = append(got, strings.Join([]string{string(d.Kind), string(d.Holder), d.Reason}, " "))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s:\n%s", test.reason, diff)
			}
		})
	}
}

func TestHolderRequirement(t *testing.T) {
	role := ownership.RoleDefinition{Role: ownership.Accountable, RequiredTiers: []string{"*"}}
	declared := func(holders ...ownership.Holder) Area {
		area := Area{Area: areaWith(ownership.Coverage{}), Declared: ownership.Assignments[ownership.Declaration]{}}
		for _, holder := range holders {
			area.Declared.Set(role.Role, append(area.Declared.Of(role.Role), ownership.Declaration{Holder: holder}))
		}
		return area
	}
	over := declared()
	over.Ended = map[ownership.Role]string{role.Role: "ended on 2026-10-01 (roleassignment web/x)"}
	unsure := declared()
	unsure.DeclaredUnknown = "a policy failed"
	left := person("ann")
	left.Ends = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		reason   string
		area     Area
		people   []ownership.Person
		complete bool
		want     ownership.RequirementStatus
	}{
		"nobody":              {"nothing is declared", declared(), []ownership.Person{person("ann")}, true, ownership.Unmet},
		"somebody":            {"the person is listed", declared("user:ann"), []ownership.Person{person("ann")}, true, ownership.Met},
		"a stranger":          {"the list is complete without them", declared("user:eve"), []ownership.Person{person("ann")}, true, ownership.Unmet},
		"maybe a stranger":    {"the list is not complete", declared("user:eve"), []ownership.Person{person("ann")}, false, ownership.UnknownIfMet},
		"somebody who left":   {"their end date has passed", declared("user:ann"), []ownership.Person{left}, true, ownership.Unmet},
		"one of two is fine":  {"one holder who is alive is enough", declared("user:eve", "user:ann"), []ownership.Person{person("ann")}, true, ownership.Met},
		"an assignment ended": {"what is over gives nothing", over, []ownership.Person{person("ann")}, true, ownership.Unmet},
		"a policy failed":     {"what it would declare is unknown", unsure, []ownership.Person{person("ann")}, true, ownership.UnknownIfMet},
	} {
		t.Run(name, func(t *testing.T) {
			s := snapshotOf(ownership.Observation{Source: "people", Kind: ownership.SourcePeople, People: test.people, AllPeople: test.complete})
			if got := holderRequirement(test.area, role, s); got.Status != test.want {
				t.Errorf("got %+v, want %s: %s", got, test.want, test.reason)
			}
		})
	}
}

// Where a policy that declares failed, a lower layer's holder stands in its place: nothing may be made of it.
func TestCompareWithUnknownDeclarations(t *testing.T) {
	area := areaWith(ownership.Coverage{Total: 4})
	area.Repositories = []string{"a/shop"}
	declared := ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{
		ownership.Approver: {{Holder: "team:a/x"}}, ownership.Accountable: {{Holder: "team:a/unknown"}},
	})
	if got := Compare(Area{Area: area, Declared: declared, DeclaredUnknown: "a policy failed"}, emptySnapshot()); len(got) > 0 {
		t.Errorf("drift rests on declarations that are unknown: %v", got)
	}
	area.Layers.Set(ownership.Approver, []snapshot.LayerHolders{{Layer: ownership.LayerArea, Declarations: declared.Of(ownership.Approver)}})
	if got := Compare(Area{Area: area, Declared: declared, DeclaredUnknown: "a policy failed"}, emptySnapshot()); len(got) != 1 || got[0].Role != ownership.Approver {
		t.Errorf("what the Area declares stands above what a policy would: %v", got)
	}
}
