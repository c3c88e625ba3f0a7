package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// Person is what is known of a person.
type Person struct {
	Name string               `json:"name,omitempty"`
	Kind ownership.PersonKind `json:"kind"`
	// Logins are by system.
	Logins map[string]string `json:"logins,omitempty"`
	Emails []string          `json:"emails,omitempty"`
	// LastDay is the last day on which the person belongs to the organisation, "2006-01-02", or empty.
	LastDay  string `json:"lastDay,omitempty"`
	Source   string `json:"source"`
	Location string `json:"location,omitempty"`
	Unknown  string `json:"unknown,omitempty"`
}

// Team is what is known of a team.
type Team struct {
	Name string `json:"name,omitempty"`
	// Parent is the team right above it, Children are those right below.
	Parent   ownership.Holder   `json:"parent,omitempty"`
	Children []ownership.Holder `json:"children,omitempty"`
	Secret   bool               `json:"secret,omitempty"`
	// Members are those of the teams below as well.
	Members []Member `json:"members"`
	// Permissions are by repository, inherited ones included.
	Permissions map[string]ownership.Permission `json:"permissions,omitempty"`
	Source      string                          `json:"source"`
	Location    string                          `json:"location,omitempty"`
	Unknown     string                          `json:"unknown,omitempty"`
}

// Member is somebody in a team.
type Member struct {
	Holder     ownership.Holder     `json:"holder"`
	Name       string               `json:"name,omitempty"`
	Kind       ownership.PersonKind `json:"kind,omitempty"`
	Maintainer bool                 `json:"maintainer,omitempty"`
	Standing   Standing             `json:"standing"`
}

// Membership is a person's place in a team.
type Membership struct {
	Team       ownership.Holder `json:"team"`
	Name       string           `json:"name,omitempty"`
	Maintainer bool             `json:"maintainer,omitempty"`
	// Below says that not the team itself lists the person but one below it.
	Below bool `json:"below,omitempty"`
}

func (x *explainer) person(holder ownership.Holder) *Person {
	person := x.s.People.Persons[holder]
	if person == nil {
		return nil
	}
	return &Person{
		Name: person.Name, Kind: person.Kind, Logins: person.Logins, Emails: person.Emails, LastDay: person.LastDay(),
		Source: person.Source, Location: person.Location, Unknown: person.Unknown,
	}
}

func (x *explainer) team(holder ownership.Holder) *Team {
	people := x.s.People
	team := people.Teams[holder]
	if team == nil {
		return nil
	}
	answer := &Team{
		Name: team.Name, Secret: team.Secret, Members: []Member{}, Permissions: people.Permissions(holder),
		Source: team.Source, Location: team.Location, Unknown: team.Unknown,
	}
	if team.Parent != "" {
		answer.Parent = ownership.TeamHolder(team.Parent)
	}
	for child, other := range people.Teams {
		if other.Parent != "" && ownership.TeamHolder(other.Parent) == holder {
			answer.Children = append(answer.Children, child)
		}
	}
	slices.Sort(answer.Children)
	maintains := x.maintainers(team)
	for _, member := range people.Members(holder) {
		found := Member{
			Holder: member, Name: x.name(member), Maintainer: maintains[member], Standing: x.standing(member, people.Standing(member)),
		}
		if person := people.Persons[member]; person != nil {
			found.Kind = person.Kind
		}
		answer.Members = append(answer.Members, found)
	}
	slices.SortStableFunc(answer.Members, func(a, b Member) int {
		switch {
		case a.Maintainer == b.Maintainer:
			return strings.Compare(string(a.Holder), string(b.Holder))
		case a.Maintainer:
			return -1
		}
		return 1
	})
	return answer
}

func (x *explainer) maintainers(team *ownership.Team) map[ownership.Holder]bool {
	maintainers := map[ownership.Holder]bool{}
	for _, id := range team.Maintainers {
		maintainers[x.s.People.Person(id)] = true
	}
	return maintainers
}

// memberships are the teams that a person is in, those that list the person first.
func (x *explainer) memberships(holder ownership.Holder) []Membership {
	var direct, above []Membership
	for _, team := range slices.Sorted(maps.Keys(x.s.People.Teams)) {
		if !slices.Contains(x.s.People.Members(team), holder) {
			continue
		}
		listed := x.s.People.Teams[team]
		membership := Membership{Team: team, Name: listed.Name, Maintainer: x.maintainers(listed)[holder]}
		names := func(id string) bool { return x.s.People.Person(id) == holder }
		if membership.Maintainer || slices.ContainsFunc(listed.Members, names) {
			direct = append(direct, membership)
			continue
		}
		membership.Below = true
		above = append(above, membership)
	}
	return append(direct, above...)
}
