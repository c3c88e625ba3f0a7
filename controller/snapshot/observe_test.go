package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

func whole() []manifest.Object[v1alpha1.Area] {
	return []manifest.Object[v1alpha1.Area]{declareArea("a", "", "acme/shop")}
}

func TestCoverage(t *testing.T) {
	for name, test := range map[string]struct {
		reason string
		rules  string
		want   ownership.Coverage
	}{
		"three states": {
			reason: "owned, explicitly unowned and unmatched are told apart",
			rules:  "/a/ @x\n/b/\n",
			want:   ownership.Coverage{Total: 4, Owned: 2, Effective: 2, Unowned: 1, Unmatched: 1},
		},
		"catch-all": {
			reason: "what only a catch-all owns counts as owned and is shown apart",
			rules:  "* @x\n/a/ @y\n",
			want:   ownership.Coverage{Total: 4, Owned: 4, Effective: 4, CatchAll: 2},
		},
		"placeholder": {
			reason: "a placeholder counts as no owner",
			rules:  "/a/ @acme/unknown\n/b/ @acme/unknown @x\n",
			want:   ownership.Coverage{Total: 4, Owned: 1, Effective: 1, Unowned: 2, Unmatched: 1},
		},
		"no file in force": {
			reason: "a file that GitHub does not load owns nothing",
			rules:  "* @x\n\x00",
			want:   ownership.Coverage{Total: 4, Unmatched: 4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := build(whole(), gitSource("git", test.rules, "a/1", "a/2", "b/1", "c"))
			mustDiff(t, test.reason, cmp.Diff(test.want, s.Areas[0].Coverage))
			mustDiff(t, "the repository's coverage is the area's", cmp.Diff(test.want, s.Repositories[0].Coverage))
		})
	}
}

func TestUnownedFolders(t *testing.T) {
	s := build(whole(), gitSource("git", "/a/own @x\n/c/\n", "a/own", "a/x/1", "a/x/y/2", "a/z", "b/1", "b/c/2", "c/1", "root"))
	var got []string
	for _, folder := range s.Areas[0].UnownedFiles {
		got = append(got, fmt.Sprintf("%s %d %d", folder.Folder, folder.Files, folder.Explicit))
	}
	want := []string{"a/x/ 2 0", "b/ 2 0", "/ 1 0", "a/ 1 0", "c/ 1 1"}
	mustDiff(t, "the topmost folder that nobody owns anything in stands for all below", cmp.Diff(want, got))
}

func TestObservedApprovers(t *testing.T) {
	first := gitSource("git", "/a/ @x\n/b/ @x @acme/t\n", "a/1", "b/1", "b/2")
	second := gitSource("mirror", "/b/ @y\n", "b/2", "b/3")
	s := build(whole(), first, second)
	var got []string
	for _, o := range s.Areas[0].Observed.Of(ownership.Approver) {
		var places []string
		for _, location := range o.Locations {
			places = append(places, location.String())
		}
		got = append(got, fmt.Sprintf("%s %s %d/%d %s", o.Source, o.Holder, o.Files, o.Total, strings.Join(places, ", ")))
	}
	want := []string{
		"git user:x 3/3 acme/shop CODEOWNERS:1, acme/shop CODEOWNERS:2",
		"git team:acme/t 2/3 acme/shop CODEOWNERS:2",
		"mirror user:y 1/3 acme/shop CODEOWNERS:1",
	}
	mustDiff(t, "each source with its extent over the area's files", cmp.Diff(want, got))
}

func TestVirtualAreas(t *testing.T) {
	discovering := gitSource("git", "* @x\n", "a")
	discovering.Discover = true
	if s := build(nil, discovering); len(s.Areas) != 1 || !s.Areas[0].Virtual || s.Areas[0].ID != "repository:acme/shop" {
		t.Errorf("a discovered repository is an area of its own, not %v", summary(s))
	}
	if s := build([]manifest.Object[v1alpha1.Area]{declareArea("a", "", "acme/shop:x")}, discovering); len(s.Areas) != 1 {
		t.Errorf("a repository of which an Area claims a part is not discovered: %v", summary(s))
	}
	if s := build(nil, gitSource("git", "* @x\n", "a")); len(s.Areas) != 0 {
		t.Errorf("without discovery there are no virtual areas: %v", summary(s))
	}
}

func TestProblemsGoToTheAreaTheyConcern(t *testing.T) {
	areas := []manifest.Object[v1alpha1.Area]{declareArea("all", "", "acme/shop"), declareArea("api", "", "acme/shop:api")}
	s := build(areas, gitSource("git", "/api/gone @x\n/gone @x\n*.none @x\n", "CODEOWNERS", "api/a"))
	got := map[string][]int{}
	for _, area := range s.Areas {
		for _, problem := range area.Codeowners {
			got[area.Name] = append(got[area.Name], problem.Line)
		}
	}
	mustDiff(t, "by the folder of the pattern, else by the file itself", cmp.Diff(map[string][]int{"api": {1}, "all": {2, 3}}, got))

	s = build([]manifest.Object[v1alpha1.Area]{declareArea("duty", "")}, gitSource("git", "/gone @x\n", "a"))
	if len(s.Problems) != 1 || !s.Problems[0].Warning {
		t.Errorf("a problem that concerns no area must not be lost: %v", s.Problems)
	}
}

// However much is wrong with a file, policies get as much as they can judge: the worst.
func TestProblemsAreBounded(t *testing.T) {
	text := strings.Repeat("/gone @x\n", 2*maxAreaProblems) + "/[x] @x\n"
	s := build([]manifest.Object[v1alpha1.Area]{declareArea("all", "", "acme/shop")}, gitSource("git", text, "CODEOWNERS"))
	problems := s.Areas[0].Codeowners
	if len(problems) != maxAreaProblems || problems[0].Kind != codeowners.Invalid {
		t.Errorf("%d problems, the first %v", len(problems), problems[0])
	}
	if len(s.Problems) != 1 || !s.Problems[0].Warning || s.Problems[0].File != "CODEOWNERS" {
		t.Errorf("what is left out must be said: %v", s.Problems)
	}
}

func TestContributors(t *testing.T) {
	source := gitSource("git", "", "api/a", "api/b", "web/c")
	person := ownership.Person{ID: "ann", Kind: ownership.Human, Emails: []string{"ann@acme.example"}}
	bot := ownership.Person{ID: "bot", Kind: ownership.Bot, Emails: []string{"bot@acme.example"}}
	source.Observation.Repositories[0].History = ownership.History{Commits: []ownership.Commit{
		{ID: "3", Author: "ann@acme.example", When: now, Paths: []string{"api/a", "api/b"}},
		{ID: "2", Author: "bot@acme.example", When: now, Paths: []string{"api/a", "web/c"}},
		{ID: "1", Author: "ann@acme.example", When: now, Paths: []string{"api/b", "gone"}},
		{ID: "0", Author: "eve@else.example", When: now, Paths: []string{"gone"}},
	}}
	people := Source{Name: "people", Kind: ownership.SourcePeople, Observation: ownership.Observation{People: []ownership.Person{person, bot}}}
	s := build([]manifest.Object[v1alpha1.Area]{declareArea("api", "", "acme/shop:api")}, source, people)
	want := []Contributor{
		{Holder: "user:ann", Commits: 2, Of: 3, Last: now}, {Holder: "user:bot", Commits: 1, Of: 3, Bot: true, Last: now},
	}
	mustDiff(t, "a commit counts once for an area, and files that are gone count for none", cmp.Diff(want, s.Areas[0].Contributors))
}
