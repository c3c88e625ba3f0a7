package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/ownership"
)

// What is read is bounded: beyond that it is unknown. A cluster is not tested beyond 5,000 nodes, 150,000 pods and 10,000
// namespaces (kubernetes.io, "Considerations for large clusters"; kubernetes/community, "Kubernetes Scalability thresholds").
const (
	maxNamespaces = 20_000
	maxWorkloads  = 200_000
	maxLabelBytes = 64 << 10
	// maxProblems is how many values that name nobody are told of one by one.
	maxProblems = 50
)

// reading makes facts of objects, and notes what is wrong with these.
type reading struct {
	source   *Source
	now      time.Time
	problems []ownership.Problem
	// objects counts the workloads; more is how many problems are not told.
	objects, more int
}

func (r *reading) provenance(object string) ownership.Provenance {
	return ownership.Provenance{Source: r.source.name, Location: object, At: r.now}
}

// namespaces are those that are selected, by name; unknown says why there may be others.
func (r *reading) namespaces(listed []metav1.PartialObjectMetadata) (namespaces []ownership.Namespace, unknown string) {
	var selected []*metav1.PartialObjectMetadata
	for i := range listed {
		if r.source.selected(&listed[i]) {
			selected = append(selected, &listed[i])
		}
	}
	slices.SortFunc(selected, func(a, b *metav1.PartialObjectMetadata) int { return strings.Compare(a.Name, b.Name) })
	if all := len(selected); all > maxNamespaces {
		selected, unknown = selected[:maxNamespaces], fmt.Sprintf("of %d namespaces only %d are read; select fewer with spec.kubernetes.namespaces", all, maxNamespaces)
	}
	for _, object := range selected {
		name := ownership.NamespaceObject(object.Name)
		n := ownership.Namespace{Name: object.Name, Provenance: r.provenance(name)}
		n.Labels, n.Owners, n.Unknown = r.metadata(object, name)
		namespaces = append(namespaces, n)
	}
	return namespaces, unknown
}

// workloads adds those of a kind to their namespaces, which are sorted; unknown says why there may be others.
func (r *reading) workloads(kind string, listed []metav1.PartialObjectMetadata, namespaces []ownership.Namespace) (unknown string) {
	objects := make([]*metav1.PartialObjectMetadata, len(listed)) // a cache has no order, and what is beyond a bound hangs on it
	for i := range listed {
		objects[i] = &listed[i]
	}
	slices.SortFunc(objects, func(a, b *metav1.PartialObjectMetadata) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	for _, object := range objects {
		at, found := slices.BinarySearchFunc(namespaces, object.Namespace, func(n ownership.Namespace, name string) int { return strings.Compare(n.Name, name) })
		if !found { // it is not selected, or has come since
			continue
		}
		if r.objects++; r.objects > maxWorkloads {
			return fmt.Sprintf("there are more than %d workloads, which are not read; select fewer namespaces with spec.kubernetes.namespaces", maxWorkloads)
		}
		w := ownership.Workload{Kind: kind, Name: object.Name}
		name := ownership.WorkloadObject(object.Namespace, &w)
		w.Provenance = r.provenance(name)
		w.Labels, w.Owners, w.Unknown = r.metadata(object, name)
		namespaces[at].Workloads = append(namespaces[at].Workloads, w)
	}
	return ""
}

// metadata reads an object's labels and owners. Each value that names nobody is told; what it leaves unknown is said of the
// key alone.
func (r *reading) metadata(object *metav1.PartialObjectMetadata, name string) (labels map[string]string, owners []ownership.NamedOwner, unknown string) {
	size := 0
	for key, value := range object.Labels {
		size += len(key) + len(value)
	}
	if size > maxLabelBytes {
		return nil, nil, fmt.Sprintf("its labels have %d bytes; the most that is read is %d", size, maxLabelBytes)
	}
	owners = r.source.labelling.Read(object.Annotations, object.Labels)
	for i, owner := range owners {
		if owner.Unknown == "" {
			continue
		}
		problem := ownership.Problem{
			Location: ownership.Location{Object: name + " " + owner.Place()}, Warning: true, Message: owner.Unknown,
			Remedy: "correct it, or say in spec.kubernetes.owners of the source " + r.source.name + " which holder it is",
		}
		if i > 0 {
			problem.Message += "; it is not used, since the " + owners[0].Place() + " counts before it"
		} else {
			problem.Message += "; so who owns the " + name + " is unknown"
		}
		if len(r.problems) == maxProblems {
			r.more++
			continue
		}
		r.problems = append(r.problems, problem)
	}
	return object.Labels, owners, ""
}

// told are the problems, in order of objects.
func (r *reading) told() []ownership.Problem {
	if r.more > 0 {
		r.problems = append(r.problems, ownership.Problem{
			Field: "spec.kubernetes", Warning: true, Message: fmt.Sprintf("%d more values of labels and annotations name no holder", r.more),
			Remedy: "correct those that are named first, or map them in spec.kubernetes.owners",
		})
	}
	slices.SortStableFunc(r.problems, func(a, b ownership.Problem) int {
		return cmp.Or(a.Location.Compare(b.Location), strings.Compare(a.Message, b.Message))
	})
	return r.problems
}
