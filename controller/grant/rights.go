package grant

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// verdict says what grants make of a claim.
type verdict int8

const (
	denied    verdict = iota // no grant gives it
	uncertain                // it is not known whether one does
	granted
)

// rights are what is granted to a namespace.
type rights struct {
	namespace string
	// certain are the grants to it; possible are those that are to it if its labels are right, which are not known.
	certain, possible []*grant
	// unread says why there may be other grants to it; empty where there is none.
	unread string
	// suspended is an OwnershipSource whose grants do not count since it is suspended; empty where none is.
	suspended string
}

// rightsOf are the rights of a namespace, found when they are first asked for.
func (a *applier) rightsOf(namespace string) *rights {
	if known := a.rights[namespace]; known != nil {
		return known
	}
	r := &rights{namespace: namespace, unread: a.unread, suspended: a.suspended}
	var of map[string]string
	known := false
	if a.in.NamespaceLabels != nil {
		of, known = a.in.NamespaceLabels(namespace)
	}
	for _, g := range a.grants {
		switch is, perhaps := g.isTo(namespace, of, known); {
		case is:
			r.certain = append(r.certain, g)
		case perhaps:
			r.possible = append(r.possible, g)
		}
	}
	a.rights[namespace] = r
	return r
}

// suspendedGrants is the first source that has grants, and is suspended.
func suspendedGrants(sources []manifest.Object[v1alpha1.OwnershipSource]) string {
	for _, source := range sources {
		if source.Value.Spec.Suspend && len(source.Value.Spec.Grants) > 0 {
			return source.Value.Name
		}
	}
	return ""
}

// nothing says that no grant is to the namespace, for sure.
func (r *rights) nothing() bool { return len(r.certain)+len(r.possible) == 0 && r.unread == "" }

// find finds the grants that give something.
func (r *rights) find(gives func(*grant) bool) found {
	f := found{by: filter(r.certain, gives), perhaps: filter(r.possible, gives)}
	switch {
	case len(f.by) > 0:
		f.verdict = granted
	case len(f.perhaps) > 0 || r.unread != "":
		f.verdict = uncertain
	}
	return f
}

// found are the grants that give something, and those of which that is not known.
type found struct {
	verdict
	by, perhaps []*grant
}

// filter shares the list where those that are kept stand side by side, as one alone does.
func filter(grants []*grant, keep func(*grant) bool) []*grant {
	from, to := -1, -1
	var kept []*grant
	for i, g := range grants {
		switch {
		case !keep(g):
		case from < 0:
			from, to = i, i+1
		case kept == nil && to == i:
			to++
		case kept == nil:
			kept = append(slices.Clone(grants[from:to]), g)
		default:
			kept = append(kept, g)
		}
	}
	if kept == nil && from >= 0 {
		return grants[from:to:to]
	}
	return kept
}

// why says why it is not known what is granted.
func (r *rights) why() string {
	return cmp.Or(r.unread, fmt.Sprintf("the labels of the namespace %q are not known, by which a grant would be to it", r.namespace))
}

// lostGrants says why there may be grants that are not known: a source that has some could not be read.
func lostGrants(all []manifest.Lost) string {
	for _, lost := range all {
		switch {
		case lost.Kind != "OwnershipSource" || !lost.Grants:
		case lost.Name == "":
			return "the grants that may stand in " + lost.Location.String() + " cannot be read"
		default:
			return fmt.Sprintf("the grants of the OwnershipSource %q cannot be read, at %s", lost.Name, lost.Location)
		}
	}
	return ""
}

// mayHold says whether a holder may have a role in all of the elements, of which none is denied. Of what claims nothing, any
// grant to the namespace counts.
func (r *rights) mayHold(elements []*element, role string, holder ownership.Holder) (v verdict, in *element) {
	allows := func(g *grant) bool { return g.allows(role, holder) }
	if len(elements) == 0 {
		return r.find(allows).verdict, nil
	}
	v = granted
	for _, e := range elements {
		if here := e.among(r, allows); here < v {
			v, in = here, e
		}
	}
	return v, in
}

// among says whether what a grant has to allow is allowed in the element. Of a selector, which may select whatever any of the
// grants gives, each has to.
func (e *element) among(r *rights, allows func(*grant) bool) verdict {
	by, perhaps := len(filter(e.by, allows)), len(filter(e.perhaps, allows))
	switch {
	case e.every && by < len(e.by):
		return denied
	case e.every && by > 0 && perhaps == len(e.perhaps), !e.every && by > 0:
		return granted
	case e.every, perhaps > 0, r.unread != "":
		return uncertain
	}
	return denied
}

// most is how far the grants go that give the elements and allow all of the holders, who may be none. What is not granted for
// sure is left out: nothing is changed for its sake.
func (r *rights) most(elements []*element, holders []roleHolder) ownership.Mode {
	most := ownership.Enforce
	each := func(allows func(*grant) bool) {
		for _, e := range elements {
			most = ownership.LeastMode(most, farthest(e.by, e.every, allows))
		}
		if len(elements) == 0 {
			most = ownership.LeastMode(most, farthest(r.certain, false, allows))
		}
	}
	if len(holders) == 0 {
		each(func(*grant) bool { return true })
	}
	for _, h := range holders {
		each(func(g *grant) bool { return g.allows(h.role, h.holder) })
	}
	return most
}

// farthest is the widest mode of the grants that allow something; of every one, the least.
func farthest(by []*grant, every bool, allows func(*grant) bool) ownership.Mode {
	found := ownership.Mode("")
	for _, g := range by {
		switch {
		case !allows(g):
		case found == "", every && g.mode.Rank() < found.Rank(), !every && g.mode.Rank() > found.Rank():
			found = g.mode
		}
	}
	return cmp.Or(found, ownership.Enforce)
}
