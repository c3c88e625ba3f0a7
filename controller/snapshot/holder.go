package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/identity"
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
//	user   listed, not read whole        Doubtful
//	user   listed, end date passed       Dead      left
//	user   listed                        Alive
//	user   not listed, list complete     Dead      absent
//	user   not listed, list incomplete   Doubtful
//	user   claimed by several            Doubtful
//	team   listed, not read whole        Doubtful
//	team   listed, no member at all      Dead      empty
//	team   listed, no active human       Dead      inactive
//	       but a member or a team below is not known
//	                                     Doubtful
//	team   listed                        Alive
//	team   not listed, list complete     Dead      absent
//	team   not listed, list incomplete   Doubtful
//	schedule                             Unchecked (on-call sources come later)
func (p *People) Standing(holder ownership.Holder) Standing {
	standing := p.standing(holder)
	if p.unsettled != "" && standing.Status == Dead && (standing.Reason == "absent" || standing.Reason == "placeholder") {
		return Standing{Doubtful, "", p.unsettled} // it may be a placeholder, or none
	}
	return standing
}

func (p *People) standing(holder ownership.Holder) Standing {
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
	case person != nil && !person.Known():
		return Standing{Doubtful, "", person.Why()}
	case person != nil && !person.ActiveAt(p.now):
		return Standing{Dead, "left", fmt.Sprintf("%s left on %s", holder, person.LastDay())}
	case person != nil:
		return Standing{Status: Alive}
	case p.complete:
		return Standing{Dead, "absent", fmt.Sprintf("%s does not exist", holder)}
	}
	return Standing{Doubtful, "", p.Incomplete()}
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
		return Standing{Doubtful, "", team.Why()}
	}
	members := p.Members(holder)
	if slices.ContainsFunc(members, func(member ownership.Holder) bool { return p.IsActiveHuman(member) && p.Persons[member].Known() }) {
		return Standing{Status: Alive}
	}
	if why := cmp.Or(p.UnlistedMember(holder), p.UnknownBelow(holder)); why != "" {
		return Standing{Doubtful, "", why}
	}
	if len(members) == 0 {
		return Standing{Dead, "empty", fmt.Sprintf("%s has no members", holder)}
	}
	return Standing{Dead, "inactive", fmt.Sprintf("%s has no member who is human and active", holder)}
}

// Access says whether the holder can approve changes in the repository, on top of its standing:
//
//	team   secret                                            Dead      secret
//	team   write access, its own or inherited                as its Standing
//	team   a team that it inherits from is not known         Doubtful
//	team   permissions known completely                      Dead      no-access
//	team   permissions of its organisation known in part     Doubtful
//	anything else                                            as its Standing
//
// A person's access is not checked: it may be given directly, which no source of people lists.
func (p *People) Access(holder ownership.Holder, repository string) Standing {
	standing := p.Standing(holder)
	team := p.Teams[holder]
	if standing.Status == Dead || standing.Status == Doubtful || team == nil {
		return standing
	}
	if team.Secret {
		return Standing{Dead, "secret", fmt.Sprintf("%s is secret, and a secret team cannot own code", holder)}
	}
	if p.Permission(holder, repository).CanApprove() {
		return standing
	}
	if why := p.unknownAbove(holder); why != "" {
		return Standing{Doubtful, "", why}
	}
	if p.permitted[organisation(holder)] {
		return Standing{Dead, "no-access", fmt.Sprintf("%s has no write access to %s", holder, repository)}
	}
	if p.shown[organisation(holder)] {
		return Standing{Doubtful, "", p.UnknownPermissions(holder)}
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

// doubt is why it is Doubtful; empty where it is not.
func (s Standing) doubt() string {
	if s.Status != Doubtful {
		return ""
	}
	return s.Message
}

// MayBe says why two holders of different names may be one person: whose the names are is not known. It is empty where
// they surely are two.
func (p *People) MayBe(a, b ownership.Holder) string {
	if a == b || a.Kind() != ownership.HolderUser || b.Kind() != ownership.HolderUser {
		return ""
	}
	for _, name := range []ownership.Holder{a, b} {
		if strings.HasSuffix(string(name), ambiguous) {
			return p.Unidentified(name)
		}
	}
	one, other := p.Unidentified(a), p.Unidentified(b)
	if one == "" || other == "" {
		return ""
	}
	return one
}

// Unidentified says why it is not known which person a name means: several have it, the person could not be read whole, or
// nobody is listed who has it and the list is not complete. It is empty where that is known, or nothing lists people, so
// that each name is taken for a person.
func (p *People) Unidentified(holder ownership.Holder) string {
	if !p.Observed || holder.Kind() != ownership.HolderUser {
		return ""
	}
	person := p.Persons[holder]
	switch {
	case strings.HasSuffix(string(holder), ambiguous):
		return p.userStanding(holder).Message
	case person == nil || identity.IsLogin(person):
		return p.Incomplete()
	}
	return person.Why()
}

// IncompleteTeams says why teams may exist that are not listed.
func (p *People) IncompleteTeams() string {
	if !p.Observed || p.Unknown != "" {
		return p.Unknown
	}
	for _, complete := range p.listed {
		if !complete {
			return p.why("the list of teams is not complete")
		}
	}
	for organisation := range p.shown {
		if !p.listed[organisation] {
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

// UnknownTeams says why not all is known of all teams: one may not be listed, or could not be read whole.
func (p *People) UnknownTeams() string { return cmp.Or(p.IncompleteTeams(), p.unreadTeam) }

// unknownWriters says why there may be teams that may write a repository of the organisation and are not known to: its own
// permissions, or those of another organisation's teams, are not all known.
func (p *People) unknownWriters(organisation string) string {
	if !p.permitted[organisation] {
		return p.why("the permissions of " + organisation + " are not known completely")
	}
	for _, organisations := range []map[string]bool{p.permitted, p.shown} {
		for _, other := range slices.Sorted(maps.Keys(organisations)) {
			if !p.permitted[other] {
				return p.why("the permissions of " + other + " are not known completely")
			}
		}
	}
	return cmp.Or(p.Unknown, p.unreadTeam)
}

// why is what to say where a list is not complete: that a source of people cannot be read at all, if one cannot.
func (p *People) why(otherwise string) string { return cmp.Or(p.Unknown, p.sources+": "+otherwise) }

func (p *People) isPlaceholder(holder ownership.Holder) bool {
	if p.exact[holder] {
		return true
	}
	for _, pattern := range p.globs {
		if matched, err := path.Match(pattern, string(holder)); err == nil && matched {
			return true
		}
	}
	return false
}
