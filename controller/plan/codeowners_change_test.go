package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// TestCandidatesSayWhatTheyAre looks at all that a candidate says.
func TestCandidatesSayWhatTheyAre(t *testing.T) {
	e := estate{
		rules: "* @ann @gone # all\n/web/ @gone\n", files: "api/a api/v2/b main web/c", people: []string{"ann", "bob", "cem"},
		plots: []plot{
			{name: "api", paths: "api", approvers: "bob", mode: ownership.Propose}, {name: "v2", paths: "api/v2", approvers: "ann"},
			{name: "web", paths: "web", approvers: "cem"},
		},
	}
	at := ownership.Change{Target: ownership.TargetCodeowners, Repository: shop, File: file, Role: ownership.Approver, Reversible: true, Mode: ownership.Enforce}
	rule, inner, cem, gone := at, at, at, at
	rule.Operation, rule.Line, rule.Pattern, rule.Owners, rule.After = ownership.AddRule, 1, "/api", []string{"@ann", "@bob"}, "/api @ann @bob"
	rule.Area, rule.Holders, rule.Drift, rule.Removal, rule.Mode = "web/api", []ownership.Holder{"user:bob", "user:gone"}, ownership.Missing, true, ownership.Propose
	rule.Reason = `user:bob is declared approver by area web/api but observed as such nowhere; user:gone does not exist, but holds approver; ` +
		`line 1, "*", decides over files of others too`
	inner.Operation, inner.Line, inner.Pattern, inner.Owners, inner.After = ownership.AddRule, 1, "/api/v2", []string{"@ann"}, "/api/v2 @ann"
	inner.Area, inner.Holders, inner.Drift, inner.Removal = "web/v2", []ownership.Holder{"user:gone"}, ownership.Invalid, true
	inner.Reason = `user:gone does not exist, but holds approver; line 1, "*", decides over files of others too`
	cem.Operation, cem.Line, cem.Pattern, cem.Owners, cem.Before, cem.After = ownership.AddOwner, 2, "/web/", []string{"@cem"}, "/web/ @gone", "/web/ @gone @cem"
	cem.Area, cem.Holders, cem.Drift = "web/web", []ownership.Holder{"user:cem"}, ownership.Missing
	cem.Reason = "user:cem is declared approver by area web/web but observed as such nowhere"
	gone.Operation, gone.Line, gone.Pattern, gone.Owners, gone.Before, gone.After = ownership.RemoveOwner, 2, "/web/", []string{"@gone"}, "/web/ @gone", "/web/ @cem" // with what it needs
	gone.Area, gone.Holders, gone.Drift, gone.Removal = "web/web", []ownership.Holder{"user:gone"}, ownership.Invalid, true
	gone.Reason = "user:gone does not exist, but holds approver"
	want := []*candidate{
		{Change: rule, areas: []ownership.AreaID{"web/api"}, loses: []ownership.Holder{"user:gone"}, needs: []int{1}},
		{Change: inner, areas: []ownership.AreaID{"web/v2"}, loses: []ownership.Holder{"user:gone"}, needs: []int{}},
		{Change: cem, areas: []ownership.AreaID{"web/web"}},
		{Change: gone, areas: []ownership.AreaID{"web/web"}, loses: []ownership.Holder{"user:gone"}, needs: []int{2}},
	}
	if diff := cmp.Diff(want, candidates(e.input()), cmp.AllowUnexported(candidate{})); diff != "" {
		t.Error(diff)
	}
}

// TestKeptNeedsWhatItIsKeptFor: a rule that only keeps what is there makes no sense without the one that it is for.
func TestKeptNeedsWhatItIsKeptFor(t *testing.T) {
	e := estate{rules: "* @x\n", files: "api/a api/v2/b main", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "v2", paths: "api/v2", approvers: "x"}}}
	found := candidates(e.input())
	at := func(pattern string) int {
		return slices.IndexFunc(found, func(c *candidate) bool { return c.Pattern == pattern })
	}
	outer, kept := at("/api"), at("/api/v2")
	if outer < 0 || kept < 0 || !slices.Equal(found[outer].needs, []int{kept}) || !slices.Equal(found[kept].needs, []int{outer}) {
		t.Fatalf("the two do not need one another: %+v", found)
	}
	if want := "web/v2 keeps the owners that it has, where a rule for web/api would change them"; found[kept].Reason != want || len(found[kept].Holders) > 0 {
		t.Errorf("got %+v, want the reason %q and no holders", found[kept], want)
	}
}

// TestEditForSeveralAreas names them all, but not at any length in the reason.
func TestEditForSeveralAreas(t *testing.T) {
	e := estate{rules: "* @x\n", files: "a/1 b/1 c/1 d/1 e/1"}
	for name := range strings.SplitSeq("a b c d e", " ") {
		e.plots = append(e.plots, plot{name: name, paths: name, approvers: "new"})
	}
	found := candidates(e.input())
	if len(found) != 1 {
		t.Fatalf("got %+v, want one edit", found)
	}
	if diff := cmp.Diff([]ownership.AreaID{"web/a", "web/b", "web/c", "web/d", "web/e"}, found[0].areas); diff != "" {
		t.Error(diff)
	}
	want := "user:new is declared approver by area web/a but observed as such nowhere; so it is with web/b, web/c, web/d and 1 more"
	if diff := cmp.Diff(want, found[0].Reason); diff != "" {
		t.Error(diff)
	}
}

func TestHeldMessages(t *testing.T) {
	for name, test := range map[string]struct {
		reason string
		estate estate
		want   string
	}{
		"no pattern": {
			"it says which line, how many files, and what to do",
			estate{rules: "* @x\n", files: "api/a#b api/z", plots: []plot{{name: "api", paths: "api", approvers: "new"}, {name: "z", paths: "api/z", unsure: "-"}, {name: "q", paths: "api/z", approvers: "x"}}},
			`line 1, "*", decides over 1 file of web/api and over files of others, and no few rules take just the former; write rules for them by hand, or give them a folder of their own`,
		},
		"schedule": {
			"it says what to declare",
			estate{rules: "* @x\n", files: "a", plots: []plot{{name: "api", approvers: "schedule:x/y"}}},
			"a schedule cannot be a code owner, and schedule:x/y is one; declare a team or a person",
		},
		"an owner that may not be written": {
			"it says which",
			estate{rules: "* @a@b.c\n", files: "a/1 b", plots: []plot{{name: "api", paths: "a", approvers: "new"}}},
			`the file cannot be edited so: editing CODEOWNERS, edit 1: "@a@b.c" is two owners without a space: not an owner that can be written; make the change by hand`,
		},
		"binary": {
			"it says why nothing can be edited",
			estate{rules: "*\x00", files: "a", plots: []plot{{name: "api", approvers: "new"}}},
			"Binary file: there is a NUL byte at offset 1, so it is not read as text; remove it, or save the file as UTF-8 if it is in UTF-16; somebody has to mend it by hand",
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := candidates(test.estate.input())
			at := slices.IndexFunc(found, func(c *candidate) bool { return c.brake == ownership.BrakeInexpressible })
			if at < 0 {
				t.Fatalf("nothing is inexpressible: %+v", found)
			}
			if diff := cmp.Diff(test.want, found[at].because); diff != "" {
				t.Errorf("%s: %s", test.reason, diff)
			}
		})
	}
}

// TestEdits: whatever the order of the changes, owners come before others go, and more specific rules come later.
func TestEdits(t *testing.T) {
	changes := []ownership.Change{
		{Operation: ownership.AddRule, Line: 1, Pattern: "/a/b", Owners: []string{"@two"}},
		{Operation: ownership.RemoveOwner, Line: 1, Pattern: "*", Owners: []string{"@x", "@y"}},
		{Operation: ownership.AddRule, Line: 1, Pattern: "/a", Owners: []string{"@one"}},
		{Operation: ownership.AddOwner, Line: 1, Pattern: "*", Owners: []string{"@z"}},
		{Operation: ownership.AddRule, Line: 0, Pattern: "/c", Owners: []string{"@three"}},
	}
	for range 2 {
		got, err := codeowners.Parse([]byte("* @x @y\n/b @b\n")).Apply(Edits(changes)...)
		if diff := cmp.Diff("* @z\n/a @one\n/a/b @two\n/b @b\n/c @three\n", string(got)); diff != "" || err != nil {
			t.Error(diff, err)
		}
		slices.Reverse(changes)
	}
	if got := Edits(nil); len(got) > 0 {
		t.Errorf("no changes are edits %v", got)
	}
}
