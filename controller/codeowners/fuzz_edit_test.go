package codeowners

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// FuzzEdit: an edit that is not refused gives what was asked when read again, and leaves all other lines alone
// to the byte.
func FuzzEdit(f *testing.F) {
	for i, seed := range parseSeeds {
		f.Add([]byte(seed), uint8(i), uint8(1+i%3), "@a", "@b/c", "/x y")
		f.Add([]byte(seed), uint8(i+3), uint8(1), "@b", "d@e.f", `/x\ y`)
	}
	f.Add([]byte("* @a\r"), uint8(4), uint8(0), "@a", "@b", "*")
	f.Add([]byte("a\\\r @a\n"), uint8(1), uint8(1), "@a", "@b", "*")
	f.Fuzz(func(t *testing.T, text []byte, op, line uint8, one, two, pattern string) {
		checkEdit(t, text, op, int(line), one, two, pattern)
	})
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func checkEdit(t failer, text []byte, op uint8, number int, one, two, pattern string) {
	t.Helper()
	f := Parse(text)
	if f.unreadable || len(f.lines) == 0 {
		return
	}
	number = 1 + number%len(f.lines)
	at := At{Line: number}
	var before Rule
	if l := f.Line(number); l.Kind == RuleLine {
		before = f.rules[l.Rule]
		at.Pattern = before.Pattern
	}
	edit, owners := randomEdit(op, at, one, two, pattern, before)
	edited, err := f.Apply(edit)
	if err != nil {
		return
	}
	after := Parse(edited)
	if after.ErrorsTotal() != f.ErrorsTotal() {
		t.Fatalf("%#v of %q gives %q, with errors %v", edit, text, edited, after.Errors())
	}
	switch e := edit.(type) {
	case RemoveRule:
		sameExcept(t, f, after, number, 0)
	case AddRule:
		place := e.After + 1
		if e.After == Top {
			place = 1
		} else if e.After == 0 {
			place = len(f.lines) + 1
		}
		sameExcept(t, f, after, 0, place)
		checkRule(t, after, place, e.Pattern, "", owners)
	default:
		sameExcept(t, f, after, number, number)
		if f.Line(number).Ending != after.Line(number).Ending {
			t.Fatalf("%#v of %q changes the line ending: %q", edit, text, edited)
		}
		checkRule(t, after, number, before.Pattern, before.Comment, owners)
	}
}

// randomEdit also says which owners the rule is to have then, lower case.
func randomEdit(op uint8, at At, one, two, pattern string, before Rule) (edit Edit, owners []string) {
	for _, o := range before.Owners {
		owners = append(owners, strings.ToLower(o.Text))
	}
	lowerOne, lowerTwo := strings.ToLower(one), strings.ToLower(two)
	without := func(owner string) []string {
		return slices.DeleteFunc(slices.Clone(owners), func(o string) bool { return strings.EqualFold(o, owner) })
	}
	switch op % 7 {
	case 0:
		return AddOwner{at, one}, append(owners, lowerOne)
	case 1:
		return RemoveOwner{at, one, true}, without(one)
	case 2:
		return ReplaceOwner{at, one, two}, append(without(one), lowerTwo)
	case 3:
		return SetOwners{at, []string{one, two}, false}, []string{lowerOne, lowerTwo}
	case 4:
		return AddRule{pattern, []string{one}, false, 0}, []string{lowerOne}
	case 5:
		return AddRule{pattern, []string{one, two}, false, at.Line}, []string{lowerOne, lowerTwo}
	}
	return RemoveRule{at}, nil
}

// sameExcept: all lines are the same to the byte but for the one removed or changed (a number in before, 0 none) and the
// one added or changed (a number in after, 0 none); a last line may have got the line break that it needs.
func sameExcept(t failer, before, after *File, gone, come int) {
	t.Helper()
	list := func(f *File, except int) (texts, endings []string) {
		for n := 1; n <= f.LineCount(); n++ {
			if n != except {
				texts, endings = append(texts, f.Line(n).Text), append(endings, f.Line(n).Ending)
			}
		}
		return texts, endings
	}
	texts, endings := list(before, gone)
	gotTexts, gotEndings := list(after, come)
	if n := len(endings); come > 0 && gone == 0 && n > 0 && endings[n-1] == "" && len(gotEndings) == n {
		gotEndings[n-1] = ""
	}
	if diff := cmp.Diff(texts, gotTexts); diff != "" {
		t.Fatalf("other lines differ: %s", diff)
	}
	if diff := cmp.Diff(endings, gotEndings); diff != "" {
		t.Fatalf("other line endings differ: %s", diff)
	}
	if before.HasByteOrderMark() != after.HasByteOrderMark() {
		t.Fatalf("the byte order mark came or went")
	}
}

func checkRule(t failer, f *File, number int, pattern, comment string, owners []string) {
	t.Helper()
	line := f.Line(number)
	if line.Kind != RuleLine {
		t.Fatalf("line %d, %q, is no rule", number, line.Text)
	}
	rule := f.rules[line.Rule]
	got := map[string]bool{}
	for _, o := range rule.Owners {
		got[strings.ToLower(o.Text)] = true
	}
	want := map[string]bool{}
	for _, o := range owners {
		want[o] = true
	}
	if rule.Pattern != pattern || rule.Comment != comment || !cmp.Equal(got, want) {
		t.Fatalf("line %d, %q, is %+v, want %q %v # %q", number, line.Text, rule, pattern, owners, comment)
	}
}

// TestEditProperties is FuzzEdit over texts that look like CODEOWNERS, so that most edits are accepted.
func TestEditProperties(t *testing.T) {
	owner := rapid.SampledFrom([]string{"@a", "@b", "@Bob", "@o/t", "x@y.z", "@c-d"})
	pattern := rapid.SampledFrom([]string{"*", "/a/", "*.js", `a\ b`, "/a/*", "**/x", "é", "/[", "b#c"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		if rapid.Bool().Draw(t, "bom") {
			b.WriteString(byteOrderMark)
		}
		for range rapid.IntRange(1, 6).Draw(t, "lines") {
			b.WriteString(rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "indent"))
			b.WriteString(pattern.Draw(t, "pattern"))
			for range rapid.IntRange(0, 3).Draw(t, "owners") {
				b.WriteString(rapid.SampledFrom([]string{" ", "\t", "   ", " \r"}).Draw(t, "space") + owner.Draw(t, "owner"))
			}
			b.WriteString(rapid.SampledFrom([]string{"", " # c", "#c", "  "}).Draw(t, "comment"))
			b.WriteString(rapid.SampledFrom([]string{"\n", "\r\n", "\n\n", "\n# c\n"}).Draw(t, "ending"))
		}
		text := b.String()
		if rapid.Bool().Draw(t, "unended") {
			text = strings.TrimRight(text, "\r\n")
		}
		checkEdit(t, []byte(text), rapid.Uint8().Draw(t, "op"), rapid.IntRange(0, 20).Draw(t, "line"),
			owner.Draw(t, "one"), owner.Draw(t, "two"), pattern.Draw(t, "new"))
	})
}

// TestEscapeProperty: what Escape accepts matches the path, and not its neighbours.
func TestEscapeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`[a-c \[\]!é{}().]{1,4}(/[a-c \[\]!é{}().]{1,4}){0,3}`).Draw(t, "path")
		pattern, err := Escape(path)
		if err != nil {
			return
		}
		f := Parse([]byte(pattern + " @a\n"))
		m := f.Compile()
		if len(f.Errors()) > 0 || m.Match(path).State != Owned || m.Match(path+"/x").State != Owned {
			t.Fatalf("%q does not match %q: %v", pattern, path, f.Errors())
		}
		if m.Match(path+"x").State == Owned || m.Match("x/"+path).State == Owned || m.Match("x"+path).State == Owned {
			t.Fatalf("%q matches more than %q", pattern, path)
		}
	})
}
