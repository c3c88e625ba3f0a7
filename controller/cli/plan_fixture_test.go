package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/report"
)

const (
	goodBefore = "# Ours\n/CODEOWNERS @acme/good\n/a/ @acme/good @gone\n"
	goodAfter  = "# Ours\n/CODEOWNERS @acme/good @ada\n/a/ @acme/good @ada\n"
	badBefore  = "/CODEOWNERS @acme/bad\n/a/ @acme/bad\n"
	badAfter   = "/CODEOWNERS @acme/bad @bob\n/a/ @acme/bad @bob\n"
)

// newWorkshop is a bench with something to repair: both areas want a person as approver besides their team, and a line
// of the one repository names somebody who does not exist.
func newWorkshop(t *testing.T) bench {
	t.Helper()
	b := newBench(t)
	b.remove("manifests/witness.yaml")
	sources, err := os.ReadFile(b.path("manifests/sources.yaml"))
	b.must(err)
	b.write("manifests/sources.yaml", strings.Replace(string(sources), "spec:\n  git:", "spec:\n  mode: Propose\n  git:", 1))
	b.write("manifests/good.yaml", wanting("good", "ada"))
	b.write("manifests/bad.yaml", wanting("bad", "bob"))
	b.repository("good", map[string]string{"CODEOWNERS": goodBefore})
	return b
}

func wanting(name, approver string) string {
	return strings.Replace(areaManifest(name, ""), "  roles: [", "  mode: Enforce\n  roles: [{role: approver, holders: [\"team:acme/"+name+"\", \"user:"+approver+"\"]}, ", 1)
}

// codeowners is what a checkout's file says.
func (b bench) codeowners(name string) string {
	b.t.Helper()
	text, err := os.ReadFile(b.path("checkouts/" + name + "/CODEOWNERS"))
	b.must(err)
	return string(text)
}

// expect fails the test where the files say something else.
func (b bench) expect(good, bad string) {
	b.t.Helper()
	if got := b.codeowners("good"); got != good {
		b.t.Errorf("good: CODEOWNERS is\n%s\nwant\n%s", got, good)
	}
	if got := b.codeowners("bad"); got != bad {
		b.t.Errorf("bad: CODEOWNERS is\n%s\nwant\n%s", got, bad)
	}
}

// planned runs plan or apply with JSON as output.
func (b bench) planned(words ...string) (called, report.PlanDocument) {
	b.t.Helper()
	got := call(b.t, "", append(words, "--manifests", b.path("manifests"), "--output", "json")...)
	var document report.PlanDocument
	if got.out != "" {
		b.must(json.Unmarshal([]byte(got.out), &document))
	}
	return got, document
}

// drift counts the drift that a check of the checkouts as they are on disk finds.
func (b bench) drift() int {
	b.t.Helper()
	got := call(b.t, "", "check", b.path("checkouts/good"), b.path("checkouts/bad"), "--manifests", b.path("manifests"), "--output", "json")
	var document report.Document
	b.must(json.Unmarshal([]byte(got.out), &document))
	count := 0
	for _, area := range document.Areas {
		count += len(area.Drift)
	}
	return count
}
