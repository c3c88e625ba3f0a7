package snapshot

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/manifest"
	"github.com/remit-dev/remit/controller/ownership"
)

// ownersFile makes an OWNERS file of words: a login approves all; "PATTERN=login" what the pattern matches; "-login" is
// emeritus; "no-parents", "auto" and "?" (unknown) are options.
func ownersFile(folder string, words ...string) ownership.OwnersFile {
	file := ownership.OwnersFile{Path: strings.TrimPrefix(folder+"/OWNERS", "/"), Folder: folder}
	rules := map[string]int{}
	for i, word := range words {
		switch word {
		case "no-parents":
			file.NoParentOwners = true
			continue
		case "auto":
			file.AutoApprove = true
			continue
		case "?":
			file.Unknown = "no YAML"
			return file
		}
		pattern, login, found := strings.Cut(word, "=")
		if !found {
			pattern, login = "", word
		}
		at, known := rules[pattern]
		if !known {
			at = len(file.Rules)
			rules[pattern] = at
			file.Rules = append(file.Rules, ownership.OwnersRule{Pattern: pattern})
		}
		if former, is := strings.CutPrefix(login, "-"); is {
			file.Rules[at].Emeritus = append(file.Rules[at].Emeritus, ownership.OwnersEntry{Login: former, Line: i + 1})
			continue
		}
		file.Rules[at].Approvers = append(file.Rules[at].Approvers, ownership.OwnersEntry{Login: login, Line: i + 1})
	}
	return file
}

func TestOwnersMatcher(t *testing.T) {
	cases := map[string]struct {
		reason string
		owners []ownership.OwnersFile
		// want is by file: logins, with "?" for unknown, "*" for catch-all, "exempt".
		want map[string]string
	}{
		"Inherited": {
			reason: "those above come on top", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a/b", "bob")},
			want: map[string]string{"x": "ann *", "a/x": "ann *", "a/b/x": "bob ann", "a/b/c/d/x": "bob ann", "ab/x": "ann *"},
		},
		"NoParents": {
			reason: "cuts off those above once anybody is found", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "no-parents", "bob"), ownersFile("a/b", "carl"), ownersFile("c", "no-parents")},
			want: map[string]string{"a/x": "bob", "a/b/x": "carl bob", "c/x": "ann *", "x": "ann *"},
		},
		"Filters": {
			reason: "match the path below their folder", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "\\.go$=gopher", "^b/=bob", "=all")},
			want: map[string]string{"a/x.go": "gopher all ann", "a/b/x": "bob all ann", "a/b/x.go": "gopher bob all ann", "b/x.go": "ann *"},
		},
		"FilteredNoParents": {
			reason: "only where a filter found anybody", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "no-parents", "\\.go$=gopher")},
			want: map[string]string{"a/x.go": "gopher", "a/x.md": "ann *"},
		},
		"RootFilter": {reason: "is no catch-all", owners: []ownership.OwnersFile{ownersFile("", "\\.go$=gopher")}, want: map[string]string{"x.go": "gopher", "x.md": "*"}},
		"Unknown": {
			reason: "those above may be cut off, those below count", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "?"), ownersFile("a/b", "bob"), ownersFile("a/c", "no-parents", "carl")},
			want: map[string]string{"x": "ann *", "a/x": "? *", "a/b/x": "bob ?", "a/c/x": "carl"},
		},
		"Auto": {
			reason: "folders below without approvers of their own need nobody's approval",
			owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "auto", "bob"), ownersFile("a/b", "carl"), ownersFile("a/c")},
			want:   map[string]string{"a/x": "bob ann", "a/b/x": "carl bob ann", "a/b/d/x": "carl bob ann", "a/c/x": "exempt *", "a/d/x": "exempt *"},
		},
		"Nobody": {reason: "named at all", owners: []ownership.OwnersFile{ownersFile("")}, want: map[string]string{"x": "*"}},
		"Broken": {reason: "a filter that cannot be compiled matches nothing", owners: []ownership.OwnersFile{ownersFile("", "(=ann")}, want: map[string]string{"x": "*"}},
	}
	people := newPeople(now, nil, nil, "", nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			m := newOwnersMatcher(&ownership.Catalog{Repository: "acme/shop", Owners: tc.owners}, people)
			got := map[string]string{}
			for file := range tc.want {
				number := m.match(file)
				got[file] = describeApproval(m.decisions[number])
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func describeApproval(a Approval) string {
	var words []string
	for _, approver := range a.Approvers {
		words = append(words, approver.Holder.Name())
	}
	if a.Unknown != "" {
		words = append(words, "?")
	}
	if a.Exempt {
		words = append(words, "exempt")
	}
	if a.CatchAll {
		words = append(words, "*")
	}
	return strings.Join(words, " ")
}

// The matcher, which shares answers among files, gives what asking each file by itself gives.
func TestOwnersMatcherAsWritten(t *testing.T) {
	people := newPeople(now, nil, nil, "", nil)
	rapid.Check(t, func(t *rapid.T) {
		segment := rapid.SampledFrom([]string{"a", "b", "ab"})
		folder := rapid.Map(rapid.SliceOfN(segment, 0, 3), func(parts []string) string { return strings.Join(parts, "/") })
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"ann", "bob", "-old", "no-parents", "auto", "a=carl", "^b/=dan", "?", "x$=eve"}), 0, 4)
		byFolder := map[string]ownership.OwnersFile{}
		var owners []ownership.OwnersFile
		for _, f := range rapid.SliceOfNDistinct(folder, 0, 5, rapid.ID).Draw(t, "folders") {
			byFolder[f] = ownersFile(f, words.Draw(t, f)...)
			owners = append(owners, byFolder[f])
		}
		m := newOwnersMatcher(&ownership.Catalog{Repository: "acme/shop", Owners: owners}, people)
		for _, f := range rapid.SliceOfN(folder, 1, 8).Draw(t, "files") {
			file := path.Join(f, "x")
			number := m.match(file)
			if got, want := logins(m.decisions[number]), approversOf(byFolder, file); got != want {
				t.Fatalf("%s: got %q, want %q of %+v", file, got, want, owners)
			}
		}
	})
}

func logins(a Approval) string {
	var names []string
	for _, approver := range a.Approvers {
		names = append(names, approver.Holder.Name())
	}
	slices.Sort(names)
	if a.Unknown != "" {
		names = append(names, "?")
	}
	return strings.Join(slices.Compact(names), " ")
}

// approversOf goes through the folders above a file as the format's description has it, naively.
func approversOf(owners map[string]ownership.OwnersFile, file string) string {
	names := map[string]bool{}
	first := true
	for folder := path.Dir(file); ; folder = path.Dir(folder) {
		if folder == "." {
			folder = ""
		}
		o, found := owners[folder]
		if found && o.Unknown != "" {
			names["~"] = true
			break
		}
		below := strings.TrimPrefix(file, folder+"/")
		some := false
		for _, rule := range o.Rules {
			applies := map[string]bool{"": true, "a": strings.Contains(below, "a"), "^b/": strings.HasPrefix(below, "b/"), "x$": strings.HasSuffix(below, "x")}[rule.Pattern]
			for _, entry := range rule.Approvers {
				if applies {
					some, names[entry.Login] = true, true
				}
			}
		}
		if some && first && o.AutoApprove && path.Dir(file) != folder && (folder != "" || path.Dir(file) != ".") {
			// Nobody is needed, though what is unknown further up stays unknown.
			first = false
			names["!"] = true
		}
		first = first && !some
		if folder == "" || o.NoParentOwners && len(names) > 0 && !first {
			break
		}
	}
	exempt, unknown := names["!"], names["~"]
	var sorted []string
	for name := range names {
		if name != "!" && name != "~" && !exempt {
			sorted = append(sorted, name)
		}
	}
	slices.Sort(sorted)
	if unknown {
		sorted = append(sorted, "?")
	}
	return strings.Join(sorted, " ")
}

func TestApprovers(t *testing.T) {
	files := []string{"OWNERS", "a/x.go", "a/y.go", "b/z.go"}
	whole := []manifest.Object[v1alpha1.Area]{declareArea("whole", "", "acme/shop")}
	cases := map[string]struct {
		reason     string
		areas      []manifest.Object[v1alpha1.Area]
		codeowners string
		owners     []ownership.OwnersFile
		change     func(*Source)
		want       []string
		// coverage is "total owned catchAll effective unowned unmatched undetermined" of the first area; folders its unowned ones.
		coverage string
		folders  []string
		unknown  string
		emeritus []string
	}{
		"OwnersAlone": {
			reason: "a repository that is approved by OWNERS is not unowned", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "bob")},
			want:     []string{"user:ann c 4/4 ! OWNERS:1", "user:bob c 2/4 ! a/OWNERS:1"},
			coverage: "4 4 2 4 0 0 0",
		},
		"Part": {
			reason: "what neither says anything of stays unmatched", owners: []ownership.OwnersFile{ownersFile("a", "bob")},
			want: []string{"user:bob c 2/4 ! a/OWNERS:1"}, coverage: "4 2 0 2 0 2 0", folders: []string{"/ 1", "b/ 1"},
		},
		"Both": {
			reason: "each counts, and a catch-all in one is none where the other names somebody", codeowners: "* @acme/web\n", owners: []ownership.OwnersFile{ownersFile("a", "bob")},
			want: []string{"team:acme/web g 4/4 ! CODEOWNERS:1", "user:bob c 2/4 ! a/OWNERS:1"}, coverage: "4 4 2 4 0 0 0",
		},
		"Unread": {
			reason: "an OWNERS file that cannot be read makes what is below it unknown, never unowned", owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "?")},
			want: []string{"user:ann c 2/4 ! OWNERS:1"}, coverage: "4 2 2 2 0 0 2", unknown: "no YAML",
		},
		"UnreadBeside": {
			reason: "what CODEOWNERS says stays known", codeowners: "* @acme/web\n", owners: []ownership.OwnersFile{ownersFile("a", "?")},
			want: []string{"team:acme/web g 4/4 ! CODEOWNERS:1"}, coverage: "4 4 4 4 0 0 0", unknown: "no YAML",
		},
		"UnreadElsewhere": {
			reason: "and costs the areas below it alone", areas: []manifest.Object[v1alpha1.Area]{declareArea("b", "", "acme/shop:/b/"), declareArea("a", "", "acme/shop:/a/")},
			owners: []ownership.OwnersFile{ownersFile("", "ann"), ownersFile("a", "?")}, coverage: "2 0 0 0 0 0 2", unknown: "no YAML",
		},
		"UnreadSource": {
			reason: "every repository may be in it", change: func(s *Source) { s.Observation.Unknown, s.Observation.Catalogs = "gone", nil },
			coverage: "4 0 0 0 0 0 4", unknown: "gone",
		},
		"UnreadRepository": {
			reason: "likewise", change: func(s *Source) { s.Observation.Catalogs[0].Unknown = "damaged" }, coverage: "4 0 0 0 0 0 4", unknown: "damaged",
		},
		"Informative": {
			reason: "is observed, and changes no coverage", owners: []ownership.OwnersFile{ownersFile("", "ann")},
			change: func(s *Source) { s.Authority.Roles = []ownership.Role{} }, want: []string{"user:ann c 4/4 OWNERS:1"}, coverage: "4 0 0 0 0 4 0", folders: []string{"/ 4"},
		},
		"InformativeUnread": {
			reason: "what is observed is not known whole, but the files are known to be unmatched", owners: []ownership.OwnersFile{ownersFile("", "?")},
			change: func(s *Source) { s.Authority.Roles = []ownership.Role{} }, coverage: "4 0 0 0 0 4 0", folders: []string{"/ 4"}, unknown: "no YAML",
		},
		"Exempt": {
			reason: "explicitly unowned", owners: []ownership.OwnersFile{ownersFile("", "auto", "ann")}, want: []string{"user:ann c 1/4 ! OWNERS:2"},
			coverage: "4 1 1 1 3 0 0", folders: []string{"a/ 2", "b/ 1"},
		},
		"Emeritus": {
			reason: "who approves nothing any more", owners: []ownership.OwnersFile{ownersFile("", "ann", "-old", "-bob"), ownersFile("a", "bob")},
			want: []string{"user:ann c 4/4 ! OWNERS:1", "user:bob c 2/4 ! a/OWNERS:1"}, coverage: "4 4 2 4 0 0 0", emeritus: []string{"user:old 4"},
		},
		"OtherFormat": {
			reason: "a source that reads none says nothing", coverage: "4 0 0 0 0 4 0", folders: []string{"/ 4"},
			change: func(s *Source) {
				s.Observation.Unknown, s.Observation.CatalogFormats = "gone", []ownership.CatalogFormat{ownership.Backstage}
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			source := catalogSource("c", ownership.Catalog{Owners: tc.owners})
			if tc.change != nil {
				tc.change(&source)
			}
			if tc.areas == nil {
				tc.areas = whole
			}
			s := build(tc.areas, source, gitSource("g", tc.codeowners, files...))
			area := s.Areas[0]
			if diff := cmp.Diff(tc.want, held(area, ownership.Approver)); diff != "" {
				t.Errorf("%s: approvers (-want +got):\n%s", tc.reason, diff)
			}
			c := area.Coverage
			if got := fmt.Sprint(c.Total, c.Owned, c.CatchAll, c.Effective, c.Unowned, c.Unmatched, c.Undetermined); got != tc.coverage {
				t.Errorf("%s: coverage %s, want %s", tc.reason, got, tc.coverage)
			}
			if r := s.Repositories[0].Coverage; c.Total == r.Total && r != c {
				t.Errorf("%s: the repository has %+v, its only area %+v", tc.reason, r, c)
			}
			var folders []string
			for _, folder := range area.UnownedFiles {
				folders = append(folders, fmt.Sprint(folder.Folder, " ", folder.Files))
			}
			slices.Sort(folders)
			if diff := cmp.Diff(tc.folders, folders); diff != "" {
				t.Errorf("%s: unowned folders (-want +got):\n%s", tc.reason, diff)
			}
			if why := area.UnknownRoles[ownership.Approver]; (why == "") != (tc.unknown == "") || !strings.Contains(why, tc.unknown) {
				t.Errorf("%s: unknown is %q, want %q", tc.reason, why, tc.unknown)
			}
			var emeritus []string
			for _, o := range area.Emeritus {
				emeritus = append(emeritus, fmt.Sprint(o.Holder, " ", o.Files))
			}
			if diff := cmp.Diff(tc.emeritus, emeritus); diff != "" {
				t.Errorf("%s: emeritus (-want +got):\n%s", tc.reason, diff)
			}
			if len(s.Areas) > 1 && s.Areas[1].UnknownRoles[ownership.Approver] != "" {
				t.Errorf("%s: %s is unknown too", tc.reason, s.Areas[1].ID)
			}
		})
	}
}
