package grant_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// Namespaces go to those who are granted them, whatever labels they have and who claims them otherwise.
func TestClaimedNamespaces(t *testing.T) {
	set := mustLoad(t, organisation+`---
kind: Area
metadata: {name: x, namespace: pay}
spec: {scope: {namespaces: [{name: kube-system}, {selector: {matchLabels: {team: pay}}}]}}
---
kind: Area
metadata: {name: cluster, namespace: remit-system}
spec: {scope: {namespaces: [{name: kube-system}]}}
---
kind: Area
metadata: {name: labelled, namespace: remit-system}
spec: {scope: {namespaces: [{selector: {matchLabels: {shared: "yes"}}}]}}
---
kind: Area
metadata: {name: x, namespace: evil}
spec: {scope: {namespaces: [{selector: {matchExpressions: [{key: team, operator: Exists}]}}, {name: free}]}}
`)
	known := ownership.Provenance{Source: "cluster", At: now}
	labels := map[string]map[string]string{
		"pay-eu": {"team": "pay"}, "lured": {"team": "pay"}, "other": {"team": "pay", "shared": "yes"}, "kube-system": {"team": "pay"}, "free": nil,
	}
	observation := ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, At: now, AllNamespaces: true, Labelling: ownership.Labelling{WriteLabel: "owner"},
	}
	for _, name := range []string{"free", "kube-system", "lured", "other", "pay-eu"} {
		observation.Namespaces = append(observation.Namespaces, ownership.Namespace{Name: name, Labels: labels[name], Provenance: known})
	}
	s := snapshot.Build(snapshot.Input{Now: now, Manifests: apply(set).Set, Sources: []snapshot.Source{{
		Name: "cluster", Kind: ownership.SourceKubernetes, Discover: true, Observation: observation,
	}}})
	var got []string
	for _, one := range s.Labelled() {
		got = append(got, fmt.Sprintf("%s: %s", one.Facts.Name, one.Area.ID))
	}
	slices.Sort(got)
	want := []string{
		"free: namespace:free", "kube-system: remit-system/cluster", "lured: namespace:lured", "other: remit-system/labelled", "pay-eu: pay/x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
