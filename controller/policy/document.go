package policy

// The documents that policies read: `input` for each kind of subject, and
// `data.remit`. Their JSON schemas are generated from these types, and so is
// docs/policy-documents.md: a field that is not here does not compile in a policy.
//
// Every keyed map is an object keyed by id. Absent facts are absent keys or
// empty values; whether a fact is *unknown* is kept beside the documents by the
// engine (see Unknowns), never as a value that a policy could mistake for one.

// AreaInput is `input` where the subject is an area.
type AreaInput struct {
	Area AreaDocument `json:"area"`
	// Declared has a key for each configured role.
	Declared map[string][]DeclaredHolder `json:"declared"`
	// Observed has a key for each configured role.
	Observed     map[string][]ObservedHolder `json:"observed"`
	Drift        []DriftDocument             `json:"drift"`
	Coverage     CoverageDocument            `json:"coverage"`
	Contributors []ContributorDocument       `json:"contributors"`
	// Codeowners are the problems of CODEOWNERS rules that concern files or rules of this area.
	Codeowners []CodeownersProblem `json:"codeowners"`
}

// AreaDocument says which area is judged.
type AreaDocument struct {
	ID          string            `json:"id"`
	Namespace   string            `json:"namespace"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Tier        string            `json:"tier"`
	Parent      string            `json:"parent"`
	Labels      map[string]string `json:"labels"`
	// Repositories are the repositories in scope.
	Repositories []string `json:"repositories"`
	// Virtual says that no manifest declares the area: it stands for a repository.
	Virtual bool `json:"virtual"`
}

// DeclaredHolder is one declared assignment.
type DeclaredHolder struct {
	Holder string `json:"holder"`
	// By is the layer that declared it: "roleassignment", "area", "policy" or "parent".
	By string `json:"by"`
}

// ObservedHolder is one observed assignment.
type ObservedHolder struct {
	Holder string `json:"holder"`
	Source string `json:"source"`
	// At is the first place that says so, such as "acme/shop .github/CODEOWNERS:42".
	At string `json:"at"`
	// Files of Total files in scope are held.
	Files int `json:"files"`
	Total int `json:"total"`
}

// DriftDocument is one difference between declared and observed.
type DriftDocument struct {
	Kind    string `json:"kind"`
	Role    string `json:"role"`
	Holder  string `json:"holder"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	At      string `json:"at"`
}

// CoverageDocument counts the area's files by who owns them.
type CoverageDocument struct {
	Total     int `json:"total"`
	Owned     int `json:"owned"`
	CatchAll  int `json:"catch_all"`
	Effective int `json:"effective"`
	Unowned   int `json:"unowned"`
	Unmatched int `json:"unmatched"`
}

// ContributorDocument is one author's recent work on the area.
type ContributorDocument struct {
	// Holder is "user:ID" of a known person, or "user:ADDRESS" of an unknown one.
	Holder  string `json:"holder"`
	Commits int    `json:"commits"`
	// Share is the part of the area's recent commits, from 0 to 1.
	Share float64 `json:"share"`
	// LastDay is the day of the last commit, "2006-01-02".
	LastDay string `json:"last_day"`
	Bot     bool   `json:"bot"`
}

// CodeownersProblem is one problem of a CODEOWNERS file.
type CodeownersProblem struct {
	// Kind is "invalid", "doubtful", "dead", "shadowed", "duplicate", "catch-all-only" or "missing".
	Kind       string `json:"kind"`
	Repository string `json:"repository"`
	File       string `json:"file"`
	Line       int    `json:"line"`
	Pattern    string `json:"pattern"`
	Message    string `json:"message"`
}

// PersonInput is `input` where the subject is a person.
type PersonInput struct {
	Person PersonDocument `json:"person"`
	ID     string         `json:"id"`
	Holder string         `json:"holder"`
	// Holds are the person's own declared and observed assignments, not those of their teams.
	Holds []HeldDocument `json:"holds"`
	// Teams are the holders of the teams that list the person ("team:acme/payments").
	Teams []string `json:"teams"`
}

// HeldDocument is one assignment seen from its holder.
type HeldDocument struct {
	Area string `json:"area"`
	Role string `json:"role"`
	// How is "declared" or "observed".
	How string `json:"how"`
	At  string `json:"at"`
}

// OrganisationInput is `input` where the subject is the organisation.
type OrganisationInput struct {
	Areas int `json:"areas"`
}

// Data is `data.remit`.
type Data struct {
	People       map[string]PersonDocument     `json:"people"`
	Teams        map[string]TeamDocument       `json:"teams"`
	Areas        map[string]AreaView           `json:"areas"`
	Repositories map[string]RepositoryDocument `json:"repositories"`
	// Load is by holder: how much each holds.
	Load  map[string]LoadDocument `json:"load"`
	Clock ClockDocument           `json:"clock"`
}

// PersonDocument is a value of data.remit.people, keyed by the person's holder ("user:alice").
type PersonDocument struct {
	Name string `json:"name"`
	// Kind is "human", "bot" or "contractor".
	Kind string `json:"kind"`
	// Active says whether the person belongs to the organisation today.
	Active bool `json:"active"`
	// Ends is the day on which the person left or will leave, "2006-01-02", or empty.
	Ends string `json:"ends"`
	// Teams are the holders of the teams that list the person ("team:acme/payments").
	Teams []string `json:"teams"`
}

// TeamDocument is a value of data.remit.teams, keyed by the team's holder ("team:acme/payments").
type TeamDocument struct {
	Name string `json:"name"`
	// Parent is a holder, or empty.
	Parent string `json:"parent"`
	// Members are all who are in the team or in a child of it, as holders, maintainers included, each once, sorted.
	Members []string `json:"members"`
	// ActiveMembers are those of Members who are humans (or contractors) and active.
	ActiveMembers []string `json:"active_members"`
	Maintainers   []string `json:"maintainers"`
	Secret        bool     `json:"secret"`
	// Repositories are the permissions by repository ID, inherited ones included.
	Repositories map[string]string `json:"repositories"`
}

// AreaView is what other subjects may see of an area, a value of data.remit.areas, keyed by id.
type AreaView struct {
	Tier     string                      `json:"tier"`
	Parent   string                      `json:"parent"`
	Labels   map[string]string           `json:"labels"`
	Declared map[string][]DeclaredHolder `json:"declared"`
	Observed map[string][]ObservedHolder `json:"observed"`
}

// RepositoryDocument is a value of data.remit.repositories, keyed by id.
type RepositoryDocument struct {
	// Codeowners is the path of the CODEOWNERS file, or empty.
	Codeowners string `json:"codeowners"`
	Rules      int    `json:"rules"`
	Files      int    `json:"files"`
}

// LoadDocument is a value of data.remit.load, keyed by holder.
type LoadDocument struct {
	// Areas is how many areas the holder holds any declared role in, Roles how many of each role.
	Areas int            `json:"areas"`
	Roles map[string]int `json:"roles"`
}

// ClockDocument is the snapshot's time; reading a field of it is a tracked read.
type ClockDocument struct {
	// Day is "2006-01-02" and Hour 0 to 23, both in UTC.
	Day  string `json:"day"`
	Hour int    `json:"hour"`
}
