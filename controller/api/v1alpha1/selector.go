package v1alpha1

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LabelSelector selects objects by their labels, as Kubernetes' own LabelSelector does, and is written as that is. Unlike
// that it has bounds, so that an API server refuses what could not be used: a long list, an operator that there is not.
// +structType=atomic
// +kubebuilder:object:generate=false
type LabelSelector struct {
	// MatchLabels are labels that must be there with these values.
	// +kubebuilder:validation:MaxProperties=32
	// +optional
	MatchLabels map[string]LabelValue `json:"matchLabels,omitempty"`
	// MatchExpressions are what else must hold of the labels.
	// +kubebuilder:validation:MaxItems=32
	// +listType=atomic
	// +optional
	MatchExpressions []LabelExpression `json:"matchExpressions,omitempty"`
}

// DeepCopyInto copies the selector into another. It is written by hand, since the generator takes no alias as the value of
// a map.
func (s *LabelSelector) DeepCopyInto(out *LabelSelector) {
	*out = LabelSelector{MatchLabels: maps.Clone(s.MatchLabels), MatchExpressions: slices.Clone(s.MatchExpressions)}
	for i := range out.MatchExpressions {
		s.MatchExpressions[i].DeepCopyInto(&out.MatchExpressions[i])
	}
}

// DeepCopy gives a copy of the selector.
func (s *LabelSelector) DeepCopy() *LabelSelector {
	if s == nil {
		return nil
	}
	out := new(LabelSelector)
	s.DeepCopyInto(out)
	return out
}

// LabelExpression is what must hold of one label.
// +kubebuilder:validation:XValidation:rule="!(self.operator in ['In', 'NotIn']) || (has(self.values) && self.values.size() > 0)",message="In and NotIn need values",fieldPath=".values"
// +kubebuilder:validation:XValidation:rule="!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || self.values.size() == 0",message="Exists and DoesNotExist take no values; remove them, or use In or NotIn",fieldPath=".values"
type LabelExpression struct {
	// Key is the label's key.
	// +required
	Key MetadataKey `json:"key"`
	// Operator is In, NotIn, Exists or DoesNotExist.
	// +kubebuilder:validation:Enum=In;NotIn;Exists;DoesNotExist
	// +required
	Operator metav1.LabelSelectorOperator `json:"operator"`
	// Values are those that the label may have (In), or may not have (NotIn).
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Values []LabelValue `json:"values,omitempty"`
}

// Kubernetes is the selector as the libraries of Kubernetes take it, nil for nil; it shares memory with s.
func (s *LabelSelector) Kubernetes() *metav1.LabelSelector {
	if s == nil {
		return nil
	}
	selector := &metav1.LabelSelector{MatchLabels: s.MatchLabels}
	for _, e := range s.MatchExpressions {
		selector.MatchExpressions = append(selector.MatchExpressions, metav1.LabelSelectorRequirement{Key: e.Key, Operator: e.Operator, Values: e.Values})
	}
	return selector
}
