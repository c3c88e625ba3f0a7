package source

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

func TestAuthority(t *testing.T) {
	tests := map[string]struct {
		reason string
		given  v1alpha1.OwnershipSourceSpec
		want   snapshot.Authority
	}{
		"absent": {"every role, everywhere", v1alpha1.OwnershipSourceSpec{}, snapshot.Authority{}},
		"none":   {"an empty list informs only", v1alpha1.OwnershipSourceSpec{Authoritative: &v1alpha1.Authority{}}, snapshot.Authority{Roles: []ownership.Role{}}},
		"some": {
			"as given", v1alpha1.OwnershipSourceSpec{Authoritative: &v1alpha1.Authority{Roles: []string{"approver"}, Repositories: []string{"acme/*"}}},
			snapshot.Authority{Roles: []ownership.Role{ownership.Approver}, Repositories: []string{"acme/*"}},
		},
		"catalog": {
			"Backstage shows who is accountable and nothing else", v1alpha1.OwnershipSourceSpec{Catalog: &v1alpha1.CatalogSource{}},
			snapshot.Authority{Roles: []ownership.Role{ownership.Accountable}},
		},
		"both formats": {
			"and Prow who approves", v1alpha1.OwnershipSourceSpec{Catalog: &v1alpha1.CatalogSource{Formats: []v1alpha1.CatalogFormat{"prow", "backstage"}}},
			snapshot.Authority{Roles: []ownership.Role{ownership.Accountable, ownership.Approver}},
		},
		"more than it shows": {
			"a catalog cannot decide what it does not show",
			v1alpha1.OwnershipSourceSpec{
				Catalog:       &v1alpha1.CatalogSource{Formats: []v1alpha1.CatalogFormat{"prow"}},
				Authoritative: &v1alpha1.Authority{Roles: []string{"approver", "accountable"}},
			},
			snapshot.Authority{Roles: []ownership.Role{ownership.Approver}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, authority(test.given)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// panics is a source with a fault.
type panics struct{}

func (panics) Name() string               { return "bad" }
func (panics) Kind() ownership.SourceKind { return ownership.SourcePeople }
func (panics) Watch() []string            { return nil }
func (panics) Observe(context.Context, time.Time) ownership.Observation {
	panic("index out of range")
}

func TestPlacedSurvivesAPanic(t *testing.T) {
	got := placed{Source: panics{}}.Observe(t.Context(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	if !strings.Contains(got.Unknown, "index out of range") || len(got.Problems) != 1 || got.Source != "bad" {
		t.Errorf("a source that panics is unknown, and that is said: %+v", got)
	}
}
