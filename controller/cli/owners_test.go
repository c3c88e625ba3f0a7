package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gogit "github.com/go-git/go-git/v5"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOwnersTable(t *testing.T) {
	t.Chdir(newCheckout(t, "shop", shop()))
	got := call(t, "", "owners")
	if got.code != ExitClean || got.err != "" {
		t.Errorf("exit %d, error stream %q", got.code, got.err)
	}
	golden(t, "owners.txt", got.out)
	onTerminal := callOn(t, &terminal{width: 80}, "", "owners", "web/app.js", "README.md")
	if !strings.Contains(onTerminal.out, "\x1b[31mnobody") {
		t.Errorf("on a terminal, nobody should stand out: %q", onTerminal.out)
	}
}

func TestOwnersJSON(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	outside := t.TempDir()
	link := filepath.Join(outside, "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	pay := func(path string) string {
		return `{"path":"` + path + `","state":"owned","owners":["@acme/payments","@ada"],"line":3,"pattern":"/services/pay/"}`
	}
	readme := `{"path":"README.md","state":"unmatched","owners":[]}`
	generated := `{"path":"web/generated/api.js","state":"unowned","owners":[],"line":5,"pattern":"/web/generated/"}`
	tests := map[string]struct {
		reason    string
		folder    string
		arguments []string
		in        string
		want      []string
		err       string
		code      int
	}{
		"file":          {reason: "a file", arguments: []string{"services/pay/charge.go"}, want: []string{pay("services/pay/charge.go")}},
		"states":        {reason: "each state", arguments: []string{"README.md", "web/generated/api.js"}, want: []string{readme, generated}},
		"folder":        {reason: "a folder is its files", arguments: []string{"services/pay"}, want: []string{pay("services/pay/charge.go")}},
		"new file":      {reason: "a file to come", arguments: []string{"services/pay/refund.go"}, want: []string{pay("services/pay/refund.go")}},
		"new folder":    {reason: "a file to come in a folder to come", arguments: []string{"services/pay/new/"}, want: []string{pay("services/pay/new/")}},
		"below":         {reason: "paths are relative to the current folder", folder: "services", arguments: []string{"pay/charge.go", "../README.md", "./pay"}, want: []string{pay("services/pay/charge.go"), readme, pay("services/pay/charge.go")}},
		"nothing":       {reason: "no path is the current folder", folder: "services/pay", want: []string{pay("services/pay/charge.go")}},
		"root":          {reason: "the root from below", folder: "web/generated", arguments: []string{"../../README.md"}, want: []string{readme}},
		"absolute":      {reason: "an absolute path in the checkout", folder: "docs", arguments: []string{filepath.Join(root, "README.md")}, want: []string{readme}},
		"link":          {reason: "an absolute path that leads to the checkout by a link", arguments: []string{filepath.Join(link, "README.md"), filepath.Join(link, "new", "..", "README.md")}, want: []string{readme, readme}},
		"outside":       {reason: "one path outside stops no other", arguments: []string{"../x", "README.md"}, want: []string{readme}, code: ExitIncomplete, err: "remit: ../x is outside of ROOT\nremit: 1 path could not be answered\n"},
		"empty":         {reason: "an empty path", arguments: []string{""}, code: ExitIncomplete, err: "remit: a path is empty; name a file or a folder\nremit: 1 path could not be answered\n"},
		"stdin":         {reason: "lines, CR LF and an end without one too", arguments: []string{"--stdin"}, in: "README.md\r\nservices/pay/a b.go\n\n./web/../README.md", want: []string{readme, pay("services/pay/a b.go"), readme}},
		"stdin below":   {reason: "lines are relative to the current folder too", folder: "services", arguments: []string{"--stdin"}, in: "pay/charge.go\n../README.md\n", want: []string{pay("services/pay/charge.go"), readme}},
		"stdin outside": {reason: "what cannot be answered is said, and stops no other", arguments: []string{"--stdin"}, in: "../x\nREADME.md\n.\n", want: []string{readme}, code: ExitIncomplete, err: "remit: standard input, line 1: ../x is outside of ROOT\nremit: standard input, line 3: it is the checkout itself, and with --stdin each path is a file\nremit: 2 paths of standard input could not be answered\n"},
		"null":          {reason: "a line break in a name", arguments: []string{"--stdin", "--null"}, in: "services/pay/a\nb.go\x00README.md\x00", want: []string{pay(`services/pay/a\u000ab.go`), readme}},
		"codeowners":    {reason: "rules of another file", arguments: []string{"--codeowners", filepath.Join(outside, "rules"), "README.md"}, want: []string{`{"path":"README.md","state":"owned","owners":["@acme/all"],"line":1,"pattern":"*"}`}},
		"no rules":      {reason: "rules that are not there", arguments: []string{"--codeowners", "none", "README.md"}, code: ExitIncomplete, err: "remit: the rules: none does not exist; name a file with --codeowners\n"},
	}
	write(t, outside, map[string]string{"rules": "* @acme/all\n"})
	followed, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(filepath.Join(root, test.folder))
			want := called{code: test.code, err: strings.ReplaceAll(test.err, "ROOT", followed)}
			for _, line := range test.want {
				want.out += line + "\n"
			}
			got := call(t, test.in, append([]string{"owners", "--output", "json"}, test.arguments...)...)
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(called{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestOwnersWithoutACheckout(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", map[string]string{"rules": "/a/ @acme/a\n"})
	got := call(t, "", "owners", "a/b")
	if got.code != ExitIncomplete || !strings.Contains(got.err, "lies in no git repository") || !strings.Contains(got.err, "--codeowners") {
		t.Errorf("exit %d, %q: want what is wrong and what to do", got.code, got.err)
	}
	got = call(t, "", "owners", "-o", "json", "--codeowners", "rules", "a/b")
	if want := `{"path":"a/b","state":"owned","owners":["@acme/a"],"line":1,"pattern":"/a/"}` + "\n"; got.out != want {
		t.Errorf("got %+v", got)
	}
	if got = call(t, "", "owners", "--codeowners", "rules"); got.code != ExitIncomplete || !strings.Contains(got.err, "its files cannot be listed") {
		t.Errorf("files of no repository: exit %d, %q", got.code, got.err)
	}
}

func TestOwnersOfUnusualCheckouts(t *testing.T) {
	linked := newCheckout(t, "linked", with(shop(), ".github/CODEOWNERS", ""))
	if err := os.MkdirAll(filepath.Join(linked, ".github"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../README.md", filepath.Join(linked, ".github", "CODEOWNERS")); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(t.TempDir(), "bare.git")
	if _, err := gogit.PlainClone(bare, true, &gogit.CloneOptions{URL: newCheckout(t, "shop", shop())}); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason, root, want, err string
	}{
		"no CODEOWNERS": {
			"nothing matches, and that is said", newCheckout(t, "none", with(shop(), ".github/CODEOWNERS", "")),
			`"state":"unmatched"`, "has no CODEOWNERS file (looked for .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS)",
		},
		"a link": {"GitHub does not follow it", linked, `"state":"unmatched"`, "is a symbolic link"},
		"faults": {
			"skipped lines are counted", newCheckout(t, "faulty", with(shop(), ".github/CODEOWNERS", "/web/ @acme/storefront\n/[x] @a\n")),
			`"owners":["@acme/storefront"]`, "1 fault",
		},
		"second place": {"the root's file counts where .github has none", newCheckout(t, "second", with(shop(), ".github/CODEOWNERS", "", "CODEOWNERS", "/web/ @acme/second\n")), `"owners":["@acme/second"]`, ""},
		"bare":         {"a bare repository has a commit, if no files on disk", bare, `"owners":["@acme/storefront"],"line":2`, ""},
		"binary":       {"a file that is not loaded at all", newCheckout(t, "binary", with(shop(), ".github/CODEOWNERS", "* @a\x00\n")), `"state":"unmatched"`, "no rule of .github/CODEOWNERS is in force: there is a NUL byte at offset 4"},
		"no commit":    {"a new repository", newEmptyRepository(t), `"owners":["@acme/new"]`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(test.root)
			got := call(t, "", "owners", "-o", "json", "web/app.js")
			if got.code != ExitClean || !strings.Contains(got.out, test.want) {
				t.Errorf("%s: exit %d, %s%s", test.reason, got.code, got.out, got.err)
			}
			if (test.err == "") != (got.err == "") || !strings.Contains(got.err, test.err) {
				t.Errorf("%s: error stream %q, want %q in it", test.reason, got.err, test.err)
			}
		})
	}
}

func newEmptyRepository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if _, err := gogit.PlainInit(root, false); err != nil {
		t.Fatal(err)
	}
	write(t, root, map[string]string{"CODEOWNERS": "* @acme/new\n"})
	return root
}

func TestOwnersBoundsALine(t *testing.T) {
	t.Chdir(newCheckout(t, "shop", shop()))
	got := call(t, "README.md\n"+strings.Repeat("x", 2*maxPathBytes)+"\nweb/app.js\n", "owners", "--stdin", "-o", "json")
	want := "remit: standard input, line 2: it is over 1048576 bytes, which no path is\n"
	if got.code != ExitIncomplete || got.err != want || strings.Count(got.out, "\n") != 1 {
		t.Errorf("exit %d, %q, answers %q", got.code, got.err, got.out)
	}
}

// Whatever a path is made of, its line of JSON is one line, safe on a terminal, and says the same path.
func TestOwnersJSONOfAnyPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("a\"\\/\n\r\t\x00\x1b\x7f\u0085\u2028\u202e\ufeff\U000e0001é漢😀")))).Draw(t, "text")
		encoded := appendJSON(nil, text)
		var back string
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatalf("%q is no JSON: %v", encoded, err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); back != want {
			t.Fatalf("%q came back as %q", want, back)
		}
		for _, r := range string(encoded) {
			if r < ' ' || r == 0x7f || r == '\u202e' || r == '\u2028' || r == '\u0085' {
				t.Fatalf("%q has %U in it as it is", encoded, r)
			}
		}
	})
}

// However a path inside is written, it is the same path.
func TestRelativeIsCanonical(t *testing.T) {
	c := &checkout{root: "/r/shop", folder: "/r/shop/a/b", prefix: "a/b/"}
	segment := rapid.StringMatching(`[a-z]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		path := strings.Join(rapid.SliceOfN(segment, 1, 4).Draw(t, "path"), "/")
		want, err := c.relative(path)
		if err != nil || want != "a/b/"+path {
			t.Fatalf("%s became %q, %v", path, want, err)
		}
		for _, other := range []string{"./" + path, "x/../" + path, "../b/" + path, path + "/", "/r/shop/a/b/" + path, "../../../shop/a/b/" + path, strings.ReplaceAll(path, "/", "//")} {
			if got, err := c.relative(other); err != nil || got != want {
				t.Fatalf("%s became %q (%v), not %q", other, got, err, want)
			}
		}
	})
}

func BenchmarkOwnersStdin(b *testing.B) {
	b.Chdir(newCheckout(b, "shop", shop()))
	var paths strings.Builder
	const count = 100_000
	for i := range count {
		fmt.Fprintf(&paths, "services/pay/%d/file%d.go\n", i/100, i)
	}
	for _, output := range []string{"json", "table"} {
		b.Run(output, func(b *testing.B) {
			for b.Loop() {
				if got := call(b, paths.String(), "owners", "--stdin", "-o", output); got.code != ExitClean {
					b.Fatal(got.err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/path")
		})
	}
}

func TestOwnersOfAnEmptyRepository(t *testing.T) {
	root := t.TempDir()
	if _, err := gogit.PlainInit(root, false); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	if got := call(t, "", "owners"); got.code != ExitClean || got.out != "" || !strings.Contains(got.err, "has no files yet") {
		t.Errorf("no files are no fault: %+v", got)
	}
}

// A name is shown with all its characters: none becomes another, and none acts on the terminal.
func TestOwnersOfOddNames(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	write(t, root, map[string]string{"web/a\nb\tc.js": "x"})
	t.Chdir(root)
	if got := call(t, "", "owners", "web/"); !strings.Contains(got.out, `web/a\x0ab\x09c.js`) {
		t.Errorf("%s%s", got.out, got.err)
	}
}
