package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
)

// maxSuggestions bounds how many missing names are compared with all others.
const maxSuggestions = 200

// identity is what may be there once.
type identity struct{ kind, namespace, name string }

// assembler puts checked objects together and checks what an object's own schema cannot see.
type assembler struct {
	set      *Set
	first    map[identity]entry // who has the name
	invalid  map[identity]entry // objects left out for their errors
	areas    map[ownership.AreaID]int
	problems []ownership.Problem
	suggests int
	// guessed are the documents and files that could not be read.
	guessed []entry
	// each says that a problem is told of every object that it touches, since each has a status; else once, where it is.
	each bool
}

// assemble makes the set.
//
//	what cannot be read                         is lost: it may be what its text can mean
//	the same kind, namespace and name again     left out
//	two Teams of one ID                         the second is left out
//	an Area with errors                         its name, tier and scope stay, and it is broken
//	an Area's parent that is missing or cyclic  the Area stays, and is broken
//	a Team's parents in a cycle                 the Teams stay, without a parent: what is absent is unmanaged
//	a Team's parent that is no manifest         a warning: a source may know it
//	a RoleAssignment of a missing Area          left out
//	a role that is not configured               an Area is broken, a RoleAssignment left out; a source stays, as a
//	                                            role that does not exist is decided nowhere
func assemble(entries []entry, each bool) (*Set, []ownership.Problem) {
	a := &assembler{
		set:     &Set{Broken: map[ownership.AreaID]Broken{}, Invalid: map[string]int{}},
		first:   make(map[identity]entry, len(entries)),
		invalid: map[identity]entry{},
		areas:   map[ownership.AreaID]int{},
		each:    each,
	}
	for _, e := range entries {
		a.add(e)
	}
	for i := range a.set.Areas {
		a.areas[AreaID(&a.set.Areas[i].Value)] = i
	}
	a.checkTeams()
	a.checkParents()
	a.checkAssignments()
	a.checkRoles()
	a.addInvalidAreas(entries)
	a.checkReferences(entries)
	a.addGuessed()
	return a.set, a.problems
}

// addGuessed adds what may stand in what could not be read. It comes when all areas are known.
func (a *assembler) addGuessed() {
	if len(a.guessed) == 0 {
		return
	}
	areas := make([]identity, len(a.set.Areas))
	for i, area := range a.set.Areas {
		areas[i] = identity{"Area", area.Value.Namespace, area.Value.Name}
	}
	roles := a.roles()
	for _, e := range a.guessed {
		for _, kind := range e.guessed.kinds {
			lost := e.guessed.lost(kind, e.location, areas, roles)
			if len(lost) > 0 {
				a.set.Invalid[kind]++
			}
			a.set.Lost = append(a.set.Lost, lost...)
		}
	}
	slices.SortStableFunc(a.set.Lost, func(x, y Lost) int { return x.Location.Compare(y.Location) })
}

// mayHold says where an object may stand that could not be read.
func (a *assembler) mayHold(id identity) (at ownership.Location, may bool) {
	for _, e := range a.guessed {
		if !slices.Contains(e.guessed.kinds, id.kind) || e.name != "" && e.name != id.name {
			continue
		}
		if namespace := cmp.Or(e.namespace, DefaultNamespace); (namespace == AnyNamespace || namespace == id.namespace) && e.guessed.may(id.name) {
			return e.location, true
		}
	}
	return ownership.Location{}, false
}

// AreaID is the id of a declared area, "namespace/name".
func AreaID(area *v1alpha1.Area) ownership.AreaID {
	return ownership.DeclaredArea(area.Namespace, area.Name)
}

func (a *assembler) add(e entry) {
	id := identity{e.kind, e.namespace, e.name}
	if e.guessed != nil {
		a.guessed = append(a.guessed, e)
		return
	}
	if e.add == nil {
		a.invalid[id] = e
		a.set.Invalid[e.kind]++
		a.set.Lost = append(a.set.Lost, e.lost)
		return
	}
	if other, taken := a.first[id]; taken {
		a.problems = append(a.problems, ownership.Problem{
			Location: e.location, Field: "metadata.name", Reason: ReasonDuplicate,
			Message: fmt.Sprintf("%s is already declared at %s; this one is left out", e.describe(), other.location),
			Remedy:  "rename or remove one of them",
		})
		return
	}
	a.first[id] = e
	e.add(a.set)
}

// checkParents marks the areas whose parents are missing or cyclic.
func (a *assembler) checkParents() {
	for i := range a.set.Areas {
		area := &a.set.Areas[i]
		parent := area.Value.Spec.Parent
		if parent == "" {
			continue
		}
		if _, known := a.areas[ownership.DeclaredArea(area.Value.Namespace, parent)]; known {
			continue
		}
		problem, follows := a.missingArea(area.FieldLocation("spec.parent"), "spec.parent", area.Value.Namespace, parent)
		problem.Reason = ReasonParentNotFound
		a.breakArea(area, ReasonParentNotFound, problem)
		if !follows {
			a.problems = append(a.problems, problem)
		}
	}
	for _, cycle := range cycles(len(a.set.Areas), a.parentIndex) {
		names := make([]string, len(cycle), len(cycle)+1)
		for i, member := range cycle {
			names[i] = a.set.Areas[member].Value.Name
		}
		message := "the parents form a cycle: " + cycleText(names)
		for i, member := range cycle {
			area := &a.set.Areas[member]
			problem := ownership.Problem{
				Location: area.FieldLocation("spec.parent"), Field: "spec.parent", Reason: ReasonParentCycle,
				Message: message, Remedy: "remove `parent` from one of them",
			}
			a.breakArea(area, ReasonParentCycle, problem)
			if i == 0 || a.each { // else once for the cycle
				a.problems = append(a.problems, problem)
			}
		}
	}
}

// parentIndex is the index of an area's parent, or -1.
func (a *assembler) parentIndex(i int) int {
	area := &a.set.Areas[i].Value
	if area.Spec.Parent == "" {
		return -1
	}
	if parent, known := a.areas[ownership.DeclaredArea(area.Namespace, area.Spec.Parent)]; known {
		return parent
	}
	return -1
}

// breakArea keeps the first reason.
func (a *assembler) breakArea(area *Object[v1alpha1.Area], reason string, problem ownership.Problem) {
	id := AreaID(&area.Value)
	if _, already := a.set.Broken[id]; !already {
		a.set.Broken[id] = Broken{Reason: reason, Problem: problem}
	}
}

// missingArea says why a name leads to no area. It follows from other errors where the area has some, or may stand in what
// could not be read; these are said already.
func (a *assembler) missingArea(place ownership.Location, path, namespace, name string) (problem ownership.Problem, follows bool) {
	problem = ownership.Problem{Location: place, Field: path, Reason: ReasonAreaNotFound}
	id := identity{"Area", namespace, name}
	if other, invalid := a.invalid[id]; invalid {
		problem.Message = fmt.Sprintf("the Area %q has errors, at %s", name, other.location)
		problem.Reason, problem.Remedy = ReasonAreaInvalid, "correct them first"
		return problem, true
	}
	if at, may := a.mayHold(id); may {
		problem.Message = fmt.Sprintf("the Area %q may stand in what cannot be read, at %s", name, at)
		problem.Remedy = "see to that first"
		return problem, true
	}
	problem.Message = fmt.Sprintf("there is no Area %q in the namespace %q", name, namespace)
	problem.Remedy = a.suggestArea(namespace, name)
	return problem, false
}

func (a *assembler) suggestArea(namespace, name string) string {
	if a.suggests++; a.suggests > maxSuggestions {
		return "add the Area, or correct the name"
	}
	var near, elsewhere []string
	for i := range a.set.Areas {
		switch area := &a.set.Areas[i].Value; {
		case area.Namespace == namespace:
			near = append(near, area.Name)
		case area.Name == name:
			elsewhere = append(elsewhere, area.Namespace)
		}
	}
	if len(elsewhere) > 0 {
		return fmt.Sprintf("name an Area of the same namespace; this one is in %q", slices.Min(elsewhere))
	}
	return cmp.Or(nearest.Question(name, near), "add the Area, or correct the name")
}

// checkAssignments leaves out the RoleAssignments whose Area is missing.
func (a *assembler) checkAssignments() {
	a.set.RoleAssignments = slices.DeleteFunc(a.set.RoleAssignments, func(object Object[v1alpha1.RoleAssignment]) bool {
		spec := object.Value.Spec
		if _, known := a.areas[ownership.DeclaredArea(object.Value.Namespace, spec.Area)]; known {
			return false
		}
		problem, follows := a.missingArea(object.FieldLocation("spec.area"), "spec.area", object.Value.Namespace, spec.Area)
		if !follows || a.each {
			a.problems = append(a.problems, problem)
		}
		return true
	})
}

// checkTeams leaves out a second Team of the same ID and cuts cycles of parents.
func (a *assembler) checkTeams() {
	index := make(map[string]int, len(a.set.Teams))
	kept := a.set.Teams[:0]
	for _, team := range a.set.Teams {
		id := strings.ToLower(team.Value.Spec.ID)
		if other, taken := index[id]; taken {
			a.problems = append(a.problems, ownership.Problem{
				Location: team.FieldLocation("spec.id"), Field: "spec.id", Reason: ReasonDuplicate,
				Message: fmt.Sprintf("the team %s is already declared at %s; this one is left out", id, kept[other].Location),
				Remedy:  "remove one of them",
			})
			continue
		}
		index[id] = len(kept)
		kept = append(kept, team)
	}
	a.set.Teams = kept

	parent := func(i int) int {
		if at, known := index[strings.ToLower(kept[i].Value.Spec.Parent)]; known {
			return at
		}
		return -1
	}
	for _, cycle := range cycles(len(kept), parent) {
		names := make([]string, len(cycle))
		for i, member := range cycle {
			names[i] = kept[member].Value.Spec.ID
		}
		for i, member := range cycle {
			if i > 0 && !a.each {
				break
			}
			a.problems = append(a.problems, ownership.Problem{
				Location: kept[member].FieldLocation("spec.parent"), Field: "spec.parent", Reason: ReasonParentCycle,
				Message: "the parents form a cycle: " + cycleText(names) + "; none of these parents is used",
				Remedy:  "remove `parent` from one of them",
			})
		}
		for _, member := range cycle {
			kept[member].Value.Spec.Parent = ""
		}
	}
	for i := range kept {
		if kept[i].Value.Spec.Parent != "" && parent(i) < 0 {
			a.problems = append(a.problems, ownership.Problem{
				Location: kept[i].FieldLocation("spec.parent"), Field: "spec.parent", Reason: ReasonParentNotFound, Warning: true,
				Message: fmt.Sprintf("no manifest declares the parent team %q", kept[i].Value.Spec.Parent),
				Remedy:  "add a Team for it, or see that a source knows it",
			})
		}
	}
}

// cycles finds the cycles of a graph in which each node has at most one successor, each beginning with its smallest
// node. It visits each node once.
func cycles(nodes int, next func(int) int) [][]int {
	const unseen = 0
	visit := make([]int, nodes) // the walk that saw the node, counted from 1
	var found [][]int
	for start := range nodes {
		walk := start + 1
		at := start
		for at >= 0 && visit[at] == unseen {
			visit[at] = walk
			at = next(at)
		}
		if at < 0 || visit[at] != walk {
			continue
		}
		cycle := []int{at}
		for member := next(at); member != at; member = next(member) {
			cycle = append(cycle, member)
		}
		smallest := slices.Index(cycle, slices.Min(cycle))
		found = append(found, append(slices.Clone(cycle[smallest:]), cycle[:smallest]...))
	}
	return found
}

// cycleText writes "a → b → a", shortened where the cycle is long.
func cycleText(names []string) string {
	const longest = 8
	shown := slices.Clone(names)
	if len(shown) > longest {
		shown = append(shown[:longest-1], fmt.Sprintf("… (%d in all)", len(names)))
	}
	return strings.Join(append(shown, names[0]), " → ")
}
