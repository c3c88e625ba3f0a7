package policy

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/policy/store"
)

// propertyPolicies read facts in every way: directly, through helpers, negated,
// counted, absent.
var propertyPolicies = []string{`
deny contains {"key": h.holder, "message": "gone"} if {
	some h in input.declared.accountable
	not data.remit.people[h.holder].active
}`, `
people contains m if {
	some h in input.observed.approver
	some m in data.remit.teams[h.holder].active_members
}

people contains h.holder if {
	some h in input.observed.approver
	data.remit.people[h.holder]
}

deny contains {"key": "few", "message": sprintf("%d", [count(people)])} if count(people) < 2
`, `
warn contains {"key": "none", "message": "nobody"} if {
	every role in ["accountable", "approver"] {
		count(input.declared[role]) + count(input.observed[role]) == 0
	}
}`, `
size(holder) := count(data.remit.teams[holder].members)

default size(_) := 0

deny contains {"key": h.holder, "message": "small"} if {
	some h in input.declared.accountable
	size(h.holder) == 0
}`, `
deny contains {"key": "coverage", "message": "bad"} if input.coverage.owned < input.coverage.total / 2

deny contains {"key": "parent", "message": "the parent has nobody"} if {
	parent := data.remit.areas[input.area.parent]
	count(parent.declared.accountable) == 0
}`, `
deny contains {"key": "idle", "message": "nobody works here"} if count([c | some c in input.contributors; not c.bot]) == 0

warn contains {"key": "load", "message": "nothing to do"} if {
	some h in input.declared.accountable
	not data.remit.load[h.holder]
}`}

// TestUnknownNeverRaises: whatever fact is made unknown, which is to say taken
// out of the documents and named as unknown, no finding is raised that was not
// raised before.
func TestUnknownNeverRaises(t *testing.T) {
	var sources []Source
	for i, text := range propertyPolicies {
		sources = append(sources, source(fmt.Sprintf("p%d", i), head("")+text))
	}
	set := mustCompile(t, sources...)
	rapid.Check(t, func(t *rapid.T) {
		input, data := drawArea(t), drawData(t)
		known := raised(t, set, data, input, nil, nil)
		inputUnknown := hideInput(t, input)
		dataUnknown := hideData(t, data)
		for _, finding := range raised(t, set, data, input, inputUnknown, dataUnknown) {
			if !slices.Contains(known, finding) {
				t.Fatalf("%s is raised because of unknown facts: %v %v", finding, inputUnknown, dataUnknown)
			}
		}
	})
}

func raised(t *rapid.T, set *Set, data *Data, input *AreaInput, inputUnknown, dataUnknown []store.Unknown) []string {
	from, err := NewStore(data, dataUnknown...)
	if err != nil {
		t.Fatal(err)
	}
	subject := areaSubject(input)
	subject.Unknown = inputUnknown
	judgement, err := set.Judge(t.Context(), from, []Subject{subject}, Options{Workers: 1})
	if err != nil || len(judgement.Failures) > 0 {
		t.Fatal(err, judgement.Failures)
	}
	var keys []string
	for _, finding := range judgement.Findings {
		if finding.Status == ownership.Raised {
			keys = append(keys, finding.Policy+"/"+finding.Key)
		}
	}
	return keys
}

var holders = []string{"user:a", "user:b", "team:x/one", "team:x/two"}

func drawArea(t *rapid.T) *AreaInput {
	input := area("a")
	input.Area.Parent = rapid.SampledFrom([]string{"", "b", "c"}).Draw(t, "parent")
	for _, role := range []string{"accountable", "approver"} {
		for _, holder := range rapid.SliceOfNDistinct(rapid.SampledFrom(holders), 0, 2, rapid.ID).Draw(t, role) {
			input.Declared[role] = append(input.Declared[role], DeclaredHolder{Holder: holder})
			if rapid.Bool().Draw(t, "observed") {
				input.Observed[role] = append(input.Observed[role], ObservedHolder{Holder: holder})
			}
		}
	}
	total := rapid.IntRange(0, 4).Draw(t, "total")
	input.Coverage = CoverageDocument{Total: total, Owned: rapid.IntRange(0, total).Draw(t, "owned")}
	if rapid.Bool().Draw(t, "works") {
		input.Contributors = []ContributorDocument{{Holder: "user:a", Bot: rapid.Bool().Draw(t, "bot")}}
	}
	return input
}

func drawData(t *rapid.T) *Data {
	data := &Data{People: map[string]PersonDocument{}, Teams: map[string]TeamDocument{}, Areas: map[string]AreaView{}, Load: map[string]LoadDocument{}}
	for _, holder := range holders {
		if !rapid.Bool().Draw(t, "exists") {
			continue
		}
		if ownership.Holder(holder).Kind() == ownership.HolderUser {
			data.People[holder] = PersonDocument{Active: rapid.Bool().Draw(t, "active")}
		} else {
			members := rapid.SliceOfNDistinct(rapid.SampledFrom(holders[:2]), 0, 2, rapid.ID).Draw(t, "members")
			data.Teams[holder] = TeamDocument{Members: members, ActiveMembers: members[:rapid.IntRange(0, len(members)).Draw(t, "active")]}
		}
		data.Load[holder] = LoadDocument{Areas: 1}
	}
	data.Areas["b"] = AreaView{Declared: map[string][]DeclaredHolder{"accountable": {}}}
	if rapid.Bool().Draw(t, "parent's") {
		data.Areas["b"].Declared["accountable"] = []DeclaredHolder{{Holder: "user:a"}}
	}
	return data
}

// hideInput takes facts out of the input and names them.
func hideInput(t *rapid.T, input *AreaInput) []store.Unknown {
	var unknown []store.Unknown
	hide := func(take func(), path ...string) {
		if rapid.IntRange(0, 3).Draw(t, "hide "+path[0]) == 0 {
			take()
			unknown = append(unknown, store.Unknown{Path: path, Because: "hidden"})
		}
	}
	hide(func() { input.Declared["accountable"] = nil }, "declared", "accountable")
	hide(func() { delete(input.Observed, "approver") }, "observed", "approver")
	hide(func() { input.Observed = nil }, "observed")
	hide(func() { input.Coverage.Owned = 0 }, "coverage", "owned")
	hide(func() { input.Coverage = CoverageDocument{} }, "coverage")
	hide(func() { input.Contributors = nil }, "contributors")
	hide(func() { input.Area.Parent = "" }, "area", "parent")
	return unknown
}

func hideData(t *rapid.T, data *Data) []store.Unknown {
	var unknown []store.Unknown
	hide := func(take func(), incomplete bool, path ...string) {
		if rapid.IntRange(0, 4).Draw(t, "hide "+path[0]) == 0 {
			take()
			unknown = append(unknown, store.Unknown{Path: append([]string{"remit"}, path...), Because: "hidden", Incomplete: incomplete})
		}
	}
	hide(func() { data.People = nil }, false, "people")
	hide(func() { data.Load = nil }, false, "load")
	hide(func() { delete(data.Load, "user:a") }, true, "load")
	hide(func() { delete(data.People, "user:a") }, false, "people", "user:a")
	hide(func() { delete(data.Teams, "team:x/one") }, true, "teams")
	hide(func() { data.Areas = nil }, false, "areas")
	hide(func() {
		if team, ok := data.Teams["team:x/two"]; ok {
			team.Members, team.ActiveMembers = nil, nil
			data.Teams["team:x/two"] = team
		}
	}, false, "teams", "team:x/two")
	return unknown
}
