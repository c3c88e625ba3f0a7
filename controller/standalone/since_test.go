package standalone

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/ownership"
)

func area(id string, state ownership.State) ownership.AreaResult {
	return ownership.AreaResult{ID: ownership.AreaID(id), State: state}
}

func TestNextNotes(t *testing.T) {
	early, now := monday.Add(-time.Hour), monday
	unowned := sinceNote{ownership.Unowned, early}
	tests := map[string]struct {
		reason  string
		before  *sinceNote
		now     ownership.State // empty: not there
		unknown bool
		want    *sinceNote
	}{
		"becomes unowned":      {"as of now", nil, ownership.Unowned, false, &sinceNote{ownership.Unowned, now}},
		"stays unowned":        {"as of then", &unowned, ownership.Unowned, false, &unowned},
		"gets partly owned":    {"as of now", &unowned, ownership.Partial, false, &sinceNote{ownership.Partial, now}},
		"gets owned":           {"no note", &unowned, ownership.Owned, false, nil},
		"gets unknown":         {"what is unknown has not changed", &unowned, ownership.Unknown, false, &unowned},
		"was always unknown":   {"nothing to note", nil, ownership.Unknown, false, nil},
		"goes":                 {"no note", &unowned, "", false, nil},
		"goes out of sight":    {"it may come back", &unowned, "", true, &unowned},
		"owned, though unsure": {"no note", &unowned, ownership.Owned, true, nil},
		"from the future":      {"a clock was wrong: never later than now", &sinceNote{ownership.Unowned, now.Add(time.Hour)}, ownership.Unowned, false, &sinceNote{ownership.Unowned, now}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before, want := map[ownership.AreaID]sinceNote{}, map[ownership.AreaID]sinceNote{}
			if test.before != nil {
				before["a"] = *test.before
			}
			if test.want != nil {
				want["a"] = *test.want
			}
			result := &ownership.Result{At: now}
			if test.now != "" {
				result.Areas = []ownership.AreaResult{area("a", test.now)}
			}
			if test.unknown {
				result.Sources = []ownership.SourceStatus{{Name: "s", Unknown: "gone"}, {Name: "t", Unknown: "gone"}}
			}
			if diff := cmp.Diff(want, nextNotes(before, result)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// Noting the same result twice changes nothing.
func TestNextNotesIsIdempotent(t *testing.T) {
	states := rapid.SampledFrom(append(ownership.States(), ""))
	rapid.Check(t, func(t *rapid.T) {
		result := &ownership.Result{At: monday}
		before := map[ownership.AreaID]sinceNote{}
		for _, id := range []string{"a", "b", "c"} {
			if state := states.Draw(t, "now"); state != "" {
				result.Areas = append(result.Areas, area(id, state))
			}
			if state := states.Draw(t, "before"); state != "" {
				before[ownership.AreaID(id)] = sinceNote{state, monday.Add(time.Duration(rapid.IntRange(-9, 9).Draw(t, "hours")) * time.Hour)}
			}
		}
		once := nextNotes(before, result)
		if diff := cmp.Diff(once, nextNotes(once, result)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// warned collects warnings.
type warned struct{ messages []string }

func (w *warned) warn(message string, _ ...any) { w.messages = append(w.messages, message) }

func TestSinceOutlivesARestart(t *testing.T) {
	folder := filepath.Join(t.TempDir(), ".remit")
	var w warned
	book := openSince(folder, w.warn)
	first := &ownership.Result{At: monday, Areas: []ownership.AreaResult{area("a", ownership.Unowned), area("b", ownership.Partial), area("c", ownership.Owned)}}
	want := map[ownership.AreaID]time.Time{"a": monday, "b": monday}
	if diff := cmp.Diff(want, book.note(first)); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	later := *first
	later.At = monday.Add(time.Hour)
	if diff := cmp.Diff(want, openSince(folder, w.warn).note(&later)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if len(w.messages) != 0 {
		t.Errorf("warnings: %v", w.messages)
	}
	ignore, err := os.ReadFile(filepath.Join(folder, ".gitignore"))
	if err != nil || string(ignore) != "*\n" {
		t.Errorf("git must not offer to commit the folder: %q, %v", ignore, err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("something was left behind: %v, %v", entries, err)
	}
}

// In the steady state nothing is written.
func TestSinceWritesOnlyChanges(t *testing.T) {
	folder := filepath.Join(t.TempDir(), ".remit")
	var w warned
	book := openSince(folder, w.warn)
	result := &ownership.Result{At: monday, Areas: []ownership.AreaResult{area("a", ownership.Unowned)}}
	book.note(result)
	if err := os.Remove(filepath.Join(folder, sinceFile)); err != nil {
		t.Fatal(err)
	}
	result.At = monday.Add(time.Hour)
	book.note(result)
	if _, err := os.Stat(filepath.Join(folder, sinceFile)); err == nil {
		t.Error("nothing changed, but it was written")
	}
}

func TestSinceOfADamagedFile(t *testing.T) {
	tests := map[string]struct{ reason, text string }{
		"no JSON": {"half a file", `{"version":"v1alpha1","areas":{"a":`},
		"version": {"of another version", `{"version":"v9"}`},
		"state":   {"a state that is none", `{"version":"v1alpha1","areas":{"a":{"state":"lost","since":"2026-03-02T09:00:00Z"}}}`},
		"time":    {"a note without time", `{"version":"v1alpha1","areas":{"a":{"state":"unowned"}}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, map[string]string{sinceFile: test.text})
			var w warned
			book := openSince(folder, w.warn)
			got := book.note(&ownership.Result{At: monday, Areas: []ownership.AreaResult{area("a", ownership.Unowned)}})
			if !got["a"].Equal(monday) || len(w.messages) != 1 {
				t.Errorf("%s: times begin anew with one warning: %v, %v", test.reason, got, w.messages)
			}
			kept, err := os.ReadFile(filepath.Join(folder, sinceFile+".damaged"))
			if err != nil || string(kept) != test.text {
				t.Errorf("%s: the file is kept: %q, %v", test.reason, kept, err)
			}
			if notes, err := readFrom(folder, sinceFile, readSince); err != nil || len(notes) != 1 {
				t.Errorf("%s: and written anew: %v, %v", test.reason, notes, err)
			}
		})
	}
}

func TestSinceWithoutAPlaceToWrite(t *testing.T) {
	around := t.TempDir()
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(around, "link")); err != nil {
		t.Fatal(err)
	}
	write(t, around, map[string]string{"file": ""})
	tests := map[string]struct {
		reason, folder string
		warnings       int
	}{
		"none":     {"no cache is wanted", "", 0},
		"a file":   {"a file is in the way", filepath.Join(around, "file"), 1},
		"led away": {"a link in a checkout of somebody else's may lead anywhere", filepath.Join(around, "link"), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var w warned
			book := openSince(test.folder, w.warn)
			for i, state := range []ownership.State{ownership.Unowned, ownership.Partial, ownership.Unowned} {
				at := monday.Add(time.Duration(i) * time.Hour)
				if got := book.note(&ownership.Result{At: at, Areas: []ownership.AreaResult{area("a", state)}}); !got["a"].Equal(at) {
					t.Errorf("%s: times are kept in memory: %v", test.reason, got)
				}
			}
			if len(w.messages) != test.warnings {
				t.Errorf("%s: want each warning once: %q", test.reason, w.messages)
			}
			if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
				t.Errorf("%s: something was written elsewhere: %v, %v", test.reason, entries, err)
			}
		})
	}
}

func FuzzParseSince(f *testing.F) {
	f.Add([]byte(`{"version":"v1alpha1","areas":{"a":{"state":"unowned","since":"2026-03-02T09:00:00Z"}}}`))
	f.Add([]byte(`{"version":"v1alpha1","areas":null}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		notes, err := parseSince(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(sinceDocument{Version: sinceVersion, Areas: notes})
		if err != nil {
			if strings.Contains(err.Error(), "year outside of range") {
				return
			}
			t.Fatal(err)
		}
		if back, err := parseSince(again); err != nil || len(back) != len(notes) {
			t.Errorf("%s came back as %v, %v", again, back, err)
		}
	})
}
