package store

import (
	"strings"
	"testing"
)

type updateData struct {
	Teams map[string]updateTeam `json:"teams"`
	Clock updateClock           `json:"clock"`
}

type updateTeam struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

type updateClock struct {
	Day string `json:"day"`
}

func newUpdateStore(t *testing.T) *Store {
	t.Helper()
	s, err := New(updateData{
		Teams: map[string]updateTeam{"team:a/x": {Name: "X", Members: []string{"user:ann"}}, "team:a/y": {Name: "Y"}},
		Clock: updateClock{Day: "2026-11-02"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestChanged(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		reason string
		change func(*Store) error
		// paths say whether a read of them changed
		paths map[string]bool
	}{
		"a field": {
			"only what is in the field has changed",
			func(s *Store) error {
				return s.Put("teams", "team:a/x", updateTeam{Name: "X", Members: []string{"user:ann", "user:bob"}})
			},
			map[string]bool{
				"remit teams team:a/x members": true, "remit teams team:a/x name": false, "remit teams team:a/x": true, "remit teams": true, "remit": true,
				"remit teams team:a/y": false, "remit clock day": false, "remit teams team:a/x members 0": false, "remit teams team:a/x members 1": true, "other": false,
			},
		},
		"the same value": {
			"what is put again has not changed",
			func(s *Store) error {
				return s.Put("teams", "team:a/x", updateTeam{Name: "X", Members: []string{"user:ann"}})
			},
			map[string]bool{"remit teams team:a/x members": false, "remit teams team:a/x": false},
		},
		"a new item": {
			"a path that was absent is there",
			func(s *Store) error { return s.Put("teams", "team:a/z", updateTeam{Name: "Z"}) },
			map[string]bool{"remit teams team:a/z name": true, "remit teams team:a/z": true, "remit teams team:a/x": false, "remit teams": true},
		},
		"an item that goes": {
			"a path that was there is absent",
			func(s *Store) error { return s.Drop("teams", "team:a/y") },
			map[string]bool{"remit teams team:a/y name": true, "remit teams team:a/x name": false, "remit teams": true},
		},
		"there and back": {
			"what was restored has not changed since the last Settle",
			func(s *Store) error {
				must(s.Put("teams", "team:a/x", updateTeam{Name: "other"}))
				return s.Put("teams", "team:a/x", updateTeam{Name: "X", Members: []string{"user:ann"}})
			},
			map[string]bool{"remit teams team:a/x name": false},
		},
		"the clock": {
			"a document that is not keyed is compared by its fields",
			func(s *Store) error { return s.Set("clock", updateClock{Day: "2026-11-03"}) },
			map[string]bool{"remit clock day": true, "remit clock": true, "remit clock hour": false, "remit teams": false},
		},
		"nothing": {"nothing was put", func(*Store) error { return nil }, map[string]bool{"remit": false, "remit teams": false}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newUpdateStore(t)
			must(test.change(s))
			for path, want := range test.paths {
				if got := s.Changed(readOfWords(path)); got != want {
					t.Errorf("%s: changed %v, want %v: %s", path, got, want, test.reason)
				}
			}
			s.Settle()
			for path := range test.paths {
				if s.Changed(readOfWords(path)) {
					t.Errorf("%s has changed after Settle", path)
				}
			}
		})
	}
}

func TestPutRefusesOtherTypes(t *testing.T) {
	s := newUpdateStore(t)
	for name, err := range map[string]error{
		"another type":       s.Put("teams", "team:a/x", updateClock{}),
		"no such document":   s.Put("people", "x", updateTeam{}),
		"not keyed":          s.Put("clock", "x", updateClock{}),
		"keyed":              s.Set("teams", updateTeam{}),
		"another clock":      s.Set("clock", updateTeam{}),
		"drop of an unknown": s.Drop("people", "x"),
	} {
		if err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	if s.Replaced() {
		t.Error("what is refused counts as replaced")
	}
}

// readOfWords is the read of a path whose segments are apart by spaces.
func readOfWords(path string) Read { return ReadOf(strings.Fields(path)...) }
