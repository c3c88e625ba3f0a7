package manifest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"pgregory.net/rapid"
)

// Each node lies on a cycle that is found exactly if following the graph from it leads back to it.
func TestCycles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := rapid.IntRange(0, 12).Draw(t, "nodes")
		next := make([]int, nodes)
		for i := range next {
			next[i] = rapid.IntRange(-1, nodes-1).Draw(t, "next")
		}
		found := map[int]int{}
		for _, cycle := range cycles(nodes, func(i int) int { return next[i] }) {
			if cycle[0] != slices.Min(cycle) {
				t.Fatalf("%v does not begin with its smallest node", cycle)
			}
			for i, member := range cycle {
				found[member]++
				if next[member] != cycle[(i+1)%len(cycle)] {
					t.Fatalf("%v is no cycle of %v", cycle, next)
				}
			}
		}
		for start := range next {
			want, at := 0, next[start]
			for range nodes {
				if at == start {
					want = 1
				}
				if at >= 0 {
					at = next[at]
				}
			}
			if found[start] != want {
				t.Fatalf("node %d of %v is on %d found cycles, want %d", start, next, found[start], want)
			}
		}
	})
}

// A role that a broken RoleConfiguration was to configure is not called unknown.
func TestRolesOfABrokenConfiguration(t *testing.T) {
	text := manifestOf("RoleConfiguration", "default", "{roles: [{name: captain, maxHolders: many}]}") + "---\n" +
		manifestOf("Area", "x", "{roles: [{role: captain, holders: ['user:a']}]}")
	set, problems := loadText(t, newLoader(t), text)
	if len(problems) != 1 || problems[0].Field != "spec.roles[0].maxHolders" || len(set.Broken) != 0 {
		t.Errorf("want one problem, the configuration's own: %v %v", problems, set.Broken)
	}
}

func TestBrokenProblemIsTheAreasOwn(t *testing.T) {
	text := manifestOf("Area", "a", "{parent: b}") + "---\n" + manifestOf("Area", "b", "{parent: a}")
	set, problems := loadText(t, newLoader(t), text)
	if len(problems) != 1 {
		t.Errorf("a cycle is reported once: %v", problems)
	}
	for id, line := range map[ownership.AreaID]int{"default/a": 4, "default/b": 9} {
		if got := set.Broken[id]; got.Reason != ReasonParentCycle || got.Problem.Line != line {
			t.Errorf("%s: want its own line %d, got %v", id, line, got)
		}
	}
}

func TestRoleDefinitions(t *testing.T) {
	zero, three, yes := int32(0), int32(3), true
	tiers, none := []string{"gold"}, []string{}
	git := []string{"git", "github"}
	configuration := &v1alpha1.RoleConfiguration{Spec: v1alpha1.RoleConfigurationSpec{Roles: []v1alpha1.RoleDefinition{
		{Name: "accountable", MaxHolders: &zero, RequiredTiers: &none},
		{Name: "approver", Exclusive: &yes},
		{Name: "captain", MaxHolders: &three, RequiredTiers: &tiers, ObservableIn: &git},
	}}}
	got := map[ownership.Role]ownership.RoleDefinition{}
	definitions := RoleDefinitions(configuration)
	for _, definition := range definitions {
		got[definition.Role] = definition
	}
	want := map[ownership.Role]ownership.RoleDefinition{
		"accountable": {Role: "accountable", RequiredTiers: []string{}, ObservableIn: []ownership.SourceKind{"catalog", "kubernetes"}},
		"approver":    {Role: "approver", Exclusive: true, ObservableIn: []ownership.SourceKind{"git", "catalog"}},
		"captain":     {Role: "captain", MaxHolders: 3, RequiredTiers: []string{"gold"}, ObservableIn: []ownership.SourceKind{"git", "github"}},
	}
	for role, definition := range want {
		if diff := cmp.Diff(definition, got[role]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
	if len(definitions) != len(ownership.DefaultRoles())+1 || definitions[len(definitions)-1].Role != "captain" {
		t.Errorf("other roles follow the defaults: %v", definitions)
	}
	if diff := cmp.Diff(ownership.DefaultRoles(), RoleDefinitions(nil)); diff != "" {
		t.Error(diff)
	}
}

func TestPlaceholders(t *testing.T) {
	given := &v1alpha1.RoleConfiguration{Spec: v1alpha1.RoleConfigurationSpec{Placeholders: []string{"team:Acme/Nobody"}}}
	cases := map[string]struct {
		configuration *v1alpha1.RoleConfiguration
		want          []string
	}{
		"NoConfiguration": {nil, []string{"team:*/unknown"}},
		"NoneGiven":       {&v1alpha1.RoleConfiguration{}, []string{"team:*/unknown"}},
		"Given":           {given, []string{"team:acme/nobody"}},
	}
	for name, c := range cases {
		if diff := cmp.Diff(c.want, Placeholders(c.configuration)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What the schema accepts as a holder, the program can read, and the other way round.
func TestHoldersAsParsed(t *testing.T) {
	loader := newLoader(t)
	schema, err := loader.schemas["Area"]()
	if err != nil {
		t.Fatal(err)
	}
	kinds := rapid.SampledFrom([]string{"user:", "team:", "schedule:", "User:", "group:", ""})
	names := rapid.StringOfN(rapid.SampledFrom([]rune("ab0Z_-./@: #,é\t\u212a")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		text := kinds.Draw(t, "kind") + names.Draw(t, "name")
		_, parseErr := ownership.ParseHolder(text)
		object := map[string]any{
			"apiVersion": apiVersion, "kind": "Area", "metadata": map[string]any{"name": "x"},
			"spec": map[string]any{"roles": []any{map[string]any{"role": "oncall", "holders": []any{text}}}},
		}
		_, errs := schema.check(t.Context(), object)
		// The Kelvin sign's lower case is a plain k; the schema does not fold letters and refuses it.
		kelvin := slices.Contains([]rune(text), '\u212a')
		if (parseErr == nil) != (len(errs) == 0) && !kelvin || parseErr != nil && len(errs) == 0 {
			t.Fatalf("%q: ParseHolder says %v, the schema %v", text, parseErr, errs)
		}
	})
}
