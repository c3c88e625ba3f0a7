package plan

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestOrder(t *testing.T) {
	line := func(n int) func(*candidate) { return func(c *candidate) { c.Line = n } }
	want := []ownership.Change{ // as a plan has them, with the reason beside each
		adding("b", "zoe", -1).Change,              // the top of the file is before its lines
		adding("b", "zoe", 3).Change,               // then line by line,
		adding("a", "ann", 11).Change,              // by number and not by digits,
		adding("a", "bob", 11).Change,              // by owner within a line,
		adding("b", "bob", 11).Change,              // and by area at last
		adding("b", "zoe", 4).with(line(0)).Change, // the end is after all lines
		removing("a", "zoe", 1).Change,             // a removal waits for all additions of its file
		removing("a", "zoe", 2).Change,
		adding("a", "ann", 1).with(func(c *candidate) { c.File = "CODEOWNERS" }).Change, // another file
		adding("a", "ann", 1).with(func(c *candidate) { c.Repository = "acme/web" }).Change,
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b ownership.Change) int { return compareChanges(&a, &b) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// Every field takes part, so that no two changes which differ compare equal.
func TestOrderIsTotal(t *testing.T) {
	for name, changed := range eachField(t) {
		if compareChanges(&ownership.Change{}, &changed) == 0 {
			t.Errorf("changes that differ in %s compare equal", name)
		}
		if compareChanges(&ownership.Change{}, &changed) != -compareChanges(&changed, &ownership.Change{}) {
			t.Errorf("by %s, the order depends on who is asked", name)
		}
	}
}

// eachField is, for each field of a change, a change with nothing but that.
func eachField(t *testing.T) map[string]ownership.Change {
	t.Helper()
	found := map[string]ownership.Change{}
	kind := reflect.TypeFor[ownership.Change]()
	for i := range kind.NumField() {
		var change ownership.Change
		field := reflect.ValueOf(&change).Elem().Field(i)
		switch field.Kind() {
		case reflect.String:
			field.SetString("Enforce") // which is a mode, and any text elsewhere
		case reflect.Int:
			field.SetInt(7)
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
			field.Index(0).SetString("x")
		default:
			t.Fatalf("a change has a field of a new kind: %s", kind.Field(i).Name)
		}
		found[kind.Field(i).Name] = change
	}
	return found
}
