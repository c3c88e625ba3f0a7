package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RoleConfiguration configures the roles of the organisation. There is at most
// one, named "default".
type RoleConfiguration struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec RoleConfigurationSpec `json:"spec"`
}

// RoleConfigurationSpec changes and adds to the default roles.
type RoleConfigurationSpec struct {
	// Roles are merged over the defaults by name: what is given of a role replaces that part of it.
	Roles []RoleDefinition `json:"roles,omitempty"`
	// Placeholders are holders that count as no owner, such as "team:acme/unknown"; "*" stands for any organisation,
	// as in the default "team:*/unknown".
	Placeholders []string `json:"placeholders,omitempty"`
}

// RoleDefinition configures one role.
type RoleDefinition struct {
	// Name is the role's name, such as "accountable".
	Name string `json:"name"`
	// MaxHolders is how many holders an area may have in this role; 0 means any number.
	MaxHolders *int32 `json:"maxHolders,omitempty"`
	// Exclusive says that an observed holder who is not declared is drift.
	Exclusive *bool `json:"exclusive,omitempty"`
	// RequiredTiers names the tiers whose areas need a holder in this role; "*" means every tier.
	RequiredTiers *[]string `json:"requiredTiers,omitempty"`
	// ObservableIn names the kinds of source in which a holder of this role can be seen.
	ObservableIn *[]string `json:"observableIn,omitempty"`
}
