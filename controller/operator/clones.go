package operator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// clones makes sources of repositories by their clone URL.
type clones struct {
	cache   *cacheFolder
	http    safehttp.Options
	secrets secrets
	// objects lists the sources as they are declared.
	objects client.Reader
	turns   chan struct{}
}

func newClones(options Options, own secrets, objects client.Reader, cache *cacheFolder) clones {
	return clones{cache: cache, http: options.HTTP, secrets: own, objects: objects, turns: make(chan struct{}, source.MaxClones)}
}

// source makes the source of a clone URL, if the object has one.
func (c clones) source(object manifest.Object[v1alpha1.OwnershipSource]) (engine.Source, bool) {
	made := &cloned{clones: c, name: object.Value.Name, spec: object.Value.Spec}
	made.kind, made.url = source.CloneURL(&made.spec)
	return made, made.url != ""
}

// cloned is a source of a clone URL. What it is read with is found out at each look, and what it remembers is kept for as
// long as that stays the same.
type cloned struct {
	clones
	name string
	kind ownership.SourceKind
	url  string
	spec v1alpha1.OwnershipSourceSpec

	mutex sync.Mutex
	made  engine.Source
	by    means
}

// means are what a clone is made with, beside what its object says.
type means struct {
	folder      string
	credentials *fetch.Credentials
	historyDays *int32
}

// same says whether two clones are made with the same.
func (m means) same(other means) bool {
	days := func(m means) int32 {
		if m.historyDays == nil {
			return -1
		}
		return *m.historyDays
	}
	a, b := m.credentials, other.credentials
	if (a == nil) != (b == nil) || m.folder != other.folder || days(m) != days(other) {
		return false
	}
	return a == nil || a.Name == b.Name && a.Username == b.Username && a.Token.Equal(b.Token)
}

// Name is the name of the OwnershipSource.
func (c *cloned) Name() string { return c.name }

// Kind is what the source observes.
func (c *cloned) Kind() ownership.SourceKind { return c.kind }

// Watch is nothing: what happens on a server is not seen here.
func (c *cloned) Watch() []string { return nil }

// Observe reads the Secret as it is now, and the repository with it. Where the Secret is of no use nothing is asked, and
// nothing that was fetched with it is read.
func (c *cloned) Observe(ctx context.Context, now time.Time) ownership.Observation {
	current, err := c.current(ctx)
	if err == nil {
		return current.Observe(ctx, now)
	}
	var problem ownership.Problem
	if !errors.As(err, &problem) {
		problem = ownership.Problem{Message: err.Error(), Remedy: "look at the controller's log"}
	}
	return ownership.Observation{Source: c.name, Kind: c.kind, At: now, Unknown: problem.Message, Problems: []ownership.Problem{problem}}
}

// current is the source as it is to be read now.
func (c *cloned) current(ctx context.Context) (engine.Source, error) {
	by, err := c.means(ctx)
	if err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.made == nil || !c.by.same(by) {
		c.made, c.by = c.make(by), by
	}
	return c.made, nil
}

// means finds out what the repository is read with.
func (c *cloned) means(ctx context.Context) (by means, err error) {
	if credentials := c.spec.Credentials; credentials != nil {
		address, err := fetch.ParseURL(c.url)
		if err != nil {
			return by, ownership.Problem{Field: "spec." + string(c.kind) + ".url", Reason: "AddressRefused", Message: err.Error(), Remedy: "correct the url"}
		}
		if by.credentials, err = c.secrets.read(ctx, credentials.Read, address); err != nil {
			return by, err
		}
	}
	if by.folder, err = c.cache.find(ctx); err != nil {
		return by, ownership.Problem{
			Reason: "CacheUnwritable", Message: fmt.Sprintf("there is no folder for clones: %v", err),
			Remedy: "start the controller with --cache DIR, a folder that it can write",
		}
	}
	by.historyDays, err = c.history(ctx)
	return by, err
}

// history is how much of the log is fetched.
func (c *cloned) history(ctx context.Context) (*int32, error) {
	var declared v1alpha1.OwnershipSourceList
	if c.kind == ownership.SourceCatalog { // it may share a clone
		if err := c.objects.List(ctx, &declared, client.UnsafeDisableDeepCopy); err != nil {
			return nil, err
		}
	}
	return source.HistoryDays(&c.spec, func(yield func(*v1alpha1.OwnershipSourceSpec) bool) {
		for i := range declared.Items {
			if !yield(&declared.Items[i].Spec) {
				return
			}
		}
	}), nil
}

func (c *cloned) make(by means) engine.Source {
	made, _ := source.ByURL(c.name, &c.spec, source.Cloning{
		Folder: by.folder, HTTP: c.http, Credentials: by.credentials, HistoryDays: by.historyDays, Turns: c.turns,
	})
	return made // there is a URL, or it would be no clone
}

// cacheFolder is where clones are kept.
type cacheFolder struct {
	// given is the folder of the options; where it is empty a temporary one is made when it is needed first.
	given string

	mutex     sync.Mutex
	temporary string
	// tidied is when what no source names any more was removed last.
	tidied time.Time
}

// tidyEvery is how often the folder is looked through for what no source names any more.
const tidyEvery = 24 * time.Hour

// find gives the folder of clones.
func (f *cacheFolder) find(ctx context.Context) (string, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.given != "" {
		folder := filepath.Join(f.given, "clones")
		if now := time.Now(); now.Sub(f.tidied) > tidyEvery {
			f.tidied = now
			_ = fetch.RemoveUnused(ctx, folder, now.Add(-fetch.Unused)) // what stays takes room and no more
		}
		return folder, os.MkdirAll(folder, 0o700)
	}
	if f.temporary != "" {
		return f.temporary, nil
	}
	folder, err := os.MkdirTemp("", "remit-clones-")
	f.temporary = folder
	return folder, err
}

// remove removes the temporary folder.
func (f *cacheFolder) remove() error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.temporary == "" {
		return nil
	}
	return os.RemoveAll(f.temporary)
}
