package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/metrics"
	clonesource "github.com/remit-dev/remit/controller/source"
	kubetarget "github.com/remit-dev/remit/controller/target/kubernetes"
)

// Run runs the controller until ctx ends, and then gives its Lease back. It fails where it cannot start, and where it
// lost its Lease: the process must end then.
func Run(ctx context.Context, config *rest.Config, options Options) error {
	options = options.withDefaults()
	c, err := newController(config, options)
	if err != nil {
		return err
	}
	if err := c.mayStart(ctx); err != nil {
		return err
	}
	return c.run(ctx)
}

// remit is the controller with its parts.
type remit struct {
	options Options
	manager manager.Manager
	passes  *passes
	page    *metrics.Page
	cache   *cacheFolder
	// synced says that the caches are filled.
	synced atomic.Bool
}

// newScheme knows the kinds, and those of Kubernetes that are read.
func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	return scheme, errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme))
}

func newController(cluster *rest.Config, options Options) (*remit, error) {
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	files, err := openFiles(options.Files, options.FilesRoot)
	if err != nil {
		return nil, err
	}
	cluster = rest.CopyConfig(cluster)
	cluster.QPS = -1 // the API server's own priority and fairness decides
	cluster.UserAgent = "remit/" + options.Version
	if options.LeaderElection {
		cluster.Wrap((&fence{hold: options.RenewDeadline, now: time.Now}).wrap)
	}
	m, err := manager.New(cluster, managerOptions(scheme, options))
	if err != nil {
		return nil, unreached(err, cluster.Host)
	}
	page, err := metrics.New(metrics.Options{Version: options.Version, AreaSeries: options.AreaSeries})
	if err != nil {
		return nil, err
	}
	r := &remit{options: options, manager: m, page: page, cache: &cacheFolder{given: options.Cache}}
	if err := r.wire(files); err != nil {
		return nil, unreached(err, cluster.Host)
	}
	return r, nil
}

func managerOptions(scheme *runtime.Scheme, options Options) manager.Options {
	stopWithin := stopWithin
	return manager.Options{
		Scheme: scheme, Logger: logr.FromSlogHandler(options.Log.Handler()),
		LeaderElection: options.LeaderElection, LeaderElectionID: leaseName, LeaderElectionNamespace: options.Namespace,
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &options.LeaseDuration, RenewDeadline: &options.RenewDeadline, RetryPeriod: &options.RetryPeriod,
		GracefulShutdownTimeout: &stopWithin,
		Metrics:                 metricsserver.Options{BindAddress: "0"}, // served with Remit's own
		HealthProbeBindAddress:  "0",
		Controller:              config.Controller{SkipNameValidation: new(true)}, // a process may run several, as tests do
		Cache: cache.Options{
			DefaultTransform: strip,
			// Nothing is cached that was not asked for when starting: a cache of Secrets, say, would need to list them.
			ReaderFailOnMissingInformer: true,
			ByObject: map[client.Object]cache.ByObject{
				metadataOf(configMapKind): {Namespaces: map[string]cache.Config{options.Namespace: {}}},
			},
		},
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}, &corev1.ConfigMap{}}}},
	}
}

// strip takes out of what is cached what nothing reads.
func strip(given any) (any, error) {
	if object, is := given.(metav1.Object); is {
		object.SetManagedFields(nil)
		annotations := object.GetAnnotations()
		if _, has := annotations[corev1.LastAppliedConfigAnnotation]; has {
			delete(annotations, corev1.LastAppliedConfigAnnotation)
			object.SetAnnotations(annotations)
		}
	}
	return given, nil
}

// wire puts the parts together.
func (r *remit) wire(files files) error {
	m, options := r.manager, r.options
	world := &world{reader: m.GetClient(), namespace: options.Namespace}
	texts := texts{reader: m.GetAPIReader(), cache: m.GetCache(), namespace: options.Namespace}
	board, wake, sightings, reminders := newBoard(), newSignal(), newSightings(), &reminders{}
	looks := engine.NewObserver()
	own := secrets{reader: m.GetAPIReader(), namespace: options.Namespace}
	sources := newSourceBook(texts, files, newClones(options, own, m.GetClient(), r.cache), lister{m.GetClient()})
	r.passes = &passes{
		options: options, world: world, sources: sources, observer: looks, sightings: sightings, texts: texts, files: files, board: board,
		page: r.page, log: options.Log, wake: wake, since: sinceReader{reader: m.GetClient()},
	}
	changed := func() {
		world.changes.Add(1)
		wake.set()
	}
	told := events{m.GetEventRecorder(leaseName)}
	r.passes.materializer = &materializer{client: m.GetClient(), options: options, texts: texts, labels: world.labels, log: options.Log}
	r.passes.remediator = &remediator{
		client: m.GetClient(), targets: []target{kubetarget.New(m.GetAPIReader(), m.GetClient())}, texts: texts, options: options,
		admission: admission{live: m.GetAPIReader(), creates: m.GetClient()}, events: told, log: options.Log,
		lookAt: reminders.lookAt, page: r.page,
	}
	for _, kind := range kinds() {
		if err := r.addStatusWriter(kind, board, told, changed); err != nil {
			return err
		}
	}
	if err := r.addObserver(&observer{
		client: m.GetClient(), sources: sources, observer: looks, sightings: sightings, seen: wake.set,
		timeout: options.SourceTimeout, now: options.Now,
	}, wake, reminders); err != nil {
		return err
	}
	if err := r.onChange(&v1alpha1.Remediation{}, wake.set); err != nil {
		return err
	}
	if err := r.onChange(metadataOf(namespaceKind), changed); err != nil { // grants go by their labels
		return err
	}
	if err := r.fillOnStandby(); err != nil {
		return err
	}
	return m.Add(r.passes)
}

// fillOnStandby has the caches that only the leader's observer watches filled on a standby too, so that it is ready to take
// over once it says so.
func (r *remit) fillOnStandby() error {
	for _, kind := range append(listedKinds(), configMapKind) {
		if _, err := r.manager.GetCache().GetInformer(context.Background(), metadataOf(kind), cache.BlockUntilSynced(false)); err != nil {
			return fmt.Errorf("watching %s: %w", kind.Kind, err)
		}
	}
	return nil
}

// addStatusWriter adds the reconciler of one kind, and has each change of an object that declares something else wake the
// pass loop.
func (r *remit) addStatusWriter(kind kind, board *board, told events, changed func()) error {
	made := &reconciler{kind: kind, client: r.manager.GetClient(), board: board, events: told, now: r.options.Now}
	err := ctrl.NewControllerManagedBy(r.manager).Named(kind.name + "-status").For(kind.make()).
		WithOptions(r.reconciling(kind.name+"-status", r.options.Writers)).
		WatchesRawSource(source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
			board.wake(kind.name, queue)
			return nil
		})).Complete(made)
	if err != nil {
		return err
	}
	return r.onChange(kind.make(), changed)
}

// reconciling are a reconciler's options. That its parts start and stop is no news; what fails is.
func (r *remit) reconciling(name string, workers int) controller.Options {
	log := r.manager.GetLogger().WithValues("controller", name).V(1)
	return controller.Options{
		MaxConcurrentReconciles: workers, RateLimiter: retries(),
		LogConstructor: func(request *reconcile.Request) logr.Logger {
			if request == nil {
				return log
			}
			return log.WithValues("object", strings.TrimPrefix(request.String(), "/"))
		},
	}
}

// onChange calls changed for each change by which an object declares something else.
func (r *remit) onChange(of client.Object, changed func()) error {
	informer, err := r.manager.GetCache().GetInformer(context.Background(), of, cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		DeleteFunc: func(any) { changed() },
		UpdateFunc: func(before, after any) {
			if declaresElse(before, after) {
				changed()
			}
		},
	})
	return err
}

// addObserver adds the reconciler that looks at sources.
func (r *remit) addObserver(made *observer, wake signal, reminders *reminders) error {
	reader := r.manager.GetClient()
	building := ctrl.NewControllerManagedBy(r.manager).Named("observer").
		For(&v1alpha1.OwnershipSource{}, builder.WithPredicates(predicate.Funcs{UpdateFunc: func(e updateEvent) bool { return declaresElse(e.ObjectOld, e.ObjectNew) }})).
		WithOptions(r.reconciling("observer", 4*clonesource.MaxClones)).
		WatchesRawSource(source.Func(func(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
			reminders.to(queue)
			return nil
		})).
		WatchesMetadata(metadataOf(configMapKind), handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, changed client.Object) []reconcile.Request {
			wake.set() // a policy's text may be in it, or it is the kill switch
			return readersOf(ctx, reader, func(spec *v1alpha1.OwnershipSourceSpec) bool {
				return spec.People != nil && spec.People.ConfigMap != nil && spec.People.ConfigMap.Name == changed.GetName()
			})
		}))
	for _, kind := range listedKinds() {
		building = building.WatchesMetadata(metadataOf(kind), handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, _ client.Object) []reconcile.Request {
			return readersOf(ctx, reader, func(spec *v1alpha1.OwnershipSourceSpec) bool { return spec.Kubernetes != nil })
		}), builder.WithPredicates(predicate.Or[client.Object](predicate.LabelChangedPredicate{}, predicate.AnnotationChangedPredicate{})))
	}
	return building.Complete(made)
}

// retries has what failed tried again after a moment, then after twice as long and so on, up to half a minute: after an
// hour in which the API server could not be reached, nobody should wait for a quarter of one.
func retries() workqueue.TypedRateLimiter[reconcile.Request] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](50*time.Millisecond, 30*time.Second)
}

// readersOf are the sources that read what has changed.
func readersOf(ctx context.Context, reader client.Reader, reads func(*v1alpha1.OwnershipSourceSpec) bool) []reconcile.Request {
	var sources v1alpha1.OwnershipSourceList
	if err := reader.List(ctx, &sources, client.UnsafeDisableDeepCopy); err != nil {
		return nil // they look at their interval
	}
	var requests []reconcile.Request
	for i := range sources.Items {
		if reads(&sources.Items[i].Spec) {
			requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&sources.Items[i])})
		}
	}
	return requests
}
