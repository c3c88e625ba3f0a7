package engine

import (
	"fmt"
	"slices"
	"testing"

	"github.com/remit-dev/remit/controller/policy"
	"github.com/remit-dev/remit/controller/policy/store"
)

// TestReadTableCompacts holds a table of many lists, of which few are still in use, to what those say.
func TestReadTableCompacts(t *testing.T) {
	from, err := policy.NewStore(&policy.Data{})
	if err != nil {
		t.Fatal(err)
	}
	table, judging := newReadTable(), newBook(false)
	clock := store.ReadOf(store.Root, documentClock, "hour")
	table.list([]store.Read{clock}, from)
	judging.instances = map[string][]instanceKey{policy.SubjectArea: {{name: "coverage"}}}
	rests := func(area int) []store.Read {
		return []store.Read{store.ReadOf(store.Root, documentTeams, fmt.Sprint("team", area%7)), store.ReadOf(store.Root, documentAreas, fmt.Sprint("area", area))}
	}
	for area := range slack {
		list := table.list(rests(area), from)
		if again := rests(area); table.list([]store.Read{again[1], again[0], again[1]}, from) != list {
			t.Fatal("the same paths in another order are another list")
		}
		if area%8 == 0 {
			page, _ := judging.page(policy.SubjectArea, fmt.Sprint("area", area))
			page.verdicts[0].reads = list
		}
	}
	if table.nextTick(now).IsZero() {
		t.Fatal("the hour was read, and yet there is no next one")
	}
	table.compact(judging)
	if paths, lists := len(table.reads), len(table.lists); paths != slack/8+7 || lists != slack/8+1 {
		t.Errorf("%d paths and %d lists are kept, want those in use and the empty list", paths, lists)
	}
	for _, page := range judging.order {
		var got, want []string
		for _, number := range table.lists[page.verdicts[0].reads] {
			got = append(got, table.reads[number].Dotted())
		}
		var area int
		if _, err := fmt.Sscanf(page.key.id, "area%d", &area); err != nil {
			t.Fatal(err)
		}
		for _, read := range rests(area) {
			want = append(want, read.Dotted())
		}
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("the verdict on %s rests on %v, want %v", page.key.id, got, want)
		}
	}
	if !table.nextTick(now).IsZero() {
		t.Error("no verdict rests on the clock any more, and yet the next hour counts")
	}
}
