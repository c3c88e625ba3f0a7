package standalone

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestWatcherCounts(t *testing.T) {
	w := &watcher{ignored: "/m/.remit"}
	tests := map[string]struct {
		reason string
		event  fsnotify.Event
		want   bool
	}{
		"write":       {"a file was written", fsnotify.Event{Name: "/m/a.yaml", Op: fsnotify.Write}, true},
		"rename":      {"an editor put a file in place", fsnotify.Event{Name: "/m/a.yaml", Op: fsnotify.Rename}, true},
		"chmod":       {"an indexer was here", fsnotify.Event{Name: "/m/a.yaml", Op: fsnotify.Chmod}, false},
		"chmod and":   {"something else besides", fsnotify.Event{Name: "/m/a.yaml", Op: fsnotify.Chmod | fsnotify.Write}, true},
		"own folder":  {"what Remit itself writes is no change", fsnotify.Event{Name: "/m/.remit", Op: fsnotify.Create}, false},
		"own file":    {"nor in it", fsnotify.Event{Name: "/m/.remit/since.json", Op: fsnotify.Create}, false},
		"of its kind": {"only the very folder", fsnotify.Event{Name: "/m/.remit.yaml", Op: fsnotify.Create}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := w.counts(test.event); got != test.want {
				t.Errorf("%s: got %v", test.reason, got)
			}
		})
	}
}

// A burst of changes is one, and folders come and go.
func TestWatcher(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	var w warned
	watcher := newWatcher("", w.warn)
	if watcher.notify == nil {
		t.Skipf("files cannot be watched here: %v", w.messages)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go watcher.run(ctx)
	watcher.update([]string{one})
	began := time.Now()
	for range 5 {
		write(t, one, map[string]string{"a": time.Now().String()})
		time.Sleep(20 * time.Millisecond)
	}
	oneBurst := time.Since(began) < quiet // else the machine is busy, and they may be several
	<-watcher.changed
	if waited := time.Since(began); waited < quiet {
		t.Errorf("passed on after %v, before it was quiet", waited)
	}
	select {
	case <-watcher.changed:
		if oneBurst {
			t.Error("one burst was passed on twice")
		}
	case <-time.After(2 * quiet):
	}
	watcher.update([]string{two})
	write(t, one, map[string]string{"b": ""})
	select {
	case <-watcher.changed:
		t.Error("a folder is still watched")
	case <-time.After(2 * quiet):
	}
	write(t, two, map[string]string{"a": ""})
	<-watcher.changed
	if len(w.messages) != 0 {
		t.Errorf("warnings: %v", w.messages)
	}
}

// What cannot be watched is said once, and does not keep the rest from being watched.
func TestWatcherSaysWhatItCannotWatch(t *testing.T) {
	var w warned
	watcher := newWatcher("", w.warn)
	if watcher.notify == nil {
		t.Skipf("files cannot be watched here: %v", w.messages)
	}
	defer func() { _ = watcher.notify.Close() }()
	folder := t.TempDir()
	gone := filepath.Join(folder, "gone")
	watcher.update([]string{gone, folder})
	watcher.update([]string{gone, folder})
	if len(w.messages) != 1 || len(watcher.notify.WatchList()) != 1 {
		t.Errorf("warnings %v, watched %v", w.messages, watcher.notify.WatchList())
	}
	if err := os.Mkdir(gone, 0o755); err != nil {
		t.Fatal(err)
	}
	watcher.update([]string{gone, folder})
	if len(w.messages) != 1 || len(watcher.notify.WatchList()) != 2 {
		t.Errorf("it came back: warnings %v, watched %v", w.messages, watcher.notify.WatchList())
	}
}
