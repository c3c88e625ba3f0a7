package snapshot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// observe sums up what the sources say of an area: coverage, observed holders, and what of that is unknown.
func (s *Snapshot) observe(area *Area) {
	for _, share := range area.shares {
		area.addCoverage(share)
	}
	s.resolveScope(area)
	s.boundProblems(area)
	s.observeApprovers(area)
	s.observeResponsible(area)
	s.observeCatalog(area)
	slices.SortFunc(area.UnownedFiles, compareUnowned)
	area.finishContributors(s.People)
}

func (a *Area) addCoverage(share share) {
	if why := share.repository.Unknown(); why != "" {
		total := 0
		for _, files := range share.files {
			total += files
		}
		a.Coverage = a.Coverage.Add(ownership.Coverage{
			Total: total, Undetermined: total, Unknown: "repository " + share.repository.ID() + ": " + why,
		})
		return
	}
	for rule, files := range share.files {
		a.Coverage = a.Coverage.Add(share.repository.count(int(rule), files))
	}
}

// resolveScope finds the repositories in scope. One that no source sees is unknown, never absent: the sources may
// lack the right to see it.
func (s *Snapshot) resolveScope(area *Area) {
	named := map[string]bool{}
	for _, scope := range area.scope {
		named[strings.ToLower(scope.Name)] = true
	}
	area.Repositories = slices.Sorted(maps.Keys(named))
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
		if why := repository.Facts.History.Unknown; why != "" && area.UnknownHistory == "" {
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
	if a.UnknownRoles[ownership.Approver] == "" {
		a.UnknownRoles[ownership.Approver] = why
	}
	if a.UnknownHistory == "" {
		a.UnknownHistory = why
	}
}

// scopeNotFound says that repositories are not seen, and what to do: where a source cannot be read, or its manifest
// has errors, the scope may well be right.
func (s *Snapshot) scopeNotFound(missing string) string {
	if source := s.unread(); source != nil {
		return fmt.Sprintf("%s is not seen, since the source %s cannot be read; see to the source", missing, source.Name)
	}
	if s.invalidSources {
		return fmt.Sprintf("no source sees %s, and the manifest of a source has errors; correct these first", missing)
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

// observeApprovers turns the deciding rules into observed approvers, with the files that each extends to.
func (s *Snapshot) observeApprovers(area *Area) {
	definition, configured := s.Role(ownership.Approver)
	if !configured || !slices.Contains(definition.ObservableIn, ownership.SourceGit) {
		return
	}
	type seen struct{ source, holder string }
	observed := map[seen]*ownership.Observed{}
	add := func(repository *Repository, rule int32, files int) {
		for _, holder := range repository.Rules[rule].Owners {
			key := seen{repository.Source.Name, string(holder)}
			if observed[key] == nil {
				observed[key] = &ownership.Observed{
					Holder: holder, Source: repository.Source.Name, Authoritative: repository.decides(definition),
				}
			}
			observed[key].Files += files
			observed[key].Locations = append(observed[key].Locations, repository.Location(repository.Rules[rule].Line))
		}
	}
	for _, share := range area.shares {
		for rule, files := range share.files {
			if rule >= 0 && share.repository.Matches != nil {
				add(share.repository, rule, files)
			}
		}
		s.observeOthers(area, share.repository, add)
	}
	for _, holder := range observed {
		slices.SortFunc(holder.Locations, ownership.Location.Compare)
		holder.Locations = slices.Compact(holder.Locations)
		holder.Total = area.Coverage.Total
		area.Observed[ownership.Approver] = append(area.Observed[ownership.Approver], *holder)
	}
	slices.SortFunc(area.Observed[ownership.Approver], compareObserved)
}

// observeOthers adds what other sources say of the same repository, for the files that are the area's here too.
func (s *Snapshot) observeOthers(area *Area, first *Repository, add func(*Repository, int32, int)) {
	for _, other := range first.Others {
		if other.Matches == nil {
			continue
		}
		counts := map[int32]int{}
		for i, path := range other.Facts.Files.Paths {
			if at, found := slices.BinarySearch(first.Facts.Files.Paths, path); found && first.owners[at] == area && other.Matches[i] >= 0 {
				counts[other.Matches[i]]++
			}
		}
		for rule, files := range counts {
			add(other, rule, files)
		}
	}
}

// observeResponsible takes the teams that may write all of the area's repositories, or some of them, as observed in
// the role "responsible", where the configuration says that sources of people show it.
func (s *Snapshot) observeResponsible(area *Area) {
	definition, configured := s.Role(ownership.Responsible)
	if !configured || !slices.Contains(definition.ObservableIn, ownership.SourcePeople) {
		return
	}
	for _, id := range area.Repositories {
		name, _, _ := strings.Cut(id, "/")
		if !s.People.PermissionsKnown(name) && area.UnknownRoles[ownership.Responsible] == "" {
			area.UnknownRoles[ownership.Responsible] = s.People.why("the permissions of " + name + " are not known completely")
		}
	}
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
		area.Observed[ownership.Responsible] = append(area.Observed[ownership.Responsible], ownership.Observed{
			Holder: holder, Source: team.Source, Files: len(writable), Total: len(area.Repositories),
			Locations:     []ownership.Location{{File: team.Location}},
			Authoritative: s.peopleDecide(team.Source, definition, writable[0]),
		})
	}
	slices.SortFunc(area.Observed[ownership.Responsible], compareObserved)
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
