package engine

import (
	"fmt"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// unreadCatalog says of which repository a source could not read the catalog files now, and why; empty where there is none.
func unreadCatalog(observation ownership.Observation) string {
	for _, catalog := range observation.Catalogs {
		if !catalog.Known() {
			return fmt.Sprintf("repository %s: %s", catalog.Repository, catalog.Unknown)
		}
	}
	return ""
}

// recallCatalogs puts earlier facts of a repository's catalog, if fresh enough, in the place of ones that could not be
// read. A file that cannot be read is no such case: what it said before may be what somebody just took back.
func recallCatalogs(now, before []ownership.Catalog, maxStaleness time.Duration, at time.Time) []ownership.Catalog {
	earlier := map[string]ownership.Catalog{}
	for _, catalog := range before {
		earlier[catalog.Repository] = catalog
	}
	recalled := make([]ownership.Catalog, len(now))
	for i, catalog := range now {
		recalled[i] = catalog
		if then, has := earlier[catalog.Repository]; has && !catalog.Known() && then.Known() && at.Sub(then.At) <= maxStaleness {
			recalled[i] = then
		}
	}
	return recalled
}

// unreadNamespaces says why not all namespaces are known, or which of them is not; empty where all are.
func unreadNamespaces(observation ownership.Observation) string {
	for i := range observation.Namespaces {
		if n := &observation.Namespaces[i]; !n.Known() {
			return fmt.Sprintf("namespace %s: %s", n.Name, n.Unknown)
		}
	}
	return observation.NamespacesUnknown
}
