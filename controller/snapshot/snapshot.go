package snapshot

import (
	"cmp"
	"slices"
	"strings"
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
	// Sources are the observed sources, in any order: where two say something of one thing, the first by name counts.
	Sources []Source
	// FilesOnly says that there are no manifests: every repository is an area of its own, and only files count.
	FilesOnly bool
}

// Source is one source's settings and what it saw.
type Source struct {
	Name      string
	Kind      ownership.SourceKind
	Authority Authority
	// Discover makes an area of each repository or namespace that no Area claims any part of.
	Discover bool
	// Mode is how far Remit may go in changing what the source observes; empty means Observe.
	Mode ownership.Mode
	// Names are patterns of path.Match for what its repositories are called; nil means that they may be called anything.
	Names       []string
	Observation ownership.Observation
}

// byName sorts sources, so that it does not matter where in the manifests they stand.
func byName(sources []Source) []Source {
	return slices.SortedStableFunc(slices.Values(sources), func(a, b Source) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.Kind), string(b.Kind)))
	})
}

// settings are the source without what it saw.
func (s Source) settings() Source {
	s.Observation = ownership.Observation{Unknown: s.Observation.Unknown, AllRepositories: s.Observation.AllRepositories}
	return s
}

// Snapshot is all facts at one moment. It is immutable after Build.
type Snapshot struct {
	Now   time.Time
	Roles []ownership.RoleDefinition
	// RolesUnknown says why it is not known how roles are configured; Roles are the default ones then.
	RolesUnknown string
	People       *People
	// Repositories are sorted by ID.
	Repositories []*Repository
	// Areas are sorted by ID; suspended ones are left out.
	Areas []*Area
	// Sources are as given, with those whose manifests have errors, by name.
	Sources []Source
	// Problems are what was found wrong while joining the parts.
	Problems []ownership.Problem

	repositories map[string]*Repository
	areas        map[ownership.AreaID]*Area
	frame        *frame
	catalogs     *catalogs
	namespaces   *namespaces
	affected     affected
	// bounds say of which areas only some problems are judged.
	bounds []ownership.Problem
}

// Build joins the input into a snapshot.
func Build(in Input) *Snapshot { return Next(nil, in) }

// Next joins the input into a snapshot, and takes over from the one before, which may be nil, what has not changed: where
// facts, manifests and the effect of time are the same, the new snapshot has the very same *People, *Repository and *Area.
// What it takes over is what Build would make: equal inputs give equal snapshots, whatever was before.
//
//	what has changed                       is made anew
//	a person, a team                       people; repositories and areas that name a holder whose standing changed
//	a repository                           that repository, and the areas whose part of it changed
//	a namespace, a workload                the areas whose part of the cluster changed
//	a manifest, a source's settings,       all areas, and which files fall to which; repositories stay
//	a moment at which an assignment begins or ends
func Next(before *Snapshot, in Input) *Snapshot {
	in.Sources = byName(withLost(in))
	s := &Snapshot{Now: in.Now, Sources: in.Sources, RolesUnknown: rolesUnknown(in), repositories: map[string]*Repository{}}
	roles := rolesOf(in)
	s.Roles = roles.definitions
	s.affected = s.nextPeople(before, in, roles.placeholders)
	if before != nil && before.RolesUnknown != s.RolesUnknown {
		s.affected = affected{all: true}
	}
	s.addRepositories(before, in.FilesOnly)
	s.frame = s.nextFrame(before, in)
	s.nextCatalogs(before)
	s.nextNamespaces(before)
	s.divide(before)
	s.observeAll(before)
	return s
}

// SameFrame says whether the areas, what they claim and what manifests declare of them are those of another snapshot.
func (s *Snapshot) SameFrame(other *Snapshot) bool { return other != nil && s.frame == other.frame }

// Affects says whether people may say something else of a holder than in the snapshot that this one was made after: whether
// it can hold a role, who is in it, or what it may write.
func (s *Snapshot) Affects(holder ownership.Holder) bool { return s.affected.has(holder) }

// AffectsStanding says whether people may say something else of whether a holder can hold a role, and where.
func (s *Snapshot) AffectsStanding(holder ownership.Holder) bool {
	return s.affected.all || s.affected.owners[holder]
}

// AffectedStandings are the holders of whom AffectsStanding is true; all says that it is of every one.
func (s *Snapshot) AffectedStandings() (holders map[ownership.Holder]bool, all bool) {
	return s.affected.owners, s.affected.all
}

// SameHolders says whether the persons and teams are those of another snapshot, whatever is said of them.
func (s *Snapshot) SameHolders(other *Snapshot) bool {
	if s.People == other.People {
		return true
	}
	if s.People.directory != other.People.directory || len(s.People.Teams) != len(other.People.Teams) {
		return false
	}
	for holder := range s.People.Teams {
		if other.People.Teams[holder] == nil {
			return false
		}
	}
	return true
}

// AffectsNobody and AffectsAll say so of all holders.
func (s *Snapshot) AffectsNobody() bool { return s.affected.none() }

// AffectsAll says that people may say something else of every holder.
func (s *Snapshot) AffectsAll() bool { return s.affected.all }

// roles are what the RoleConfiguration says.
type roles struct {
	definitions  []ownership.RoleDefinition
	placeholders []string
}

func rolesOf(in Input) roles {
	var configuration *v1alpha1.RoleConfiguration
	if in.Manifests.Roles != nil {
		configuration = &in.Manifests.Roles.Value
	}
	definitions := manifest.RoleDefinitions(configuration)
	if in.FilesOnly {
		definitions = withoutRequirements(definitions)
	}
	return roles{definitions, manifest.Placeholders(configuration)}
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

// NextMoment is the first moment after the snapshot's own at which time alone changes something; zero where there is none.
func (s *Snapshot) NextMoment() time.Time {
	var next time.Time
	for _, moments := range [][]time.Time{s.frame.moments, s.People.moments} {
		at, _ := slices.BinarySearchFunc(moments, s.Now, func(a, b time.Time) int {
			if a.After(b) {
				return 1
			}
			return -1
		})
		if at < len(moments) && (next.IsZero() || moments[at].Before(next)) {
			next = moments[at]
		}
	}
	return next
}

// passed says whether one of the sorted moments lies in (from, to].
func passed(moments []time.Time, from, to time.Time) bool {
	return slices.ContainsFunc(moments, func(moment time.Time) bool { return moment.After(from) && !moment.After(to) })
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

// compareIDs orders areas by ID.
func compareIDs(a, b *AreaManifest) int { return strings.Compare(string(a.ID), string(b.ID)) }
