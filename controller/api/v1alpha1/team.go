package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Team declares a team. What is absent is unmanaged.
type Team struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec TeamSpec `json:"spec"`
}

// TeamSpec says who is in a team and what it may write.
type TeamSpec struct {
	// ID is "organisation/slug", as in the holder "team:organisation/slug".
	ID string `json:"id"`
	// Description says what the team does.
	Description string `json:"description,omitempty"`
	// Parent is the ID of the parent team in the same organisation.
	Parent string `json:"parent,omitempty"`
	// Members and Maintainers are persons, "user:LOGIN".
	Members     []string `json:"members,omitempty"`
	Maintainers []string `json:"maintainers,omitempty"`
	// Repositories are the team's permissions.
	Repositories []RepositoryPermission `json:"repositories,omitempty"`
	// Suspend takes the declaration out of force.
	Suspend bool `json:"suspend,omitempty"`
}

// RepositoryPermission is one permission of a team.
type RepositoryPermission struct {
	// Name is "organisation/name".
	Name string `json:"name"`
	// Permission is read, triage, write, maintain or admin.
	Permission string `json:"permission"`
}
