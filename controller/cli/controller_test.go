package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the controller cannot start with is said before any cluster is asked.
func TestControllerRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason    string
		arguments []string
		says      []string
	}{
		"pattern":      {"a private host is exact", []string{"--allow-private", "*.acme.example"}, []string{"--allow-private", "no network such as 10.20.0.0/16"}},
		"second":       {"each is looked at", []string{"--allow-private", "10.0.0.0/8", "--allow-private", "10.0.0.0/99"}, []string{"10.0.0.0/99"}},
		"no file":      {"there is none", []string{"--ca-file", "missing.pem"}, []string{"certificates cannot be read", "--ca-file FILE"}},
		"no authority": {"nothing to trust", []string{"--ca-file", empty}, []string{"no certificate in PEM form"}},
		"time":         {"no time at all", []string{"--source-timeout", "0s"}, []string{"--source-timeout", "more than 0"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", append([]string{"controller", "--kubeconfig", "missing"}, test.arguments...)...)
			if got.code != ExitIncomplete {
				t.Errorf("%s: exit code %d", test.reason, got.code)
			}
			for _, word := range test.says {
				if !strings.Contains(got.err, word) {
					t.Errorf("%s: it does not say %q:\n%s", test.reason, word, got.err)
				}
			}
		})
	}
}
