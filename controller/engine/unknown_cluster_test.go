package engine

import (
	"slices"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
)

// richCluster has namespaces that are claimed by name, by labels, by several and by nobody, and workloads of their own owners.
func richCluster() ownership.Observation {
	o := ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, At: now, AllNamespaces: true,
		Labelling: ownership.Labelling{
			Role: ownership.Accountable, Keys: []string{"remit.dev/owner", "a8r.io/owner"}, TeamOrganization: "acme", WriteLabel: "remit.dev/owner",
			Names: []ownership.OwnerName{{Name: "dee", Holder: "user:dee"}},
		},
	}
	add := func(name, labels, annotations string, workloads ...ownership.Workload) {
		n := ownership.Namespace{Name: name, Labels: pairs(labels), Workloads: workloads, Provenance: seenBy("cluster", "namespace "+name)}
		n.Owners = o.Labelling.Read(pairs(annotations), n.Labels)
		o.Namespaces = append(o.Namespaces, n)
	}
	workload := func(name, labels, annotations string) ownership.Workload {
		w := ownership.Workload{Kind: "Deployment", Name: name, Labels: pairs(labels), Provenance: seenBy("cluster", "deployment "+name)}
		w.Owners = o.Labelling.Read(pairs(annotations), w.Labels)
		return w
	}
	add("alone", "", "")
	add("cart", "app=cart", "remit.dev/owner=ann@acme.example", workload("api", "", ""))
	add("left", "team=free", "a8r.io/owner=user:cem")
	add("ops", "team=ops,a8r.io/owner=web", "", workload("job", "tier=job", ""), workload("run", "", "remit.dev/owner=team:acme/ops"))
	add("ops-too", "team=ops,remit.dev/owner=ops", "", workload("job", "tier=job,remit.dev/owner=dee", ""))
	add("seen", "remit.dev/owner=all", "")
	add("shop", "remit.dev/owner=pay", "", workload("job", "tier=job", "remit.dev/owner=@finn"), workload("web", "", ""))
	add("tied", "team=ops,app=cart", "")
	return o
}

func pairs(text string) map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		if key, value, found := strings.Cut(pair, "="); found {
			all[key] = value
		}
	}
	return all
}

// clusterObjects are the manifests that claim them.
var clusterObjects = map[string]string{
	"OwnershipSource/cluster": "  mode: Enforce\n  kubernetes: {discover: true, teamOrganization: acme, writeLabel: remit.dev/owner, owners: [{name: dee, holder: \"user:dee\"}]}\n",
	"Area/in-shop": `  tier: critical
  parent: shop
  mode: Enforce
  scope: {namespaces: [{name: shop}]}
`,
	"Area/in-cart": "  tier: low\n  mode: Enforce\n  scope: {namespaces: [{selector: {matchLabels: {app: cart}}}]}\n  roles: [{role: accountable, holders: [\"team:acme/pay\"]}]\n",
	"Area/in-ops":  "  tier: low\n  mode: Enforce\n  scope: {namespaces: [{selector: {matchLabels: {team: ops}}}]}\n  roles: [{role: accountable, holders: [\"team:acme/ops\"]}]\n",
	"Area/jobs":    "  tier: low\n  scope: {namespaces: [{selector: {matchExpressions: [{key: team, operator: Exists}]}, workloads: {matchLabels: {tier: job}}}, {name: shop, workloads: {matchLabels: {tier: job}}}]}\n",
	"Area/free":    "  tier: low\n  scope: {namespaces: [{name: left}, {name: nowhere}]}\n",
	"Area/seen":    "  tier: low\n  mode: Enforce\n  scope: {repositories: [{name: acme/tools, paths: [main.go]}], namespaces: [{name: seen}]}\n  roles: [{role: accountable, holders: [\"team:acme/web\"]}]\n",
}

func addNamespaceFacts(add func(string, func(*richWorld)), source string, seen ownership.Namespace) {
	name := "namespace " + seen.Name
	is := func(n ownership.Namespace) bool { return n.Name == seen.Name }
	at := func(w *richWorld) *ownership.Namespace { return find(w.source(source).Namespaces, is) }
	unknown := ownership.Provenance{Source: source, Unknown: why}
	add(name, func(w *richWorld) { at(w).Unknown = why })
	add(name+", with nothing of it", func(w *richWorld) { *at(w) = ownership.Namespace{Name: seen.Name, Provenance: unknown} })
	add(name+", without labels", func(w *richWorld) { at(w).Unknown, at(w).Labels = why, nil })
	add(name+", not listed", func(w *richWorld) {
		o := w.source(source)
		o.Namespaces, o.AllNamespaces = slices.DeleteFunc(o.Namespaces, is), false
	})
	if len(seen.Owners) > 0 {
		add("the owner of "+name, func(w *richWorld) {
			if n := at(w); len(n.Owners) > 0 {
				n.Owners[0].Unknown, n.Owners[0].Holder = why, ""
			}
		})
	}
	for _, workload := range seen.Workloads {
		isIt := func(o ownership.Workload) bool { return o.Name == workload.Name }
		it := func(w *richWorld) *ownership.Workload { return find(at(w).Workloads, isIt) }
		name := "workload " + seen.Name + "/" + workload.Name
		add(name, func(w *richWorld) { it(w).Unknown = why })
		add(name+", with nothing of it", func(w *richWorld) {
			*it(w) = ownership.Workload{Kind: workload.Kind, Name: workload.Name, Provenance: unknown}
		})
		add(name+", not listed", func(w *richWorld) {
			n := at(w)
			n.Workloads, w.source(source).WorkloadsUnknown = slices.DeleteFunc(n.Workloads, isIt), why
		})
		add("the owner of "+name, func(w *richWorld) {
			it(w).Owners = []ownership.NamedOwner{{Key: "remit.dev/owner", Value: "?", Unknown: why}}
		})
	}
}

// labelChanges are the namespaces whose owners the plan would change, and what they would be.
func labelChanges(changes []ownership.Change) map[string]bool {
	told := map[string]bool{}
	for _, change := range changes {
		if change.Target == ownership.TargetKubernetes {
			told["a change: "+change.Namespace+" "+change.Key+" becomes "+change.After+string(change.Operation)] = true
		}
	}
	return told
}
