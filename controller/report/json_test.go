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
	if diff := cmp.Diff(rich().Findings, back.Findings); diff != "" {
		t.Errorf("reading the report gives other findings (-want +got):\n%s", diff)
	}
	if back.Version != JSONVersion {
		t.Errorf("version %q", back.Version)
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
