package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/remit-dev/remit/controller/record"
)

// save records what the arguments name, in a file that it gives.
func save(t *testing.T, arguments ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.remit")
	if got := call(t, "", append([]string{"snapshot", "save", name}, arguments...)...); got.code != ExitClean || got.out != "" {
		t.Fatalf("%+v", got)
	}
	return name
}

// A check of a recording gives the very bytes that the check gave which was recorded, in every form.
func TestCheckSnapshot(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, twoAreas(root))
	for name, arguments := range map[string][]string{
		"a checkout": {root}, "manifests": {"-m", manifests}, "both": {root, "-m", manifests},
	} {
		t.Run(name, func(t *testing.T) {
			recording := save(t, arguments...)
			for _, form := range []string{"json", "sarif", "junit", "markdown", "table"} {
				want := call(t, "", append([]string{"check", "-o", form}, arguments...)...)
				got := call(t, "", "check", "-o", form, "--snapshot", recording)
				if form == "table" { // what to do next is another matter
					want.out, _, _ = strings.Cut(want.out, "\nNEXT")
					got.out, _, _ = strings.Cut(got.out, "\nNEXT")
				}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(called{})); diff != "" {
					t.Errorf("%s (-check +recorded):\n%s", form, diff)
				}
			}
		})
	}
}

// What was recorded stays, whatever becomes of the files.
func TestSnapshotNeedsNoFiles(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, twoAreas(root))
	recording := save(t, "-m", manifests)
	want := call(t, "", "check", "-o", "json", "-m", manifests)
	for _, folder := range []string{root, manifests} {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, call(t, "", "check", "-o", "json", "--snapshot", recording), cmp.AllowUnexported(called{})); diff != "" {
		t.Error(diff)
	}
}

func TestSnapshotShow(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	manifests := newManifests(t, twoAreas(root))
	t.Chdir(filepath.Dir(manifests))
	if got := call(t, "", "snapshot", "save", "monday.remit", "-m", manifests); got.err !=
		"remit: wrote monday.remit: 2 areas, 1 source, 7 files in 1 repository, 0 people; names and addresses are in it, --redact would replace them\n" {
		t.Errorf("%+v", got)
	}
	info, err := os.Stat("monday.remit")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a file with addresses can be read by others: %v, %v", info.Mode(), err)
	}
	golden(t, "snapshot_show.txt", call(t, "", "snapshot", "show", "monday.remit").out)
	var summary record.Summary
	if err := json.Unmarshal([]byte(call(t, "", "snapshot", "show", "monday.remit", "-o", "json").out), &summary); err != nil {
		t.Fatal(err)
	}
	if summary.Format != 1 || summary.By != "v0.1.0" || !summary.At.Equal(monday) || summary.Redacted || summary.Areas != 2 ||
		summary.Files != 7 || summary.Commits != 1 || len(summary.Sources) != 1 || len(summary.Kept) != 1 || len(summary.Policies) == 0 {
		t.Errorf("%+v", summary)
	}
	if got := call(t, "", "snapshot", "save", "monday.remit", "-m", manifests, "--redact"); !strings.HasSuffix(got.err, "0 people; names and addresses are redacted\n") {
		t.Errorf("%+v", got)
	}
	if got := call(t, "", "snapshot", "show", "monday.remit"); !strings.Contains(got.out, "\nNames and addresses of people are redacted.\n") {
		t.Errorf("%+v", got)
	}
}

func TestSnapshotWrongCalls(t *testing.T) {
	t.Chdir(newCheckout(t, "shop", shop()))
	recording := save(t)
	if err := os.WriteFile("cut.remit", []byte("remit-snapshot 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const both = "remit: a recording has its own manifests and checkouts: give --snapshot FILE, or --manifests DIR and PATH; see `remit "
	for name, c := range map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"both":     {"two things to check", []string{"check", ".", "--snapshot", recording}, both + "check --help`\n"},
		"run both": {"likewise", []string{"run", "-m", ".", "--snapshot", recording}, both + "run --help`\n"},
		"missing":  {"a file that is not there", []string{"check", "--snapshot", "no.remit"}, "remit: the recording: no.remit does not exist; name a file that `remit snapshot save` wrote\n"},
		"folder":   {"a folder", []string{"check", "--snapshot", "."}, "remit: the recording: . cannot be read: is a directory; name a file that `remit snapshot save` wrote\n"},
		"foreign":  {"another file", []string{"snapshot", "show", "README.md"}, "remit: the recording README.md: it is no recording of Remit; name a file that `remit snapshot save` wrote\n"},
		"cut":      {"half of one", []string{"run", "--snapshot", "cut.remit"}, "remit: the recording cut.remit: it is cut off; copy the file again, or record anew with `remit snapshot save`\n"},
		"over":     {"a file that somebody needs", []string{"snapshot", "save", "README.md"}, "remit: README.md is there already, and is no recording; name another file, or remove this one\n"},
		"nowhere":  {"a folder that is not there", []string{"snapshot", "save", "no/a.remit"}, "remit: write the recording no/a.remit: the folder no does not exist; name a file that can be written\n"},
		"no file":  {"nothing to write to", []string{"snapshot", "save"}, "remit: name the FILE to write; see `remit snapshot save --help`\n"},
		"word":     {"no such command", []string{"snapshot", "sava"}, "remit: unknown command \"sava\" for \"remit snapshot\"; did you mean `remit snapshot save`?\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(called{code: ExitIncomplete, err: c.want}, call(t, "", c.arguments...), cmp.AllowUnexported(called{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
	if text, err := os.ReadFile("README.md"); err != nil || string(text) != shop()["README.md"] {
		t.Errorf("README.md is %q, %v", text, err)
	}
}

// canary is a person whom nothing else is mistaken for, in an organisation in which they stand wherever somebody can.
func canary(t *testing.T) (root, manifests string) {
	t.Helper()
	root = newCheckout(t, "zaphodq", map[string]string{
		".github/CODEOWNERS": `# Zaphod Quackenbush decides, ask zaphod.quackenbush@acme.example
/web/ @ZaphodQ @acme/web # Zaphod
/docs/ zaphod.quackenbush@acme.example
/pay/ 4242+zaphodq@users.noreply.github.com zaphodq
/users/zaphodq/ @acme/web
@zaphodq *.md
`,
		"users/zaphodq/notes.md": "x\n", "web/zaphod-quackenbush.js": "x\n", "docs/Quackenbush.md": "x\n", "pay/a.go": "x\n",
	})
	for _, address := range []string{"zaphod.quackenbush@acme.example", "4242+ZaphodQ@users.noreply.github.com", "zaphodq"} {
		work(t, root, "Zaphod Quackenbush", address, 3, map[string]string{"web/zaphod-quackenbush.js": address})
	}
	folder := filepath.Join(t.TempDir(), "home", "zaphodq", "quackenbush")
	write(t, folder, map[string]string{
		"people.yaml": `people:
  - {id: zaphodq, name: Zaphod Quackenbush, logins: {github: ZaphodQ, chat: U0ZAPHOD}, emails: [zaphod.quackenbush@acme.example]}
  - {id: bo, name: Bo, logins: {github: bo}}
teams:
  - {id: acme/web, name: Zaphod's team, members: [zaphodq, bo]}
  - {id: acme/quackenbush, members: [bo]}
`,
		"zaphodq.yaml": canaryManifests(root),
		"zaphod.rego": `# METADATA
# title: Zaphod Quackenbush decides
# description: |
#   Zaphod said so.
# custom: {severity: low}
package remit.policies.zaphodq

# Zaphod's list
zaphodq_holds if some h in input.declared.accountable; h.holder == "user:zaphodq"

zaphodq_holds if "zaphod.quackenbush@acme.example" == "x"

warn contains {"key": "zaphodq", "message": "ask @ZaphodQ, /home/zaphodq or Zaphod Quackenbush"} if zaphodq_holds
`,
		"broken-zaphodq.yaml": "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: broken}\nspec: {zaphod: Quackenbush}\n",
	})
	return root, folder
}

func canaryManifests(root string) string {
	return `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: zaphodq-desk, labels: {lead: zaphodq}, annotations: {note: "Zaphod Quackenbush"}}
spec:
  description: Zaphod Quackenbush's desk
  scope: {repositories: [{name: acme/zaphodq, paths: [/users/zaphodq/, /web/]}]}
  roles:
    - {role: accountable, holders: ["user:zaphodq"]}
    - {role: approver, holders: ["user:zaphod.quackenbush@acme.example", "team:acme/quackenbush"]}
---
apiVersion: remit.dev/v1alpha1
kind: RoleAssignment
metadata: {name: zaphodq-stands-in}
spec:
  area: zaphodq-desk
  role: deputy
  holders: ["user:zaphodq"]
  reason: Zaphod Quackenbush is away
  delegatedBy: user:zaphodq
  acknowledgedBy: user:zaphodq
  acknowledgedAt: "2026-03-01T00:00:00Z"
---
apiVersion: remit.dev/v1alpha1
kind: Team
metadata: {name: quackenbush}
spec: {id: acme/quackenbush, description: Zaphod's, members: ["user:zaphodq"]}
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: zaphodq-decides}
spec:
  regoFile: zaphod.rego
  exemptions:
    - {subject: default/zaphodq-desk, key: zaphodq, owner: user:zaphodq, reason: Zaphod Quackenbush, expires: "2031-01-01T00:00:00Z"}
---
apiVersion: remit.dev/v1alpha1
kind: ResponsibilityPolicy
metadata: {name: with-parameters}
spec:
  library: offboarding
  parameters: {notice_days: 20}
  match: {areas: {matchLabels: {lead: zaphodq}}}
---
apiVersion: remit.dev/v1alpha1
kind: RoleConfiguration
metadata: {name: default}
spec: {placeholders: ["user:zaphod*", "team:acme/quackenbush-*"]}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: zaphodq-people}
spec: {people: {path: people.yaml}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: code}
spec: {git: {path: "` + root + `", tree: worktree, repository: acme/zaphodq}}
---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: gone}
spec: {git: {path: /home/zaphodq/gone}}
`
}

// A person with unmistakable names who stands wherever somebody can is nowhere in a redacted recording, and it is checked
// with the same result.
func TestCanary(t *testing.T) {
	root, manifests := canary(t)
	for name, arguments := range map[string][]string{
		"manifests": {"-m", manifests}, "a checkout": {root}, "both": {root, "-m", manifests},
	} {
		t.Run(name, func(t *testing.T) {
			open := save(t, arguments...)
			file := filepath.Join(t.TempDir(), "b.remit")
			got := call(t, "", append([]string{"snapshot", "save", file, "--redact"}, arguments...)...)
			if got.code != ExitClean || strings.Contains(got.err, "warning") {
				t.Errorf("%+v", got)
			}
			if !strings.Contains(unpacked(t, open), "zaphod") {
				t.Error("not even the file that is not redacted has the name")
			}
			text := unpacked(t, file)
			for _, trace := range []string{"zaphod", "quackenbush", manifests, root, filepath.Dir(root), "4242+"} {
				if at := strings.Index(text, strings.ToLower(trace)); at >= 0 {
					t.Errorf("%q is left: %q", trace, text[max(0, at-60):min(len(text), at+60)])
				}
			}
			was, is := call(t, "", "check", "--snapshot", open), call(t, "", "check", "--snapshot", file)
			if was.code != is.code || strings.Count(was.out, "\n") == 0 || strings.Contains(strings.ToLower(is.out+is.err), "zaphod") {
				t.Errorf("%d and %d:\n%s", was.code, is.code, is.out)
			}
			again := filepath.Join(t.TempDir(), "c.remit")
			if got := call(t, "", "snapshot", "save", again, "--snapshot", open, "--redact"); got.code != ExitClean || strings.Contains(unpacked(t, again), "zaphod") {
				t.Errorf("redacted later: %+v", got)
			}
		})
	}
}

// unpacked is what is in a recording, in small letters.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, frame, _ := bytes.Cut(packed, []byte("\n"))
	decoder, err := zstd.NewReader(bytes.NewReader(frame))
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	text, err := io.ReadAll(decoder)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(string(text))
}

// `remit run` serves the metrics of a recording, as of its moment, and watches nothing.
func TestRunSnapshot(t *testing.T) {
	root := newCheckout(t, "shop", shop())
	recording := save(t, "-m", newManifests(t, twoAreas(root)))
	t.Chdir(filepath.Dir(recording))
	log := &stream{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code := make(chan int, 1)
	go func() {
		code <- Execute(ctx, testEnvironment(nil, nil, io.Discard, log), []string{"run", "--snapshot", recording, "--listen", "127.0.0.1:0"})
	}()
	url := ""
	eventually(t, "it is ready", func() string {
		if found := address.FindStringSubmatch(log.String()); found != nil {
			url = found[1]
			_, text := get(t, url)
			if strings.Contains(text, "The last pass was at "+monday.Format(time.RFC3339)+"; areas: 2.") {
				return ""
			}
		}
		return "it has said " + log.String()
	})
	_, page := get(t, url+"metrics")
	for _, want := range []string{"remit_areas{", "remit_files{"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	cancel()
	if got := <-code; got != ExitClean {
		t.Errorf("it ends with %d", got)
	}
	entries, err := os.ReadDir(".")
	if err != nil || len(entries) != 1 {
		t.Errorf("it left something behind: %v, %v", entries, err)
	}
}
