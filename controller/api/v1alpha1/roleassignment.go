package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RoleAssignment gives a role in an Area of its own namespace to holders, for a
// time if wanted. While in force it replaces what the Area and policies declare for that role.
type RoleAssignment struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec RoleAssignmentSpec `json:"spec"`
}

// RoleAssignmentSpec says who has which role where, from when to when, and why.
type RoleAssignmentSpec struct {
	// Area is the name of an Area in the same namespace.
	Area        string `json:"area"`
	RoleHolders `json:",inline"`
	// ValidFrom is the first moment at which it is in force; absent means always.
	ValidFrom *metav1.Time `json:"validFrom,omitempty"`
	// ValidUntil is the first moment at which it is not in force any more; absent means open.
	ValidUntil *metav1.Time `json:"validUntil,omitempty"`
	// Reason says why, for people.
	Reason string `json:"reason,omitempty"`
	// DelegatedBy is the holder who delegates the role.
	DelegatedBy string `json:"delegatedBy,omitempty"`
	// AcknowledgedBy is the person who accepted the role, AcknowledgedAt when.
	AcknowledgedBy string       `json:"acknowledgedBy,omitempty"`
	AcknowledgedAt *metav1.Time `json:"acknowledgedAt,omitempty"`
	// ReviewEvery is how often the acceptance is to be looked at again, such as "2160h".
	ReviewEvery *metav1.Duration `json:"reviewEvery,omitempty"`
	// Suspend takes the assignment out of force.
	Suspend bool `json:"suspend,omitempty"`
}
