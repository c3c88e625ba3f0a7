package suggest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

var whole = ownership.Provenance{Source: "test", At: now}

// shop is a repository with a CODEOWNERS file, files of every state, and a log.
func shop(commits ...ownership.Commit) ownership.Repository {
	return ownership.Repository{
		ID: "acme/shop", Provenance: whole,
		Files:      ownership.FileList{Paths: []string{"README.md", "docs/a.md", "pay/a.go", "pay/b.go", "web/a.js", "web/gen/b.js"}, Provenance: whole},
		Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS", Text: []byte("/web/*.js @acme/web\n/docs/ @ada\n"), Provenance: whole},
		History:    ownership.History{Commits: commits, From: daysAgo(365), Provenance: whole},
	}
}

func commit(name, address string, days int, paths ...string) ownership.Commit {
	return ownership.Commit{Author: address, AuthorName: name, When: daysAgo(days), Paths: paths}
}

func people() ownership.Observation {
	person := func(id string, kind ownership.PersonKind, ends time.Time) ownership.Person {
		return ownership.Person{
			ID: id, Name: strings.ToUpper(id[:1]) + id[1:] + " Example", Kind: kind, Ends: ends, Provenance: whole,
			Logins: map[string]string{"github": id}, Emails: []string{id + "@acme.example"},
		}
	}
	return ownership.Observation{
		Source: "people", Kind: ownership.SourcePeople, AllPeople: true, AllTeams: true, TeamOrganisations: []string{"acme"},
		People: []ownership.Person{
			person("ada", ownership.Human, time.Time{}), person("bob", ownership.Human, time.Time{}),
			person("gone", ownership.Human, daysAgo(30)), person("machine", ownership.Bot, time.Time{}),
		},
		Teams: []ownership.Team{
			{ID: "acme/pay", Members: []string{"bob", "gone"}, Provenance: whole},
			{ID: "acme/web", Members: []string{"ada"}, Provenance: whole},
			{ID: "acme/hidden", Members: []string{"bob"}, Secret: true, Provenance: whole},
		},
	}
}

// area declares an area of paths in the shop.
func area(name string, paths ...string) manifest.Object[v1alpha1.Area] {
	var object manifest.Object[v1alpha1.Area]
	object.Value.Namespace, object.Value.Name = "acme", name
	if len(paths) > 0 {
		object.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: "acme/shop", Paths: paths}}
	}
	return object
}

// factsOf joins a repository, and people if there are any, into facts; each area is unowned but those named.
func factsOf(repository ownership.Repository, seen []ownership.Observation, declared []manifest.Object[v1alpha1.Area], owned ...string) Facts {
	sources := []snapshot.Source{{Name: "git", Kind: ownership.SourceGit, Discover: len(declared) == 0, Observation: ownership.Observation{
		Source: "git", Kind: ownership.SourceGit, Repositories: []ownership.Repository{repository},
	}}}
	for _, one := range seen {
		sources = append(sources, snapshot.Source{Name: one.Source, Kind: one.Kind, Observation: one})
	}
	s := snapshot.Build(snapshot.Input{Now: now, Manifests: &manifest.Set{Areas: declared}, Sources: sources, FilesOnly: len(declared) == 0})
	facts := Facts{Snapshot: s}
	for _, one := range s.Areas {
		state := ownership.Unowned
		if slices.Contains(owned, one.Name) {
			state = ownership.Owned
		}
		facts.Areas = append(facts.Areas, drift.Area{Area: one})
		facts.States = append(facts.States, state)
	}
	return facts
}

// said is what advice comes to, one line a place: "place files: teams | people | left out | note".
func said(advice []Advice) []string {
	var lines []string
	for _, one := range advice {
		var left []string
		for _, out := range one.LeftOut {
			left = append(left, out.Holder.Name()+" ("+out.Reason+")")
		}
		line := strings.Join([]string{names(one.Teams), names(one.People), strings.Join(left, " "), one.Note}, " | ")
		place := string(one.Area)
		if one.Folder != "" {
			place = one.Folder
		}
		lines = append(lines, place+": "+strings.TrimRight(line, " |"))
	}
	return lines
}

func TestAdvise(t *testing.T) {
	log := []ownership.Commit{
		commit("Bob Example", "bob@acme.example", 1, "pay/a.go"),
		commit("Ada Example", "ada@home.example", 2, "pay/b.go", "README.md"),
		commit("Gone Example", "gone@acme.example", 3, "pay/a.go", "pay/b.go"),
		commit("Machine", "machine@acme.example", 4, "pay/a.go"),
		commit("helper[bot]", "1+helper[bot]@users.noreply.github.com", 5, "pay/a.go"),
		commit("Stranger", "stranger@else.example", 6, "web/gen/b.js"),
	}
	shallow := shop(log[:1]...)
	shallow.History.Unknown = "the clone is shallow"
	unread := shop()
	unread.History.Unknown = "the log is not read"
	unknown := shop(log...)
	unknown.Codeowners.Unknown = "cannot be read"
	pay := []manifest.Object[v1alpha1.Area]{area("pay", "pay")}
	tests := map[string]struct {
		reason string
		facts  Facts
		want   []string
	}{
		"with people": {
			"the listed are known by address and by name; who left, bots and the unlisted are said",
			factsOf(shop(log...), []ownership.Observation{people()}, append(pay, area("web", "web"), area("duty"))),
			[]string{
				"acme/pay: acme/pay acme/web | bob ada | acme/hidden (is secret, and a secret team cannot own code)" +
					" gone (left on 2026-10-03) helper[bot] (it is a bot, by its name) machine (it is a bot)",
				"acme/web:  |  | stranger@else.example (does not exist) | everybody who worked on it is gone or a bot",
				"acme/duty:  |  |  | it has no files, so nobody's work can tell",
			},
		},
		"a bare checkout": {
			"each folder without owners; bots are known by their names alone, and nobody is known to have left",
			factsOf(shop(log...), nil, nil),
			[]string{
				"pay/:  | bob@acme.example ada@home.example gone@acme.example machine@acme.example | helper[bot] (it is a bot, by its name)",
				"/:  | ada@home.example",
				"web/gen/:  | stranger@else.example",
			},
		},
		"owned":                     {"what has an owner is not asked about", factsOf(shop(log...), nil, pay, "pay"), nil},
		"a shallow clone":           {"what is known of the log is used", factsOf(shallow, nil, pay), []string{"acme/pay:  | bob@acme.example"}},
		"no log":                    {"nothing is guessed", factsOf(unread, nil, pay), []string{"acme/pay:  |  |  | the log is not known: repository acme/shop: the log is not read"}},
		"no work":                   {"files that nobody touched", factsOf(shop(), nil, pay), []string{"acme/pay:  |  |  | no commit in the known part of the log touched its files"}},
		"unknown owners of files":   {"all files of the area count", factsOf(unknown, nil, pay), []string{"acme/pay:  | bob@acme.example ada@home.example gone@acme.example machine@acme.example | helper[bot] (it is a bot, by its name)"}},
		"a repository not observed": {"is said", factsOf(ownership.Repository{ID: "acme/else", Provenance: whole}, nil, pay), []string{"acme/pay:  |  |  | it has no files, so nobody's work can tell"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Advise(test.facts, Wanting(test.facts), Standard())
			if diff := cmp.Diff(test.want, said(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
	for name, unknown := range map[string]string{"a shallow clone": "repository acme/shop: the clone is shallow", "a repository not observed": "no source sees repository acme/shop"} {
		facts := tests[name].facts
		if got := Advise(facts, Wanting(facts), Standard())[0].Unknown; got != unknown {
			t.Errorf("%s: unknown %q, want %q", name, got, unknown)
		}
	}
}

// A folder that is asked for is answered for area by area, whoever owns it; and so is a single file.
func TestAdviseOnPlaces(t *testing.T) {
	facts := factsOf(shop(commit("Bob Example", "bob@acme.example", 1, "pay/a.go", "web/a.js")), nil,
		[]manifest.Object[v1alpha1.Area]{area("pay", "pay"), area("web", "web")}, "pay", "web")
	for folder, want := range map[string][]string{
		"web/": {"web/: "}, "web/a.js": {"web/a.js:  | bob@acme.example"}, "pay/": {"pay/:  | bob@acme.example"}, "nothing/": nil,
	} {
		got := said(Advise(facts, In(facts, "acme/shop", folder), Standard()))
		if folder == "web/" {
			want = []string{"web/:  |  |  | no commit in the known part of the log touched its files"} // of web/gen, which has no owner
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", folder, diff)
		}
	}
	if _, found := Of(facts, "acme/none"); found {
		t.Error("there is no such area")
	}
}

// What somebody holds already is said, makes others come first, and does not count the area itself.
func TestAdviseLoad(t *testing.T) {
	log := []ownership.Commit{
		commit("Ada Example", "ada@acme.example", 1, "pay/a.go"), commit("Ada Example", "ada@acme.example", 1, "pay/b.go"),
		commit("Ada Example", "ada@acme.example", 1, "pay/b.go"),
		commit("Bob Example", "bob@acme.example", 1, "pay/a.go"), commit("Bob Example", "bob@acme.example", 1, "pay/b.go"),
	}
	declared := []manifest.Object[v1alpha1.Area]{area("pay", "pay")}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		declared = append(declared, area(name))
	}
	facts := factsOf(shop(log...), []ownership.Observation{people()}, declared)
	if got := Advise(facts, Wanting(facts)[:1], Standard()); names(got[0].People) != "ada bob" {
		t.Fatalf("ada did more: %v", said(got))
	}
	for i := range facts.Areas {
		role := ownership.Accountable
		if facts.Areas[i].Name == "a" {
			role = ownership.Informed
		}
		facts.Areas[i].Declared = ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{role: {{Holder: "user:ada"}}})
	}
	formula := Standard()
	formula.Capacity = 3
	got := Advise(facts, Wanting(facts)[:1], formula)[0]
	if names(got.People) != "bob ada" {
		t.Errorf("ada holds five others, two more than she can: %v", got.People)
	}
	if diff := cmp.Diff([]ownership.AreaID{"acme/b", "acme/c", "acme/d", "acme/e", "acme/f"}, got.People[1].Holds); diff != "" {
		t.Errorf("to be informed is no load, nor is the area itself (-want +got):\n%s", diff)
	}
}

func TestAuthors(t *testing.T) {
	tests := map[string]struct {
		reason string
		log    []ownership.Commit
		want   string
	}{
		"listed":            {"by address", []ownership.Commit{commit("A", "ada@acme.example", 1)}, "ada"},
		"listed by name":    {"a private address with the full name of one listed person", []ownership.Commit{commit("ada  example", "a@home.example", 1)}, "ada"},
		"one word":          {"is no full name", []ownership.Commit{commit("Ada", "a@home.example", 1), commit("Ada", "b@home.example", 1)}, "a@home.example b@home.example"},
		"several addresses": {"of one full name are one: that of most commits", []ownership.Commit{commit("Eve Else", "a@x", 1), commit("Eve Else", "b@x", 1), commit("eve else", "b@x", 1)}, "b@x b@x b@x"},
		"a login among them": {
			"tells whose the addresses are",
			[]ownership.Commit{commit("Eve Else", "a@x", 1), commit("Eve Else", "7+eve@users.noreply.github.com", 1)}, "eve eve",
		},
		"two logins": {
			"are two people, so that the name tells nothing",
			[]ownership.Commit{commit("Eve Else", "a@x", 1), commit("Eve Else", "7+eve@users.noreply.github.com", 1), commit("Eve Else", "8+eva@users.noreply.github.com", 1)},
			"a@x eve eva",
		},
		"a listed one and a login": {
			"are two as well",
			[]ownership.Commit{commit("Ada Example", "ada@acme.example", 1), commit("Ada Example", "7+other@users.noreply.github.com", 1), commit("Ada Example", "a@x", 1)},
			"ada other a@x",
		},
	}
	facts := factsOf(shop(), []ownership.Observation{people()}, nil)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			who := newAuthors(facts.Snapshot.People, test.log)
			var got []string
			for _, c := range test.log {
				got = append(got, who.of(c).Name())
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s: got %v, want %s", test.reason, got, test.want)
			}
		})
	}
}
