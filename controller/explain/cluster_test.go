package explain

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// An owner of a namespace is observed where the namespace says so.
func TestNamespace(t *testing.T) {
	observation := ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, At: now, AllNamespaces: true,
		Labelling: ownership.Labelling{Role: ownership.Accountable, Keys: []string{"remit.dev/owner"}, TeamOrganization: "acme"},
	}
	n := ownership.Namespace{Name: "pay", Labels: map[string]string{"remit.dev/owner": "pay"}, Provenance: known("cluster")}
	n.Owners = observation.Labelling.Read(nil, n.Labels)
	n.Workloads = []ownership.Workload{{Kind: "Deployment", Name: "api", Provenance: known("cluster")}}
	observation.Namespaces = []ownership.Namespace{n}
	set := &manifest.Set{}
	policies, _ := engine.CompilePolicies(engine.PolicyInput{Manifests: set})
	outcome, err := engine.Pass(t.Context(), engine.Input{Now: now, Manifests: set, Policies: policies, Sources: []snapshot.Source{
		{Name: "cluster", Kind: ownership.SourceKubernetes, Discover: true, Observation: observation},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"namespace:pay", "pay"} {
		answer, err := Explain(outcome, Question{Text: text})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		area := answer.Area
		if area == nil || area.ID != "namespace:pay" || !area.Virtual || area.State != ownership.Owned || area.Objects != 2 {
			t.Fatalf("%q is about %+v", text, area)
		}
		want := []Observed{{
			Source: "cluster", Authoritative: true, Files: 2, Total: 2, Unit: "objects",
			Rules: []Rule{{Location: ownership.Location{Object: "namespace pay label remit.dev/owner"}}},
		}}
		if diff := cmp.Diff(want, area.role(t, ownership.Accountable).Holders[0].Observed); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	holder, err := Explain(outcome, Question{Text: "team:acme/pay"})
	if err != nil || holder.Holder == nil || len(holder.Holder.Holds) != 1 {
		t.Errorf("they hold the namespace: %+v, %v", holder, err)
	}
}
