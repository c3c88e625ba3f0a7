package snapshot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// observeAll makes the areas, and takes over those of before whose manifests, parts and holders are the same.
func (s *Snapshot) observeAll(before *Snapshot) {
	same := s.SameFrame(before) && s.catalogs == before.catalogs && s.namespaces == before.namespaces && slices.Equal(s.Repositories, before.Repositories)
	if same && (s.affected.none() || !s.affected.all && !s.affected.kinds && !s.observesResponsible()) {
		s.areas, s.Areas, s.bounds = before.areas, before.Areas, before.bounds
		s.Problems = append(s.Problems, s.bounds...)
		return
	}
	s.areas = make(map[ownership.AreaID]*Area, len(s.frame.areas))
	for _, manifest := range s.frame.areas {
		area := s.takeOver(before, manifest)
		if area == nil {
			area = s.observe(manifest)
		}
		s.areas[area.ID] = area
		s.bounds = append(s.bounds, area.problems...)
		if !area.Suspended { // it claims its files all the same
			s.Areas = append(s.Areas, area)
		}
	}
	s.Problems = append(s.Problems, s.bounds...)
}

// takeOver gives the area of the snapshot before; nil where it may not be the same.
func (s *Snapshot) takeOver(before *Snapshot, manifest *AreaManifest) *Area {
	if !s.SameFrame(before) || s.catalogs != before.catalogs {
		return nil
	}
	area := before.areas[manifest.ID]
	if area.cluster != s.namespaces.parts[manifest] || !slices.Equal(area.parts, s.parts(manifest)) || !s.sameRepositories(before, manifest) || s.affects(area) {
		return nil
	}
	return area
}

// parts are the area's parts in the repositories of its scope.
func (s *Snapshot) parts(manifest *AreaManifest) []*part {
	parts := make([]*part, len(manifest.Repositories))
	for i, id := range manifest.Repositories {
		if repository := s.repositories[id]; repository != nil {
			parts[i] = repository.division.parts[manifest]
		}
	}
	return parts
}

// sameRepositories says whether as much is known of the repositories in scope as before.
func (s *Snapshot) sameRepositories(before *Snapshot, manifest *AreaManifest) bool {
	for _, id := range manifest.Repositories {
		now, then := s.repositories[id], before.repositories[id]
		if now == then {
			continue
		}
		if now == nil || then == nil || now.Unknown() != then.Unknown() || now.unseen != then.unseen ||
			now.Facts.Unknown != then.Facts.Unknown || now.Facts.Files.Unknown != then.Facts.Files.Unknown ||
			now.Facts.History.Unknown != then.Facts.History.Unknown {
			return false
		}
	}
	return true
}

// affects says whether somebody who is observed or works in the area is affected. Teams that may write its repositories
// are observed only where the role is configured so; then any team counts.
func (s *Snapshot) affects(area *Area) bool {
	if s.affected.none() {
		return false
	}
	if s.affected.all || s.observesResponsible() {
		return true
	}
	if !s.affected.kinds {
		return false
	}
	for _, contributor := range area.Contributors {
		if s.affected.has(contributor.Holder) {
			return true
		}
	}
	return false
}

// observe sums up what the sources say of an area: coverage, observed holders, and what of that is unknown.
func (s *Snapshot) observe(manifest *AreaManifest) *Area {
	area := &Area{
		AreaManifest: manifest, Stalled: manifest.broken, parts: s.parts(manifest),
	}
	var approvers []ownership.Observed
	for _, part := range area.parts {
		if part == nil {
			continue
		}
		area.Stalled = cmp.Or(area.Stalled, part.conflict)
		if part.unknown != "" {
			area.markUnknown(part.unknown)
		}
		area.Coverage = area.Coverage.Add(part.coverage)
		area.UnownedFiles = append(area.UnownedFiles, part.unowned...)
		area.Codeowners = append(area.Codeowners, part.problems...)
		for _, work := range part.contributors {
			area.Contributors = addWork(area.Contributors, work)
		}
		if len(area.parts) == 1 { // as most areas have: it is the area's, too
			approvers = part.observed
			break
		}
		for _, approver := range part.observed {
			approvers = addApprover(approvers, approver)
		}
	}
	s.resolveScope(area)
	area.boundProblems()
	area.UnownedFiles = largest(area.UnownedFiles)
	area.finishContributors(s.People)
	if len(area.parts) > 1 {
		for i := range approvers {
			approvers[i].Total = area.Coverage.Total
		}
		slices.SortFunc(approvers, compareObserved)
	}
	if len(approvers) > 0 {
		area.Observed.Set(ownership.Approver, approvers)
	}
	s.observeResponsible(area)
	s.observeCatalog(area)
	s.observeNamespaces(area)
	if s.RolesUnknown != "" { // which of them are observed at all
		area.Observed = nil
		for _, role := range s.Roles {
			area.setUnknown(role.Role, s.RolesUnknown)
		}
	}
	return area
}

// addApprover adds what one repository shows of an approver to what others do.
func addApprover(approvers []ownership.Observed, added ownership.Observed) []ownership.Observed {
	i := slices.IndexFunc(approvers, func(o ownership.Observed) bool { return o.Holder == added.Holder && o.Source == added.Source })
	if i < 0 {
		return append(approvers, added)
	}
	approvers[i].Files += added.Files
	approvers[i].Locations = slices.Concat(approvers[i].Locations, added.Locations)
	slices.SortFunc(approvers[i].Locations, ownership.Location.Compare)
	return approvers
}

// resolveScope finds the repositories in scope. One that no source sees is unknown, never absent: the sources may
// lack the right to see it.
func (s *Snapshot) resolveScope(area *Area) {
	if area.UnreadScope != "" {
		area.markUnknown(area.UnreadScope)
		area.setUnknown(ownership.Responsible, area.UnreadScope)
		area.setUnknown(ownership.Accountable, area.UnreadScope)
	}
	for _, id := range area.Repositories {
		repository := s.repositories[id]
		if repository == nil {
			area.Missing = append(area.Missing, id)
			area.markUnknown(s.whyMissing(id))
			continue
		}
		if why := repository.Unknown(); why != "" {
			area.markUnknown("repository " + id + ": " + why)
		}
		if why := s.frame.unknownClaims(id, area.AreaManifest); why != "" {
			area.markUnknown(why)
			area.Stalled = cmp.Or(area.Stalled, ScopeUnknown+": "+why)
		}
		area.noteUnknown(ownership.Approver, repository.unseen)
		if why := repository.Facts.History.Why(); why != "" && area.UnknownHistory == "" {
			area.UnknownHistory = "repository " + id + ": " + why
		}
	}
	if len(area.Missing) > 0 && area.Stalled == "" {
		area.Stalled = ScopeNotFound + ": " + s.scopeNotFound(strings.Join(area.Missing, ", "))
	}
}

func (a *Area) markUnknown(why string) {
	if a.Coverage.Unknown == "" {
		a.Coverage.Unknown = why
	}
	a.noteUnknown(ownership.Approver, why)
	if a.UnknownHistory == "" {
		a.UnknownHistory = why
	}
}

// noteUnknown says why it is unknown who is observed in a role, unless something is said of that already; "" says nothing.
func (a *Area) noteUnknown(role ownership.Role, why string) {
	if a.UnknownRoles[role] == "" {
		a.setUnknown(role, why)
	}
}

// setUnknown says so whatever was said.
func (a *Area) setUnknown(role ownership.Role, why string) {
	switch {
	case why == "":
		return
	case a.UnknownRoles == nil:
		a.UnknownRoles = map[ownership.Role]string{}
	}
	a.UnknownRoles[role] = why
}

// scopeNotFound says that repositories are not seen, and what to do: where a source cannot be read, or its manifest
// has errors, the scope may well be right.
func (s *Snapshot) scopeNotFound(missing string) string {
	if s.frame.invalidSources {
		return fmt.Sprintf("no source sees %s, and the manifest of a source has errors; correct these first", missing)
	}
	if source := s.unread(); source != nil {
		return fmt.Sprintf("%s is not seen, since the source %s cannot be read; see to the source", missing, source.Name)
	}
	return fmt.Sprintf("no source sees %s; add it to a source, or correct the scope", missing)
}

// unread is a source of repositories that could not be read, if there is one.
func (s *Snapshot) unread() *Source {
	for i, source := range s.Sources {
		if source.Kind == ownership.SourceGit && source.Observation.Unknown != "" {
			return &s.Sources[i]
		}
	}
	return nil
}

// whyMissing says why a repository was not observed: because a source failed, or because none sees it.
func (s *Snapshot) whyMissing(id string) string {
	if source := s.unread(); source != nil {
		return "source " + source.Name + ": " + source.Observation.Unknown
	}
	return "no source sees repository " + id
}

// observeResponsible takes the teams that may write all of the area's repositories, or some of them, as observed in
// the role "responsible", where the configuration says that sources of people show it. In an area that may be none nobody
// is observed: who may write the repository may be so in another one.
func (s *Snapshot) observeResponsible(area *Area) {
	if !s.observesResponsible() {
		return
	}
	if why := area.MayBeNone(); why != "" {
		area.noteUnknown(ownership.Responsible, why)
		return
	}
	definition, _ := s.Role(ownership.Responsible)
	for _, id := range area.Repositories {
		name, _, _ := strings.Cut(id, "/")
		area.noteUnknown(ownership.Responsible, s.People.unknownWriters(name))
	}
	var found []ownership.Observed
	for holder, team := range s.People.Teams {
		var writable []string
		for _, id := range area.Repositories {
			if s.People.Permission(holder, id).CanApprove() {
				writable = append(writable, id)
			}
		}
		if len(writable) == 0 {
			continue
		}
		found = append(found, ownership.Observed{
			Holder: holder, Source: team.Source, Files: len(writable), Total: len(area.Repositories),
			Locations:     []ownership.Location{{File: team.Location}},
			Authoritative: s.peopleDecide(team.Source, definition, writable[0]),
		})
	}
	if slices.SortFunc(found, compareObserved); len(found) > 0 {
		area.Observed.Set(ownership.Responsible, found)
	}
}

// observesResponsible says whether sources of people show who is responsible.
func (s *Snapshot) observesResponsible() bool {
	definition, configured := s.Role(ownership.Responsible)
	return configured && slices.Contains(definition.ObservableIn, ownership.SourcePeople)
}

func (s *Snapshot) peopleDecide(name string, role ownership.RoleDefinition, repository string) bool {
	for _, source := range s.Sources {
		if source.Name == name && source.Kind == ownership.SourcePeople {
			return source.Authority.Decides(source.Kind, role, repository)
		}
	}
	return false
}

func compareObserved(a, b ownership.Observed) int {
	if a.Files != b.Files {
		return b.Files - a.Files
	}
	if a.Holder != b.Holder {
		return strings.Compare(string(a.Holder), string(b.Holder))
	}
	return strings.Compare(a.Source, b.Source)
}
