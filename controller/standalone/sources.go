package standalone

import (
	"sync"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/source"
)

// declare makes the sources of the manifests, and keeps those of before that have not changed.
func declare(set *manifest.Set, before []source.Declared, fetched clones) []source.Declared {
	kept := map[string]engine.Source{}
	for _, declared := range before {
		kept[declared.Key] = declared.Made
	}
	sources := make([]source.Declared, 0, len(set.Sources))
	for _, object := range set.Sources {
		made := kept[source.Key(object)]
		if made == nil {
			made = makeSource(object, set, fetched)
		}
		sources = append(sources, source.Declare(object, made))
	}
	return sources
}

// makeSource makes a source of files; one that is in a cluster only says so.
func makeSource(object manifest.Object[v1alpha1.OwnershipSource], set *manifest.Set, fetched clones) engine.Source {
	if made, is := inCluster(object); is {
		return made
	}
	if made, is := fetched.source(object, set); is {
		return made
	}
	return source.InFiles(object)
}

// newSteps counts finished steps, from any goroutine.
func newSteps(progress Progress, step string, total int) (done func()) {
	var mutex sync.Mutex
	finished := 0
	progress(step, 0, total)
	return func() {
		mutex.Lock()
		defer mutex.Unlock()
		finished++
		progress(step, finished, total)
	}
}
