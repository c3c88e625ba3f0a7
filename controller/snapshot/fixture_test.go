package snapshot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// declareArea makes an Area; each scope is "repository" or "repository:path,path".
func declareArea(name, parent string, scopes ...string) manifest.Object[v1alpha1.Area] {
	var object manifest.Object[v1alpha1.Area]
	object.Value.Namespace, object.Value.Name = "web", name
	object.Value.Spec.Parent = parent
	for _, text := range scopes {
		repository, paths, _ := strings.Cut(text, ":")
		scope := v1alpha1.RepositoryScope{Name: repository}
		if paths != "" {
			scope.Paths = strings.Split(paths, ",")
		}
		object.Value.Spec.Scope.Repositories = append(object.Value.Spec.Scope.Repositories, scope)
	}
	return object
}

// gitSource sees one repository with these rules and files.
func gitSource(name, rules string, files ...string) Source {
	known := ownership.Provenance{Source: name, At: now}
	return Source{Name: name, Kind: ownership.SourceGit, Observation: ownership.Observation{
		Source: name, Kind: ownership.SourceGit, Repositories: []ownership.Repository{{
			ID: "acme/shop", Provenance: known, Files: ownership.FileList{Paths: files, Provenance: known},
			Codeowners: ownership.CodeownersFile{Path: "CODEOWNERS", Text: []byte(rules), Provenance: known},
		}},
	}}
}

func build(areas []manifest.Object[v1alpha1.Area], sources ...Source) *Snapshot {
	return Build(Input{Now: now, Manifests: &manifest.Set{Areas: areas}, Sources: sources})
}

// summary writes each area as "name total/owned/unowned/unmatched", and its reason for being stalled.
func summary(s *Snapshot) string {
	var lines []string
	for _, area := range s.Areas {
		c := area.Coverage
		line := fmt.Sprintf("%s %d/%d/%d/%d", area.Name, c.Total, c.Owned, c.Unowned, c.Unmatched)
		if reason, _, _ := strings.Cut(area.Stalled, ":"); reason != "" {
			line += " " + reason
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func mustDiff(t *testing.T, reason, diff string) {
	t.Helper()
	if diff != "" {
		t.Errorf("%s:\n%s", reason, diff)
	}
}
