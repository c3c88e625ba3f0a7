package snapshot

import (
	"sort"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// Input is all that a snapshot is made of.
type Input struct {
	// Now is the moment of the snapshot.
	Now       time.Time
	Manifests *manifest.Set
	// Sources are the observed sources, by name.
	Sources []Source
	// FilesOnly says that there are no manifests: every repository is an area of its own, and only files count.
	FilesOnly bool
}

// Source is one source's settings and what it saw.
type Source struct {
	Name      string
	Kind      ownership.SourceKind
	Authority Authority
	// Discover makes an area of each repository that no Area claims any part of.
	Discover bool
	// Mode is how far Remit may go in changing what the source observes; empty means Observe.
	Mode        ownership.Mode
	Observation ownership.Observation
}

// Snapshot is all facts at one moment. It is immutable after Build.
type Snapshot struct {
	Now    time.Time
	Roles  []ownership.RoleDefinition
	People *People
	// Repositories are sorted by ID.
	Repositories []*Repository
	// Areas are sorted by ID; suspended ones are left out.
	Areas []*Area
	// Sources are as given.
	Sources []Source
	// Problems are what was found wrong while joining the parts.
	Problems []ownership.Problem

	repositories map[string]*Repository
	areas        map[ownership.AreaID]*Area
	catalogs     catalogs
	// invalidSources says that the manifest of a source has errors, so that the source was left out.
	invalidSources bool
}

// Build joins the input into a snapshot.
func Build(in Input) *Snapshot {
	var configuration *v1alpha1.RoleConfiguration
	if in.Manifests.Roles != nil {
		configuration = &in.Manifests.Roles.Value
	}
	s := &Snapshot{
		Now: in.Now, Sources: in.Sources,
		Roles:        manifest.RoleDefinitions(configuration),
		repositories: map[string]*Repository{}, areas: map[ownership.AreaID]*Area{},
		invalidSources: in.Manifests.Invalid["OwnershipSource"] > 0,
	}
	if in.FilesOnly {
		s.Roles = withoutRequirements(s.Roles)
	}
	s.People = newPeople(in.Now, in.Sources, manifest.Placeholders(configuration))
	s.addRepositories()
	s.addAreas(in)
	s.addVirtualAreas(in.FilesOnly)
	sort.Slice(s.Areas, func(i, j int) bool { return s.Areas[i].ID < s.Areas[j].ID })
	s.linkParents(in.Manifests)
	s.addCatalogs()
	claims := s.claims()
	for _, repository := range s.Repositories {
		s.claim(repository, claims[repository.ID()])
	}
	for _, area := range s.Areas {
		s.observe(area)
	}
	s.Areas = judged(s.Areas)
	return s
}

// Area finds an area by its ID; nil where there is none.
func (s *Snapshot) Area(id ownership.AreaID) *Area { return s.areas[id] }

// Repository finds a repository by its ID; nil where it was not observed.
func (s *Snapshot) Repository(id string) *Repository { return s.repositories[id] }

// Role finds the definition of a role.
func (s *Snapshot) Role(role ownership.Role) (ownership.RoleDefinition, bool) {
	for _, definition := range s.Roles {
		if definition.Role == role {
			return definition, true
		}
	}
	return ownership.RoleDefinition{}, false
}

// withoutRequirements copies the roles, asking for none of them.
func withoutRequirements(roles []ownership.RoleDefinition) []ownership.RoleDefinition {
	free := make([]ownership.RoleDefinition, len(roles))
	for i, role := range roles {
		role.RequiredTiers = nil
		free[i] = role
	}
	return free
}

// judged leaves out the suspended areas, which claim their files all the same.
func judged(areas []*Area) []*Area {
	kept := areas[:0]
	for _, area := range areas {
		if !area.Suspended {
			kept = append(kept, area)
		}
	}
	return kept
}
