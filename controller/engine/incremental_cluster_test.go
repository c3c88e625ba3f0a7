package engine

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

func newRandomCluster() ownership.Observation {
	return ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, AllNamespaces: true,
		Labelling: ownership.Labelling{
			Role: ownership.Accountable, Keys: []string{"remit.dev/owner"}, TeamOrganization: "acme", WriteLabel: "remit.dev/owner",
			Names: []ownership.OwnerName{{Name: "dee", Holder: "user:dee"}},
		},
	}
}

func (w *randomWorld) changeNamespace(t *rapid.T) {
	name := rapid.SampledFrom([]string{"shop", "shop", "tools", "other"}).Draw(t, "namespace")
	w.cluster.Namespaces = slices.DeleteFunc(slices.Clone(w.cluster.Namespaces), func(n ownership.Namespace) bool { return n.Name == name })
	if rapid.IntRange(0, 5).Draw(t, "gone") == 0 {
		return
	}
	metadata := func() (map[string]string, []ownership.NamedOwner) {
		labels := pairs(rapid.SampledFrom([]string{"", "team=ops", "team=free", "team=ops,tier=job", "tier=job"}).Draw(t, "labels"))
		if owner := rapid.SampledFrom([]string{"", "", "web", "pay", "dee", "unknown"}).Draw(t, "label"); owner != "" {
			labels["remit.dev/owner"] = owner
		}
		annotations := pairs(rapid.SampledFrom([]string{"", "", "remit.dev/owner=@ann-gh", "remit.dev/owner=user:bob", "remit.dev/owner=nobody at all"}).Draw(t, "annotation"))
		return labels, w.cluster.Labelling.Read(annotations, labels)
	}
	n := ownership.Namespace{Name: name, Provenance: w.provenance(t, "cluster")}
	n.Labels, n.Owners = metadata()
	for _, workload := range []string{"a", "b"} {
		if rapid.IntRange(0, 2).Draw(t, "workload") == 0 {
			each := ownership.Workload{Kind: "Deployment", Name: workload, Provenance: w.provenance(t, "cluster")}
			each.Labels, each.Owners = metadata()
			n.Workloads = append(n.Workloads, each)
		}
	}
	w.cluster.Namespaces = append(w.cluster.Namespaces, n)
	slices.SortFunc(w.cluster.Namespaces, func(a, b ownership.Namespace) int { return strings.Compare(a.Name, b.Name) })
}
