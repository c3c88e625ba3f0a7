package snapshot

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/remit-dev/remit/controller/ownership"
)

// maxAreaNamespaces bounds the namespaces that are named for one area, maxObjectLocations the objects of a holder.
const (
	maxAreaNamespaces  = 100
	maxObjectLocations = 100
)

// namespaces is how the cluster's namespaces and workloads fall to areas.
type namespaces struct {
	// parts are by area: of each that claims any.
	parts map[*AreaManifest]*clusterPart
	// unlisted says why there may be more virtual areas of namespaces.
	unlisted string
}

// clusterPart is one area's part in the cluster.
type clusterPart struct {
	observed ownership.Assignments[ownership.Observed]
	extents  []ClusterExtent
	// names are the namespaces with objects of the area, sorted; missing those that it names and no source sees.
	names, missing []string
	objects        int
	// conflict says why the area cannot be judged; unknown, by role, why it is not known who is observed.
	conflict string
	unknown  map[ownership.Role]string
}

// ClusterExtent is how many objects of an area one source sees, which show who holds a role.
type ClusterExtent struct {
	Source  string
	Role    ownership.Role
	Objects int
	// Authoritative says that the source decides.
	Authoritative bool
}

// nextNamespaces lets namespaces fall to areas, or takes over how they fell before, where sources say the same. Of parts,
// those stay that are the same.
func (s *Snapshot) nextNamespaces(before *Snapshot) {
	// The same frame has the same names of people.
	if s.SameFrame(before) && sameNamespaces(before.Sources, s.Sources) {
		s.namespaces = before.namespaces
		return
	}
	s.namespaces = &namespaces{parts: map[*AreaManifest]*clusterPart{}}
	_, s.namespaces.unlisted = s.frame.discoverable(s.Sources)
	s.divideNamespaces()
	if !s.SameFrame(before) {
		return
	}
	for area, part := range s.namespaces.parts {
		if earlier := before.namespaces.parts[area]; earlier != nil && reflect.DeepEqual(earlier, part) {
			s.namespaces.parts[area] = earlier
		}
	}
}

// sameNamespaces says whether the sources say the same of namespaces.
func sameNamespaces(before, now []Source) bool {
	return slices.EqualFunc(clustersOf(before), clustersOf(now), func(a, b *Source) bool {
		x, y := &a.Observation, &b.Observation
		return x.Unknown == y.Unknown && x.AllNamespaces == y.AllNamespaces && x.NamespacesUnknown == y.NamespacesUnknown &&
			x.WorkloadsUnknown == y.WorkloadsUnknown && reflect.DeepEqual(x.Labelling, y.Labelling) &&
			sameFacts(x.Namespaces, y.Namespaces, (*ownership.Namespace).Same)
	})
}

// clustersOf are the sources of kind "kubernetes".
func clustersOf(sources []Source) []*Source {
	var of []*Source
	for i := range sources {
		if sources[i].Kind == ownership.SourceKubernetes {
			of = append(of, &sources[i])
		}
	}
	return of
}

// shows are the roles of which a source of namespaces shows who holds them; those that it may show, where it is not known
// which it does.
func (s *Snapshot) shows(source *Source) []ownership.RoleDefinition {
	var roles []ownership.RoleDefinition
	for _, role := range s.Roles {
		of := source.Observation.Labelling.Role
		if slices.Contains(role.ObservableIn, ownership.SourceKubernetes) && (of == "" || of == role.Role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// decidesIn says whether a source of namespaces decides who holds the role. Which repositories it decides over says nothing
// of namespaces.
func (s *Source) decidesIn(role ownership.RoleDefinition) bool {
	return Authority{Roles: s.Authority.Roles}.Decides(s.Kind, role, "")
}

// observeNamespaces adds what the cluster shows of an area.
func (s *Snapshot) observeNamespaces(area *Area) {
	part := s.namespaces.parts[area.AreaManifest]
	if part == nil {
		return
	}
	area.cluster, area.Extents = part, part.extents
	area.Namespaces, area.MissingNamespaces, area.Objects = part.names, part.missing, part.objects
	if area.Stalled == "" {
		area.Stalled = part.conflict
	}
	for role, why := range part.unknown {
		area.noteUnknown(role, why)
	}
	for role, observed := range part.observed.All() {
		all := slices.Concat(area.Observed.Of(role), observed)
		slices.SortFunc(all, compareObserved)
		area.Observed.Set(role, all)
	}
}

// Labelled is a namespace as a source sees it that may write its label.
type Labelled struct {
	Source *Source
	Facts  *ownership.Namespace
	// Area is whose the namespace is.
	Area *AreaManifest
}

// Labelled are the namespaces, by source and name, that are some area's and whose label Remit may be allowed to write.
func (s *Snapshot) Labelled() []Labelled {
	var found []Labelled
	if s.frame.unclaimed[clusterNamespaces] != "" { // each of them may be another area's
		return nil
	}
	for _, source := range clustersOf(s.Sources) {
		if source.Observation.Labelling.WriteLabel == "" {
			continue
		}
		for i := range source.seenNamespaces() {
			facts := &source.Observation.Namespaces[i]
			if !facts.Known() {
				continue
			}
			if area, _ := s.frame.namespaces.fall(facts.Name, labels.Set(facts.Labels)); area != nil {
				found = append(found, Labelled{source, facts, area})
			}
		}
	}
	return found
}

// Named is the holder whom a label or a catalog names, under which the person is known. One whom several people may be is
// nobody's, and so doubtful.
func (p *People) Named(holder ownership.Holder) ownership.Holder {
	canonical := p.directory.Canonical(holder)
	if canonical != holder || holder.Kind() != ownership.HolderUser || p.Persons[holder] != nil {
		return canonical
	}
	name := holder.Name()
	if !isAddress(name) {
		name = "@" + name
	}
	return p.Holder(name)
}

// boundLocations keeps the first places of each holder.
func (t tally) boundLocations() {
	for _, o := range t {
		slices.SortFunc(o.Locations, ownership.Location.Compare)
		o.Locations = slices.Compact(o.Locations)
		o.Locations = slices.Clip(o.Locations[:min(len(o.Locations), maxObjectLocations)])
	}
}

func isAddress(name string) bool { return strings.Contains(name, "@") }

// decidedInCluster says whether some source of the cluster decides who holds the role in an area that claims any of it.
func (s *Snapshot) decidedInCluster(role ownership.RoleDefinition, area *Area) bool {
	if len(area.namespaces) == 0 {
		return false
	}
	return slices.ContainsFunc(s.Sources, func(source Source) bool {
		of := source.Observation.Labelling.Role
		return source.Kind == ownership.SourceKubernetes && (of == "" || of == role.Role) && source.decidesIn(role)
	})
}
