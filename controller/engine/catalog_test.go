package engine

import (
	"context"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// catalogSource says what it is told to.
type catalogSource struct{ says ownership.Observation }

func (c *catalogSource) Name() string               { return "catalog" }
func (c *catalogSource) Kind() ownership.SourceKind { return ownership.SourceCatalog }
func (c *catalogSource) Watch() []string            { return nil }
func (c *catalogSource) Observe(context.Context, time.Time) ownership.Observation {
	return c.says
}

func TestObserveCatalogs(t *testing.T) {
	start := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	observation := func(at time.Time, unknown string) ownership.Observation {
		return ownership.Observation{Source: "catalog", Kind: ownership.SourceCatalog, At: at, Catalogs: []ownership.Catalog{
			{Repository: "acme/shop", Head: at.String(), Provenance: ownership.Provenance{At: at, Unknown: unknown}},
		}}
	}
	cases := map[string]struct {
		reason string
		after  time.Duration
		// known says that the facts of before stand in.
		known bool
	}{
		"Fresh": {"the facts of before stand in", time.Hour, true},
		"Stale": {"too old to stand in", 25 * time.Hour, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			source := &catalogSource{says: observation(start, "")}
			observer, observed := NewObserver(), []Observed{{Source: source, MaxStaleness: 24 * time.Hour}}
			_, statuses := observer.Observe(t.Context(), observed, start, nil)
			if statuses[0].Unknown != "" || statuses[0].Repositories != 1 {
				t.Errorf("read well, and said is %+v", statuses[0])
			}
			source.says = observation(start.Add(tc.after), "damaged")
			seen, statuses := observer.Observe(t.Context(), observed, start.Add(tc.after), nil)
			if statuses[0].Unknown != "repository acme/shop: damaged" {
				t.Errorf("%s: the source is not up: %+v", tc.reason, statuses[0])
			}
			if got := seen[0].Observation.Catalogs[0]; got.Known() != tc.known {
				t.Errorf("%s: got %+v", tc.reason, got)
			}
		})
	}
}
