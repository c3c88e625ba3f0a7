package snapshot

import (
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

// company has a person, one who left, a bot, and teams of every sort.
func company(change func(*ownership.Observation)) *People {
	seen := ownership.Observation{
		AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
		People: []ownership.Person{
			{ID: "ann", Kind: ownership.Human, Logins: map[string]string{"github": "ann"}},
			{ID: "sam", Kind: ownership.Human, Ends: now.AddDate(0, -1, 0)},
			{ID: "eva", Kind: ownership.Human, Ends: now.AddDate(0, 1, 0)},
			{ID: "bot", Kind: ownership.Bot},
		},
		Teams: []ownership.Team{
			{ID: "acme/web", Members: []string{"ann"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionWrite}},
			{ID: "acme/ui", Parent: "acme/web", Maintainers: []string{"ann"}},
			{ID: "acme/empty"},
			{ID: "acme/parent"}, {ID: "acme/child", Parent: "acme/parent", Members: []string{"ann"}},
			{ID: "acme/gone", Members: []string{"sam", "bot"}},
			{ID: "acme/stranger", Members: []string{"sam", "unlisted"}},
			{ID: "acme/secret", Secret: true, Members: []string{"ann"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionAdmin}},
			{ID: "acme/readers", Members: []string{"ann"}, Repositories: map[string]ownership.Permission{"acme/shop": ownership.PermissionTriage}},
		},
	}
	if change != nil {
		change(&seen)
	}
	return newPeople(now, []Source{{Name: "people", Kind: ownership.SourcePeople, Observation: seen}}, []string{"team:*/unknown"}, "", nil)
}

func TestStanding(t *testing.T) {
	partly := func(seen *ownership.Observation) { seen.AllPeople, seen.AllTeams = false, false }
	for name, test := range map[string]struct {
		change func(*ownership.Observation)
		holder ownership.Holder
		want   StandingStatus
		reason string
	}{
		"listed":                         {nil, "user:ann", Alive, ""},
		"left":                           {nil, "user:sam", Dead, "left"},
		"about to leave":                 {nil, "user:eva", Alive, ""},
		"a bot":                          {nil, "user:bot", Alive, ""},
		"not listed":                     {nil, "user:eve", Dead, "absent"},
		"not listed, list incomplete":    {partly, "user:eve", Doubtful, ""},
		"left is known all the same":     {partly, "user:sam", Dead, "left"},
		"team":                           {nil, "team:acme/web", Alive, ""},
		"team with a maintainer only":    {nil, "team:acme/ui", Alive, ""},
		"empty team":                     {nil, "team:acme/empty", Dead, "empty"},
		"team with people below":         {nil, "team:acme/parent", Alive, ""},
		"team of one who left and a bot": {nil, "team:acme/gone", Dead, "inactive"},
		"team with a stranger":           {nil, "team:acme/stranger", Dead, "inactive"},
		"team with somebody unknown":     {partly, "team:acme/stranger", Doubtful, ""},
		"no such team":                   {nil, "team:acme/none", Dead, "absent"},
		"no such team, list incomplete":  {partly, "team:acme/none", Doubtful, ""},
		"team of another organisation":   {nil, "team:other/web", Doubtful, ""},
		"placeholder":                    {partly, "team:other/unknown", Dead, "placeholder"},
		"schedule":                       {nil, "schedule:pagerduty/P1", Unchecked, ""},
		"a source that failed":           {func(seen *ownership.Observation) { *seen = ownership.Observation{Unknown: "x"} }, "user:ann", Doubtful, ""},
		"a person who could not be read": {func(seen *ownership.Observation) { seen.People[0].Unknown = "x" }, "user:ann", Doubtful, ""},
		"a team that could not be read":  {func(seen *ownership.Observation) { seen.Teams[0].Unknown = "x" }, "team:acme/web", Doubtful, ""},
		"several claim the login": {func(seen *ownership.Observation) {
			seen.People = append(seen.People, ownership.Person{ID: "two", Logins: map[string]string{"github": "ann"}})
		}, "AMBIGUOUS", Doubtful, ""},
	} {
		t.Run(name, func(t *testing.T) {
			people := company(test.change)
			if test.holder == "AMBIGUOUS" {
				test.holder = people.Holder("@ann")
			}
			if got := people.Standing(test.holder); got.Status != test.want || got.Reason != test.reason {
				t.Errorf("Standing(%s) = %+v, want %d %q", test.holder, got, test.want, test.reason)
			}
		})
	}
	if got := newPeople(now, nil, nil, "", nil).Standing("user:anybody"); got.Status != Unchecked {
		t.Errorf("where no source lists people, holders are not checked: %+v", got)
	}
}

func TestAccess(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*ownership.Observation)
		holder ownership.Holder
		want   StandingStatus
		reason string
	}{
		"writes":          {nil, "team:acme/web", Alive, ""},
		"inherits":        {nil, "team:acme/ui", Alive, ""},
		"reads only":      {nil, "team:acme/readers", Dead, "no-access"},
		"not listed":      {nil, "team:acme/child", Dead, "no-access"},
		"list incomplete": {func(seen *ownership.Observation) { seen.AllPermissions = false }, "team:acme/child", Doubtful, ""},
		"no list": {func(seen *ownership.Observation) {
			seen.AllPermissions = false
			for i := range seen.Teams {
				seen.Teams[i].Repositories = nil
			}
		}, "team:acme/child", Alive, ""},
		"secret":             {nil, "team:acme/secret", Dead, "secret"},
		"dead already":       {nil, "team:acme/empty", Dead, "empty"},
		"a person":           {nil, "user:ann", Alive, ""},
		"a team not listed":  {nil, "team:acme/none", Dead, "absent"},
		"the team is unread": {func(seen *ownership.Observation) { seen.Teams[8].Unknown = "x" }, "team:acme/readers", Doubtful, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := company(test.change).Access(test.holder, "acme/shop"); got.Status != test.want || got.Reason != test.reason {
				t.Errorf("Access(%s) = %+v, want %d %q", test.holder, got, test.want, test.reason)
			}
		})
	}
}

func TestMembersAreKnownByTheirID(t *testing.T) {
	people := company(func(seen *ownership.Observation) {
		seen.People[0].Logins = map[string]string{"github": "ann-gh"}
		seen.Teams[0].Members = []string{"ann-gh"}
	})
	if got := people.Members("team:acme/web"); len(got) != 1 || got[0] != "user:ann" {
		t.Errorf("members by login: %v, want user:ann", got)
	}
}
