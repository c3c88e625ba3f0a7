package operator

import (
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Permissions is what the controller asks the API server for, and nothing else: the roles that `make generate` writes
// into crds/rbac are made of it, and tests fail where a call is forbidden.
type Permissions struct {
	// Cluster holds everywhere, Own in the controller's own namespace alone.
	Cluster, Own []rbacv1.PolicyRule
}

// Needs lists the permissions.
func Needs() Permissions {
	read, watch, readWatch := []string{"get"}, []string{"list", "watch"}, []string{"get", "list", "watch"}
	rule := func(group string, verbs []string, resources ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: verbs}
	}
	return Permissions{
		Cluster: []rbacv1.PolicyRule{
			rule(v1alpha1.Group, watch, "areas", "ownershipsources", "responsibilitypolicies", "roleassignments", "roleconfigurations", "teams"),
			// Areas are made of what is discovered, where a source asks for it; none is changed or deleted.
			rule(v1alpha1.Group, []string{"create"}, "areas"),
			rule(v1alpha1.Group, []string{"patch"}, "areas/status", "ownershipsources/status", "responsibilitypolicies/status",
				"roleassignments/status", "roleconfigurations/status", "teams/status"),
			rule(v1alpha1.Group, []string{"list", "watch", "create", "delete"}, "remediations"),
			rule(v1alpha1.Group, []string{"patch"}, "remediations/status"),
			// Namespaces and workloads are watched by their metadata. What is written of namespaces is the label of their owner: the
			// admission policy namespaces.remit.dev sees to that.
			rule("", []string{"get", "list", "watch", "patch"}, "namespaces"),
			rule("apps", []string{"list", "watch"}, "deployments", "statefulsets", "daemonsets"),
			rule("batch", []string{"list", "watch"}, "cronjobs"),
			{
				APIGroups: []string{"admissionregistration.k8s.io"}, ResourceNames: []string{policyName}, Verbs: []string{"get"},
				Resources: []string{"validatingadmissionpolicies", "validatingadmissionpolicybindings"},
			},
			rule("events.k8s.io", []string{"create", "patch"}, "events"),
		},
		Own: []rbacv1.PolicyRule{
			rule("coordination.k8s.io", []string{"create"}, "leases"),
			{APIGroups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, ResourceNames: []string{leaseName}, Verbs: []string{"get", "update"}},
			// Who leads is told in events of the old kind, as client-go's leader election does.
			rule("", []string{"create", "patch"}, "events"),
			// ConfigMaps are watched by their metadata, which is a list of names to the API server as well as of contents.
			rule("", readWatch, "configmaps"),
			// Secrets are read by name, and never listed.
			rule("", read, "secrets"),
		},
	}
}
