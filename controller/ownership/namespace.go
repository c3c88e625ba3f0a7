package ownership

import (
	"maps"
	"slices"
	"strings"
)

// Namespace is one namespace of a cluster, with what its metadata says of owners. Where it is unknown, neither its labels
// nor its owners are known whole, and so neither which area claims it.
type Namespace struct {
	Name string
	// Labels are all of them: areas select namespaces by labels.
	Labels map[string]string
	// Owners are what keys of its metadata say of who owns it; the first decides. None, and known: nobody is named.
	Owners []NamedOwner
	// Workloads are sorted by kind and name.
	Workloads []Workload
	Provenance
}

// Workload is one workload in a namespace. One that names no owner is its namespace's.
type Workload struct {
	// Kind is "Deployment", say.
	Kind, Name string
	Labels     map[string]string
	Owners     []NamedOwner
	Provenance
}

// NamedOwner is one key of an object's metadata that names an owner.
type NamedOwner struct {
	Key string
	// Annotation says that an annotation has the key, rather than a label.
	Annotation bool
	// Value is as written, cut after 256 bytes.
	Value string
	// Holder is whom the value means; empty where Unknown says why that cannot be told.
	Holder  Holder
	Unknown string
}

// Place names the key: "annotation remit.dev/owner".
func (o NamedOwner) Place() string {
	if o.Annotation {
		return "annotation " + o.Key
	}
	return "label " + o.Key
}

// NamespaceObject names a namespace where objects are named, and WorkloadObject a workload: "namespace payments",
// "deployment payments/api".
func NamespaceObject(name string) string { return "namespace " + name }

// WorkloadObject names a workload.
func WorkloadObject(namespace string, w *Workload) string {
	return strings.ToLower(w.Kind) + " " + namespace + "/" + w.Name
}

// Same says whether both state the same of a namespace and its workloads.
func (n *Namespace) Same(other *Namespace) bool {
	return n.Name == other.Name && n.Provenance.Same(other.Provenance) && SameMap(n.Labels, other.Labels) &&
		slices.Equal(n.Owners, other.Owners) &&
		sameList(n.Workloads, other.Workloads, func(a, b Workload) bool { return a.same(&b) })
}

func (w *Workload) same(other *Workload) bool {
	return w.Kind == other.Kind && w.Name == other.Name && w.Provenance.Same(other.Provenance) &&
		maps.Equal(w.Labels, other.Labels) && slices.Equal(w.Owners, other.Owners)
}
