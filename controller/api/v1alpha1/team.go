package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Team declares a team. What is absent is unmanaged.
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=teams,scope=Cluster,shortName=rteam,categories=remit
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Team",type=string,JSONPath=`.spec.id`
// +kubebuilder:printcolumn:name="Parent",type=string,JSONPath=`.spec.parent`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Description",type=string,JSONPath=`.spec.description`,priority=1
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`,priority=1
type Team struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says who is in the team and what it may write.
	// +required
	Spec TeamSpec `json:"spec"`
	// Status says whether the declaration is in force.
	// +optional
	Status TeamStatus `json:"status,omitzero"`
}

// TeamStatus says whether the declaration is in force.
type TeamStatus struct {
	ObjectStatus `json:",inline"`
}

// TeamList is a list of teams.
// +kubebuilder:object:root=true
type TeamList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Team `json:"items"`
}

// TeamSpec says who is in a team and what it may write.
// +kubebuilder:validation:XValidation:rule="!has(self.parent) || self.parent.lowerAscii() != self.id.lowerAscii()",message="a team cannot be its own parent",fieldPath=".parent"
// +kubebuilder:validation:XValidation:rule="!has(self.parent) || self.parent.lowerAscii().split('/')[0] == self.id.lowerAscii().split('/')[0]",message="the parent must be a team of the same organisation",fieldPath=".parent"
type TeamSpec struct {
	// ID is "organisation/slug", as in the holder "team:organisation/slug".
	// +required
	ID TeamID `json:"id"`
	// Description says what the team does.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Description string `json:"description,omitempty"`
	// Parent is the ID of the parent team in the same organisation.
	// +optional
	Parent TeamID `json:"parent,omitempty"`
	// Members are persons, "user:LOGIN".
	// +kubebuilder:validation:MaxItems=2000
	// +listType=set
	// +optional
	Members []UserText `json:"members,omitempty"`
	// Maintainers are the members who may change the team, "user:LOGIN".
	// +kubebuilder:validation:MaxItems=500
	// +listType=set
	// +optional
	Maintainers []UserText `json:"maintainers,omitempty"`
	// Repositories are the team's permissions.
	// +kubebuilder:validation:MaxItems=1000
	// +listType=map
	// +listMapKey=name
	// +optional
	Repositories []RepositoryPermission `json:"repositories,omitempty"`
	// Suspend takes the declaration out of force.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// RepositoryPermission is one permission of a team.
type RepositoryPermission struct {
	// Name is "organisation/name".
	// +required
	Name RepositoryName `json:"name"`
	// Permission is read, triage, write, maintain or admin.
	// +kubebuilder:validation:Enum=read;triage;write;maintain;admin
	// +required
	Permission string `json:"permission"`
}
