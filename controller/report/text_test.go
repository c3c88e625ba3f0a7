package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	tests := map[string]struct{ reason, text, want string }{
		"plain":     {"as it is", "acme/shop", "acme/shop"},
		"wide":      {"letters of every script stay", "日本語 ñ é", "日本語 ñ é"},
		"emoji":     {"with their picture form", "❤️", "❤️"},
		"escape":    {"no escape sequence", "\x1b[2J", `\x1b[2J`},
		"c1":        {"nor its one-character form", "\u009b2J", `\x9b2J`},
		"bidi":      {"no turned direction", "a\u202eb\u2066c", `a\u202eb\u2066c`},
		"invisible": {"nothing hidden", "a\u200bb\U000e0041", `a\u200bb\U000e0041`},
		"lines":     {"one line", "a\r\nb\tc\u2028d", "a  b c d"},
		"broken":    {"broken UTF-8 is shown as such", "a\xffb", "a\ufffdb"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Clean(test.text); got != test.want {
				t.Errorf("%s: %q, want %q", test.reason, got, test.want)
			}
		})
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Clean(rapid.String().Draw(t, "text"))
		width := rapid.IntRange(4, 30).Draw(t, "width") // the widest single character, ⸻, takes four
		lines := wrap(text, width)
		for _, line := range lines {
			if cells(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
		got, want := strings.Join(lines, ""), strings.Join(strings.Fields(text), "")
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}

func TestShortenFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Clean(rapid.String().Draw(t, "text"))
		width := rapid.IntRange(0, 30).Draw(t, "width")
		if got := shorten(text, width); cells(got) > width || !utf8.ValidString(got) {
			t.Fatalf("shorten(%q, %d) = %q", text, width, got)
		}
	})
}

func TestPercent(t *testing.T) {
	got := []string{Percent(0, 10), Percent(1, 1000), Percent(999, 1000), Percent(10, 10), Percent(0, 0)}
	if diff := cmp.Diff([]string{"0%", "<1%", "99%", "100%", "–"}, got); diff != "" {
		t.Error(diff)
	}
}
