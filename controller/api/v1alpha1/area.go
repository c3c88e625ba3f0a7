package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Area is anything that needs an owner: a repository, paths in one, a service,
// or a duty with no code at all.
type Area struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec AreaSpec `json:"spec"`
}

// AreaSpec says what the area is and who is responsible for it.
type AreaSpec struct {
	// Description says in a sentence what the area is.
	Description string `json:"description,omitempty"`
	// Tier says how critical the area is; roles and policies are required by tier.
	Tier string `json:"tier,omitempty"`
	// Parent is the name of an Area in the same namespace, whose roles this one inherits.
	Parent string `json:"parent,omitempty"`
	// Scope is what belongs to the area. An area without a scope is a duty.
	Scope Scope `json:"scope,omitempty"`
	// Roles are the declared holders, by role.
	Roles []RoleHolders `json:"roles,omitempty"`
	// Suspend keeps the area from being judged.
	Suspend bool `json:"suspend,omitempty"`
}

// Scope is what belongs to an area.
type Scope struct {
	// Repositories are the repositories, or parts of them, that belong to the area.
	Repositories []RepositoryScope `json:"repositories,omitempty"`
}

// RepositoryScope is a repository or a part of it.
type RepositoryScope struct {
	// Name is "organisation/name".
	Name string `json:"name"`
	// Paths are CODEOWNERS patterns, always anchored at the repository's root; empty means the whole repository.
	// A file belongs to the area whose pattern for it is the most specific.
	Paths []string `json:"paths,omitempty"`
}

// RoleHolders are the holders of one role.
type RoleHolders struct {
	// Role is a configured role, such as "accountable".
	Role string `json:"role"`
	// Holders are "user:LOGIN", "team:ORGANISATION/TEAM" or "schedule:SYSTEM/ID".
	Holders []string `json:"holders"`
	// Add unites these holders with those of lower layers, rather than replacing them.
	Add bool `json:"add,omitempty"`
}
