package record

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
)

var whole = cmp.Exporter(func(reflect.Type) bool { return true })

// What is written is read again, every field of every type: a field that a recording forgets fails here.
func TestEveryFieldIsKept(t *testing.T) {
	p := filled(t, numbered)
	again, err := copied(&p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again, whole, cmp.Comparer(func(a, b time.Time) bool {
		return a.Equal(b) && a.Format(time.RFC3339Nano) == b.Format(time.RFC3339Nano)
	})); diff != "" {
		t.Errorf("it is not the same (-written +read):\n%s", diff)
	}
}

// Whatever a pass needs is kept; what is not, is named here.
func TestEveryInputIsKept(t *testing.T) {
	kept := map[string]string{
		"Now": "", "Manifests": "", "Sources": "", "Statuses": "", "FilesOnly": "",
		"Policies": "as what they were compiled from", "Problems": "but those of compiling, which come again",
		"Kept":     "of the policies that are recorded; the digests are made again",
		"Workers":  "not kept: how many judge side by side changes no result",
		"Deadline": "not kept: it is for the machine that judges",
	}
	for field := range reflect.TypeFor[engine.Input]().Fields() {
		if _, known := kept[field.Name]; !known {
			t.Errorf("engine.Input has a field %s: keep it in a recording (parts.walk), or say here why not", field.Name)
		}
	}
}

// Lists and maps that are nil stay so, and so do empty ones: an authority without roles is not one over all roles.
func TestNilIsNotEmpty(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		list   []string
		table  map[string]string
	}{
		"nil":   {reason: "absent", list: nil, table: nil},
		"empty": {reason: "there, without anything in it", list: []string{}, table: map[string]string{}},
		"some":  {reason: "and nothing is lost", list: []string{"", "a\xff"}, table: map[string]string{"": "x", "b": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			writer := &codec{mode: writing}
			texts(writer, plain, &c.list)
			labels(writer, &c.table)
			reader := &codec{mode: reading, in: writer.out, seen: map[string]string{}}
			var list []string
			var table map[string]string
			texts(reader, plain, &list)
			labels(reader, &table)
			if diff := cmp.Diff(c.list, list) + cmp.Diff(c.table, table); diff != "" || reader.err != nil {
				t.Errorf("%s: %v\n%s", c.reason, reader.err, diff)
			}
		})
	}
}

// A time keeps its offset, as reports show it, and its nanoseconds, whatever the year.
func TestMoments(t *testing.T) {
	for name, want := range map[string]time.Time{
		"zero":        {},
		"UTC":         time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.UTC),
		"offset":      time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("CET", 3600)),
		"west":        time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("", -11*3600-1800)),
		"far":         time.Date(292277026, 3, 2, 9, 0, 0, 0, time.UTC),
		"before 1970": time.Date(1912, 6, 23, 0, 0, 0, 1, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			writer := &codec{mode: writing}
			writer.moment(&want)
			reader := &codec{mode: reading, in: writer.out}
			var got time.Time
			reader.moment(&got)
			if reader.err != nil || !got.Equal(want) || got.Format(time.RFC3339Nano) != want.Format(time.RFC3339Nano) || got.IsZero() != want.IsZero() {
				t.Errorf("%v, want %v; %v", got, want, reader.err)
			}
		})
	}
}
