package operator

import (
	"testing"
	"time"
)

func TestNewSourcesWait(t *testing.T) {
	type ask struct {
		after   time.Duration
		pending []string
		want    bool
	}
	const much, little = newSourceWait + time.Second, newSourceWait / 5
	tests := map[string]struct {
		reason string
		asks   []ask
	}{
		"none":        {"there is nothing to wait for", []ask{{0, nil, false}}},
		"quick":       {"it is there after a moment", []ask{{0, []string{"a"}, true}, {little, nil, false}}},
		"slow":        {"it is waited for once", []ask{{0, []string{"a"}, true}, {little, []string{"a"}, true}, {much, []string{"a"}, false}, {much, []string{"a"}, false}}},
		"made again":  {"it is another source", []ask{{0, []string{"a"}, true}, {little, nil, false}, {much, []string{"a"}, true}}},
		"one of them": {"the slow one does not keep it from waiting for the new one", []ask{{0, []string{"a"}, true}, {much, []string{"a"}, false}, {little, []string{"a", "b"}, true}}},
		"more and more": {
			"passes go on while sources keep coming",
			[]ask{{0, []string{"a"}, true}, {4 * little, []string{"b"}, true}, {little, []string{"c"}, false}, {little, []string{"d"}, true}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var sources newSources
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			for i, ask := range test.asks {
				now = now.Add(ask.after)
				if got := sources.wait(ask.pending, now); got != ask.want {
					t.Errorf("%s: ask %d: %v", test.reason, i, got)
				}
			}
		})
	}
}
