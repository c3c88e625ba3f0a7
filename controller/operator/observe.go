package operator

import (
	"context"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// sighting is what one source said last.
type sighting struct {
	source snapshot.Source
	status ownership.SourceStatus
	// asked is the value of the annotation that asked for this look.
	asked string
	// pending says that the source has not been looked at yet.
	pending bool
}

// sightings hold what sources said last.
type sightings struct {
	mutex  sync.Mutex
	byName map[string]sighting
}

func newSightings() *sightings { return &sightings{byName: map[string]sighting{}} }

func (s *sightings) put(name string, seen sighting) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.byName[name] = seen
}

func (s *sightings) drop(name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.byName, name)
}

// of is what a source said, as its object sets it now; one that was not looked at yet is unknown.
func (s *sightings) of(object manifest.Object[v1alpha1.OwnershipSource], settings engine.Observed, now time.Time) sighting {
	s.mutex.Lock()
	seen, has := s.byName[object.Value.Name]
	s.mutex.Unlock()
	if !has {
		const unknown = "it has not been observed yet"
		name, kind := settings.Name(), settings.Kind()
		seen = sighting{
			pending: true,
			source:  snapshot.Source{Observation: ownership.Observation{Source: name, Kind: kind, At: now, Unknown: unknown}},
			status:  ownership.SourceStatus{Name: name, Kind: kind, At: now, Unknown: unknown},
		}
	}
	observation := seen.source.Observation
	seen.source = settings.Settings()
	seen.source.Observation = observation
	return seen
}

// observer looks at one source when its object changes, when somebody asks for it, when what it reads in the cluster
// changes, and at its interval.
type observer struct {
	client    client.Reader
	sources   *sourceBook
	observer  *engine.Observer
	sightings *sightings
	// seen wakes the pass loop.
	seen    func()
	timeout time.Duration
	now     func() time.Time
}

// Reconcile looks at a source.
func (o *observer) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	var object v1alpha1.OwnershipSource
	if err := o.client.Get(ctx, request.NamespacedName, &object); err != nil {
		o.sightings.drop(request.Name)
		o.observer.Forget(request.Name)
		o.sources.drop(request.Name)
		o.seen()
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	declared := o.sources.of(&object)
	looking, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	source, status := o.observer.Look(looking, declared.Observed, o.now())
	if ctx.Err() != nil { // the process is ending: what was cut off says nothing of the source
		return reconcile.Result{}, nil
	}
	o.sightings.put(object.Name, sighting{source: source, status: status, asked: object.Annotations[v1alpha1.AnnotationReconcileAt]})
	o.seen()
	return reconcile.Result{RequeueAfter: again(declared.Interval, source.Observation.Problems)}, nil
}

// secretRetry is how soon a Secret that was of no use is read again: it is not watched.
const secretRetry = 30 * time.Second

// again is how long to wait until the next look.
func again(interval time.Duration, problems []ownership.Problem) time.Duration {
	for i := range problems {
		if strings.HasPrefix(problems[i].Field, "spec.credentials") {
			return min(interval, secretRetry)
		}
	}
	return interval
}
