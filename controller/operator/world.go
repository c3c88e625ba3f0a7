package operator

import (
	"context"
	"fmt"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// world is what the custom resources say, as the cache has them.
type world struct {
	reader client.Reader
	// namespace is the controller's own, whose Areas may claim anything.
	namespace string
	// changes counts the changes of objects that were seen.
	changes atomic.Int64
	// held is what was read last, while nothing has changed since.
	held   *declared
	heldAt int64
}

// declared is everything that is declared at one moment.
type declared struct {
	set      *manifest.Set
	problems []ownership.Problem
	seen     map[subject]seen
	objects  manifest.Objects
}

// seen is what a status must say about the object that it is of.
type seen struct {
	uid        types.UID
	generation int64
	// asked is the value of the annotation that asks for a new look.
	asked string
}

// read gives what is declared now; the very same as before if nothing has changed.
func (w *world) read(ctx context.Context) (*declared, error) {
	at := w.changes.Load() // before reading: what changes meanwhile is read again
	if w.held != nil && w.heldAt == at {
		return w.held, nil
	}
	next := &declared{seen: map[subject]seen{}}
	var err error
	list := func(kind string, objects client.ObjectList, add func()) {
		if err != nil {
			return
		}
		// The objects are the cache's own, and for reading only: 10,000 copies would be garbage at each pass.
		if err = w.reader.List(ctx, objects, client.UnsafeDisableDeepCopy); err != nil {
			err = fmt.Errorf("reading the objects of kind %s: %w", kind, err)
			return
		}
		add()
	}
	var areas v1alpha1.AreaList
	list("Area", &areas, func() { next.objects.Areas = note(next, "Area", areas.Items) })
	var assignments v1alpha1.RoleAssignmentList
	list("RoleAssignment", &assignments, func() { next.objects.RoleAssignments = note(next, "RoleAssignment", assignments.Items) })
	var teams v1alpha1.TeamList
	list("Team", &teams, func() { next.objects.Teams = note(next, "Team", teams.Items) })
	var policies v1alpha1.ResponsibilityPolicyList
	list("ResponsibilityPolicy", &policies, func() { next.objects.Policies = note(next, "ResponsibilityPolicy", policies.Items) })
	var sources v1alpha1.OwnershipSourceList
	list("OwnershipSource", &sources, func() { next.objects.Sources = note(next, "OwnershipSource", sources.Items) })
	var roles v1alpha1.RoleConfigurationList
	list("RoleConfiguration", &roles, func() { next.objects.Roles = note(next, "RoleConfiguration", roles.Items) })
	if err != nil {
		return nil, err
	}
	set, problems := next.objects.Assemble()
	granted := grant.Apply(set, grant.Input{OwnNamespace: w.namespace, NamespaceLabels: w.labels(ctx)})
	next.set, next.problems = granted.Set, append(problems, granted.Problems...)
	w.held, w.heldAt = next, at
	return next, nil
}

// labels gives the labels of namespaces, by which grants may select them.
func (w *world) labels(ctx context.Context) func(string) (map[string]string, bool) {
	return func(name string) (map[string]string, bool) {
		namespace := metadataOf(namespaceKind)
		if err := w.reader.Get(ctx, types.NamespacedName{Name: name}, namespace, client.UnsafeDisableDeepCopy); err != nil {
			return nil, false
		}
		return namespace.Labels, true
	}
}

// note remembers whose statuses are to be written, and gives the objects.
func note[T any, O object[T]](in *declared, kind string, items []T) []O {
	objects := make([]O, len(items))
	for i := range items {
		object := O(&items[i])
		objects[i] = object
		in.seen[subject{kind, client.ObjectKeyFromObject(object)}] = seen{
			uid: object.GetUID(), generation: object.GetGeneration(), asked: object.GetAnnotations()[v1alpha1.AnnotationReconcileAt],
		}
	}
	return objects
}
