package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
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
	problems []ownership.Problem
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

// nextCatalogs indexes what catalogs say, or takes over the index of before, where they say the same. Where people have
// changed it is made anew: OWNERS files name whom they like.
func (s *Snapshot) nextCatalogs(before *Snapshot) {
	none := s.SameFrame(before) && len(before.catalogs.sources) == 0 // the frame has the kinds of the sources
	if none || s.SameFrame(before) && s.affected.none() && sameCatalogs(before.Sources, s.Sources) {
		s.catalogs = before.catalogs
	} else {
		s.addCatalogs()
	}
	s.Problems = append(s.Problems, s.catalogs.problems...)
}

// sameCatalogs says whether the sources of catalogs say the same. Lists that a source hands out again are not compared one
// by one.
func sameCatalogs(before, now []Source) bool {
	return slices.EqualFunc(before, now, func(a, b Source) bool {
		x, y := &a.Observation, &b.Observation
		return a.Kind == b.Kind && (a.Kind != ownership.SourceCatalog || x.CatalogsUnknown == y.CatalogsUnknown &&
			slices.Equal(x.CatalogFormats, y.CatalogFormats) && (x.CatalogFormats == nil) == (y.CatalogFormats == nil) &&
			slices.EqualFunc(x.Catalogs, y.Catalogs, sameCatalog))
	})
}

func sameCatalog(a, b ownership.Catalog) bool {
	return a.Repository == b.Repository && a.Provenance.Same(b.Provenance) && sameSlice(a.Entities, b.Entities) &&
		sameSlice(a.Owners, b.Owners) && sameSlice(a.Unread, b.Unread)
}

func sameSlice[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || reflect.DeepEqual(a, b))
}

// addCatalogs indexes what catalogs say.
func (s *Snapshot) addCatalogs() {
	s.catalogs = &catalogs{
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
	for _, area := range s.frame.areas {
		for _, ref := range area.named {
			s.catalogs.tied[ref] = true
			if len(s.catalogs.entities[ref]) == 0 && !area.Suspended {
				s.catalogs.problems = append(s.catalogs.problems, ownership.Problem{
					Location: area.Location, Field: "spec.scope.entities", Message: s.whyLost(ref),
					Remedy: "add it to the catalog, add its repository to a source of kind catalog, or correct the scope", Warning: true,
				})
			}
		}
	}
}

// entitiesOf are the entities of the names in a manifest; the schema has refused what is no name.
func entitiesOf(names []string) []ownership.EntityRef {
	var refs []ownership.EntityRef
	for _, name := range names {
		if ref, err := ownership.ParseEntityRef(name, "", ownership.DefaultEntityNamespace); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs
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
				return "repository " + repository + ": " + c.facts.Why()
			}
			return ""
		}
	}
	if why := s.Observation.CatalogsUnknown; why != "" {
		return "source " + s.Name + ": " + why
	}
	return ""
}

// addCatalogs gives each area its part of what catalogs say of the repository: the files by who approves them, and the
// entities whose files are the area's.
func (d *divider) addCatalogs(index *catalogs) {
	d.addApprovals()
	for _, c := range index.byRepository[d.repository.ID()] {
		areaOf := func(file string) *AreaManifest {
			at, found := slices.BinarySearch(d.repository.Facts.Files.Paths, file)
			if !found || d.owners[at] == nil || d.mayBeOthers(d.owners[at]) != "" {
				return nil
			}
			return d.owners[at]
		}
		for i := range c.facts.Entities {
			entity := &c.facts.Entities[i]
			if area := areaOf(entity.File); area != nil && !entity.Custom && !index.tied[entity.Ref] {
				catalog := d.part(area).inCatalog()
				catalog.entities = append(catalog.entities, placedEntity{c, entity})
			}
		}
		for _, file := range c.facts.Unread {
			if area := areaOf(file.Path); area != nil {
				catalog := d.part(area).inCatalog()
				catalog.unread = cmp.Or(catalog.unread, "repository "+d.repository.ID()+": "+file.Why())
			}
		}
	}
}

// inCatalog is the part's part in catalogs, made when it is first asked for.
func (p *part) inCatalog() *areaCatalog {
	if p.catalog == nil {
		p.catalog = &areaCatalog{}
	}
	return p.catalog
}

// add adds the area's part in one more repository; nil says nothing.
func (c *areaCatalog) add(other *areaCatalog) {
	if other == nil {
		return
	}
	c.entities = append(c.entities, other.entities...)
	c.approvals = append(c.approvals, other.approvals...)
	c.coverage = c.coverage.Add(other.coverage)
	c.unread = cmp.Or(c.unread, other.unread)
}

// observeCatalog sums up what catalogs say of an area: who is accountable, who approves, and what of that is unknown.
// It reads the area's own part alone, the index and the people.
func (s *Snapshot) observeCatalog(area *Area) {
	if len(s.catalogs.sources) == 0 && len(area.named) == 0 {
		return
	}
	area.catalog = &areaCatalog{}
	for _, part := range area.parts {
		if part != nil {
			area.catalog.add(part.catalog)
		}
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
	unknown := func(why string) { area.noteUnknown(ownership.Accountable, why) }
	placed := area.catalog.entities
	if len(area.named) > 0 {
		placed = nil
		for _, ref := range area.named {
			if len(s.catalogs.entities[ref]) == 0 {
				area.catalog.lost = true
				unknown(s.whyLost(ref))
			}
			placed = append(placed, s.catalogs.entities[ref]...)
		}
	} else {
		unknown(area.catalog.unread)
		unknown(s.unplaced(area))
		if s.frame.unclaimed[entities] != "" { // each of them may be another area's
			placed = nil
		}
	}
	unknown(s.frame.unknownClaims(entities, area.AreaManifest))
	for _, source := range s.catalogs.sources {
		unknown(source.unknownEntities(area, s.catalogs.byRepository))
	}
	for _, p := range placed {
		if !p.entity.Known() {
			unknown(fmt.Sprintf("the owners of %s: %s", p.entity.Ref, p.entity.Why()))
		}
	}
	area.addEntities(placed, definition, s.People)
}

// unplaced says why entities of the area's repositories may be its own and do not look so: it is not known which files are
// its own.
func (s *Snapshot) unplaced(area *Area) string {
	for _, id := range area.Repositories {
		listed := slices.ContainsFunc(s.catalogs.byRepository[id], func(c catalogOf) bool { return len(c.facts.Entities)+len(c.facts.Unread) > 0 })
		repository := s.repositories[id]
		switch {
		case !listed:
		case repository == nil:
			return s.whyMissing(id)
		case !repository.Facts.Known() || !repository.Facts.Files.Known():
			return "repository " + id + ": " + cmp.Or(repository.Facts.Why(), repository.Facts.Files.Why())
		case s.frame.unknownClaims(id, area.AreaManifest) != "":
			return s.frame.unknownClaims(id, area.AreaManifest)
		case repository.division.parts[area.AreaManifest] != nil && repository.division.parts[area.AreaManifest].unknown != "":
			return repository.division.parts[area.AreaManifest].unknown
		}
	}
	return ""
}

// unknownEntities says why there may be entities of the area that a source could not see.
func (s *Source) unknownEntities(area *Area, byRepository map[string][]catalogOf) string {
	if !s.reads(ownership.Accountable) {
		return ""
	}
	if len(area.named) > 0 {
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
func (t tally) addTo(others []ownership.Observed, total func(source string) int) []ownership.Observed {
	observed := slices.Clone(others) // they are a part's, too
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
		a.Observed.Set(role, sums.addTo(a.Observed.Of(role), total))
	}
}

// DecidedFor says whether some source decides who holds the role in the area: in one of its repositories, or, of who
// is accountable, in one with an entity of the area's.
func (s *Snapshot) DecidedFor(role ownership.RoleDefinition, area *Area) bool {
	if s.Decided(role, area.Repositories) || s.decidedInCluster(role, area) {
		return true
	}
	if role.Role != ownership.Accountable || area.catalog == nil {
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
