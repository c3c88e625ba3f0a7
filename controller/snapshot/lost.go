package snapshot

import (
	"cmp"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// What manifests say that have errors is unknown, not absent:
//
//	lost                         unknown is
//	an OwnershipSource           all that it would show (withLost)
//	the RoleConfiguration        which roles are required, exclusive or observed, and who is a placeholder (rolesUnknown)
//	a RoleAssignment             who holds the role in its area (addLost)
//	an Area                      whom it declares (Broken), and whose the files and entities are that it may claim; so, too,
//	                             where it is not known whether a grant gives what it claims (Lost.Because)
//	a ResponsibilityPolicy       what it may declare (the engine's to know)

// withLost adds the sources that are lost: they see nothing, and are unknown.
func withLost(in Input) []Source {
	var found []Source
	for _, lost := range in.Manifests.Lost {
		name := cmp.Or(lost.Name, lost.Location.String())
		if lost.Kind != "OwnershipSource" || slices.ContainsFunc(in.Sources, func(s Source) bool { return s.Name == name }) {
			continue
		}
		for _, kind := range lost.Sources {
			why := because(lost)
			found = append(found, Source{Name: name, Kind: kind, Names: lost.Names, Observation: ownership.Observation{
				Source: name, Kind: kind, At: in.Now, Unknown: why,
			}})
		}
	}
	if len(found) == 0 {
		return in.Sources
	}
	return append(found, in.Sources...)
}

func because(lost manifest.Lost) string {
	if lost.Name == "" {
		return unread(lost)
	}
	return "its manifest has errors, at " + lost.Location.String()
}

// unread says that something cannot be read which may hold any object of its kind; one sentence for all kinds, so that it
// is the same cause wherever it is told.
func unread(lost manifest.Lost) string {
	return "what stands in " + lost.Location.String() + " cannot be read"
}

// rolesUnknown says why it is not known how roles are configured.
func rolesUnknown(in Input) string {
	for _, lost := range in.Manifests.Lost {
		if lost.Kind == "RoleConfiguration" && in.Manifests.Roles == nil && !in.FilesOnly {
			if lost.Name == "" {
				return unread(lost)
			}
			return "the RoleConfiguration has errors, at " + lost.Location.String()
		}
	}
	return ""
}

// addLost notes what lost RoleAssignments and Areas leave unknown.
func (f *frame) addLost() {
	for _, lost := range f.set().Lost {
		switch lost.Kind {
		case "RoleAssignment":
			f.addLostAssignment(lost)
		case "Area":
			f.addLostArea(lost)
		}
	}
}

// isIn says whether a lost object may be in the namespace.
func isIn(lost manifest.Lost, namespace string) bool {
	return lost.Namespace == manifest.AnyNamespace || cmp.Or(lost.Namespace, manifest.DefaultNamespace) == namespace
}

func (f *frame) addLostAssignment(lost manifest.Lost) {
	why := cmp.Or(lost.Because, unread(lost))
	if lost.Name != "" {
		why = fmt.Sprintf("the RoleAssignment %s/%s has errors, at %s", cmp.Or(lost.Namespace, manifest.DefaultNamespace), lost.Name, lost.Location)
	}
	for _, area := range f.areas {
		if isIn(lost, area.Namespace) && (lost.Area == "" || lost.Area == area.Name) {
			area.addUnassigned(ownership.Role(lost.Role), why)
		}
	}
}

func (f *frame) addLostArea(lost manifest.Lost) {
	var area *AreaManifest
	why := unread(lost)
	if lost.Name != "" && lost.Namespace != manifest.AnyNamespace {
		id := ownership.DeclaredArea(cmp.Or(lost.Namespace, manifest.DefaultNamespace), lost.Name)
		area, why = f.byID[id], fmt.Sprintf("the scope of the Area %s cannot be read, at %s", id, lost.Location)
	}
	why = cmp.Or(lost.Because, why)
	for _, repository := range lost.Repositories {
		f.addUnclaimed(repository, why)
	}
	if area != nil && (area.Unread != "" || lost.Because != "") && (lost.Claims || lost.Entities || lost.Namespaces || len(lost.Repositories) > 0) {
		area.UnreadScope = why
	}
	if area != nil && lost.Suspends {
		area.mayBeNone = fmt.Sprintf("whether the Area %s is suspended cannot be read, at %s", area.ID, lost.Location)
		f.uncounted = cmp.Or(f.uncounted, area.mayBeNone)
	}
	if area == nil || area.Unread != "" && area.Suspended {
		f.unlisted = cmp.Or(f.unlisted, why)
	}
	if lost.Entities {
		f.addUnclaimed(entities, why)
	}
	if lost.Namespaces {
		f.addUnclaimed(clusterNamespaces, why)
	}
	if !lost.Claims {
		return
	}
	f.addUnclaimed("/", why)
	for _, each := range f.areas {
		if isIn(lost, each.Namespace) {
			f.addUnclaimed(each.Namespace+"/", why)
		}
	}
}

// entities stand for themselves among the repositories of which it is unknown who claims them, and so do clusterNamespaces.
const (
	entities          = ""
	clusterNamespaces = "//"
)

func (a *AreaManifest) addUnassigned(role ownership.Role, why string) {
	if a.unassigned == nil {
		a.unassigned = map[ownership.Role]string{}
	}
	a.unassigned[role] = cmp.Or(a.unassigned[role], why)
}

// Unassigned says why there may be a RoleAssignment for the role that could not be read; empty where there is none.
func (a *AreaManifest) Unassigned(role ownership.Role) string {
	return cmp.Or(a.unassigned[role], a.unassigned[""])
}

func (f *frame) addUnclaimed(repository, why string) {
	if f.unclaimed == nil {
		f.unclaimed = map[string]string{}
	}
	f.unclaimed[repository] = cmp.Or(f.unclaimed[repository], why)
}

// unknownClaims says why files of the repository that seem the area's may be another one's: an Area claims some of them that
// cannot be read. Where it cannot be read either which repositories that one claims, it may be each that no Area claims,
// and those of its own namespace, in which areas lie within each other.
func (f *frame) unknownClaims(repository string, area *AreaManifest) string {
	return cmp.Or(f.unclaimed[repository], f.unclaimed[area.Namespace+"/"])
}

// unseen says why a source may see the repository, and decide who approves there, that does not show it: it could not be
// read whole.
func (s *Source) unseen(repository string, approver ownership.RoleDefinition) string {
	if s.Kind != ownership.SourceGit || s.Observation.Unknown == "" && s.Observation.AllRepositories || !s.mayBeOf(repository) ||
		!s.Authority.Decides(s.Kind, approver, repository) || slices.ContainsFunc(s.Observation.Repositories, func(r ownership.Repository) bool { return r.ID == repository }) {
		return ""
	}
	return "source " + s.Name + ": " + cmp.Or(s.Observation.Unknown, "its list of repositories is not complete")
}

// UnlistedRepositories says why there may be repositories that are not listed. Where discovered is asked for, those alone
// count that would be areas.
func (s *Snapshot) UnlistedRepositories(discovered bool) string {
	for i := range s.Sources {
		source := &s.Sources[i]
		if source.Kind != ownership.SourceGit || source.Observation.Unknown == "" && source.Observation.AllRepositories {
			continue
		}
		if lost := source.Observation.Unknown != "" && s.frame.invalidSources; !discovered || source.Discover || s.frame.in.FilesOnly || lost {
			return "source " + source.Name + ": " + cmp.Or(source.Observation.Unknown, "its list of repositories is not complete")
		}
	}
	if !discovered { // an Area may name one that no source sees
		return s.frame.unclaimed["/"]
	}
	return ""
}

// UnreadRepositories are those that no source sees and of which an Area claims something that cannot be read, and why.
func (s *Snapshot) UnreadRepositories() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for id := range s.frame.unclaimed {
			if named := id != entities && !strings.HasSuffix(id, "/"); named && s.repositories[id] == nil && !yield(id, s.whyMissing(id)) {
				return
			}
		}
	}
}

// UnlistedAreas says why there may be areas that are not listed: a repository that would be one is not listed or may be claimed,
// or the manifest of an Area cannot be read, so that its name, or whether it is suspended, is unknown.
func (s *Snapshot) UnlistedAreas() string {
	return cmp.Or(s.UnlistedRepositories(true), s.namespaces.unlisted, s.frame.unlisted)
}

// UncountedAreas says why there may be more areas than are listed, or fewer.
func (s *Snapshot) UncountedAreas() string { return cmp.Or(s.UnlistedAreas(), s.frame.uncounted) }

// WhyMissing says why a repository is not seen.
func (s *Snapshot) WhyMissing(repository string) string { return s.whyMissing(repository) }

// mayBeOf says whether the source may have a repository of that name.
func (s *Source) mayBeOf(repository string) bool {
	return s.Names == nil || slices.ContainsFunc(s.Names, func(pattern string) bool {
		matched, err := path.Match(pattern, repository)
		return err == nil && matched
	})
}

// unseen says why it is not known whole who approves in the repository: another source may show more.
func (s *Snapshot) unseen(repository string, approver ownership.RoleDefinition, filesOnly bool) string {
	for i := range s.Sources {
		if why := s.Sources[i].unseen(repository, approver); why != "" && !filesOnly {
			return why
		}
	}
	return ""
}

// unreadBefore says why the repository may have to be taken from another source than this one, by its place among all.
func (s *Snapshot) unreadBefore(at int, repository string, approver ownership.RoleDefinition) string {
	decides := s.Sources[at].Authority.Decides(s.Sources[at].Kind, approver, repository)
	for i := range s.Sources {
		if i >= at && decides {
			return ""
		}
		if why := s.Sources[i].unseen(repository, approver); why != "" && i != at {
			return why
		}
	}
	return ""
}
