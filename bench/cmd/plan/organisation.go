package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/drift"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/plan"
	"github.com/remit-dev/remit/controller/snapshot"
)

const (
	repositories = 100
	folders      = 50 // of a repository, an area for each
	files        = 10 // of a folder
)

// organisation has 100 changes to be made in each repository: 60 owners come to rules of one area and 20 go there, and
// 20 areas that share the catch-all get rules of their own below it.
func organisation() plan.Input {
	set, observed := &manifest.Set{}, []ownership.Repository{}
	for r := range repositories {
		name := fmt.Sprintf("acme/r%02d", r)
		var text strings.Builder
		var paths []string
		text.WriteString("# owners\n* @root\n\n")
		for f := range folders {
			folder := fmt.Sprintf("f%02d", f)
			approvers := []string{"user:root", "user:new", "user:two"}
			switch {
			case f < 20: // two come, one goes
				fmt.Fprintf(&text, "/%s/ @root @gone # %d\n", folder, f)
			case f < 30: // one comes to each of two rules
				fmt.Fprintf(&text, "/%s/*.go @root\n/%s/*.md @root\n", folder, folder)
				approvers = approvers[:2]
			default: // one comes, with a new rule
				approvers = approvers[:2]
			}
			for i := range files {
				paths = append(paths, fmt.Sprintf("%s/%d%s", folder, i, []string{".go", ".md"}[i%2]))
			}
			set.Areas = append(set.Areas, area(name, folder, approvers))
		}
		paths = append(paths, "go.mod") // no area's
		observed = append(observed, ownership.Repository{
			ID: name, Files: ownership.FileList{Paths: paths},
			Codeowners: ownership.CodeownersFile{Path: ".github/CODEOWNERS", Text: []byte(text.String())},
		})
	}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	return compared(now, snapshot.Build(snapshot.Input{Now: now, Manifests: set, Sources: []snapshot.Source{
		{Name: "git", Kind: ownership.SourceGit, Mode: ownership.Enforce, Observation: ownership.Observation{
			Source: "git", Kind: ownership.SourceGit, Repositories: observed,
		}},
		{Name: "people", Kind: ownership.SourcePeople, Observation: people("root", "new", "two")},
	}}))
}

func people(names ...string) ownership.Observation {
	seen := ownership.Observation{Source: "people", Kind: ownership.SourcePeople, AllPeople: true}
	for _, name := range names {
		seen.People = append(seen.People, ownership.Person{ID: name, Kind: ownership.Human, Logins: map[string]string{"github": name}})
	}
	return seen
}

func area(repository, folder string, approvers []string) manifest.Object[v1alpha1.Area] {
	var object manifest.Object[v1alpha1.Area]
	object.Value.Namespace, object.Value.Name = "default", strings.ReplaceAll(repository, "/", "-")+"-"+folder
	object.Value.Spec.Mode = string(ownership.Enforce)
	object.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: repository, Paths: []string{folder + "/"}}}
	object.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: string(ownership.Approver), Holders: approvers}}
	return object
}

// compared finds the drift between what the areas declare and what is observed.
func compared(now time.Time, s *snapshot.Snapshot) plan.Input {
	in := plan.Input{Now: now, Snapshot: s}
	for _, area := range s.Areas {
		one := drift.Area{Area: area, Declared: ownership.Assignments[ownership.Declaration]{}}
		for _, layer := range area.Layers.Of(ownership.Approver) {
			one.Declared.Set(ownership.Approver, append(one.Declared.Of(ownership.Approver), layer.Declarations...))
		}
		in.Areas, in.Drift = append(in.Areas, one), append(in.Drift, drift.Compare(one, s))
	}
	return in
}
