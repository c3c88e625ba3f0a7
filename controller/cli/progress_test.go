package cli

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is a stream that is written by one goroutine and read by another.
type screen struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

func TestProgress(t *testing.T) {
	tests := map[string]struct {
		reason string
		on     *terminal
		long   bool
		want   []string
	}{
		"long":  {"long work on a terminal is shown, step by step", &terminal{width: 80}, true, []string{"observing", "1/3", "judging"}},
		"short": {"short work is not worth it", &terminal{width: 80}, false, nil},
		"pipe":  {"a pipe gets none", nil, true, nil},
		"dumb":  {"nor does a terminal that cannot erase", &terminal{environment: map[string]string{"TERM": "dumb"}}, true, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s screen
			bar := startProgress(testEnvironment(test.on, nil, io.Discard, &s))
			bar.report("observing", 1, 3)
			if test.long && len(test.want) == 0 {
				time.Sleep(progressAfter + 2*progressEvery)
			} else if test.long {
				waitUntil(progressAfter+3*progressEvery, func() bool { return strings.Contains(s.String(), "1/3") })
				bar.report("judging", 0, 0)
				waitUntil(progressAfter, func() bool { return strings.Contains(s.String(), "judging") })
			}
			bar.stop()
			for _, want := range test.want {
				if !strings.Contains(s.String(), want) {
					t.Errorf("%s: %q is not in %q", test.reason, want, s.String())
				}
			}
			if len(test.want) == 0 && s.String() != "" {
				t.Errorf("%s: %q", test.reason, s.String())
			}
			if text := s.String(); len(test.want) > 0 && !strings.HasSuffix(strings.TrimRight(text, "\r"), "\x1b[2K") && !strings.HasSuffix(text, "\r") {
				t.Errorf("%s: the bar stays on the screen: %q", test.reason, text)
			}
		})
	}
}

// waitUntil waits for a condition, and some time longer than it should take where the machine is busy.
func waitUntil(usually time.Duration, holds func() bool) {
	deadline := time.Now().Add(10 * usually)
	for !holds() && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
}
