package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// A scene is an input for the brakes, with candidates made by hand.

const (
	shop = "acme/shop"
	file = ".github/CODEOWNERS"
)

var nine = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// scene is an input with areas, in Enforce, and no people: every holder is valid.
func scene(areas ...drift.Area) Input {
	return Input{Now: nine, Snapshot: sceneOf("", nil), Areas: areas, Drift: make([][]ownership.Drift, len(areas))}
}

// sceneOf is a snapshot with one repository, whose source is in Enforce, and a complete list of people if there is one.
func sceneOf(text string, people *ownership.Observation) *snapshot.Snapshot {
	facts := ownership.Repository{ID: shop, Files: ownership.FileList{Paths: []string{"a", "b"}}}
	if text != "" {
		facts.Codeowners = ownership.CodeownersFile{Path: file, Text: []byte(text)}
	}
	sources := []snapshot.Source{{
		Name: "checkouts", Kind: ownership.SourceGit, Mode: ownership.Enforce,
		Observation: ownership.Observation{Source: "checkouts", Kind: ownership.SourceGit, Repositories: []ownership.Repository{facts}},
	}}
	if people != nil {
		sources = append(sources, snapshot.Source{Name: "people", Kind: ownership.SourcePeople, Observation: *people})
	}
	return snapshot.Build(snapshot.Input{Now: nine, Manifests: &manifest.Set{}, Sources: sources})
}

// listed is a complete list of people: who is named is there, who ends in "?" is there but not known whole.
func listed(names ...string) *ownership.Observation {
	seen := &ownership.Observation{Source: "people", Kind: ownership.SourcePeople, AllPeople: true, AllTeams: true, TeamOrganisations: []string{"acme"}}
	for _, name := range names {
		id, unsure := strings.CutSuffix(name, "?")
		person := ownership.Person{ID: id, Kind: ownership.Human, Logins: map[string]string{"github": id}}
		if unsure {
			person.Unknown = id + " could not be read"
		}
		seen.People = append(seen.People, person)
	}
	return seen
}

// areaOf is an area with its observed approvers: "user:" names, or whole holders.
func areaOf(name string, holders ...string) drift.Area {
	area := &snapshot.Area{
		AreaManifest: &snapshot.AreaManifest{ID: ownership.DeclaredArea("default", name), Mode: ownership.Enforce},
		Observed:     ownership.Assignments[ownership.Observed]{},
	}
	for _, holder := range holders {
		area.Observed.Set(ownership.Approver, append(area.Observed.Of(ownership.Approver),
			ownership.Observed{Holder: holderOf(holder), Source: "checkouts", Authoritative: true}))
	}
	return drift.Area{Area: area, Declared: ownership.Assignments[ownership.Declaration]{}}
}

func holderOf(name string) ownership.Holder {
	if strings.Contains(name, ":") {
		return ownership.Holder(name)
	}
	return ownership.User(name)
}

func ownerOf(name string) string {
	if team, is := strings.CutPrefix(name, "team:"); is {
		return "@" + team
	}
	return "@" + name
}

// adding and removing are candidates in Enforce, to a line of the shop's CODEOWNERS.
func adding(area, holder string, line int) candidate {
	return candidate{Change: ownership.Change{
		Target: ownership.TargetCodeowners, Operation: ownership.AddOwner, Repository: shop, File: file, Line: line,
		Owners: []string{ownerOf(holder)}, Area: ownership.DeclaredArea("default", area), Role: ownership.Approver,
		Holders: []ownership.Holder{holderOf(holder)}, Drift: ownership.Missing, Reversible: true, Mode: ownership.Enforce,
	}}
}

func removing(area, holder string, line int) candidate {
	c := adding(area, holder, line)
	c.Operation, c.Removal, c.Drift = ownership.RemoveOwner, true, ownership.Invalid
	return c
}

// with changes a candidate.
func (c candidate) with(change func(*candidate)) candidate {
	change(&c)
	return c
}

func unknown(c candidate) candidate {
	return c.with(func(c *candidate) { c.unknown = "the people could not be read" })
}

// went is an entry of the ledger: a removal, hours before nine.
func went(area, holder string, hours float64) Entry {
	return entryOf(removing(area, holder, 1).Change, hours)
}

func entryOf(change ownership.Change, hours float64) Entry {
	at := nine.Add(-time.Duration(hours * float64(time.Hour)))
	return Record(nil, at, strings.Repeat("ab", 32), []ownership.Change{change}, nil)[0]
}

// told is a plan in few words, in order: "+alice:3" and "-bob:4" are made, "-bob:4 removals" is held.
func told(p ownership.Plan) []string {
	lines := []string{}
	for _, c := range p.Changes {
		lines = append(lines, tell(c))
	}
	for _, h := range p.Held {
		lines = append(lines, tell(h.Change)+" "+string(h.Brake))
	}
	return lines
}

func tell(c ownership.Change) string {
	sign := "+"
	if c.Removal {
		sign = "-"
	}
	area := strings.TrimPrefix(string(c.Area), "default/")
	return area + sign + strings.Join(c.Owners, "") + ":" + string(rune('0'+c.Line))
}

// decide makes the plan of candidates, and leaves them as they are.
func decide(in Input, found []candidate) ownership.Plan {
	copies := slices.Clone(found)
	kept := make([]*candidate, len(copies))
	for i := range copies {
		kept[i] = &copies[i]
	}
	return newDecision(in, kept).plan()
}
