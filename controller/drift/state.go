package drift

import (
	"fmt"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Requirements are what is asked of an area and what came of each: a holder in each role that its tier requires, and
// an approver for each file in scope.
func Requirements(area Area, s *snapshot.Snapshot) []ownership.Requirement {
	var requirements []ownership.Requirement
	for _, role := range s.Roles {
		if s.RolesUnknown == "" && !role.RequiredFor(area.Tier) {
			continue
		}
		requirement := holderRequirement(area, role, s)
		if s.RolesUnknown != "" && requirement.Status == ownership.Unmet { // it may not be required
			requirement.Status, requirement.Reason = ownership.UnknownIfMet, s.RolesUnknown
		}
		requirements = append(requirements, requirement)
	}
	if len(area.Repositories) > 0 {
		requirements = append(requirements, fileRequirement(area, s))
	}
	return requirements
}

// holderRequirement asks for one holder in a role, declared or seen by an authoritative source:
//
//	a holder is alive, or cannot be checked                   met
//	else a holder is doubtful                                 unknown
//	else declarations or observations of the role are unknown unknown
//	else something that the area declares is denied           unknown
//	else                                                      unmet
func holderRequirement(area Area, role ownership.RoleDefinition, s *snapshot.Snapshot) ownership.Requirement {
	requirement := ownership.Requirement{Role: role.Role, Status: ownership.Unmet, Reason: "no " + string(role.Role) + " holder is declared"}
	if end := area.Ended[role.Role]; end != "" {
		requirement.Reason += "; the last assignment " + end
	}
	if refused := area.Refused.Of(role.Role); len(refused) > 0 {
		requirement.Reason = fmt.Sprintf("%d %s holders are declared, so none counts", len(refused), role.Role)
	}
	var holders []ownership.Holder
	for _, declared := range area.InForce(role.Role) {
		holders = append(holders, declared.Holder)
	}
	for _, observed := range authoritative(area.Observed.Of(role.Role)) {
		holders = append(holders, observed.Holder)
	}
	for _, holder := range holders {
		switch standing := Standing(holder, role.Role, area, s); standing.Status {
		case snapshot.Alive, snapshot.Unchecked:
			return ownership.Requirement{Role: role.Role, Status: ownership.Met}
		case snapshot.Doubtful:
			requirement.Status = ownership.UnknownIfMet
			requirement.Reason = fmt.Sprintf("whether %s can hold %s is unknown: %s", holder, role.Role, standing.Message)
		case snapshot.Dead:
			if requirement.Status == ownership.Unmet {
				requirement.Reason = standing.Message
			}
		}
	}
	if why := area.UnknownRoles[role.Role]; why != "" && requirement.Status == ownership.Unmet && s.DecidedFor(role, area.Area) {
		return ownership.Requirement{Role: role.Role, Status: ownership.UnknownIfMet, Reason: why}
	}
	if why := area.UnknownDeclarations(role.Role); why != "" && requirement.Status == ownership.Unmet {
		return ownership.Requirement{Role: role.Role, Status: ownership.UnknownIfMet, Reason: why}
	}
	if area.Denied() && requirement.Status == ownership.Unmet {
		return ownership.Requirement{Role: role.Role, Status: ownership.UnknownIfMet, Reason: "not all that the area declares is granted"}
	}
	return requirement
}

// fileRequirement asks for an approver of each file in scope. A file whose owners are all known to be invalid
// has none.
func fileRequirement(area Area, s *snapshot.Snapshot) ownership.Requirement {
	requirement := ownership.Requirement{Role: ownership.Approver}
	c := area.Coverage
	lacking := c.Total - c.Undetermined - c.Effective
	switch {
	case lacking == 0 && (c.Unknown != "" || c.Undetermined > 0):
		requirement.Status, requirement.Reason = ownership.UnknownIfMet, c.Unknown
	case lacking == 0 && c.Doubtful > 0:
		requirement.Status = ownership.UnknownIfMet
		requirement.Reason = fmt.Sprintf("whether the owners of %s are valid is unknown", files(c.Doubtful)) + doubt(area, s)
	case lacking == 0:
		requirement.Status = ownership.Met
	case lacking == c.Total && c.Unknown == "":
		requirement.Status, requirement.Reason = ownership.Unmet, lackingReason(c, lacking)
	default:
		requirement.Status, requirement.Reason = ownership.PartlyUnmet, lackingReason(c, lacking)
	}
	return requirement
}

// doubt is the first of what is not known of the area's code owners, and of whom; empty where nothing is.
func doubt(area Area, s *snapshot.Snapshot) string {
	for _, observed := range area.Observed.Of(ownership.Approver) {
		if standing := Standing(observed.Holder, ownership.Approver, area, s); standing.Status == snapshot.Doubtful {
			return fmt.Sprintf(": %s: %s", observed.Holder, standing.Message)
		}
	}
	return ""
}

// lackingReason tells files that nobody is named for from those whose owners do not count:
//
//	the lacking files are      all files                              some files
//	named nobody               none of 4 files has a code owner       2 of 4 files have no code owner
//	named invalid owners only  none of 4 files has a valid code owner 2 of 4 files have no valid code owner
//	some of each               …: 1 has none, the owners of 3 are not valid
func lackingReason(c ownership.Coverage, lacking int) string {
	invalid := c.Owned - c.Effective
	owner := "code owner"
	if invalid > 0 {
		owner = "valid code owner"
	}
	verb := "have"
	if lacking == 1 {
		verb = "has"
	}
	reason := fmt.Sprintf("%d of %s %s no %s", lacking, files(c.Total), verb, owner)
	if lacking == c.Total && c.Unknown == "" {
		reason = fmt.Sprintf("none of %s has a %s", files(c.Total), owner)
	}
	if none := lacking - invalid; invalid > 0 && none > 0 {
		verb = "have"
		if none == 1 {
			verb = "has"
		}
		reason += fmt.Sprintf(": %d %s none, the owners of %d are not valid", none, verb, invalid)
	}
	return reason
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// State sums up requirements:
//
//	all unmet                      unowned
//	some unmet, in part or whole   partial
//	none unmet, some unknown       unknown
//	all met, or none asked         owned
//
// A stalled area cannot be judged, whatever else is known: unknown.
func State(requirements []ownership.Requirement, stalled string) ownership.State {
	if stalled != "" {
		return ownership.Unknown
	}
	count := map[ownership.RequirementStatus]int{}
	for _, requirement := range requirements {
		count[requirement.Status]++
	}
	switch {
	case len(requirements) > 0 && count[ownership.Unmet] == len(requirements):
		return ownership.Unowned
	case count[ownership.Unmet] > 0 || count[ownership.PartlyUnmet] > 0:
		return ownership.Partial
	case count[ownership.UnknownIfMet] > 0:
		return ownership.Unknown
	}
	return ownership.Owned
}
