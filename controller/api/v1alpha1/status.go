package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// The types of conditions, as kstatus reads them (sigs.k8s.io/cli-utils, "The kstatus library"): Ready says that an
// object was taken in whole; Reconciling and Stalled are there only while they are true.
const (
	// ConditionReady: the object was judged on complete facts, or is in force. An unowned area is ready as well.
	ConditionReady = "Ready"
	// ConditionReconciling: Remit is at work on the object, and its status will change without anybody's doing.
	ConditionReconciling = "Reconciling"
	// ConditionStalled: Remit cannot go on with the object until somebody does what the message says.
	ConditionStalled = "Stalled"
	// ConditionInSync: what is declared and what is observed are the same. Drift makes it False.
	ConditionInSync = "InSync"
)

// AnnotationReconcileAt asks for a new look at once: whenever its value changes a pass is made, and where it is an
// OwnershipSource's, that source is observed first. The value that was followed last stands in status.lastHandledReconcileAt.
const AnnotationReconcileAt = Group + "/reconcile-at"

// ObjectStatus is what every kind's status has.
type ObjectStatus struct {
	// ObservedGeneration is the generation of the spec that the status is about.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// LastHandledReconcileAt is the value of the annotation remit.dev/reconcile-at that was followed last.
	// +kubebuilder:validation:MaxLength=64
	// +optional
	LastHandledReconcileAt string `json:"lastHandledReconcileAt,omitempty"`
	// Conditions are Ready, InSync, and while they are true Reconciling and Stalled.
	// +kubebuilder:validation:MaxItems=8
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// Status gives the part of a status that every kind has, for reading and writing.
func (s *ObjectStatus) Status() *ObjectStatus { return s }
