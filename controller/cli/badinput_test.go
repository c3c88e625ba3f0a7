package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	gogit "github.com/go-git/go-git/v5"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
)

// badInput is one bad thing beside good ones, and what users see of it.
type badInput struct {
	reason string
	bad    func(b bench)
	// says are texts of the table; ROOT stands for the folder of the test. Without any, nothing is wrong.
	says []string
	code int
	// states are those of the areas; where one is left out, it is owned. "gone" is an area that is not there.
	states map[string]string
	// slow input is checked once.
	slow bool
}

var (
	badUnknown  = map[string]string{"bad": "unknown"}
	bothUnknown = map[string]string{"bad": "unknown", "good": "unknown"}
)

func file(name, text string) func(bench) { return func(b bench) { b.write(name, text) } }

func rego(rules string) func(bench) {
	return file("manifests/own.yaml", policyManifest("own", "", rules))
}

// slowRego judges one area, since each takes as long as a policy may.
func slowRego(rules string) func(bench) {
	return func(b bench) {
		b.write("manifests/bad.yaml", areaManifest("bad", "  tier: slow\n"))
		b.write("manifests/own.yaml", policyManifest("own", "tiers: [slow]", rules))
	}
}

func codeownersFile(text string) func(bench) {
	return func(b bench) { b.repository("bad", map[string]string{"CODEOWNERS": text}) }
}

func regoFile(path string) func(bench) {
	return func(b bench) {
		b.write("outside.rego", "package remit.policies.outside\n")
		b.link("../outside.rego", "manifests/linked.rego")
		b.write("manifests/own.yaml", header+"ResponsibilityPolicy\nmetadata: {name: own}\nspec:\n  regoFile: "+path+"\n")
	}
}

func badManifests() map[string]badInput {
	child := header + "Area\nmetadata: {name: bad}\nspec:\n  parent: %s\n  scope: {repositories: [{name: acme/bad}]}\n"
	childOf := func(parent string) string { return strings.ReplaceAll(child, "%s", parent) }
	return map[string]badInput{
		"no YAML": {reason: "the rest of its file is read", bad: file("manifests/broken.yaml", areaManifest("more", "")+"---\na: [\n---\n"+header+"Area\nmetadata: {name: duty}\nspec:\n  roles: [{role: accountable, holders: [\"user:ada\"]}]\n"),
			says: []string{"ROOT/manifests/broken.yaml:8: not YAML", "correct the syntax", "default/duty"}, code: ExitIncomplete, states: map[string]string{"more": "unknown"}},
		"binary":  {reason: "no text at all", bad: file("manifests/broken.yaml", "\x00\xff\xfe\x01"), says: []string{"broken.yaml:1: the text is not UTF-8; save the file as UTF-8"}, code: ExitIncomplete},
		"kind":    {reason: "a slip", bad: file("manifests/broken.yaml", header+"Aera\nmetadata: {name: x}\n"), says: []string{"broken.yaml:2:7: kind: unknown kind \"Aera\"; did you mean `Area`?"}, code: ExitIncomplete},
		"version": {reason: "of another time", bad: file("manifests/broken.yaml", "apiVersion: remit.dev/v9\nkind: Area\n"), says: []string{"broken.yaml:1:13: apiVersion: unknown version \"remit.dev/v9\"; write `apiVersion: remit.dev/v1alpha1`"}, code: ExitIncomplete},
		"field": {reason: "the area stays, as unknown", bad: file("manifests/bad.yaml", areaManifest("bad", "  teir: low\n")),
			says: []string{"ROOT/manifests/bad.yaml:7:9: spec.teir: unknown field `teir`; did you mean `tier`?", "cannot be judged: Invalid: its manifest has errors, at ROOT/manifests/bad.yaml:1:1"}, code: ExitIncomplete, states: badUnknown},
		"duplicate": {reason: "the first stays", bad: file("manifests/later.yaml", areaManifest("bad", "  tier: other\n")),
			says: []string{"later.yaml:1:1: metadata.name: Area default/bad is already declared at ROOT/manifests/bad.yaml:1:1; this one is left out; rename or remove one of them"}, code: ExitIncomplete},
		"key twice": {reason: "which one is meant?", bad: file("manifests/bad.yaml", areaManifest("bad", "  tier: a\n  tier: b\n")),
			says: []string{"bad.yaml:8:3: spec.tier: given twice, first on line 7; remove one of them"}, code: ExitIncomplete, states: badUnknown},
		"cycle": {reason: "of parents", bad: func(b bench) {
			b.write("manifests/bad.yaml", areaManifest("bad", "  parent: worse\n"))
			b.write("manifests/worse.yaml", header+"Area\nmetadata: {name: worse}\nspec: {parent: bad}\n")
		}, says: []string{"bad.yaml:7:11: spec.parent: the parents form a cycle: bad → worse → bad; remove `parent` from one of them"}, code: ExitIncomplete, states: map[string]string{"bad": "unknown", "worse": "unknown"}},
		"no parent": {reason: "what would be inherited is unknown, not absent", bad: file("manifests/bad.yaml", childOf("god")),
			says: []string{"bad.yaml:5:11: spec.parent: there is no Area \"god\" in the namespace \"default\"; did you mean `good`?"}, code: ExitIncomplete, states: badUnknown},
		"broken parent": {reason: "likewise", bad: func(b bench) {
			b.write("manifests/bad.yaml", childOf("top"))
			b.write("manifests/top.yaml", header+"Area\nmetadata: {name: top}\nspec: {rols: []}\n")
		}, says: []string{"cannot be judged: ParentNotFound: the Area \"top\" has errors, at ROOT/manifests/top.yaml:1:1"}, code: ExitIncomplete, states: map[string]string{"bad": "unknown", "top": "unknown"}},
		"aliases": {reason: "a few lines that would be millions", bad: file("manifests/broken.yaml", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"+header+"Area\nmetadata: {name: x}\nspec: *e\n"),
			says: []string{"broken.yaml:1:", "aliases repeat more than 20000 values"}, code: ExitIncomplete},
		"foreign": {reason: "a file that is none of ours", bad: file("manifests/broken.yaml", "Area\n#"+strings.Repeat("x", 5<<20)), says: []string{"broken.yaml: larger than 4 MiB; nothing of it was read; split the file"}, code: ExitIncomplete},
		"large":   {reason: "any object may stand in it", bad: file("manifests/broken.yaml", header+"Area\n#"+strings.Repeat("x", 5<<20)), says: []string{"broken.yaml: larger than 4 MiB; nothing of it was read; split the file"}, code: ExitIncomplete, states: bothUnknown},
		"leaves":  {reason: "a link out of the folder: any object may stand there", bad: func(b bench) { b.write("out.yaml", areaManifest("x", "")); b.link("../out.yaml", "manifests/x.yaml") }, says: []string{"x.yaml: the link leads out of the folder of the manifests, or to nothing; replace the link with the file"}, code: ExitIncomplete, states: map[string]string{"x": "gone", "good": "unknown", "bad": "unknown"}},
		"source":  {reason: "a slip in a source: its areas are unknown", bad: file("manifests/sources.yaml", header+"OwnershipSource\nmetadata: {name: checkouts}\nspec:\n  git:\n    pth: ../checkouts\n"), says: []string{"sources.yaml:6:10: spec.git.pth: unknown field `pth`; did you mean `path`?", "no source sees acme/bad, and the manifest of a source has errors"}, code: ExitIncomplete, states: bothUnknown},
		"all policies": {reason: "the library does not take their place", bad: func(b bench) {
			b.remove("manifests/witness.yaml")
			b.write("manifests/holder.yaml", header+"ResponsibilityPolicy\nmetadata: {name: holder}\nspec: {libary: x}\n")
		}, says: []string{"holder.yaml:4:16: spec.libary: unknown field `libary`; did you mean `library`?"}, code: ExitIncomplete},
	}
}

func badRego() map[string]badInput {
	const ran = "for 1 of 1 subject: ROOT/manifests/own.yaml:12: "
	return map[string]badInput{
		"parse": {reason: "the line is the manifest's", bad: rego("deny contains {"), says: []string{"own ROOT/manifests/own.yaml:13: unexpected eof token; correct the syntax, which is that of Rego v1"}, code: ExitIncomplete},
		"two": {reason: "each its own error", bad: func(b bench) {
			b.write("manifests/own.yaml", policyManifest("own", "", "deny contains {")+"---\n"+policyManifest("two", "", "deny contains x"))
		}, says: []string{"own ROOT/manifests/own.yaml:13: unexpected eof", "two ROOT/manifests/own.yaml:2"}, code: ExitIncomplete},
		"type":      {reason: "a number is no text", bad: rego(`deny contains {"key": "a", "message": "b"} if input.coverage.total == "many"`), says: []string{"own.yaml:12: match error (left: number; right: string); use values of one type"}, code: ExitIncomplete},
		"field":     {reason: "a slip", bad: rego(`deny contains {"key": "a", "message": "b"} if input.area.teir == "x"`), says: []string{"own.yaml:12: input.area.teir does not exist; did you mean `tier`?"}, code: ExitIncomplete},
		"recursion": {reason: "Rego has none", bad: rego("f(x) := f(x)\n\ndeny contains {\"key\": \"a\", \"message\": \"b\"} if f(1)"), says: []string{"own.yaml:12: rule data.remit.policies.own.f is recursive", "Rego has no recursion: use `some`, `walk` or `graph.reachable`"}, code: ExitIncomplete},
		"range":     {reason: "a billion numbers in one builtin", bad: slowRego(`deny contains {"key": "a", "message": "b"} if count(numbers.range(1, 1000000000)) > 3`), says: []string{ran + "it ", "make the policy cheaper"}, code: ExitIncomplete, slow: true},
		"loop":      {reason: "27 billion steps", bad: slowRego("deny contains {\"key\": \"a\", \"message\": \"b\"} if {\n\tsome i in numbers.range(1, 3000)\n\tsome j in numbers.range(1, 3000)\n\tsome k in numbers.range(1, 3000)\n\ti + j + k == 0\n}"), says: []string{ran + "it ran past its deadline of 1s; make the policy cheaper"}, code: ExitIncomplete, slow: true},
		"results":   {reason: "a million", bad: slowRego(`deny contains {"key": sprintf("%d", [i]), "message": "b"} if some i in numbers.range(1, 1000000)`), says: []string{ran, "it"}, code: ExitIncomplete, slow: true},
		"text":      {reason: "50 MB in one message", bad: slowRego(`deny contains {"key": "a", "message": concat("", [s | some i in numbers.range(1, 1000000); s := "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])}`), says: []string{ran, "make the policy cheaper"}, code: ExitIncomplete, slow: true},
		"shape":     {reason: "a text is no result", bad: rego(`deny contains "x"`), says: []string{`own.yaml:12: a result of deny must be an object, not a string; write ` + "`deny contains {\"key\""}, code: ExitIncomplete},
		"no key":    {reason: "it could not be told from others", bad: rego(`deny contains {"message": "x"}`), says: []string{"own.yaml:12: a result of deny needs key"}, code: ExitIncomplete},
		"no set":    {reason: "one object", bad: rego(`deny := {"key": "x", "message": "y"}`), says: []string{"own.yaml:12: deny must be a set of results"}, code: ExitIncomplete},
		"key":       {reason: "seen only when it runs", bad: rego(`deny contains {"key": count(input.area.id), "message": "y"}`), says: []string{"for 2 of 2 subjects (default/bad and 1 other): ROOT/manifests/own.yaml:12: key of a result of deny is a number, not a string"}, code: ExitIncomplete},
		"zero":      {reason: "an error while it runs", bad: rego(`deny contains {"key": "x", "message": sprintf("%d", [1 / count({x | x := 1; x == 2})])}`), says: []string{"own.yaml:12: div: divide by zero; test for this case before"}, code: ExitIncomplete},
		"outside":   {reason: "a path that leaves the folder", bad: regoFile("../outside.rego"), says: []string{`own.yaml:5:13: spec.regoFile: "../outside.rego" leaves the folder of the manifests`}, code: ExitIncomplete},
		"link":      {reason: "a link that does", bad: regoFile("linked.rego"), says: []string{"own.yaml:5:13: spec.regoFile: linked.rego is a link that leads out of the folder of the manifests; name a file below"}, code: ExitIncomplete},
		"absolute":  {reason: "from anywhere", bad: regoFile("/etc/passwd.rego"), says: []string{`own.yaml:5:13: spec.regoFile: "/etc/passwd.rego": want a path relative to the manifest's folder`}, code: ExitIncomplete},
		"gone":      {reason: "no file", bad: regoFile("none.rego"), says: []string{"own.yaml:5:13: spec.regoFile: none.rego does not exist; name a file below"}, code: ExitIncomplete},
	}
}

func badRepositories() map[string]badInput {
	long := strings.Repeat("x", 100_000)
	return map[string]badInput{
		"3 MB":   {reason: "GitHub does not load it", bad: codeownersFile(strings.Repeat("/a/ @acme/bad\n", 300_000)), says: []string{"warning acme/bad CODEOWNERS: no rule is in force: the file must have under 3145728 bytes to be loaded; use wildcard patterns"}, states: map[string]string{"bad": "partial"}},
		"binary": {reason: "no text", bad: codeownersFile("/a/ @acme/bad\n\x00\x01\x7fELF"), says: []string{"warning acme/bad CODEOWNERS: no rule is in force: there is a NUL byte at offset 14, so it is not read as text; remove it, or save the file as UTF-8 if it is in UTF-16"}, states: map[string]string{"bad": "partial"}},
		"BOM":    {reason: "read over", bad: codeownersFile("\ufeff/CODEOWNERS @acme/bad\n/a/ @acme/bad\n")},
		"CRLF":   {reason: "as good as LF", bad: codeownersFile("/CODEOWNERS @acme/bad\r\n/a/ @acme/bad\r\n")},
		"long lines": {reason: "patterns, owners, comments and faults of 100,000 characters", bad: func(b bench) {
			b.repository("bad", map[string]string{"CODEOWNERS": "/" + long + " @acme/bad\n#" + long + "\n[" + long + "\n/y @" + long + "\n/y/ " + strings.Repeat("@acme/bad ", 10_000) + "\n/" + strings.Repeat("**/*", 25_000) + " @acme/bad\n/CODEOWNERS @acme/bad\n/a/ @acme/bad\n"})
			b.write("manifests/hygiene.yaml", header+"ResponsibilityPolicy\nmetadata: {name: hygiene}\nspec: {library: codeowners-hygiene}\n")
		}, says: []string{"medium deny acme/bad CODEOWNERS:3", "low warn acme/bad CODEOWNERS:1 ", "x... at acme/bad CODEOWNERS:1 matches no file"}, code: ExitFindings},
		"linked CODEOWNERS": {reason: "GitHub does not follow it", bad: func(b bench) {
			r := b.repository("bad", nil)
			b.must(os.Rename(b.path("checkouts/bad/CODEOWNERS"), b.path("checkouts/bad/rules")))
			b.link("rules", "checkouts/bad/CODEOWNERS")
			b.commit(r, "Ada")
		}, says: []string{"warning acme/bad CODEOWNERS: no rule is in force: the file is a symbolic link, which GitHub does not follow; replace the link by the file itself"}, states: map[string]string{"bad": "partial"}},
		"no commit": {reason: "known to be empty", bad: func(b bench) { b.empty("bad") }, says: []string{"warning acme/bad ROOT/checkouts/bad: the repository has no commit yet, so it has no files; commit something, or leave the checkout out"}},
		"shallow": {reason: "its files are known", bad: func(b bench) {
			r := b.repository("bad", nil)
			b.write("checkouts/bad/a/b.go", "\n")
			b.commit(r, "Ada")
			head, err := r.Head()
			b.must(err)
			commit, err := r.CommitObject(head.Hash())
			b.must(err)
			b.write("checkouts/bad/.git/shallow", head.Hash().String()+"\n")
			parent := commit.ParentHashes[0].String()
			b.remove("checkouts/bad/.git/objects/" + parent[:2] + "/" + parent[2:])
		}},
		"bare": {reason: "the files of HEAD", bad: func(b bench) {
			b.must(os.Rename(b.path("checkouts/bad/.git"), b.path("bad.git")))
			b.remove("checkouts/bad")
			b.must(os.Rename(b.path("bad.git"), b.path("checkouts/bad")))
		}},
		"broken link": {reason: "a file as any other", bad: func(b bench) {
			r, err := gogit.PlainOpen(b.path("checkouts/bad"))
			b.must(err)
			b.link("../../nowhere", "checkouts/bad/a/link")
			b.commit(r, "Ada")
		}},
		"leaves": {reason: "a checkout that is elsewhere", bad: func(b bench) {
			b.must(os.Rename(b.path("checkouts/bad"), b.path("bad")))
			b.link("../bad", "checkouts/bad")
		}, says: []string{"ROOT/checkouts/bad: left out: bad is a link that leads out of the folder; make it a checkout that lies in this folder"}, code: ExitIncomplete, states: badUnknown},
		"damaged": {reason: "this one alone", bad: file("checkouts/bad/.git/HEAD", "rubbish"), says: []string{"acme/bad ROOT/checkouts/bad: the repository cannot be read: HEAD holds neither a branch nor a commit; repair it or clone it again"}, code: ExitIncomplete, states: badUnknown},
		"gone":    {reason: "it may be elsewhere: unknown fails nothing", bad: func(b bench) { b.remove("checkouts/bad") }, says: []string{"ScopeNotFound: no source sees acme/bad; add it to a source, or correct the scope"}, states: badUnknown},
		"no folder": {reason: "the source failed, the scopes are right", bad: func(b bench) { b.remove("checkouts") },
			says: []string{"ROOT/manifests/sources.yaml:6:11: spec.git.path: ROOT/checkouts cannot be read", "set it to a git checkout or a folder of checkouts", "acme/good is not seen, since the source checkouts cannot be read"}, code: ExitIncomplete, states: bothUnknown},
	}
}

func badPeople() map[string]badInput {
	withPeople := func(more string) func(bench) {
		return file("staff.yaml", strings.Replace(staff, "teams:", more+"teams:", 1))
	}
	return map[string]badInput{
		"one login": {reason: "it is nobody's, and whom a team means by it is unknown", bad: withPeople("- {id: eve, logins: {github: bob}}\n"),
			says: []string{"ROOT/staff.yaml:5:30: people[2].logins.github: the github login bob belongs to bob in line 4 and to eve in line 5, so it is taken for neither; give it to one of them"}, code: ExitIncomplete, states: badUnknown},
		"one login, another id": {reason: "a member listed by it may be either", bad: func(b bench) {
			b.write("staff.yaml", strings.Replace(strings.Replace(staff, "[bob]", "[zed]", 1), "teams:", "- {id: eve, logins: {github: zed}}\n- {id: fay, logins: {github: zed}}\nteams:", 1))
		}, says: []string{"ROOT/staff.yaml:9:", `"zed" may be eve or fay; give the login to one of them`}, code: ExitIncomplete, states: badUnknown},
		"one id":   {reason: "both are left out, and not known to be absent", bad: withPeople("- {id: bob}\n"), says: []string{`ROOT/staff.yaml:5:3: people[2].id: there are two people with the id "bob", the other in line 4; both are left out; give each person one entry`}, code: ExitIncomplete, states: badUnknown},
		"field":    {reason: "whom it is about is not known to be absent", bad: file("staff.yaml", strings.Replace(staff, "{id: bob}", "{id: bob, emial: x}", 1)), says: []string{"ROOT/staff.yaml:4:13: people[1].emial: there is no such field; use one of id, name"}, code: ExitIncomplete, states: badUnknown},
		"no YAML":  {reason: "nothing is known", bad: file("staff.yaml", "people:\n\t- id: ada\n"), says: []string{"ROOT/staff.yaml:2: the file is no YAML: found character that cannot start any token; correct the file's YAML"}, code: ExitIncomplete, states: bothUnknown},
		"gone":     {reason: "nothing is known", bad: func(b bench) { b.remove("staff.yaml") }, says: []string{"ROOT/manifests/sources.yaml:13:11: spec.people.path: the people file ROOT/staff.yaml cannot be read: no such file or directory; set it to a file that can be read"}, code: ExitIncomplete, states: bothUnknown},
		"large":    {reason: "nothing is known", bad: file("staff.yaml", staff+"#"+strings.Repeat("x", 17<<20)), says: []string{"ROOT/staff.yaml cannot be read: it has more than 16 MiB"}, code: ExitIncomplete, states: bothUnknown},
		"a folder": {reason: "nothing is known", bad: func(b bench) { b.remove("staff.yaml"); b.write("staff.yaml/x", "") }, says: []string{"ROOT/staff.yaml cannot be read: it is a folder and not a file"}, code: ExitIncomplete, states: bothUnknown},
	}
}

// Whatever is wrong is said with file, line and what to do; it stops nothing else, and makes nothing look unowned.
func TestBadInput(t *testing.T) {
	t.Parallel()
	grown := watchHeap()
	t.Cleanup(func() {
		mb := grown() >> 20
		t.Logf("the heap grew by %d MB", mb)
		if mb > 500 {
			t.Errorf("bad input took %d MB in all", mb)
		}
	})
	for group, tests := range map[string]map[string]badInput{
		"manifests": badManifests(), "rego": badRego(), "repositories": badRepositories(), "people": badPeople(),
		"none": {"sound": {reason: "the good things alone", bad: func(bench) {}}},
	} {
		for name, test := range tests {
			t.Run(group+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				test.bad(b)
				test.check(t, b)
			})
		}
	}
}

func (test badInput) check(t *testing.T, b bench) {
	t.Helper()
	wide := &terminal{width: 100_000, environment: map[string]string{"NO_COLOR": "1"}}
	got := call(t, "", "check", "--manifests", b.path("manifests"), "--output", "json")
	var document report.Document
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatalf("%s: %v: exit %d, %s", test.reason, err, got.code, got.err)
	}
	if got.code != test.code || (test.code == ExitIncomplete) != strings.HasPrefix(got.err, "remit: the check is not whole: ") {
		t.Errorf("%s: exit %d, want %d; %q", test.reason, got.code, test.code, got.err)
	}
	test.checkStates(t, document)
	var text string
	if !test.slow {
		text = callOn(t, wide, "", "check", "--manifests", b.path("manifests"), "--verbose").out
	} else {
		for _, status := range document.Policies {
			text += "for 1 of 1 subject: " + status.Error + "\n"
		}
	}
	text = b.shown(strings.Join(strings.Fields(text), " "))
	for _, want := range test.says {
		if !strings.Contains(text, want) {
			t.Errorf("%s: want %q in\n%.6000s", test.reason, want, text)
		}
	}
	if len(test.says) == 0 && len(document.Problems) > 0 {
		t.Errorf("%s: nothing is wrong with it: %v", test.reason, document.Problems)
	}
}

// checkStates compares the areas' states, and sees to it that a policy still judges the good area, and that none
// denies what is unknown.
func (test badInput) checkStates(t *testing.T, document report.Document) {
	t.Helper()
	states := map[string]string{}
	for _, area := range document.Areas {
		states[strings.TrimPrefix(string(area.ID), "default/")] = string(area.State)
	}
	want := map[string]string{"good": "owned", "bad": "owned"}
	for name, state := range test.states {
		want[name] = state
	}
	for name, state := range want {
		if got := states[name]; got != state && (state != "gone" || got != "") {
			t.Errorf("%s: %s is %s, want %s", test.reason, name, got, state)
		}
	}
	judged := false
	for _, finding := range document.Findings {
		judged = judged || finding.Policy == "witness" && finding.Subject == "default/good" && finding.Status == ownership.Raised
		if finding.Policy == "holder" && finding.Status == ownership.Raised {
			t.Errorf("%s: the library denies %s: %s", test.reason, finding.Subject, finding.Message)
		}
	}
	witness := false
	for _, policy := range document.Policies {
		witness = witness || policy.Name == "witness"
	}
	if judged != witness {
		t.Errorf("%s: the good area was judged: %v", test.reason, judged)
	}
}
