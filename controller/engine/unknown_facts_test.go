package engine

import (
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// fact is one thing that is known of a richWorld, and one way of not knowing it.
type fact struct {
	name   string
	forget func(*richWorld)
}

func (f fact) String() string { return f.name }

func compareFacts(a, b fact) int { return strings.Compare(a.name, b.name) }

// why stands in everything that a fact is unknown for.
const why = "it could not be read"

// factsOf are all facts of a richWorld, each unknown in every way: said to be unknown while what was read stays, with a
// part of it, with nothing of it; or missing from a list that is said not to be whole.
func factsOf(w *richWorld) []fact {
	var facts []fact
	add := func(name string, forget func(*richWorld)) { facts = append(facts, fact{name, forget}) }
	for _, source := range w.sources {
		addSourceFacts(add, source.Name)
		for _, person := range source.Observation.People {
			addPersonFacts(add, source.Name, person.ID)
		}
		for _, team := range source.Observation.Teams {
			addTeamFacts(add, source.Name, team.ID)
		}
		for _, repository := range source.Observation.Repositories {
			addRepositoryFacts(add, source.Name, repository.ID)
		}
		for _, catalog := range source.Observation.Catalogs {
			addCatalogFacts(add, source.Name, catalog)
		}
		for _, namespace := range source.Observation.Namespaces {
			addNamespaceFacts(add, source.Name, namespace)
		}
	}
	for key := range sorted(w.objects) {
		add("the manifest of "+key, func(w *richWorld) { w.broken[key] = true })
		spec := w.objects[key]
		for name, slip := range sorted(map[string][2]string{
			"paths": {"paths: [", "paths: [7, "}, "first path": {"paths: [", "paths: [\"!\", "}, "repositories": {"repositories: [{", "repositories: [7, {"},
			"suspension": {"suspend: true", "suspend: \"yes\""}, "scope": {"scope: {", "scope: [1, 2]\n  labels: {"}, "entities": {"entities: [", "entities: [7, "}, "namespaces": {"namespaces: [", "namespaces: [7, "}, "selector": {"matchLabels: {", "matchLabels: {a: [1], "}, "role": {"role: ", "role: [] #"}, "area": {"  area: ", "  area: [] #"},
		}) {
			if strings.Contains(spec, slip[0]) {
				add("the "+name+" of "+key, func(w *richWorld) { w.objects[key] = strings.Replace(w.objects[key], slip[0], slip[1], 1) })
			}
		}
	}
	return facts
}

func addSourceFacts(add func(string, func(*richWorld)), name string) {
	whole := "source " + name
	add(whole, func(w *richWorld) { w.source(name).Unknown = why })
	add(whole+", with nothing of it", func(w *richWorld) {
		o := w.source(name)
		*o = ownership.Observation{Source: o.Source, Kind: o.Kind, At: o.At, Unknown: why, CatalogFormats: o.CatalogFormats, Labelling: o.Labelling}
	})
	add(whole+", with nothing of it, not even its formats", func(w *richWorld) {
		o := w.source(name)
		*o = ownership.Observation{Source: o.Source, Kind: o.Kind, At: o.At, Unknown: why}
	})
	add("whether "+name+" lists all people", func(w *richWorld) { w.source(name).AllPeople = false })
	add("whether "+name+" lists all teams", func(w *richWorld) { w.source(name).AllTeams = false })
	add("whether "+name+" lists all permissions", func(w *richWorld) { w.source(name).AllPermissions = false })
	add("whether "+name+" lists all repositories", func(w *richWorld) { w.source(name).AllRepositories = false })
	add("of which organisations "+name+" lists teams", func(w *richWorld) { w.source(name).TeamOrganisations = nil })
	add("whether "+name+" lists all namespaces", func(w *richWorld) { w.source(name).AllNamespaces = false })
	add("whether "+name+" lists all workloads", func(w *richWorld) { w.source(name).WorkloadsUnknown = why })
	add("whether "+name+" lists all catalogs", func(w *richWorld) { w.source(name).CatalogsUnknown = why })
}

// addPersonFacts lets a source that cannot tell all names of a person not list all people.
func addPersonFacts(add func(string, func(*richWorld)), source, id string) {
	person := func(w *richWorld) *ownership.Person {
		return find(w.source(source).People, func(p ownership.Person) bool { return p.ID == id })
	}
	add("person "+id, func(w *richWorld) { person(w).Unknown = why })
	add("person "+id+", without the end", func(w *richWorld) { person(w).Unknown, person(w).Ends = why, now.AddDate(0, 0, 400) })
	add("person "+id+", with names only", func(w *richWorld) {
		p := person(w)
		*p = ownership.Person{ID: id, Logins: p.Logins, Emails: p.Emails, Provenance: ownership.Provenance{Source: source, Unknown: why}}
	})
	add("person "+id+", without logins", func(w *richWorld) {
		person(w).Unknown, person(w).Logins, w.source(source).AllPeople = why, nil, false
	})
	add("person "+id+", without addresses", func(w *richWorld) {
		person(w).Unknown, person(w).Emails, w.source(source).AllPeople = why, nil, false
	})
	add("person "+id+", with nothing of it", func(w *richWorld) {
		*person(w) = ownership.Person{ID: id, Provenance: ownership.Provenance{Source: source, Unknown: why}}
		w.source(source).AllPeople = false
	})
	add("person "+id+", not listed", func(w *richWorld) {
		o := w.source(source)
		o.People = slices.DeleteFunc(o.People, func(p ownership.Person) bool { return p.ID == id })
		o.AllPeople = false
	})
}

// addTeamFacts leaves an unknown team its parent: a source that cannot tell it cannot list all teams.
func addTeamFacts(add func(string, func(*richWorld)), source, id string) {
	team := func(w *richWorld) *ownership.Team {
		return find(w.source(source).Teams, func(p ownership.Team) bool { return p.ID == id })
	}
	add("team "+id, func(w *richWorld) { team(w).Unknown = why })
	add("team "+id+", with a part of it", func(w *richWorld) {
		t := team(w)
		t.Unknown, t.Members, t.Maintainers = why, t.Members[:len(t.Members)/2], nil
	})
	add("team "+id+", with nothing of it", func(w *richWorld) {
		t := team(w)
		*t = ownership.Team{ID: id, Parent: t.Parent, Provenance: ownership.Provenance{Source: source, Unknown: why}}
	})
	add("team "+id+", not listed", func(w *richWorld) {
		o := w.source(source)
		o.Teams = slices.DeleteFunc(o.Teams, func(p ownership.Team) bool { return p.ID == id })
		o.AllTeams, o.AllPermissions = false, false
	})
}

func addRepositoryFacts(add func(string, func(*richWorld)), source, id string) {
	name := "repository " + id + " in " + source
	at := func(w *richWorld) *ownership.Repository { return w.repository(source, id) }
	unknown := ownership.Provenance{Source: source, Unknown: why}
	add(name, func(w *richWorld) { at(w).Unknown = why })
	add(name+", with nothing of it", func(w *richWorld) { *at(w) = ownership.Repository{ID: id, Provenance: unknown} })
	add(name+", not listed", func(w *richWorld) {
		o := w.source(source)
		o.Repositories = slices.DeleteFunc(o.Repositories, func(r ownership.Repository) bool { return r.ID == id })
		o.AllRepositories = false
	})
	add("CODEOWNERS of "+name, func(w *richWorld) { at(w).Codeowners.Unknown = why })
	add("CODEOWNERS of "+name+", with a part of it", func(w *richWorld) {
		c := &at(w).Codeowners
		c.Unknown, c.Text = why, c.Text[:len(c.Text)/2]
	})
	add("CODEOWNERS of "+name+", with nothing of it", func(w *richWorld) { at(w).Codeowners = ownership.CodeownersFile{Provenance: unknown} })
	add("files of "+name, func(w *richWorld) { at(w).Files.Unknown = why })
	for _, part := range []string{"first", "last"} {
		add("files of "+name+", but for the "+part, func(w *richWorld) {
			files := &at(w).Files
			if half := len(files.Paths) / 2; part == "first" {
				files.Paths = files.Paths[half:]
			} else {
				files.Paths = files.Paths[:half]
			}
			files.Unknown = why
		})
	}
	add("files of "+name+", with nothing of them", func(w *richWorld) { at(w).Files = ownership.FileList{Provenance: unknown} })
	add("history of "+name, func(w *richWorld) { at(w).History.Unknown = why })
	add("history of "+name+", with a part of it", func(w *richWorld) {
		history := &at(w).History
		history.Unknown, history.Commits = why, history.Commits[:len(history.Commits)/3]
	})
	add("history of "+name+", with nothing of it", func(w *richWorld) { at(w).History = ownership.History{Provenance: unknown} })
}

func addCatalogFacts(add func(string, func(*richWorld)), source string, seen ownership.Catalog) {
	name := "catalog of " + seen.Repository
	is := func(c ownership.Catalog) bool { return c.Repository == seen.Repository }
	at := func(w *richWorld) *ownership.Catalog { return find(w.source(source).Catalogs, is) }
	unknown := ownership.Provenance{Source: source, Unknown: why}
	add(name, func(w *richWorld) { at(w).Unknown = why })
	add(name+", with nothing of it", func(w *richWorld) { *at(w) = ownership.Catalog{Repository: seen.Repository, Provenance: unknown} })
	add(name+", not listed", func(w *richWorld) {
		o := w.source(source)
		o.Catalogs, o.CatalogsUnknown = slices.DeleteFunc(o.Catalogs, is), why
	})
	for _, entity := range seen.Entities {
		isIt := func(e ownership.Entity) bool { return e.Ref == entity.Ref }
		it := func(w *richWorld) *ownership.Entity { return find(at(w).Entities, isIt) }
		name := "entity " + string(entity.Ref)
		add(name, func(w *richWorld) { it(w).Unknown = why })
		add(name+", with a part of it", func(w *richWorld) { it(w).Unknown, it(w).Owners = why, it(w).Owners[:len(it(w).Owners)/2] })
		add(name+", with nothing of it", func(w *richWorld) { it(w).Unknown, it(w).Owners = why, nil })
		add(name+", not listed", func(w *richWorld) {
			c := at(w)
			c.Unread = append(c.Unread, ownership.UnreadFile{Path: entity.File, Provenance: unknown})
			c.Entities = slices.DeleteFunc(c.Entities, isIt)
		})
	}
	for _, file := range seen.Owners {
		it := func(w *richWorld) *ownership.OwnersFile {
			return find(at(w).Owners, func(o ownership.OwnersFile) bool { return o.Path == file.Path })
		}
		name := "file " + file.Path + " in " + seen.Repository
		add(name, func(w *richWorld) { it(w).Unknown = why })
		add(name+", with nothing of it", func(w *richWorld) {
			*it(w) = ownership.OwnersFile{Path: file.Path, Folder: file.Folder, Provenance: unknown}
		})
		add(name+", with a part of it", func(w *richWorld) {
			o := it(w)
			o.Unknown, o.NoParentOwners = why, false
			if len(o.Rules) > 0 {
				o.Rules[0].Approvers = o.Rules[0].Approvers[:len(o.Rules[0].Approvers)/2]
			}
		})
	}
}

// find gives one of a list to be changed, or else, where another fact that is unknown has taken it away, something that
// nobody looks at.
func find[T any](list []T, is func(T) bool) *T {
	if at := slices.IndexFunc(list, is); at >= 0 {
		return &list[at]
	}
	return new(T)
}
