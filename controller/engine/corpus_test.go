package engine

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/controller/source/people"
	"github.com/remit-dev/remit/policies"
)

// corpus finds the folder of real input, which lies beside this project where it is at hand.
func corpus(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "corpus", name)
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no real input to run on: %v", err)
	}
	return folder
}

// corpusRepository is a public repository's CODEOWNERS and list of files.
func corpusRepository(t *testing.T, folder, id string) ownership.Repository {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "CODEOWNERS"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(folder, "files.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	known := ownership.Provenance{Source: "git", At: now}
	repository := ownership.Repository{
		ID: id, Provenance: known, Codeowners: ownership.CodeownersFile{Path: ".github/CODEOWNERS", Text: text, Provenance: known},
		Files: ownership.FileList{Provenance: known}, History: ownership.History{Provenance: known},
	}
	for lines := bufio.NewScanner(unpacked); lines.Scan(); {
		repository.Files.Paths = append(repository.Files.Paths, lines.Text())
	}
	slices.Sort(repository.Files.Paths)
	return repository
}

// The numbers of rules and files are those that the corpus states; the files without an owner were counted by another
// program, with a regular expression for each rule.
func TestCorpusCoverage(t *testing.T) {
	folder := corpus(t, "codeowners")
	for name, want := range map[string]struct{ rules, files, unmatched int }{
		"integrations-extras": {1030, 4320, 30}, "dd-trace-js": {459, 4129, 6},
		"dd-trace-java": {314, 11620, 0}, "azure-sdk-tools": {67, 6919, 224},
	} {
		t.Run(name, func(t *testing.T) {
			seen := ownership.Observation{Source: "git", Kind: ownership.SourceGit, Repositories: []ownership.Repository{
				corpusRepository(t, filepath.Join(folder, name), "corpus/"+name),
			}}
			set := &manifest.Set{}
			compiled, problems := CompilePolicies(PolicyInput{Manifests: set, Default: []string{"codeowners-hygiene"}})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			outcome, err := Pass(t.Context(), Input{
				Now: now, Manifests: set, Policies: compiled, FilesOnly: true,
				Sources: []snapshot.Source{{Name: "git", Kind: ownership.SourceGit, Observation: seen}},
			})
			if err != nil {
				t.Fatal(err)
			}
			result := outcome.Result
			c := result.Areas[0].Coverage
			if got := result.Repositories[0]; got.Rules != want.rules || c.Total != want.files || c.Unmatched != want.unmatched {
				t.Errorf("%d rules, %d files, %d of them unmatched, want %+v", got.Rules, c.Total, c.Unmatched, want)
			}
			if c.Owned+c.Unowned+c.Unmatched != c.Total || c.Unknown != "" || c.Effective != c.Owned {
				t.Errorf("the files do not add up: %+v", c)
			}
			listed := 0
			for _, folder := range result.Areas[0].UnownedFiles {
				listed += folder.Files
			}
			if bounded := len(result.Areas[0].UnownedFiles) == 50; !bounded && listed != c.Unowned+c.Unmatched {
				t.Errorf("the folders without owners have %d files, the coverage %d", listed, c.Unowned+c.Unmatched)
			}
			t.Logf("%+v, %d findings, state %s", c, len(result.Findings), result.Areas[0].State)
		})
	}
}

// Eight real organisations: each repository that a team administers is an area for which the team is accountable.
func TestCorpusOrganisations(t *testing.T) {
	folder := corpus(t, "kubernetes-org/config")
	seen := people.New("kubernetes", v1alpha1.PeopleSource{Path: ".", Format: "peribolos"}, folder).Observe(t.Context(), now)
	if seen.Unknown != "" || len(seen.Teams) < 700 {
		t.Fatalf("unknown %q, %d teams", seen.Unknown, len(seen.Teams))
	}
	set := &manifest.Set{}
	empty := map[string]bool{}
	for _, team := range seen.Teams {
		for repository, permission := range team.Repositories {
			if permission != ownership.PermissionAdmin {
				continue
			}
			var area manifest.Object[v1alpha1.Area]
			area.Value.Namespace, area.Value.Name = "teams", team.ID+"/"+repository
			area.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{"team:" + team.ID}}}
			set.Areas = append(set.Areas, area)
			empty["teams/"+area.Value.Name] = len(team.Members)+len(team.Maintainers) == 0
		}
	}
	compiled, problems := CompilePolicies(PolicyInput{Manifests: set, Default: policies.Names()})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	outcome, err := Pass(t.Context(), Input{
		Now: now, Manifests: set, Policies: compiled,
		Sources: []snapshot.Source{{Name: "kubernetes", Kind: ownership.SourcePeople, Observation: seen}},
	})
	if err != nil {
		t.Fatal(err)
	}
	result := outcome.Result
	states := map[ownership.State]int{}
	for _, area := range result.Areas {
		states[area.State]++
		if area.State != ownership.Owned && !empty[string(area.ID)] {
			t.Errorf("%s is %s, although its team has members: %+v", area.ID, area.State, area.Requirements)
		}
	}
	t.Logf("%d areas: %v; %d findings, %d people, %d teams", len(result.Areas), states, len(result.Findings), len(seen.People), len(seen.Teams))
}
