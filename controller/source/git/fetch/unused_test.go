package fetch

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/internal/folderlock"
)

// What nobody asks for any more goes, and nothing that is in use, or not ours.
func TestRemoveUnused(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	long := time.Now().Add(-2 * Unused)
	name := func(digit string) string { return digit + "0123456789abcdef0123456789abcde" }
	made := func(name string, files ...string) string {
		place := filepath.Join(folder, name)
		must(t, os.MkdirAll(place, 0o700))
		for _, file := range files {
			must(t, os.MkdirAll(filepath.Dir(filepath.Join(place, file)), 0o700))
			must(t, os.WriteFile(filepath.Join(place, file), nil, 0o600))
		}
		must(t, os.Chtimes(place, long, long))
		return place
	}
	made(name("1"), stateFile, "g0123456789abcdef.git/HEAD", "incoming-state.json")
	made(name("2")) // never fetched: the address was wrong
	lately := made(name("3"), stateFile)
	must(t, os.Chtimes(lately, time.Now(), time.Now()))
	made(name("4"), stateFile, "notes.txt")
	made("somebody-elses", stateFile)
	must(t, os.Symlink(elsewhere, filepath.Join(folder, name("5"))))
	must(t, os.WriteFile(filepath.Join(folder, name("6")), nil, 0o600))
	held, err := os.Open(made(name("7"), stateFile))
	must(t, err)
	defer func() { _ = held.Close() }()
	must(t, folderlock.Lock(t.Context(), held, 0))

	must(t, RemoveUnused(t.Context(), folder, time.Now().Add(-Unused)))
	left, err := os.ReadDir(folder)
	must(t, err)
	var names []string
	for _, entry := range left {
		names = append(names, entry.Name())
	}
	if diff := cmp.Diff([]string{name("3"), name("4"), name("5"), name("6"), name("7"), "somebody-elses"}, names); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(elsewhere); err != nil {
		t.Errorf("a link was followed: %v", err)
	}
	must(t, RemoveUnused(t.Context(), filepath.Join(folder, "missing"), time.Now()))
}

// Asking for a repository keeps what there is of it, also while its server does not answer: it may be all that is known.
func TestAskingKeeps(t *testing.T) {
	o := newOrigin(t)
	o.commit(daysAgo(1), map[string]string{"a": "b"})
	folder := t.TempDir()
	f := o.fetcher(func(s *Settings) { s.Folder = folder })
	if _, err := f.Fetch(t.Context(), Request{Now: now}); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * Unused)
	must(t, os.Chtimes(f.place, long, long))
	o.server.Close()
	kept, err := f.Fetch(t.Context(), Request{Now: now})
	if err == nil || kept.Folder == "" {
		t.Fatalf("the server is gone: %v, %+v", err, kept)
	}
	must(t, RemoveUnused(t.Context(), folder, time.Now().Add(-Unused)))
	if _, err := os.Stat(kept.Folder); err != nil {
		t.Errorf("what is in use was removed: %v", err)
	}
}
