package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ResponsibilityPolicy is one instance of a policy: a policy of the library by
// name, or Rego of the organisation's own.
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=responsibilitypolicies,scope=Cluster,shortName=rpol,categories=remit
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Library",type=string,JSONPath=`.spec.library`
// +kubebuilder:printcolumn:name="Severity",type=string,JSONPath=`.spec.severity`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Findings",type=integer,JSONPath=`.status.findings`
// +kubebuilder:printcolumn:name="Undetermined",type=integer,JSONPath=`.status.undetermined`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Tiers",type=string,JSONPath=`.spec.match.tiers`,priority=1
// +kubebuilder:printcolumn:name="Why",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].message`,priority=1
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`,priority=1
// +kubebuilder:validation:XValidation:rule="!(self.metadata.name in ['remit-roles', 'unowned-area'])",message="metadata.name may not be remit-roles or unowned-area, the names of Remit's own findings; give the policy another name"
type ResponsibilityPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec says which Rego judges what, and how severely.
	// +required
	Spec ResponsibilityPolicySpec `json:"spec"`
	// Status says how the policy fares.
	// +optional
	Status ResponsibilityPolicyStatus `json:"status,omitzero"`
}

// ResponsibilityPolicyStatus says how the policy fares.
type ResponsibilityPolicyStatus struct {
	ObjectStatus `json:",inline"`
	// Title is the policy's own.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Title string `json:"title,omitempty"`
	// Subject is what it judges: area, team, person, schedule or organisation.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Subject string `json:"subject,omitempty"`
	// Subjects is how many subjects it judged.
	// +optional
	Subjects int32 `json:"subjects,omitempty"`
	// Failed is for how many of them it failed.
	// +optional
	Failed int32 `json:"failed,omitempty"`
	// Findings is how many findings are raised.
	// +optional
	Findings int32 `json:"findings"`
	// Undetermined is for how many subjects it cannot be judged, since it rests on unknown facts.
	// +optional
	Undetermined int32 `json:"undetermined"`
	// Exempt is how many findings are covered by an exemption.
	// +optional
	Exempt int32 `json:"exempt,omitempty"`
}

// ResponsibilityPolicyList is a list of policies.
// +kubebuilder:object:root=true
type ResponsibilityPolicyList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ResponsibilityPolicy `json:"items"`
}

// ResponsibilityPolicySpec says which Rego judges what, and how severely.
// +kubebuilder:validation:XValidation:rule="[has(self.library), has(self.rego), has(self.regoFile), has(self.regoConfigMap)].filter(given, given).size() == 1",message="want exactly one of library, rego, regoFile and regoConfigMap"
type ResponsibilityPolicySpec struct {
	// Library is the name of a policy of the library, such as "accountable-holder".
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
	// +optional
	Library string `json:"library,omitempty"`
	// Rego is the policy's text.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=262144
	// +optional
	Rego string `json:"rego,omitempty"`
	// RegoFile is the path of the policy's text beside the manifest; it works in files only, not in a cluster.
	// +kubebuilder:validation:XValidation:rule="!self.startsWith('/') && self.endsWith('.rego')",message="want a path relative to the manifest's folder that ends in .rego"
	// +optional
	RegoFile FilePath `json:"regoFile,omitempty"`
	// RegoConfigMap is a ConfigMap in the controller's own namespace with the policy's text; it works in a cluster only.
	// +optional
	RegoConfigMap *ConfigMapKey `json:"regoConfigMap,omitempty"`
	// Parameters override fields of the policy's "parameters".
	// +kubebuilder:validation:MaxProperties=100
	// +optional
	Parameters map[string]apiextensionsv1.JSON `json:"parameters,omitempty"`
	// Match narrows the areas that are judged; absent means all.
	// +optional
	Match *PolicyMatch `json:"match,omitempty"`
	// Severity overrides the policy's own: info, low, medium, high or critical.
	// +kubebuilder:validation:Enum=info;low;medium;high;critical
	// +optional
	Severity string `json:"severity,omitempty"`
	// Exemptions take findings out for a while.
	// +kubebuilder:validation:MaxItems=500
	// +listType=atomic
	// +optional
	Exemptions []Exemption `json:"exemptions,omitempty"`
	// Mode is how far Remit may go for the sake of what the policy declares: Observe (the default), Propose or Enforce.
	// +kubebuilder:validation:Enum=Observe;Propose;Enforce
	// +optional
	Mode string `json:"mode,omitempty"`
	// Suspend keeps the policy from being evaluated.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// PolicyMatch narrows a policy to some areas; all that is given must hold.
type PolicyMatch struct {
	// Namespaces are names of namespaces.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Namespaces []NamespaceName `json:"namespaces,omitempty"`
	// Tiers are tiers.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +optional
	Tiers []TierName `json:"tiers,omitempty"`
	// Areas is a selector on the areas' labels.
	// +optional
	Areas *LabelSelector `json:"areas,omitempty"`
}

// Exemption takes one subject's findings out, until it expires.
type Exemption struct {
	// Subject is the subject's id, for an area "namespace/name".
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +required
	Subject string `json:"subject"`
	// Key is the finding's key; absent means every finding of the policy there.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Key string `json:"key,omitempty"`
	// Owner answers for the exemption, such as "user:alice".
	// +required
	Owner HolderText `json:"owner"`
	// Reason says why.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	// +required
	Reason string `json:"reason"`
	// Expires is the first moment at which it does not hold any more.
	// +required
	Expires metav1.Time `json:"expires"`
}
