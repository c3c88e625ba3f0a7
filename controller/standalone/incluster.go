package standalone

import (
	"context"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/kubernetes"
)

// clusterSource is a source that is read in a cluster only: here nothing of what it would give is known. That is no error of
// the manifests, which may be those of a cluster.
type clusterSource struct {
	name string
	kind ownership.SourceKind
	// why says what is in a cluster only, field is where that stands in the manifest.
	why, field string
	// labelling is how a cluster's objects name owners, which is known all the same.
	labelling ownership.Labelling
}

// inCluster gives a source that is read in a cluster only, if it is one:
//
//	credentials            a Secret of the controller's namespace, for a clone URL
//	people.configMap       a ConfigMap of the controller's namespace
//	kubernetes             the cluster itself
func inCluster(object manifest.Object[v1alpha1.OwnershipSource]) (engine.Source, bool) {
	spec := object.Value.Spec
	source := clusterSource{name: object.Value.Name}
	switch {
	case spec.Credentials != nil:
		source.kind, source.why, source.field = ownership.SourceGit, "its credentials are in a Secret, which is read in a cluster only", "spec.credentials"
		if spec.Catalog != nil {
			source.kind = ownership.SourceCatalog
		}
	case spec.People != nil && spec.People.ConfigMap != nil:
		source.kind, source.why, source.field = ownership.SourcePeople, "a ConfigMap is read in a cluster only", "spec.people.configMap"
	case spec.Kubernetes != nil:
		source.kind, source.why, source.field = ownership.SourceKubernetes, "namespaces and workloads are read in a cluster only", "spec.kubernetes"
		source.labelling = kubernetes.Labelling(*spec.Kubernetes)
	default:
		return nil, false
	}
	return source, true
}

// Name is the name of the OwnershipSource.
func (s clusterSource) Name() string { return s.name }

// Kind is the provider.
func (s clusterSource) Kind() ownership.SourceKind { return s.kind }

// Watch names nothing.
func (s clusterSource) Watch() []string { return nil }

// Observe says that nothing is known, and what to do.
func (s clusterSource) Observe(_ context.Context, now time.Time) ownership.Observation {
	remedy := "leave it to the controller, or declare a source with a path for what is here"
	if s.kind == ownership.SourceKubernetes {
		remedy = "leave it to the controller; what rests on it is unknown here"
	}
	return ownership.Observation{
		Source: s.name, Kind: s.kind, At: now, Unknown: s.why, Labelling: s.labelling,
		Problems: []ownership.Problem{{Field: s.field, Message: s.why, Remedy: remedy, Warning: true}},
	}
}
