package engine

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/policies"
)

// Whatever one fact is unknown, no policy of the library finds more than before, nothing else drifts, no area is worse off,
// and nothing else is changed. Beside the library there are policies that read all that can be read.
func TestUnknownAddsNothing(t *testing.T) {
	for name, variant := range richVariants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name != "as it is" {
				t.Skip("one variant is enough for a quick look")
			}
			loader := newRichLoader(t)
			world := func() *richWorld {
				w := newRichWorld()
				w.addPolicies()
				variant(w)
				return w
			}
			before := loader.pass(world())
			judging := judgingIn(t, before)
			facts, silent := factsOf(newRichWorld()), 0
			if name != "as it is" { // there every fact counts; beside it a part of them tells whether the variant matters
				facts = everyFourth(facts)
			}
			for _, fact := range facts {
				w := world()
				fact.forget(w)
				after := loader.pass(w)
				if maps.Equal(toldBy(before), toldBy(after)) {
					silent++
				}
				for _, added := range more(before, after) {
					t.Errorf("unknown is %s, and so there is %s", fact.name, added)
				}
			}
			t.Logf("%d facts × %d policies: %d pairs; %d facts are of no consequence", len(facts), judging, len(facts)*judging, silent)
			if name == "as it is" && silent > len(facts)/6 {
				t.Errorf("%d of %d facts are of no consequence: the world is too poor", silent, len(facts))
			}
		})
	}
}

func everyFourth[T any](all []T) []T {
	var some []T
	for i := 0; i < len(all); i += 4 {
		some = append(some, all[i])
	}
	return some
}

// addPolicies adds those of the library, with several values of their parameters, and those that read all that can be read.
func (w *richWorld) addPolicies() {
	for policy, spec := range libraryInstances() {
		w.objects["ResponsibilityPolicy/"+policy] = spec
	}
	for _, name := range []string{"declares", "answers", "neighbours", "teams", "schedules", "whole"} {
		w.objects["ResponsibilityPolicy/"+name] = worldPolicies[name]
	}
}

// judgingIn counts the policies that have a subject; each of the library must have.
func judgingIn(t *testing.T, o *Outcome) int {
	t.Helper()
	judges := map[string]bool{}
	for _, status := range o.Result.Policies {
		if status.Subjects > 0 {
			judges[status.Name] = true
		}
	}
	for _, policy := range policies.Names() {
		if !judges[policy] && (policy != "offboarding" || len(o.Snapshot.People.Persons) > 0) {
			t.Errorf("%s judges nothing", policy)
		}
	}
	return len(judges)
}

// richVariants are the ways in which a richWorld is looked at. A source that is dropped is not there; its facts are of no
// consequence then.
var richVariants = map[string]func(*richWorld){
	"as it is":           func(*richWorld) {},
	"with default roles": func(w *richWorld) { delete(w.objects, "RoleConfiguration/default") },
	"with few people":    func(w *richWorld) { w.source("people").AllPeople = false },
	"without the mirror": func(w *richWorld) { w.drop("mirror") },
	"without a cluster":  func(w *richWorld) { w.drop("cluster") },
	"with strict owners": func(w *richWorld) {
		key := "RoleConfiguration/default"
		w.objects[key] = strings.Replace(w.objects[key], "{name: accountable,", "{name: accountable, exclusive: true,", 1)
	},
	"without a catalog":  func(w *richWorld) { w.drop("catalog") },
	"without any people": func(w *richWorld) { w.drop("people"); w.drop("partners") },
	"without assignments": func(w *richWorld) {
		for key := range w.objects {
			if strings.HasPrefix(key, "RoleAssignment/") {
				delete(w.objects, key)
			}
		}
	},
}

// drop makes an organisation without a source; what is to be forgotten of it is not there then.
func (w *richWorld) drop(name string) { delete(w.objects, "OwnershipSource/"+name) }

func (l *richLoader) pass(w *richWorld) *Outcome {
	l.t.Helper()
	return l.passOf(l.input(w))
}

func (l *richLoader) passOf(in Input) *Outcome {
	l.t.Helper()
	outcome, err := Pass(l.t.Context(), in)
	if err != nil {
		l.t.Fatal(err)
	}
	return outcome
}

// toldBy is all that an outcome comes to, in lines.
func toldBy(o *Outcome) map[string]bool {
	all := map[string]bool{}
	for _, finding := range o.Result.Findings {
		all[fmt.Sprintf("%s %s %s %s %s", finding.Status, finding.Policy, finding.Subject, finding.Key, finding.Message)] = true
	}
	for _, area := range o.Result.Areas {
		all[fmt.Sprintf("%s %s %+v %+v", area.ID, area.State, area.Requirements, area.Coverage)] = true
		for _, d := range area.Drift {
			all[fmt.Sprintf("%s %+v", area.ID, d)] = true
		}
	}
	for name, count := range o.Result.Undetermined {
		all[fmt.Sprintf("%s %d undetermined", name, count)] = true
	}
	return all
}

// more is what the second outcome says against somebody or something that the first does not. A person may have another
// name in the second, since it is not known any more whose that is.
func more(before, after *Outcome) []string {
	var found []string
	people := before.Snapshot.People
	named := func(name string) string {
		if login, is := strings.CutPrefix(name, "user:"); is {
			return string(people.Person(login))
		}
		return name
	}
	claims := map[string]bool{}
	for claim := range claimsOf(before) {
		claims[userName.ReplaceAllStringFunc(claim, named)] = true
	}
	for claim := range claimsOf(after) {
		if claim = userName.ReplaceAllStringFunc(claim, named); !claims[claim] {
			found = append(found, claim)
		}
	}
	slices.Sort(found)
	return found
}

var userName = regexp.MustCompile(`user:[^ /]+`)

// claimsOf are the findings raised, the drift, what areas lack and what would be changed.
func claimsOf(o *Outcome) map[string]bool {
	claims := map[string]bool{}
	for _, finding := range o.Result.Findings {
		if finding.Status == ownership.Raised {
			claims[fmt.Sprintf("a finding of %s on %s: %s", finding.Policy, finding.Subject, finding.Key)] = true
		}
	}
	for _, area := range o.Result.Areas {
		for _, d := range area.Drift {
			claims[fmt.Sprintf("drift of %s: %s %s %s %s", area.ID, d.Kind, d.Role, d.Holder, d.Reason)] = true
		}
		for _, requirement := range area.Requirements {
			switch requirement.Status {
			case ownership.Unmet:
				claims[fmt.Sprintf("%s without any %s", area.ID, requirement.Role)] = true
				claims[fmt.Sprintf("%s without a %s in part", area.ID, requirement.Role)] = true
			case ownership.PartlyUnmet:
				claims[fmt.Sprintf("%s without a %s in part", area.ID, requirement.Role)] = true
			}
		}
		switch area.State {
		case ownership.Unowned:
			claims[fmt.Sprintf("%s unowned", area.ID)] = true
			claims[fmt.Sprintf("%s not owned", area.ID)] = true
		case ownership.Partial:
			claims[fmt.Sprintf("%s not owned", area.ID)] = true
		}
		c := area.Coverage
		for lacking := range c.Total - c.Undetermined - c.Effective {
			claims[fmt.Sprintf("file %d of %s without an owner", lacking+1, area.ID)] = true
		}
	}
	maps.Copy(claims, changesOf(o))
	return claims
}

// changesOf are the files whose owners the plan would change, and which owners.
func changesOf(o *Outcome) map[string]bool {
	in := plan.Input{Now: now, Snapshot: o.Snapshot, Areas: o.Areas, Drift: o.Result.Drift()}
	byRepository := map[string][]ownership.Change{}
	made := plan.Make(in).Changes
	for _, change := range made {
		if change.Target != ownership.TargetCodeowners {
			continue
		}
		byRepository[change.Repository] = append(byRepository[change.Repository], change)
	}
	changes := labelChanges(made)
	for id, all := range byRepository {
		facts := o.Snapshot.Repository(id).Facts
		before := codeowners.Parse(facts.Codeowners.Text)
		text, err := before.Apply(plan.Edits(all)...)
		if err != nil {
			changes[fmt.Sprintf("a plan for %s that cannot be made: %v", id, err)] = true
			continue
		}
		after := codeowners.Parse(text)
		for _, path := range facts.Files.Paths {
			old, now := ownersOfFile(before, path), ownersOfFile(after, path)
			for _, owner := range now {
				if !slices.Contains(old, owner) {
					changes[fmt.Sprintf("a change: %s %s gets %s", id, path, owner)] = true
				}
			}
			for _, owner := range old {
				if !slices.Contains(now, owner) {
					changes[fmt.Sprintf("a change: %s %s loses %s", id, path, owner)] = true
				}
			}
		}
	}
	return changes
}

func ownersOfFile(file *codeowners.File, path string) []string {
	match := file.Compile().Match(path)
	if match.Rule < 0 {
		return nil
	}
	var owners []string
	for _, owner := range file.Rules()[match.Rule].Owners {
		owners = append(owners, owner.Text)
	}
	return owners
}
