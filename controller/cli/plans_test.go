package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A reader of docs/plans.md who does what its part on the commands says, in order, sees what it says.
func TestDocumentedPlans(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "docs", "plans.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(page), "\n## remit plan and remit apply\n")
	if !found {
		t.Fatal("there is no part on the commands")
	}
	part, _, _ = strings.Cut(part, "\n## ")
	root := newCheckout(t, "shop", map[string]string{
		"README.md": "# Shop\n", "web/app.js": "\n", "services/pay/charge.go": "package pay\n", "docs/index.md": "# Docs\n",
	})
	t.Chdir(root)
	files, sessions := 0, 0
	for _, block := range startedBlock.FindAllStringSubmatch(part, -1) {
		name, kind, text := block[2], block[3], block[4]
		switch {
		case kind == "console":
			session(t, text)
			sessions++
		case name == "":
			t.Errorf("no file is named for this block:\n%s", text)
		default:
			write(t, ".", map[string]string{name: text})
			files++
		}
	}
	if files != 4 || sessions != 3 {
		t.Errorf("the page has %d files and %d sessions", files, sessions)
	}
	for _, block := range fenced.FindAllStringSubmatch(part, -1) {
		if block[1] != "sh" {
			continue
		}
		if code, text := shell(t, strings.TrimSpace(block[2])); code != ExitClean {
			t.Errorf("%s ends with %d:\n%s", block[2], code, text)
		}
	}
}
