package v1alpha1

// The kinds of text that fields share. They are aliases, so that Go code passes
// plain strings; the markers on them become each field's schema and CEL rules.

// HolderText names who holds a role: "user:LOGIN", "team:ORGANISATION/TEAM" or
// "schedule:SYSTEM/ID". The rule is that of ownership.ParseHolder.
// +kubebuilder:validation:MaxLength=205
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^(user:[A-Za-z0-9_][^\s/#:,]*|team:[A-Za-z0-9_][A-Za-z0-9_.-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*|schedule:[a-z0-9_-]+/[^\s/]+)$')`,message="want user:LOGIN, team:ORGANISATION/TEAM or schedule:SYSTEM/ID"
// +kubebuilder:validation:XValidation:rule="size(bytes(self)) <= 205",message="may be at most 205 bytes long"
type HolderText = string

// UserText names a person as a holder, "user:LOGIN".
// +kubebuilder:validation:MaxLength=205
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^user:[A-Za-z0-9_][^\s/#:,]*$')`,message="want user:LOGIN"
// +kubebuilder:validation:XValidation:rule="size(bytes(self)) <= 205",message="may be at most 205 bytes long"
type UserText = string

// PlaceholderText is a holder that counts as no owner; "*" stands for any organisation.
// +kubebuilder:validation:MaxLength=205
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^(user:[A-Za-z0-9_][^\s/#:,]*|team:(\*|[A-Za-z0-9_][A-Za-z0-9_.-]*)/[A-Za-z0-9_][A-Za-z0-9_.-]*)$')`,message="want user:LOGIN, team:ORGANISATION/TEAM or team:*/TEAM"
// +kubebuilder:validation:XValidation:rule="size(bytes(self)) <= 205",message="may be at most 205 bytes long"
type PlaceholderText = string

// RoleName is the name of a configured role.
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
type RoleName = string

// TierName says how critical an area is.
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`
type TierName = string

// TierOrAny is a tier, or "*" for every tier.
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^(\*|[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)$`
type TierOrAny = string

// SourceKindName is a kind of source, such as "git".
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
type SourceKindName = string

// ObjectName is the name of another object, an RFC 1123 subdomain.
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
type ObjectName = string

// NamespaceName is the name of a namespace, an RFC 1123 label.
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`
type NamespaceName = string

// OrganizationName is the first part of a repository's name.
// +kubebuilder:validation:MaxLength=100
// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`
type OrganizationName = string

// RepositoryName is "organisation/name".
// +kubebuilder:validation:MaxLength=200
// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9_.-]*/\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*$`
type RepositoryName = string

// RepositoryPattern is "organisation/name", where "*" stands for any characters but a slash.
// +kubebuilder:validation:MaxLength=200
// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_*][A-Za-z0-9_.*-]*/[A-Za-z0-9_.*-]+$`
type RepositoryPattern = string

// TeamID is "organisation/slug".
// +kubebuilder:validation:MaxLength=200
// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9_.-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*$`
type TeamID = string

// PathPattern is a CODEOWNERS pattern, read from the repository's root. The form is a pattern rather than a CEL rule,
// as an area may have 20,000 of them and rules have a cost budget.
// +kubebuilder:validation:MaxLength=500
// +kubebuilder:validation:Pattern=`^([^!\[\]\\\x00-\x1f]|\\[^\x00-\x1f])([^\[\]\\\x00-\x1f]|\\[^\x00-\x1f])*$`
// +kubebuilder:validation:XValidation:rule="!self.contains('***') && self != '/'",message="the pattern can never match; did you mean `*` or `**`?"
type PathPattern = string

// EntityText names an entity of a software catalog, "KIND:NAMESPACE/NAME"; without a namespace it is in "default". The
// rule is that of ownership.ParseEntityRef.
// +kubebuilder:validation:MaxLength=192
// +kubebuilder:validation:Pattern=`^[A-Za-z][A-Za-z0-9]*:(([A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]/)?([A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]$`
type EntityText = string

// FilePath is a path on the machine that reads the manifests.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=1024
// +kubebuilder:validation:Pattern=`^[^\x00-\x1f]+$`
type FilePath = string
