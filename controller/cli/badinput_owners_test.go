package cli

import (
	"strings"
	"testing"
)

// `remit owners` answers what it can of a bad checkout, and says of the rest why it cannot.
func TestOwnersOfBadCheckouts(t *testing.T) {
	const owned, nobody = `{"path":"a/a.go","state":"owned","owners":["@acme/bad"],"line":`, `{"path":"a/a.go","state":"unmatched","owners":[]}`
	tests := map[string]struct {
		reason, answer, err string
		code                int
	}{
		"3 MB":              {reason: "GitHub does not load it", answer: nobody, err: "warning: no rule of CODEOWNERS is in force: the file must have under 3145728 bytes"},
		"binary":            {reason: "no text", answer: nobody, err: "warning: no rule of CODEOWNERS is in force: there is a NUL byte at offset 14, so it is not read as text; remove it, or save the file as UTF-8 if it is in UTF-16"},
		"BOM":               {reason: "read over", answer: owned},
		"CRLF":              {reason: "as good as LF", answer: owned},
		"long lines":        {reason: "the rules that are valid", answer: owned, err: "warning: CODEOWNERS: GitHub skips what is invalid there, 2 faults; `remit check` shows it"},
		"linked CODEOWNERS": {reason: "GitHub does not follow it", answer: nobody, err: "warning: no rule of CODEOWNERS is in force: the file is a symbolic link, which GitHub does not follow; replace the link by the file itself"},
		"no commit":         {reason: "the file may be yet to come", answer: nobody, err: "has no CODEOWNERS file (looked for .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS)"},
		"shallow":           {reason: "the history is not asked for", answer: owned},
		"bare":              {reason: "the files of HEAD", answer: owned},
		"broken link":       {reason: "a file as any other", answer: owned},
		"damaged":           {reason: "the rules are there, the list of files is not", answer: owned, err: "HEAD holds neither a branch nor a commit; name files instead", code: ExitIncomplete},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			badRepositories()[name].bad(b)
			t.Chdir(b.path("checkouts/bad"))
			got := call(t, "", "owners", "--output", "json", "a/a.go", ".")
			if got.code != test.code || !strings.HasPrefix(got.out, test.answer) {
				t.Errorf("%s: exit %d, want %d; want %s in %.300s", test.reason, got.code, test.code, test.answer, got.out)
			}
			if !strings.Contains(got.err, test.err) || test.err == "" && got.err != "" {
				t.Errorf("%s: want %q in %q", test.reason, test.err, got.err)
			}
		})
	}
}
