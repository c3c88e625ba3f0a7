package ownership

import "time"

// Result is what one pass found. Every list is sorted, so that equal snapshots
// give byte-identical results.
type Result struct {
	// At is the moment of the snapshot.
	At time.Time `json:"at"`
	// Areas are sorted by ID.
	Areas []AreaResult `json:"areas"`
	// Findings are the findings of all subjects, the most severe first.
	Findings []Finding `json:"findings"`
	// Exemptions are those of the policies, in the order of the manifests.
	Exemptions []Exemption `json:"exemptions,omitempty"`
	// Undetermined counts, for each policy instance, the subjects that it could not be judged for.
	Undetermined map[string]int `json:"undetermined,omitempty"`
	Sources      []SourceStatus `json:"sources"`
	Policies     []PolicyStatus `json:"policies"`
	// Repositories sums up the files of each repository, whether an area claims them or not.
	Repositories []RepositoryResult `json:"repositories"`
	// Problems are bad input of every kind.
	Problems []Problem `json:"problems,omitempty"`
}

// Drift is that of each area, in the order of Areas.
func (r *Result) Drift() [][]Drift {
	found := make([][]Drift, len(r.Areas))
	for i, area := range r.Areas {
		found[i] = area.Drift
	}
	return found
}

// AreaResult is what one pass found of one area.
type AreaResult struct {
	ID          AreaID            `json:"id"`
	Description string            `json:"description,omitempty"`
	Tier        string            `json:"tier,omitempty"`
	Parent      AreaID            `json:"parent,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	// Team is the nearest ancestor's accountable team (the area's own first), without "team:", or empty.
	Team string `json:"team,omitempty"`
	// Virtual says that no manifest declares the area: it stands for a repository, or for a namespace of a cluster.
	Virtual bool  `json:"virtual,omitempty"`
	State   State `json:"state"`
	// Requirements say what was asked of the area and what came of it.
	Requirements []Requirement `json:"requirements"`
	// Stalled says why the area cannot be judged: ScopeConflict, ScopeNotFound, ParentCycle, ...
	Stalled string `json:"stalled,omitempty"`

	Declared Assignments[Declaration] `json:"declared"`
	// Refused are the holders, by role, who are declared and count for none, because they are more than the role allows.
	Refused  Assignments[Declaration] `json:"refused,omitempty"`
	Observed Assignments[Observed]    `json:"observed"`
	Coverage Coverage                 `json:"coverage"`
	// UnownedFiles are the folders and files without an owner, the largest first (bounded; exact totals in Coverage).
	UnownedFiles []UnownedFolder `json:"unownedFiles,omitempty"`
	// Namespaces are those of a cluster in which something belongs to the area, the first 100 by name; Objects is how many
	// namespaces and workloads do, as far as is known.
	Namespaces []string `json:"namespaces,omitempty"`
	Objects    int      `json:"objects,omitempty"`
	Drift      []Drift  `json:"drift"`
	Location   Location `json:"location,omitzero"`
}

// UnownedFolder counts the files of a folder that nobody owns.
type UnownedFolder struct {
	Repository string `json:"repository"`
	// Folder is relative to the repository, with a slash at its end; "/" is the root.
	Folder string `json:"folder"`
	Files  int    `json:"files"`
	// Explicit counts those of Files that an ownerless rule unsets.
	Explicit int `json:"explicit,omitempty"`
}

// RequirementStatus is what came of a requirement.
type RequirementStatus string

// The statuses of a requirement.
const (
	Met          RequirementStatus = "met"
	Unmet        RequirementStatus = "unmet"
	UnknownIfMet RequirementStatus = "unknown"
	PartlyUnmet  RequirementStatus = "partial" // files only: some are unmet
)

// Requirement is one thing asked of an area: a holder in a role, or an approver for each file.
type Requirement struct {
	Role   Role              `json:"role"`
	Status RequirementStatus `json:"status"`
	// Reason says why it is not met, or what is unknown.
	Reason string `json:"reason,omitempty"`
}

// SourceStatus says how observing a source went.
type SourceStatus struct {
	Name string     `json:"name"`
	Kind SourceKind `json:"kind"`
	At   time.Time  `json:"at"`
	// Unknown says why the source, or the named part of it, could not be read whole.
	Unknown string `json:"unknown,omitempty"`
	// LastSuccess is when the source could last be read; zero where it never was.
	LastSuccess  time.Time `json:"lastSuccess,omitzero"`
	Repositories int       `json:"repositories"`
	People       int       `json:"people"`
	Teams        int       `json:"teams"`
	Namespaces   int       `json:"namespaces,omitempty"`
}

// PolicyStatus says how a policy instance fared.
type PolicyStatus struct {
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
	Subject string `json:"subject"`
	// OfLibrary names the policy of the library that it is an instance of; empty for one of the user's own.
	OfLibrary string `json:"library,omitempty"`
	// Subjects is how many subjects it judged, Failed for how many it failed or ran past its deadline.
	Subjects int `json:"subjects"`
	Failed   int `json:"failed,omitempty"`
	// Error is why it could not be compiled, or its first failure.
	Error string `json:"error,omitempty"`
	// Duration is how long judging took, all subjects together.
	Duration time.Duration `json:"-"`
}

// RepositoryResult sums up one repository's files and the problems of its CODEOWNERS.
type RepositoryResult struct {
	ID         string `json:"id"`
	Codeowners string `json:"codeowners,omitempty"`
	Rules      int    `json:"rules"`
	// NotInForce says why none of the file's rules is in force, if that is so.
	NotInForce string   `json:"notInForce,omitempty"`
	Coverage   Coverage `json:"coverage"`
	// Faults counts what is invalid in CODEOWNERS: a line that has any is skipped.
	Faults int `json:"faults,omitempty"`
	// Unclaimed counts the files that no declared area claims.
	Unclaimed int `json:"unclaimed"`
}
