package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
)

// checkRoles finds roles that are not configured. Where the RoleConfiguration itself has errors it finds none: a role
// that it was to configure would look unknown.
func (a *assembler) checkRoles() {
	roles := a.roles()
	if roles == nil {
		return
	}
	a.checkAreaRoles(roles)
	a.set.RoleAssignments = slices.DeleteFunc(a.set.RoleAssignments, func(object Object[v1alpha1.RoleAssignment]) bool {
		problem := unknownRole(object.Value.Spec.Role, roles, object.FieldLocation, "spec.role")
		if problem != nil {
			a.problems = append(a.problems, *problem)
		}
		return problem != nil
	})
	for _, source := range a.set.Sources {
		a.checkLabelRole(source, roles)
		if source.Value.Spec.Authoritative == nil {
			continue
		}
		for i, role := range source.Value.Spec.Authoritative.Roles {
			if problem := unknownRole(role, roles, source.FieldLocation, fmt.Sprintf("spec.authoritative.roles[%d]", i)); problem != nil {
				a.problems = append(a.problems, *problem)
			}
		}
	}
}

// checkLabelRole says where the role that labels and annotations give is none, or none that a cluster shows: all that they say would
// count for nothing then, in silence.
func (a *assembler) checkLabelRole(source Object[v1alpha1.OwnershipSource], roles []string) {
	if source.Value.Spec.Kubernetes == nil {
		return
	}
	const path = "spec.kubernetes.role"
	role := cmp.Or(source.Value.Spec.Kubernetes.Role, string(ownership.Accountable))
	if problem := unknownRole(role, roles, source.FieldLocation, path); problem != nil {
		a.problems = append(a.problems, *problem)
		return
	}
	for _, definition := range RoleDefinitions(a.configuration()) {
		if string(definition.Role) == role && !slices.Contains(definition.ObservableIn, ownership.SourceKubernetes) {
			a.problems = append(a.problems, ownership.Problem{
				Location: source.FieldLocation(path), Field: path, Warning: true,
				Message: fmt.Sprintf("the role %q is not observable in kubernetes, so the owners that this source sees count for nothing", role),
				Remedy:  "add kubernetes to the role's observableIn in the RoleConfiguration, or name another role",
			})
		}
	}
}

// configuration is the RoleConfiguration; nil where there is none.
func (a *assembler) configuration() *v1alpha1.RoleConfiguration {
	if a.set.Roles == nil {
		return nil
	}
	return &a.set.Roles.Value
}

// roles are those that are configured; nil where the RoleConfiguration has errors, or may stand in what could not be read.
func (a *assembler) roles() []string {
	configuration := a.configuration()
	if configuration == nil && a.hasInvalid("RoleConfiguration") {
		return nil
	}
	var roles []string
	for _, definition := range RoleDefinitions(configuration) {
		roles = append(roles, string(definition.Role))
	}
	return roles
}

func (a *assembler) checkAreaRoles(roles []string) {
	for i := range a.set.Areas {
		area := &a.set.Areas[i]
		for j, role := range area.Value.Spec.Roles {
			if problem := unknownRole(role.Role, roles, area.FieldLocation, fmt.Sprintf("spec.roles[%d].role", j)); problem != nil {
				a.breakArea(area, ReasonRoleUnknown, *problem)
				a.problems = append(a.problems, *problem)
			}
		}
	}
}

func (a *assembler) hasInvalid(kind string) bool {
	for id := range a.invalid {
		if id.kind == kind {
			return true
		}
	}
	return slices.ContainsFunc(a.guessed, func(e entry) bool {
		return slices.Contains(e.guessed.kinds, kind) && len(e.guessed.lost(kind, e.location, nil, nil)) > 0
	})
}

func unknownRole(role string, roles []string, locate func(string) ownership.Location, path string) *ownership.Problem {
	if slices.Contains(roles, role) {
		return nil
	}
	remedy := "use one of " + strings.Join(roles, ", ") + ", or add it to the RoleConfiguration"
	if near := nearest.Question(role, roles); near != "" {
		remedy = near + " " + remedy
	}
	return &ownership.Problem{
		Location: locate(path), Field: path, Reason: ReasonRoleUnknown,
		Message: fmt.Sprintf("the role %q is not configured", role), Remedy: remedy,
	}
}
