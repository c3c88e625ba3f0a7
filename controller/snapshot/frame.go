package snapshot

import (
	"slices"
	"time"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// frame is what manifests and the settings of sources say, whatever is observed: the areas, and what they claim.
type frame struct {
	in Input // without what sources saw
	// areas are all areas, suspended ones included, sorted by ID.
	areas []*AreaManifest
	byID  map[ownership.AreaID]*AreaManifest
	// claims are by repository.
	claims map[string][]claim
	// namespaces are the claims to namespaces and workloads; discovered the namespaces that virtual areas are made of.
	namespaces namespaceClaims
	discovered []string
	// repositories are the names of those that were observed, which virtual areas are made of.
	repositories []string
	// invalidSources says that the manifest of a source has errors, so that the source was left out.
	invalidSources bool
	// unclaimed says, by repository, by "namespace/", as "/" of virtual areas, as entities of a catalog and as clusterNamespaces, why files may be another area's than they seem.
	unclaimed map[string]string
	// unlisted says why there may be areas that are none here.
	unlisted string
	// uncounted says why there may be none of some areas that are here.
	uncounted string
	// moments are the times at which an assignment begins or ends, sorted.
	moments []time.Time
}

// nextFrame makes the frame, or takes over the one before, if nothing that it depends on has changed.
func (s *Snapshot) nextFrame(before *Snapshot, in Input) *frame {
	names := make([]string, len(s.Repositories))
	for i, repository := range s.Repositories {
		names[i] = repository.ID()
	}
	if before != nil && before.frame.holds(before, s, in, names) {
		return before.frame
	}
	in.Sources = settingsOf(in.Sources)
	f := &frame{
		in: in, byID: map[ownership.AreaID]*AreaManifest{}, repositories: names,
		invalidSources: in.Manifests.Invalid["OwnershipSource"] > 0,
	}
	f.addAreas(s.People)
	f.addLost()
	f.addVirtualAreas(s.Repositories)
	f.claimNamespaces() // before there are areas that stand for them
	f.discovered, _ = f.discoverable(s.Sources)
	f.addVirtualNamespaces(f.discovered)
	slices.SortFunc(f.areas, compareIDs)
	f.linkParents()
	f.claimNamespaces()
	f.claims = f.claim()
	for _, object := range in.Manifests.RoleAssignments {
		for _, moment := range []*time.Time{timeOf(object.Value.Spec.ValidFrom), timeOf(object.Value.Spec.ValidUntil)} {
			if moment != nil {
				f.moments = append(f.moments, *moment)
			}
		}
	}
	slices.SortFunc(f.moments, time.Time.Compare)
	return f
}

// holds says whether the frame of a snapshot is that of the next one, too.
func (f *frame) holds(before, next *Snapshot, in Input, repositories []string) bool {
	return f.in.Manifests == in.Manifests && f.in.FilesOnly == in.FilesOnly &&
		before.People.directory == next.People.directory &&
		!in.Now.Before(before.Now) && !passed(f.moments, before.Now, in.Now) &&
		slices.Equal(f.repositories, repositories) && slices.EqualFunc(f.in.Sources, in.Sources, sameSettings) && f.discovers(next.Sources)
}

// discovers says whether the namespaces that virtual areas are made of are those that they are made of here.
func (f *frame) discovers(sources []Source) bool {
	names, _ := f.discoverable(sources)
	return slices.Equal(f.discovered, names)
}

func settingsOf(sources []Source) []Source {
	settings := make([]Source, len(sources))
	for i, source := range sources {
		settings[i] = source.settings()
	}
	return settings
}

func sameSettings(a, b Source) bool {
	return a.Name == b.Name && a.Kind == b.Kind && a.Discover == b.Discover && a.Mode == b.Mode && slices.Equal(a.Names, b.Names) &&
		a.Authority.same(b.Authority) && a.Observation.Unknown == b.Observation.Unknown && a.Observation.AllRepositories == b.Observation.AllRepositories
}

// set is the manifests.
func (f *frame) set() *manifest.Set { return f.in.Manifests }
