package snapshot

import (
	"fmt"
	"path"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Standing says whether a holder can hold anything.
type Standing struct {
	// Status is Alive, Dead, Doubtful or Unchecked.
	Status StandingStatus
	// Reason is a short code for Dead: "placeholder", "absent", "left", "empty", "inactive", "secret", "no-access".
	Reason string
	// Message says it in a sentence; for Doubtful it says what is unknown.
	Message string
}

// StandingStatus is how sure a holder's standing is.
type StandingStatus uint8

// The statuses of a holder.
const (
	// Unchecked: no source lists people, so nothing can be said, and the holder counts.
	Unchecked StandingStatus = iota
	// Alive: the holder exists, is active and not empty.
	Alive
	// Doubtful: the fact that would tell is unknown.
	Doubtful
	// Dead: the holder is known to be no holder.
	Dead
)

// Standing says whether the holder exists, is active and is not empty:
//
//	placeholder                          Dead      placeholder
//	no source lists people               Unchecked
//	user   listed, end date passed       Dead      left
//	user   listed                        Alive
//	user   not listed, list complete     Dead      absent
//	user   not listed, list incomplete   Doubtful
//	user   claimed by several            Doubtful
//	team   listed, no member at all      Dead      empty
//	team   listed, no active human       Dead      inactive
//	team   listed                        Alive
//	team   not listed, list complete     Dead      absent
//	team   not listed, list incomplete   Doubtful
//	schedule                             Unchecked (on-call sources come later)
func (p *People) Standing(holder ownership.Holder) Standing {
	if p.isPlaceholder(holder) {
		return Standing{Dead, "placeholder", fmt.Sprintf("%s is a placeholder and counts as no owner", holder)}
	}
	if !p.Observed || holder.Kind() == ownership.HolderSchedule {
		return Standing{Status: Unchecked}
	}
	if holder.Kind() == ownership.HolderTeam {
		return p.teamStanding(holder)
	}
	return p.userStanding(holder)
}

func (p *People) userStanding(holder ownership.Holder) Standing {
	person := p.Persons[holder]
	switch {
	case strings.HasSuffix(string(holder), ambiguous):
		return Standing{Doubtful, "", fmt.Sprintf("several people may be meant by %s", holder)}
	case person != nil && !person.ActiveAt(p.now):
		return Standing{Dead, "left", fmt.Sprintf("%s left on %s", holder, person.LastDay())}
	case person != nil && person.Known():
		return Standing{Status: Alive}
	case person != nil:
		return Standing{Doubtful, "", person.Unknown}
	case p.complete:
		return Standing{Dead, "absent", fmt.Sprintf("%s does not exist", holder)}
	}
	return Standing{Doubtful, "", p.why("the list of people is not complete")}
}

func (p *People) teamStanding(holder ownership.Holder) Standing {
	team := p.Teams[holder]
	if team == nil && p.listed[organisation(holder)] {
		return Standing{Dead, "absent", fmt.Sprintf("%s does not exist", holder)}
	}
	if team == nil {
		return Standing{Doubtful, "", p.why("the list of teams is not complete")}
	}
	if !team.Known() {
		return Standing{Doubtful, "", team.Unknown}
	}
	members := p.Members(holder)
	if len(members) == 0 {
		return Standing{Dead, "empty", fmt.Sprintf("%s has no members", holder)}
	}
	doubt := false
	for _, member := range members {
		if p.IsActiveHuman(member) {
			return Standing{Status: Alive}
		}
		doubt = doubt || (p.Persons[member] == nil && !p.complete)
	}
	if doubt {
		return Standing{Doubtful, "", p.why("the list of people is not complete")}
	}
	return Standing{Dead, "inactive", fmt.Sprintf("%s has no member who is human and active", holder)}
}

// Access says whether the holder can approve changes in the repository, on top of its standing:
//
//	team   secret                                            Dead  secret
//	team   no write access, permissions known completely     Dead  no-access
//	anything else                                            as its Standing
//
// A person's access is not checked: it may be given directly, which no source of people lists.
func (p *People) Access(holder ownership.Holder, repository string) Standing {
	standing := p.Standing(holder)
	team := p.Teams[holder]
	if standing.Status == Dead || team == nil || !team.Known() {
		return standing
	}
	if team.Secret {
		return Standing{Dead, "secret", fmt.Sprintf("%s is secret, and a secret team cannot own code", holder)}
	}
	if p.permitted[organisation(holder)] && !p.Permission(holder, repository).CanApprove() {
		return Standing{Dead, "no-access", fmt.Sprintf("%s has no write access to %s", holder, repository)}
	}
	return standing
}

// Incomplete says why people (and so the active ones among a team's members) may exist who are not listed; empty where
// the lists are complete, or nothing lists people.
func (p *People) Incomplete() string {
	if !p.Observed || p.complete {
		return ""
	}
	return p.why("the list of people is not complete")
}

// IncompleteTeams says why teams may exist that are not listed.
func (p *People) IncompleteTeams() string {
	if !p.Observed {
		return ""
	}
	for _, complete := range p.listed {
		if !complete {
			return p.why("the list of teams is not complete")
		}
	}
	if len(p.listed) == 0 {
		return p.why("the list of teams is not complete")
	}
	return ""
}

// PermissionsKnown says whether all permissions of the organisation's teams are known.
func (p *People) PermissionsKnown(organisation string) bool { return p.permitted[organisation] }

func (p *People) why(otherwise string) string {
	if p.Unknown != "" {
		return p.Unknown
	}
	return otherwise
}

func (p *People) isPlaceholder(holder ownership.Holder) bool {
	for _, pattern := range p.placeholders {
		if matched, err := path.Match(pattern, string(holder)); err == nil && matched {
			return true
		}
	}
	return false
}
