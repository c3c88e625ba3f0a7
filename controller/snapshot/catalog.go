package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/remit-dev/remit/controller/ownership"
)

// catalogs is what sources of kind "catalog" say, indexed. It is made once, before files are given to areas.
type catalogs struct {
	// sources are those of the kind; byRepository has what each says of a repository.
	sources      []*Source
	byRepository map[string][]catalogOf
	// entities are all places of each entity; tied are the entities that some area names.
	entities map[ownership.EntityRef][]placedEntity
	tied     map[ownership.EntityRef]bool
}

// catalogOf is what one source says of a repository.
type catalogOf struct {
	source *Source
	facts  *ownership.Catalog
}

// placedEntity is an entity with where it was seen.
type placedEntity struct {
	catalogOf
	entity *ownership.Entity
}

func (p placedEntity) location() ownership.Location {
	return ownership.Location{Repository: p.facts.Repository, File: p.entity.File, Line: p.entity.Line}
}

// areaCatalog is an area's part in what catalogs say.
type areaCatalog struct {
	// named are the entities that the area names.
	named []ownership.EntityRef
	// entities are those whose files belong to the area and that no area names; unread says why there may be more.
	entities []placedEntity
	unread   string
	// approvals are the numbers of its files by decision; coverage is what they change of that by CODEOWNERS.
	approvals []approvalShare
	coverage  ownership.Coverage
	// lost says that it names an entity that no source sees.
	lost bool
	// places are the repositories with its entities.
	places []string
}

// formatOf is the format in which a catalog shows who holds a role.
func formatOf(role ownership.Role) ownership.CatalogFormat {
	return map[ownership.Role]ownership.CatalogFormat{ownership.Accountable: ownership.Backstage, ownership.Approver: ownership.Prow}[role]
}

// reads says whether a source looked for what shows the role, or was to.
func (s *Source) reads(role ownership.Role) bool {
	formats := s.Observation.CatalogFormats
	return formats == nil || slices.Contains(formats, formatOf(role))
}

// observableInCatalog says whether the configuration lets catalogs show the role.
func (s *Snapshot) observableInCatalog(role ownership.Role) (ownership.RoleDefinition, bool) {
	definition, configured := s.Role(role)
	return definition, configured && slices.Contains(definition.ObservableIn, ownership.SourceCatalog)
}

// addCatalogs indexes what catalogs say, and matches OWNERS files to the repositories' files.
func (s *Snapshot) addCatalogs() {
	s.catalogs = catalogs{
		byRepository: map[string][]catalogOf{}, entities: map[ownership.EntityRef][]placedEntity{}, tied: map[ownership.EntityRef]bool{},
	}
	for i := range s.Sources {
		source := &s.Sources[i]
		if source.Kind != ownership.SourceCatalog {
			continue
		}
		s.catalogs.sources = append(s.catalogs.sources, source)
		for j := range source.Observation.Catalogs {
			s.addCatalog(catalogOf{source, &source.Observation.Catalogs[j]})
		}
	}
	s.tieEntities()
	for _, repository := range s.Repositories {
		s.addApprovals(repository)
	}
}

func (s *Snapshot) addCatalog(c catalogOf) {
	s.catalogs.byRepository[c.facts.Repository] = append(s.catalogs.byRepository[c.facts.Repository], c)
	for i := range c.facts.Entities {
		entity := &c.facts.Entities[i]
		s.catalogs.entities[entity.Ref] = append(s.catalogs.entities[entity.Ref], placedEntity{c, entity})
	}
}

// tieEntities finds the entities that areas name. One that no source sees is unknown, never absent.
func (s *Snapshot) tieEntities() {
	for _, area := range s.Areas {
		for _, name := range area.entityNames {
			ref, err := ownership.ParseEntityRef(name, "", ownership.DefaultEntityNamespace)
			if err != nil {
				continue // the manifest's schema has refused it already
			}
			area.catalog.named = append(area.catalog.named, ref)
			s.catalogs.tied[ref] = true
			if len(s.catalogs.entities[ref]) == 0 && !area.Suspended {
				s.Problems = append(s.Problems, ownership.Problem{
					Location: area.Location, Field: "spec.scope.entities", Message: s.whyLost(ref),
					Remedy: "add it to the catalog, add its repository to a source of kind catalog, or correct the scope", Warning: true,
				})
			}
		}
	}
}

// whyLost says why an entity is not seen.
func (s *Snapshot) whyLost(ref ownership.EntityRef) string {
	for _, source := range s.catalogs.sources {
		if source.reads(ownership.Accountable) && source.Observation.Unknown != "" {
			return fmt.Sprintf("%s is not seen, since the source %s cannot be read: %s", ref, source.Name, source.Observation.Unknown)
		}
	}
	return fmt.Sprintf("no source sees %s", ref)
}

// unknownCatalog says why it is unknown what a source says of a repository; empty where that is known, if only in part.
func (s *Source) unknownCatalog(repository string, listed []catalogOf) string {
	if why := s.Observation.Unknown; why != "" {
		return "source " + s.Name + ": " + why
	}
	for _, c := range listed {
		if c.source == s {
			if !c.facts.Known() {
				return "repository " + repository + ": " + c.facts.Unknown
			}
			return ""
		}
	}
	if why := s.Observation.CatalogsUnknown; why != "" {
		return "source " + s.Name + ": " + why
	}
	return ""
}

// shareCatalogs gives each area its part of what catalogs say of a repository: the files by who approves them, and the
// entities whose files are the area's.
func (s *Snapshot) shareCatalogs(repository *Repository, owners []*Area) {
	s.shareApprovals(repository, owners)
	for _, c := range s.catalogs.byRepository[repository.ID()] {
		areaOf := func(file string) *Area {
			at, found := slices.BinarySearch(repository.Facts.Files.Paths, file)
			if !found {
				return nil
			}
			return owners[at]
		}
		for i := range c.facts.Entities {
			entity := &c.facts.Entities[i]
			if area := areaOf(entity.File); area != nil && !entity.Custom && !s.catalogs.tied[entity.Ref] {
				area.catalog.entities = append(area.catalog.entities, placedEntity{c, entity})
			}
		}
		for _, file := range c.facts.Unread {
			if area := areaOf(file.Path); area != nil {
				area.catalog.unread = cmp.Or(area.catalog.unread, "repository "+repository.ID()+": "+file.Unknown)
			}
		}
	}
}

// observeCatalog sums up what catalogs say of an area: who is accountable, who approves, and what of that is unknown.
// It reads the area's own part alone, the index and the people.
func (s *Snapshot) observeCatalog(area *Area) {
	if len(s.catalogs.sources) == 0 && len(area.entityNames) == 0 {
		return
	}
	area.Coverage = area.Coverage.Add(area.catalog.coverage)
	s.observeOwnersFiles(area)
	s.observeEntities(area)
}

// observeEntities takes the owners of an area's entities as observed in the role "accountable", each with the number of
// entities that it owns:
//
//	the area names entities    those, wherever they are; unknown where no source sees one
//	it names none              those whose files belong to it, and that no area names
//
// What may be elsewhere is unknown: a file of the area's that could not be read, a repository of its, a whole source.
func (s *Snapshot) observeEntities(area *Area) {
	definition, observable := s.observableInCatalog(ownership.Accountable)
	if !observable {
		return
	}
	unknown := func(why string) {
		area.UnknownRoles[ownership.Accountable] = cmp.Or(area.UnknownRoles[ownership.Accountable], why)
	}
	placed := area.catalog.entities
	if len(area.catalog.named) > 0 {
		placed = nil
		for _, ref := range area.catalog.named {
			if len(s.catalogs.entities[ref]) == 0 {
				area.catalog.lost = true
				unknown(s.whyLost(ref))
			}
			placed = append(placed, s.catalogs.entities[ref]...)
		}
	} else {
		unknown(area.catalog.unread)
	}
	for _, source := range s.catalogs.sources {
		unknown(source.unknownEntities(area, s.catalogs.byRepository))
	}
	for _, p := range placed {
		if !p.entity.Known() {
			unknown(fmt.Sprintf("the owners of %s: %s", p.entity.Ref, p.entity.Unknown))
		}
	}
	area.addEntities(placed, definition, s.People)
	if area.UnknownRoles[ownership.Accountable] == "" {
		delete(area.UnknownRoles, ownership.Accountable)
	}
}

// unknownEntities says why there may be entities of the area that a source could not see.
func (s *Source) unknownEntities(area *Area, byRepository map[string][]catalogOf) string {
	if !s.reads(ownership.Accountable) {
		return ""
	}
	if len(area.catalog.named) > 0 {
		if s.Observation.Unknown != "" {
			return "source " + s.Name + ": " + s.Observation.Unknown
		}
		return ""
	}
	for _, repository := range area.Repositories {
		if why := s.unknownCatalog(repository, byRepository[repository]); why != "" {
			return why
		}
	}
	return ""
}

// addEntities sums up the owners of the area's entities.
func (a *Area) addEntities(placed []placedEntity, definition ownership.RoleDefinition, people *People) {
	observed := tally{}
	total := map[string]int{}
	refs, places := map[ownership.EntityRef]bool{}, map[string]bool{}
	for _, p := range placed {
		refs[p.entity.Ref], places[p.facts.Repository] = true, true
		total[p.source.Name]++
		held := map[ownership.Holder]bool{}
		for _, owner := range p.entity.Owners {
			holder := people.directory.Canonical(owner.Holder)
			files := 1
			if held[holder] { // two owners of the entity may be one here
				files = 0
			}
			held[holder] = true
			at := p.location()
			at.Line = owner.Line
			observed.add(p.source.Name, holder, files, p.source.Authority.Decides(p.source.Kind, definition, p.facts.Repository), at)
		}
	}
	a.Entities, a.catalog.places = slices.Sorted(maps.Keys(refs)), slices.Sorted(maps.Keys(places))
	a.addObserved(ownership.Accountable, observed, func(source string) int { return total[source] })
}

// tally sums up who is observed, by source and holder.
type tally map[sourceHolder]*ownership.Observed

type sourceHolder struct {
	source string
	holder ownership.Holder
}

func (t tally) add(source string, holder ownership.Holder, files int, authoritative bool, at ...ownership.Location) {
	o := t[sourceHolder{source, holder}]
	if o == nil {
		o = &ownership.Observed{Holder: holder, Source: source}
		t[sourceHolder{source, holder}] = o
	}
	o.Files += files
	o.Authoritative = o.Authoritative || authoritative
	o.Locations = append(o.Locations, at...)
}

// addTo gives the sums in order, after those that are there. total is of what a source's holders have a part.
func (t tally) addTo(observed []ownership.Observed, total func(source string) int) []ownership.Observed {
	for _, o := range t {
		slices.SortFunc(o.Locations, ownership.Location.Compare)
		o.Locations = slices.Compact(o.Locations)
		o.Total = total(o.Source)
		observed = append(observed, *o)
	}
	slices.SortFunc(observed, compareObserved)
	return observed
}

// addObserved adds sums to what is observed in a role; a role in which nobody is stays without an entry.
func (a *Area) addObserved(role ownership.Role, sums tally, total func(source string) int) {
	if len(sums) > 0 {
		a.Observed[role] = sums.addTo(a.Observed[role], total)
	}
}

// DecidedFor says whether some source decides who holds the role in the area: in one of its repositories, or, of who
// is accountable, in one with an entity of the area's.
func (s *Snapshot) DecidedFor(role ownership.RoleDefinition, area *Area) bool {
	if s.Decided(role, area.Repositories) {
		return true
	}
	if role.Role != ownership.Accountable {
		return false
	}
	for _, source := range s.catalogs.sources {
		anywhere := Authority{Roles: source.Authority.Roles}
		if area.catalog.lost && anywhere.Decides(source.Kind, role, "") {
			return true
		}
	}
	return s.Decided(role, area.catalog.places)
}
