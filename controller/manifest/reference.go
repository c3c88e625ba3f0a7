package manifest

import (
	"cmp"
	"fmt"

	"github.com/remit-dev/remit/controller/ownership"
)

// reference is one name of an Area or a role in an object with errors. It is checked all the same, so that everything that is
// wrong with the object is said at once.
type reference struct {
	isRole      bool
	name, field string
	at          ownership.Location
}

// referencesOf reads what an Area or a RoleAssignment names.
func referencesOf(kind string, value map[string]any, locate func(path string) ownership.Location) []reference {
	var found []reference
	add := func(isRole bool, name any, field string) {
		if text, _ := name.(string); text != "" {
			found = append(found, reference{isRole, text, field, locate(field)})
		}
	}
	spec, _ := value["spec"].(map[string]any)
	switch kind {
	case "Area":
		add(false, spec["parent"], "spec.parent")
		roles, _ := spec["roles"].([]any)
		for i, each := range roles {
			role, _ := each.(map[string]any)
			add(true, role["role"], fmt.Sprintf("spec.roles[%d].role", i))
		}
	case "RoleAssignment":
		add(false, spec["area"], "spec.area")
		add(true, spec["role"], "spec.role")
	}
	return found
}

// checkReferences checks what objects with errors name. It comes when all areas are known.
func (a *assembler) checkReferences(entries []entry) {
	roles := a.roles()
	for _, e := range entries {
		namespace := cmp.Or(e.namespace, DefaultNamespace)
		for _, r := range e.references {
			if r.isRole {
				if roles == nil {
					continue
				}
				if problem := unknownRole(r.name, roles, func(string) ownership.Location { return r.at }, r.field); problem != nil {
					a.problems = append(a.problems, *problem)
				}
				continue
			}
			if _, known := a.areas[ownership.DeclaredArea(namespace, r.name)]; known {
				continue
			}
			if problem, follows := a.missingArea(r.at, r.field, namespace, r.name); !follows {
				a.problems = append(a.problems, problem)
			}
		}
	}
}
