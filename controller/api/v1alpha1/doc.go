// Package v1alpha1 holds the kinds of the API group remit.dev: Area,
// RoleAssignment, Team, ResponsibilityPolicy, OwnershipSource,
// RoleConfiguration and Remediation.
//
// The same types, schemas and CEL rules serve a cluster (as custom resources)
// and the command line (as YAML files): what one accepts, the other accepts.
// The package holds shapes only; what they mean is decided elsewhere.
//
// +groupName=remit.dev
// +kubebuilder:object:generate=true
package v1alpha1
