package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AreaState says whether an area is owned.
// +kubebuilder:validation:Enum=Unowned;Partial;Unknown;Owned
type AreaState string

// The states of an area, the worst first.
const (
	AreaUnowned AreaState = "Unowned" // every requirement is known to be unmet
	AreaPartial AreaState = "Partial" // some requirement is known to be unmet
	AreaUnknown AreaState = "Unknown" // none is known to be unmet, but some are unknown
	AreaOwned   AreaState = "Owned"   // every requirement is met
)

// The bounds of lists in an Area's status. Totals beside them are exact.
const (
	MaxAssignmentsShown = 100
	MaxDriftShown       = 20
	MaxFindingsShown    = 20
	MaxSuggestionsShown = 3
	MaxMessageBytes     = 1024
)

// AreaStatus is what Remit found of the area.
type AreaStatus struct {
	ObjectStatus `json:",inline"`
	// State says whether the area is owned. Unknown is not unowned: the facts that would tell cannot be read.
	// +optional
	State AreaState `json:"state,omitempty"`
	// Since is when the area came into this state.
	// +optional
	Since *metav1.Time `json:"since,omitempty"`
	// LastKnown is the state before the facts became unknown; only while State is Unknown.
	// +optional
	LastKnown *KnownState `json:"lastKnown,omitempty"`
	// Accountable is who answers for the area: the holders in force, separated by commas.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Accountable string `json:"accountable,omitempty"`
	// OnCall is who is declared to be on call for the area, separated by commas.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	OnCall string `json:"onCall,omitempty"`
	// Requirements say what is asked of the area and what came of it.
	// +kubebuilder:validation:MaxItems=34
	// +listType=atomic
	// +optional
	Requirements []RequirementStatus `json:"requirements,omitempty"`
	// Coverage counts the files of the area by who owns them; absent where it has no files.
	// +optional
	Coverage *CoverageStatus `json:"coverage,omitempty"`
	// Assignments are who has which role, as declared and as observed: the first 100, by role and holder.
	// +kubebuilder:validation:MaxItems=100
	// +listType=map
	// +listMapKey=role
	// +listMapKey=holder
	// +optional
	Assignments []AssignmentStatus `json:"assignments,omitempty"`
	// AssignmentsTotal is how many assignments there are.
	// +optional
	AssignmentsTotal int32 `json:"assignmentsTotal,omitempty"`
	// Drift is how what is declared differs from what is observed: the first 20.
	// +kubebuilder:validation:MaxItems=20
	// +listType=atomic
	// +optional
	Drift []DriftStatus `json:"drift,omitempty"`
	// DriftTotal is how many differences there are.
	// +optional
	DriftTotal int32 `json:"driftTotal"`
	// Findings are what policies say of the area, the most severe first: the first 20.
	// +kubebuilder:validation:MaxItems=20
	// +listType=atomic
	// +optional
	Findings []FindingStatus `json:"findings,omitempty"`
	// FindingsTotal is how many findings are raised.
	// +optional
	FindingsTotal int32 `json:"findingsTotal"`
	// UndeterminedTotal is how many policies could not tell, since they rest on unknown facts.
	// +optional
	UndeterminedTotal int32 `json:"undeterminedTotal,omitempty"`
	// ExemptTotal is how many findings are covered by an exemption.
	// +optional
	ExemptTotal int32 `json:"exemptTotal,omitempty"`
	// SuggestedOwners are who could own an area that is unowned or partly owned, the best first.
	// +kubebuilder:validation:MaxItems=3
	// +listType=atomic
	// +optional
	SuggestedOwners []SuggestedOwner `json:"suggestedOwners,omitempty"`
}

// KnownState is a state and since when the area was in it.
type KnownState struct {
	// State is the state.
	// +required
	State AreaState `json:"state"`
	// Since is when the area came into it.
	// +required
	Since metav1.Time `json:"since"`
}

// RequirementStatus is one thing asked of an area: a holder in a role, or an approver for each file.
type RequirementStatus struct {
	// Role is the role that is required; for the role approver, of each file.
	// +required
	Role RoleName `json:"role"`
	// Status is Met, Unmet, Partial (of files: some are unmet) or Unknown.
	// +kubebuilder:validation:Enum=Met;Unmet;Partial;Unknown
	// +required
	Status string `json:"status"`
	// Reason says why it is not met, or what is unknown.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Reason string `json:"reason,omitempty"`
}

// CoverageStatus counts an area's files. Owned, Unowned, Unmatched and Undetermined together are Files.
type CoverageStatus struct {
	// Percent is the share of the files that have a valid owner, in words such as "87%"; "unknown" where it is not known.
	// +kubebuilder:validation:MaxLength=16
	// +optional
	Percent string `json:"percent,omitempty"`
	// Files is how many files belong to the area.
	// +optional
	Files int64 `json:"files"`
	// Owned files have an owner by the rule in force.
	// +optional
	Owned int64 `json:"owned,omitempty"`
	// CatchAll are the owned files that have an owner by a catch-all rule alone.
	// +optional
	CatchAll int64 `json:"catchAll,omitempty"`
	// Effective files have at least one owner who is not known to be invalid.
	// +optional
	Effective int64 `json:"effective,omitempty"`
	// Unowned files match a rule without owners.
	// +optional
	Unowned int64 `json:"unowned,omitempty"`
	// Unmatched files match no rule.
	// +optional
	Unmatched int64 `json:"unmatched,omitempty"`
	// Undetermined files could not be judged.
	// +optional
	Undetermined int64 `json:"undetermined,omitempty"`
	// Unknown says why the files could not be counted or judged whole.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Unknown string `json:"unknown,omitempty"`
}

// AssignmentStatus is one holder in one role.
type AssignmentStatus struct {
	// Role is the role.
	// +required
	Role RoleName `json:"role"`
	// Holder is who has it.
	// +required
	Holder ShownHolder `json:"holder"`
	// DeclaredBy names the object that declares it, such as "area payments/checkout"; absent where it is only observed.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	DeclaredBy string `json:"declaredBy,omitempty"`
	// ObservedIn names the sources that see it: the first 10.
	// +kubebuilder:validation:MaxItems=10
	// +listType=set
	// +optional
	ObservedIn []ObjectName `json:"observedIn,omitempty"`
}

// DriftStatus is one difference between what is declared and what is observed.
type DriftStatus struct {
	// Kind is Missing, Unexpected, Conflicting or Invalid.
	// +kubebuilder:validation:Enum=Missing;Unexpected;Conflicting;Invalid
	// +required
	Kind string `json:"kind"`
	// Role is the role that it is about.
	// +required
	Role RoleName `json:"role"`
	// Holder is who is missing, unexpected or invalid; of conflicting sources, one of those that they name.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Holder string `json:"holder,omitempty"`
	// Reason is a short code, such as "absent", "left" or "empty".
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Reason string `json:"reason,omitempty"`
	// Message says it in a sentence.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Message string `json:"message,omitempty"`
}

// FindingStatus is what a policy says of the area.
type FindingStatus struct {
	// Policy is the name of the ResponsibilityPolicy, or of Remit's own rules.
	// +kubebuilder:validation:MaxLength=253
	// +required
	Policy string `json:"policy"`
	// Key tells the findings of a policy about one area apart.
	// +kubebuilder:validation:MaxLength=256
	// +required
	Key string `json:"key"`
	// Severity is info, low, medium, high or critical.
	// +kubebuilder:validation:Enum=info;low;medium;high;critical
	// +required
	Severity string `json:"severity"`
	// Message says what is wrong.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Message string `json:"message,omitempty"`
}

// SuggestedOwner is who could own the area.
type SuggestedOwner struct {
	// Holder is who it is.
	// +required
	Holder ShownHolder `json:"holder"`
	// Because says what speaks for them.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Because string `json:"because,omitempty"`
}
