package standalone

import (
	"cmp"
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// clonesFolder is that of clones in the cache folder.
const clonesFolder = "clones"

// clones says where repositories are kept that are fetched by their clone URL, and how servers are asked.
type clones struct {
	// folder is the cache folder.
	folder string
	http   safehttp.Options
	turns  chan struct{}
	// tidied says that what no source names any more was removed.
	tidied *sync.Once
}

func newClones(settings Settings) clones {
	return clones{folder: cmp.Or(settings.cache, DefaultCache(settings)), http: settings.http, turns: make(chan struct{}, source.MaxClones), tidied: &sync.Once{}}
}

// cloned is a source that keeps what it fetches in the cache folder, which may have to be made.
type cloned struct {
	engine.Source
	clones
}

// Observe makes the folder, and observes the source.
func (c cloned) Observe(ctx context.Context, now time.Time) ownership.Observation {
	root, err := makeCache(c.folder)
	if err != nil {
		return ownership.Observation{Source: c.Name(), Kind: c.Kind(), At: now, Unknown: err.Error(), Problems: []ownership.Problem{{
			Location: ownership.Location{File: c.folder}, Message: err.Error(), Remedy: "name a folder that can be written with --cache, or make this one writable",
		}}}
	}
	_ = root.Close() // nothing is written through it any more
	c.tidied.Do(func() {
		_ = fetch.RemoveUnused(ctx, filepath.Join(c.folder, clonesFolder), now.Add(-fetch.Unused)) // what stays takes room and no more
	})
	return c.Source.Observe(ctx, now)
}

// source makes the source of a clone URL, if the object has one. No credential is used: only public repositories can be read.
func (c clones) source(object manifest.Object[v1alpha1.OwnershipSource], set *manifest.Set) (engine.Source, bool) {
	spec := &object.Value.Spec
	made, has := source.ByURL(object.Value.Name, spec, source.Cloning{
		Folder: filepath.Join(c.folder, clonesFolder), HTTP: c.http, Turns: c.turns,
		HistoryDays: source.HistoryDays(spec, func(yield func(*v1alpha1.OwnershipSourceSpec) bool) {
			for i := range set.Sources {
				if !yield(&set.Sources[i].Value.Spec) {
					return
				}
			}
		}),
	})
	return cloned{made, c}, has
}
