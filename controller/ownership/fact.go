package ownership

import (
	"slices"
	"time"
)

// Provenance says where a fact comes from, when it was read, and whether it was
// read whole. A fact that was not read whole is unknown, never absent.
type Provenance struct {
	// Source is the name of the OwnershipSource, such as "checkouts".
	Source string
	// Location is the place in that source, such as ".github/CODEOWNERS:42" or "people.yaml:17".
	Location string
	// At is when the source was read (for a git fact: when it was read, not when it was committed).
	At time.Time
	// Unknown says why the fact could not be read whole; empty means that it was.
	Unknown string
}

// Known says whether the fact was read whole.
func (p Provenance) Known() bool { return p.Unknown == "" }

// Why says why the fact is unknown, and in which source, for those who are to see to it: "source checkouts: the index is
// damaged". It is empty where the fact is known.
func (p Provenance) Why() string {
	if p.Unknown == "" || p.Source == "" {
		return p.Unknown
	}
	return "source " + p.Source + ": " + p.Unknown
}

// Observation is everything one source saw in one look.
//
// A source that could not be read at all gives an Observation whose Unknown is
// set. A part that could not be read (one repository of many) is marked on that
// part alone.
type Observation struct {
	Source string
	Kind   SourceKind
	At     time.Time
	// Unknown says why the source could not be read at all; empty means that it was.
	Unknown string

	// Repositories are those that were seen. Where Unknown is set they are facts of before, as of their At, that the source
	// has kept: they stand in while they are not too old.
	Repositories []Repository
	// AllRepositories says that a repository which is not listed does not exist in this source.
	AllRepositories bool

	People []Person
	// AllPeople says that the list of people is complete: who is not in it does not exist.
	AllPeople bool

	Teams []Team
	// AllTeams says that the list of teams is complete for the organisations in TeamOrganisations.
	AllTeams bool
	// TeamOrganisations are the organisations whose teams were listed, lower case.
	TeamOrganisations []string

	// AllPermissions says that the teams' repository permissions are complete for TeamOrganisations: a team
	// that does not list a repository, and inherits none, has no access to it.
	AllPermissions bool

	// Catalogs are what files of repositories say of ownership beside CODEOWNERS, sorted by repository.
	Catalogs []Catalog
	// CatalogFormats are the formats that were looked for, also where Unknown is set; nil means all.
	CatalogFormats []CatalogFormat
	// CatalogsUnknown says why there may be catalogs of repositories that are not listed; empty means that there are none.
	CatalogsUnknown string

	// Namespaces are those of a cluster, sorted by name, as far as they are observed.
	Namespaces []Namespace
	// AllNamespaces says that a namespace which is not listed does not exist, or is not to be observed. NamespacesUnknown
	// says why that is not so, WorkloadsUnknown why there may be workloads that are not listed.
	AllNamespaces     bool
	NamespacesUnknown string
	WorkloadsUnknown  string
	// Labelling is how the cluster's objects name their owners, also where Unknown is set.
	Labelling Labelling

	// Problems are what was wrong with the input but stopped nothing else.
	Problems []Problem
}

// LastDay is the last day on which the person belongs to the organisation, "2006-01-02", or empty.
func (p *Person) LastDay() string {
	if p.Ends.IsZero() {
		return ""
	}
	return p.Ends.Add(-time.Nanosecond).UTC().Format(time.DateOnly)
}

// PersonKind tells humans from bots.
type PersonKind string

// The kinds of person.
const (
	Human      PersonKind = "human"
	Bot        PersonKind = "bot"
	Contractor PersonKind = "contractor"
)

// Person is one human, bot or contractor with logins and addresses in several systems. Of one who could not be read whole,
// the ID, logins and addresses are known all the same; a source that cannot tell these does not list all people.
type Person struct {
	// ID is the canonical, lower-case name; the holder is "user:" + ID.
	ID   string
	Name string
	Kind PersonKind
	// Logins are by system: {"github": "alice-gh"}.
	Logins map[string]string
	// Emails are lower case.
	Emails []string
	// Ends is the last moment at which the person belongs to the organisation (exclusive); zero means open.
	Ends time.Time
	Provenance
}

// Holder is the person as a holder of roles.
func (p *Person) Holder() Holder { return User(p.ID) }

// ActiveAt says whether the person belongs to the organisation at the time.
func (p *Person) ActiveAt(at time.Time) bool { return p.Ends.IsZero() || at.Before(p.Ends) }

// Permission is a level of access to a repository, in GitHub's words.
type Permission string

// The permissions, weakest first.
const (
	PermissionRead     Permission = "read"
	PermissionTriage   Permission = "triage"
	PermissionWrite    Permission = "write"
	PermissionMaintain Permission = "maintain"
	PermissionAdmin    Permission = "admin"
)

// Rank orders permissions: 0 for none, 5 for admin.
func (p Permission) Rank() int {
	return 1 + slices.Index([]Permission{PermissionRead, PermissionTriage, PermissionWrite, PermissionMaintain, PermissionAdmin}, p)
}

// CanApprove says whether a code owner with this permission counts: GitHub asks for write access.
func (p Permission) CanApprove() bool {
	return p == PermissionWrite || p == PermissionMaintain || p == PermissionAdmin
}

// Team is a group of people in one organisation, as observed.
type Team struct {
	// ID is "organisation/slug", lower case; the holder is "team:" + ID.
	ID   string
	Name string
	// Parent is the parent team's ID, or empty. A child inherits its parent's access. It is known also of a team that could
	// not be read whole; a source that cannot tell it does not list all teams.
	Parent string
	// Members and Maintainers are person IDs; a maintainer is not repeated as a member. A login that
	// belongs to no known person stays as it is, lower case.
	Members     []string
	Maintainers []string
	// Secret says that the team is visible to its members only, and so cannot own code.
	Secret bool
	// Repositories are by repository ID, "organisation/name", lower case.
	Repositories map[string]Permission
	Provenance
}

// Holder is the team as a holder of roles.
func (t *Team) Holder() Holder { return TeamHolder(t.ID) }

// Repository is one repository as observed.
type Repository struct {
	// ID is "organisation/name", lower case.
	ID string
	// Root is the folder on disk of a checkout, for display.
	Root string
	// Head is the commit that was read, in hexadecimal; empty where the working tree was.
	Head string
	// Codeowners is the CODEOWNERS file in force.
	Codeowners CodeownersFile
	// Files are the repository's files, sorted bytewise, with "/" between segments.
	Files FileList
	// History is who has worked where lately.
	History History
	Provenance
}

// CodeownersFile is the CODEOWNERS text in force; an empty Path with a known
// Provenance means that the repository has none.
type CodeownersFile struct {
	Path string
	Text []byte
	// Link says that the file is a symbolic link, which is not followed: no rule is in force.
	Link bool
	Provenance
}

// FileList is a repository's list of files.
type FileList struct {
	Paths []string
	Provenance
}

// History is the recent part of a commit log.
type History struct {
	Commits []Commit
	// From is the time from which on the log is complete.
	From time.Time
	Provenance
}

// Commit is one commit's author, time and touched files. Merge commits are left out.
type Commit struct {
	ID string
	// Author is the author's e-mail address in lower case, AuthorName as written.
	Author     string
	AuthorName string
	When       time.Time
	// Paths are the files that the commit changed, relative to the repository, as named after it.
	Paths []string
	// Created are those of Paths that were not there before, under any name that is known.
	Created []string
}
