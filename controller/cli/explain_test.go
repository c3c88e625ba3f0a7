package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/explain"
	"github.com/remit-dev/remit/controller/internal/acme"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
)

// acmeFolder goes to a folder with the example organisation, its checkouts made as of monday.
func acmeFolder(t *testing.T) {
	t.Helper()
	folder := filepath.Join(resolved(t, t.TempDir()), "examples", "acme")
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"manifests", "repositories"} {
		if err := os.CopyFS(filepath.Join(folder, part), os.DirFS(filepath.Join(packageFolder, "..", "..", "examples", "acme", part))); err != nil {
			t.Fatal(err)
		}
	}
	people, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "examples", "acme", "people.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, folder, map[string]string{"people.yaml": string(people)})
	if _, err := acme.Make(folder, monday); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(folder, "..", ".."))
}

const acmeManifests = "examples/acme/manifests"

// What a person is most likely to ask of the example, as it is shown.
func TestExplainAcme(t *testing.T) {
	acmeFolder(t)
	shopRoot := "examples/acme/.work/checkouts/shop/"
	tests := map[string]struct {
		reason    string
		arguments []string
		lines     int
	}{
		"area":              {"inherited, observed in part, and contradicted", []string{"payments/checkout"}, 40},
		"area_layers":       {"somebody acts for somebody else", []string{"fraud"}, 36},
		"area_refused":      {"two are accountable", []string{"platform/secrets"}, 36},
		"area_unowned":      {"nobody, since an assignment has ended", []string{"notifications"}, 30},
		"area_unknown":      {"a repository that no source sees", []string{"invoicing"}, 36},
		"area_doubtful":     {"a team that nobody can look into", []string{"gateway-paylink"}, 36},
		"area_conflict":     {"two sources disagree", []string{"ios"}, 48},
		"area_verbose":      {"everything", []string{"payments/checkout", "--verbose"}, 60},
		"path":              {"a rule overrides another", []string{shopRoot + "services/checkout/Dockerfile"}, 30},
		"path_unset":        {"a rule without owners", []string{"acme/shop:web/admin/users.tsx"}, 30},
		"path_folder":       {"many areas and rules", []string{shopRoot}, 40},
		"path_new":          {"a file that does not exist yet", []string{"--as", "path", shopRoot + "libs/ui/new.tsx"}, 30},
		"holder_person":     {"as CODEOWNERS names her", []string{"@ada-k"}, 30},
		"holder_team":       {"with everything that it holds", []string{"team:acme/mobile"}, 45},
		"holder_left":       {"by his name", []string{"Sam Whitaker"}, 40},
		"holder_none":       {"a team that does not exist", []string{"@acme/storefornt"}, 30},
		"holder_contractor": {"whom nobody declared", []string{"oleg@bondar.example"}, 36},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", append([]string{"explain", "--manifests", acmeManifests}, test.arguments...)...)
			if got.code != ExitClean || got.err != "" {
				t.Fatalf("%s: code %d: %s", test.reason, got.code, got.err)
			}
			golden(t, "explain_"+name+".txt", got.out)
			if lines := strings.Count(got.out, "\n"); lines > test.lines {
				t.Errorf("%s: %d lines, which no screen of %d has", test.reason, lines, test.lines)
			}
			for line := range strings.SplitSeq(got.out, "\n") {
				if n := columns(line); n > 100 {
					t.Errorf("a line of %d columns: %s", n, line)
				}
			}
		})
	}
	got := call(t, "", "explain", "--manifests", acmeManifests, "payments/refunds", "--output", "json")
	golden(t, "explain_area.json", got.out)
	narrow := callOn(t, &terminal{width: 60}, "", "explain", "--manifests", acmeManifests, "payments/checkout")
	golden(t, "explain_narrow_color.txt", narrow.out)
}

// Where the scope of an Area cannot be read, the path may be that one's.
func TestExplainUnreadScope(t *testing.T) {
	acmeFolder(t)
	area := func(name, scope string) string {
		return "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: " + name + ", namespace: payments}\nspec: {scope: {repositories: [" + scope + "]}}\n"
	}
	write(t, acmeManifests, map[string]string{"desk.yaml": area("refunds-desk", "{name: acme/shop, paths: /services/refunds/desk/}")})
	ask := func(place string) called {
		t.Helper()
		got := call(t, "", "explain", "-m", acmeManifests, place)
		if got.code != ExitIncomplete || !strings.Contains(got.err, "1 error in the input") {
			t.Errorf("%s: code %d: %s", place, got.code, got.err)
		}
		return got
	}
	golden(t, "explain_path_unread.txt", ask("acme/shop:services/refunds/main.go").out)
	golden(t, "explain_path_unread_none.txt", ask("acme/shop:README.md").out)
	if got := ask("acme/platform:ci/"); strings.Contains(got.out, "unread") {
		t.Errorf("it claims nothing of another repository:\n%s", got.out)
	}
	var document report.ExplanationDocument
	if err := json.Unmarshal([]byte(call(t, "", "explain", "-m", acmeManifests, "-o", "json", "acme/shop:services/").out), &document); err != nil {
		t.Fatal(err)
	}
	const want = "the scope of the Area payments/refunds-desk cannot be read, at examples/acme/manifests/desk.yaml:1:1"
	if unread := document.Path.Unread; len(unread) != 1 || unread[0] != want || document.Path.Unknown[0] != (explain.Unknown{What: "which area the path belongs to", Because: want}) {
		t.Errorf("unread %q, unknown %+v", unread, document.Path.Unknown)
	}
}

// The JSON holds what the tree does, and is what a program can rely on.
func TestExplainJSON(t *testing.T) {
	acmeFolder(t)
	ask := func(question string) report.ExplanationDocument {
		t.Helper()
		got := call(t, "", "explain", "-m", acmeManifests, "-o", "json", question)
		var document report.ExplanationDocument
		decoder := json.NewDecoder(strings.NewReader(got.out))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&document); err != nil || got.code != ExitClean {
			t.Fatalf("%v; code %d; %s", err, got.code, got.err)
		}
		if document.Version != report.JSONVersion || !document.At.Equal(monday) || document.Question != question || strings.Contains(got.out, "null") {
			t.Errorf("%s", got.out[:200])
		}
		return document
	}
	if area := ask("fraud"); area.Kind != explain.KindArea || area.Area.ID != "payments/fraud" || len(area.Area.Policies) != 7 {
		t.Errorf("%+v", area.Area)
	}
	if path := ask("acme/shop:web/"); path.Kind != explain.KindPath || len(path.Path.Areas) != 2 || path.Path.Areas[0].ID != "storefront/web" {
		t.Errorf("%+v", path.Path)
	}
	holder := ask("dorota")
	if holder.Kind != explain.KindHolder || len(holder.Holder.Holds) != 2 || holder.Holder.Holds[0].Declared[0].Assignment.DelegatedBy != "user:ruth" ||
		holder.Holder.Person.Kind != ownership.Human {
		t.Errorf("%+v", holder.Holder)
	}
}

// A recording answers as its organisation did.
func TestExplainSnapshot(t *testing.T) {
	acmeFolder(t)
	recording := save(t, "-m", acmeManifests)
	questions := []string{"payments/checkout", "fraud", "acme/shop:services/checkout/Dockerfile", "services/refunds/main.go", "@ada-k", "team:acme/storefront"}
	want := map[string]called{}
	for _, question := range questions {
		want[question] = call(t, "", "explain", "-m", acmeManifests, "-o", "json", question)
	}
	if err := os.RemoveAll("examples"); err != nil {
		t.Fatal(err)
	}
	for _, question := range questions {
		got := call(t, "", "explain", "--snapshot", recording, "-o", "json", question)
		if got != want[question] || got.code != ExitClean {
			t.Errorf("%s: a recording answers otherwise:\n%s%s", question, got.out, got.err)
		}
		if tree := call(t, "", "explain", "--snapshot", recording, question); !strings.Contains(tree.out, "explain --snapshot "+recording) {
			t.Errorf("%s: the next question goes elsewhere:\n%s", question, tree.out)
		}
	}
}

// Without manifests, a checkout answers for itself.
func TestExplainCheckout(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	outside := t.TempDir()
	tests := map[string]struct {
		reason, folder string
		arguments      []string
		want           []string
	}{
		"file":       {"its rule", ".", []string{"services/pay/charge.go"}, []string{"CODEOWNERS  @acme/payments @ada, by .github/CODEOWNERS:3 /services/pay/", "repository:acme/shop (partly owned"}},
		"inside":     {"relative to the current folder", "services", []string{"pay"}, []string{"services/pay/  in acme/shop, 1 file", "@acme/payments @ada"}},
		"from above": {"another folder than the current one", "docs", []string{"../web/generated/api.js"}, []string{"nobody: .github/CODEOWNERS:5 /web/generated/ has no owners", "overridden  @acme/storefront, by .github/CODEOWNERS:2 /web/"}},
		"elsewhere":  {"the checkout that the path lies in", outside, []string{filepath.Join(root, "README.md")}, []string{"README.md  in acme/shop", "no rule of .github/CODEOWNERS matches"}},
		"new":        {"as if it were created", ".", []string{"--as", "path", "web/new/"}, []string{"answered for a new one", "@acme/storefront, by .github/CODEOWNERS:2"}},
		"root":       {"the whole checkout", ".", []string{"."}, []string{"/  in acme/shop, 7 files", "4 rules decide; no rule matches 3 files"}},
		"repository": {"as an area", ".", []string{"acme/shop"}, []string{"repository:acme/shop  partly owned", "stands for a repository, declared nowhere"}},
		"owner":      {"as CODEOWNERS writes it", ".", []string{"@acme/payments"}, []string{"team:acme/payments", "listed by no source", "not checked: no source lists people", "observed in .github/CODEOWNERS:3 /services/pay/ — 1 of 7 files"}},
		"address":    {"as CODEOWNERS writes it", ".", []string{"docs@acme.example"}, []string{"user:docs@acme.example", "/docs/"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if t.Chdir(root); test.folder != "." {
				t.Chdir(test.folder)
			}
			got := call(t, "", append([]string{"explain"}, test.arguments...)...)
			if got.code != ExitClean || got.err != "" {
				t.Errorf("%s: code %d: %s", test.reason, got.code, got.err)
			}
			folded := strings.Join(strings.Fields(strings.NewReplacer("│", "", "├─", "", "└─", "").Replace(got.out)), " ")
			for _, want := range test.want {
				if !strings.Contains(folded, strings.Join(strings.Fields(want), " ")) {
					t.Errorf("%s: no %q in\n%s", test.reason, want, got.out)
				}
			}
		})
	}
}

// An edit that is not committed yet counts, and takes the place of what the manifests' source sees.
func TestExplainWorkingTree(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	folder := newManifests(t, organisation(root))
	write(t, root, map[string]string{".github/CODEOWNERS": "/services/pay/ @acme/new-team\n"})
	t.Chdir(root)
	got := call(t, "", "explain", "-m", folder, "services/pay/charge.go")
	if !strings.Contains(got.out, "@acme/new-team, by .github/CODEOWNERS:1") || !strings.Contains(got.out, "shop/payments") {
		t.Errorf("%s%s", got.out, got.err)
	}
}

func TestExplainRefuses(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := organisation(root)
	manifests["folder.yaml"] = "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: web, namespace: shop}\nspec: {}\n---\n" +
		"apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: payments, namespace: other}\nspec: {}\n"
	folder := newManifests(t, manifests)
	broken := newManifests(t, map[string]string{"a.yaml": manifests["areas.yaml"] + "  rols: []\n", "sources.yaml": manifests["sources.yaml"]})
	t.Chdir(root)
	tests := map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"nothing":      {"a question is needed", nil, "name one AREA, PATH or HOLDER; see `remit explain --help`"},
		"empty":        {"a question is needed", []string{""}, "the question is empty; see `remit explain --help`"},
		"both":         {"an area and a folder", []string{"-m", folder, "web"}, `"web" may mean the area shop/web or the path acme/shop:web/; ask ` + "`remit explain --manifests " + folder + " --as area shop/web` or `remit explain --manifests " + folder + " --as path acme/shop:web/`"},
		"several":      {"two areas", []string{"-m", folder, "--as", "area", "payments"}, `"payments" may mean the area other/payments or the area shop/payments; name one of them: other/payments, shop/payments`},
		"near":         {"a slip", []string{"-m", folder, "shop/paymnets"}, "is neither an area, nor a path, nor a holder that is known here; did you mean `shop/payments`?"},
		"unknown":      {"nothing comes near", []string{"-m", folder, "zzzzzzzz"}, "ask about an area as `remit check` shows it, about a path that exists (or --as path), or about user:ID or team:ORGANISATION/TEAM"},
		"no such kind": {"one of three", []string{"--as", "repo", "x"}, "want area, path or holder"},
		"no checkout":  {"there is no repository", []string{"--as", "path", filepath.Join(t.TempDir(), "x")}, "lies in no git repository"},
		"snapshot":     {"a recording has its own manifests", []string{"--snapshot", "x", "-m", folder, "y"}, "give --snapshot FILE, or --manifests DIR and PATH"},
		"no snapshot":  {"it is not there", []string{"--snapshot", "nowhere", "y"}, "the recording: nowhere does not exist"},
		"form":         {"a tree or JSON", []string{"-o", "table", "x"}, "want tree or json"},
		"broken":       {"it answers, but not for everything", []string{"-m", broken, "--as", "area", "payments"}, "the answer rests on what could be read, and may not be whole: 1 error in the input; see what they are: remit check"},
		"lost":         {"what is broken may be what was asked for", []string{"-m", broken, "zzzzzzzz"}, "is known here"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", append([]string{"explain"}, test.arguments...)...)
			if got.code != ExitIncomplete || !strings.Contains(got.err, test.want) {
				t.Errorf("%s: code %d: %s", test.reason, got.code, got.err)
			}
			if (got.out != "") != (name == "broken") {
				t.Errorf("%s: %s", test.reason, got.out)
			}
		})
	}
	if got := call(t, "", "explain", "-m", folder, "--as", "path", "acme/shop:web/"); got.code != ExitClean || !strings.Contains(got.out, "web/  in acme/shop, 2 files") {
		t.Errorf("what it asks to be asked is not answered: %+v", got)
	}
}

// Names that would steer a terminal, or pass for a line of the tree, are shown for what they are.
func TestExplainHostile(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			hostilePlaces(b, text)
			outputs := map[string]called{}
			for _, question := range []string{"bad", "good", "acme/bad:", "acme/bad:f/" + text, "acme/bad:new/" + text, "eve", "@acme/bad", "team:acme/bad", text, "@" + text} {
				for _, form := range []string{"tree", "json"} {
					outputs[question+" "+form] = call(t, "", "explain", "--manifests", b.path("manifests"), "--output", form, "--verbose", question)
				}
			}
			t.Chdir(b.path("checkouts/bad"))
			outputs["path"] = call(t, "", "explain", "--as", "path", text)
			outputs["kind"] = call(t, "", "explain", "--as", text, "x")
			answered := 0
			for output, got := range outputs {
				if got.out != "" {
					answered++
				}
				for stream, written := range map[string]string{"out": got.out, "err": got.err} {
					if at, found := raw(written, false); found {
						t.Errorf("%+q, %s: %+q", output, stream, written[max(0, at-60):min(len(written), at+30)])
					}
					if strings.Contains(written, "\n  owned  everything") || strings.Contains(written, "\nremit: nothing fails") {
						t.Errorf("%+q, %s: a text passes for a line of its own", output, stream)
					}
				}
			}
			if answered < 10 {
				t.Errorf("only %d questions were answered", answered)
			}
		})
	}
}

// Each example of docs/explain.md is what the example organisation shows.
func TestDocumentedExplain(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "docs", "explain.md"))
	if err != nil {
		t.Fatal(err)
	}
	acmeFolder(t)
	blocks := fenced.FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 3 {
		t.Fatalf("only %d examples were found", len(blocks))
	}
	for _, block := range blocks {
		session(t, block[2])
	}
}
