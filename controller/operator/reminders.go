package operator

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// reminders have the observer look at a source again, without waiting for its interval.
type reminders struct {
	mutex sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
}

// to has them go to the observer's queue from now on.
func (r *reminders) to(queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.queue = queue
}

// lookAt has a source looked at. Before the observer has begun there is nothing to remind of: it looks at all of them then.
func (r *reminders) lookAt(source string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.queue != nil {
		r.queue.Add(reconcile.Request{NamespacedName: types.NamespacedName{Name: source}})
	}
}
