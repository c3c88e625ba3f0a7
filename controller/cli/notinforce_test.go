package cli

import (
	"os"
	"strings"
	"testing"
)

// Of a CODEOWNERS file that is not in force as a whole, every command says so and why, and that it is to be repaired.
func TestCodeownersNotInForce(t *testing.T) {
	for name, test := range map[string]struct {
		why, remedy string
		bad         func(b bench)
	}{
		"NUL":  {"there is a NUL byte at offset 4", "remove it", func(b bench) { b.write("checkouts/bad/CODEOWNERS", "* @a\x00\n") }},
		"3 MB": {"the file must have under 3145728 bytes", "use wildcard patterns", func(b bench) { b.write("checkouts/bad/CODEOWNERS", strings.Repeat("/a/ @a\n", 500_000)) }},
		"link": {"the file is a symbolic link, which GitHub does not follow", "replace the link by the file itself", func(b bench) {
			b.must(os.Rename(b.path("checkouts/bad/CODEOWNERS"), b.path("checkouts/bad/rules")))
			b.link("rules", "checkouts/bad/CODEOWNERS")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			r := b.repository("bad", nil)
			test.bad(b)
			b.commit(r, "Ada")
			wide := &terminal{width: 1000, environment: map[string]string{"NO_COLOR": "1"}}
			shown := callOn(t, wide, "", "check", b.path("checkouts/bad"))
			listed := callOn(t, wide, "", "check", "-m", b.path("manifests"))
			t.Chdir(b.path("checkouts/bad"))
			explained, answered := callOn(t, wide, "", "explain", "a/a.go"), callOn(t, wide, "", "owners", "a/a.go")
			for command, got := range map[string]called{"check": shown, "check -m": listed, "explain": explained, "owners": answered} {
				text := got.out + got.err
				if got.code == ExitIncomplete || !strings.Contains(text, test.why) || !strings.Contains(text, test.remedy) {
					t.Errorf("%s: exit %d, want %q and %q in\n%s", command, got.code, test.why, test.remedy, text)
				}
				if strings.Contains(text, "give `*` an owner") || strings.Contains(text, "of it is not in force") || strings.Contains(text, "matches") && command != "check -m" {
					t.Errorf("%s speaks of rules that are not in force:\n%s", command, text)
				}
			}
			if !strings.Contains(listed.out, "repair ") {
				t.Errorf("the step is not to repair it:\n%s", listed.out)
			}
		})
	}
}
