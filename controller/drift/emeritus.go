package drift

import (
	"fmt"

	"github.com/remit-dev/remit/controller/ownership"
)

// Emeritus is the reason of drift where a declared approver is listed as a former one.
const Emeritus = "emeritus"

// emeritus finds declared approvers whom OWNERS files that decide list as former ones, and none as an approver of any
// file of the area. The place to change is where they are declared, so that OWNERS stands in the message alone.
func emeritus(area Area, role ownership.RoleDefinition) []ownership.Drift {
	if role.Role != ownership.Approver {
		return nil
	}
	var found []ownership.Drift
	for _, declared := range area.known(role.Role) {
		for _, former := range authoritative(area.Emeritus) {
			if former.Holder != declared.Holder {
				continue
			}
			found = append(found, ownership.Drift{
				Kind: ownership.Invalid, Role: role.Role, Holder: declared.Holder, Reason: Emeritus,
				Message: fmt.Sprintf("%s is declared %s by %s, but is emeritus by %s of %s",
					declared.Holder, role.Role, declared.By, former.Locations[0], former.Source),
				Locations: []ownership.Location{declared.Location},
			})
		}
	}
	return found
}
