package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const head = "apiVersion: backstage.io/v1alpha1\n"

// entity is a component with a spec, in flow style.
func entity(name, spec string) string {
	return head + "kind: Component\nmetadata: {name: " + name + "}\nspec: " + spec + "\n"
}

func TestParseEntities(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 8) + "*" + string(c-1) + "]\n"
	}
	cases := map[string]struct {
		reason, text string
		// want are the entities as "ref owners", with "?" for owners that are unknown; problems and unknown are substrings.
		want     []string
		problems []string
		unknown  string
		accounts map[string]string
	}{
		"Whole": {
			reason: "owner, type, system and domain", text: entity("checkout", "{type: service, owner: payments, system: shop, domain: other/sales}"),
			want: []string{"component:default/checkout service system:default/shop domain:other/sales owners group:default/payments"},
		},
		"Several": {
			reason: "documents, empty ones among them, and comments",
			text:   "---\n# nothing\n---\n" + entity("a", "{owner: x}") + "---\n" + head + "kind: API\nmetadata: {name: b, namespace: Sales}\nspec: {owner: y}\n",
			want:   []string{"component:default/a owners group:default/x", "api:sales/b owners group:sales/y"},
		},
		"References": {
			reason: "of every form, without regard to case", text: entity("A.b_C", `{owner: "User:Default/Alice"}`),
			want: []string{"component:default/a.b_c owners user:default/alice"},
		},
		"Relations": {
			reason: "several owners, in both forms, each once",
			text: entity("a", "{owner: x}") + "relations: [{type: ownedBy, targetRef: group:default/x}, {type: ownedBy, targetRef: user:default/bob}," +
				"{type: partOf, targetRef: system:default/s}, {type: ownedBy, target: {kind: Group, namespace: default, name: z}}]\n",
			want: []string{"component:default/a owners group:default/x user:default/bob group:default/z"},
		},
		"Accounts": {
			reason: "groups and users own nothing, but say who they are",
			text: head + "kind: Group\nmetadata: {name: g, annotations: {github.com/team-slug: acme/gee}}\nspec: {type: team}\n---\n" +
				head + "kind: User\nmetadata: {name: u, annotations: {github.com/user-login: you}}\n---\n" + head + "kind: Location\nmetadata: {name: l}\nspec: {targets: [./x.yaml]}\n",
			accounts: map[string]string{"group:default/g": "acme/gee", "user:default/u": "you"},
		},
		"NoOwner": {
			reason: "known to have none", text: entity("a", "{type: service}"),
			want: []string{"component:default/a service owners"}, problems: []string{"warning: catalog-info.yaml:1:1: spec.owner: component:default/a has no owner"},
		},
		"Custom": {
			reason: "a kind of one's own", text: head + "kind: Robot\nmetadata: {name: r}\nspec: {owner: x}\n",
			want: []string{"robot:default/r custom owners group:default/x"}, problems: []string{"warning: catalog-info.yaml:1:1: kind: robot:default/r is of no kind"},
		},
		"CustomUnowned": {reason: "is no concern of ours", text: head + "kind: Robot\nmetadata: {name: r}\n"},
		"OwnerOfOtherKind": {
			reason: "only groups and users own", text: entity("a", "{owner: component:b}"),
			want: []string{"component:default/a ?"}, problems: []string{"4:15: spec.owner: component:default/b owns nothing"},
		},
		"OwnerIsNoReference": {
			reason: "a sentence", text: entity("a", "{owner: The Payments People}") + "---\n" + entity("b", "{owner: x}"),
			want: []string{"component:default/a ?", "component:default/b owners group:default/x"}, problems: []string{`"The Payments People" is no entity reference`},
		},
		"OwnerIsAList": {
			reason: "Backstage knows one owner", text: entity("a", "{owner: [x, y]}"),
			want: []string{"component:default/a ?"}, problems: []string{"want text and not a list"},
		},
		"OwnerIsABoolean": {reason: "quotation marks are missing", text: entity("a", "{owner: true}"), want: []string{"component:default/a ?"}, problems: []string{"true means something else"}},
		"SystemIsWrong": {
			reason: "nothing rests on it", text: entity("a", "{owner: x, system: [s]}"),
			want: []string{"component:default/a owners group:default/x"}, problems: []string{"warning: catalog-info.yaml:4:26: spec.system"},
		},
		"DuplicateKey": {
			reason: "which of both counts is unknown", text: entity("a", "{owner: x, owner: y}") + "---\n" + entity("b", "{owner: x}"),
			want: []string{"component:default/b owners group:default/x"}, problems: []string{"4:18: spec.owner: it stands here twice, first in line 4"}, unknown: "stands here twice",
		},
		"NoName":    {reason: "an entity of no name", text: head + "kind: Component\nmetadata: {}\n", problems: []string{"add metadata.name"}, unknown: "has a name"},
		"BadName":   {reason: "a name with a slash", text: entity("a/b/c", "{}"), problems: []string{"is no name of an entity"}, unknown: "no name"},
		"NoKind":    {reason: "not even a kind", text: head + "metadata: {name: a}\n", problems: []string{"add its kind"}, unknown: "has a kind"},
		"NoVersion": {reason: "no entity", text: "kind: Component\nmetadata: {name: a}\n", problems: []string{"add apiVersion"}, unknown: "apiVersion"},
		"Text":      {reason: "no mapping", text: "hello\n", problems: []string{`want fields (name: value) and not "hello"`}, unknown: "want fields"},
		"Syntax": {
			reason: "what stands before it counts", text: entity("a", "{owner: x}") + "---\nkind: [\n",
			want: []string{"component:default/a owners group:default/x"}, problems: []string{"the file is no YAML"}, unknown: "no YAML",
		},
		"Bomb": {
			reason: "aliases of aliases, in what is not read", text: entity("a", "{owner: x}") + bomb,
			want: []string{"component:default/a owners group:default/x"},
		},
		"MergedBomb": {
			reason: "aliases in what is read", text: "a: &a {x: 1}\n" + entity("m", "{owner: x}") + "relations: [" + strings.Repeat("*a,", 9) + "]\n",
			want: []string{"component:default/m owners group:default/x"},
		},
		"SelfAlias":  {reason: "a mapping within itself", text: "spec: &s {owner: *s}\n", problems: []string{"apiVersion"}, unknown: "apiVersion"},
		"Anchors":    {reason: "as YAML has them", text: "x: &owner payments\n" + entity("a", "{<<: {type: t}, owner: *owner}"), want: []string{"component:default/a t owners group:default/payments"}},
		"Merges":     {reason: "of merges have no end", text: entity("a", "{<<: {<<: {owner: x}}}"), problems: []string{"merges another"}, unknown: "merges another"},
		"NotUTF8":    {reason: "Latin-1", text: "a: b\nname: \xe4\n", problems: []string{"catalog-info.yaml:2: the file is not in UTF-8"}, unknown: "UTF-8"},
		"TooLarge":   {reason: "10 MB", text: strings.Repeat("# comment\n", 1<<20), problems: []string{"more than 4 MiB"}, unknown: "4 MiB"},
		"ByteOrder":  {reason: "a mark at the start", text: "\ufeff" + entity("a", "{owner: x}"), want: []string{"component:default/a owners group:default/x"}},
		"Empty":      {reason: "nothing is fine", text: ""},
		"Template":   {reason: "owned, of another version", text: "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec: {owner: x}\n", want: []string{"template:default/t owners group:default/x"}},
		"DeepNested": {reason: "no stack is exhausted", text: strings.Repeat("[", 100_000), problems: []string{"no YAML"}, unknown: "no YAML"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := parseEntities("catalog-info.yaml", []byte(tc.text))
			var entities []string
			for _, e := range got.entities {
				words := []string{string(e.Ref), e.Type, string(e.System), string(e.Domain)}
				if e.Custom {
					words = append(words, "custom")
				}
				words = append(words, "owners")
				for _, owner := range e.Owners {
					words = append(words, string(owner.Ref))
				}
				if !e.Known() {
					words = []string{string(e.Ref), "?"}
				}
				entities = append(entities, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
			}
			if diff := cmp.Diff(tc.want, entities); diff != "" {
				t.Errorf("%s: entities (-want +got):\n%s", tc.reason, diff)
			}
			texts := said(got.problems)
			if len(texts) != len(tc.problems) {
				t.Errorf("%s: problems %q, want %q", tc.reason, texts, tc.problems)
			}
			for i := range min(len(texts), len(tc.problems)) {
				if !strings.Contains(texts[i], tc.problems[i]) || !strings.Contains(texts[i], "; ") {
					t.Errorf("%s: problem %q, want %q and a remedy", tc.reason, texts[i], tc.problems[i])
				}
			}
			if (got.unknown == "") != (tc.unknown == "") || !strings.Contains(got.unknown, tc.unknown) {
				t.Errorf("%s: unknown is %q, want %q", tc.reason, got.unknown, tc.unknown)
			}
			accounts := map[string]string{}
			for ref, account := range got.accounts {
				accounts[string(ref)] = account
			}
			if diff := cmp.Diff(len(tc.accounts), len(accounts)); diff != "" {
				t.Errorf("%s: accounts %v", tc.reason, accounts)
			}
			for ref, account := range tc.accounts {
				if accounts[ref] != account {
					t.Errorf("%s: %s is %q, want %q", tc.reason, ref, accounts[ref], account)
				}
			}
		})
	}
}

// No input panics, and what is not known is never without a reason and a problem that says so.
func FuzzParseEntities(f *testing.F) {
	f.Add(entity("a", "{owner: x, system: s}"))
	f.Add("a: &a [*a]\n---\n<<: *a\n")
	f.Add(head + "kind: Group\nmetadata: {name: g, annotations: {github.com/team-slug: acme/gee}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		got := parseEntities("catalog-info.yaml", []byte(text))
		if got.unknown != "" && len(got.problems) == 0 {
			t.Errorf("unknown, and nothing says so: %q", got.unknown)
		}
		for _, e := range got.entities {
			if !e.Known() && len(e.Owners) > 0 {
				t.Errorf("%s has owners though they are unknown", e.Ref)
			}
			if e.Line < 1 || e.Ref.Name() == "" {
				t.Errorf("an entity of no place or name: %+v", e)
			}
		}
	})
}
