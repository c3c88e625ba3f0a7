package kubernetes

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// Lister lists objects of the cluster. It may be a cache: what it gives is not changed.
type Lister interface {
	// List gives the metadata of all objects of a kind, in all namespaces, in any order; an error where these are not all.
	List(ctx context.Context, kind schema.GroupVersionKind) ([]metav1.PartialObjectMetadata, error)
}

// Kinds are the kinds that a specification has listed: Namespace, and those of workloads.
func Kinds(spec v1alpha1.KubernetesSource) []schema.GroupVersionKind {
	kinds := []schema.GroupVersionKind{namespaceKind}
	for _, kind := range slices.Sorted(slices.Values(spec.Workloads)) {
		kinds = append(kinds, workloadKind(kind))
	}
	return kinds
}

var namespaceKind = schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}

func workloadKind(kind v1alpha1.WorkloadKind) schema.GroupVersionKind {
	if kind == "CronJob" {
		return schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: string(kind)}
	}
	return schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: string(kind)}
}

// Source observes one cluster. It is safe for concurrent use if its Lister is.
type Source struct {
	name      string
	spec      v1alpha1.KubernetesSource
	lister    Lister
	labelling ownership.Labelling
	selected  func(*metav1.PartialObjectMetadata) bool
	// wrong says why the specification cannot be used.
	wrong string
}

// New makes a source of a specification. A nil lister stands for having no cluster: its facts are unknown then.
func New(name string, spec v1alpha1.KubernetesSource, lister Lister) *Source {
	s := &Source{name: name, spec: spec, lister: lister, labelling: Labelling(spec)}
	if spec.Namespaces == nil {
		s.selected = func(o *metav1.PartialObjectMetadata) bool { return !strings.HasPrefix(o.Name, "kube-") }
		return s
	}
	selector, err := metav1.LabelSelectorAsSelector(spec.Namespaces.Kubernetes())
	if err != nil {
		s.wrong = fmt.Sprintf("spec.kubernetes.namespaces is no selector: %v", err)
		return s
	}
	s.selected = func(o *metav1.PartialObjectMetadata) bool { return selector.Matches(labels.Set(o.Labels)) }
	return s
}

// Labelling is how a specification has owners read and written.
func Labelling(spec v1alpha1.KubernetesSource) ownership.Labelling {
	l := ownership.Labelling{
		Role: ownership.Role(cmp.Or(spec.Role, string(ownership.Accountable))), Keys: spec.Keys,
		TeamOrganization: strings.ToLower(spec.TeamOrganization), WriteLabel: spec.WriteLabel,
	}
	if len(l.Keys) == 0 {
		l.Keys = []string{v1alpha1.OwnerKey, v1alpha1.OwnerKeyA8r}
	}
	for _, owner := range spec.Owners {
		if holder, err := ownership.ParseHolder(owner.Holder); err == nil { // the schema has refused others
			l.Names = append(l.Names, ownership.OwnerName{Name: owner.Name, Holder: holder})
		}
	}
	return l
}

// Name is the name of the OwnershipSource.
func (s *Source) Name() string { return s.name }

// Kind is SourceKubernetes.
func (s *Source) Kind() ownership.SourceKind { return ownership.SourceKubernetes }

// Watch gives nothing: no file says when the cluster changes.
func (s *Source) Watch() []string { return nil }

// Observe lists namespaces and workloads. It always gives an observation: where namespaces cannot be listed, the whole is
// unknown; where a kind of workload cannot be, which workloads there are.
func (s *Source) Observe(ctx context.Context, now time.Time) ownership.Observation {
	o := ownership.Observation{Source: s.name, Kind: ownership.SourceKubernetes, At: now, Labelling: s.labelling}
	switch {
	case s.wrong != "":
		o.Unknown = s.wrong
		o.Problems = []ownership.Problem{{Field: "spec.kubernetes.namespaces", Message: s.wrong, Remedy: "correct the selector"}}
		return o
	case s.lister == nil:
		o.Unknown = "there is no cluster here; namespaces are observed where Remit runs in one"
		return o
	}
	listed, err := s.lister.List(ctx, namespaceKind)
	if err != nil {
		o.Unknown = "namespaces cannot be listed: " + err.Error()
		o.Problems = []ownership.Problem{{Field: "spec.kubernetes", Message: o.Unknown, Remedy: "see that the controller has its rights: kubectl apply --server-side -f crds/rbac/"}}
		return o
	}
	r := reading{source: s, now: now}
	o.Namespaces, o.NamespacesUnknown = r.namespaces(listed)
	o.AllNamespaces = o.NamespacesUnknown == ""
	for _, kind := range Kinds(s.spec)[1:] {
		o.WorkloadsUnknown = cmp.Or(o.WorkloadsUnknown, s.addWorkloads(ctx, &r, kind, o.Namespaces))
	}
	for i := range o.Namespaces {
		slices.SortFunc(o.Namespaces[i].Workloads, func(a, b ownership.Workload) int {
			return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
		})
	}
	o.Problems = r.told()
	return o
}

// addWorkloads adds those of a kind to their namespaces, and says why there may be others.
func (s *Source) addWorkloads(ctx context.Context, r *reading, kind schema.GroupVersionKind, namespaces []ownership.Namespace) string {
	listed, err := s.lister.List(ctx, kind)
	if err != nil {
		return fmt.Sprintf("workloads of kind %s cannot be listed: %v", kind.Kind, err)
	}
	return r.workloads(kind.Kind, listed, namespaces)
}
