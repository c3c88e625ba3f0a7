package grant

import (
	"cmp"
	"maps"
	"slices"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// OwnNamespace is the controller's own namespace where nothing else is said, and without a cluster.
const OwnNamespace = "remit-system"

// Input is what must be known beside the manifests.
type Input struct {
	// OwnNamespace is the controller's own: its Areas and RoleAssignments may claim anything.
	OwnNamespace string
	// NamespaceLabels are the labels of a namespace; known is false where they cannot be told. A nil function knows none.
	NamespaceLabels func(namespace string) (labels map[string]string, known bool)
}

// Outcome is what grants leave of a set.
type Outcome struct {
	// Set is what comes after it is to see. It shares what it did not change with the set that was given.
	Set *manifest.Set
	// Problems say what was denied (errors) and capped (warnings), and what is wrong with the grants themselves.
	Problems []ownership.Problem
	// Refused are the RoleAssignments that were taken out, in the order of the set. Areas stay, and say it as stalled.
	Refused []Refused
}

// Refused is a RoleAssignment that is not granted.
type Refused struct {
	Namespace, Name string
	// Reason is one word, manifest.ReasonScopeDenied; Message is what, why, and what to do.
	Reason, Message string
}

// Declared says whether the sources of a set have grants, or may have had where an object of theirs has errors. Without a
// cluster grants count only then.
func Declared(set *manifest.Set) bool {
	return slices.ContainsFunc(set.Sources, func(source manifest.Object[v1alpha1.OwnershipSource]) bool {
		return len(source.Value.Spec.Grants) > 0
	}) || slices.ContainsFunc(set.Lost, func(lost manifest.Lost) bool {
		return lost.Kind == "OwnershipSource" && lost.Grants && lost.Name != ""
	})
}

// Apply takes out of a set what no grant gives:
//
//	of an Area           the repositories, paths, namespaces, entities and holders that are not granted; the rest stays, and
//	                     the Area is broken: ScopeDenied. An Area of which nothing is granted has no holders either
//	a RoleAssignment     is taken out as a whole
//	an inherited holder  is left to the parent, and does not reach the Area
//	a mode               is lowered to what is granted
//
// What may be granted and may not stays, and is unknown; see the table of the package.
func Apply(set *manifest.Set, in Input) Outcome {
	grants, problems := compile(set.Sources)
	a := &applier{
		in: in, set: set, grants: grants, unread: lostGrants(set.Lost), rights: map[string]*rights{}, holders: map[string]ownership.Holder{},
		byID: make(map[ownership.AreaID]*area, len(set.Areas)), problems: problems, suspended: suspendedGrants(set.Sources),
	}
	a.findAreas()
	for _, each := range a.areas {
		each.judgeHolders(a.holders)
	}
	a.judgeAssignments()
	for _, each := range a.areas {
		if each.parent != nil {
			each.judgeInherited()
		}
	}
	return a.outcome()
}

// applier applies grants to a set.
type applier struct {
	in     Input
	set    *manifest.Set
	grants []*grant
	unread string // why there may be other grants
	// suspended is a source whose grants do not count.
	suspended string
	rights    map[string]*rights
	// holders are those of texts; one that is none is empty.
	holders map[string]ownership.Holder
	// areas are those that need grants, in the order of the set.
	areas    []*area
	byID     map[ownership.AreaID]*area
	problems []ownership.Problem
	refused  []Refused
	lost     []manifest.Lost
	// assignments are those that stay; nil while all do.
	assignments []manifest.Object[v1alpha1.RoleAssignment]
	limited     []limitedAssignment
}

func (a *applier) findAreas() {
	count := 0
	for i := range a.set.Areas {
		if a.set.Areas[i].Value.Namespace != a.in.OwnNamespace {
			count++
		}
	}
	room := make([]area, 0, count)
	for i := range a.set.Areas {
		value := &a.set.Areas[i].Value
		if value.Namespace == a.in.OwnNamespace {
			continue
		}
		room = append(room, area{at: i, value: value, id: manifest.AreaID(value), rights: a.rightsOf(value.Namespace)})
		one := &room[len(room)-1]
		one.judgeScope()
		a.areas = append(a.areas, one)
		a.byID[one.id] = one
	}
	for _, one := range a.areas {
		if parent := one.value.Spec.Parent; parent != "" && a.set.Broken[one.id].Declares() {
			one.parent = a.byID[ownership.DeclaredArea(one.value.Namespace, parent)]
		}
	}
}

// outcome makes the set.
func (a *applier) outcome() Outcome {
	changed := a.withoutDenied()
	set := *a.set
	set.Granted = a.granted()
	a.capAssignments()
	if a.assignments != nil {
		set.RoleAssignments = a.assignments
	}
	if len(changed.areas) > 0 {
		set.Areas = slices.Clone(set.Areas)
		for _, area := range changed.areas {
			set.Areas[area.at] = area.object
		}
	}
	if len(changed.broken) > 0 {
		set.Broken = maps.Clone(set.Broken)
		if set.Broken == nil {
			set.Broken = map[ownership.AreaID]manifest.Broken{}
		}
		maps.Copy(set.Broken, changed.broken)
	}
	set.Lost = append(a.withinGrants(set.Lost), a.lost...)
	return Outcome{Set: &set, Problems: a.problems, Refused: a.refused}
}

// granted is what does not show in the areas themselves.
func (a *applier) granted() *manifest.Granted {
	g := &manifest.Granted{OwnNamespace: a.in.OwnNamespace}
	var configuration *v1alpha1.RoleConfiguration
	if a.set.Roles != nil {
		configuration = &a.set.Roles.Value
	}
	roles := manifest.RoleDefinitions(configuration)
	for _, one := range a.areas {
		denied := one.deniedInheritance(roles)
		if len(denied) == 0 {
			continue
		}
		if g.Uninherited == nil {
			g.Uninherited = map[ownership.AreaID][]manifest.RoleHolder{}
		}
		g.Uninherited[one.id] = denied
	}
	for namespace, r := range a.rights {
		n := manifest.GrantedNamespaces{Patterns: namespacesOf(r.certain), Possible: namespacesOf(r.possible)}
		if r.unread != "" {
			n.Possible = []string{"*"}
		}
		if len(n.Possible) > 0 {
			n.Unknown = r.why()
		}
		if len(n.Patterns)+len(n.Possible) == 0 {
			continue
		}
		if g.Namespaces == nil {
			g.Namespaces = map[string]manifest.GrantedNamespaces{}
		}
		g.Namespaces[namespace] = n
	}
	return g
}

// deniedInheritance are those whom the area may not inherit, in all roles that they may not have: a policy may give the parent's
// holder another one.
func (a *area) deniedInheritance(roles []ownership.RoleDefinition) []manifest.RoleHolder {
	if a.tooMany > 0 {
		return []manifest.RoleHolder{{}} // everybody
	}
	var all []manifest.RoleHolder
	seen := map[manifest.RoleHolder]bool{}
	add := func(role ownership.Role, holder ownership.Holder) {
		if one := (manifest.RoleHolder{Role: role, Holder: holder}); !seen[one] {
			seen[one] = true
			all = append(all, one)
		}
	}
	for _, inherited := range a.uninherited {
		if inherited.verdict != denied {
			continue
		}
		add(ownership.Role(inherited.role), inherited.holder)
		for _, role := range roles {
			if v, _ := a.rights.mayHold(a.kinds, string(role.Role), inherited.holder); v == denied {
				add(role.Role, inherited.holder)
			}
		}
	}
	return all
}

func namespacesOf(grants []*grant) []string {
	var patterns []string
	for _, g := range grants {
		patterns = append(patterns, g.namespaces...)
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

// withinGrants leaves of what cannot be read of Areas and RoleAssignments what they may claim: no grant gives them the rest,
// whatever stands there.
func (a *applier) withinGrants(all []manifest.Lost) []manifest.Lost {
	within := make([]manifest.Lost, 0, len(all))
	for _, lost := range all {
		namespace := cmp.Or(lost.Namespace, manifest.DefaultNamespace)
		if namespace == manifest.AnyNamespace || namespace == a.in.OwnNamespace {
			within = append(within, lost)
			continue
		}
		r := a.rightsOf(namespace)
		if lost.Kind == "RoleAssignment" && r.nothing() {
			continue
		}
		if lost.Kind == "Area" {
			lost = r.within(lost)
		}
		within = append(within, lost)
	}
	return within
}

func (r *rights) within(lost manifest.Lost) manifest.Lost {
	may := func(gives func(*grant) bool) bool { return r.find(gives).verdict != denied }
	lost.Repositories = slices.DeleteFunc(slices.Clone(lost.Repositories), func(repository string) bool {
		return !may(func(g *grant) bool { return g.mentions(repository) })
	})
	lost.Claims = lost.Claims && may(func(g *grant) bool { return len(g.repositories) > 0 })
	lost.Namespaces = lost.Namespaces && may(func(g *grant) bool { return len(g.namespaces) > 0 })
	lost.Entities = lost.Entities && may(func(g *grant) bool { return len(g.entities) > 0 })
	return lost
}
