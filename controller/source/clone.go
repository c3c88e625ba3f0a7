package source

import (
	"iter"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/catalog"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

// MaxClones bounds how many repositories are fetched at a time.
const MaxClones = 4

// Cloning is what clones are made with, beside what their objects say.
type Cloning struct {
	// Folder is where clones are kept.
	Folder string
	// HTTP says which servers may be asked.
	HTTP safehttp.Options
	// Credentials are nil where none are used.
	Credentials *fetch.Credentials
	// HistoryDays is how much of the log is fetched; see HistoryDays.
	HistoryDays *int32
	// Turns has as much room as repositories may be fetched at a time.
	Turns chan struct{}
}

// CloneURL is the address that a source names, and what it observes there; empty where it names none.
func CloneURL(spec *v1alpha1.OwnershipSourceSpec) (kind ownership.SourceKind, address string) {
	switch {
	case spec.Git != nil && spec.Git.URL != "":
		return ownership.SourceGit, spec.Git.URL
	case spec.Catalog != nil && spec.Catalog.URL != "":
		return ownership.SourceCatalog, spec.Catalog.URL
	}
	return "", ""
}

// ByURL makes the source of a clone URL, if the object has one.
func ByURL(name string, spec *v1alpha1.OwnershipSourceSpec, with Cloning) (made engine.Source, has bool) {
	kind, address := CloneURL(spec)
	settings := git.RemoteSettings{
		Settings:    fetch.Settings{URL: address, Credentials: with.Credentials, Folder: with.Folder, HTTP: with.HTTP},
		HistoryDays: with.HistoryDays, Turns: with.Turns,
	}
	switch kind {
	case ownership.SourceGit:
		settings.Organization, settings.Repository = spec.Git.Organization, spec.Git.Repository
		return git.NewRemote(name, settings), true
	case ownership.SourceCatalog:
		settings.Organization, settings.Repository = spec.Catalog.Organization, spec.Catalog.Repository
		return catalog.NewRemote(name, *spec.Catalog, settings), true
	}
	return nil, false
}

// HistoryDays is how much of the log is fetched for a source: for a catalog as much as the git sources of the same address and
// Secret want, since they share a clone, of several the most; none where there is no such source. Nil is the default of git
// sources. The order of all makes no difference.
func HistoryDays(spec *v1alpha1.OwnershipSourceSpec, all iter.Seq[*v1alpha1.OwnershipSourceSpec]) *int32 {
	if spec.Git != nil {
		return spec.Git.HistoryDays
	}
	_, address := CloneURL(spec)
	most := new(int32)
	for other := range all {
		if other.Git != nil && other.Git.URL == address && !other.Suspend && secretOf(other) == secretOf(spec) &&
			git.HistoryDays(other.Git.HistoryDays) > git.HistoryDays(most) {
			most = other.Git.HistoryDays
		}
	}
	return most
}

// secretOf is the name of the Secret that a source is read with; empty where there is none.
func secretOf(spec *v1alpha1.OwnershipSourceSpec) string {
	if spec.Credentials == nil {
		return ""
	}
	return spec.Credentials.Read.Name
}
