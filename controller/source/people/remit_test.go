package people

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// observe writes a people file and observes it from its folder, so that places in it are short.
func observe(t *testing.T, text string) ownership.Observation {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("people.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return New("staff", v1alpha1.PeopleSource{Path: "people.yaml"}, "").Observe(t.Context(), noon)
}

// The example in the documentation is read without a problem, and means what is written there.
func TestDocumentedExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "<!-- example: people.yaml -->\n\n```yaml\n")
	example, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("docs/sources.md has no example of people.yaml")
	}
	at := func(line string) ownership.Provenance {
		return ownership.Provenance{Source: "staff", Location: "people.yaml:" + line, At: noon}
	}
	want := ownership.Observation{
		Source: "staff", Kind: ownership.SourcePeople, At: noon,
		AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
		People: []ownership.Person{
			{
				ID: "alice", Name: "Alice Example", Kind: ownership.Human,
				Logins: map[string]string{"github": "alice-gh", "slack": "U123"}, Emails: []string{"alice@acme.example"},
				Provenance: at("3"),
			},
			{
				ID: "bob", Kind: ownership.Contractor, Logins: map[string]string{"github": "bob"}, Emails: []string{"bob@partner.example"},
				Ends: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Provenance: at("7"),
			},
			{ID: "release-bot", Kind: ownership.Bot, Logins: map[string]string{"github": "release-bot"}, Provenance: at("11")},
		},
		Teams: []ownership.Team{
			{
				ID: "acme/payments", Name: "Payments", Parent: "acme/platform", Members: []string{"alice"}, Maintainers: []string{"bob"},
				Repositories: map[string]ownership.Permission{"acme/shop": "write", "acme/tools": "read"}, Provenance: at("14"),
			},
			{ID: "acme/platform", Members: []string{"alice"}, Maintainers: nil, Provenance: at("20")},
		},
	}
	if diff := cmp.Diff(want, observe(t, example)); diff != "" {
		t.Error(diff)
	}
}

// Each bad input names its place, and withdraws the completeness that it puts in doubt.
func TestBadInput(t *testing.T) {
	type result struct {
		People, Teams       []string // ids; "id!" is unknown
		AllPeople, AllTeams bool
		Problems            []string // "line:column field: message", "(used)" for a warning
	}
	cases := map[string]struct {
		reason, text string
		want         result
	}{
		"unknown field of a person": {
			"what it says is lost, and it may be that the person has left",
			"people:\n- {id: alice, end: 2020-01-01}\n- {id: bob}\nteams: []\n",
			result{People: []string{"bob"}, AllTeams: true, Problems: []string{"2:15 people[0].end: there is no such field"}},
		},
		"unknown field of the file": {
			"it may be people or teams misspelt",
			"poeple: []\npeople: [{id: bob}]\nteams: []\n",
			result{People: []string{"bob"}, Problems: []string{"1:1 poeple: there is no such field"}},
		},
		"no list of teams": {
			"a list that is not there says nothing about absence; an empty list does",
			"people: []\n",
			result{AllPeople: true},
		},
		"not complete": {
			"the author says so",
			"people: [{id: bob}]\nteams: [{id: acme/a, members: [who]}]\ncomplete: false\n",
			result{People: []string{"bob"}, Teams: []string{"acme/a"}},
		},
		"two people of one id": {
			"which of them is meant is not known",
			"people:\n- id: alice\n- id: Alice\n  emails: [a@b.example]\n- id: bob\nteams: []\n",
			result{People: []string{"bob"}, AllTeams: true, Problems: []string{
				`3:3 people[1].id: there are two people with the id "alice", the other in line 2; both are left out`}},
		},
		"two people of one login": {
			"both stay, neither has the login, and the true one of the other is not listed",
			"people:\n- {id: alice, logins: {github: Same}}\n- {id: bob, logins: {github: same}}\nteams: [{id: o/t, members: [same, alice]}]\n",
			result{People: []string{"alice", "bob"}, Teams: []string{"o/t!"}, AllTeams: true, Problems: []string{
				"3:30 people[1].logins.github: the github login same belongs to alice in line 2 and to bob in line 3, so it is taken for neither",
				`4:29 teams[0].members[0]: "same" may be alice or bob`}},
		},
		"login of one is id of another": {
			"an id counts as a login",
			"people:\n- {id: alice, logins: {github: bob}}\n- {id: bob, logins: {github: bobby}}\nteams: []\n",
			result{People: []string{"alice", "bob"}, AllTeams: true, Problems: []string{
				"2:32 people[0].logins.github: the github login bob belongs to bob in line 3 and to alice in line 2, so it is taken for neither"}},
		},
		"two people of one address": {
			"as with logins, in other systems too",
			"people:\n- {id: alice, emails: [X@a.example], logins: {slack: U1}}\n- {id: bob, emails: [x@A.example], logins: {slack: U1}}\nteams: []\n",
			result{People: []string{"alice", "bob"}, AllTeams: true, Problems: []string{
				"3:22 people[1].emails[0]: the address x@a.example belongs to alice in line 2 and to bob in line 3, so it is taken for neither",
				"3:52 people[1].logins.slack: the slack login u1 belongs to alice in line 2 and to bob in line 3, so it is taken for neither"}},
		},
		"bad values of a person": {
			"each is reported, not only the first",
			"people:\n- id: a lice\n  kind: robot\n  ends: 31.3.2026\n  emails: [nobody]\n  logins: {github: '@x', GitLab: y, slack: ''}\n  name: yes\n- name: Nobody\n- 7\nteams: []\n",
			result{AllTeams: true, Problems: []string{
				`2:7 people[0].id: "a lice" cannot be an id`,
				`3:9 people[0].kind: "robot" is no kind of person`,
				`4:9 people[0].ends: "31.3.2026" is no date`,
				`5:12 people[0].emails[0]: "nobody" is no e-mail address`,
				`6:20 people[0].logins.github: "@x" is no login`,
				`6:26 people[0].logins.GitLab: "GitLab" is no name of a system`,
				`6:44 people[0].logins.slack: the login is empty`,
				`8:3 people[1].id: the person has no id`,
				`9:3 people[2]: want fields (name: value) and not "7"`,
				`9:3 people[2].id: the person has no id`}},
		},
		"wrong types": {
			"a list where text belongs, and the other way round",
			"people: {id: a}\nteams:\n- id: [a]\n  members: bob\n- {id: acme/b, secret: maybe, parent: {}}\n",
			result{Problems: []string{
				"1:9 people: want a list (- entry) and not fields",
				"3:7 teams[0].id: want text and not a list",
				`4:12 teams[0].members: want a list (- entry) and not "bob"`,
				"5:24 teams[1].secret: want true or false",
				"5:39 teams[1].parent: want text and not fields"}},
		},
		"field twice": {
			"YAML forbids it, and one of them would be lost in silence",
			"people:\n- id: alice\n  kind: human\n  kind: bot\nteams: []\n",
			result{AllTeams: true, Problems: []string{"4:3 people[0].kind: it stands here twice, first in line 3"}},
		},
		"two teams of one id": {
			"as with people",
			"organization: Acme\npeople: []\nteams:\n- {id: a}\n- {id: acme/A}\n- {id: b}\n",
			result{Teams: []string{"acme/b"}, AllPeople: true, Problems: []string{
				"5:3 teams[1].id: there are two teams acme/a, the other at people.yaml:4; both are left out"}},
		},
		"missing parent": {
			"what it inherits is not known; nor is it for its children",
			"people: []\nteams:\n- {id: o/a, parent: gone}\n- {id: o/b, parent: a}\n- {id: o/c}\n",
			result{Teams: []string{"o/b!", "o/c"}, AllPeople: true, Problems: []string{"3:21 teams[0].parent: the parent o/gone is not listed"}},
		},
		"circle of parents": {
			"a team below the circle stays, unknown",
			"people: []\nteams:\n- {id: o/a, parent: b}\n- {id: o/b, parent: a}\n- {id: o/c, parent: a}\n- {id: o/d, parent: d}\n",
			result{Teams: []string{"o/c!"}, AllPeople: true, Problems: []string{
				"3:21 teams[0].parent: the team o/a is its own ancestor",
				"4:21 teams[1].parent: the team o/b is its own ancestor",
				"6:21 teams[3].parent: the team o/d is its own ancestor"}},
		},
		"unknown member": {
			"the name stays: it may be a login that the list should have",
			"people: [{id: bob}]\nteams:\n- {id: o/a, members: [bob, Zed]}\n",
			result{People: []string{"bob"}, Teams: []string{"o/a"}, AllPeople: true, AllTeams: true, Problems: []string{
				`3:28 teams[0].members[1]: "Zed" is nobody's id or GitHub login in this file (used)`}},
		},
		"permissions": {
			"words of the API are close, so the remedy names the right one; a repository stands once",
			"people: []\nteams:\n- {id: o/a, repositories: {o/x: push, y: owner}}\n- {id: o/b, repositories: {x: read, O/X: write, a/b/c: read}}\n",
			result{AllPeople: true, Problems: []string{
				`3:33 teams[0].repositories.o/x: "push" is no permission`,
				`3:42 teams[0].repositories.y: "owner" is no permission`,
				"4:37 teams[1].repositories.O/X: the repository stands here twice",
				`4:49 teams[1].repositories.a/b/c: "a/b/c" is no repository`}},
		},
		"team without organisation": {
			"neither it nor the file names one",
			"people: []\nteams: [{id: a}, {id: 'o/t/x'}, {name: T}, {id: o/p, parent: q/r}]\n",
			result{AllPeople: true, Problems: []string{
				`2:14 teams[0].id: the team "a" has no organisation`,
				`2:23 teams[1].id: "o/t/x" cannot be a team's id`,
				"2:33 teams[2].id: the team has no id",
				"2:62 teams[3].parent: the parent belongs to another organisation"}},
		},
		"digits": {
			"a login may consist of digits, which YAML takes for a number",
			"people: [{id: 12345}, {id: 0x10}]\nteams: []\n",
			result{People: []string{"0x10", "12345"}, AllPeople: true, AllTeams: true},
		},
		"aliases": {
			"anchors and merged fields are YAML like any other",
			"people:\n- &base {id: a, kind: contractor}\n- {<<: *base, id: b}\nteams: [{id: o/t, members: &m [a]}, {id: o/u, members: *m}]\n",
			result{People: []string{"a", "b"}, Teams: []string{"o/t", "o/u"}, AllPeople: true, AllTeams: true},
		},
		"bad organisation": {
			"teams that name none cannot be told",
			"organization: a b\npeople: []\nteams: [{id: o/t}]\n",
			result{Teams: []string{"o/t"}, Problems: []string{`1:15 organization: "a b" is no name of an organisation`}},
		},
		"bad merge": {
			"a merged mapping that merges others has no end",
			"people:\n- &a {id: a, <<: *a}\nteams: []\n",
			result{AllTeams: true, Problems: []string{"2:14 people[0]: a merged mapping merges another"}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := observe(t, c.text)
			got := result{AllPeople: o.AllPeople, AllTeams: o.AllTeams}
			for _, p := range o.People {
				got.People = append(got.People, mark(p.ID, p.Provenance))
			}
			for _, team := range o.Teams {
				got.Teams = append(got.Teams, mark(team.ID, team.Provenance))
			}
			for _, p := range o.Problems {
				if p.File != "people.yaml" || p.Remedy == "" {
					t.Errorf("the problem has no file or remedy: %#v", p)
				}
				got.Problems = append(got.Problems, showProblem(p))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func mark(id string, p ownership.Provenance) string {
	if !p.Known() {
		return id + "!"
	}
	return id
}

func showProblem(p ownership.Problem) string {
	place := strings.TrimPrefix(p.Location.String(), p.File+":")
	text := place + " " + p.Field + ": " + p.Message
	if p.Warning {
		text += " (used)"
	}
	return text
}

// A file that gives nothing makes the source unknown, and says why.
func TestUnreadable(t *testing.T) {
	cases := map[string]struct{ reason, text, want string }{
		"no YAML":       {"a tab where YAML wants spaces", "people:\n\t- id: alice\n", "people.yaml:2: the file is no YAML: found character that cannot start any token"},
		"empty":         {"an empty file lists nobody, but not on purpose", "", "people.yaml: the file has no fields: want organization, people and teams at its top"},
		"a text":        {"no fields", "hello", "people.yaml: the file has no fields: want organization, people and teams at its top"},
		"two documents": {"the second would be lost", "people: []\n---\npeople: []\n", "people.yaml:2: the file has more than one YAML document"},
		"binary":        {"control characters", "\x00\x01", "people.yaml: the file is no YAML: control characters are not allowed"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := observe(t, c.text)
			if !strings.HasPrefix(o.Unknown, c.want) || len(o.Problems) != 1 || o.AllPeople || o.AllTeams {
				t.Errorf("%s: unknown %q with %d problems, want %q", c.reason, o.Unknown, len(o.Problems), c.want)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		dir := t.TempDir()
		o := New("staff", v1alpha1.PeopleSource{Path: "none.yaml"}, dir).Observe(t.Context(), noon)
		file := filepath.Join(dir, "none.yaml")
		if o.Unknown != "the people file "+file+" cannot be read: no such file or directory" || len(o.Problems) != 1 || o.Problems[0].File != file {
			t.Errorf("unknown %q, %+v", o.Unknown, o.Problems)
		}
	})
	t.Run("too large", func(t *testing.T) {
		o := observe(t, "# "+strings.Repeat("x", maxFileBytes)+"\npeople: []\n")
		if !strings.Contains(o.Unknown, "more than 16 MiB") {
			t.Errorf("unknown %q", o.Unknown)
		}
	})
	t.Run("unknown format", func(t *testing.T) {
		o := New("staff", v1alpha1.PeopleSource{Path: "people.yaml", Format: "csv"}, t.TempDir()).Observe(t.Context(), noon)
		if o.Unknown == "" || len(o.Problems) != 1 {
			t.Errorf("unknown %q, problems %v", o.Unknown, o.Problems)
		}
	})
}

// A small file of aliases of aliases must not be worth more work than its bound.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n")
	for i := 1; i < 12; i++ {
		name, inner := string(rune('a'+i)), string(rune('a'+i-1))
		if i == 1 {
			inner = "x0"
		}
		b.WriteString("x" + name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat("*"+inner+",", 10), ",") + "]\n")
	}
	b.WriteString("people: []\nteams:\n")
	b.WriteString("- &t {id: o/t, members: &m [" + strings.TrimSuffix(strings.Repeat("a,", 3000), ",") + "]}\n")
	for range 3000 {
		b.WriteString("- {id: o/u, members: *m}\n")
	}
	start := time.Now()
	o := observe(t, b.String())
	if o.AllTeams || len(o.Problems) == 0 || len(o.Problems) > maxProblems+1 {
		t.Errorf("AllTeams %v, %d problems", o.AllTeams, len(o.Problems))
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestEnds(t *testing.T) {
	cases := map[string]struct{ reason, text, want string }{
		"last day": {"the day belongs to the person as a whole", "2026-03-31", "2026-04-01T00:00:00Z"},
		"moment":   {"in its zone", "2026-03-31T17:00:00+02:00", "2026-03-31T15:00:00Z"},
		"quoted":   {"text is as good as YAML's date", "'2024-02-29'", "2024-03-01T00:00:00Z"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := observe(t, "people: [{id: a, ends: "+c.text+"}]\n")
			if len(o.People) != 1 || o.People[0].Ends.Format(time.RFC3339) != c.want {
				t.Errorf("%s: %v, %v", c.reason, o.People, o.Problems)
			}
		})
	}
}

func FuzzParseRemit(f *testing.F) {
	f.Add([]byte("organization: acme\npeople:\n- {id: alice, ends: 2026-03-31, logins: {github: a}, emails: [a@b]}\nteams:\n- {id: t, parent: u, members: [alice], repositories: {x: read}}\n- {id: u}\n"))
	f.Add([]byte("people: &a\n- *a\n"))
	f.Add([]byte("people:\n- &a {<<: *a, id: a}\n- {<<: [*a, *a], id: b}\ncomplete: false\n"))
	f.Add([]byte("? {a: b}\n: [c]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := parseRemit("people.yaml", text)
		if err != nil {
			return
		}
		checkListing(t, list)
		if faulty(list.problems) && list.allPeople && list.allTeams {
			t.Errorf("something was lost, but nothing is said to be incomplete: %v", list.problems)
		}
	})
}

// checkListing asserts what must hold of any listing.
func checkListing(t *testing.T, list listing) {
	t.Helper()
	o := list.observation("staff", noon)
	for i, p := range o.People {
		if holder, err := ownership.ParseHolder("user:" + p.ID); err != nil || holder != p.Holder() {
			t.Errorf("the id %q is not canonical: %v", p.ID, err)
		}
		if i > 0 && o.People[i-1].ID == p.ID {
			t.Errorf("%q is listed twice", p.ID)
		}
	}
	for i, team := range o.Teams {
		if holder, err := ownership.ParseHolder("team:" + team.ID); err != nil || holder != team.Holder() {
			t.Errorf("the team %q is not canonical: %v", team.ID, err)
		}
		if i > 0 && o.Teams[i-1].ID == team.ID {
			t.Errorf("%q is listed twice", team.ID)
		}
		for _, permission := range team.Repositories {
			if permission.Rank() == 0 {
				t.Errorf("%q is no permission", permission)
			}
		}
	}
}

// faulty says whether any of the problems cost something.
func faulty(problems []ownership.Problem) bool {
	return slices.ContainsFunc(problems, func(p ownership.Problem) bool { return !p.Warning })
}
