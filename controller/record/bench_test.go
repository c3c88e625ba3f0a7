package record

import (
	stdbytes "bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// large has 10,000 areas, 300 repositories of 300 files, 1,000 people and 30,000 commits.
func large(b *testing.B) Recording {
	b.Helper()
	set := &manifest.Set{}
	for i := range 10_000 {
		var area manifest.Object[v1alpha1.Area]
		area.Value.Namespace, area.Value.Name = "web", fmt.Sprintf("area-%d", i)
		area.Value.Spec.Description = "what the area is for, in a sentence"
		area.Value.Spec.Scope.Repositories = []v1alpha1.RepositoryScope{{Name: fmt.Sprintf("acme/repo%d", i%300), Paths: []string{fmt.Sprintf("/folder%d/", i/300)}}}
		area.Value.Spec.Roles = []v1alpha1.RoleHolders{{Role: "accountable", Holders: []string{fmt.Sprintf("user:login%d", i%1000)}}}
		set.Areas = append(set.Areas, area)
	}
	people := ownership.Observation{Source: "people", Kind: ownership.SourcePeople, AllPeople: true}
	for i := range 1000 {
		login := fmt.Sprintf("login%d", i)
		people.People = append(people.People, ownership.Person{
			ID: login, Name: fmt.Sprintf("Given%d Family%d", i, i), Kind: ownership.Human,
			Logins: map[string]string{"github": login}, Emails: []string{login + "@acme.example"},
		})
	}
	code := ownership.Observation{Source: "git", Kind: ownership.SourceGit}
	for i := range 300 {
		r := ownership.Repository{ID: fmt.Sprintf("acme/repo%d", i), Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS"}}
		var text stdbytes.Buffer
		for j := range 300 {
			path := fmt.Sprintf("folder%02d/file%03d.go", j/10, j)
			r.Files.Paths = append(r.Files.Paths, path)
			_, _ = fmt.Fprintf(&text, "/%s @login%d @acme/web\n", path, j)
			if j < 100 {
				r.History.Commits = append(r.History.Commits, ownership.Commit{
					ID: fmt.Sprintf("%040x", i*300+j), Author: fmt.Sprintf("login%d@acme.example", j), AuthorName: fmt.Sprintf("Given%d Family%d", j, j),
					When: now.Add(-time.Duration(j) * time.Hour), Paths: []string{path},
				})
			}
		}
		r.Codeowners.Text = text.Bytes()
		code.Repositories = append(code.Repositories, r)
	}
	policies, problems := engine.CompilePolicies(engine.PolicyInput{Manifests: set, Default: []string{"accountable-holder"}})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return Recording{Input: engine.Input{Now: now, Manifests: set, Policies: policies, Sources: []snapshot.Source{
		{Name: "git", Kind: ownership.SourceGit, Observation: code}, {Name: "people", Kind: ownership.SourcePeople, Observation: people},
	}}}
}

func BenchmarkLarge(b *testing.B) {
	r := large(b)
	var file stdbytes.Buffer
	if err := Write(&file, r); err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := Write(io.Discard, r); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(file.Len()), "bytes/file")
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := Read(stdbytes.NewReader(file.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("redact", func(b *testing.B) {
		for b.Loop() {
			if _, err := Redact(r, testKey); err != nil {
				b.Fatal(err)
			}
		}
	})
}
