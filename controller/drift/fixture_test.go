package drift

import (
	"time"

	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func areaWith(coverage ownership.Coverage) *snapshot.Area {
	return &snapshot.Area{AreaManifest: &snapshot.AreaManifest{ID: "default/area"}, Coverage: coverage}
}

func person(id string) ownership.Person {
	return ownership.Person{ID: id, Kind: ownership.Human, Logins: map[string]string{"github": id}}
}

// emptySnapshot has one source that decides over approvers, and knows no people.
func emptySnapshot() *snapshot.Snapshot {
	return snapshotOf(ownership.Observation{Source: "git", Kind: ownership.SourceGit})
}

func snapshotOf(seen ownership.Observation) *snapshot.Snapshot {
	return snapshot.Build(snapshot.Input{
		Now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Manifests: &manifest.Set{},
		Sources: []snapshot.Source{{Name: seen.Source, Kind: seen.Kind, Observation: seen}},
	})
}
