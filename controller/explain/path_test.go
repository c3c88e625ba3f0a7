package explain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/codeowners"
	"github.com/remit-dev/remit/controller/ownership"
)

// told writes an answer about a path in short.
func (p *Path) told() map[string]string {
	told := map[string]string{}
	put := func(key string, format string, arguments ...any) {
		if told[key] != "" {
			told[key] += "; "
		}
		told[key] += fmt.Sprintf(format, arguments...)
	}
	for _, area := range p.Areas {
		put("areas", "%s %d", area.ID, area.Files)
	}
	if p.Unclaimed > 0 {
		put("areas", "none %d", p.Unclaimed)
	}
	for _, claim := range p.Claims {
		put("claims", "%s %s %s", claim.Area, claim.Pattern, claim.Status)
	}
	owners := func(rule PathRule) string {
		var names []string
		for _, owner := range rule.Owners {
			names = append(names, owner.Text+"="+string(owner.Holder))
		}
		return fmt.Sprintf("%d %s %v", rule.Location.Line, rule.Pattern, names)
	}
	for _, file := range p.Codeowners {
		put("state", "%s", file.State)
		for _, rule := range file.Rules {
			put("rules", "%s %d", owners(rule), rule.Files)
		}
		for _, rule := range file.Overridden {
			put("overridden", "%s", owners(rule))
		}
	}
	return told
}

func TestPath(t *testing.T) {
	area := func(name, parent, paths string) string {
		return header + "Area\nmetadata: {name: " + name + ", namespace: web}\nspec: {" + parent + "scope: {repositories: [{name: acme/shop, paths: [" + paths + "]}]}}\n"
	}
	tests := map[string]struct {
		reason, add, ask string
		want             map[string]string
	}{
		"file": {"the most specific claim and the last rule", "", "checkout/pay.go", map[string]string{
			"areas": "web/checkout 1", "claims": "web/checkout /checkout/ wins; web/shop * less-specific", "state": "owned",
			"rules": "2 /checkout/ [@acme/pay=team:acme/pay @ann-gh=user:ann] 1", "overridden": "1 * [@acme/web=team:acme/web]",
		}},
		"unset": {"the last rule has no owners", "", "checkout/readme.md", map[string]string{
			"areas": "web/checkout 1", "claims": "web/checkout /checkout/ wins; web/shop * less-specific", "state": "unowned",
			"rules": "3 /checkout/*.md [] 1", "overridden": "2 /checkout/ [@acme/pay=team:acme/pay @ann-gh=user:ann]; 1 * [@acme/web=team:acme/web]",
		}},
		"folder": {"several rules decide", "", "acme/shop:checkout", map[string]string{
			"areas": "web/checkout 2", "claims": "web/checkout /checkout/ wins; web/shop * less-specific", "state": "mixed",
			"rules":      "2 /checkout/ [@acme/pay=team:acme/pay @ann-gh=user:ann] 1; 3 /checkout/*.md [] 1",
			"overridden": "1 * [@acme/web=team:acme/web]",
		}},
		"repository": {"several areas", "", "acme/shop:", map[string]string{
			"areas": "web/shop 3; web/checkout 2", "claims": "web/checkout /checkout/ wins; web/shop * wins", "state": "mixed",
			"rules": "1 * [@acme/web=team:acme/web] 2; 2 /checkout/ [@acme/pay=team:acme/pay @ann-gh=user:ann] 1; 3 /checkout/*.md [] 1; 4 /gone/ [@gone-gh=user:gone] 1",
		}},
		"new file": {"as if it were created", "", "acme/shop:checkout/new.md", map[string]string{
			"areas": "web/checkout 0", "claims": "web/checkout /checkout/ wins; web/shop * less-specific", "state": "unowned",
			"rules": "3 /checkout/*.md [] 0", "overridden": "2 /checkout/ [@acme/pay=team:acme/pay @ann-gh=user:ann]; 1 * [@acme/web=team:acme/web]",
		}},
		"new folder": {"a file of no special name in it", "", "acme/shop:checkout/deep/", map[string]string{
			"areas": "web/checkout 0", "claims": "web/checkout /checkout/ wins; web/shop * less-specific", "state": "owned",
			"rules": "2 /checkout/ [@acme/pay=team:acme/pay @ann-gh=user:ann] 0", "overridden": "1 * [@acme/web=team:acme/web]",
		}},
		"tie of parent and child": {"the area below wins", area("cart", "parent: shop, ", `/cart/`) + area("basket", "parent: cart, ", `/cart/`), "cart/a.go", map[string]string{
			"areas": "web/basket 1", "claims": "web/basket /cart/ wins; web/cart /cart/ above; web/shop * less-specific", "state": "owned",
			"rules": "1 * [@acme/web=team:acme/web] 1",
		}},
		"tie": {"nobody gets it", area("cart", "", `/cart/`) + area("basket", "", `/cart/`), "cart/a.go", map[string]string{
			"areas": "none 1", "claims": "web/basket /cart/ tied; web/cart /cart/ tied; web/shop * less-specific", "state": "owned",
			"rules": "1 * [@acme/web=team:acme/web] 1",
		}},
		"wildcard": {"a pattern with more before its first wildcard is more specific", area("go", "", `"*.go"`), "main.go", map[string]string{
			"areas": "web/go 1", "claims": "web/go /*.go wins; web/shop * less-specific", "state": "owned", "rules": "1 * [@acme/web=team:acme/web] 1",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newWorld().add(test.add).ask(t, test.ask).Path
			if diff := cmp.Diff(test.want, path.told()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
			for _, claim := range path.Claims {
				if claim.Location.Line == 0 {
					t.Errorf("%s: no line says so", claim.Area)
				}
			}
		})
	}
}

func TestPathRest(t *testing.T) {
	area := func(name, paths string) string {
		return header + "Area\nmetadata: {name: " + name + ", namespace: web}\nspec: {scope: {repositories: [{name: acme/shop, paths: [" + paths + "]}]}}\n"
	}
	conflict := newWorld().add(area("cart", "/cart/") + area("basket", "/cart/"))
	for _, ask := range []string{"cart/a.go", "acme/shop:cart", "acme/shop:cart/new/", "acme/shop:"} {
		path := conflict.ask(t, ask).Path
		conflict.git.Repositories = nil
		if len(path.Conflicts) == 0 || !strings.HasPrefix(path.Conflicts[0], "ScopeConflict: ") {
			t.Errorf("%s: two areas tie for files, and it says %v", ask, path.Conflicts)
		}
	}
	if path := newWorld().ask(t, "checkout/pay.go").Path; len(path.Roles) == 0 || path.Codeowners[0].Rules[0].Owners[0].Standing.Access != Yes {
		t.Errorf("one area gets it, and its approver may write: %+v", path)
	}
	if path := newWorld().ask(t, "acme/shop:").Path; len(path.Roles) != 0 {
		t.Error("of which area are these roles?")
	}
	named := newWorld()
	named.codeowners += "*.txt @ann-gh\n"
	if path := named.ask(t, "acme/shop:checkout/deep/").Path; path.Exists || !path.Codeowners[0].Depends || path.Codeowners[0].Rules[0].Location.Line != 2 {
		t.Errorf("a file named *.txt would be another's: %+v", path.Codeowners)
	}
	none := newWorld()
	none.codeowners = "/[bad @acme/web\n"
	if file := none.ask(t, "main.go").Path.Codeowners[0]; file.State != "unmatched" || file.Invalid != 1 || file.Unmatched != 1 {
		t.Errorf("%+v", file)
	}
	unread := newWorld()
	unread.codeowners = "-"
	unread.git.Repositories = []ownership.Repository{repository("acme/shop", "git", "", unread.files)}
	unread.git.Repositories[0].Codeowners.Unknown = "no permission"
	path := unread.ask(t, "main.go").Path
	if path.Codeowners[0].State != "unknown" || len(path.Unknown) == 0 || path.Unknown[0].Because != "source git: no permission" {
		t.Errorf("%+v", path)
	}
}

func TestOwnersFiles(t *testing.T) {
	w := newWorld()
	entry := func(login string, line int) ownership.OwnersEntry {
		return ownership.OwnersEntry{Login: login, Line: line}
	}
	w.catalog = &ownership.Observation{Source: "catalog", Kind: ownership.SourceCatalog, At: now, Catalogs: []ownership.Catalog{{
		Repository: "acme/shop", Provenance: known("catalog"), Owners: []ownership.OwnersFile{
			{Path: "OWNERS", Provenance: known("catalog"), Rules: []ownership.OwnersRule{{Approvers: []ownership.OwnersEntry{entry("bob", 2)}}}},
			{Path: "cart/OWNERS", Folder: "cart", Provenance: known("catalog"), Rules: []ownership.OwnersRule{{
				Approvers: []ownership.OwnersEntry{entry("ann-gh", 2)}, Emeritus: []ownership.OwnersEntry{entry("gone-gh", 4)},
			}}},
		},
	}}}
	owners := w.ask(t, "acme/shop:cart/new.go").Path.Owners
	if len(owners) != 1 || len(owners[0].Approvers) != 2 || len(owners[0].Emeritus) != 1 {
		t.Fatalf("%+v", owners)
	}
	ann := owners[0].Approvers[0]
	if ann.Holder != "user:ann" || ann.Name != "Ann Lee" || ann.Locations[0].String() != "acme/shop cart/OWNERS:2" || ann.Standing.Status != Alive {
		t.Errorf("%+v", ann)
	}
}

// Taking out what decides, round by round, finds the patterns that trying each alone finds.
func TestMatchingFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(rapid.SampledFrom([]string{"*", "/a/", "/a/b/", "*.go", "/a/*.go", "b/", "/c", "**/b/c", "/d/"}), 0, 8).Draw(t, "patterns")
		files := slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a/x.go", "a/b/c", "a/b/y.go", "c", "b/c", "e"}), 1, 6, rapid.ID[string]).Draw(t, "files")))
		deciding, others, more := matchingFiles(patterns, files)
		wantDeciding, matches := map[int]int{}, map[int]bool{}
		for _, file := range files {
			matching := matchingOne(patterns, file)
			for _, at := range matching {
				matches[at] = true
			}
			if len(matching) > 0 {
				wantDeciding[matching[len(matching)-1]]++
			}
		}
		var wantOthers []int
		for at := len(patterns) - 1; at >= 0; at-- {
			if matches[at] && wantDeciding[at] == 0 {
				wantOthers = append(wantOthers, at)
			}
		}
		if diff := cmp.Diff(wantDeciding, deciding); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(wantOthers, others); diff != "" || more {
			t.Fatal(diff, more)
		}
	})
}

// A CODEOWNERS of any size gives an answer of a bounded one for a folder.
func TestMatchingFilesIsBounded(t *testing.T) {
	patterns := make([]string, 1000)
	for i := range patterns {
		patterns[i] = "/a/"
	}
	deciding, others, more := matchingFiles(patterns, []string{"a/x", "a/y"})
	if len(deciding) != 1 || deciding[999] != 2 || len(others) != maxOverridden || !more || others[0] != 998 {
		t.Errorf("%v, %d others, more: %v", deciding, len(others), more)
	}
	if codeowners.Unmatched.String() != "unmatched" {
		t.Error("the states of a path are those of codeowners")
	}
}
