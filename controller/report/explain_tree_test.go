package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTree(t *testing.T) {
	branches := []branch{
		{label: "accountable", text: "team:acme/payments, as the manifest of the area says", below: []branch{
			{label: "declared", text: "in a file with a long name"},
			{label: "✗ missing", text: "it is observed nowhere", below: []branch{{text: "no label at all"}}},
		}},
		{label: "nobody", text: "is on call"},
		{label: "empty"},
	}
	tests := map[string]struct {
		reason string
		width  int
		want   string
	}{
		"wide": {"labels stand in a column", 80, `
├─ accountable  team:acme/payments, as the manifest of the area says
│  ├─ declared   in a file with a long name
│  └─ ✗ missing  it is observed nowhere
│     └─ no label at all
├─ nobody       is on call
└─ empty
`},
		"narrow": {"texts go on below themselves, and the lines of the tree stay whole", 40, `
├─ accountable  team:acme/payments, as
│  │            the manifest of the area
│  │            says
│  ├─ declared   in a file with a long
│  │             name
│  └─ ✗ missing  it is observed nowhere
│     └─ no label at all
├─ nobody       is on call
└─ empty
`},
		"too narrow": {"texts stand below their labels", 22, `
├─ accountable
│  │  team:acme/paymen
│  │  ts, as the
│  │  manifest of the
│  │  area says
│  ├─ declared
│  │     in a file
│  │     with a long
│  │     name
│  └─ ✗ missing
│     │  it is
│     │  observed
│     │  nowhere
│     └─ no label at
│        all
├─ nobody
│     is on call
└─ empty
`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := printer{width: test.width}
			p.tree("", branches)
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), p.out.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

// Whatever stands in a tree, no line is wider than the terminal, nothing of a text is lost while there is room for it, and
// colours change nothing but colours.
func TestTreeFits(t *testing.T) {
	text := rapid.StringMatching(`[a-zé漢 /.:]{0,60}`)
	draw := func(t *rapid.T, depth int) []branch {
		var grow func(depth int) []branch
		grow = func(depth int) []branch {
			var branches []branch
			for range rapid.IntRange(0, 3).Draw(t, "branches") {
				each := branch{label: Clean(rapid.StringMatching(`[a-z ✗]{0,12}`).Draw(t, "label")), text: Clean(text.Draw(t, "text")), textStyle: red, labelStyle: dim}
				if depth > 0 {
					each.below = grow(depth - 1)
				}
				branches = append(branches, each)
			}
			return branches
		}
		return grow(depth)
	}
	rapid.Check(t, func(t *rapid.T) {
		branches := draw(t, 2)
		p := printer{width: rapid.IntRange(40, 120).Draw(t, "width")}
		p.tree("", branches)
		got := p.out.String()
		for line := range strings.SplitSeq(got, "\n") {
			if cells(line) > p.width {
				t.Fatalf("%d columns of %d: %s", cells(line), p.width, line)
			}
		}
		letters := func(text string) string {
			return strings.NewReplacer(" ", "", "\n", "", "│", "", "├─", "", "└─", "").Replace(text)
		}
		var all func([]branch) string
		all = func(branches []branch) (texts string) {
			for _, each := range branches {
				texts += each.label + each.text + all(each.below)
			}
			return texts
		}
		if want := letters(all(branches)); letters(got) != want {
			t.Fatalf("got\n%s\nwant the letters of %s", got, want)
		}
		colored := printer{width: p.width, color: true}
		colored.tree("", branches)
		plainly := strings.NewReplacer("\x1b[0m", "", "\x1b[2m", "", "\x1b[31m", "").Replace(colored.out.String())
		if trimLines(plainly) != trimLines(got) {
			t.Fatalf("with colours:\n%s\nwithout:\n%s", plainly, got)
		}
	})
}

// trimLines takes blanks from the ends of lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
