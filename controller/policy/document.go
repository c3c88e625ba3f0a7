package policy

import "github.com/remit-dev/remit/controller/ownership"

//go:generate go run ../internal/documents ../..

// The documents that policies read: `input` for each kind of subject, and
// `data.remit`. Their JSON schemas are generated from these types, and so is
// docs/policy-documents.md: a field that is not here does not compile in a policy.
//
// Every keyed map is an object keyed by id. Absent facts are absent keys or
// empty values; whether a fact is *unknown* is kept beside the documents by the
// engine (see Unknowns), never as a value that a policy could mistake for one.

// AreaInput is `input` where the subject is an area.
type AreaInput struct {
	// Area says which area is judged.
	Area AreaDocument `json:"area"`
	// Declared has a key for each configured role.
	Declared map[string][]DeclaredHolder `json:"declared"`
	// Observed has a key for each configured role.
	Observed map[string][]ObservedHolder `json:"observed"`
	// Drift are the differences between declared and observed. A declare rule cannot read it.
	Drift []DriftDocument `json:"drift"`
	// Coverage counts the files in scope.
	Coverage CoverageDocument `json:"coverage"`
	// Contributors are who worked on the area lately, the most active first.
	Contributors []ContributorDocument `json:"contributors"`
	// Codeowners are the problems of CODEOWNERS rules that concern files or rules of this area.
	Codeowners []CodeownersProblem `json:"codeowners"`
}

// AreaDocument says which area is judged.
type AreaDocument struct {
	// ID is "namespace/name", or "repository:organisation/name" of a virtual area.
	ID string `json:"id"`
	// Namespace is the manifest's, empty for a virtual area.
	Namespace string `json:"namespace"`
	// Name is the manifest's, or the repository's.
	Name string `json:"name"`
	// Description is the manifest's own.
	Description string `json:"description"`
	// Tier says how critical the area is, in the organisation's words, or empty.
	Tier string `json:"tier"`
	// Parent is the ID of the area that this one is a part of, or empty.
	Parent string `json:"parent"`
	// Labels are the manifest's labels.
	Labels map[string]string `json:"labels"`
	// Repositories are the repositories in scope.
	Repositories []string `json:"repositories"`
	// Virtual says that no manifest declares the area: it stands for a repository.
	Virtual bool `json:"virtual"`
}

// DeclaredHolder is one declared assignment.
type DeclaredHolder struct {
	// Holder is "user:alice", "team:acme/payments" or "schedule:pagerduty/PABC123".
	Holder string `json:"holder"`
	// By is the layer that declared it: "roleassignment", "area", "policy" or "parent".
	By string `json:"by"`
}

// ObservedHolder is one observed assignment.
type ObservedHolder struct {
	// Holder is "user:alice" or "team:acme/payments".
	Holder string `json:"holder"`
	// Source is the name of the source that saw it.
	Source string `json:"source"`
	// At is the first place that says so, such as "acme/shop .github/CODEOWNERS:42".
	At string `json:"at"`
	// Files of Total files in scope are held.
	Files int `json:"files"`
	// Total is how many files are in scope; 0 where the role is not about files.
	Total int `json:"total"`
}

// DriftDocument is one difference between declared and observed.
type DriftDocument struct {
	// Kind is "missing", "unexpected", "conflicting" or "invalid".
	Kind string `json:"kind"`
	// Role is the role concerned.
	Role string `json:"role"`
	// Holder is the holder concerned.
	Holder string `json:"holder"`
	// Reason is a short code, such as "absent", "left", "empty" or "no-access".
	Reason string `json:"reason"`
	// Message says it in a sentence.
	Message string `json:"message"`
	// At is the first place concerned.
	At string `json:"at"`
}

// CoverageDocument counts the area's files by who owns them.
type CoverageDocument struct {
	// Total is how many files are in scope.
	Total int `json:"total"`
	// Owned files have an owner.
	Owned int `json:"owned"`
	// CatchAll is how many of the owned ones have one by a catch-all rule alone.
	CatchAll int `json:"catch_all"`
	// Effective files have an owner who is not known to be invalid.
	Effective int `json:"effective"`
	// Unowned files match a rule without owners.
	Unowned int `json:"unowned"`
	// Unmatched files match no rule.
	Unmatched int `json:"unmatched"`
}

// ContributorDocument is one author's recent work on the area.
type ContributorDocument struct {
	// Holder is "user:ID" of a known person, or "user:ADDRESS" of an unknown one.
	Holder string `json:"holder"`
	// Commits is how many of the recent commits are theirs.
	Commits int `json:"commits"`
	// Share is the part of the area's recent commits, from 0 to 1.
	Share float64 `json:"share"`
	// LastDay is the day of the last commit, "2006-01-02".
	LastDay string `json:"last_day"`
	// Bot says that the contributor is known to be a bot.
	Bot bool `json:"bot"`
}

// CodeownersProblem is one problem of a CODEOWNERS file.
type CodeownersProblem struct {
	// Kind is "invalid", "doubtful", "dead", "shadowed", "duplicate", "catch-all-only" or "missing".
	Kind string `json:"kind"`
	// Repository is "organisation/name".
	Repository string `json:"repository"`
	// File is the CODEOWNERS file's path in the repository.
	File string `json:"file"`
	// Line counts from 1; 0 means the whole file.
	Line int `json:"line"`
	// Pattern is the rule's pattern as written.
	Pattern string `json:"pattern"`
	// Message says it in a sentence.
	Message string `json:"message"`
}

// PersonInput is `input` where the subject is a person.
type PersonInput struct {
	// Person is what is known of the person.
	Person PersonDocument `json:"person"`
	// ID is the person's name in Remit, such as "alice".
	ID string `json:"id"`
	// Holder is the person as a holder, such as "user:alice".
	Holder string `json:"holder"`
	// Holds are the person's own declared and observed assignments, not those of their teams.
	Holds []HeldDocument `json:"holds"`
	// Teams are the holders of the teams that list the person ("team:acme/payments").
	Teams []string `json:"teams"`
}

// TeamInput is `input` where the subject is a team.
type TeamInput struct {
	// Team is what is known of the team.
	Team TeamDocument `json:"team"`
	// ID is "organisation/slug", such as "acme/payments".
	ID string `json:"id"`
	// Holder is the team as a holder, such as "team:acme/payments".
	Holder string `json:"holder"`
	// Holds are the team's own declared and observed assignments, not those of its members.
	Holds []HeldDocument `json:"holds"`
	// Children are the holders of the teams right below it, sorted.
	Children []string `json:"children"`
}

// ScheduleInput is `input` where the subject is an on-call schedule that holds something.
type ScheduleInput struct {
	// ID is "system/id", such as "pagerduty/PABC123".
	ID string `json:"id"`
	// Holder is the schedule as a holder, such as "schedule:pagerduty/PABC123".
	Holder string `json:"holder"`
	// Holds are the schedule's declared and observed assignments.
	Holds []HeldDocument `json:"holds"`
}

// HeldDocument is one assignment seen from its holder.
type HeldDocument struct {
	// Area is the area's ID.
	Area string `json:"area"`
	// Role is the role held.
	Role string `json:"role"`
	// How is "declared" or "observed".
	How string `json:"how"`
	// At is the place that says so, where one is known.
	At string `json:"at"`
}

// OrganisationInput is `input` where the subject is the organisation.
type OrganisationInput struct {
	// Areas is how many areas there are.
	Areas int `json:"areas"`
}

// Data is `data.remit`.
type Data struct {
	// People are keyed by holder ("user:alice").
	People map[string]PersonDocument `json:"people"`
	// Teams are keyed by holder ("team:acme/payments").
	Teams map[string]TeamDocument `json:"teams"`
	// Areas are keyed by ID. A declare rule can read tier, parent and labels only.
	Areas map[string]AreaView `json:"areas"`
	// Repositories are keyed by "organisation/name".
	Repositories map[string]RepositoryDocument `json:"repositories"`
	// Load is by holder: how much each holds.
	Load map[string]LoadDocument `json:"load"`
	// Clock is the snapshot's time.
	Clock ClockDocument `json:"clock"`
}

// PersonDocument is a value of data.remit.people, keyed by the person's holder ("user:alice").
type PersonDocument struct {
	// Name is the name for people to read.
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
	// Name is the name for people to read.
	Name string `json:"name"`
	// Parent is a holder, or empty.
	Parent string `json:"parent"`
	// Members are all who are in the team or in a child of it, as holders, maintainers included, each once, sorted.
	Members []string `json:"members"`
	// ActiveMembers are those of Members who are humans (or contractors) and active.
	ActiveMembers []string `json:"active_members"`
	// Maintainers are holders.
	Maintainers []string `json:"maintainers"`
	// Secret says that the team cannot be seen by all, and so cannot own code.
	Secret bool `json:"secret"`
	// Repositories are the permissions by repository ID, inherited ones included.
	Repositories map[string]ownership.Permission `json:"repositories"`
}

// AreaView is what other subjects may see of an area, a value of data.remit.areas, keyed by id.
type AreaView struct {
	// Tier is the area's tier.
	Tier string `json:"tier"`
	// Parent is the ID of its parent, or empty.
	Parent string `json:"parent"`
	// Labels are the manifest's labels.
	Labels map[string]string `json:"labels"`
	// Declared has a key for each configured role.
	Declared map[string][]DeclaredHolder `json:"declared"`
	// Observed has a key for each configured role.
	Observed map[string][]ObservedHolder `json:"observed"`
}

// RepositoryDocument is a value of data.remit.repositories, keyed by id.
type RepositoryDocument struct {
	// Codeowners is the path of the CODEOWNERS file, or empty.
	Codeowners string `json:"codeowners"`
	// Rules is how many rules that file has.
	Rules int `json:"rules"`
	// Files is how many files the repository has.
	Files int `json:"files"`
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
