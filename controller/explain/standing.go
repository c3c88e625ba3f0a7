package explain

import (
	"slices"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Standing says whether a holder is alive: exists, is active, and, as an approver, has access.
type Standing struct {
	Status StandingStatus `json:"status"`
	// Reason is a short code where it is dead: "placeholder", "absent", "left", "empty", "inactive", "secret", "no-access".
	Reason string `json:"reason,omitempty"`
	// Message says it in a sentence where it is dead, or doubtful.
	Message string `json:"message,omitempty"`
	Exists  Check  `json:"exists"`
	Active  Check  `json:"active"`
	// Access is absent where the role needs none.
	Access Check `json:"access,omitempty"`
	// Members are how many are in a team, ActiveMembers how many of them are human and active.
	Members       int `json:"members,omitempty"`
	ActiveMembers int `json:"activeMembers,omitempty"`
	// Permissions are what a team may do in the area's repositories.
	Permissions map[string]ownership.Permission `json:"permissions,omitempty"`
}

// StandingStatus says how sure it is that a holder can hold anything.
type StandingStatus string

// The statuses of a holder.
const (
	Alive     StandingStatus = "alive"
	Dead      StandingStatus = "dead"
	Doubtful  StandingStatus = "doubtful"
	Unchecked StandingStatus = "unchecked"
)

// Check is the answer to one question about a holder.
type Check string

// The answers.
const (
	Yes       Check = "yes"
	No        Check = "no"
	NotKnown  Check = "unknown"
	NoneAsked Check = "unchecked"
)

// standingIn is a holder's standing in a role of an area.
func (x *explainer) standingIn(holder ownership.Holder, role ownership.Role, area drift.Area) Standing {
	standing := x.standing(holder, drift.Standing(holder, role, area, x.s))
	if role == ownership.Approver {
		x.checkAccess(&standing, holder, slices.DeleteFunc(slices.Clone(area.Repositories), func(id string) bool {
			return slices.Contains(area.Missing, id)
		}))
	}
	return standing
}

// standingAt is a holder's standing as an approver of one repository.
func (x *explainer) standingAt(holder ownership.Holder, repository string) Standing {
	standing := x.standing(holder, x.s.People.Access(holder, repository))
	x.checkAccess(&standing, holder, []string{repository})
	return standing
}

// standing puts a standing apart. What exists and is active hangs on the holder alone, whatever the role:
//
//	standing                 exists     active
//	alive                    yes        yes
//	absent, a placeholder    no         no
//	left, empty, inactive    yes        no
//	doubtful, listed         yes        unknown
//	doubtful, not listed     unknown    unknown
//	not checked              unchecked  unchecked
func (x *explainer) standing(holder ownership.Holder, found snapshot.Standing) Standing {
	people := x.s.People
	standing := Standing{
		Status: map[snapshot.StandingStatus]StandingStatus{
			snapshot.Alive: Alive, snapshot.Dead: Dead, snapshot.Doubtful: Doubtful, snapshot.Unchecked: Unchecked,
		}[found.Status],
		Reason: found.Reason, Message: found.Message, Exists: Yes, Active: Yes,
	}
	switch alone := people.Standing(holder); {
	case alone.Status == snapshot.Unchecked:
		standing.Exists, standing.Active = NoneAsked, NoneAsked
	case alone.Status == snapshot.Doubtful && people.Persons[holder] == nil && people.Teams[holder] == nil:
		standing.Exists, standing.Active = NotKnown, NotKnown
	case alone.Status == snapshot.Doubtful:
		standing.Active = NotKnown
	case alone.Status == snapshot.Dead && (alone.Reason == "absent" || alone.Reason == "placeholder"):
		standing.Exists, standing.Active = No, No
	case alone.Status == snapshot.Dead:
		standing.Active = No
	}
	if people.Teams[holder] != nil {
		members := people.Members(holder)
		standing.Members = len(members)
		for _, member := range members {
			if people.IsActiveHuman(member) {
				standing.ActiveMembers++
			}
		}
	}
	return standing
}

// checkAccess says whether a holder may approve changes in all of some repositories:
//
//	not a team                                 unchecked: nothing lists what a person may do directly
//	a team that is not listed, or in doubt     unknown
//	secret, or without write access somewhere  no
//	write access everywhere                    yes
//	no list of permissions, and so no doubt    unchecked
//	else                                       unknown
func (x *explainer) checkAccess(standing *Standing, holder ownership.Holder, repositories []string) {
	people := x.s.People
	team := people.Teams[holder]
	switch {
	case standing.Exists != Yes || len(repositories) == 0:
		return
	case holder.Kind() != ownership.HolderTeam:
		standing.Access = NoneAsked
		return
	case team == nil || !team.Known():
		standing.Access = NotKnown
		return
	}
	standing.Access, standing.Permissions = Yes, map[string]ownership.Permission{}
	for _, repository := range repositories {
		permission := people.Permission(holder, repository)
		if permission != "" {
			standing.Permissions[repository] = permission
		}
		access := people.Access(holder, repository)
		switch {
		case team.Secret, access.Reason == "no-access":
			standing.Access = No
		case permission.CanApprove() || standing.Access == No || standing.Access == NotKnown:
		case access.Status == snapshot.Doubtful:
			standing.Access = NotKnown
		default:
			standing.Access = NoneAsked
		}
	}
}
