package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RoleConfiguration configures the roles of the organisation. There is at most
// one, named "default".
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=roleconfigurations,scope=Cluster,shortName=roleconfig,categories=remit
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Roles",type=string,JSONPath=`.status.roles`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:validation:XValidation:rule="self.metadata.name == 'default'",message="metadata.name must be default: there is one RoleConfiguration"
type RoleConfiguration struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec changes and adds to the default roles.
	// +required
	Spec RoleConfigurationSpec `json:"spec"`
	// Status says whether the configuration is in force.
	// +optional
	Status RoleConfigurationStatus `json:"status,omitzero"`
}

// RoleConfigurationStatus says whether the configuration is in force.
type RoleConfigurationStatus struct {
	ObjectStatus `json:",inline"`
	// Roles are the names of the roles in force, separated by commas.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Roles string `json:"roles,omitempty"`
}

// RoleConfigurationList is a list of role configurations.
// +kubebuilder:object:root=true
type RoleConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []RoleConfiguration `json:"items"`
}

// RoleConfigurationSpec changes and adds to the default roles.
type RoleConfigurationSpec struct {
	// Roles are merged over the defaults by name: what is given of a role replaces that part of it.
	// +kubebuilder:validation:MaxItems=32
	// +listType=map
	// +listMapKey=name
	// +optional
	Roles []RoleDefinition `json:"roles,omitempty"`
	// Placeholders are holders that count as no owner, such as "team:acme/unknown"; "*" stands for any organisation,
	// as in the default "team:*/unknown".
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +optional
	Placeholders []PlaceholderText `json:"placeholders,omitempty"`
}

// RoleDefinition configures one role.
type RoleDefinition struct {
	// Name is the role's name, such as "accountable".
	// +required
	Name RoleName `json:"name"`
	// MaxHolders is how many holders an area may have in this role; 0 means any number.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	// +optional
	MaxHolders *int32 `json:"maxHolders,omitempty"`
	// Exclusive says that an observed holder who is not declared is drift.
	// +optional
	Exclusive *bool `json:"exclusive,omitempty"`
	// RequiredTiers names the tiers whose areas need a holder in this role; "*" means every tier.
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +optional
	RequiredTiers *[]TierOrAny `json:"requiredTiers,omitempty"`
	// ObservableIn names the kinds of source in which a holder of this role can be seen.
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +optional
	ObservableIn *[]SourceKindName `json:"observableIn,omitempty"`
}
