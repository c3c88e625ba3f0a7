package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/snapshot"
)

// program draws an estate in which everything may be in the way of everything: nested and overlapping areas, rules of
// all kinds, broken lines, line endings of both kinds, people who are there, unknown or gone.
func program(t *rapid.T) estate {
	folders := []string{"a", "a/b", "a/b/c", "b", "b/a", "c"}
	names := []string{"x.go", "y.md", "z", "[q]", "#h"}
	var files []string
	for range rapid.IntRange(1, 14).Draw(t, "files") {
		name := rapid.SampledFrom(names).Draw(t, "name")
		if folder := rapid.IntRange(-1, len(folders)-1).Draw(t, "folder"); folder >= 0 {
			name = folders[folder] + "/" + name
		}
		files = append(files, name)
	}
	slices.Sort(files)
	e := estate{
		files: strings.Join(slices.Compact(files), " "), exclusive: rapid.Bool().Draw(t, "exclusive"), rules: drawnRules(t),
		teams: []ownership.Team{team("web", "ann"), team("empty"), secret("hidden", "bob")},
	}
	if rapid.IntRange(0, 3).Draw(t, "people") > 0 {
		e.people = []string{"ann", "bob", "cem?", "left!"}
	}
	paths := []string{"", "a", "a/", "a/*", "a/b", "a/b/", "a/b/c", "b", "a/*.go", "*.md", "c b", "a/b/x.go", "/**/c"}
	approvers := []string{"", "ann", "bob", "cem", "left", "ann bob", "team:acme/web", "team:acme/hidden", "ann team:acme/empty", "schedule:x/y"}
	for i := range rapid.IntRange(1, 5).Draw(t, "plots") {
		p := plot{
			name: fmt.Sprintf("p%d", i), paths: rapid.SampledFrom(paths).Draw(t, "paths"), approvers: rapid.SampledFrom(approvers).Draw(t, "approvers"),
			suspended: rapid.IntRange(0, 9).Draw(t, "suspended") == 0,
		}
		if i > 0 && rapid.Bool().Draw(t, "inherits") {
			p.parent = fmt.Sprintf("p%d", rapid.IntRange(0, i-1).Draw(t, "parent"))
		}
		if rapid.IntRange(0, 9).Draw(t, "unsure") == 0 {
			p.unsure = "a policy failed"
		}
		e.plots = append(e.plots, p)
	}
	return e
}

func drawnRules(t *rapid.T) string {
	patterns := []string{"*", "/a/", "a", "/a/b/", "/a/*", "*.go", "*.md", "/b", "/a/b/c/", "**/c", "/c/ ", "/a/**/*.go", "x.go"}
	owners := []string{"@ann", "@bob", "@cem", "@left", "@gone", "@acme/web", "@acme/empty", "@acme/hidden", "dan@acme.com", "@acme/unknown"}
	others := []string{"", "# comment", "  # indented", "!no @ann", "/a/[b @bob", "/b/ nobody", "\t"}
	var text strings.Builder
	if rapid.IntRange(0, 9).Draw(t, "mark") == 0 {
		text.WriteString("\ufeff")
	}
	lines := rapid.IntRange(0, 7).Draw(t, "lines")
	for i := range lines {
		line := rapid.SampledFrom(others).Draw(t, "other")
		if rapid.IntRange(0, 4).Draw(t, "kind") > 0 {
			line = rapid.SampledFrom(patterns).Draw(t, "pattern")
			for _, owner := range rapid.SliceOfNDistinct(rapid.SampledFrom(owners), 0, 3, rapid.ID).Draw(t, "owners") {
				line += rapid.SampledFrom([]string{" ", "  ", "\t"}).Draw(t, "space") + owner
			}
			line += rapid.SampledFrom([]string{"", "", " ", " # why"}).Draw(t, "comment")
		}
		ending := rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(t, "ending")
		if i == lines-1 && rapid.Bool().Draw(t, "unended") {
			ending = ""
		}
		text.WriteString(line + ending)
	}
	return text.String()
}

// TestRandomPrograms holds what must be so whatever is drawn: of any choice of candidates, each with what it needs,
//
//   - the edits can be made;
//   - no line is lost: those that are not edited are there, in order, to the byte;
//   - no rule loses its last owner, and no file its last valid one;
//   - each file has the owners it had, but for those whom its own area wants to come or go;
//   - with all of them made, none of them is proposed again, and if none was held, nothing is.
//
// There are 10,000 programs: 100 times rapid's 100, unless it is told otherwise.
func TestRandomPrograms(t *testing.T) {
	times := 100
	if testing.Short() {
		times = 5
	}
	for range times {
		rapid.Check(t, checkProgram)
	}
}

func checkProgram(t *rapid.T) {
	e := program(t)
	in := e.input()
	found := candidates(in)
	chosen := choose(t, found)
	edited := e.repaired(t, chosen)
	keepsLines(t, e.rules, edited, chosen)
	keepsOwners(t, e, in, edited, chosen)
	if all := unheld(found); len(all) > 0 {
		after := e
		after.rules = e.repaired(t, all)
		for _, again := range unheld(candidates(after.input())) {
			if len(all) == len(found) || slices.ContainsFunc(all, func(made ownership.Change) bool { return isAgain(made, again) }) {
				t.Fatalf("once repaired from\n%s\nto\n%s\nthere is still %+v", e.rules, after.rules, again)
			}
		}
	}
}

// choose draws any of the candidates that nothing holds, without those that need one which is left out.
func choose(t *rapid.T, found []*candidate) []ownership.Change {
	kept := slices.Clone(found)
	for i := range kept {
		if rapid.IntRange(0, 3).Draw(t, "left out") == 0 {
			kept[i].brake = "drawn"
		}
	}
	changes := unheld(kept)
	return rapid.Permutation(changes).Draw(t, "order")
}

// isAgain says whether a change does what another has done.
func isAgain(made, again ownership.Change) bool {
	return made.Area == again.Area && made.Operation == again.Operation && made.Pattern == again.Pattern && slices.Equal(made.Owners, again.Owners)
}

func keepsLines(t *rapid.T, before, after string, changes []ownership.Change) {
	edited := map[int]bool{}
	added := 0
	for _, c := range changes {
		if c.Operation == ownership.AddRule {
			added++
		} else {
			edited[c.Line] = true
		}
	}
	old, now := codeowners.Parse([]byte(before)), codeowners.Parse([]byte(after))
	if now.LineCount() != old.LineCount()+added || now.ErrorsTotal() != old.ErrorsTotal() || now.HasByteOrderMark() != old.HasByteOrderMark() {
		t.Fatalf("%q became %q", before, after)
	}
	at := 1
	for number := 1; number <= old.LineCount(); number++ {
		line := old.Line(number)
		for at <= now.LineCount() && !keeps(old, line, now, now.Line(at), edited[number]) {
			at++
		}
		if at > now.LineCount() {
			t.Fatalf("line %d, %q, of %q is lost in %q", number, line.Text, before, after)
		}
		at++
	}
}

// keeps says whether a line is another, but for its owners where these were edited, and for the end of the last line.
func keeps(old *codeowners.File, a codeowners.Line, now *codeowners.File, b codeowners.Line, edited bool) bool {
	if a.Ending != b.Ending && a.Ending != "" && b.Ending != "" {
		return false
	}
	if !edited {
		return a.Text == b.Text
	}
	if a.Kind != codeowners.RuleLine || b.Kind != codeowners.RuleLine {
		return false
	}
	one, other := old.Rules()[a.Rule], now.Rules()[b.Rule]
	return one.Pattern == other.Pattern && one.Comment == other.Comment && (len(one.Owners) == 0 || len(other.Owners) > 0)
}

func keepsOwners(t *rapid.T, e estate, in Input, edited string, changes []ownership.Change) {
	coming, going := map[ownership.AreaID]map[ownership.Holder]bool{}, map[ownership.AreaID]map[ownership.Holder]bool{}
	for i, area := range in.Areas {
		coming[area.ID], going[area.ID] = map[ownership.Holder]bool{}, map[ownership.Holder]bool{}
		for _, d := range in.Drift[i] {
			if d.Kind == ownership.Missing {
				coming[area.ID][d.Holder] = true
			} else {
				going[area.ID][d.Holder] = true
			}
		}
	}
	repository := in.Snapshot.Repository(shop)
	now := codeowners.Parse([]byte(edited))
	for i, match := range now.Compile().MatchAll(repository.Facts.Files.Paths) {
		path := repository.Facts.Files.Paths[i]
		var before, after []ownership.Holder
		if rule := repository.Matches[i]; rule >= 0 {
			before = repository.Rules[rule].Owners
		}
		if match.Rule >= 0 {
			for _, owner := range now.Rules()[match.Rule].Owners {
				after = append(after, in.Snapshot.People.Holder(owner.Text))
			}
		}
		var id ownership.AreaID
		if area := repository.Area(i); area != nil {
			id = area.ID
		}
		for _, holder := range after {
			if !slices.Contains(before, holder) && !coming[id][holder] {
				t.Fatalf("%s of %q gets %s by %+v:\n%s\n%s", path, id, holder, changes, e.rules, edited)
			}
		}
		for _, holder := range before {
			if !slices.Contains(after, holder) && !going[id][holder] {
				t.Fatalf("%s of %q loses %s by %+v:\n%s\n%s", path, id, holder, changes, e.rules, edited)
			}
		}
		if len(before) > 0 && len(after) == 0 || valid(in, before) && !valid(in, after) {
			t.Fatalf("%s of %q loses its last owner by %+v:\n%s\n%s", path, id, changes, e.rules, edited)
		}
	}
}

func valid(in Input, holders []ownership.Holder) bool {
	return slices.ContainsFunc(holders, func(h ownership.Holder) bool {
		status := in.Snapshot.People.Access(h, shop).Status
		return status == snapshot.Alive || status == snapshot.Unchecked
	})
}
