package catalog

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

// seen writes an observation's facts, one a line.
func seen(o ownership.Observation) []string {
	var texts []string
	for _, catalog := range o.Catalogs {
		if !catalog.Known() {
			texts = append(texts, catalog.Repository+" ?")
		}
		for _, e := range catalog.Entities {
			text := catalog.Repository + " " + e.Location + " " + string(e.Ref)
			for _, owner := range e.Owners {
				text += " " + string(owner.Holder)
			}
			if !e.Known() {
				text += " ?"
			}
			texts = append(texts, text)
		}
		for _, owners := range catalog.Owners {
			text := catalog.Repository + " " + owners.Path + " " + strings.Join(rules(owners), " ")
			if !owners.Known() {
				text = catalog.Repository + " " + owners.Path + " ?"
			}
			texts = append(texts, text)
		}
		for _, file := range catalog.Unread {
			texts = append(texts, catalog.Repository+" "+file.Path+" ?")
		}
	}
	return texts
}

func both(path string) v1alpha1.CatalogSource {
	return v1alpha1.CatalogSource{Path: path, Organization: "acme", Formats: []v1alpha1.CatalogFormat{"backstage", "prow"}}
}

func TestObserve(t *testing.T) {
	cases := map[string]struct {
		reason   string
		files    files
		spec     func(*v1alpha1.CatalogSource)
		want     []string
		problems []string
	}{
		"Everything": {
			reason: "both formats side by side",
			files: files{
				"catalog-info.yaml": entity("shop", "{owner: platform}"), "services/a/catalog-info.yml": entity("a", "{owner: user:ann}"),
				"OWNERS": "approvers: [leads]\n", "OWNERS_ALIASES": "aliases: {leads: [ann, bob]}\n", "services/OWNERS": "reviewers: [carol]\n", "main.go": "package main",
			},
			want: []string{
				"acme/shop catalog-info.yaml:1 component:default/shop team:acme/platform", "acme/shop services/a/catalog-info.yml:1 component:default/a user:ann",
				`acme/shop OWNERS "" approvers ann(leads)@1 bob(leads)@1`, `acme/shop services/OWNERS "" reviewers carol@1`,
			},
		},
		"Default": {
			reason: "Prow's files are not read unless they are asked for", spec: func(s *v1alpha1.CatalogSource) { s.Formats = nil },
			files: files{"catalog-info.yaml": entity("shop", "{owner: platform}"), "OWNERS": "approvers: [ann]\n"},
			want:  []string{"acme/shop catalog-info.yaml:1 component:default/shop team:acme/platform"},
		},
		"Patterns": {
			reason: "files and ignore", spec: func(s *v1alpha1.CatalogSource) {
				s.Files, s.Ignore = []string{"/catalog/*.yaml"}, []string{"testdata/"}
			},
			files: files{
				"catalog-info.yaml": entity("left-out", "{owner: x}"), "catalog/a.yaml": entity("a", "{owner: x}"),
				"testdata/OWNERS": "approvers: [ann]\n", "catalog/testdata/b.yaml": entity("b", "{owner: x}"),
			},
			want: []string{"acme/shop catalog/a.yaml:1 component:default/a team:acme/x"},
		},
		"Holders": {
			reason: "by the specification, by annotations, by name", spec: func(s *v1alpha1.CatalogSource) {
				s.TeamOrganization = "Corp"
				s.Owners = []v1alpha1.EntityHolder{{Entity: "Group:Default/Money", Holder: "team:acme/payments"}}
			},
			files: files{"catalog-info.yaml": entity("a", "{owner: money}") + "---\n" + entity("b", "{owner: annotated}") + "---\n" + entity("c", "{owner: plain}") + "---\n" +
				entity("d", "{owner: 'user:dee'}") + "---\n" + head + "kind: Group\nmetadata: {name: annotated, annotations: {github.com/team-slug: Acme/Real}}\n---\n" +
				head + "kind: User\nmetadata: {name: dee, annotations: {github.com/user-login: Dee-GH}}\n"},
			want: []string{
				"acme/shop catalog-info.yaml:1 component:default/a team:acme/payments", "acme/shop catalog-info.yaml:6 component:default/b team:acme/real",
				"acme/shop catalog-info.yaml:11 component:default/c team:corp/plain", "acme/shop catalog-info.yaml:16 component:default/d user:dee-gh",
			},
		},
		"NoHolder": {
			reason: "an owner who can be none is unknown", files: files{"catalog-info.yaml": entity("a", "{owner: odd}") + "---\n" + head + "kind: Group\nmetadata: {name: odd, annotations: {github.com/team-slug: a/b/c}}\n"},
			want:     []string{"acme/shop catalog-info.yaml:1 component:default/a ?"},
			problems: []string{"group:default/odd is no holder"},
		},
		"OneBadFile": {
			reason: "costs itself alone",
			files: files{
				"a/catalog-info.yaml": "kind: [", "b/catalog-info.yaml": entity("b", "{owner: x}"), "a/OWNERS": "approvers: ann\n", "b/OWNERS": "approvers: [bob]\n",
			},
			want: []string{
				"acme/shop b/catalog-info.yaml:1 component:default/b team:acme/x", "acme/shop a/OWNERS ?", `acme/shop b/OWNERS "" approvers bob@1`, "acme/shop a/catalog-info.yaml ?",
			},
			problems: []string{"a/OWNERS:1:12", "a/catalog-info.yaml:1"},
		},
		"BadAliases": {
			reason: "of no name it is known whom it means", files: files{"OWNERS_ALIASES": "aliases: x\n", "OWNERS": "approvers: [ann]\n"},
			want: []string{"acme/shop OWNERS ?"}, problems: []string{"OWNERS_ALIASES:1:10"},
		},
		"AliasesElsewhere": {
			reason: "only those at the root count", files: files{"a/OWNERS_ALIASES": "aliases: {ann: [bob]}\n", "OWNERS": "approvers: [ann]\n"},
			want: []string{`acme/shop OWNERS "" approvers ann@1`},
		},
		"Links": {
			reason: "are not followed: Prow passes OWNERS over, and what an entity's file says is unknown",
			files:  files{"x": "approvers: [ann]\n", "OWNERS": "-> x", "catalog-info.yaml": "-> x"},
			want:   []string{"acme/shop catalog-info.yaml ?"}, problems: []string{"which Prow passes over", "symbolic link"},
		},
		"Doubles": {
			reason: "with other owners: unknown; with the same: a warning",
			files: files{
				"a/catalog-info.yaml": entity("a", "{owner: x}") + "---\n" + entity("b", "{owner: x}"), "b/catalog-info.yaml": entity("a", "{owner: y}") + "---\n" + entity("b", "{owner: x}"),
			},
			want: []string{
				"acme/shop a/catalog-info.yaml:1 component:default/a ?", "acme/shop a/catalog-info.yaml:6 component:default/b team:acme/x",
				"acme/shop b/catalog-info.yaml:1 component:default/a ?", "acme/shop b/catalog-info.yaml:6 component:default/b team:acme/x",
			},
			problems: []string{"stands in acme/shop a/catalog-info.yaml:1 too, with other owners", "warning: acme/shop b/catalog-info.yaml:6"},
		},
		"Large": {
			reason: "10 MB", files: files{"catalog-info.yaml": strings.Repeat("# comment\n", 1<<20), "OWNERS": strings.Repeat("# comment\n", 1<<20)},
			want: []string{"acme/shop OWNERS ?", "acme/shop catalog-info.yaml ?"}, problems: []string{"4 MiB", "4 MiB"},
		},
	}
	for name, tc := range cases {
		for _, tree := range []string{"head", "worktree"} {
			t.Run(name+" "+tree, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "shop")
				newCheckout(t, dir, tc.files)
				spec := both(dir)
				spec.Tree = tree
				if tc.spec != nil {
					tc.spec(&spec)
				}
				source := New("catalog", spec, "")
				o := source.Observe(t.Context(), now)
				if diff := cmp.Diff(tc.want, seen(o)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
				}
				texts := said(o.Problems)
				if len(texts) != len(tc.problems) {
					t.Fatalf("%s: problems %q, want %q", tc.reason, texts, tc.problems)
				}
				for i := range texts {
					if !strings.Contains(texts[i], tc.problems[i]) || !strings.Contains(texts[i], "acme/shop") {
						t.Errorf("%s: problem %q, want %q and the repository", tc.reason, texts[i], tc.problems[i])
					}
				}
				if diff := cmp.Diff(seen(o), seen(source.Observe(t.Context(), now))); diff != "" {
					t.Errorf("the same again (-first +second):\n%s", diff)
				}
			})
		}
	}
}

// A checkout is read again when its commit, or with "worktree" any file, has changed.
func TestObserveAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	repository := newCheckout(t, dir, files{"OWNERS": "approvers: [ann]\n"})
	for tree, want := range map[string][2]string{"head": {"ann", "ann"}, "worktree": {"ann", "bob"}} {
		files{"OWNERS": "approvers: [ann]\n"}.write(t, dir)
		spec := both(dir)
		spec.Tree = tree
		source := New("catalog", spec, "")
		for i, login := range want {
			if i == 1 {
				files{"OWNERS": "approvers: [bob]\n"}.write(t, dir)
			}
			if got := seen(source.Observe(t.Context(), now)); len(got) != 1 || !strings.Contains(got[0], login) {
				t.Errorf("%s: look %d gave %v, want %s", tree, i, got, login)
			}
		}
	}
	source := New("catalog", both(dir), "")
	first := source.Observe(t.Context(), now)
	commit(t, repository)
	second := source.Observe(t.Context(), now)
	if !strings.Contains(seen(second)[0], "bob") || first.Catalogs[0].Head == second.Catalogs[0].Head {
		t.Errorf("after the commit: %v at %s", seen(second), second.Catalogs[0].Head)
	}
	if !slices.ContainsFunc(source.Watch(), func(folder string) bool { return filepath.Base(folder) == ".git" }) {
		t.Errorf("watched are %v", source.Watch())
	}
}

func TestObserveFolder(t *testing.T) {
	dir := t.TempDir()
	newCheckout(t, filepath.Join(dir, "a"), files{"catalog-info.yaml": entity("a", "{owner: shared}")})
	newCheckout(t, filepath.Join(dir, "b"), files{"catalog-info.yaml": head + "kind: Group\nmetadata: {name: shared, annotations: {github.com/team-slug: acme/elsewhere}}\n"})
	newCheckout(t, filepath.Join(dir, "c"), files{"catalog-info.yaml": entity("c", "{owner: x}")})
	must(t, os.RemoveAll(filepath.Join(dir, "c", ".git", "objects")))
	o := New("catalog", both(dir), "").Observe(t.Context(), now)
	want := []string{"acme/a catalog-info.yaml:1 component:default/a team:acme/elsewhere", "acme/c ?"}
	if diff := cmp.Diff(want, seen(o)); diff != "" {
		t.Errorf("groups of other checkouts count, and a damaged one is unknown (-want +got):\n%s", diff)
	}
	if o.CatalogsUnknown != "" || o.Unknown != "" {
		t.Errorf("unknown: %q, %q", o.CatalogsUnknown, o.Unknown)
	}
	must(t, os.Symlink("/", filepath.Join(dir, "out")))
	if o := New("catalog", both(dir), "").Observe(t.Context(), now); o.CatalogsUnknown == "" {
		t.Error("something in the folder was refused, so there may be catalogs that are not listed")
	}
	gone := New("catalog", both(filepath.Join(dir, "gone")), "").Observe(t.Context(), now)
	if gone.Unknown == "" || len(gone.CatalogFormats) != 2 || len(gone.Problems) != 1 || gone.Problems[0].Field != "spec.catalog.path" {
		t.Errorf("a path that is not there gave %+v", gone)
	}
}
