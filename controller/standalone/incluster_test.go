package standalone

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// What is in a cluster only is unknown here, with a reason at its place in the manifest, and harms nothing else.
func TestSourcesOfACluster(t *testing.T) {
	for name, test := range map[string]struct {
		reason, spec, field, why string
		kind                     ownership.SourceKind
		// payments is the state of an area of a checkout that is there.
		payments ownership.State
	}{
		"git": {
			reason: "the manifest's own folder is not read in the place of the clone", spec: "{git: {url: 'https://git.example/acme/web', discover: true}, credentials: {read: {name: web}}}",
			field: "spec.credentials", why: "its credentials are in a Secret, which is read in a cluster only", kind: ownership.SourceGit, payments: ownership.Owned,
		},
		"catalog": {
			reason: "who is accountable by the catalog is unknown, and declared all the same", spec: "{catalog: {url: 'https://git.example/acme/web'}, credentials: {read: {name: web}}}",
			field: "spec.credentials", why: "its credentials are in a Secret, which is read in a cluster only", kind: ownership.SourceCatalog, payments: ownership.Owned,
		},
		"people": {
			reason: "nobody's absence is proved by a list that is not read", spec: "{people: {configMap: {name: people}}}",
			field: "spec.people.configMap", why: "a ConfigMap is read in a cluster only", kind: ownership.SourcePeople, payments: ownership.Unknown,
		},
		"kubernetes": {
			reason: "there is no cluster", spec: "{kubernetes: {discover: true}, materialize: {namespace: areas}}",
			field: "spec.kubernetes", why: "namespaces and workloads are read in a cluster only", kind: ownership.SourceKubernetes, payments: ownership.Owned,
		},
	} {
		t.Run(name, func(t *testing.T) {
			manifests := organisation(newCheckout(t, "shop", shop()))
			manifests["cluster.yaml"] = "apiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: cluster}\nspec: " + test.spec + "\n"
			folder := newManifests(t, manifests)
			result := checkNow(t, newChecker(t, Settings{Manifests: folder}))
			at := slices.IndexFunc(result.Sources, func(s ownership.SourceStatus) bool { return s.Name == "cluster" })
			if at < 0 || result.Sources[at].Unknown != test.why || result.Sources[at].Kind != test.kind {
				t.Errorf("%s: want it unknown, as %q: %+v", test.reason, test.why, result.Sources)
			}
			var said []ownership.Problem
			for _, problem := range result.Problems {
				if strings.HasPrefix(problem.Field, "spec.") {
					said = append(said, problem)
				}
			}
			if len(said) != 1 || said[0].Field != test.field || !said[0].Warning || said[0].Remedy == "" || !strings.HasSuffix(said[0].File, "cluster.yaml") {
				t.Errorf("want one warning at %s: %v", test.field, result.Problems)
			}
			if diff := cmp.Diff(map[string]ownership.State{"shop/payments": test.payments}, states(result)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}
