package record

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-dev/remit/controller/codeowners"
)

// redactorOf knows some people.
func redactorOf(logins ...string) *redactor {
	d := &redactor{pseudonyms: pseudonyms{testKey}, known: newRegister(), owners: map[string]string{}, machine: strings.NewReplacer("/srv/acme", "redacted-srv")}
	for _, login := range logins {
		d.learnLogin(login)
	}
	d.learnName("Alice Liddell")
	return d
}

func TestCodeownersText(t *testing.T) {
	d := redactorOf("alice", "bob-b")
	alice, bob := d.person("alice"), d.person("bob-b")
	for name, c := range map[string]struct{ reason, text, want string }{
		"owners":    {"people only, teams stay", "* @acme/web @Alice\tbob@acme.example\n", "* @acme/web @" + alice + "\t" + d.address("bob@acme.example") + "\n"},
		"comments":  {"free text", "# ask Alice\r\n/a/ @bob-b # or Carol\n", "#\r\n/a/ @" + bob + " #\n"},
		"no break":  {"at the end of the file", "/a/ @bob-b", "/a/ @" + bob},
		"blank":     {"lines keep their numbers", "\n \t\n/a/\n", "\n \t\n/a/\n"},
		"patterns":  {"stay, but for a name", "/docs/ @acme/web\n/home/alice/*.md @acme/web\n", "/docs/ @acme/web\n/home/" + alice + "/*.md @acme/web\n"},
		"escapes":   {"a blank in a pattern does not end it", `a\ alice @bob-b` + "\n", `a\ ` + alice + " @" + bob + "\n"},
		"invalid":   {"what is no owner is none afterwards", "* alice @-bob-b docs@ @ @a/b/c\n", "* " + alice + " @-" + d.person("-bob-b") + " " + d.person("docs ") + "@ @ @a/b/c\n"},
		"two in on": {"two handles without a space", "* @alice@bob-b\n", "* @" + d.address("alice@bob-b") + "\n"},
		"image":     {"a pattern that looks like an address", "icon@2x.png @alice\n", "icon@2x.png @" + alice + "\n"},
		"swapped":   {"an owner where the pattern must be", "@alice *\n", "@" + alice + " *\n"},
		"made up":   {"an address of GitHub's is the login's", "* alice@users.noreply.github.com\n", "* " + alice + "@users.noreply.github.com\n"},
		"mark":      {"a byte order mark", "\xef\xbb\xbf* @alice\n", "\xef\xbb\xbf* @" + alice + "\n"},
		"binary":    {"is not loaded, and says at the same place why", "* @alice\n\x00more", strings.Repeat("\n", 9) + "\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, d.codeowners(c.text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
	if large := strings.Repeat("/a/ @alice\n", codeowners.MaxSize/11+1); len(d.codeowners(large)) != codeowners.MaxSize {
		t.Error("a file that is too large is not one any more")
	}
}

// rules is what a CODEOWNERS text says, without who it names, and with other patterns.
func rules(text string, rename func(pattern string) string) (lines []string) {
	file := codeowners.Parse([]byte(text))
	for _, rule := range file.Rules() {
		line := rename(rule.Pattern)
		for _, owner := range rule.Owners {
			if line += " " + owner.Kind.String(); owner.Kind == codeowners.Team {
				line += rename(owner.Text)
			}
		}
		lines = append(lines, line)
	}
	for _, e := range file.Errors() {
		lines = append(lines, string(e.Kind))
	}
	for i := range file.LineCount() {
		lines = append(lines, file.Line(i+1).Ending)
	}
	return lines
}

// Whatever a CODEOWNERS text is, redacted it has the same rules on the same lines, with as many owners of the same kinds,
// and the same errors.
func TestCodeownersStays(t *testing.T) {
	word := rapid.OneOf(
		rapid.SampledFrom([]string{"@alice", "@acme/web", "a@b.example", "alice", "@-x", "docs@", "@", "@a@b", "#", "# x", "/docs/", "*", `\#`, `a\ b`, "[", "!a", "\xff", "é@b", "alice é"}),
		rapid.StringMatching(`[@a-z/*#.\\ -]{0,8}`),
	)
	gap := rapid.SampledFrom([]string{" ", "\t", "\n", "\r\n", "", " \n"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 30).Draw(t, "words") {
			b.WriteString(word.Draw(t, "word"))
			b.WriteString(gap.Draw(t, "gap"))
		}
		checkCodeowners(t, b.String())
	})
}

func checkCodeowners(t interface{ Errorf(string, ...any) }, text string) {
	d := redactorOf("bob-b")
	d.learnOwners(text)
	was, redacted := rules(text, func(pattern string) string { return d.owner(pattern, true) }), d.codeowners(text)
	is := rules(redacted, asIs)
	if !slices.Equal(was, is) {
		t.Errorf("%q became %q:\n%s", text, redacted, cmp.Diff(was, is))
	}
}

func FuzzCodeowners(f *testing.F) {
	for _, text := range []string{"* @alice\n", "# x\r\n/a\\ b/ a@b.c @acme/web # y", "@alice *", "\xef\xbb\xbf* @a", "\xef\xbb\xbf 0@", "* a é@é \xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkCodeowners(t, text) })
}

func TestRego(t *testing.T) {
	d := redactorOf("alice", "bob-b", "area", "max")
	alice, bob := d.person("alice"), d.person("bob-b")
	under := strings.NewReplacer("-", "_")
	for name, c := range map[string]struct{ reason, text, want string }{
		"text":     {"in a text as elsewhere", `x := "user:alice"`, `x := "user:` + alice + `"`},
		"unlisted": {"whom no source knows", `x := "user:carol"`, `x := "user:` + d.person("carol") + `"`},
		"escape":   {"behind an escape", `x := "\u0061lice"`, `x := "` + alice + `"`},
		"handle":   {"as CODEOWNERS has it", `x := "ask @bob-b."`, `x := "ask @` + bob + `."`},
		"raw":      {"in a raw text over lines", "x := `a\nalice\n`", "x := `a\n" + alice + "\n`"},
		"names":    {"in names of rules", "alice_owns if alice_owns2", under.Replace(alice) + "_owns if " + under.Replace(alice) + "_owns2"},
		"words":    {"the field's own words stay, whoever has them as a login", "input.area.id; max({1})", "input.area.id; max({1})"},
		"comment":  {"free text", "x := 1 # for Alice\n# and carol\n", "x := 1 #\n#\n"},
		"hash":     {"no comment in a text", `x := "#carol" # y`, `x := "#carol" #`},
		"metadata": {
			"its description is free text, its title is shown",
			"# METADATA\n# title: Alice Liddell decides\n# description: >-\n#   carol\n#   and more\n# custom: {severity: high}\npackage p\n# carol\n",
			"# METADATA\n# title: " + d.person("alice-liddell") + " decides\n# description: redacted\n#\n#\n# custom: {severity: high}\npackage p\n#\n",
		},
		"unclosed": {"no Rego", "x := \"a\n# carol\n`b", "x := \"a\n#\n`b"},
		"machine":  {"a folder of the machine", `x := "/srv/acme/x /home/carol/y"`, `x := "redacted-srv/x /redacted/y"`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, d.rego(c.text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// Nothing of a Rego text is lost that no name is in: its parts make the whole.
func FuzzRegoParts(f *testing.F) {
	f.Add("x := \"a\\\"b\" # c\n`d`")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, text string) {
		if whole := eachPart(text, func(_ regoPart, part string) string { return part }); whole != text {
			t.Errorf("%q became %q", text, whole)
		}
		if was, is := strings.Count(text, "\n"), strings.Count(redactorOf("alice").rego(text), "\n"); was != is {
			t.Errorf("%q has %d lines, and redacted %d", text, was, is)
		}
	})
}

func TestParameters(t *testing.T) {
	d := redactorOf("alice")
	alice := d.person("alice")
	for name, c := range map[string]struct{ reason, text, want string }{
		"nothing":  {"stays byte for byte", `{"b": 1.50, "a": [ "high" ]}`, `{"b": 1.50, "a": [ "high" ]}`},
		"holders":  {"whoever it is", `["user:carol","team:acme/web"]`, `["user:` + d.person("carol") + `","team:acme/web"]`},
		"login":    {"known, by itself", `{"lead":"Alice"}`, `{"lead":"` + alice + `"}`},
		"key":      {"in a key", `{"alice":1e3,"b":"<"}`, `{"b":"<","` + alice + `":1e3}`},
		"address":  {"whoever's it is", `"carol@acme.example"`, `"` + d.address("carol@acme.example") + `"`},
		"no JSON":  {"could not be used", `{"a":`, `null`},
		"password": {"in an address of a server", `"https://u:p@host.example/x"`, `"https://redacted@host.example/x"`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, d.json(c.text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestPlainTexts(t *testing.T) {
	d := redactorOf("alice", "docs", "k8s-ci-robot", "alice@acme.example")
	alice, robot := d.person("alice"), d.person("k8s-ci-robot")
	for name, c := range map[string]struct {
		reason, got, want string
	}{
		"word":       {"a part of a name", d.plain("web/alice-tools"), "web/" + alice + "-tools"},
		"not inside": {"another word", d.plain("malice/alices"), "malice/alices"},
		"ordinary":   {"a folder, though somebody is called so", d.redact(treePath, "docs/a.md"), "docs/a.md"},
		"joined":     {"words of one name, however joined", d.redact(treePath, "x/K8S_CI.robot/k8scirobot"), "x/" + robot + "/" + robot},
		"apart":      {"words that stand apart", d.redact(treePath, "k8s/ci/robot"), "k8s/ci/robot"},
		"image":      {"no address", d.redact(treePath, "icons/a@2x.png"), "icons/a@2x.png"},
		"key":        {"a key of a finding", d.plain("missing/approver/user:alice/x"), "missing/approver/user:" + alice + "/x"},
		"entity":     {"a person in a catalog", d.entity("user:default/carol"), "user:default/" + d.person("carol")},
		"component":  {"no person", d.entity("component:default/web"), "component:default/web"},
		"holder":     {"whoever it is", d.holder("user:Carol"), "user:" + d.person("carol")},
		"team":       {"stays", d.holder("team:acme/web"), "team:acme/web"},
		"absolute":   {"the folder is of the machine", d.file("/home/carol/acme/areas.yaml:17"), "redacted-" + d.short("folder", "/home/carol/acme/")[:6] + "/areas.yaml:17"},
		"outside":    {"so is what leads out", d.file("../carol/areas.yaml"), "redacted-" + d.short("folder", "../carol/")[:6] + "/areas.yaml"},
		"windows":    {"on another system", d.file(`C:\Users\carol\areas.yaml`), "redacted-" + d.short("folder", "C:/Users/carol/")[:6] + "/areas.yaml"},
		"below":      {"what is below stays", d.file("ownership/areas.yaml:17"), "ownership/areas.yaml:17"},
		"source":     {"a checkout that was given", d.plain("checkout /home/carol/shop"), "checkout redacted-" + d.short("folder", "/home/carol/")[:6] + "/shop"},
		"word of us": {"one of Remit's words", d.redact(word, "Propose"), "Propose"},
		"no word":    {"something in the place of one", d.redact(word, "alice"), alice},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s: %q, want %q", name, c.reason, c.got, c.want)
		}
	}
}
