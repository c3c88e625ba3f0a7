package snapshot

import (
	"cmp"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/remit-dev/remit/controller/ownership"
)

// namespaceClaim is a claim of an area to a namespace, or to workloads in it.
type namespaceClaim struct {
	area *AreaManifest
	// selector selects namespaces; nil where one is named.
	selector labels.Selector
	// workloads selects workloads; nil where the namespace with all in it is claimed.
	workloads labels.Selector
}

// namespaceClaims are all claims to namespaces, each list in the order of areas.
type namespaceClaims struct {
	// named are those to one namespace, by its name; selecting are the others. Of both, whole are those to all that is in
	// the namespace, part those to workloads.
	named     map[string]claimLists
	selecting claimLists
	// whole and part find those of selecting.
	whole, part claimIndex
}

type claimLists struct{ whole, part []namespaceClaim }

// claimNamespaces finds the claims to namespaces. A selector that cannot be read breaks its area
// alone: it selects nothing.
func (f *frame) claimNamespaces() {
	f.namespaces = namespaceClaims{named: map[string]claimLists{}}
	for _, area := range f.areas {
		for _, scope := range area.namespaces {
			c := namespaceClaim{area: area}
			var err error
			if scope.Workloads != nil {
				if c.workloads, err = metav1.LabelSelectorAsSelector(scope.Workloads.Kubernetes()); err != nil {
					f.breakSelector(area, err)
					continue
				}
			}
			if scope.Name == "" {
				if c.selector, err = metav1.LabelSelectorAsSelector(scope.Selector.Kubernetes()); err != nil {
					f.breakSelector(area, err)
					continue
				}
			}
			f.namespaces.add(scope.Name, c)
		}
	}
	f.namespaces.whole, f.namespaces.part = newClaimIndex(f.namespaces.selecting.whole), newClaimIndex(f.namespaces.selecting.part)
}

// reaches says whether the claim is to a namespace of these labels, in the list of which it stands if it names one. Whoever
// labels a namespace does not grant it: one that no grant gives is passed over.
func (c namespaceClaim) reaches(name string, of labels.Set) bool {
	if c.selector == nil {
		return true
	}
	may, _ := c.area.MaySelect(name)
	return may && c.selector.Matches(of)
}

func (n *namespaceClaims) add(name string, c namespaceClaim) {
	lists := n.selecting
	if name != "" {
		lists = n.named[name]
	}
	if c.workloads == nil {
		lists.whole = append(lists.whole, c)
	} else {
		lists.part = append(lists.part, c)
	}
	if name != "" {
		n.named[name] = lists
		return
	}
	n.selecting = lists
}

func (f *frame) breakSelector(area *AreaManifest, err error) {
	area.broken = cmp.Or(area.broken, fmt.Sprintf("%s: a selector of namespaces or workloads cannot be read: %v; correct it", SelectorInvalid, err))
}

// any says whether some area claims any part of a namespace with these labels, virtual areas aside.
func (n *namespaceClaims) any(name string, of labels.Set) bool {
	is := func(c namespaceClaim) bool { return !c.area.Virtual && c.reaches(name, of) }
	named := n.named[name]
	return slices.ContainsFunc(named.whole, is) || slices.ContainsFunc(named.part, is) ||
		slices.ContainsFunc(n.whole.may(of), is) || slices.ContainsFunc(n.part.may(of), is)
}

// names says whether some area names it, virtual areas aside.
func (n *namespaceClaims) names(name string) bool {
	is := func(c namespaceClaim) bool { return !c.area.Virtual }
	return slices.ContainsFunc(n.named[name].whole, is) || slices.ContainsFunc(n.named[name].part, is)
}

// selects says whether any area selects namespaces by their labels.
func (n *namespaceClaims) selects() bool { return len(n.selecting.whole)+len(n.selecting.part) > 0 }

// fall gives a namespace to the area that claims it most specifically: by its name rather than by its labels. Of areas
// that do so alike, the one below all others gets it; where there is none, tied are they, and nobody gets it.
func (n *namespaceClaims) fall(name string, of labels.Set) (area *AreaManifest, tied []*AreaManifest) {
	if whole := n.named[name].whole; len(whole) > 0 {
		return settle(areasOf(whole, name, nil, nil))
	}
	return settle(areasOf(n.whole.may(of), name, of, nil))
}

// fallWorkload gives a workload to the area that selects it: in the namespace by its name rather than by its labels. Else
// it is the namespace's, and claimed is false.
func (n *namespaceClaims) fallWorkload(name string, of, workload labels.Set) (area *AreaManifest, tied []*AreaManifest, claimed bool) {
	for _, list := range [][]namespaceClaim{n.named[name].part, n.part.may(of)} {
		if areas := areasOf(list, name, of, workload); len(areas) > 0 {
			area, tied = settle(areas)
			return area, tied, true
		}
	}
	return nil, nil, false
}

// areasOf are the areas of the claims that match, each once.
func areasOf(claims []namespaceClaim, name string, of, workload labels.Set) []*AreaManifest {
	var areas []*AreaManifest
	for _, c := range claims {
		if !c.reaches(name, of) || c.workloads != nil && !c.workloads.Matches(workload) {
			continue
		}
		if !slices.Contains(areas, c.area) {
			areas = append(areas, c.area)
		}
	}
	return areas
}

func settle(areas []*AreaManifest) (winner *AreaManifest, tied []*AreaManifest) {
	if len(areas) == 0 {
		return nil, nil
	}
	if winner = lowest(areas); winner == nil {
		return nil, areas
	}
	return winner, nil
}

// mayTieIn gives, for the claims that may be to one object which is not known, each area that another one ties with, and
// that one.
func mayTieIn(claims []namespaceClaim) map[*AreaManifest]*AreaManifest {
	ties := map[*AreaManifest]*AreaManifest{}
	for i, c := range claims {
		for _, other := range claims[:i] {
			if c.area != other.area && ties[c.area] == nil && lowest([]*AreaManifest{c.area, other.area}) == nil {
				ties[c.area] = other.area
				if ties[other.area] == nil {
					ties[other.area] = c.area
				}
			}
		}
	}
	return ties
}

// discoverable are the namespaces that are to be areas of their own: a source discovers them, and no Area claims any part.
// unlisted says why there may be others: which there are is not known, or whether an Area selects one.
func (f *frame) discoverable(sources []Source) (names []string, unlisted string) {
	if f.in.FilesOnly {
		return nil, ""
	}
	found := map[string]bool{}
	for i := range sources {
		source := &sources[i]
		lost := source.Observation.Unknown != "" && f.invalidSources
		if source.Kind != ownership.SourceKubernetes || !source.Discover && !lost {
			continue
		}
		if why := source.unlistedNamespaces(); why != "" && unlisted == "" {
			unlisted = why
		}
		for j := range source.seenNamespaces() {
			namespace := &source.Observation.Namespaces[j]
			unsure := !namespace.Known() && f.namespaces.selects() && !f.namespaces.names(namespace.Name)
			if unsure && unlisted == "" {
				unlisted = "namespace " + namespace.Name + ": " + namespace.Why()
			}
			taken := unsure || f.namespaces.any(namespace.Name, namespace.Labels)
			if has, known := found[namespace.Name]; !known || has {
				found[namespace.Name] = !taken
			}
		}
	}
	for name, free := range found {
		if free {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, unlisted
}

// seenNamespaces are those that the source lists; none where it could not be read.
func (s *Source) seenNamespaces() []ownership.Namespace {
	if s.Observation.Unknown != "" {
		return nil
	}
	return s.Observation.Namespaces
}

// unlistedNamespaces says why there may be namespaces that the source does not list.
func (s *Source) unlistedNamespaces() string {
	o := &s.Observation
	switch {
	case o.Unknown != "":
		return "source " + s.Name + ": " + o.Unknown
	case o.AllNamespaces:
		return ""
	case o.NamespacesUnknown != "":
		return "source " + s.Name + ": " + o.NamespacesUnknown
	}
	return "source " + s.Name + ": its list of namespaces is not complete"
}
