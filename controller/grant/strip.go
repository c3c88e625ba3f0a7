package grant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// changes are what grants change of areas.
type changes struct {
	areas  []changedArea
	broken map[ownership.AreaID]manifest.Broken
}

type changedArea struct {
	at     int
	object manifest.Object[v1alpha1.Area]
}

// withoutDenied takes out of areas what is denied, notes what is unknown, and lowers modes.
func (a *applier) withoutDenied() changes {
	c := changes{broken: map[ownership.AreaID]manifest.Broken{}}
	for _, one := range a.areas {
		object := a.set.Areas[one.at]
		mode := one.effectiveMode()
		problem, v := one.problem(object)
		switch v {
		case denied:
			problem.Reason = manifest.ReasonScopeDenied
			a.problems = append(a.problems, problem)
			value, moved := one.strip()
			object = manifest.Without(object, value, moved)
			c.breakArea(a.set, one.id, manifest.ReasonScopeDenied, problem)
		case uncertain:
			c.breakArea(a.set, one.id, manifest.ReasonScopeUnknown, problem)
		}
		if broken := a.set.Broken[one.id]; !broken.Declares() && one.rights.nothing() {
			broken.Nobody = true
			c.broken[one.id] = broken
		}
		a.lost = append(a.lost, one.doubts(object.Location)...)
		if one.capped != "" {
			a.problems = append(a.problems, capped(string(one.id), one.rights, one.capped, mode, object.FieldLocation("spec.mode")))
			object.Value.Spec.Mode = string(mode)
		}
		if v == denied || one.capped != "" {
			c.areas = append(c.areas, changedArea{one.at, object})
		}
	}
	return c
}

// breakArea keeps a reason for which nothing is known of what the area declares.
func (c *changes) breakArea(set *manifest.Set, id ownership.AreaID, reason string, problem ownership.Problem) {
	if set.Broken[id].Declares() {
		c.broken[id] = manifest.Broken{Reason: reason, Problem: problem}
	}
}

// strip gives the Area without what is denied, and where the parts that are left stood. A repository of which no path is left
// is left out: without paths, it would be claimed as a whole.
func (a *area) strip() (v1alpha1.Area, map[string]string) {
	value, moved := *a.value, map[string]string{}
	if a.dead {
		value.Spec.Scope, value.Spec.Roles = v1alpha1.Scope{}, nil
		return value, nil
	}
	deny := map[[3]int]bool{}
	for _, e := range a.elements {
		if e.verdict == denied {
			deny[[3]int{int(e.list()), e.index, e.path}] = true
		}
	}
	scope := &value.Spec.Scope
	scope.Repositories = nil
	for i, repository := range a.value.Spec.Scope.Repositories {
		if deny[[3]int{int(claimsFiles), i, -1}] {
			continue
		}
		was, is := at("spec.scope.repositories", i), at("spec.scope.repositories", len(scope.Repositories))
		var paths []string
		for j, path := range repository.Paths {
			if !deny[[3]int{int(claimsFiles), i, j}] {
				move(moved, at(was+".paths", j), at(is+".paths", len(paths)))
				paths = append(paths, path)
			}
		}
		if len(repository.Paths) > 0 && len(paths) == 0 {
			continue
		}
		move(moved, was, is)
		move(moved, was+".name", is+".name")
		scope.Repositories = append(scope.Repositories, v1alpha1.RepositoryScope{Name: repository.Name, Paths: paths})
	}
	scope.Entities = left(a.value.Spec.Scope.Entities, func(i int) bool { return deny[[3]int{int(claimsEntity), i, 0}] }, "spec.scope.entities", moved)
	scope.Namespaces = left(a.value.Spec.Scope.Namespaces, func(i int) bool { return deny[[3]int{int(claimsNamespace), i, 0}] }, "spec.scope.namespaces", moved)
	value.Spec.Roles = a.stripRoles(moved)
	return value, moved
}

// list is the list that the element is in: a namespace by its name and one by its labels are in the same.
func (e *element) list() claimKind {
	if e.kind == claimsSelected {
		return claimsNamespace
	}
	return e.kind
}

func (a *area) stripRoles(moved map[string]string) []v1alpha1.RoleHolders {
	var roles []v1alpha1.RoleHolders
	for i, role := range a.value.Spec.Roles {
		was, is := at("spec.roles", i), at("spec.roles", len(roles))
		role.Holders = left(role.Holders, func(j int) bool {
			return slices.ContainsFunc(a.holders, func(h judgedHolder) bool { return h.role == i && h.holder == j && h.verdict == denied })
		}, "", nil)
		if len(role.Holders) == 0 {
			continue
		}
		move(moved, was, is)
		move(moved, was+".role", is+".role")
		roles = append(roles, role)
	}
	return roles
}

// left gives the parts of a list that are not taken out.
func left[T any](list []T, out func(i int) bool, field string, moved map[string]string) []T {
	var kept []T
	for i, part := range list {
		if out(i) {
			continue
		}
		if field != "" {
			move(moved, at(field, i), at(field, len(kept)))
		}
		kept = append(kept, part)
	}
	return kept
}

func move(moved map[string]string, was, is string) {
	if was != is {
		moved[is] = was
	}
}

// doubts are what of the Area is unknown, since it is not known what is granted.
func (a *area) doubts(location ownership.Location) []manifest.Lost {
	scope := manifest.Lost{Kind: "Area", Namespace: a.value.Namespace, Name: a.value.Name, Location: location}
	all := true
	for _, e := range a.elements {
		if e.verdict != uncertain {
			all = all && e.verdict == denied
			continue
		}
		switch e.kind {
		case claimsFiles:
			scope.Repositories = append(scope.Repositories, strings.ToLower(a.value.Spec.Scope.Repositories[e.index].Name))
		case claimsEntity:
			scope.Entities = true
		default:
			scope.Namespaces = true
		}
		scope.Because = fmt.Sprintf("whether a grant to the namespace %q gives what %s claims is unknown: %s", a.value.Namespace, a.id, a.rights.why())
	}
	var found []manifest.Lost
	if scope.Because != "" {
		slices.Sort(scope.Repositories)
		scope.Repositories = slices.Compact(scope.Repositories)
		found = append(found, scope)
		if all { // who has a role in what is perhaps nobody's?
			return append(found, a.doubtRole("", location))
		}
	}
	for _, h := range a.holders {
		if h.verdict == uncertain {
			found = append(found, a.doubtRole(a.value.Spec.Roles[h.role].Role, location))
		}
	}
	for _, h := range a.uninherited {
		if h.verdict == uncertain {
			found = append(found, a.doubtRole(h.role, location))
		}
	}
	return found
}
