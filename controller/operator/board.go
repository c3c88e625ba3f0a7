package operator

import (
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// subject names an object.
type subject struct {
	kind string
	types.NamespacedName
}

// said is what the last pass says that an object's status should be.
type said struct {
	// uid and generation are those of the object that the pass saw.
	uid        types.UID
	generation int64
	// status is a pointer to the kind's status.
	status any
}

// board is where passes write what statuses should be, and reconcilers read it. It wakes those of the objects for which
// something else is said than before.
type board struct {
	mutex  sync.Mutex
	said   map[subject]said
	queues map[string]workqueue.TypedRateLimitingInterface[reconcile.Request]
}

func newBoard() *board {
	return &board{said: map[subject]said{}, queues: map[string]workqueue.TypedRateLimitingInterface[reconcile.Request]{}}
}

// say replaces all that was said.
func (b *board) say(all map[subject]said) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	before := b.said
	b.said = all
	for name, is := range all {
		was, had := before[name]
		if had && was.uid == is.uid && was.generation == is.generation && (was.status == is.status || reflect.DeepEqual(was.status, is.status)) {
			continue
		}
		if queue := b.queues[name.kind]; queue != nil {
			queue.Add(reconcile.Request{NamespacedName: name.NamespacedName})
		}
	}
}

// about is what is said of an object.
func (b *board) about(name subject) (said, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	is, has := b.said[name]
	return is, has
}

// wake has the reconciler of a kind woken by its queue from now on.
func (b *board) wake(kind string, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.queues[kind] = queue
	for name := range b.said {
		if name.kind == kind {
			queue.Add(reconcile.Request{NamespacedName: name.NamespacedName})
		}
	}
}

// common is the part that every status has.
func (s said) common() *v1alpha1.ObjectStatus {
	return s.status.(interface{ Status() *v1alpha1.ObjectStatus }).Status()
}
