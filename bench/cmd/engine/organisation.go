package main

import (
	"fmt"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

const (
	repositories = 100
	teams        = 300
	people       = 3000
)

// organisation has a number of areas, each a folder with two files in one of a hundred repositories, 300 teams of ten, and
// 3,000 people. Each area has an accountable team, which its CODEOWNERS names too.
func organisation(areas int) engine.Input {
	known := ownership.Provenance{Source: "s", At: now}
	git := ownership.Observation{Source: "git", Kind: ownership.SourceGit}
	for i := range repositories {
		git.Repositories = append(git.Repositories, ownership.Repository{
			ID: fmt.Sprintf("acme/r%02d", i), Provenance: known, History: ownership.History{Provenance: known},
			Files:      ownership.FileList{Provenance: known},
			Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS", Provenance: known},
		})
	}
	set := &manifest.Set{Areas: make([]manifest.Object[v1alpha1.Area], 0, areas)}
	for i := range areas {
		repository, folder := &git.Repositories[i%repositories], fmt.Sprintf("f%06d", i)
		team := fmt.Sprintf("team:acme/t%d", i%teams)
		repository.Codeowners.Text = fmt.Appendf(repository.Codeowners.Text, "/%s/ @acme/t%d\n", folder, i%teams)
		repository.Files.Paths = append(repository.Files.Paths, folder+"/a.go", folder+"/b.go")
		var area manifest.Object[v1alpha1.Area]
		area.Value.Namespace, area.Value.Name = "n", folder
		area.Value.Spec.Tier = []string{"critical", "low"}[i%2]
		area.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: repository.ID, Paths: []string{folder}}}
		area.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{team}}, {Role: "approver", Holders: []string{team}}}
		set.Areas = append(set.Areas, area)
	}
	return engine.Input{Now: now, Manifests: set, Workers: 1, Sources: []snapshot.Source{
		{Name: "git", Kind: ownership.SourceGit, Observation: git},
		{Name: "people", Kind: ownership.SourcePeople, Observation: everybody(git)},
	}}
}

func everybody(git ownership.Observation) ownership.Observation {
	known := ownership.Provenance{Source: "s", At: now}
	seen := ownership.Observation{
		Source: "people", Kind: ownership.SourcePeople, AllPeople: true, AllTeams: true, AllPermissions: true, TeamOrganisations: []string{"acme"},
	}
	for i := range people {
		seen.People = append(seen.People, ownership.Person{ID: fmt.Sprintf("p%d", i), Kind: ownership.Human, Provenance: known})
	}
	for i := range teams {
		team := ownership.Team{ID: fmt.Sprintf("acme/t%d", i), Provenance: known, Repositories: map[string]ownership.Permission{}}
		for j := range people / teams {
			team.Members = append(team.Members, fmt.Sprintf("p%d", i*people/teams+j))
		}
		for _, repository := range git.Repositories {
			team.Repositories[repository.ID] = ownership.PermissionWrite
		}
		seen.Teams = append(seen.Teams, team)
	}
	return seen
}

// again is what sources say when they are read again: the same, in other lists.
func again(in *engine.Input, n int) {
	sources := make([]snapshot.Source, len(in.Sources))
	copy(sources, in.Sources)
	for i := range sources {
		seen := &sources[i].Observation
		seen.Repositories = append([]ownership.Repository{}, seen.Repositories...)
		seen.People = append([]ownership.Person{}, seen.People...)
		seen.Teams = append([]ownership.Team{}, seen.Teams...)
		for j := range seen.Repositories {
			seen.Repositories[j].At = now.Add(time.Duration(n) * time.Second)
		}
	}
	in.Sources, in.Now = sources, now.Add(time.Duration(n)*time.Second)
}

// oneTeam gives one team another eleventh member each time.
func oneTeam(in *engine.Input, n int) {
	again(in, n)
	team := &in.Sources[1].Observation.Teams[7]
	team.Members = append(append([]string{}, team.Members[:10]...), fmt.Sprintf("p%d", 100+n%2))
}

// oneRepository gives the first area of one repository another owner each time.
func oneRepository(in *engine.Input, n int) {
	again(in, n)
	text := &in.Sources[0].Observation.Repositories[3].Codeowners.Text
	changed := append([]byte{}, *text...)
	changed[len("/f000003/ @acme/t")] = []byte("34")[n%2]
	*text = changed
}
