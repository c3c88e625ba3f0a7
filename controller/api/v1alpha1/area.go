package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Area is anything that needs an owner: a repository, paths in one, a service,
// or a duty with no code at all.
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=areas,scope=Namespaced,categories=remit,shortName=rarea
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Tier",type=string,JSONPath=`.spec.tier`
// +kubebuilder:printcolumn:name="State",type=string,JSONPath=`.status.state`
// +kubebuilder:printcolumn:name="Accountable",type=string,JSONPath=`.status.accountable`
// +kubebuilder:printcolumn:name="OnCall",type=string,JSONPath=`.status.onCall`
// +kubebuilder:printcolumn:name="Coverage",type=string,JSONPath=`.status.coverage.percent`
// +kubebuilder:printcolumn:name="Drift",type=integer,JSONPath=`.status.driftTotal`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Findings",type=integer,JSONPath=`.status.findingsTotal`,priority=1
// +kubebuilder:printcolumn:name="Since",type=date,JSONPath=`.status.since`,priority=1
// +kubebuilder:printcolumn:name="Suggested",type=string,JSONPath=`.status.suggestedOwners[0].holder`,priority=1
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:validation:XValidation:rule="!has(self.spec.parent) || self.spec.parent != self.metadata.name",message="an area cannot be its own parent",fieldPath=".spec.parent"
type Area struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says what the area is, and who is declared to be responsible for it.
	// +required
	Spec AreaSpec `json:"spec"`
	// Status is what Remit found of the area.
	// +optional
	Status AreaStatus `json:"status,omitzero"`
}

// AreaList is a list of areas.
// +kubebuilder:object:root=true
type AreaList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Area `json:"items"`
}

// AreaSpec says what the area is and who is responsible for it.
type AreaSpec struct {
	// Description says in a sentence what the area is.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Description string `json:"description,omitempty"`
	// Tier says how critical the area is; roles and policies are required by tier.
	// +optional
	Tier TierName `json:"tier,omitempty"`
	// Parent is the name of an Area in the same namespace, whose roles this one inherits.
	// +optional
	Parent ObjectName `json:"parent,omitempty"`
	// Scope is what belongs to the area. An area without a scope is a duty.
	// +optional
	Scope Scope `json:"scope,omitzero"`
	// Roles are the declared holders, by role.
	// +kubebuilder:validation:MaxItems=32
	// +listType=map
	// +listMapKey=role
	// +optional
	Roles []RoleHolders `json:"roles,omitempty"`
	// Mode is how far Remit may go in closing the area's drift: Observe (show it), Propose (have people accept each
	// change) or Enforce (make it). Absent means that of the parent; without one, Observe.
	// +kubebuilder:validation:Enum=Observe;Propose;Enforce
	// +optional
	Mode string `json:"mode,omitempty"`
	// Suspend keeps the area from being judged.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// Scope is what belongs to an area.
type Scope struct {
	// Repositories are the repositories, or parts of them, that belong to the area.
	// +kubebuilder:validation:MaxItems=200
	// +listType=map
	// +listMapKey=name
	// +optional
	Repositories []RepositoryScope `json:"repositories,omitempty"`
	// Entities are entities of a software catalog that the area is, such as "component:default/checkout". Without them
	// those count whose files belong to the area.
	// +kubebuilder:validation:MaxItems=200
	// +listType=set
	// +optional
	Entities []EntityText `json:"entities,omitempty"`
	// Namespaces are namespaces of the cluster, or workloads in them, that belong to the area.
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	// +optional
	Namespaces []NamespaceScope `json:"namespaces,omitempty"`
}

// NamespaceScope is a namespace, every namespace with certain labels, or workloads in these. A namespace belongs to
// the area that claims it by name rather than by its labels; a workload to the one that selects it rather than to
// that of its namespace.
// +kubebuilder:validation:XValidation:rule="has(self.name) != has(self.selector)",message="want exactly one of name and selector"
type NamespaceScope struct {
	// Name is the name of one namespace.
	// +optional
	Name NamespaceName `json:"name,omitempty"`
	// Selector selects namespaces by their labels.
	// +kubebuilder:validation:XValidation:rule="(has(self.matchLabels) && self.matchLabels.size() > 0) || (has(self.matchExpressions) && self.matchExpressions.size() > 0)",message="an empty selector would claim every namespace; name labels"
	// +optional
	Selector *LabelSelector `json:"selector,omitempty"`
	// Workloads narrows the claim to workloads with certain labels; absent means the namespace with all in it.
	// +optional
	Workloads *LabelSelector `json:"workloads,omitempty"`
}

// RepositoryScope is a repository or a part of it.
type RepositoryScope struct {
	// Name is "organisation/name".
	// +required
	Name RepositoryName `json:"name"`
	// Paths are CODEOWNERS patterns, always anchored at the repository's root; empty means the whole repository.
	// A file belongs to the area whose pattern for it is the most specific.
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Paths []PathPattern `json:"paths,omitempty"`
}

// RoleHolders are the holders of one role.
type RoleHolders struct {
	// Role is a configured role, such as "accountable".
	// +required
	Role RoleName `json:"role"`
	// Holders are "user:LOGIN", "team:ORGANISATION/TEAM" or "schedule:SYSTEM/ID".
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +required
	Holders []HolderText `json:"holders"`
	// Add unites these holders with those of lower layers, rather than replacing them.
	// +optional
	Add bool `json:"add,omitempty"`
}
