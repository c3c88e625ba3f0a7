package engine

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
	"github.com/remit-dev/remit/policies"
)

// organisationOf has a number of areas, each a folder of one of a hundred repositories, 300 teams and 3,000 people.
func organisationOf(areas int) Input {
	known := ownership.Provenance{Source: "s", At: now}
	git := ownership.Observation{Source: "git", Kind: ownership.SourceGit}
	people := ownership.Observation{
		Source: "people", Kind: ownership.SourcePeople, AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
	}
	for i := range 100 {
		git.Repositories = append(git.Repositories, ownership.Repository{
			ID: fmt.Sprintf("acme/r%02d", i), Provenance: known, History: ownership.History{Provenance: known},
			Files:      ownership.FileList{Provenance: known},
			Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS", Provenance: known},
		})
	}
	for i := range 3000 {
		people.People = append(people.People, ownership.Person{ID: fmt.Sprintf("p%d", i), Kind: ownership.Human, Provenance: known})
	}
	for i := range 300 {
		team := ownership.Team{ID: fmt.Sprintf("acme/t%d", i), Provenance: known, Repositories: map[string]ownership.Permission{}}
		for j := range 10 {
			team.Members = append(team.Members, fmt.Sprintf("p%d", i*10+j))
		}
		for _, repository := range git.Repositories {
			team.Repositories[repository.ID] = ownership.PermissionWrite
		}
		people.Teams = append(people.Teams, team)
	}
	set := &manifest.Set{}
	for i := range areas {
		repository, folder := &git.Repositories[i%100], fmt.Sprintf("f%05d", i)
		team := fmt.Sprintf("team:acme/t%d", i%300)
		repository.Codeowners.Text = fmt.Appendf(repository.Codeowners.Text, "/%s/ @acme/t%d\n", folder, i%300)
		repository.Files.Paths = append(repository.Files.Paths, folder+"/a.go", folder+"/b.go")
		var area manifest.Object[v1alpha1.Area]
		area.Value.Namespace, area.Value.Name = "n", folder
		area.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: repository.ID, Paths: []string{folder}}}
		area.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{team}}, {Role: "approver", Holders: []string{team}}}
		set.Areas = append(set.Areas, area)
	}
	return Input{Now: now, Manifests: set, Workers: 1, Sources: []snapshot.Source{
		{Name: "git", Kind: ownership.SourceGit, Observation: git}, {Name: "people", Kind: ownership.SourcePeople, Observation: people},
	}}
}

// A whole pass, cold, on one core, with the policies of the library.
func BenchmarkPass(b *testing.B) {
	for _, areas := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("areas=%d", areas), func(b *testing.B) {
			input := organisationOf(areas)
			compiled, problems := CompilePolicies(PolicyInput{Manifests: input.Manifests, Default: policies.Names()})
			if len(problems) > 0 {
				b.Fatal(problems)
			}
			input.Policies = compiled
			b.ReportAllocs()
			for b.Loop() {
				outcome, err := Pass(b.Context(), input)
				if err != nil {
					b.Fatal(err)
				}
				result := outcome.Result
				if len(result.Areas) != areas || result.Areas[0].State != ownership.Owned {
					b.Fatalf("%d areas, the first %s", len(result.Areas), result.Areas[0].State)
				}
			}
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "MB-held")
		})
	}
}

// Passes after the first one, on one core: where nothing has changed although the sources were read again, where one team
// of 300 has one member more, and where one repository of 100 has another CODEOWNERS.
func BenchmarkNextPass(b *testing.B) {
	changes := map[string]func(*Input, int){
		"nothing": func(*Input, int) {},
		"team": func(in *Input, n int) {
			in.Sources = slices.Clone(in.Sources)
			people := &in.Sources[1].Observation
			people.Teams = slices.Clone(people.Teams)
			team := &people.Teams[7]
			team.Members = append(slices.Clone(team.Members[:10]), fmt.Sprintf("p%d", 100+n%2))
		},
		"repository": func(in *Input, n int) {
			in.Sources = slices.Clone(in.Sources)
			git := &in.Sources[0].Observation
			git.Repositories = slices.Clone(git.Repositories)
			git.Repositories[3].Codeowners.Text = fmt.Appendf(nil, "* @acme/t%d\n", n%2)
		},
	}
	for _, areas := range []int{10_000, 100_000} {
		for _, name := range []string{"nothing", "team", "repository"} {
			b.Run(fmt.Sprintf("areas=%d/%s", areas, name), func(b *testing.B) {
				input := organisationOf(areas)
				compiled, problems := CompilePolicies(PolicyInput{Manifests: input.Manifests, Default: policies.Names()})
				if len(problems) > 0 {
					b.Fatal(problems)
				}
				input.Policies = compiled
				engine := New()
				if _, err := engine.Pass(b.Context(), input); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				b.ResetTimer()
				asked, n := 0, 0
				for b.Loop() {
					n++
					changes[name](&input, n)
					outcome, err := engine.Pass(b.Context(), input)
					if err != nil {
						b.Fatal(err)
					}
					asked = outcome.Asked
				}
				b.ReportMetric(float64(asked), "policies-run")
				var memory runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&memory)
				b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "MB-held")
				runtime.KeepAlive(engine)
			})
		}
	}
}
