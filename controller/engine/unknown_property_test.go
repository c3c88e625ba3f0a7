package engine

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// rich is the world as a richWorld: with all policies, whatever those of the world are.
func (w *randomWorld) rich() *richWorld {
	r := &richWorld{objects: map[string]string{}, broken: map[string]bool{}, sources: []snapshot.Source{
		{Name: "cluster", Kind: ownership.SourceKubernetes, Discover: true, Mode: ownership.Enforce, Observation: w.cluster},
		{Name: "git", Kind: ownership.SourceGit, Discover: true, Mode: ownership.Enforce, Observation: w.git},
		{Name: "people", Kind: ownership.SourcePeople, Observation: w.people},
	}}
	r.objects["OwnershipSource/git"] = "  mode: Enforce\n  git: {path: git, discover: true}\n"
	r.objects["OwnershipSource/cluster"] = "  mode: Enforce\n  kubernetes: {discover: true}\n"
	r.objects["OwnershipSource/people"] = "  people: {path: people.yaml}\n"
	for name, spec := range w.areas {
		r.objects["Area/"+name] = "  mode: Enforce\n" + spec
	}
	for name, spec := range w.assignments {
		if spec != "" {
			r.objects["RoleAssignment/"+name] = spec
		}
	}
	if w.roles != "" {
		r.objects["RoleConfiguration/default"] = w.roles
	}
	r.addPolicies()
	r.addWrong(wrongRules, "honest")
	return r
}

// In whatever organisation, whatever facts are unknown at once, of which some were unknown before: nothing is added.
func TestUnknownAddsNothingAnywhere(t *testing.T) {
	for name, draw := range map[string]func(*rapid.T) *richWorld{
		"random": func(t *rapid.T) *richWorld { return newRandomWorld(t).rich() },
		"rich": func(t *rapid.T) *richWorld {
			w := newRichWorld()
			w.addPolicies()
			w.addWrong(wrongRules, "honest")
			forgetSome(t, w, 2)
			return w
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loader := newRichLoader(t)
			rapid.Check(t, func(rt *rapid.T) {
				w := draw(rt)
				before := loader.pass(w.clone(rt))
				forgotten := forgetSome(rt, w, 4)
				for _, added := range more(before, loader.pass(w)) {
					rt.Errorf("unknown is %q, and so there is %s", forgotten, added)
				}
				for _, added := range more(before, loader.passAfter(before, w)) {
					rt.Errorf("unknown is %q all at once, and so there is %s", forgotten, added)
				}
			})
		})
	}
}

// forgetSome makes some facts unknown, and says which.
func forgetSome(t *rapid.T, w *richWorld, most int) []string {
	facts := factsOf(w)
	slices.SortFunc(facts, compareFacts)
	var names []string
	for range rapid.IntRange(1, most).Draw(t, "unknown facts") {
		fact := rapid.SampledFrom(facts).Draw(t, "fact")
		fact.forget(w)
		names = append(names, fact.name)
	}
	return names
}

// passAfter is a pass that knows what policies declared in the one before.
func (l *richLoader) passAfter(before *Outcome, w *richWorld) *Outcome {
	l.t.Helper()
	in := l.input(w)
	in.Kept = before.Kept()
	return l.passOf(in)
}
