package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group is the API group of the kinds, Version this package's version of it.
const (
	Group   = "remit.dev"
	Version = "v1alpha1"
)

// GroupVersion is Group and Version together.
func GroupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: Group, Version: Version}
}

// Kind names one of the kinds, such as "Area".
func Kind(name string) schema.GroupVersionKind { return GroupVersion().WithKind(name) }

// AddToScheme makes the kinds known to a scheme, as a client or a controller needs. The error is always nil; it
// makes this a function as runtime.SchemeBuilder takes them.
func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion(),
		&Area{}, &AreaList{},
		&RoleAssignment{}, &RoleAssignmentList{},
		&Team{}, &TeamList{},
		&ResponsibilityPolicy{}, &ResponsibilityPolicyList{},
		&OwnershipSource{}, &OwnershipSourceList{},
		&RoleConfiguration{}, &RoleConfigurationList{},
		&Remediation{}, &RemediationList{},
	)
	metav1.AddToGroupVersion(scheme, GroupVersion())
	return nil
}
