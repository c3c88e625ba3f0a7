package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Remediation is a bounded plan of changes, made by Remit for people to approve, and afterwards the record of what was
// done. It stands in the namespace of the Area that it is about, or in the controller's where it is about several.
//
// Remit executes only what it has just recomputed with an equal hash, never the object's text.
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=remediations,scope=Namespaced,shortName=rem,categories=remit
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Changes",type=integer,JSONPath=`.spec.total`
// +kubebuilder:printcolumn:name="Made",type=integer,JSONPath=`.status.made`
// +kubebuilder:printcolumn:name="ApprovedBy",type=string,JSONPath=`.spec.approval.by`
// +kubebuilder:printcolumn:name="OverriddenBy",type=string,JSONPath=`.spec.override.by`
// +kubebuilder:printcolumn:name="Areas",type=string,JSONPath=`.spec.areas`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Mode",type=string,JSONPath=`.spec.mode`,priority=1
// +kubebuilder:printcolumn:name="Summary",type=string,JSONPath=`.spec.summary`,priority=1
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
type Remediation struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the plan, and who approved it.
	// +required
	Spec RemediationSpec `json:"spec"`
	// Status says what has become of the plan.
	// +optional
	Status RemediationStatus `json:"status,omitzero"`
}

// RemediationList is a list of remediations.
// +kubebuilder:object:root=true
type RemediationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Remediation `json:"items"`
}

// MaxRemediationChanges bounds the changes of one Remediation; more are shown as several.
const MaxRemediationChanges = 100

// RemediationSpec is a plan. All but Approval, Override and Suspend is Remit's own, and does not change.
// +kubebuilder:validation:XValidation:rule="self.planHash == oldSelf.planHash",message="a plan does not change; only approval, override and suspend do",fieldPath=".planHash"
// +kubebuilder:validation:XValidation:rule="has(self.summary) == has(oldSelf.summary) && (!has(self.summary) || self.summary == oldSelf.summary)",message="a plan does not change; only approval, override and suspend do",fieldPath=".summary"
// +kubebuilder:validation:XValidation:rule="self.mode == oldSelf.mode",message="a plan does not change; only approval, override and suspend do",fieldPath=".mode"
// +kubebuilder:validation:XValidation:rule="self.areas == oldSelf.areas",message="a plan does not change; only approval, override and suspend do",fieldPath=".areas"
// +kubebuilder:validation:XValidation:rule="self.changes == oldSelf.changes",message="a plan does not change; only approval, override and suspend do",fieldPath=".changes"
// +kubebuilder:validation:XValidation:rule="self.total == oldSelf.total",message="a plan does not change; only approval, override and suspend do",fieldPath=".total"
// +kubebuilder:validation:XValidation:rule="self.total == self.changes.size()",message="total must be how many changes there are",fieldPath=".total"
// +kubebuilder:validation:XValidation:rule="!has(self.approval) || self.approval.planHash == self.planHash",message="the approval is for another plan; copy spec.planHash, or use `remit approve`",fieldPath=".approval.planHash"
// +kubebuilder:validation:XValidation:rule="!has(self.override) || self.override.planHash == self.planHash",message="the override is for another plan; copy spec.planHash, or use `remit approve --override`",fieldPath=".override.planHash"
type RemediationSpec struct {
	// PlanHash is the SHA-256 over operations and preconditions, in hexadecimal.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[0-9a-f]{64}$`
	// +required
	PlanHash string `json:"planHash"`
	// Summary says in a sentence what is changed.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Summary string `json:"summary,omitempty"`
	// Mode is Propose (it awaits approval) or Enforce (it is made at once, and recorded here).
	// +kubebuilder:validation:Enum=Propose;Enforce
	// +required
	Mode string `json:"mode"`
	// Areas are the areas that the changes are about, "namespace/name".
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=512
	// +listType=set
	// +required
	Areas []string `json:"areas"`
	// Changes are the steps, in order.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +listType=map
	// +listMapKey=id
	// +required
	Changes []RemediationChange `json:"changes"`
	// Total is how many changes there are.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	// +required
	Total int32 `json:"total"`
	// Approval lets the changes be made that no brake holds. It takes the verb "approve" on the Remediation.
	// +optional
	Approval *Approval `json:"approval,omitempty"`
	// Override lets also those be made that a brake holds which may be overridden. It takes the verb "override".
	// +optional
	Override *Approval `json:"override,omitempty"`
	// Suspend keeps the changes from being made, approved or not.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// Approval says who wants a plan to be carried out.
type Approval struct {
	// PlanHash is that of the plan that is meant.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[0-9a-f]{64}$`
	// +required
	PlanHash string `json:"planHash"`
	// By is the user who made the request, as the API server knows them.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +required
	By string `json:"by"`
}

// RemediationChange is one step on one target.
type RemediationChange struct {
	// ID tells the changes of a Remediation apart, "1" being the first.
	// +kubebuilder:validation:MaxLength=3
	// +kubebuilder:validation:Pattern=`^[1-9][0-9]{0,2}$`
	// +required
	ID string `json:"id"`
	// Target is the kind of target, such as "kubernetes".
	// +kubebuilder:validation:MaxLength=63
	// +required
	Target string `json:"target"`
	// Operation is what is done there, such as "set-label".
	// +kubebuilder:validation:MaxLength=63
	// +required
	Operation string `json:"operation"`
	// Object names what is changed: "namespace payments", or "acme/web .github/CODEOWNERS:12".
	// +kubebuilder:validation:MaxLength=1024
	// +required
	Object string `json:"object"`
	// Before is what stood there when the plan was made; empty for nothing.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Before string `json:"before,omitempty"`
	// After is what stands there afterwards; empty for nothing.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	After string `json:"after,omitempty"`
	// Area is the area that the change is for, "namespace/name".
	// +kubebuilder:validation:MaxLength=512
	// +required
	Area string `json:"area"`
	// Role is the role that it gives or takes.
	// +required
	Role RoleName `json:"role"`
	// Holders are who gets or loses the role.
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Holders []ShownHolder `json:"holders,omitempty"`
	// Loses are those of the holders who lose the role.
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Loses []ShownHolder `json:"loses,omitempty"`
	// Until is when the access ends that the change gives.
	// +optional
	Until *metav1.Time `json:"until,omitempty"`
	// Reason says in a sentence why.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Reason string `json:"reason,omitempty"`
	// Reversible says that the opposite change restores what was.
	// +optional
	Reversible bool `json:"reversible,omitempty"`
	// Brake is what holds the change back unless it is overridden.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Brake string `json:"brake,omitempty"`
	// Because says why the brake holds it, with the number that held it.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Because string `json:"because,omitempty"`
}

// The phases of a Remediation.
const (
	RemediationAwaitingApproval = "AwaitingApproval" // nobody has approved it yet, or not under the admission policy
	RemediationRunning          = "Running"          // changes are being made
	RemediationSucceeded        = "Succeeded"        // each change was made, or found made
	RemediationFailed           = "Failed"           // some change was refused
	RemediationSuperseded       = "Superseded"       // what it rests on has moved; another plan takes its place, if any
)

// RemediationStatus says what has become of the plan.
type RemediationStatus struct {
	ObjectStatus `json:",inline"`
	// Phase is AwaitingApproval, Running (changes are being made), Succeeded, Failed (some change was refused) or
	// Superseded (what the plan rests on has moved).
	// +kubebuilder:validation:Enum=AwaitingApproval;Running;Succeeded;Failed;Superseded
	// +optional
	Phase string `json:"phase,omitempty"`
	// Made is how many changes were made.
	// +optional
	Made int32 `json:"made"`
	// FinishedAt is when the phase became the last one.
	// +optional
	FinishedAt *metav1.Time `json:"finishedAt,omitempty"`
	// Changes are the outcomes of the changes that were begun.
	// +kubebuilder:validation:MaxItems=100
	// +listType=map
	// +listMapKey=id
	// +optional
	Changes []ChangeOutcome `json:"changes,omitempty"`
}

// The outcomes of a change.
const (
	ChangeClaimed = "Claimed" // about to be made; after a crash it is compared with the target before anything else
	ChangeMade    = "Made"    // the target is as planned
	ChangeRefused = "Refused" // the target was not as planned for, or did not take the change; nothing was changed
	ChangeHeld    = "Held"    // a brake held it, and nobody overrode that
)

// ChangeOutcome says what has become of one change.
type ChangeOutcome struct {
	// ID is that of the change in the spec.
	// +kubebuilder:validation:MaxLength=3
	// +kubebuilder:validation:Pattern=`^[1-9][0-9]{0,2}$`
	// +required
	ID string `json:"id"`
	// Outcome is Claimed (about to be made), Made, Refused (the target was not as planned for, and was not changed) or Held
	// (by a brake).
	// +kubebuilder:validation:Enum=Claimed;Made;Refused;Held
	// +required
	Outcome string `json:"outcome"`
	// By is the replica that claimed the change.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	By string `json:"by,omitempty"`
	// At is when it came to this outcome.
	// +required
	At metav1.Time `json:"at"`
	// Message says why a change was refused or held, and what to do.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Message string `json:"message,omitempty"`
}
