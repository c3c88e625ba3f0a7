package operator

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/source/kubernetes"
)

var (
	configMapKind = schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	namespaceKind = schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}
)

// listedKinds are those whose metadata kubernetes sources read.
func listedKinds() []schema.GroupVersionKind {
	return kubernetes.Kinds(v1alpha1.KubernetesSource{Workloads: v1alpha1.WorkloadKinds()})
}

// metadataOf is an object of a kind of which the metadata alone is watched.
func metadataOf(kind schema.GroupVersionKind) *metav1.PartialObjectMetadata {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(kind)
	return object
}

// lister lists the metadata of the cluster's objects from the cache.
type lister struct{ reader client.Reader }

// List gives the metadata of all objects of a kind.
func (l lister) List(ctx context.Context, kind schema.GroupVersionKind) ([]metav1.PartialObjectMetadata, error) {
	var list metav1.PartialObjectMetadataList
	list.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
	err := l.reader.List(ctx, &list, client.UnsafeDisableDeepCopy)
	return list.Items, err
}
