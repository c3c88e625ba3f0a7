package grant

import (
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// claimKind is what an Area claims.
type claimKind int8

const (
	claimsFiles claimKind = iota
	claimsEntity
	claimsNamespace
	claimsSelected
)

// element is one thing that an Area claims, by its place in the scope.
type element struct {
	kind claimKind
	// index is the place in the list of the kind, path that in the list of paths, or -1.
	index, path int
	// every says that what is claimed is not known by name, so that all grants of the kind count.
	every bool
	// nameless says that the claim is one that no grant can give: no file can match it, or it is no name.
	nameless bool
	found
}

// area is an Area that claims by grants.
type area struct {
	at     int // its place in the set
	value  *v1alpha1.Area
	id     ownership.AreaID
	rights *rights
	parent *area // nil where there is none to inherit from
	// elements are what it claims. dead says that there are some, and all are denied: then it is nobody's.
	elements []element
	dead     bool
	// holders are those whom it may not name, or may perhaps; assigned are those of RoleAssignments.
	holders  []judgedHolder
	names    []ownership.Holder // all whom it names, one role after the other
	assigned []roleHolder
	// passes are the holders whom its children inherit, once passed is true.
	passes []passed
	passed bool
	// uninherited are those whom it does not inherit.
	uninherited []uninherited
	mode        ownership.Mode
	moded       bool
	capped      ownership.Mode
}

// judgedHolder is a holder that is not simply granted; in is what it is not granted for, nil for the area as such.
type judgedHolder struct {
	role, holder int
	verdict
	in *element
}

// roleHolder is a holder in a role.
type roleHolder struct {
	role   string
	holder ownership.Holder
}

// judgeScope asks for everything that an Area claims.
func (a *area) judgeScope() {
	scope := &a.value.Spec.Scope
	count := len(scope.Entities) + len(scope.Namespaces)
	for i := range scope.Repositories {
		count += max(1, len(scope.Repositories[i].Paths))
	}
	a.elements = make([]element, 0, count)
	for i := range scope.Repositories {
		repository := strings.ToLower(scope.Repositories[i].Name)
		if len(scope.Repositories[i].Paths) == 0 {
			a.addPath(i, -1, repository, "")
		}
		for j, path := range scope.Repositories[i].Paths {
			a.addPath(i, j, repository, path)
		}
	}
	for i, text := range scope.Entities {
		ref, err := ownership.ParseEntityRef(text, "", ownership.DefaultEntityNamespace)
		a.add(element{kind: claimsEntity, index: i, nameless: err != nil}, func(g *grant) bool { return g.givesEntity(ref) })
	}
	for i := range scope.Namespaces {
		if name := scope.Namespaces[i].Name; name != "" {
			a.add(element{kind: claimsNamespace, index: i}, func(g *grant) bool { return g.givesNamespace(name) })
			continue
		}
		a.add(element{kind: claimsSelected, index: i, every: true}, func(g *grant) bool { return len(g.namespaces) > 0 })
		if e := &a.elements[len(a.elements)-1]; len(e.perhaps) > 0 || a.rights.unread != "" { // it may select more than is known
			e.verdict = uncertain
		}
	}
	a.dead = len(a.elements) > 0
	for i := range a.elements {
		a.dead = a.dead && a.elements[i].verdict == denied
	}
}

func (a *area) addPath(index, path int, repository, text string) {
	pattern, valid := codeowners.CompilePattern(codeowners.Anchored(text))
	if text == "" && path >= 0 { // an empty path is not the whole repository
		valid = false
	}
	a.add(element{kind: claimsFiles, index: index, path: path, nameless: !valid || pattern.Never()}, func(g *grant) bool {
		return g.gives(repository, pattern)
	})
}

func (a *area) add(e element, gives func(*grant) bool) {
	if !e.nameless {
		e.found = a.rights.find(gives)
	}
	a.elements = append(a.elements, e)
}

// judgeHolders asks whether the Area may give its roles to those whom it names. In what is nobody's, nobody has a role.
func (a *area) judgeHolders(parsed map[string]ownership.Holder) {
	if a.dead {
		return
	}
	count := 0
	for i := range a.value.Spec.Roles {
		count += len(a.value.Spec.Roles[i].Holders)
	}
	a.names = make([]ownership.Holder, 0, count)
	for i := range a.value.Spec.Roles {
		role := &a.value.Spec.Roles[i]
		for j, text := range role.Holders {
			holder, known := parsed[text]
			if !known {
				if found, err := ownership.ParseHolder(text); err == nil { // the schema has refused others, and nobody takes them
					holder = found
				}
				parsed[text] = holder
			}
			a.names = append(a.names, holder)
			if holder == "" {
				continue
			}
			if v, in := a.rights.mayHold(a.elements, role.Role, holder); v != granted {
				a.holders = append(a.holders, judgedHolder{i, j, v, in})
			}
		}
	}
}

// named calls for each holder whom the Area may name, or may perhaps.
func (a *area) named(each func(role *v1alpha1.RoleHolders, holder ownership.Holder)) {
	if a.dead {
		return
	}
	next, at := 0, 0
	for i := range a.value.Spec.Roles {
		role := &a.value.Spec.Roles[i]
		for j := range role.Holders {
			at++
			if next < len(a.holders) && a.holders[next].role == i && a.holders[next].holder == j {
				if next++; a.holders[next-1].verdict == denied {
					continue
				}
			}
			if holder := a.names[at-1]; holder != "" {
				each(role, holder)
			}
		}
	}
}
