package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/ownership"
)

func TestJSON(t *testing.T) {
	for name, result := range map[string]*ownership.Result{"rich": rich(), "empty": empty()} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := JSON(&b, result); err != nil {
				t.Fatal(err)
			}
			golden(t, "json_"+name+".json", b.Bytes())
		})
	}
}

func TestJSONIsSafeAndWhole(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, rich()); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && isHidden(r) {
			t.Fatalf("the report holds the character %U as it is", r)
		}
	}
	if bytes.Contains(b.Bytes(), []byte(": null")) {
		t.Error("the report holds a null; lists are to be empty instead")
	}
	var back struct {
		Version string
		ownership.Result
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(AllFindings(rich()), back.Findings); diff != "" {
		t.Errorf("reading the report gives other findings (-want +got):\n%s", diff)
	}
	if back.Version != JSONVersion {
		t.Errorf("version %q", back.Version)
	}
}

// A role without holders is in both maps, so that a reader need not ask whether it is there.
func TestJSONListsAreNeverNull(t *testing.T) {
	result := &ownership.Result{Areas: []ownership.AreaResult{{ID: "a/b",
		Declared: ownership.AssignmentsOf(map[ownership.Role][]ownership.Declaration{ownership.Accountable: nil}),
		Observed: ownership.AssignmentsOf(map[ownership.Role][]ownership.Observed{ownership.Approver: nil})}}}
	var b bytes.Buffer
	if err := JSON(&b, result); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("null")) {
		t.Errorf("the report holds a null:\n%s", b.String())
	}
	for _, want := range []string{`"accountable": []`, `"approver": []`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report does not hold %s", want)
		}
	}
}

// An unowned area is one of the findings whether a baseline knows it or not.
func TestJSONListsUnownedAreas(t *testing.T) {
	known := rich()
	known.Areas = known.Areas[:1]
	for name, result := range map[string]*ownership.Result{"raised": rich(), "known": Apply(rich(), NewBaseline(rich())), "some known": Apply(rich(), NewBaseline(known))} {
		var b bytes.Buffer
		if err := JSON(&b, result); err != nil {
			t.Fatal(err)
		}
		var back ownership.Result
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		listed := 0
		for _, finding := range back.Findings {
			if finding.Policy == UnownedPolicy {
				listed++
			}
		}
		if listed != 2 {
			t.Errorf("%s: %d of 2 unowned areas are findings", name, listed)
		}
	}
}

func TestEscapeHiddenKeepsTheMeaning(t *testing.T) {
	for _, text := range []string{"plain", "\u202e", "\x7f", "a\u200bb", "\U000e0041", "日本語", "\xff"} {
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := json.Unmarshal(escapeHidden(encoded), &got); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(text, string(utf8.RuneError)); got != want {
			t.Errorf("%q becomes %q", want, got)
		}
	}
}
