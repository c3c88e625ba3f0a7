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

// CloneURL is where a repository is cloned from, over HTTPS, without a user name or password in it.
// +kubebuilder:validation:MaxLength=1024
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9_.~%+-]+)+/?$')`,message="want https://HOST/PATH, without a user name, password or query; credentials go into a Secret"
type CloneURL = string

// ConfigMapName is the name of a ConfigMap or Secret in the controller's own namespace.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`
type ConfigMapName = string

// DataKey is a key of a ConfigMap's or Secret's data.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:Pattern=`^[A-Za-z0-9._-]+$`
type DataKey = string

// MetadataKey is the key of a label or annotation, "prefix/name" or "name".
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=317
// +kubebuilder:validation:Pattern=`^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`
type MetadataKey = string

// LabelValue is the value of a label.
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$`
type LabelValue = string

// HolderPattern is a holder in which "*" stands for any characters but a slash: "team:acme/payments-*", "user:*".
// +kubebuilder:validation:MaxLength=205
// +kubebuilder:validation:Pattern=`^(user|team|schedule):[^\s#,]+$`
type HolderPattern = string

// NamespacePattern is a namespace's name in which "*" stands for any characters.
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$`
type NamespacePattern = string

// EntityPattern is an entity of a catalog in which "*" stands for any characters but a slash, "component:payments/*".
// +kubebuilder:validation:MaxLength=192
// +kubebuilder:validation:Pattern=`^[A-Za-z*][A-Za-z0-9*]*:[A-Za-z0-9_.*-]+/[A-Za-z0-9_.*-]+$`
type EntityPattern = string

// ShownHolder is a holder in what Remit writes itself; nothing is checked of it but its length.
// +kubebuilder:validation:MaxLength=205
type ShownHolder = string

// GrantedPath is a CODEOWNERS pattern, read from the repository's root, as in PathPattern.
// +kubebuilder:validation:MaxLength=500
// +kubebuilder:validation:Pattern=`^([^!\[\]\\\x00-\x1f]|\\[^\x00-\x1f])([^\[\]\\\x00-\x1f]|\\[^\x00-\x1f])*$`
type GrantedPath = string
