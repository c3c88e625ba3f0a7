package grant

import (
	"fmt"
	"strconv"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// denial says what is denied and why, what must be added to which object for it to be granted, and where it stands.
type denial struct{ message, remedy, field string }

// problem says what of the Area is denied, or else what is unknown; one problem for all.
func (a *area) problem(object manifest.Object[v1alpha1.Area]) (ownership.Problem, verdict) {
	worst, count := granted, 0
	var first func() denial
	note := func(v verdict, tell func() denial) {
		if v > worst || v == granted {
			return
		}
		if v < worst {
			worst, count, first = v, 0, tell
		}
		count++
	}
	for i := range a.elements {
		note(a.elements[i].verdict, func() denial { return a.denyElement(&a.elements[i]) })
	}
	for _, h := range a.holders {
		role := a.value.Spec.Roles[h.role]
		note(h.verdict, func() denial {
			holder, _ := ownership.ParseHolder(role.Holders[h.holder]) // who is no holder is not judged
			d := a.denyHolder(roleHolder{role.Role, holder}, h.in)
			d.field = at(at("spec.roles", h.role)+".holders", h.holder)
			return d
		})
	}
	for _, h := range a.uninherited {
		note(h.verdict, func() denial { return a.denyInherited(h) })
	}
	if a.tooMany > 0 {
		note(denied, a.denyTooMany)
	}
	if worst == granted {
		return ownership.Problem{}, granted
	}
	if worst == denied {
		count += a.unsaid
	}
	d := first()
	problem := ownership.Problem{Location: object.FieldLocation(d.field), Field: d.field, Message: string(a.id) + " " + d.message}
	if count > 1 {
		problem.Message += fmt.Sprintf(" (and %d more)", count-1)
	}
	if worst == uncertain {
		problem.Message += ": " + a.rights.why()
		problem.Remedy = "see to that first"
		return problem, uncertain
	}
	problem.Remedy = d.remedy + " the Area"
	return problem, denied
}

// denyElement says that something which the Area claims is not granted.
func (a *area) denyElement(e *element) denial {
	scope := &a.value.Spec.Scope
	switch e.kind {
	case claimsFiles:
		return a.denyFiles(e)
	case claimsEntity:
		entity := scope.Entities[e.index]
		return a.deny(at("spec.scope.entities", e.index), "claims the entity "+entity, "entities: ["+quoted(entity)+"]")
	case claimsNamespace:
		name := scope.Namespaces[e.index].Name
		return a.deny(at("spec.scope.namespaces", e.index), "claims the namespace "+name, "namespaces: ["+name+"]")
	default:
		return a.deny(at("spec.scope.namespaces", e.index), "claims namespaces by their labels", "namespaces: [PATTERNS of their names]")
	}
}

func (a *area) denyFiles(e *element) denial {
	repository := a.value.Spec.Scope.Repositories[e.index]
	field, what, wish := at("spec.scope.repositories", e.index), "claims all of "+repository.Name, "repositories: [{name: "+repository.Name+"}]"
	if e.path < 0 {
		return a.deny(field, what, wish)
	}
	path := repository.Paths[e.path]
	field = at(field+".paths", e.path)
	what = "claims " + quoted(path) + " of " + repository.Name
	if e.nameless {
		return denial{what + ", by which no file can be told", "write the path as in a CODEOWNERS file, or take it out of", field}
	}
	d := a.deny(field, what, fmt.Sprintf("repositories: [{name: %s, paths: [%s]}]", repository.Name, quoted(path)))
	if pattern, ok := codeowners.CompilePattern(codeowners.Anchored(path)); ok && pattern.NamesSensitive() {
		d.message += "; CODEOWNERS files and .github/ are given by their own names only"
	}
	return d
}

// deny says that something which is claimed is not granted; wish is what would grant it.
func (a *area) deny(field, what, wish string) denial {
	return denial{what + ", " + a.rights.none("gives"), a.rights.ask(wish) + ", or take it out of", field}
}

// none says that no grant does it.
func (r *rights) none(does string) string {
	if len(r.certain) == 0 && r.suspended != "" {
		return fmt.Sprintf("and no grant is to the namespace %q: those of the OwnershipSource %q do not count while it is suspended", r.namespace, r.suspended)
	}
	if len(r.certain) == 0 {
		return fmt.Sprintf("and no grant is to the namespace %q", r.namespace)
	}
	return fmt.Sprintf("which no grant to the namespace %q %s", r.namespace, does)
}

// denyHolder says that somebody may not have a role; in is what they may not have it for, nil for the Area as such.
func (a *area) denyHolder(h roleHolder, in *element) denial {
	message := fmt.Sprintf("makes %s %s%s, %s", h.holder, h.role, a.of(in), a.rights.none("allows"))
	return denial{message: message, remedy: a.askHolder(h, in) + ", or take them out of"}
}

func (a *area) denyInherited(h uninherited) denial {
	message := fmt.Sprintf("inherits %s as %s from %s%s, %s", h.holder, h.role, h.from, a.of(h.in), a.rights.none("allows"))
	return denial{message, a.askHolder(h.roleHolder, h.in) + ", or declare the role in", "spec.parent"}
}

func (a *area) denyTooMany() denial {
	return denial{
		fmt.Sprintf("would inherit %d holders from %s, and may inherit %d, so that it inherits nobody", a.tooMany, a.parent.id, maxInherited), "declare the roles in", "spec.parent",
	}
}

// askHolder is what would allow the holder: it is to stand in the grant that gives what the role is for.
func (a *area) askHolder(h roleHolder, in *element) string {
	wish := fmt.Sprintf("holders: [%s], roles: [%s]", quoted(string(h.holder)), h.role)
	grants := a.rights.certain
	if in != nil && len(in.by) > 0 {
		grants = in.by
	}
	if len(grants) == 0 {
		return a.rights.ask(wish)
	}
	return fmt.Sprintf("if it should be so, have whoever may edit OwnershipSources allow that in %s: %s", grants[0], wish)
}

// of says what a role is for.
func (a *area) of(e *element) string {
	if e == nil {
		return ""
	}
	scope := &a.value.Spec.Scope
	switch e.kind {
	case claimsFiles:
		return " for " + scope.Repositories[e.index].Name
	case claimsEntity:
		return " for " + scope.Entities[e.index]
	case claimsNamespace:
		return " for the namespace " + scope.Namespaces[e.index].Name
	default:
		return " for namespaces by their labels"
	}
}

// ask says who must add what to which object.
func (r *rights) ask(wish string) string {
	if len(r.certain) == 0 {
		return fmt.Sprintf("if it should be so, have whoever may edit OwnershipSources add {to: {namespaces: [%s]}, %s} to spec.grants of one", r.namespace, wish)
	}
	return fmt.Sprintf("if it should be so, have whoever may edit OwnershipSources add %s to %s", wish, r.certain[0])
}

// String is where the grant stands.
func (g *grant) String() string {
	return fmt.Sprintf("spec.grants[%d] of the OwnershipSource %q", g.index, g.source)
}

// capped warns that a mode is lower than it was declared.
func capped(what string, r *rights, mode, most ownership.Mode, location ownership.Location) ownership.Problem {
	return ownership.Problem{
		Location: location, Field: "spec.mode", Warning: true,
		Message: fmt.Sprintf("%s has the mode %s, and the grants to the namespace %q go as far as %s, so that counts", what, mode, r.namespace, most),
		Remedy:  "have whoever may edit OwnershipSources raise maxMode of the grant, or lower the mode",
	}
}

// at is the path of one part of a list.
func at(list string, index int) string { return list + "[" + strconv.Itoa(index) + "]" }

// quoted writes a text that may have spaces and characters that cannot be seen.
func quoted(text string) string { return strconv.QuoteToASCII(text) }
