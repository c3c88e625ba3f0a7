package operator

import (
	"context"
	"sync"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source"
	"github.com/remit-dev/remit/controller/source/kubernetes"
	"github.com/remit-dev/remit/controller/source/people"
)

// sourceBook makes sources of their objects, and keeps those that have not changed, with what they remember.
type sourceBook struct {
	// texts reads ConfigMaps of the controller's own namespace.
	texts  texts
	files  files
	clones clones
	// lister lists the objects of the cluster.
	lister kubernetes.Lister

	mutex sync.Mutex
	made  map[string]source.Declared
}

func newSourceBook(texts texts, files files, clones clones, lister kubernetes.Lister) *sourceBook {
	return &sourceBook{texts: texts, files: files, clones: clones, lister: lister, made: map[string]source.Declared{}}
}

// of is the source of an object.
func (b *sourceBook) of(object *v1alpha1.OwnershipSource) source.Declared {
	placed := manifest.Object[v1alpha1.OwnershipSource]{Value: *object, Location: manifest.ObjectLocation("OwnershipSource", "", object.Name)}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	key := source.Key(placed)
	made := b.made[object.Name].Made
	if made == nil || b.made[object.Name].Key != key {
		made = b.make(placed)
	}
	b.made[object.Name] = source.Declare(placed, made)
	return b.made[object.Name]
}

// drop forgets a source that is gone.
func (b *sourceBook) drop(name string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	delete(b.made, name)
}

func (b *sourceBook) make(object manifest.Object[v1alpha1.OwnershipSource]) engine.Source {
	spec := &object.Value.Spec
	if made, has := b.clones.source(object); has {
		return made
	}
	switch {
	case spec.Kubernetes != nil:
		return kubernetes.New(object.Value.Name, *spec.Kubernetes, b.lister)
	case spec.People != nil && spec.People.ConfigMap != nil:
		at := *spec.People.ConfigMap
		return people.NewText(object.Value.Name, *spec.People, configMapPlace(at), func(ctx context.Context) ([]byte, error) {
			return b.texts.read(ctx, at, "spec.people.configMap")
		})
	case spec.Git != nil && spec.Git.Path != "":
		return b.inFiles(object, ownership.SourceGit, "spec.git.path", &spec.Git.Path)
	case spec.People != nil:
		return b.inFiles(object, ownership.SourcePeople, "spec.people.path", &spec.People.Path)
	case spec.Catalog != nil && spec.Catalog.Path != "":
		return b.inFiles(object, ownership.SourceCatalog, "spec.catalog.path", &spec.Catalog.Path)
	}
	return source.InFiles(object)
}

// inFiles makes a source of files.
func (b *sourceBook) inFiles(object manifest.Object[v1alpha1.OwnershipSource], kind ownership.SourceKind, field string, path *string) engine.Source {
	found, err := b.files.find(*path)
	if err != nil {
		problem := filesProblem(err, field)
		problem.Location = object.Location
		return missing{name: object.Value.Name, kind: kind, problem: problem}
	}
	given := *path
	*path = found
	return inFolder{Source: source.InFiles(object), files: b.files, path: given, field: field}
}

// inFolder is a source of files that looks at each time where its path leads: links are made and changed.
type inFolder struct {
	engine.Source
	files       files
	path, field string
}

// Observe observes the source, if its path leaves the folder by no link.
func (s inFolder) Observe(ctx context.Context, now time.Time) ownership.Observation {
	if _, err := s.files.find(s.path); err != nil {
		return missing{name: s.Name(), kind: s.Kind(), problem: filesProblem(err, s.field)}.Observe(ctx, now)
	}
	return s.Source.Observe(ctx, now)
}

// missing is a source that cannot be observed, with the reason.
type missing struct {
	name    string
	kind    ownership.SourceKind
	problem ownership.Problem
}

func (m missing) Name() string               { return m.name }
func (m missing) Kind() ownership.SourceKind { return m.kind }
func (missing) Watch() []string              { return nil }

// Observe says why nothing is known.
func (m missing) Observe(_ context.Context, now time.Time) ownership.Observation {
	return ownership.Observation{Source: m.name, Kind: m.kind, At: now, Unknown: m.problem.Message, Problems: []ownership.Problem{m.problem}}
}
