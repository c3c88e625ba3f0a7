package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/remit-dev/remit/controller/ownership"
)

// namespaceDivider lets the objects of all sources fall to areas.
//
//	object                                      falls to
//	namespace                                   the area that claims it, by name before labels
//	workload that an area selects               that area, likewise
//	another workload                            the area of its namespace
//	what several areas claim alike              nobody; these are stalled (ScopeConflict)
//	what is not known whole                     nobody; of whomever's it may be, the role is unknown
//
// and who owns it is what its own metadata says, or of a workload without, what its namespace's does.
type namespaceDivider struct {
	snapshot *Snapshot
	claims   *namespaceClaims
	parts    map[*AreaManifest]*clusterPart
	// seen are the namespaces that some source lists.
	seen  map[string]bool
	names map[*AreaManifest]map[string]bool

	source *Source
	roles  []ownership.RoleDefinition
	// of this source: what is observed by area, and how many objects each has.
	tallies map[*AreaManifest]tally
	totals  map[*AreaManifest]int
}

func (s *Snapshot) divideNamespaces() {
	d := &namespaceDivider{
		snapshot: s, claims: &s.frame.namespaces, parts: s.namespaces.parts, seen: map[string]bool{}, names: map[*AreaManifest]map[string]bool{},
	}
	for _, area := range s.frame.areas {
		if len(area.namespaces) > 0 {
			d.parts[area] = &clusterPart{}
		}
	}
	if len(d.parts) == 0 {
		return
	}
	clusters := clustersOf(s.Sources)
	for _, source := range clusters {
		d.divide(source)
	}
	for area, part := range d.parts {
		part.names = slices.Sorted(maps.Keys(d.names[area]))
		part.names = part.names[:min(len(part.names), maxAreaNamespaces)]
		d.miss(area, part, clusters)
	}
}

// divide lets the objects of one source fall.
func (d *namespaceDivider) divide(source *Source) {
	d.source, d.roles = source, d.snapshot.shows(source)
	d.tallies, d.totals = map[*AreaManifest]tally{}, map[*AreaManifest]int{}
	for area, part := range d.parts {
		if why := d.snapshot.frame.unknownClaims(clusterNamespaces, area); why != "" {
			d.unknown(area, why)
			part.conflict = worstConflict(part.conflict, ScopeUnknown+": "+why)
		}
	}
	d.unlisted()
	namespaces := source.seenNamespaces()
	for i := range namespaces {
		d.seen[namespaces[i].Name] = true
		d.namespace(&namespaces[i])
	}
	for area, part := range d.parts {
		d.finish(area, part)
	}
}

// finish keeps what the source shows of an area.
func (d *namespaceDivider) finish(area *AreaManifest, part *clusterPart) {
	part.objects = max(part.objects, d.totals[area])
	for _, role := range d.roles {
		if d.source.Observation.Labelling.Role != role.Role {
			continue
		}
		part.extents = append(part.extents, ClusterExtent{d.source.Name, role.Role, d.totals[area], d.source.decidesIn(role)})
		if sums := d.tallies[area]; len(sums) > 0 {
			sums.boundLocations()
			part.observed.Set(role.Role, sums.addTo(part.observed.Of(role.Role), func(string) int { return d.totals[area] }))
		}
	}
}

// unlisted notes what a source that could not be read whole leaves unknown: there may be objects that it does not list, of
// any area that selects some, and several may claim them alike.
func (d *namespaceDivider) unlisted() {
	o := &d.source.Observation
	why := d.source.unlistedNamespaces()
	workloads := why
	if workloads == "" && o.WorkloadsUnknown != "" {
		workloads = "source " + d.source.Name + ": " + o.WorkloadsUnknown
	}
	if workloads == "" {
		return
	}
	for area := range d.parts {
		if o.Unknown != "" || o.WorkloadsUnknown != "" || area.selectsNamespaces() {
			d.unknown(area, workloads)
		}
	}
	d.mayTie(d.claims.selecting.part, workloads)
	if why != "" {
		d.mayTie(d.claims.selecting.whole, why)
	}
	if o.WorkloadsUnknown != "" || o.Unknown != "" {
		for _, name := range slices.Sorted(maps.Keys(d.claims.named)) {
			d.mayTie(d.claims.named[name].part, workloads)
		}
	}
}

func (d *namespaceDivider) namespace(n *ownership.Namespace) {
	of := labels.Set(n.Labels)
	if !n.Known() {
		d.unknownNamespace(n)
		return
	}
	owner := d.claims.fallen(n)
	d.stall(owner.tied, "namespace "+n.Name)
	if owner.area != nil {
		d.add(owner.area, n, n.Owners, ownership.NamespaceObject(n.Name))
	}
	for i := range n.Workloads {
		w := &n.Workloads[i]
		if !w.Known() {
			d.unknownWorkload(n, w, owner.area)
			continue
		}
		area, tied, claimed := d.claims.fallWorkload(n.Name, of, labels.Set(w.Labels))
		if !claimed {
			area = owner.area
		}
		object := ownership.WorkloadObject(n.Name, w)
		d.stall(tied, object)
		switch {
		case area == nil:
		case len(w.Owners) > 0:
			d.add(area, n, w.Owners, object)
		default:
			d.add(area, n, n.Owners, ownership.NamespaceObject(n.Name))
		}
	}
}

// fallen is whose a namespace is.
type fallen struct {
	area *AreaManifest
	tied []*AreaManifest
}

func (n *namespaceClaims) fallen(namespace *ownership.Namespace) fallen {
	area, tied := n.fall(namespace.Name, labels.Set(namespace.Labels))
	return fallen{area, tied}
}

// add counts an object of the area's, with who owns it by the metadata of an object, its own or its namespace's.
func (d *namespaceDivider) add(area *AreaManifest, n *ownership.Namespace, owners []ownership.NamedOwner, object string) {
	if d.parts[area] == nil || d.snapshot.frame.unknownClaims(clusterNamespaces, area) != "" { // it may be another area's
		return
	}
	d.totals[area]++
	if d.names[area] == nil {
		d.names[area] = map[string]bool{}
	}
	d.names[area][n.Name] = true
	if len(owners) == 0 {
		return
	}
	owner := owners[0]
	if owner.Unknown != "" {
		d.unknown(area, fmt.Sprintf("who owns %s is unknown: %s: %s", object, owner.Place(), owner.Unknown))
		return
	}
	if d.tallies[area] == nil {
		d.tallies[area] = tally{}
	}
	holder := d.snapshot.People.Named(owner.Holder)
	for _, role := range d.roles {
		d.tallies[area].add(d.source.Name, holder, 1, d.source.decidesIn(role), ownership.Location{Object: object + " " + owner.Place()})
		d.tallies[area][sourceHolder{d.source.Name, holder}].Unit = ownership.UnitObject
	}
}

// unknownNamespace notes of whomever's a namespace may be whose metadata is not known that the role is unknown.
func (d *namespaceDivider) unknownNamespace(n *ownership.Namespace) {
	why := "namespace " + n.Name + ": " + n.Why()
	named := d.claims.named[n.Name]
	if len(named.whole) > 0 { // whatever its labels are
		_, tied := settle(areasOf(named.whole, "", nil, nil))
		d.stall(tied, "namespace "+n.Name)
	} else {
		d.mayTie(d.claims.selecting.whole, why)
	}
	for _, list := range [][]namespaceClaim{named.whole, named.part, d.claims.selecting.whole, d.claims.selecting.part} {
		for _, c := range list {
			d.unknown(c.area, why)
		}
	}
	d.mayTie(named.part, why)
	d.mayTie(d.claims.selecting.part, why)
}

// unknownWorkload does so of a workload. Of a namespace that is known it may be the one whose namespace it is, or one that
// selects workloads there.
func (d *namespaceDivider) unknownWorkload(n *ownership.Namespace, w *ownership.Workload, area *AreaManifest) {
	why := ownership.WorkloadObject(n.Name, w) + ": " + w.Why()
	if area != nil {
		d.unknown(area, why)
	}
	for _, list := range [][]namespaceClaim{d.claims.named[n.Name].part, d.claims.selecting.part} {
		may := slices.DeleteFunc(slices.Clone(list), func(c namespaceClaim) bool { return c.selector != nil && !c.selector.Matches(labels.Set(n.Labels)) })
		for _, c := range may {
			d.unknown(c.area, why)
		}
		d.mayTie(may, why)
	}
}

// unknown notes why it is not known who is observed in the area; "" says nothing. Of several reasons the first in order
// is kept, so that it does not hang on the order of what is looked at.
func (d *namespaceDivider) unknown(area *AreaManifest, why string) {
	part := d.parts[area]
	if why == "" || part == nil {
		return
	}
	for _, role := range d.roles {
		if part.unknown == nil {
			part.unknown = map[ownership.Role]string{}
		}
		part.unknown[role.Role] = leastUnknown(part.unknown[role.Role], why)
	}
}

func (d *namespaceDivider) stall(tied []*AreaManifest, object string) {
	for i, area := range tied {
		other := tied[(i+1)%len(tied)]
		if part := d.parts[area]; part != nil {
			part.conflict = worstConflict(part.conflict, fmt.Sprintf("%s: %s claims %s just as specifically; narrow one of the two scopes",
				ScopeConflict, other.ID, object))
		}
	}
}

func (d *namespaceDivider) mayTie(claims []namespaceClaim, why string) {
	for area, other := range mayTieIn(claims) {
		if part := d.parts[area]; part != nil {
			part.conflict = worstConflict(part.conflict, fmt.Sprintf("%s: %s may claim something of the cluster just as specifically: %s",
				ScopeUnknown, other.ID, why))
		}
	}
}

// worstConflict keeps what is known before what may be, and of alike ones the first in order.
func worstConflict(a, b string) string {
	known := func(conflict string) bool { return strings.HasPrefix(conflict, ScopeConflict) }
	if a != "" && b != "" && known(a) != known(b) {
		if known(a) {
			return a
		}
		return b
	}
	return leastUnknown(a, b)
}

// miss finds the namespaces that the area names and no source sees. They may exist: none may be allowed to see them.
func (d *namespaceDivider) miss(area *AreaManifest, part *clusterPart, clusters []*Source) {
	for _, scope := range area.namespaces {
		if scope.Name != "" && !d.seen[scope.Name] {
			part.missing = append(part.missing, scope.Name)
		}
	}
	slices.Sort(part.missing)
	part.missing = slices.Compact(part.missing)
	if len(part.missing) == 0 && (len(clusters) > 0 || !area.selectsNamespaces()) {
		return
	}
	what := "namespace " + strings.Join(part.missing, ", ")
	if len(part.missing) == 0 {
		what = "what its selectors select of a cluster"
	}
	why := "no source sees " + what + "; add it to a source of kind kubernetes, or correct the scope"
	reason := "no source sees " + what
	for _, source := range clusters {
		if source.Observation.Unknown != "" {
			why = fmt.Sprintf("%s is not seen, since the source %s cannot be read (%s); see to the source", what, source.Name, source.Observation.Unknown)
			reason = "source " + source.Name + ": " + source.Observation.Unknown
			break
		}
	}
	if d.snapshot.frame.invalidSources {
		why = "no source sees " + what + ", and the manifest of a source has errors; correct these first"
	}
	part.conflict = cmp.Or(part.conflict, ScopeNotFound+": "+why)
	for _, source := range clusters {
		d.roles = d.snapshot.shows(source)
		d.unknown(area, reason)
	}
}

// selectsNamespaces says whether the area claims namespaces by their labels.
func (a *AreaManifest) selectsNamespaces() bool {
	for _, scope := range a.namespaces {
		if scope.Name == "" {
			return true
		}
	}
	return false
}
