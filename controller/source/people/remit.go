package people

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// observeRemit reads the one file of Remit's own format.
func (s *Source) observeRemit(ctx context.Context) (listing, error) {
	text, err := s.text(ctx)
	if errors.As(err, new(ownership.Problem)) {
		return listing{}, err
	}
	if err != nil {
		return listing{}, ownership.Problem{
			Location: ownership.Location{File: s.path}, Field: "spec.people.path",
			Message: fmt.Sprintf("the people file %s cannot be read: %v", s.path, withoutPath(err)),
			Remedy:  "set it to a file that can be read",
		}
	}
	return parseRemit(s.path, text)
}

// parseRemit reads Remit's own format, of which docs/sources.md has the description. It is strict: what
// it does not understand it leaves out, with a Problem, and what might have stood there is not known to
// be absent.
//
//	an entry of people is broken          left out; AllPeople is false
//	an entry of teams is broken           left out; AllTeams is false; its children are unknown
//	two entries have one id               both are left out, as above
//	two people have one login or address  both stay; it belongs to neither; AllPeople is false
//	a field of the file is unknown        neither list is complete
//	the file has no people (or teams)     that list is not complete; an empty list is
//
// The error is for a file that gives nothing at all.
func parseRemit(file string, text []byte) (listing, error) {
	root, err := parseYAML(file, text)
	if err != nil {
		return listing{}, err
	}
	f := remitFile{reader: newReader(file, len(text))}
	if root == nil || f.follow(root) == nil || f.follow(root).Kind != yaml.MappingNode {
		return listing{}, ownership.Problem{
			Location: ownership.Location{File: file},
			Message:  "the file has no fields: want organization, people and teams at its top",
			Remedy:   "write it as docs/sources.md shows",
		}
	}
	f.read(root)
	f.list.problems = append(f.list.problems, f.problems...)
	return f.list, nil
}

// remitFile is one file while it is read.
type remitFile struct {
	reader
	list         listing
	organisation string
	people       []*personEntry
	teams        []*teamEntry
	names        map[string][]string
}

func (f *remitFile) read(root *yaml.Node) {
	fields, whole := f.fields(root, "")
	whole = f.known(fields, "", "organization", "people", "teams", "complete") && whole
	var people, teams *yaml.Node
	for _, field := range fields {
		switch field.name {
		case "organization":
			var ok bool
			f.organisation, ok = f.readOrganisation(field)
			whole = whole && ok
		case "complete":
			complete, ok := f.truth(field.value, "complete")
			whole = whole && ok && complete
		case "people":
			people = field.value
		case "teams":
			teams = field.value
		}
	}
	f.list.allPeople = f.readPeople(people) && whole && people != nil
	f.indexNames()
	f.list.allTeams = f.readTeams(teams) && whole && teams != nil
	if f.exhausted() {
		f.list.allPeople, f.list.allTeams = false, false
	}
	if f.organisation != "" && teams != nil {
		f.list.organisations = append(f.list.organisations, f.organisation)
	}
	for _, team := range f.list.teams {
		organisation, _, _ := strings.Cut(team.ID, "/")
		f.list.organisations = append(f.list.organisations, organisation)
	}
}

func (f *remitFile) readOrganisation(field field) (name string, ok bool) {
	if name, ok = f.text(field.value, field.name); !ok {
		return "", false
	}
	name = strings.ToLower(name)
	if _, err := ownership.ParseHolder("team:" + name + "/x"); err != nil {
		f.report(field.value, field.name, fmt.Sprintf("%q is no name of an organisation", shorten(name)), "use letters, digits and hyphens")
		return "", false
	}
	return name, true
}

// readPeople reads the list of people and checks them against each other; whole says that none was lost.
func (f *remitFile) readPeople(node *yaml.Node) (whole bool) {
	if node == nil {
		return false
	}
	items, whole := f.items(node, "people")
	byID := map[string][]*personEntry{}
	for i, item := range items {
		entry := f.readPerson(item, "people["+strconv.Itoa(i)+"]")
		if entry.person.ID != "" {
			byID[entry.person.ID] = append(byID[entry.person.ID], entry)
		}
		f.people = append(f.people, entry)
	}
	for _, entry := range f.people {
		same := byID[entry.person.ID]
		if entry.person.ID != "" && len(same) > 1 {
			if entry != same[0] {
				f.report(entry.node, entry.path+".id", fmt.Sprintf("there are two people with the id %q, the other in line %d; both are left out",
					entry.person.ID, same[0].node.Line), "give each person one entry with an id of its own")
			}
			entry.broken = true
		}
		whole = whole && !entry.broken
	}
	whole = f.reportShared() && whole
	for _, entry := range f.people {
		if !entry.broken {
			f.list.people = append(f.list.people, entry.person)
		}
	}
	return whole
}

// reportShared reports the logins and addresses that two people have; none says that there are none. One
// of the two has another in truth, which is therefore not listed: the list is not whole.
func (f *remitFile) reportShared() (none bool) {
	none = true
	first := map[string]*personEntry{}
	for _, entry := range f.people {
		if !entry.broken {
			first["github login "+entry.person.ID] = entry
		}
	}
	for _, entry := range f.people {
		if entry.broken {
			continue
		}
		for _, claim := range entry.claims {
			other, taken := first[claim.text]
			if !taken {
				first[claim.text] = entry
			} else if other != entry {
				f.report(claim.node, claim.path, fmt.Sprintf("the %s belongs to %s in line %d and to %s in line %d, so it is taken for neither",
					claim.text, other.person.ID, other.node.Line, entry.person.ID, entry.node.Line), "give it to one of them")
				none = false
			}
		}
	}
	return none
}

// indexNames maps each name that a team may use for a person, an id or a GitHub login in lower case, to the
// ids of those who have it.
func (f *remitFile) indexNames() {
	f.names = map[string][]string{}
	for _, entry := range f.people {
		if entry.broken {
			continue
		}
		id, login := entry.person.ID, strings.ToLower(entry.person.Logins["github"])
		f.names[id] = append(f.names[id], id)
		if login != "" && login != id {
			f.names[login] = append(f.names[login], id)
		}
	}
}
