package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// OwnershipSource is one system in which ownership is observed.
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=ownershipsources,scope=Cluster,shortName=osrc,categories=remit
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Kind",type=string,JSONPath=`.status.kind`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Repositories",type=integer,JSONPath=`.status.repositories`
// +kubebuilder:printcolumn:name="People",type=integer,JSONPath=`.status.people`
// +kubebuilder:printcolumn:name="Teams",type=integer,JSONPath=`.status.teams`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Namespaces",type=integer,JSONPath=`.status.namespaces`,priority=1
// +kubebuilder:printcolumn:name="Interval",type=string,JSONPath=`.spec.interval`,priority=1
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`,priority=1
type OwnershipSource struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec holds one provider's settings.
	// +required
	Spec OwnershipSourceSpec `json:"spec"`
	// Status says what the source gives.
	// +optional
	Status OwnershipSourceStatus `json:"status,omitzero"`
}

// OwnershipSourceStatus says what the source gives.
type OwnershipSourceStatus struct {
	ObjectStatus `json:",inline"`
	// Kind is the provider: git, people, catalog or kubernetes.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Kind string `json:"kind,omitempty"`
	// Repositories is how many repositories the source lists.
	// +optional
	Repositories int32 `json:"repositories,omitempty"`
	// People is how many persons the source lists.
	// +optional
	People int32 `json:"people,omitempty"`
	// Teams is how many teams the source lists.
	// +optional
	Teams int32 `json:"teams,omitempty"`
	// Namespaces is how many namespaces the source lists.
	// +optional
	Namespaces int32 `json:"namespaces,omitempty"`
	// LastSuccess is when the source could last be read; only while it cannot.
	// +optional
	LastSuccess *metav1.Time `json:"lastSuccess,omitempty"`
}

// OwnershipSourceList is a list of sources.
// +kubebuilder:object:root=true
type OwnershipSourceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []OwnershipSource `json:"items"`
}

// OwnershipSourceSpec holds one provider's settings: exactly one of Git, People, Catalog and Kubernetes.
// +kubebuilder:validation:XValidation:rule="[has(self.git), has(self.people), has(self.catalog), has(self.kubernetes)].filter(given, given).size() == 1",message="want exactly one of git, people, catalog and kubernetes"
// +kubebuilder:validation:XValidation:rule="!has(self.credentials) || (has(self.git) && has(self.git.url)) || (has(self.catalog) && has(self.catalog.url))",message="only a clone URL takes credentials",fieldPath=".credentials"
// +kubebuilder:validation:XValidation:rule="!has(self.materialize) || (has(self.git) && has(self.git.discover) && self.git.discover) || (has(self.kubernetes) && has(self.kubernetes.discover) && self.kubernetes.discover)",message="there is nothing to make objects of unless discover is true",fieldPath=".materialize"
type OwnershipSourceSpec struct {
	// Git observes CODEOWNERS, files and history of git checkouts.
	// +optional
	Git *GitSource `json:"git,omitempty"`
	// People observes persons and teams listed in files.
	// +optional
	People *PeopleSource `json:"people,omitempty"`
	// Catalog observes who owns what by a software catalog's files in git checkouts.
	// +optional
	Catalog *CatalogSource `json:"catalog,omitempty"`
	// Kubernetes observes who owns namespaces and workloads by their labels and annotations, in the cluster that Remit runs in.
	// +optional
	Kubernetes *KubernetesSource `json:"kubernetes,omitempty"`
	// Credentials name the Secret to read the source with.
	// +optional
	Credentials *SourceCredentials `json:"credentials,omitempty"`
	// Grants say what Areas of which namespaces may claim. Without any, only those of the controller's own namespace
	// claim anything. Grants of all sources add up.
	// +kubebuilder:validation:MaxItems=200
	// +listType=atomic
	// +optional
	Grants []Grant `json:"grants,omitempty"`
	// Materialize makes Areas of what the source discovers, as objects that people can edit.
	// +optional
	Materialize *Materialize `json:"materialize,omitempty"`
	// Interval is how often the source is observed; the default is 5 minutes. Files are watched besides.
	// +kubebuilder:default="5m"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$') && duration(self) >= duration('1s')`,message="want a duration of at least a second, such as 5m"
	// +optional
	Interval *metav1.Duration `json:"interval,omitempty"`
	// MaxStaleness is how old facts may be before they count as unknown; the default is 24 hours.
	// +kubebuilder:default="24h"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$') && duration(self) >= duration('1s')`,message="want a duration of at least a second, such as 24h"
	// +optional
	MaxStaleness *metav1.Duration `json:"maxStaleness,omitempty"`
	// Authoritative says for which roles and repositories the source decides; absent means every role that is
	// observable in this kind of source, everywhere. An empty list of roles makes the source informative only.
	// +optional
	Authoritative *Authority `json:"authoritative,omitempty"`
	// Mode is how far Remit may go in changing what the source observes: Observe (the default), Propose or Enforce.
	// +kubebuilder:validation:Enum=Observe;Propose;Enforce
	// +optional
	Mode string `json:"mode,omitempty"`
	// Suspend keeps the source from being observed; its facts are unknown then.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// Authority is what a source decides.
type Authority struct {
	// Roles are the roles that the source decides.
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +required
	Roles []RoleName `json:"roles"`
	// Repositories are patterns such as "acme/*"; absent means all.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=200
	// +listType=set
	// +optional
	Repositories []RepositoryPattern `json:"repositories,omitempty"`
}

// GitSource observes one checkout, a folder of checkouts, or a repository by its clone URL.
// +kubebuilder:validation:XValidation:rule="has(self.path) != has(self.url)",message="want exactly one of path and url"
// +kubebuilder:validation:XValidation:rule="!has(self.url) || !has(self.tree) || self.tree == 'head'",message="a clone has no working tree",fieldPath=".tree"
// +kubebuilder:validation:XValidation:rule="!(has(self.organization) && has(self.repository))",message="want at most one of organization and repository: organization names each repository after its folder, repository names the one checkout at path"
type GitSource struct {
	// Path is a checkout or a folder whose folders are checkouts, relative to the manifest's file; in a cluster, a folder
	// of the controller's.
	// +optional
	Path FilePath `json:"path,omitempty"`
	// URL is a repository's clone URL, "https://host/organisation/name"; the default branch is read.
	// +optional
	URL CloneURL `json:"url,omitempty"`
	// Organization is the first part of the repositories' names, "ORGANIZATION/folder"; absent means that each
	// repository is named after its origin remote.
	// +optional
	Organization OrganizationName `json:"organization,omitempty"`
	// Repository names the one checkout at Path, "organisation/name".
	// +optional
	Repository RepositoryName `json:"repository,omitempty"`
	// Tree says which files count: "head" (the commit checked out, the default) or "worktree" (the files on disk).
	// +kubebuilder:validation:Enum=head;worktree
	// +kubebuilder:default=head
	// +optional
	Tree string `json:"tree,omitempty"`
	// HistoryDays is how far back the commit log is read, in days; the default is 180, 0 turns it off.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=3650
	// +kubebuilder:default=180
	// +optional
	HistoryDays *int32 `json:"historyDays,omitempty"`
	// Discover makes an area of each repository that no Area claims any part of.
	// +optional
	Discover bool `json:"discover,omitempty"`
}

// PeopleSource observes persons and teams listed in files.
// +kubebuilder:validation:XValidation:rule="has(self.path) != has(self.configMap)",message="want exactly one of path and configMap"
type PeopleSource struct {
	// Path is a file, or a folder for the format "peribolos", relative to the manifest's file.
	// +optional
	Path FilePath `json:"path,omitempty"`
	// ConfigMap is a ConfigMap in the controller's own namespace that holds the file; it works in a cluster only.
	// +optional
	ConfigMap *ConfigMapKey `json:"configMap,omitempty"`
	// Format is "remit" (the default) or "peribolos", the format of kubernetes/test-infra's peribolos.
	// +kubebuilder:validation:Enum=remit;peribolos
	// +kubebuilder:default=remit
	// +optional
	Format string `json:"format,omitempty"`
}

// CatalogSource observes the files of one checkout, of a folder of checkouts or of a repository by its clone URL, that say who owns what: catalog-info.yaml
// of Backstage, and OWNERS of Prow. A git source of the same path gives the files that these are about.
// +kubebuilder:validation:XValidation:rule="!(has(self.organization) && has(self.repository))",message="want at most one of organization and repository: organization names each repository after its folder, repository names the one checkout at path"
// +kubebuilder:validation:XValidation:rule="has(self.path) != has(self.url)",message="want exactly one of path and url"
// +kubebuilder:validation:XValidation:rule="!has(self.url) || !has(self.tree) || self.tree == 'head'",message="a clone has no working tree",fieldPath=".tree"
type CatalogSource struct {
	// Path is a checkout or a folder whose folders are checkouts, relative to the manifest's file; in a cluster, a folder
	// of the controller's.
	// +optional
	Path FilePath `json:"path,omitempty"`
	// URL is a repository's clone URL, "https://host/organisation/name"; the default branch is read.
	// +optional
	URL CloneURL `json:"url,omitempty"`
	// Organization is the first part of the repositories' names, "ORGANIZATION/folder"; absent means that each
	// repository is named after its origin remote.
	// +optional
	Organization OrganizationName `json:"organization,omitempty"`
	// Repository names the one checkout at Path, "organisation/name".
	// +optional
	Repository RepositoryName `json:"repository,omitempty"`
	// Tree says which files count: "head" (the commit checked out, the default) or "worktree" (the files on disk).
	// +kubebuilder:validation:Enum=head;worktree
	// +kubebuilder:default=head
	// +optional
	Tree string `json:"tree,omitempty"`
	// Formats are what is read: "backstage" (the default) and "prow".
	// +kubebuilder:default={backstage}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	// +listType=set
	// +optional
	Formats []CatalogFormat `json:"formats,omitempty"`
	// Files are patterns of CODEOWNERS for the files with Backstage's entities; absent means those named
	// catalog-info.yaml or catalog-info.yml, in any folder.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Files []PathPattern `json:"files,omitempty"`
	// Ignore are patterns of CODEOWNERS for files of either format that are not read, such as those of tests.
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Ignore []PathPattern `json:"ignore,omitempty"`
	// TeamOrganization is the organisation of the teams that Backstage's groups are; absent means that of the
	// repository with the entity.
	// +optional
	TeamOrganization OrganizationName `json:"teamOrganization,omitempty"`
	// Owners say which holder a group or user of Backstage is, where it is not the team, or the person, of that name.
	// +kubebuilder:validation:MaxItems=1000
	// +listType=map
	// +listMapKey=entity
	// +optional
	Owners []EntityHolder `json:"owners,omitempty"`
}

// CatalogFormat is a format of files that say who owns what.
// +kubebuilder:validation:Enum=backstage;prow
type CatalogFormat string

// EntityHolder says which holder an entity of a catalog is.
type EntityHolder struct {
	// Entity is a group or user, "group:default/payments".
	// +required
	Entity EntityText `json:"entity"`
	// Holder is "user:LOGIN" or "team:ORGANISATION/TEAM".
	// +required
	Holder HolderText `json:"holder"`
}
