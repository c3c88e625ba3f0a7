package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// The number of errors is the same wherever it is told, and an error by which a policy fails is one of them.
func TestOneNumberOfErrors(t *testing.T) {
	b := newWorkshop(t)
	b.write("manifests/broken.yaml", "a: [\n")
	b.write("manifests/own.yaml", "apiVersion: remit.dev/v1alpha1\nkind: ResponsibilityPolicy\nmetadata: {name: own}\nspec: {rego: \"package own\\n\\ndeny contains\"}\n")
	b.write("manifests/area.yaml", "apiVersion: remit.dev/v1alpha1\nkind: Area\nmetadata: {name: odd}\nspec: {teir: low}\n")
	const want = "3 errors in the input, by which 1 policy failed"
	manifests, recording := b.path("manifests"), filepath.Join(t.TempDir(), "r.remit")
	wide := &terminal{width: 200, environment: map[string]string{"NO_COLOR": "1"}}
	shown := callOn(t, wide, "", "check", "-m", manifests)
	for _, text := range []string{
		"NOT WHOLE: " + want, "INPUT PROBLEMS  3 errors (1 of policies, below)", "remit: the check is not whole: " + want,
	} {
		if !strings.Contains(shown.out+shown.err, text) {
			t.Errorf("check does not say %q:\n%s%s", text, shown.out, shown.err)
		}
	}
	if listed := strings.Count(shown.out, "  error  "); listed != 2 {
		t.Errorf("%d errors are listed beside that of the policy", listed)
	}
	for _, arguments := range [][]string{{"plan"}, {"apply", "--confirm"}, {"explain", "odd"}, {"suggest"}} {
		got := call(t, "", append(arguments, "-m", manifests)...)
		if got.code != ExitIncomplete || !strings.Contains(got.err, want) {
			t.Errorf("%v: exit %d, %s", arguments, got.code, got.err)
		}
		if answers := arguments[0] == "explain" || arguments[0] == "suggest"; answers &&
			!strings.Contains(got.err, "the answer rests on what could be read, and may not be whole: "+want+"; see what they are: remit check --manifests "+manifests) {
			t.Errorf("%v does not say what that means, and where they are: %s", arguments, got.err)
		}
	}
	if got := call(t, "", "snapshot", "save", recording, "-m", manifests); got.code != ExitClean {
		t.Fatal(got.err)
	}
	var summary struct{ Errors int }
	if err := json.Unmarshal([]byte(call(t, "", "snapshot", "show", recording, "-o", "json").out), &summary); err != nil || summary.Errors != 3 {
		t.Errorf("the recording has %d errors: %v", summary.Errors, err)
	}
}
