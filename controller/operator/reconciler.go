package operator

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// reconciler writes the statuses of one kind's objects, as passes say that they should be.
type reconciler struct {
	kind   kind
	client client.Client
	board  *board
	events events
	now    func() time.Time
}

// Reconcile writes one object's status, if it is not what it should be: one patch, or none.
func (r *reconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	object := r.kind.make()
	if err := r.client.Get(ctx, request.NamespacedName, object); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	said, has := r.board.about(subject{r.kind.name, request.NamespacedName})
	if !has || said.uid != object.GetUID() || said.generation != object.GetGeneration() {
		return reconcile.Result{}, nil // the pass that sees the object as it is now wakes this again
	}
	next := clone(object)
	r.kind.settle(next, said.status, metav1.NewTime(r.now()).Rfc3339Copy())
	if equality.Semantic.DeepEqual(object, next) {
		return reconcile.Result{}, nil
	}
	patch := client.MergeFromWithOptions(clone(object), client.MergeFromWithOptimisticLock{})
	err := r.client.Status().Patch(ctx, next, patch)
	switch {
	case apierrors.IsConflict(err): // the cache has not seen the object's last change yet: that wakes this again
		return reconcile.Result{RequeueAfter: time.Second}, nil
	case apierrors.IsNotFound(err):
		return reconcile.Result{}, nil
	case err != nil:
		return reconcile.Result{}, err
	}
	r.events.tell(r.kind, object, next)
	return reconcile.Result{}, nil
}

func clone(of client.Object) client.Object {
	copied, _ := of.DeepCopyObject().(client.Object) // a copy is of the same type
	return copied
}
