package record

import (
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Summary says what is in a recording.
type Summary struct {
	// Format is the version of the format, By the version of Remit that wrote the recording.
	Format int    `json:"format"`
	By     string `json:"by"`
	// At is the moment that was recorded.
	At       time.Time `json:"at"`
	Redacted bool      `json:"redacted"`
	// FilesOnly says that there are no manifests.
	FilesOnly bool `json:"filesOnly"`
	// Areas are those that manifests declare; BrokenAreas those of them that cannot be judged.
	Areas           int `json:"areas"`
	BrokenAreas     int `json:"brokenAreas"`
	RoleAssignments int `json:"roleAssignments"`
	DeclaredTeams   int `json:"declaredTeams"`
	// Repositories, Files, Commits, People and Teams are those that all sources saw, each as often as it was seen.
	Repositories int `json:"repositories"`
	Files        int `json:"files"`
	Commits      int `json:"commits"`
	People       int `json:"people"`
	Teams        int `json:"teams"`
	// Catalogs are the repositories with files of a catalog.
	Catalogs int `json:"catalogs"`
	// Problems are those of the input that a check of the recording shows, warnings included; Errors are those that are none.
	Problems int              `json:"problems"`
	Errors   int              `json:"errors"`
	Sources  []SourceSummary  `json:"sources"`
	Policies []PolicySummary  `json:"policies"`
	Kept     []RepositoryKept `json:"repositoryList"`
}

// SourceSummary says what is recorded of a source.
type SourceSummary struct {
	Name         string               `json:"name"`
	Kind         ownership.SourceKind `json:"kind"`
	Repositories int                  `json:"repositories"`
	People       int                  `json:"people"`
	Teams        int                  `json:"teams"`
	// Unknown says why the source, or a part of it, could not be read whole; empty where it could.
	Unknown string `json:"unknown,omitempty"`
}

// PolicySummary is a recorded policy. File is where its text was; empty where the text could not be read.
type PolicySummary struct {
	Name string `json:"name"`
	File string `json:"file,omitempty"`
}

// RepositoryKept says what is recorded of a repository.
type RepositoryKept struct {
	ID         string `json:"id"`
	Source     string `json:"source"`
	Codeowners string `json:"codeowners,omitempty"`
	Files      int    `json:"files"`
	Commits    int    `json:"commits"`
	Unknown    string `json:"unknown,omitempty"`
}

// Found adds the problems that a check of the recording shows.
func (s Summary) Found(result *ownership.Result) Summary {
	s.Problems = len(result.Problems)
	for _, problem := range result.Problems {
		if !problem.Warning {
			s.Errors++
		}
	}
	return s
}

// Summarise says what is in a recording, without the problems. All lists are there, if empty.
func Summarise(r Recording) Summary {
	s := Summary{
		Format: version, By: r.By, At: r.Input.Now, Redacted: r.Redacted, FilesOnly: r.Input.FilesOnly,
		Sources: []SourceSummary{}, Policies: []PolicySummary{}, Kept: []RepositoryKept{},
	}
	if set := r.Input.Manifests; set != nil {
		s.Areas, s.BrokenAreas, s.RoleAssignments, s.DeclaredTeams = len(set.Areas), len(set.Broken), len(set.RoleAssignments), len(set.Teams)
	}
	for _, source := range r.Input.Sources {
		s.addSource(source, r.Input.Statuses)
	}
	if r.Input.Policies != nil {
		recorded := r.Input.Policies.Recorded()
		for _, source := range recorded.Sources {
			s.Policies = append(s.Policies, PolicySummary{Name: source.Name, File: source.File})
		}
		for _, unread := range recorded.Unread {
			s.Policies = append(s.Policies, PolicySummary{Name: unread.Name})
		}
	}
	slices.SortFunc(s.Policies, func(a, b PolicySummary) int { return strings.Compare(a.Name, b.Name) })
	return s
}

func (s *Summary) addSource(source snapshot.Source, statuses []ownership.SourceStatus) {
	seen := source.Observation
	added := SourceSummary{
		Name: source.Name, Kind: source.Kind, Unknown: seen.Unknown,
		Repositories: len(seen.Repositories), People: len(seen.People), Teams: len(seen.Teams),
	}
	for _, status := range statuses {
		if status.Name == source.Name && added.Unknown == "" {
			added.Unknown = status.Unknown
		}
	}
	s.Sources = append(s.Sources, added)
	s.Repositories += added.Repositories
	s.People += added.People
	s.Teams += added.Teams
	s.Catalogs += len(seen.Catalogs)
	for _, repository := range seen.Repositories {
		s.Files += len(repository.Files.Paths)
		s.Commits += len(repository.History.Commits)
		s.Kept = append(s.Kept, RepositoryKept{
			ID: repository.ID, Source: source.Name, Codeowners: repository.Codeowners.Path, Files: len(repository.Files.Paths),
			Commits: len(repository.History.Commits), Unknown: unknownPart(repository),
		})
	}
}

// unknownPart says what of a repository could not be read whole.
func unknownPart(r ownership.Repository) string {
	for _, part := range []ownership.Provenance{r.Provenance, r.Files.Provenance, r.Codeowners.Provenance, r.History.Provenance} {
		if !part.Known() {
			return part.Unknown
		}
	}
	return ""
}
