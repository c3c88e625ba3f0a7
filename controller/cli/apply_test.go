package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Plan, apply, and there is nothing more to plan; a check finds less.
func TestApply(t *testing.T) {
	b := newWorkshop(t)
	t.Chdir(b.root)
	before := b.drift()
	shown := call(t, "", "plan", "--manifests", "manifests")
	golden(t, "plan.txt", shown.out)
	if shown.code != ExitClean || shown.err != "" {
		t.Errorf("plan: exit %d, %s", shown.code, shown.err)
	}
	only := call(t, "", "apply", "--manifests", "manifests")
	if only.code != ExitNotMade || only.out != shown.out || only.err != "remit: nothing was changed; --confirm makes the changes\n" {
		t.Errorf("apply without --confirm: exit %d, %s\n%s", only.code, only.err, only.out)
	}
	b.expect(goodBefore, badBefore)
	made := call(t, "", "apply", "--manifests", "manifests", "--confirm")
	golden(t, "apply.txt", made.out)
	if made.code != ExitClean || made.err != "" {
		t.Errorf("apply: exit %d, %s", made.code, made.err)
	}
	b.expect(goodAfter, badAfter)
	if again := call(t, "", "plan", "--manifests", "manifests", "--detailed-exitcode"); again.code != ExitClean || !strings.HasPrefix(again.out, "Nothing to change\n") {
		t.Errorf("plan after apply: exit %d\n%s", again.code, again.out)
	}
	if again := call(t, "", "apply", "--manifests", "manifests", "--confirm"); again.code != ExitClean || again.err != "" {
		t.Errorf("apply once more: exit %d, %s", again.code, again.err)
	}
	b.expect(goodAfter, badAfter)
	if after := b.drift(); before < 3 || after != 0 {
		t.Errorf("a check finds %d pieces of drift before and %d after", before, after)
	}
}

// A plan that was shown is made only while it is still that plan.
func TestApplyWhatWasShown(t *testing.T) {
	tests := map[string]struct {
		reason string
		// between is what happens between plan and apply.
		between func(b bench)
		// which says which plan is asked for.
		which func(b bench, hash string) []string
		code  int
		err   []string // in this order
		made  bool
	}{
		"hash":   {reason: "nothing moved", which: func(_ bench, hash string) []string { return []string{"--hash", hash} }, made: true},
		"prefix": {reason: "its beginning names it", which: func(_ bench, hash string) []string { return []string{"--hash", hash[:8]} }, made: true},
		"file":   {reason: "the plan as it was shown", which: func(b bench, _ string) []string { return []string{"--plan", b.path("plan.json")} }, made: true},
		"edited by hand": {
			reason: "a file is not what it was", which: func(b bench, _ string) []string { return []string{"--plan", b.path("plan.json")} },
			between: func(b bench) { b.write("checkouts/good/CODEOWNERS", goodBefore+"/new/ @acme/good\n") },
			code:    ExitNotMade, err: []string{"the plan is not ", " any more, but ", "nothing was changed", "acme/good CODEOWNERS was edited since", "look at the plan of now with `remit plan --manifests "},
		},
		"edited by hand, by hash": {
			reason: "the plan that was shown last is known", which: func(_ bench, hash string) []string { return []string{"--hash", hash[:12]} },
			between: func(b bench) { b.write("checkouts/good/CODEOWNERS", goodBefore+"/new/ @acme/good\n") },
			code:    ExitNotMade, err: []string{"acme/good CODEOWNERS was edited since"},
		},
		"another plan": {
			reason: "a plan that was shown long ago", which: func(bench, string) []string { return []string{"--hash", strings.Repeat("a", 64)} },
			code: ExitNotMade, err: []string{"the plan is not aaaaaaaaaaaa any more", "what moved cannot be told from the hash alone; --plan FILE could"},
		},
		"declared otherwise": {
			reason: "somebody else is declared", which: func(b bench, _ string) []string { return []string{"--plan", b.path("plan.json")} },
			between: func(b bench) { b.write("manifests/good.yaml", wanting("good", "bob")) },
			code:    ExitNotMade, err: []string{"adding @ada to acme/good CODEOWNERS:2 is not needed any more", "adding @bob to acme/good CODEOWNERS:2 is new"},
		},
		"no such file": {
			reason: "no plan to compare with", which: func(b bench, _ string) []string { return []string{"--plan", b.path("none.json")} },
			code: ExitIncomplete, err: []string{"none.json does not exist", "write one with `remit plan --manifests ", " --output json > FILE`"},
		},
		"edited plan": {
			reason: "a plan's text is not believed", which: func(b bench, _ string) []string { return []string{"--plan", b.path("plan.json")} },
			between: func(b bench) {
				text, err := os.ReadFile(b.path("plan.json"))
				b.must(err)
				b.write("plan.json", strings.ReplaceAll(string(text), "@ada", "@eve"))
			},
			code: ExitIncomplete, err: []string{"it was edited"},
		},
		"no plan": {
			reason: "some other file", which: func(b bench, _ string) []string { return []string{"--plan", b.path("staff.yaml")} },
			code: ExitIncomplete, err: []string{"not a saved plan"},
		},
		"hidden": {
			reason: "what a plan's file says is shown safely", which: func(b bench, _ string) []string { return []string{"--hash", "\x1b[31m"} },
			code: ExitIncomplete, err: []string{`--hash "\x1b[31m": want a plan's hash`},
		},
		"both": {
			reason: "two plans at once", which: func(b bench, hash string) []string { return []string{"--hash", hash, "--plan", "x"} },
			code: ExitIncomplete, err: []string{"--hash and --plan both say which plan"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newWorkshop(t)
			shown, plan := b.planned("plan")
			b.write("plan.json", shown.out)
			if test.between != nil {
				test.between(b)
			}
			good, bad := b.codeowners("good"), b.codeowners("bad")
			got := call(t, "", append([]string{"apply", "--confirm", "--manifests", b.path("manifests")}, test.which(b, plan.Hash)...)...)
			rest := got.err
			for _, want := range test.err {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Errorf("%s: want %q in\n%s", test.reason, want, got.err)
				}
				rest = after
			}
			if got.code != test.code || (test.err == nil) != (got.err == "") {
				t.Errorf("%s: exit %d, want %d; %s", test.reason, got.code, test.code, got.err)
			}
			if test.made {
				good, bad = goodAfter, badAfter
			}
			b.expect(good, bad)
		})
	}
}

// What cannot be made in one checkout is made in the other, and the exit code says that it is not all.
func TestApplyInPart(t *testing.T) {
	tests := map[string]struct {
		reason string
		spoil  func(b bench)
		why    string
		code   int
	}{
		"write-protected": {
			reason: "a file that may not be written", why: "it is write-protected", code: ExitNotMade,
			spoil: func(b bench) { b.must(os.Chmod(b.path("checkouts/good/CODEOWNERS"), 0o444)) },
		},
		"in the way": {
			reason: "a link is not in force: what it lacks is held, and the link stays", why: "", code: ExitClean,
			spoil: func(b bench) {
				b.must(os.Rename(b.path("checkouts/good/CODEOWNERS"), b.path("checkouts/good/real")))
				b.link("real", "checkouts/good/CODEOWNERS")
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newWorkshop(t)
			test.spoil(b)
			got, document := b.planned("apply", "--confirm")
			if got.code != test.code {
				t.Errorf("%s: exit %d, want %d; %s", test.reason, got.code, test.code, got.err)
			}
			statuses := map[string]string{}
			for _, outcome := range document.Outcomes {
				statuses[outcome.Repository] = outcome.Status + " " + outcome.Reason
			}
			if statuses["acme/bad"] != "made " || test.why != "" && statuses["acme/good"] != "refused "+test.why {
				t.Errorf("%s: %v", test.reason, statuses)
			}
			b.expect(goodBefore, badAfter)
			if shown := call(t, "", "apply", "--confirm", "--manifests", b.path("manifests")); test.why != "" && !strings.Contains(shown.out, "is left as it is: "+test.why) {
				t.Errorf("%s: the table does not say so:\n%s", test.reason, shown.out)
			}
		})
	}
}

// With an error in what is declared nobody knows what is meant, and nothing is made.
func TestApplyRefusesFaultyManifests(t *testing.T) {
	b := newWorkshop(t)
	b.write("manifests/broken.yaml", "a: [\n")
	got, _ := b.planned("apply", "--confirm")
	if got.code != ExitIncomplete || !strings.Contains(got.err, "the plan is not whole: 1 error in the input, and not all of what is declared is known, so nothing was changed; mend first: ") || !strings.Contains(got.err, "broken.yaml:") {
		t.Errorf("exit %d, %s", got.code, got.err)
	}
	b.expect(goodBefore, badBefore)
	shown, plan := b.planned("plan")
	if shown.code != ExitIncomplete || !strings.Contains(shown.err, "the plan is not whole: 1 error in the input") || len(plan.Changes) == 0 || len(plan.Problems) == 0 {
		t.Errorf("plan: exit %d, %s", shown.code, shown.err)
	}
	if detailed, _ := b.planned("plan", "--detailed-exitcode"); detailed.code != ExitDetailedError {
		t.Errorf("plan --detailed-exitcode: exit %d", detailed.code)
	}
}

// What was made is noted beside the manifests, or where --cache says.
func TestApplyNotesWhatItMade(t *testing.T) {
	b := newWorkshop(t)
	elsewhere := filepath.Join(t.TempDir(), "cache")
	if got, _ := b.planned("apply", "--confirm", "--cache", elsewhere); got.code != ExitClean {
		t.Fatalf("exit %d, %s", got.code, got.err)
	}
	text, err := os.ReadFile(filepath.Join(elsewhere, "ledger.json"))
	if err != nil || strings.Count(string(text), `"removal":true`) != 1 {
		t.Errorf("%v: %s", err, text)
	}
	if _, err := os.Stat(b.path("manifests/.remit")); err == nil {
		t.Error("there is a cache beside the manifests, too")
	}
	// Without a place for it nothing is made.
	b = newWorkshop(t)
	b.write("occupied", "")
	got, document := b.planned("apply", "--confirm", "--cache", b.path("occupied"))
	if got.code != ExitNotMade || len(document.Outcomes) != 2 || !strings.Contains(document.Outcomes[0].Reason, "it cannot be noted in") {
		t.Errorf("exit %d, %s\n%s", got.code, got.err, got.out)
	}
	b.expect(goodBefore, badBefore)
}
