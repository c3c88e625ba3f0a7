package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestPlanExitCodes(t *testing.T) {
	b := newWorkshop(t)
	manifests := b.path("manifests")
	tests := map[string]struct {
		reason    string
		arguments []string
		code      int
		err       string
	}{
		"changes":            {"a plan is no failure", []string{"-m", manifests}, ExitClean, ""},
		"detailed":           {"unless it is asked for", []string{"-m", manifests, "--detailed-exitcode"}, ExitChanges, ""},
		"detailed, held":     {"what is held is not to be made", []string{"-m", manifests, "--detailed-exitcode", "--max-mode", "Observe"}, ExitClean, ""},
		"no manifests":       {"nothing is declared", []string{"."}, ExitIncomplete, "without manifests nothing is declared"},
		"detailed, none":     {"an error must not pass for changes", []string{".", "--detailed-exitcode"}, ExitDetailedError, "name a folder of manifests with --manifests DIR"},
		"detailed, flag":     {"not even one in the flags", []string{"--detailed-exitcode", "--bogus"}, ExitDetailedError, "unknown flag: --bogus"},
		"detailed, after":    {"wherever it stands", []string{"--bogus", "--detailed-exitcode"}, ExitDetailedError, "unknown flag: --bogus"},
		"no such folder":     {"manifests that are not there", []string{"-m", "nowhere"}, ExitIncomplete, "nowhere does not exist"},
		"mode":               {"a word that is no mode", []string{"-m", manifests, "--max-mode", "force"}, ExitIncomplete, "want Observe, Propose or Enforce"},
		"a checkout":         {"one that is not there", []string{"nowhere", "-m", manifests}, ExitIncomplete, "nowhere does not exist"},
		"form":               {"a form of other reports", []string{"-m", manifests, "-o", "sarif"}, ExitIncomplete, "want table, json or diff"},
		"form of apply":      {"a plan that is made is no patch", []string{"-m", manifests, "-o", "diff"}, ExitClean, ""},
		"recording and more": {"two things at once", []string{"-m", manifests, "--snapshot", "x"}, ExitIncomplete, "a recording has its own manifests"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", append([]string{"plan"}, test.arguments...)...)
			if got.code != test.code || !strings.Contains(got.err, test.err) || (test.err == "") != (got.err == "") {
				t.Errorf("%s: exit %d, want %d; %q, want %q in it", test.reason, got.code, test.code, got.err, test.err)
			}
		})
	}
	b.expect(goodBefore, badBefore)
}

// The same plan in all forms.
func TestPlanForms(t *testing.T) {
	b := newWorkshop(t)
	table := call(t, "", "plan", "-m", b.path("manifests"))
	_, document := b.planned("plan")
	patch := call(t, "", "plan", "-m", b.path("manifests"), "--output", "diff")
	if !strings.Contains(table.out, document.Hash) || len(document.Hash) != 64 {
		t.Errorf("the table does not name the plan %s:\n%s", document.Hash, table.out)
	}
	whole := ""
	for _, file := range document.Files {
		whole += "# repository " + file.Repository + "\n" + file.Diff
	}
	if patch.out != whole || !strings.Contains(patch.out, "--- a/CODEOWNERS\n+++ b/CODEOWNERS\n@@ ") {
		t.Errorf("the patch is\n%s\nand the parts are\n%s", patch.out, whole)
	}
	golden(t, "plan.diff", patch.out)
}

// With PATH, the rest of the organisation stays as it is.
func TestPlanOfOneCheckout(t *testing.T) {
	b := newWorkshop(t)
	for _, folder := range []string{"good", "good/a"} {
		_, document := b.planned("plan", b.path("checkouts/"+folder))
		for _, change := range document.Changes {
			if change.Repository != "acme/good" {
				t.Errorf("%s is about to be changed", change.Repository)
			}
		}
		if len(document.Changes) != 3 || len(document.Preconditions) != 1 || len(document.Files) != 1 {
			t.Errorf("%d changes, %d preconditions, %d files", len(document.Changes), len(document.Preconditions), len(document.Files))
		}
	}
	shown := call(t, "", "plan", b.path("checkouts/good"), "-m", b.path("manifests"))
	if !strings.Contains(shown.out, "2 changes in other repositories are not part of it; name no PATH to plan for all") {
		t.Errorf("the rest is not mentioned:\n%s", shown.out)
	}
	got, _ := b.planned("apply", b.path("checkouts/good"), "--confirm")
	if got.code != ExitClean {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
	b.expect(goodAfter, badBefore)
}

// The first CODEOWNERS of a repository.
func TestPlanNewFile(t *testing.T) {
	b := newWorkshop(t)
	b.remove("checkouts/good/CODEOWNERS")
	if got, document := b.planned("apply", "--confirm"); got.code != ExitClean || !strings.Contains(document.Files[1].Diff, "new file mode 100644\n--- /dev/null\n+++ b/.github/CODEOWNERS\n") {
		t.Fatalf("exit %d, %s\n%s", got.code, got.err, got.out)
	}
	text, err := os.ReadFile(b.path("checkouts/good/.github/CODEOWNERS"))
	if err != nil || !strings.Contains(string(text), "@acme/good @ada") {
		t.Errorf("%v: %s", err, text)
	}
	if got, document := b.planned("plan"); len(document.Changes) != 0 {
		t.Errorf("plan after apply: %s", got.out)
	}
}

// While all changes are stopped, each is held for the reason given, and apply makes none.
func TestPlanStopped(t *testing.T) {
	tests := map[string]struct {
		reason string
		stop   func(t *testing.T, b bench) *terminal
		why    string
	}{
		"environment": {"by the environment", func(*testing.T, bench) *terminal {
			return &terminal{width: 200, environment: map[string]string{"REMIT_STOP": "incident 7", "NO_COLOR": "1"}}
		}, "all writes are stopped: REMIT_STOP says: incident 7"},
		"file": {"by a file", func(t *testing.T, b bench) *terminal {
			b.write("manifests/.remit/stop", "the audit\n")
			return nil
		}, "says: the audit"},
		"empty file": {"by a file without a reason", func(t *testing.T, b bench) *terminal {
			b.write("manifests/.remit/stop", "")
			return nil
		}, "there is a file stop in"},
		"link out": {"by what cannot be read", func(t *testing.T, b bench) *terminal {
			b.write("manifests/.remit/x", "")
			b.link("/etc/hostname", "manifests/.remit/stop")
			return nil
		}, "cannot be told"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newWorkshop(t)
			on := test.stop(t, b)
			got := callOn(t, on, "", "apply", "--confirm", "--manifests", b.path("manifests"), "--output", "json")
			if got.code != ExitClean || strings.Count(got.out, `"brake": "kill-switch"`) != 5 || !strings.Contains(got.out, test.why) {
				t.Errorf("%s: exit %d, %s\n%s", test.reason, got.code, got.err, got.out)
			}
			b.expect(goodBefore, badBefore)
		})
	}
}

// A damaged ledger is set aside with a warning. It is unknown then who lost a role lately, so nobody else does; and so it
// stays with the next run, which finds no damage any more.
func TestDamagedLedger(t *testing.T) {
	b := newWorkshop(t)
	b.write("manifests/.remit/ledger.json", "{\x1b[31m")
	warned := "remit: warning: the ledger is damaged; for 24 hours it is not known what was made"
	for run := range 3 {
		got, document := b.planned("apply", "--confirm")
		if got.code != ExitClean || strings.HasPrefix(got.err, warned) != (run == 0) || strings.Contains(got.err, "\x1b") {
			t.Errorf("run %d: exit %d, %q", run, got.code, got.err)
		}
		if len(document.Held) != 1 || !document.Held[0].Removal || document.Held[0].Brake != ownership.BrakeRemovals || !strings.Contains(document.Held[0].Because, "the ledger") ||
			!strings.Contains(document.Held[0].Because, "from 2026-03-03 09:00 UTC on") {
			t.Errorf("run %d: held %+v", run, document.Held)
		}
		b.expect(strings.Replace(goodAfter, "/a/ @acme/good @ada", "/a/ @acme/good @gone @ada", 1), badAfter)
	}
	if text, err := os.ReadFile(b.path("manifests/.remit/ledger.json.damaged")); err != nil || string(text) != "{\x1b[31m" {
		t.Errorf("the damaged ledger was not kept: %q, %v", text, err)
	}
}

// Nothing that a file says acts on a terminal, not even in a patch.
func TestPlanIsSafeOnATerminal(t *testing.T) {
	b := newWorkshop(t)
	b.write("checkouts/good/CODEOWNERS", goodBefore+"# \x1b]0;evil\x07 \u202eback\n/\x1b[31m/ @acme/good\n")
	for _, form := range []string{"table", "diff", "json"} {
		got := callOn(t, &terminal{width: 100, environment: map[string]string{"NO_COLOR": "1"}}, "", "plan", "-m", b.path("manifests"), "-o", form)
		if got.code != ExitClean || strings.ContainsAny(got.out+got.err, "\x1b\x07\u202e") || !strings.Contains(got.out, "evil") {
			t.Errorf("%s: exit %d, %s\n%q", form, got.code, got.err, got.out)
		}
	}
	if got := call(t, "", "plan", "-m", b.path("manifests"), "-o", "diff"); !strings.Contains(got.out, "\x1b]0;evil\x07") {
		t.Errorf("a patch for a program must have each byte: %q", got.out)
	}
}

// A plan can be made for a recording; what is recorded cannot be changed.
func TestPlanOfARecording(t *testing.T) {
	b := newWorkshop(t)
	live := call(t, "", "plan", "-m", b.path("manifests"), "-o", "json")
	recording := b.path("monday.remit")
	if got := call(t, "", "snapshot", "save", recording, b.path("checkouts/good"), b.path("checkouts/bad"), "-m", b.path("manifests")); got.code != ExitClean {
		t.Fatal(got.err)
	}
	b.remove("checkouts")
	if got := call(t, "", "plan", "--snapshot", recording, "-o", "json"); got.code != ExitClean || got.out != live.out {
		t.Errorf("exit %d, %s\n%s", got.code, got.err, got.out)
	}
	if got := call(t, "", "apply", "--snapshot", recording, "--confirm"); got.code != ExitIncomplete || !strings.Contains(got.err, "a recording cannot be changed") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
}
