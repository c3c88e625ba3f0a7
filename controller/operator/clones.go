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
	"github.com/remit-dev/remit/controller/source/catalog"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// maxClones bounds how many repositories are fetched at a time.
const maxClones = 4

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
	return clones{cache: cache, http: options.HTTP, secrets: own, objects: objects, turns: make(chan struct{}, maxClones)}
}

// source makes the source of a clone URL, if the object has one.
func (c clones) source(object manifest.Object[v1alpha1.OwnershipSource]) (engine.Source, bool) {
	spec := object.Value.Spec
	made := &cloned{clones: c, name: object.Value.Name, spec: spec}
	switch {
	case spec.Git != nil && spec.Git.URL != "":
		made.kind, made.url = ownership.SourceGit, spec.Git.URL
	case spec.Catalog != nil && spec.Catalog.URL != "":
		made.kind, made.url = ownership.SourceCatalog, spec.Catalog.URL
	default:
		return nil, false
	}
	return made, true
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
	source, err := c.current(ctx)
	if err == nil {
		return source.Observe(ctx, now)
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
	if by.folder, err = c.cache.find(); err != nil {
		return by, ownership.Problem{
			Reason: "CacheUnwritable", Message: fmt.Sprintf("there is no folder for clones: %v", err),
			Remedy: "start the controller with --cache DIR, a folder that it can write",
		}
	}
	by.historyDays, err = c.history(ctx)
	return by, err
}

// history is how much of the log is fetched: for a catalog as much as the git source of the same repository wants, which shares
// its clone; none where there is none.
func (c *cloned) history(ctx context.Context) (*int32, error) {
	if c.spec.Git != nil {
		return c.spec.Git.HistoryDays, nil
	}
	var sources v1alpha1.OwnershipSourceList
	if err := c.objects.List(ctx, &sources, client.UnsafeDisableDeepCopy); err != nil {
		return nil, err
	}
	for i := range sources.Items {
		spec := &sources.Items[i].Spec
		if spec.Git != nil && spec.Git.URL == c.url && !spec.Suspend && secretOf(spec) == secretOf(&c.spec) {
			return spec.Git.HistoryDays, nil
		}
	}
	return new(int32), nil
}

// secretOf is the name of the Secret that a source is read with; empty where there is none.
func secretOf(spec *v1alpha1.OwnershipSourceSpec) string {
	if spec.Credentials == nil {
		return ""
	}
	return spec.Credentials.Read.Name
}

func (c *cloned) make(by means) engine.Source {
	settings := git.RemoteSettings{
		Settings: fetch.Settings{URL: c.url, Credentials: by.credentials, Folder: by.folder, HTTP: c.http}, HistoryDays: by.historyDays, Turns: c.turns,
	}
	if spec := c.spec.Catalog; spec != nil {
		settings.Organization, settings.Repository = spec.Organization, spec.Repository
		return catalog.NewRemote(c.name, *spec, settings)
	}
	settings.Organization, settings.Repository = c.spec.Git.Organization, c.spec.Git.Repository
	return git.NewRemote(c.name, settings)
}

// cacheFolder is where clones are kept.
type cacheFolder struct {
	// given is the folder of the options; where it is empty a temporary one is made when it is needed first.
	given string

	mutex     sync.Mutex
	temporary string
}

// find gives the folder of clones.
func (f *cacheFolder) find() (string, error) {
	if f.given != "" {
		folder := filepath.Join(f.given, "clones")
		return folder, os.MkdirAll(folder, 0o700)
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
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
