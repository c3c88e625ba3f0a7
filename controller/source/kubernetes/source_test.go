package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// cluster lists what is given by kind; a kind in failing cannot be listed.
type cluster struct {
	objects map[string][]metav1.PartialObjectMetadata
	failing map[string]bool
}

func (c cluster) List(_ context.Context, kind schema.GroupVersionKind) ([]metav1.PartialObjectMetadata, error) {
	if c.failing[kind.Kind] {
		return nil, errors.New("forbidden")
	}
	return c.objects[kind.Kind], nil
}

func object(name string, labels, annotations map[string]string) metav1.PartialObjectMetadata {
	namespace, bare, found := strings.Cut(name, "/")
	if !found {
		namespace, bare = "", name
	}
	return metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: bare, Labels: labels, Annotations: annotations}}
}

type keys = map[string]string

func known(object string) ownership.Provenance {
	return ownership.Provenance{Source: "cluster", Location: object, At: now}
}

func TestObserve(t *testing.T) {
	spec := v1alpha1.KubernetesSource{
		TeamOrganization: "Acme", Workloads: []v1alpha1.WorkloadKind{"Deployment", "CronJob"},
		Owners: []v1alpha1.OwnerName{{Name: "the-boss", Holder: "user:ann"}},
	}
	c := cluster{objects: map[string][]metav1.PartialObjectMetadata{
		"Namespace": {
			object("web", keys{"remit.dev/owner": "web", "tier": "low"}, keys{"a8r.io/owner": "bob@acme.example"}),
			object("kube-system", nil, nil),
			object("pay", keys{"remit.dev/owner": "pay"}, keys{"remit.dev/owner": "team:other/pay"}),
		},
		"Deployment":  {object("web/b", keys{"app": "b"}, nil), object("web/a", nil, keys{"remit.dev/owner": "the-boss"}), object("gone/x", nil, nil)},
		"CronJob":     {object("web/c", nil, keys{"a8r.io/owner": "@dee"})},
		"StatefulSet": {object("web/not-asked-for", nil, nil)},
	}}
	got := New("cluster", spec, c).Observe(t.Context(), now)
	want := ownership.Observation{
		Source: "cluster", Kind: ownership.SourceKubernetes, At: now, AllNamespaces: true,
		Labelling: ownership.Labelling{
			Role: "accountable", Keys: []string{"remit.dev/owner", "a8r.io/owner"}, TeamOrganization: "acme",
			Names: []ownership.OwnerName{{Name: "the-boss", Holder: "user:ann"}},
		},
		Namespaces: []ownership.Namespace{
			{Name: "pay", Labels: keys{"remit.dev/owner": "pay"}, Provenance: known("namespace pay"), Owners: []ownership.NamedOwner{
				{Key: "remit.dev/owner", Annotation: true, Value: "team:other/pay", Holder: "team:other/pay"},
				{Key: "remit.dev/owner", Value: "pay", Holder: "team:acme/pay"},
			}},
			{Name: "web", Labels: keys{"remit.dev/owner": "web", "tier": "low"}, Provenance: known("namespace web"), Owners: []ownership.NamedOwner{
				{Key: "remit.dev/owner", Value: "web", Holder: "team:acme/web"},
				{Key: "a8r.io/owner", Annotation: true, Value: "bob@acme.example", Holder: "user:bob@acme.example"},
			}, Workloads: []ownership.Workload{
				{Kind: "CronJob", Name: "c", Provenance: known("cronjob web/c"), Owners: []ownership.NamedOwner{{Key: "a8r.io/owner", Annotation: true, Value: "@dee", Holder: "user:dee"}}},
				{Kind: "Deployment", Name: "a", Provenance: known("deployment web/a"), Owners: []ownership.NamedOwner{{Key: "remit.dev/owner", Annotation: true, Value: "the-boss", Holder: "user:ann"}}},
				{Kind: "Deployment", Name: "b", Labels: keys{"app": "b"}, Provenance: known("deployment web/b")},
			}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What cannot be listed, or means nobody, is unknown and never absent.
func TestUnknown(t *testing.T) {
	spec := v1alpha1.KubernetesSource{Workloads: []v1alpha1.WorkloadKind{"Deployment", "CronJob"}}
	objects := map[string][]metav1.PartialObjectMetadata{
		"Namespace":  {object("web", nil, keys{"remit.dev/owner": "no\x1b[31mbody", "a8r.io/owner": "user:ann"})},
		"Deployment": {object("web/a", nil, nil)},
	}
	t.Run("no cluster", func(t *testing.T) {
		got := New("cluster", spec, nil).Observe(t.Context(), now)
		if got.Unknown == "" || got.AllNamespaces || got.Labelling.Role != ownership.Accountable {
			t.Errorf("everything is unknown, and how owners are named is not: %+v", got)
		}
	})
	t.Run("namespaces", func(t *testing.T) {
		got := New("cluster", spec, cluster{objects, map[string]bool{"Namespace": true}}).Observe(t.Context(), now)
		if got.Unknown != "namespaces cannot be listed: forbidden" || got.Namespaces != nil {
			t.Errorf("nothing is known: %+v", got)
		}
		if len(got.Problems) != 1 || got.Problems[0].Message != got.Unknown || !strings.Contains(got.Problems[0].Remedy, "crds/rbac/") {
			t.Errorf("it is said what to do: %+v", got.Problems)
		}
	})
	t.Run("a kind", func(t *testing.T) {
		got := New("cluster", spec, cluster{objects, map[string]bool{"CronJob": true}}).Observe(t.Context(), now)
		if got.Unknown != "" || !got.AllNamespaces || got.WorkloadsUnknown != "workloads of kind CronJob cannot be listed: forbidden" || len(got.Namespaces[0].Workloads) != 1 {
			t.Errorf("of the rest all is known: %+v", got)
		}
	})
	t.Run("a value", func(t *testing.T) {
		got := New("cluster", spec, cluster{objects, nil}).Observe(t.Context(), now)
		want := []ownership.Problem{{
			Location: ownership.Location{Object: "namespace web annotation remit.dev/owner"}, Warning: true,
			Message: `"no\x1b[31mbody" names no holder: want user:LOGIN, team:ORGANISATION/TEAM, @ORGANISATION/TEAM or an e-mail address; so who owns the namespace web is unknown`,
			Remedy:  "correct it, or say in spec.kubernetes.owners of the source cluster which holder it is",
		}}
		if diff := cmp.Diff(want, got.Problems); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if owners := got.Namespaces[0].Owners; len(owners) != 2 || owners[0].Unknown == "" || owners[0].Holder != "" {
			t.Errorf("it is the one that decides, and it is unknown whom it means: %+v", owners)
		}
	})
	t.Run("a selector", func(t *testing.T) {
		wrong := spec
		wrong.Namespaces = &v1alpha1.LabelSelector{MatchExpressions: []v1alpha1.LabelExpression{{Key: "a", Operator: "Like"}}}
		got := New("cluster", wrong, cluster{objects, nil}).Observe(t.Context(), now)
		if got.Unknown == "" || len(got.Problems) != 1 || got.Problems[0].Field != "spec.kubernetes.namespaces" {
			t.Errorf("which namespaces are meant is unknown: %+v", got)
		}
	})
	t.Run("too much", func(t *testing.T) {
		var many []metav1.PartialObjectMetadata
		for i := range maxNamespaces + 1 {
			many = append(many, object(fmt.Sprintf("n%06d", i), nil, keys{"remit.dev/owner": "nobody"}))
		}
		large := object("a", keys{"remit.dev/owner": "nobody", "x": strings.Repeat("x", maxLabelBytes)}, nil)
		many = append(many, large)
		got := New("cluster", spec, cluster{objects: map[string][]metav1.PartialObjectMetadata{"Namespace": many}}).Observe(t.Context(), now)
		if got.AllNamespaces || got.NamespacesUnknown == "" || len(got.Namespaces) != maxNamespaces {
			t.Errorf("%d namespaces, of which all are %v: %s", len(got.Namespaces), got.AllNamespaces, got.NamespacesUnknown)
		}
		if first := got.Namespaces[0]; first.Unknown == "" || first.Labels != nil || first.Owners != nil {
			t.Errorf("what is too large is unknown: %+v", first)
		}
		if len(got.Problems) != maxProblems+1 {
			t.Errorf("%d problems are told, want %d and one that counts the rest", len(got.Problems), maxProblems)
		}
	})
}

func TestSelected(t *testing.T) {
	objects := map[string][]metav1.PartialObjectMetadata{"Namespace": {
		object("kube-system", keys{"watched": "yes"}, nil), object("web", nil, nil), object("kubernetes-dashboard", nil, nil),
	}}
	for name, test := range map[string]struct {
		reason   string
		selector *v1alpha1.LabelSelector
		want     []string
	}{
		"absent":   {"all but those of the system", nil, []string{"kubernetes-dashboard", "web"}},
		"selected": {"those alone, also of the system", &v1alpha1.LabelSelector{MatchLabels: keys{"watched": "yes"}}, []string{"kube-system"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, n := range New("cluster", v1alpha1.KubernetesSource{Namespaces: test.selector}, cluster{objects: objects}).Observe(t.Context(), now).Namespaces {
				got = append(got, n.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}
