package metrics

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const docs = "../../docs/metrics.md"

// Each family is in docs/metrics.md, in the words of its help text; -update writes the tables anew.
func TestFamiliesAreDocumented(t *testing.T) {
	read, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	page := string(read)
	for path, families := range map[string]collector{PagePath: append(newOverview().families(), changesMade(), changesHeld()), AreasPath: newDetail(1).families()} {
		start := fmt.Sprintf("<!-- families of %s: written by `go test ./controller/metrics -update` -->\n", path)
		before, rest, found := strings.Cut(page, start)
		table, after, ended := strings.Cut(rest, "<!-- end -->")
		if !found || !ended {
			t.Fatalf("%s has no place for the families of %s", docs, path)
		}
		if want := familyTable(families); table != want {
			if !*update {
				t.Errorf("the families of %s are not those of the code; run `go test ./controller/metrics -update`. Want:\n%s", path, want)
			}
			page = before + start + want + "<!-- end -->" + after
		}
	}
	if *update {
		if err := os.WriteFile(docs, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// familyTable writes families as a Markdown table.
func familyTable(families collector) string {
	var b strings.Builder
	b.WriteString("| family | labels | what |\n|---|---|---|\n")
	for _, family := range families {
		labels := make([]string, len(family.labels))
		for i, label := range family.labels {
			labels[i] = "`" + label + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", family.name, strings.Join(labels, ", "), family.help)
	}
	return b.String()
}
