package catalog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

// rules writes rules as "pattern: field login(alias)@line …".
func rules(owners ownership.OwnersFile) []string {
	var texts []string
	for _, rule := range owners.Rules {
		text := fmt.Sprintf("%q", rule.Pattern)
		for _, part := range []struct {
			name    string
			entries []ownership.OwnersEntry
		}{{"approvers", rule.Approvers}, {"reviewers", rule.Reviewers}, {"required", rule.RequiredReviewers}, {"emeritus", rule.Emeritus}} {
			for i, entry := range part.entries {
				if i == 0 {
					text += " " + part.name
				}
				text += " " + entry.Login
				if entry.Alias != "" {
					text += "(" + entry.Alias + ")"
				}
				text += fmt.Sprintf("@%d", entry.Line)
			}
		}
		if len(rule.Labels) > 0 {
			text += " labels " + strings.Join(rule.Labels, " ")
		}
		texts = append(texts, text)
	}
	return texts
}

func TestParseOwners(t *testing.T) {
	known := aliases{members: map[string][]string{"leads": {"ann", "bob"}, "nobody": {}}}
	cases := map[string]struct {
		reason, text string
		aliases      aliases
		want         []string
		problems     []string
		unknown      string
	}{
		"Simple": {
			reason: "names as Prow compares them", text: "approvers:\n- Ann\n- '@carol'\nreviewers: [dave]\nrequired_reviewers: [erin]\nlabels: [area/x]\nemeritus_approvers:\n- old\n",
			want: []string{`"" approvers ann@2 carol@3 reviewers dave@4 required erin@5 emeritus old@8 labels area/x`},
		},
		"Aliases": {
			reason: "members, each once; where two name one the first counts", text: "approvers:\n- LEADS\n- bob\n- nobody\n",
			want: []string{`"" approvers ann(leads)@2 bob(leads)@2`},
		},
		"Filters": {
			reason: "in their order, the one for all without a pattern", text: "filters:\n  \".*\":\n    approvers: [ann]\n    emeritus_approvers: [old]\n  \"\\\\.go$\":\n    labels: [go]\n    approvers: [bob]\n",
			want: []string{`"" approvers ann@3 emeritus old@4`, `"\\.go$" approvers bob@7 labels go`},
		},
		"FiltersBeside": {
			reason: "as in Prow", text: "approvers: [ann]\nfilters:\n  x: {approvers: [bob]}\n",
			want: []string{`"" approvers ann@1`}, problems: []string{"warning: a/OWNERS:2:1: filters: the filters count for nothing"},
		},
		"FiltersBesideEmeritus": {
			reason: "which Prow does not know", text: "emeritus_approvers: [old]\nfilters:\n  x: {approvers: [bob]}\n",
			want: []string{`"" emeritus old@1`, `"x" approvers bob@3`},
		},
		"BadFilter": {
			reason: "left out, as in Prow", text: "filters:\n  \"(\": {approvers: [ann]}\n  x: {approvers: [bob]}\n",
			want: []string{`"x" approvers bob@3`}, problems: []string{"2:3: filters.(: the filter is no regular expression"},
		},
		"LongFilter": {
			reason: "bounded", text: "filters:\n  " + strings.Repeat("x", 1001) + ": {approvers: [ann]}\n", problems: []string{"more than 1000 bytes"},
		},
		"Strangers": {
			reason: "no login and no alias", text: "approvers: [acme/leads, 'a b', ann@acme.example, ok, 'dependabot[x]']\n",
			want: []string{`"" approvers ok@1`}, problems: []string{"acme/leads", "a b", "ann@acme.example", "dependabot[x]"},
		},
		"Bot":           {reason: "a login", text: "approvers: ['dependabot[bot]']\n", want: []string{`"" approvers dependabot[bot]@1`}},
		"Nothing":       {reason: "is fine", text: "approvers:\nreviewers: []\n", want: []string{`""`}},
		"Empty":         {reason: "too", text: "# nobody\n"},
		"NoAliases":     {reason: "each name may be one", aliases: aliases{unknown: "OWNERS_ALIASES: broken"}, text: "approvers: [ann]\n", unknown: "the aliases are not known: OWNERS_ALIASES: broken"},
		"OtherFormat":   {reason: "OWNERS of another tool", text: "alice@acme.example\nper-file *.go=bob@acme.example\n", problems: []string{"want fields"}, unknown: "want fields"},
		"Star":          {reason: "likewise", text: "*\n", problems: []string{"no YAML"}, unknown: "no YAML"},
		"Number":        {reason: "Prow wants text", text: "approvers: [ann, 12345]\n", problems: []string{"12345 means something else"}, unknown: "12345"},
		"Scalar":        {reason: "no list", text: "approvers: ann\n", problems: []string{"want a list"}, unknown: "want a list"},
		"EmptyEntry":    {reason: "a hyphen too many", text: "approvers:\n- ann\n-\n", problems: []string{"OWNERS:3:2: approvers[1]: the entry is empty"}, unknown: "empty"},
		"DuplicateKey":  {reason: "which counts is unknown", text: "approvers: [ann]\napprovers: [bob]\n", problems: []string{"stands here twice"}, unknown: "twice"},
		"Documents":     {reason: "one file, one document", text: "approvers: [ann]\n---\napprovers: [bob]\n", problems: []string{"more than one YAML document"}, unknown: "document"},
		"BadOption":     {reason: "neither true nor false", text: "options: {no_parent_owners: maybe}\n", problems: []string{"want true or false"}, unknown: "true or false"},
		"NotUTF8":       {reason: "Latin-1", text: "approvers: [\xe4]\n", problems: []string{"UTF-8"}, unknown: "UTF-8"},
		"FiltersAsList": {reason: "a wrong type", text: "filters: [x]\n", problems: []string{"want fields"}, unknown: "want fields"},
		"NestedAliases": {
			reason: "bounded", text: "a: &a [x]\napprovers: [*a]\n", problems: []string{"want text and not a list"}, unknown: "a list",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			with := tc.aliases
			if with.unknown == "" {
				with = known
			}
			got, problems := parseOwners("a/OWNERS", []byte(tc.text), with)
			if diff := cmp.Diff(tc.want, rules(got)); diff != "" {
				t.Errorf("%s: rules (-want +got):\n%s", tc.reason, diff)
			}
			texts := said(problems)
			if len(texts) != len(tc.problems) {
				t.Errorf("%s: problems %q, want %q", tc.reason, texts, tc.problems)
			}
			for i := range min(len(texts), len(tc.problems)) {
				if !strings.Contains(texts[i], tc.problems[i]) || !strings.Contains(texts[i], "; ") {
					t.Errorf("%s: problem %q, want %q and a remedy", tc.reason, texts[i], tc.problems[i])
				}
			}
			if (got.Unknown == "") != (tc.unknown == "") || !strings.Contains(got.Unknown, tc.unknown) {
				t.Errorf("%s: unknown is %q, want %q", tc.reason, got.Unknown, tc.unknown)
			}
			if got.Folder != "a" || got.Path != "a/OWNERS" {
				t.Errorf("%s: it is %s in %s", tc.reason, got.Path, got.Folder)
			}
		})
	}
}

func TestParseAliases(t *testing.T) {
	cases := map[string]struct {
		reason, text string
		want         map[string][]string
		problems     []string
		unknown      string
	}{
		"Lists": {
			reason: "without regard to case", text: "aliases:\n  Leads: [Bob, '@Ann', bob]\n  none:\n",
			want: map[string][]string{"leads": {"ann", "bob"}, "none": {}},
		},
		"Mapping": {reason: "counts by its keys", text: "aliases:\n  leads: {ann: , bob: }\n", want: map[string][]string{"leads": {"ann", "bob"}}},
		"Nested": {
			reason: "no alias is expanded in an alias, wherever it stands", text: "aliases:\n  a: [b, ann]\n  b: [a, bob]\n  c: [c]\n",
			want: map[string][]string{"a": {"ann"}, "b": {"bob"}, "c": {}}, problems: []string{"alias a names the alias b", "alias b names the alias a", "alias c names the alias c"},
		},
		"Strangers": {reason: "no logins", text: "aliases: {a: [x/y, ann]}\n", want: map[string][]string{"a": {"ann"}}, problems: []string{`"x/y" is no GitHub login`}},
		"Twice":     {reason: "in other letters", text: "aliases: {a: [x], A: [y]}\n", want: map[string][]string{}, problems: []string{"twice, in other letters"}, unknown: "twice"},
		"Scalar":    {reason: "no list", text: "aliases: {a: x}\n", want: map[string][]string{}, problems: []string{"want a list"}, unknown: "want a list"},
		"Syntax":    {reason: "no YAML", text: "aliases: [\n", want: map[string][]string{}, problems: []string{"no YAML"}, unknown: "no YAML"},
		"Empty":     {reason: "no aliases", text: "", want: map[string][]string{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := parseAliases(aliasesPath, []byte(tc.text))
			if diff := cmp.Diff(tc.want, got.members); diff != "" {
				t.Errorf("%s: members (-want +got):\n%s", tc.reason, diff)
			}
			texts := said(got.problems)
			if len(texts) != len(tc.problems) {
				t.Fatalf("%s: problems %q, want %q", tc.reason, texts, tc.problems)
			}
			for i := range texts {
				if !strings.Contains(texts[i], tc.problems[i]) {
					t.Errorf("%s: problem %q, want %q", tc.reason, texts[i], tc.problems[i])
				}
			}
			if (got.unknown == "") != (tc.unknown == "") || !strings.Contains(got.unknown, tc.unknown) {
				t.Errorf("%s: unknown is %q, want %q", tc.reason, got.unknown, tc.unknown)
			}
		})
	}
}

func TestIsOwnersFile(t *testing.T) {
	for file, want := range map[string]bool{
		"OWNERS": true, "a/b/OWNERS": true, "OWNERS_ALIASES": false, "a/OWNERS.md": false, "vendor/OWNERS": true, "vendor/a/OWNERS": true,
		"vendor/a/b/OWNERS": false, "vendor/a/b/c/OWNERS": false, "third_party/vendor/a/b/OWNERS": false, "build_output/a/OWNERS": false, "_output/OWNERS": false, "output/OWNERS": true,
	} {
		if got := isOwnersFile(file); got != want {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
	}
}

// No input panics; what is unknown names nobody and says why; and what is named could be a login.
func FuzzParseOwners(f *testing.F) {
	f.Add("approvers: [ann, leads]\noptions: {no_parent_owners: true}\n", "aliases: {leads: [bob, leads]}\n")
	f.Add("filters:\n  \"(\": {approvers: [ann]}\n  .*: {emeritus_approvers: [x]}\n", "")
	f.Add("approvers: &a [*a]\n", "aliases: {a: {b: c}}\n")
	f.Fuzz(func(t *testing.T, text, alias string) {
		known := parseAliases(aliasesPath, []byte(alias))
		got, problems := parseOwners("OWNERS", []byte(text), known)
		if !got.Known() && (len(got.Rules) > 0 || len(problems) == 0 && known.unknown == "") {
			t.Errorf("unknown (%s) with %d rules and %d problems", got.Unknown, len(got.Rules), len(problems))
		}
		for _, rule := range got.Rules {
			for _, entry := range rule.Approvers {
				if !login.MatchString(entry.Login) || entry.Line < 1 {
					t.Errorf("an approver who is none: %+v", entry)
				}
			}
		}
	})
}
