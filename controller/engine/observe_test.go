package engine

import (
	"context"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// script is a source that says one thing after the other.
type script struct {
	says []ownership.Observation
	at   int
}

func (s *script) Name() string               { return "script" }
func (s *script) Kind() ownership.SourceKind { return ownership.SourceGit }
func (s *script) Watch() []string            { return nil }

func (s *script) Observe(_ context.Context, now time.Time) ownership.Observation {
	said := s.says[s.at]
	s.at++
	said.At = now
	for i := range said.Repositories {
		said.Repositories[i].At = now
	}
	return said
}

func seen(repositories ...ownership.Repository) ownership.Observation {
	return ownership.Observation{Source: "script", Kind: ownership.SourceGit, Repositories: repositories}
}

func repository(id, unknown string) ownership.Repository {
	return ownership.Repository{ID: id, Root: id, Provenance: ownership.Provenance{Unknown: unknown}}
}

func TestObserverRemembers(t *testing.T) {
	failed := ownership.Observation{Source: "script", Unknown: "it is gone"}
	for name, test := range map[string]struct {
		reason    string
		says      []ownership.Observation
		later     time.Duration
		suspended bool
		unknown   string // of the facts used
		stale     bool   // facts of before are in use, which go stale two hours after they were read
		status    string
		part      string // of the first repository
	}{
		"read twice":   {reason: "the facts of now", says: []ownership.Observation{seen(repository("a/b", "")), seen(repository("a/b", ""))}, later: time.Hour},
		"never read":   {reason: "there is nothing to fall back to", says: []ownership.Observation{failed, failed}, later: time.Minute, unknown: "it is gone", status: "it is gone"},
		"failed since": {reason: "facts of an hour ago stand in, and the status says so", says: []ownership.Observation{seen(repository("a/b", "")), failed}, later: time.Hour, status: "it is gone", stale: true},
		"too old":      {reason: "facts past maxStaleness are unknown", says: []ownership.Observation{seen(repository("a/b", "")), failed}, later: 3 * time.Hour, unknown: "it is gone", status: "it is gone"},
		"one repository failed": {
			reason: "the repository's facts of an hour ago stand in, and the status says so",
			says:   []ownership.Observation{seen(repository("a/b", "")), seen(repository("a/b", "corrupt"))}, later: time.Hour,
			stale:  true,
			status: "repository a/b: corrupt",
		},
		"one repository failed long ago": {
			reason: "its facts are unknown, and nothing else",
			says:   []ownership.Observation{seen(repository("a/b", "")), seen(repository("a/b", "corrupt"))}, later: 3 * time.Hour,
			part: "corrupt", status: "repository a/b: corrupt",
		},
		"suspended": {reason: "its facts are unknown", says: []ownership.Observation{failed, failed}, suspended: true, unknown: "the source is suspended", status: "the source is suspended"},
	} {
		t.Run(name, func(t *testing.T) {
			observer := NewObserver()
			sources := []Observed{{Source: &script{says: test.says}, MaxStaleness: 2 * time.Hour, Suspended: test.suspended}}
			observer.Observe(t.Context(), sources, now, nil)
			facts, statuses := observer.Observe(t.Context(), sources, now.Add(test.later), nil)
			if got := facts[0].Observation.Unknown; got != test.unknown {
				t.Errorf("facts unknown: %q, want %q: %s", got, test.unknown, test.reason)
			}
			want := time.Time{}
			if test.stale {
				want = now.Add(2*time.Hour + time.Nanosecond)
			}
			if got := observer.Stale(); !got.Equal(want) {
				t.Errorf("stale at %s, want %s: %s", got, want, test.reason)
			}
			if statuses[0].Unknown != test.status {
				t.Errorf("status: %q, want %q: %s", statuses[0].Unknown, test.status, test.reason)
			}
			if repositories := facts[0].Observation.Repositories; len(repositories) > 0 && repositories[0].Unknown != test.part {
				t.Errorf("repository: %q, want %q: %s", repositories[0].Unknown, test.part, test.reason)
			}
		})
	}
}

// A repository that keeps failing must not be remembered for ever by being remembered again and again.
func TestObserverForgets(t *testing.T) {
	good, bad := seen(repository("a/b", "")), seen(repository("a/b", "corrupt"))
	observer := NewObserver()
	sources := []Observed{{Source: &script{says: []ownership.Observation{good, bad, bad, bad}}, MaxStaleness: 2 * time.Hour}}
	for hour := range 4 {
		facts, _ := observer.Observe(t.Context(), sources, now.Add(time.Duration(hour)*time.Hour), nil)
		unknown := facts[0].Observation.Repositories[0].Unknown
		if wantKnown := hour <= 2; (unknown == "") != wantKnown {
			t.Errorf("after %d hours: unknown %q, want known: %v", hour, unknown, wantKnown)
		}
	}
}

// cache is a source whose server is down, and which has kept facts of a time.
type cache struct {
	script
	of time.Time
}

func (c *cache) Observe(_ context.Context, now time.Time) ownership.Observation {
	kept := repository("a/b", "")
	kept.At = c.of
	return ownership.Observation{Source: "script", At: now, Unknown: "the server is down", Repositories: []ownership.Repository{kept}}
}

func TestObserverTakesWhatASourceHasKept(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		age    time.Duration
		used   bool
	}{
		"young": {"facts of an hour ago stand in, though this process has never seen the server", time.Hour, true},
		"old":   {"facts past maxStaleness are unknown", 3 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			observer := NewObserver()
			sources := []Observed{{Source: &cache{of: now.Add(-c.age)}, MaxStaleness: 2 * time.Hour}}
			facts, statuses := observer.Observe(t.Context(), sources, now, nil)
			got := facts[0].Observation
			if (got.Unknown == "") != c.used || (len(got.Repositories) == 1) != c.used {
				t.Errorf("%+v: %s", got, c.reason)
			}
			if statuses[0].Unknown != "the server is down" {
				t.Errorf("status %+v", statuses[0])
			}
			if stale := observer.Stale(); c.used != stale.Equal(now.Add(2*time.Hour-c.age+time.Nanosecond)) {
				t.Errorf("stale at %s", stale)
			}
		})
	}
}
