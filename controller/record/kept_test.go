package record

import (
	stdbytes "bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/engine"
)

// What policies declared before is there again, for the policies as they are compiled from the recording, redacted or not.
func TestKept(t *testing.T) {
	input := example(t)
	outcome, err := engine.Pass(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	input.Kept = outcome.Kept()
	if len(input.Kept) == 0 {
		t.Fatal("the example declares nothing")
	}
	stale := engine.KeptKey{Policy: "team-approves", Area: "company/none"}
	input.Kept[stale] = nil
	read, err := Read(stdbytes.NewReader(written(t, Recording{Input: input})))
	if err != nil {
		t.Fatal(err)
	}
	delete(input.Kept, stale)
	if diff := cmp.Diff(input.Kept, read.Input.Kept); diff != "" {
		t.Errorf("(-recorded +read):\n%s", diff)
	}
	redacted, err := Redact(read, testKey)
	if err != nil {
		t.Fatal(err)
	}
	if len(redacted.Input.Kept) != len(input.Kept) {
		t.Errorf("%d are kept, redacted %d", len(input.Kept), len(redacted.Input.Kept))
	}
}
