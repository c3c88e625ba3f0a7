package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RoleAssignment gives a role in an Area of its own namespace to holders, for a
// time if wanted. While in force it replaces what the Area and policies declare for that role.
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=roleassignments,scope=Namespaced,shortName=ra,categories=remit
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Area",type=string,JSONPath=`.spec.area`
// +kubebuilder:printcolumn:name="Role",type=string,JSONPath=`.spec.role`
// +kubebuilder:printcolumn:name="Holders",type=string,JSONPath=`.spec.holders`
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Until",type=string,JSONPath=`.spec.validUntil`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="From",type=string,JSONPath=`.spec.validFrom`,priority=1
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.spec.reason`,priority=1
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
type RoleAssignment struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says who has which role where, from when to when, and why.
	// +required
	Spec RoleAssignmentSpec `json:"spec"`
	// Status says whether the assignment is in force.
	// +optional
	Status RoleAssignmentStatus `json:"status,omitzero"`
}

// RoleAssignmentStatus says whether the assignment is in force.
type RoleAssignmentStatus struct {
	ObjectStatus `json:",inline"`
	// Phase is Pending (before validFrom), InForce, Ended (after validUntil), Suspended, or Refused (see Stalled).
	// +kubebuilder:validation:Enum=Pending;InForce;Ended;Suspended;Refused
	// +optional
	Phase string `json:"phase,omitempty"`
}

// The phases of a RoleAssignment.
const (
	AssignmentPending   = "Pending"
	AssignmentInForce   = "InForce"
	AssignmentEnded     = "Ended"
	AssignmentSuspended = "Suspended"
	AssignmentRefused   = "Refused"
)

// RoleAssignmentList is a list of role assignments.
// +kubebuilder:object:root=true
type RoleAssignmentList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []RoleAssignment `json:"items"`
}

// RoleAssignmentSpec says who has which role where, from when to when, and why.
// +kubebuilder:validation:XValidation:rule="!has(self.validFrom) || !has(self.validUntil) || self.validFrom < self.validUntil",message="validUntil must be after validFrom",fieldPath=".validUntil"
// +kubebuilder:validation:XValidation:rule="!has(self.acknowledgedBy) || has(self.acknowledgedAt)",message="acknowledgedBy needs acknowledgedAt, the time of the acceptance",fieldPath=".acknowledgedBy"
// +kubebuilder:validation:XValidation:rule="!has(self.acknowledgedAt) || has(self.acknowledgedBy)",message="acknowledgedAt needs acknowledgedBy, the person who accepted",fieldPath=".acknowledgedAt"
type RoleAssignmentSpec struct {
	// Area is the name of an Area in the same namespace.
	// +required
	Area        ObjectName `json:"area"`
	RoleHolders `json:",inline"`
	// ValidFrom is the first moment at which it is in force; absent means always.
	// +optional
	ValidFrom *metav1.Time `json:"validFrom,omitempty"`
	// ValidUntil is the first moment at which it is not in force any more; absent means open.
	// +optional
	ValidUntil *metav1.Time `json:"validUntil,omitempty"`
	// Reason says why, for people.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Reason string `json:"reason,omitempty"`
	// DelegatedBy is the holder who delegates the role. In a cluster only they can write it, or who has the verb "attest".
	// +optional
	DelegatedBy HolderText `json:"delegatedBy,omitempty"`
	// AcknowledgedBy is the person who accepted the role. In a cluster only they can write it, or who has the verb "attest".
	// +optional
	AcknowledgedBy UserText `json:"acknowledgedBy,omitempty"`
	// AcknowledgedAt is when they accepted it.
	// +optional
	AcknowledgedAt *metav1.Time `json:"acknowledgedAt,omitempty"`
	// ReviewEvery is how often the acceptance is to be looked at again, such as "2160h".
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$') && duration(self) >= duration('1h')`,message="want a duration of at least an hour, such as 2160h for 90 days"
	// +optional
	ReviewEvery *metav1.Duration `json:"reviewEvery,omitempty"`
	// Mode is how far Remit may go for the sake of this assignment: Observe, Propose or Enforce. Absent means that of the Area.
	// +kubebuilder:validation:Enum=Observe;Propose;Enforce
	// +optional
	Mode string `json:"mode,omitempty"`
	// Suspend takes the assignment out of force.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}
