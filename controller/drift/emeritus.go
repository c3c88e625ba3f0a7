package drift

import (
	"fmt"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Emeritus is the reason of drift where a declared approver is listed as a former one.
const Emeritus = "emeritus"

// emeritus finds declared approvers whom OWNERS files that decide list as former ones, and none as an approver of any
// file of the area. The place to change is where they are declared, so that OWNERS stands in the message alone.
func emeritus(area Area, role ownership.RoleDefinition, observed []ownership.Observed, s *snapshot.Snapshot) []ownership.Drift {
	if role.Role != ownership.Approver {
		return nil
	}
	var found []ownership.Drift
	for _, declared := range area.known(role.Role) {
		for _, former := range authoritative(area.Emeritus) {
			approves := func(o ownership.Observed) bool {
				return o.Source == former.Source && s.People.MayBe(o.Holder, former.Holder) != ""
			}
			if former.Holder != declared.Holder || slices.ContainsFunc(observed, approves) {
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
