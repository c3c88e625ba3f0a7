package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Area is what is compared: a snapshot's area with its merged declarations.
type Area struct {
	*snapshot.Area
	Declared ownership.Assignments[ownership.Declaration]
	// DeclaredUnknown says why what policies declare is not known whole; empty means that it is.
	DeclaredUnknown string
	// UnknownDeclared say, by role, why it is not known who is declared, whatever layers the area has.
	UnknownDeclared map[ownership.Role]string
	// DeclaredKept says that Declared is then what was declared when it was last known whole.
	DeclaredKept bool
	// Refused are the holders, by role, who are declared and count for none, because they are too many.
	Refused ownership.Assignments[ownership.Declaration]
}

// UnknownDeclarations says why it is unknown who is declared in a role; empty where it is known. What RoleAssignments
// and the Area say stands above what policies would, so it is known unless it is to be added to.
func (a Area) UnknownDeclarations(role ownership.Role) string {
	if why := a.UnknownDeclared[role]; why != "" || a.DeclaredUnknown == "" {
		return why
	}
	for _, layer := range a.Layers.Of(role) {
		if len(layer.Declarations) > 0 && !layer.Add {
			return ""
		}
	}
	return a.DeclaredUnknown
}

// known are the declarations of a role, none where they are unknown: what stands there may be a lower layer's, which
// the unknown one would replace.
func (a Area) known(role ownership.Role) []ownership.Declaration {
	if a.UnknownDeclarations(role) != "" {
		return nil
	}
	return a.Declared.Of(role)
}

// InForce are the declarations of a role that are known, or else those that last were.
func (a Area) InForce(role ownership.Role) []ownership.Declaration {
	if a.DeclaredKept && a.UnknownDeclared[role] == "" { // who was declared last holds the role until something else is known
		return a.Declared.Of(role)
	}
	return a.known(role)
}

// Reasons of drift, beside those of snapshot.Standing.
const (
	NotObserved   = "not-observed"
	PartialExtent = "partial-extent"
	NotDeclared   = "not-declared"
	Disagreement  = "disagreement"
)

// Compare finds the drift of an area, sorted. For each role that is observable in an authoritative source:
//
//	declared   observed         facts      role        drift
//	holder     in no file       complete   any         Missing     not-observed
//	holder     in some files    complete   any         Missing     partial-extent
//	holders    not each object of the area in the cluster is one of theirs
//	                            complete   any         Missing     not-observed, or partial-extent
//	–          holder           any        exclusive   Unexpected  not-declared
//	any        two sources name different holders, and all are known whole
//	                                                    Conflicting disagreement
//	approver   emeritus in OWNERS, approver nowhere in it, and all is known
//	                                                    Invalid     emeritus
//
// and for every role, whether observable or not:
//
//	a holder, declared or observed, is known to be none    Invalid     reason of its standing
//
// An area to which something is denied (ScopeDenied) has nothing unexpected: who is observed may be who was to be declared. What
// is unknown gives no drift, nor does a difference that may be one of names: whose name is observed is not known, and
// neither whose is declared. A team never matches one of its members.
func Compare(area Area, s *snapshot.Snapshot) []ownership.Drift {
	var found []ownership.Drift
	for _, role := range s.Roles {
		observed := authoritative(area.Observed.Of(role.Role))
		if area.UnknownRoles[role.Role] == "" && area.Stalled == "" {
			found = append(found, missing(area, role, observed, s)...)
			found = append(found, missingInCluster(area, role, observed, s)...)
		}
		if area.UnknownDeclarations(role.Role) == "" && !area.Denied() {
			found = append(found, unexpected(area, role, observed, s)...)
		}
		if area.UnknownRoles[role.Role] == "" {
			found = append(found, conflicting(role, observed, s)...)
			found = append(found, emeritus(area, role, observed, s)...)
		}
		found = append(found, invalid(area, role, observed, s)...)
	}
	slices.SortStableFunc(found, ownership.Drift.Compare)
	return unite(found)
}

// unite makes one of what several sources show of one holder, with all the places.
func unite(found []ownership.Drift) []ownership.Drift {
	var united []ownership.Drift
	for _, drift := range found {
		if last := len(united) - 1; last >= 0 && united[last].Compare(drift) == 0 {
			united[last].Locations = append(united[last].Locations, drift.Locations...)
			continue
		}
		united = append(united, drift)
	}
	for i := range united {
		slices.SortFunc(united[i].Locations, ownership.Location.Compare)
		united[i].Locations = slices.Compact(united[i].Locations)
	}
	return united
}

// authoritative keeps what sources decide that are not only informative.
func authoritative(observed []ownership.Observed) []ownership.Observed {
	return slices.DeleteFunc(slices.Clone(observed), func(o ownership.Observed) bool { return !o.Authoritative })
}

func missing(area Area, role ownership.RoleDefinition, observed []ownership.Observed, s *snapshot.Snapshot) []ownership.Drift {
	total := extent(area, role, s)
	if total == 0 {
		return nil
	}
	others := slices.DeleteFunc(slices.Clone(observed), inCluster)
	var found []ownership.Drift
	for _, declared := range area.known(role.Role) {
		// A person's direct access is listed by no source of people, so that its absence there proves nothing.
		if role.Role == ownership.Responsible && declared.Holder.Kind() != ownership.HolderTeam {
			continue
		}
		held, locations := extentOf(declared.Holder, others)
		if held < total && slices.ContainsFunc(observed, func(o ownership.Observed) bool { return s.People.MayBe(declared.Holder, o.Holder) != "" }) {
			continue
		}
		drift := ownership.Drift{
			Kind: ownership.Missing, Role: role.Role, Holder: declared.Holder,
			Locations: append([]ownership.Location{declared.Location}, locations...),
		}
		switch {
		case held == 0 && !sees(observed, declared.Holder):
			drift.Reason = NotObserved
			drift.Message = fmt.Sprintf("%s is declared %s by %s but observed as such nowhere", declared.Holder, role.Role, declared.By)
		case held < total:
			drift.Reason = PartialExtent
			drift.Message = fmt.Sprintf("%s is declared %s by %s but observed for %d of %d %s only",
				declared.Holder, role.Role, declared.By, held, total, unit(role))
		default:
			continue
		}
		found = append(found, drift)
	}
	return found
}

// extent is the number of files (for "responsible": repositories; for "accountable": catalog entities) over which holders of the role are to be observed;
// 0 where no authoritative source shows the role here.
func extent(area Area, role ownership.RoleDefinition, s *snapshot.Snapshot) int {
	switch {
	case !s.DecidedFor(role, area.Area):
		return 0
	case role.Role == ownership.Responsible:
		return len(area.Repositories)
	case role.Role == ownership.Accountable:
		return len(area.Entities)
	}
	return area.Coverage.Total
}

func unit(role ownership.RoleDefinition) string {
	_, many := role.Role.Unit()
	if role.Role == ownership.Accountable {
		return "catalog " + many
	}
	return many
}

// extentOf is the widest extent in which one source sees the holder, and the places that say so.
func extentOf(holder ownership.Holder, observed []ownership.Observed) (files int, locations []ownership.Location) {
	for _, o := range observed {
		if o.Holder == holder {
			files = max(files, o.Files)
			locations = append(locations, o.Locations...)
		}
	}
	return files, locations
}

func unexpected(area Area, role ownership.RoleDefinition, observed []ownership.Observed, s *snapshot.Snapshot) []ownership.Drift {
	if !role.Exclusive {
		return nil
	}
	var found []ownership.Drift
	for _, o := range observed {
		if slices.ContainsFunc(area.known(role.Role), func(d ownership.Declaration) bool {
			return d.Holder == o.Holder || s.People.MayBe(d.Holder, o.Holder) != ""
		}) {
			continue
		}
		found = append(found, ownership.Drift{
			Kind: ownership.Unexpected, Role: role.Role, Holder: o.Holder, Reason: NotDeclared, Locations: o.Locations,
			Message: fmt.Sprintf("%s is observed as %s in %s but not declared, and the role is exclusive", o.Holder, role.Role, o.Source),
		})
	}
	return found
}

// conflicting finds the holders whom one authoritative source names and another, which names somebody, does not.
func conflicting(role ownership.RoleDefinition, observed []ownership.Observed, s *snapshot.Snapshot) []ownership.Drift {
	sources := map[string][]ownership.Holder{}
	for _, o := range observed {
		sources[o.Source] = append(sources[o.Source], o.Holder)
	}
	if len(sources) < 2 {
		return nil
	}
	var found []ownership.Drift
	for _, o := range observed {
		for other, holders := range sources {
			if slices.ContainsFunc(holders, func(h ownership.Holder) bool { return h == o.Holder || s.People.MayBe(h, o.Holder) != "" }) {
				continue
			}
			slices.Sort(holders)
			found = append(found, ownership.Drift{
				Kind: ownership.Conflicting, Role: role.Role, Holder: o.Holder, Reason: Disagreement, Locations: o.Locations,
				Message: fmt.Sprintf("%s names %s as %s, %s names %s", o.Source, o.Holder, role.Role, other, join(holders)),
			})
		}
	}
	slices.SortFunc(found, func(a, b ownership.Drift) int { return strings.Compare(a.Message, b.Message) })
	return found
}

func join(holders []ownership.Holder) string {
	names := make([]string, len(holders))
	for i, holder := range holders {
		names[i] = string(holder)
	}
	return strings.Join(names, ", ")
}

// invalid finds holders who are known to be none. Approvers need access to a repository of the area besides.
func invalid(area Area, role ownership.RoleDefinition, observed []ownership.Observed, s *snapshot.Snapshot) []ownership.Drift {
	places := map[ownership.Holder][]ownership.Location{}
	for _, declared := range area.known(role.Role) {
		places[declared.Holder] = append(places[declared.Holder], declared.Location)
	}
	for _, o := range observed {
		places[o.Holder] = append(places[o.Holder], o.Locations...)
	}
	var found []ownership.Drift
	for holder, locations := range places {
		standing := Standing(holder, role.Role, area, s)
		if standing.Status != snapshot.Dead {
			continue
		}
		found = append(found, ownership.Drift{
			Kind: ownership.Invalid, Role: role.Role, Holder: holder, Reason: standing.Reason,
			Message: fmt.Sprintf("%s, but holds %s", standing.Message, role.Role), Locations: locations,
		})
	}
	return found
}

// Standing is a holder's standing in a role of an area: an approver who lacks access to one of the repositories is
// none there. Of a repository that no source sees, nothing is said.
func Standing(holder ownership.Holder, role ownership.Role, area Area, s *snapshot.Snapshot) snapshot.Standing {
	standing := s.People.Standing(holder)
	if role != ownership.Approver {
		return standing
	}
	for _, repository := range area.Repositories {
		if slices.Contains(area.Missing, repository) {
			continue
		}
		if access := s.People.Access(holder, repository); access.Status == snapshot.Dead {
			return access
		}
	}
	return standing
}
