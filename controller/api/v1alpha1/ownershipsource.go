package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// OwnershipSource is one system in which ownership is observed.
type OwnershipSource struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec OwnershipSourceSpec `json:"spec"`
}

// OwnershipSourceSpec holds one provider's settings: exactly one of Git and People.
type OwnershipSourceSpec struct {
	// Git observes CODEOWNERS, files and history of git checkouts.
	Git *GitSource `json:"git,omitempty"`
	// People observes persons and teams listed in files.
	People *PeopleSource `json:"people,omitempty"`
	// Interval is how often the source is observed; the default is 5 minutes. Files are watched besides.
	Interval *metav1.Duration `json:"interval,omitempty"`
	// MaxStaleness is how old facts may be before they count as unknown; the default is 24 hours.
	MaxStaleness *metav1.Duration `json:"maxStaleness,omitempty"`
	// Authoritative says for which roles and repositories the source decides; absent means every role that is
	// observable in this kind of source, everywhere. An empty list of roles makes the source informative only.
	Authoritative *Authority `json:"authoritative,omitempty"`
	// Suspend keeps the source from being observed; its facts are unknown then.
	Suspend bool `json:"suspend,omitempty"`
}

// Authority is what a source decides.
type Authority struct {
	// Roles are the roles that the source decides.
	Roles []string `json:"roles"`
	// Repositories are patterns such as "acme/*"; absent means all.
	Repositories []string `json:"repositories,omitempty"`
}

// GitSource observes one checkout, or a folder of checkouts.
type GitSource struct {
	// Path is a checkout or a folder whose folders are checkouts, relative to the manifest's file.
	Path string `json:"path"`
	// Organization is the first part of the repositories' names, "ORGANIZATION/folder"; absent means that each
	// repository is named after its origin remote.
	Organization string `json:"organization,omitempty"`
	// Repository names the one checkout at Path, "organisation/name".
	Repository string `json:"repository,omitempty"`
	// Tree says which files count: "head" (the commit checked out, the default) or "worktree" (the files on disk).
	Tree string `json:"tree,omitempty"`
	// HistoryDays is how far back the commit log is read, in days; the default is 180, 0 turns it off.
	HistoryDays *int32 `json:"historyDays,omitempty"`
	// Discover makes an area of each repository that no Area claims any part of.
	Discover bool `json:"discover,omitempty"`
}

// PeopleSource observes persons and teams listed in files.
type PeopleSource struct {
	// Path is a file, or a folder for the format "peribolos", relative to the manifest's file.
	Path string `json:"path"`
	// Format is "remit" (the default) or "peribolos", the format of kubernetes/test-infra's peribolos.
	Format string `json:"format,omitempty"`
}
