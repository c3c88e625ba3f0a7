// Package source makes the sources that OwnershipSources ask for, for files as well as for a cluster: it knows which
// package observes which kind of system, and turns an object's settings into those of the engine.
//
//	OwnershipSource ──► InFiles, or what the cluster gives ──► engine.Source ─┐
//	        └────────── settings ─────────────────────────────────────────────┴──► Declared
package source

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/source/catalog"
	"github.com/remit-dev/remit/controller/source/git"
	"github.com/remit-dev/remit/controller/source/people"
)

// The settings of a source that says nothing of them.
const (
	DefaultInterval     = 5 * time.Minute
	DefaultMaxStaleness = 24 * time.Hour
)

// Declared is a source that an object declares.
type Declared struct {
	// Key changes when the source must be made anew, and forget what it remembers.
	Key  string
	Made engine.Source
	// Observed is what was made with the object's settings; Interval is how often to look.
	Observed engine.Observed
	Interval time.Duration
}

// Key names what a source is made of. Settings that are the engine's (its authority, say) are not part of it.
func Key(object manifest.Object[v1alpha1.OwnershipSource]) string {
	spec := struct {
		Name, Dir  string
		Git        *v1alpha1.GitSource
		People     *v1alpha1.PeopleSource
		Catalog    *v1alpha1.CatalogSource
		Kubernetes *v1alpha1.KubernetesSource
		// Credentials decide how, and whether, the source is read.
		Credentials *v1alpha1.SourceCredentials
	}{
		object.Value.Name, object.Dir, object.Value.Spec.Git, object.Value.Spec.People, object.Value.Spec.Catalog, object.Value.Spec.Kubernetes,
		object.Value.Spec.Credentials,
	}
	text, err := json.Marshal(spec)
	if err != nil { // plain strings and numbers cannot fail; were it so, the source would only forget
		return fmt.Sprintf("%s at %s", object.Value.Name, object.Location)
	}
	return string(text)
}

// InFiles makes a source that reads files: paths are relative to the folder of the manifest.
func InFiles(object manifest.Object[v1alpha1.OwnershipSource]) engine.Source {
	if spec := object.Value.Spec.Git; spec != nil {
		return git.New(object.Value.Name, *spec, object.Dir)
	}
	if spec := object.Value.Spec.Catalog; spec != nil {
		return catalog.New(object.Value.Name, *spec, object.Dir)
	}
	// The schema sees to it that exactly one kind is given.
	return people.New(object.Value.Name, *object.Value.Spec.People, object.Dir)
}

// Declare gives a source the settings of its object.
func Declare(object manifest.Object[v1alpha1.OwnershipSource], made engine.Source) Declared {
	spec := object.Value.Spec
	source := Declared{Key: Key(object), Made: made, Interval: DefaultInterval, Observed: engine.Observed{
		Source: placed{made, object}, Authority: authority(spec), MaxStaleness: DefaultMaxStaleness,
		Suspended: spec.Suspend, Mode: ownership.Mode(spec.Mode),
		Discover: spec.Git != nil && spec.Git.Discover || spec.Kubernetes != nil && spec.Kubernetes.Discover,
	}}
	if spec.Git != nil {
		source.Observed.Names = manifest.Names(spec.Git.Organization, spec.Git.Repository)
		if spec.Git.URL != "" {
			source.Observed.Names = manifest.Names("", git.RemoteName(spec.Git.URL, spec.Git.Organization, spec.Git.Repository))
		}
	}
	if spec.Interval != nil {
		source.Interval = spec.Interval.Duration
	}
	if spec.MaxStaleness != nil {
		source.Observed.MaxStaleness = spec.MaxStaleness.Duration
	}
	return source
}

// authority keeps apart the roles that are absent (every one is decided) and an empty list (none is). A catalog decides
// at most what its formats show: Backstage's who is accountable, Prow's who approves.
func authority(spec v1alpha1.OwnershipSourceSpec) snapshot.Authority {
	var a snapshot.Authority
	if given := spec.Authoritative; given != nil {
		a = snapshot.Authority{Roles: []ownership.Role{}, Repositories: given.Repositories}
		for _, role := range given.Roles {
			a.Roles = append(a.Roles, ownership.Role(role))
		}
	}
	if spec.Catalog == nil {
		return a
	}
	shown := []ownership.Role{}
	for _, format := range catalog.Formats(*spec.Catalog) {
		shown = append(shown, map[ownership.CatalogFormat]ownership.Role{
			ownership.Backstage: ownership.Accountable, ownership.Prow: ownership.Approver,
		}[format])
	}
	if a.Roles == nil {
		a.Roles = shown
	}
	a.Roles = slices.DeleteFunc(a.Roles, func(role ownership.Role) bool { return !slices.Contains(shown, role) })
	return a
}

// placed is a source whose problems with its settings are shown where these stand in the manifest, and whose
// panics make it unknown and no more.
type placed struct {
	engine.Source
	object manifest.Object[v1alpha1.OwnershipSource]
}

// Observe observes the source.
func (p placed) Observe(ctx context.Context, now time.Time) (observation ownership.Observation) {
	defer func() {
		if reason := recover(); reason != nil {
			why := fmt.Sprintf("observing it failed: %v", reason)
			observation = ownership.Observation{
				Source: p.Name(), Kind: p.Kind(), At: now, Unknown: why,
				Problems: []ownership.Problem{{Location: p.object.Location, Message: why, Remedy: "report this as a fault of Remit"}},
			}
		}
	}()
	observation = p.Source.Observe(ctx, now)
	for i, problem := range observation.Problems {
		if strings.HasPrefix(problem.Field, "spec.") {
			observation.Problems[i].Location = p.object.FieldLocation(problem.Field)
		}
	}
	return observation
}
