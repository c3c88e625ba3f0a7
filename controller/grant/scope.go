package grant

import (
	"slices"
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
	// unsaid is how many more it claims where nothing is granted: these are not looked at.
	unsaid int
	// kinds are the elements that are not denied, one for all that the same grants give: for each holder these are asked about,
	// and there may be 20,000 elements and thousands of holders.
	kinds []*element
	// holders are those whom it may not name, or may perhaps; assigned are those of RoleAssignments.
	holders  []judgedHolder
	names    []ownership.Holder // all whom it names, one role after the other
	assigned []roleHolder
	// passes are the holders whom its children inherit, once passing is there: the same, and how many have each role.
	passes    []passed
	passing   map[roleHolder]bool
	passingIn map[string]int
	// tooMany is how many it would inherit, where that is more than it may; it inherits nobody then.
	tooMany int
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
	if count > 1 && a.rights.nothing() {
		a.judgeFirst(count)
		return
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
	a.kinds = kindsOf(a.elements)
	a.dead = len(a.elements) > 0 && len(a.kinds) == 0
}

// judgeFirst denies all of count that an Area claims for which there is no grant: what it claims first is named. Whoever has no grant must not
// cost more than that.
func (a *area) judgeFirst(count int) {
	scope := &a.value.Spec.Scope
	a.dead, a.unsaid = true, count-1
	switch {
	case len(scope.Repositories) > 0 && len(scope.Repositories[0].Paths) > 0:
		a.addPath(0, 0, strings.ToLower(scope.Repositories[0].Name), scope.Repositories[0].Paths[0])
	case len(scope.Repositories) > 0:
		a.addPath(0, -1, strings.ToLower(scope.Repositories[0].Name), "")
	case len(scope.Entities) > 0:
		a.elements = []element{{kind: claimsEntity}}
	case scope.Namespaces[0].Name != "":
		a.elements = []element{{kind: claimsNamespace}}
	default:
		a.elements = []element{{kind: claimsSelected, every: true}}
	}
}

// kindsOf are the first elements of each kind that are not denied, in their order.
func kindsOf(elements []element) []*element {
	var kinds []*element
	for i := range elements {
		e := &elements[i]
		if e.verdict != denied && !slices.ContainsFunc(kinds, e.sameGrants) {
			kinds = append(kinds, e)
		}
	}
	return kinds
}

// sameGrants says whether the same grants give two elements, so that whoever may have a role in one may have it in the other.
func (e *element) sameGrants(other *element) bool {
	return e.verdict == other.verdict && e.every == other.every && slices.Equal(e.by, other.by) && slices.Equal(e.perhaps, other.perhaps)
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
			if v, in := a.rights.mayHold(a.kinds, role.Role, holder); v != granted {
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
