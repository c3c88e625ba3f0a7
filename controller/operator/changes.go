package operator

import (
	"maps"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

type updateEvent = event.UpdateEvent

// declaresElse says whether an object declares something else than before: that its status was written is no news.
//
//	another object of the same name     yes
//	the spec                            yes: the generation says so
//	labels                              yes: policies select areas by them
//	the annotation remit.dev/reconcile-at   yes
//	other annotations, the status       no
func declaresElse(before, after any) bool {
	was, isObject := before.(client.Object)
	is, alsoObject := after.(client.Object)
	if !isObject || !alsoObject {
		return true
	}
	return was.GetUID() != is.GetUID() || was.GetGeneration() != is.GetGeneration() || !maps.Equal(was.GetLabels(), is.GetLabels()) ||
		was.GetAnnotations()[v1alpha1.AnnotationReconcileAt] != is.GetAnnotations()[v1alpha1.AnnotationReconcileAt]
}
