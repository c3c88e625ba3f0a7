package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// manyRepositories are 100 repositories with 50 folders of 10 files each, an area for each folder. In each, 100 changes
// are to be made: 60 additions to rules of one area, 20 removals there, 20 rules below the catch-all.
func manyRepositories() Input {
	set, repositories := &manifest.Set{}, []ownership.Repository{}
	people := listed("root", "new", "two", "old")
	for r := range 100 {
		name := fmt.Sprintf("acme/r%02d", r)
		var text strings.Builder
		var paths []string
		text.WriteString("# owners\n* @root\n\n")
		for f := range 50 {
			folder := fmt.Sprintf("f%02d", f)
			approvers := []string{"user:root", "user:new", "user:two"}
			if f < 20 {
				fmt.Fprintf(&text, "/%s/ @root @gone # %d\n", folder, f) // two come, one goes
			} else {
				approvers = approvers[:2] // one comes, with a rule of its own where there is none
			}
			if f >= 20 && f < 30 {
				fmt.Fprintf(&text, "/%s/*.go @root\n/%s/*.md @root\n", folder, folder)
			}
			for i := range 10 {
				suffix := ".go"
				if i%2 == 1 {
					suffix = ".md"
				}
				paths = append(paths, fmt.Sprintf("%s/%d%s", folder, i, suffix))
			}
			set.Areas = append(set.Areas, benchArea(name, folder, approvers))
		}
		paths = append(paths, "go.mod") // no area's
		repositories = append(repositories, ownership.Repository{
			ID: name, Files: ownership.FileList{Paths: paths}, Codeowners: ownership.CodeownersFile{Path: file, Text: []byte(text.String())},
		})
	}
	sources := []snapshot.Source{
		{Name: "git", Kind: ownership.SourceGit, Mode: ownership.Enforce, Observation: ownership.Observation{Source: "git", Kind: ownership.SourceGit, Repositories: repositories}},
		{Name: "people", Kind: ownership.SourcePeople, Observation: *people},
	}
	return estate{}.compared(snapshot.Build(snapshot.Input{Now: nine, Manifests: set, Sources: sources}))
}

func benchArea(repository, folder string, approvers []string) manifest.Object[v1alpha1.Area] {
	object := plot{name: strings.ReplaceAll(repository, "/", "-") + "-" + folder}.object()
	object.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: repository, Paths: []string{folder + "/"}}}
	object.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: string(ownership.Approver), Holders: approvers}}
	return object
}

func BenchmarkCandidates(b *testing.B) {
	in := manyRepositories()
	b.ReportAllocs()
	var found []candidate
	for b.Loop() {
		found = candidates(in)
	}
	operations := map[ownership.Operation]int{}
	for _, c := range found {
		if c.brake != "" || c.unknown != "" {
			b.Fatalf("held: %+v", c)
		}
		operations[c.Operation]++
	}
	b.ReportMetric(float64(len(found)), "changes")
	b.ReportMetric(float64(operations[ownership.AddRule]), "rules")
	b.ReportMetric(float64(operations[ownership.RemoveOwner]), "removals")
}

// BenchmarkMake is the whole of planning: candidates, brakes, order and hash.
func BenchmarkMake(b *testing.B) {
	in := manyRepositories()
	in.Limits = Limits{RemovalPercent: 100, Changes: 1 << 20}
	b.ReportAllocs()
	var made ownership.Plan
	for b.Loop() {
		made = Make(in)
	}
	b.ReportMetric(float64(len(made.Changes)), "changes")
	b.ReportMetric(float64(len(made.Held)), "held")
}
