package standalone

import (
	"cmp"
	"context"
	"path/filepath"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/catalog"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// maxClones bounds how many repositories are fetched at a time.
const maxClones = 4

// clones says where repositories are kept that are fetched by their clone URL, and how servers are asked.
type clones struct {
	// folder is the cache folder.
	folder string
	http   safehttp.Options
	turns  chan struct{}
}

func newClones(settings Settings) clones {
	return clones{folder: cmp.Or(settings.cache, DefaultCache(settings)), http: settings.http, turns: make(chan struct{}, maxClones)}
}

// cloned is a source that keeps what it fetches in the cache folder, which may have to be made.
type cloned struct {
	engine.Source
	folder string
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
	return c.Source.Observe(ctx, now)
}

// source makes the source of a clone URL, if the object has one. No credential is used: only public repositories can be read.
func (c clones) source(object manifest.Object[v1alpha1.OwnershipSource], set *manifest.Set) (engine.Source, bool) {
	settings := git.RemoteSettings{Settings: fetch.Settings{Folder: filepath.Join(c.folder, "clones"), HTTP: c.http}, Turns: c.turns}
	switch spec := object.Value.Spec; {
	case spec.Git != nil && spec.Git.URL != "":
		settings.URL, settings.HistoryDays = spec.Git.URL, spec.Git.HistoryDays
		settings.Organization, settings.Repository = spec.Git.Organization, spec.Git.Repository
		return cloned{git.NewRemote(object.Value.Name, settings), c.folder}, true
	case spec.Catalog != nil && spec.Catalog.URL != "":
		settings.URL, settings.HistoryDays = spec.Catalog.URL, historyOf(set, spec.Catalog.URL)
		settings.Organization, settings.Repository = spec.Catalog.Organization, spec.Catalog.Repository
		return cloned{catalog.NewRemote(object.Value.Name, *spec.Catalog, settings), c.folder}, true
	}
	return nil, false
}

// historyOf is how much of the log the git source of an address wants, which shares its clone; none where there is none.
func historyOf(set *manifest.Set, address string) *int32 {
	for _, object := range set.Sources {
		if spec := object.Value.Spec.Git; spec != nil && spec.URL == address && !object.Value.Spec.Suspend {
			return spec.HistoryDays
		}
	}
	return new(int32)
}
