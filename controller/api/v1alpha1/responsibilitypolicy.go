package v1alpha1

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ResponsibilityPolicy is one instance of a policy: a policy of the library by
// name, or Rego of the organisation's own.
type ResponsibilityPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ResponsibilityPolicySpec `json:"spec"`
}

// ResponsibilityPolicySpec says which Rego judges what, and how severely.
type ResponsibilityPolicySpec struct {
	// Library is the name of a policy of the library, such as "accountable-holder".
	Library string `json:"library,omitempty"`
	// Rego is the policy's text.
	Rego string `json:"rego,omitempty"`
	// RegoFile is the path of the policy's text beside the manifest; it works in files only, not in a cluster.
	RegoFile string `json:"regoFile,omitempty"`
	// Parameters override fields of the policy's "parameters".
	Parameters map[string]apiextensionsv1.JSON `json:"parameters,omitempty"`
	// Match narrows the areas that are judged; absent means all.
	Match *PolicyMatch `json:"match,omitempty"`
	// Severity overrides the policy's own: info, low, medium, high or critical.
	Severity string `json:"severity,omitempty"`
	// Exemptions take findings out for a while.
	Exemptions []Exemption `json:"exemptions,omitempty"`
	// Suspend keeps the policy from being evaluated.
	Suspend bool `json:"suspend,omitempty"`
}

// PolicyMatch narrows a policy to some areas; all that is given must hold.
type PolicyMatch struct {
	// Namespaces are names of namespaces.
	Namespaces []string `json:"namespaces,omitempty"`
	// Tiers are tiers.
	Tiers []string `json:"tiers,omitempty"`
	// Areas is a selector on the areas' labels.
	Areas *metav1.LabelSelector `json:"areas,omitempty"`
}

// Exemption takes one subject's findings out, until it expires.
type Exemption struct {
	// Subject is the subject's id, for an area "namespace/name".
	Subject string `json:"subject"`
	// Key is the finding's key; absent means every finding of the policy there.
	Key string `json:"key,omitempty"`
	// Owner answers for the exemption, such as "user:alice".
	Owner string `json:"owner"`
	// Reason says why.
	Reason string `json:"reason"`
	// Expires is the first moment at which it does not hold any more.
	Expires metav1.Time `json:"expires"`
}
