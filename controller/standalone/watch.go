package standalone

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing must have changed before a change is passed on, so that a checkout or an editor is
	// done; mostQuiet is how long it is held back at most.
	quiet     = 500 * time.Millisecond
	mostQuiet = 5 * time.Second
	// maxWatches bounds the folders watched, well below what Linux allows a user by default.
	maxWatches = 8192
)

var errTooMany = errors.New("too many folders")

// watcher tells when something has changed on disk. It is a hint that saves waiting: where it cannot watch, the next
// check at the interval sees the change as well.
type watcher struct {
	notify *fsnotify.Watcher // nil where the system has none to give
	// ignored is a folder in which changes do not count.
	ignored string
	warn    func(message string, arguments ...any)
	// changed gets a value some time after something changed.
	changed chan struct{}
	// warned says that it was said that not everything is watched.
	warned bool
}

func newWatcher(ignored string, warn func(message string, arguments ...any)) *watcher {
	w := &watcher{ignored: absolute(ignored), warn: warn, changed: make(chan struct{}, 1)}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		warn("files cannot be watched, so changes are seen at the interval only", "error", err)
		return w
	}
	w.notify = notify
	return w
}

func absolute(path string) string {
	if path == "" {
		return ""
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// update watches the paths, and no others any more.
func (w *watcher) update(paths []string) {
	if w.notify == nil {
		return
	}
	wanted := make(map[string]bool, len(paths))
	for _, path := range paths {
		wanted[absolute(path)] = true
	}
	count := 0
	for _, path := range w.notify.WatchList() {
		if wanted[path] {
			delete(wanted, path)
			count++
			continue
		}
		// A folder that is gone is not watched any more as it is.
		_ = w.notify.Remove(path)
	}
	var failed error
	left := 0
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		err := errTooMany
		if count < maxWatches {
			err = w.notify.Add(path)
		}
		if errors.Is(err, fsnotify.ErrClosed) { // the process is ending
			return
		}
		if err != nil {
			failed = err
			left++
			continue
		}
		count++
	}
	if left > 0 && !w.warned {
		w.warn("not everything can be watched; the rest is seen at the interval", "watched", count, "left", left, "error", failed)
	}
	w.warned = left > 0
}

// run passes changes on until ctx ends.
func (w *watcher) run(ctx context.Context) {
	if w.notify == nil {
		return
	}
	defer func() { _ = w.notify.Close() }() // nothing is asked of it any more
	var first time.Time                     // of the changes held back; zero where there are none
	var timer <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-w.notify.Events:
			if !open {
				return
			}
			if !w.counts(event) {
				continue
			}
		case _, open := <-w.notify.Errors:
			if !open {
				return
			}
			// Events were lost: something has changed, though it is not known what.
		case <-timer:
			first, timer = time.Time{}, nil
			select {
			case w.changed <- struct{}{}:
			default: // one is waiting already
			}
			continue
		}
		if first.IsZero() {
			first = time.Now()
		}
		timer = time.After(max(0, min(quiet, mostQuiet-time.Since(first))))
	}
}

// counts says whether an event may mean a change of something that is read.
func (w *watcher) counts(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod {
		return false // indexers and backups do little else
	}
	inside := w.ignored != "" && (event.Name == w.ignored || strings.HasPrefix(event.Name, w.ignored+string(filepath.Separator)))
	return !inside
}
