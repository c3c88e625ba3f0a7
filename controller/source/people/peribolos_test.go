package people

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

func observePeribolos(t *testing.T, path, dir string) ownership.Observation {
	t.Helper()
	if dir != "" { // so that places are short
		t.Chdir(dir)
	}
	return New("org", v1alpha1.PeopleSource{Path: path, Format: "peribolos"}, "").Observe(t.Context(), noon)
}

// writeFiles writes files of a folder, given as "name": "text".
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The real configuration of eight organisations. The figures were counted apart from this package, by
// walking the YAML with another library.
func TestKubernetesOrganisations(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "corpus", "kubernetes-org", "config")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	o := observePeribolos(t, dir, "")
	type figures struct {
		People, Teams, Children, Permissions, Members, Maintainers, Secret int
		Unknown                                                            string
		AllPeople, AllTeams                                                bool
		Organisations                                                      []string
	}
	got := figures{
		People: len(o.People), Teams: len(o.Teams), Unknown: o.Unknown, AllPeople: o.AllPeople, AllTeams: o.AllTeams,
		Organisations: o.TeamOrganisations,
	}
	teams := map[string]ownership.Team{}
	for _, team := range o.Teams {
		teams[team.ID] = team
		got.Permissions += len(team.Repositories)
		got.Members += len(team.Members)
		got.Maintainers += len(team.Maintainers)
		if team.Parent != "" {
			got.Children++
		}
		if team.Secret {
			got.Secret++
		}
	}
	want := figures{
		People: 1509, Teams: 766, Children: 56, Permissions: 631, Members: 3482, Maintainers: 133, AllPeople: true, AllTeams: true,
		Organisations: []string{
			"etcd-io", "kubernetes", "kubernetes-client", "kubernetes-csi", "kubernetes-incubator", "kubernetes-nightly",
			"kubernetes-retired", "kubernetes-sigs",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, p := range o.Problems {
		t.Errorf("the configuration is in use, but: %s", p.Error())
	}
	if team := teams["kubernetes/k8s-io-admins"]; team.Name != "k8s.io-admins" {
		t.Errorf("the team k8s.io-admins is not found by its slug: %v", team)
	}
	for _, team := range o.Teams {
		if parent := team.Parent; parent != "" && teams[parent].ID == "" {
			t.Errorf("the parent %s of %s is missing", parent, team.ID)
		}
	}
}

const acmeOrganisation = `
admins: [Ann]
members:
- bob
- Cat
default_repository_permission: read
teams:
  Release Team:
    description: ships
    privacy: closed
    maintainers: [ann]
    members: [Bob, ANN]
    previously: [shippers]
    repos: {Shop: write, tools: none}
    teams:
      Release Team / QA:
        privacy: secret
        members: [cat]
`

func TestPeribolosLayouts(t *testing.T) {
	cases := map[string]struct {
		reason, path string
		files        map[string]string
	}{
		"folder of organisations": {"as kubernetes/org has it", ".", map[string]string{"Acme/org.yaml": acmeOrganisation, "README.yaml": "x", "other/file.yaml": "y"}},
		"one organisation":        {"the folder gives the name", "Acme", map[string]string{"Acme/org.yaml": acmeOrganisation}},
		"one file":                {"the folder gives the name here too", "Acme/org.yaml", map[string]string{"Acme/org.yaml": acmeOrganisation}},
		"merged file": {"as peribolos itself reads it", "config.yaml", map[string]string{
			"config.yaml": "plank: {}\norgs:\n  Acme:\n" + strings.ReplaceAll(acmeOrganisation, "\n", "\n    ")}},
		"teams beside": {"a folder below has the teams", ".", map[string]string{
			"Acme/org.yaml":                "admins: [Ann]\nmembers: [bob, Cat]\n",
			"Acme/sig-a/team/teams.yaml":   acmeOrganisation[strings.Index(acmeOrganisation, "teams:"):],
			"Acme/sig-a/restrictions.yaml": "{",
		}},
	}
	wantTeams := []ownership.Team{
		{
			ID: "acme/release-team", Name: "Release Team", Members: []string{"bob"}, Maintainers: []string{"ann"},
			Repositories: map[string]ownership.Permission{"acme/shop": "write"},
		},
		{ID: "acme/release-team-qa", Name: "Release Team / QA", Parent: "acme/release-team", Members: []string{"cat"}, Maintainers: []string{}, Secret: true},
	}
	wantPeople := []ownership.Person{
		{ID: "ann", Kind: ownership.Human, Logins: map[string]string{"github": "Ann"}},
		{ID: "bob", Kind: ownership.Human, Logins: map[string]string{"github": "bob"}},
		{ID: "cat", Kind: ownership.Human, Logins: map[string]string{"github": "Cat"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := observePeribolos(t, c.path, writeFiles(t, c.files))
			for i := range o.Teams {
				o.Teams[i].Provenance = ownership.Provenance{Unknown: o.Teams[i].Unknown}
			}
			for i := range o.People {
				o.People[i].Provenance = ownership.Provenance{Unknown: o.People[i].Unknown}
			}
			want := ownership.Observation{
				Source: "org", Kind: ownership.SourcePeople, At: noon, People: wantPeople, AllPeople: true, Teams: wantTeams,
				AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
			}
			if diff := cmp.Diff(want, o); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestPeribolosBadInput(t *testing.T) {
	type result struct {
		Teams, Organisations, Problems []string
		AllPeople                      bool
		Unknown                        string
	}
	fine := "members: [bob]\nteams: {t: {members: [bob]}}\n"
	cases := map[string]struct {
		reason string
		files  map[string]string
		want   result
	}{
		"one broken organisation": {
			"it costs itself and the proof of absence, nothing else",
			map[string]string{"a/org.yaml": "members: [", "b/org.yaml": fine},
			result{Teams: []string{"b/t"}, Organisations: []string{"b"}, Problems: []string{
				"a/org.yaml:1: the file is no YAML: did not find expected node content"}},
		},
		"broken teams file": {
			"who the members are is known, which teams there are is not",
			map[string]string{"a/org.yaml": fine, "a/x/teams.yaml": "teams: [1]\n"},
			result{Teams: []string{"a/t"}, AllPeople: true, Problems: []string{
				"a/x/teams.yaml:1:8: teams: want fields (name: value) and not a list"}},
		},
		"misspelt field": {
			"the team is left out, its child is unknown",
			map[string]string{"a/org.yaml": "members: []\nteams: {t: {membres: [x], teams: {u: {}}}, v: {}}\n"},
			result{Teams: []string{"a/u!", "a/v"}, AllPeople: true, Problems: []string{"a/org.yaml:2:13: teams.t.membres: there is no such field"}},
		},
		"unknown settings": {
			"a word or number can be passed over, a list may have been people",
			map[string]string{"a/org.yaml": "members: []\nnew_setting: true\nmembrs: [x]\nteams: {}\n"},
			result{Problems: []string{
				"a/org.yaml:2:1: new_setting: this setting is not known, and passed over (used)",
				"a/org.yaml:3:1: membrs: there is no such field"}},
		},
		"team twice": {
			"two names with one slug, in two files",
			map[string]string{"a/org.yaml": "members: []\nteams: {My Team: {}, v: {}}\n", "a/b/teams.yaml": "teams: {my-team: {}}\n"},
			result{Teams: []string{"a/v"}, AllPeople: true, Problems: []string{
				"a/org.yaml:2:9: teams.My Team.id: there are two teams a/my-team, the other at a/b/teams.yaml:1; both are left out"}},
		},
		"bad words": {
			"privacy and permissions",
			map[string]string{"a/org.yaml": "members: [b c]\nteams: {t: {privacy: open}, u: {repos: {r: push}}, '…': {}}\n"},
			result{Problems: []string{
				`a/org.yaml:1:11: members[0]: "b c" is no login`,
				`a/org.yaml:2:22: teams.t.privacy: "open" is no privacy`,
				`a/org.yaml:2:44: teams.u.repos.r: "push" is no permission`,
				`a/org.yaml:2:52: teams.…: "…" cannot be a team's name`}},
		},
		"nothing": {
			"no organisation at all",
			map[string]string{"x/y.yaml": ""},
			result{Unknown: ". has no org.yaml, nor has any folder in it", Problems: []string{".: spec.people: . has no org.yaml, nor has any folder in it"}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := observePeribolos(t, ".", writeFiles(t, c.files))
			got := result{Organisations: o.TeamOrganisations, AllPeople: o.AllPeople, Unknown: o.Unknown}
			for _, team := range o.Teams {
				got.Teams = append(got.Teams, mark(team.ID, team.Provenance))
			}
			for _, p := range o.Problems {
				warning, remedy := "", p.Remedy
				if p.Warning {
					warning = " (used)"
				}
				p.Remedy = ""
				if remedy == "" {
					t.Errorf("no remedy: %v", p)
				}
				got.Problems = append(got.Problems, p.Error()+warning)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// A link out of the folder is not followed.
func TestPeribolosLeavesNoFolder(t *testing.T) {
	outside := writeFiles(t, map[string]string{"org.yaml": "members: [secret]\n"})
	dir := writeFiles(t, map[string]string{"a/org.yaml": "members: [bob]\nteams: {}\n"})
	if err := os.Symlink(filepath.Join(outside, "org.yaml"), filepath.Join(dir, "a", "teams.yaml")); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	o := observePeribolos(t, dir, "")
	if len(o.People) != 1 || o.AllPeople || !faulty(o.Problems) {
		t.Errorf("people %v, all %v, problems %v", o.People, o.AllPeople, o.Problems)
	}
}

func TestSlug(t *testing.T) {
	cases := map[string]struct{ reason, name, want string }{
		"plain":       {"stays", "node-admins", "node-admins"},
		"spaces":      {"the documented example", "My TEAM Näme", "my-team-name"},
		"dots":        {"as kubernetes/k8s-io-admins", "k8s.io-admins", "k8s-io-admins"},
		"slash":       {"as kubernetes-sigs/kubernetes-sig-apps", "kubernetes/sig-apps", "kubernetes-sig-apps"},
		"underscore":  {"stays", "a_b", "a_b"},
		"ends":        {"no hyphens at the ends", " -a- ", "a"},
		"run":         {"one hyphen for many", "a  & b", "a-b"},
		"nothing":     {"nothing is left", "…", ""},
		"two hyphens": {"one hyphen for many", "a--b", "a-b"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := slug(c.name); got != c.want {
				t.Errorf("slug(%q) = %q, want %q: %s", c.name, got, c.want, c.reason)
			}
		})
	}
}

func TestWatch(t *testing.T) {
	dir := writeFiles(t, map[string]string{"people.yaml": "", "org/a/org.yaml": "", "org/a/b/teams.yaml": ""})
	got := [][]string{
		New("x", v1alpha1.PeopleSource{Path: "people.yaml"}, dir).Watch(),
		New("x", v1alpha1.PeopleSource{Path: "org", Format: "peribolos"}, dir).Watch(),
	}
	want := [][]string{{dir}, {filepath.Join(dir, "org"), filepath.Join(dir, "org", "a"), filepath.Join(dir, "org", "a", "b")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParsePeribolos(f *testing.F) {
	f.Add([]byte(acmeOrganisation))
	f.Add([]byte("orgs:\n  a: {members: [x], teams: {t: {teams: {u: {repos: {r: read}}}}}}\n  A: {teams: {t: {}}}\n"))
	f.Add([]byte("teams: &t {a: {teams: *t}}\n"))
	f.Add([]byte("members: &m [a]\nadmins: *m\nteams: {<<: {x: {}}, y: {}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := peribolos{shown: "org.yaml", wholePeople: true, organisations: map[string]*organisation{}}
		if err := p.readFile("org.yaml", text, "acme"); err != nil {
			return
		}
		list := p.finish()
		checkListing(t, list)
		whole := list.allPeople && !slices.ContainsFunc(slices.Collect(maps.Values(p.organisations)), func(o *organisation) bool { return !o.teamsWhole })
		if faulty(list.problems) && whole {
			t.Errorf("something was lost, but nothing is said to be incomplete: %v", list.problems)
		}
	})
}
