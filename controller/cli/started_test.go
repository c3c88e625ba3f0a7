package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var startedBlock = regexp.MustCompile("(?s)(?:<!-- file(, add)?: ([^ ]+) -->\n\n)?```(yaml|text|console)\n(.*?)```\n")

// A reader of docs/getting-started.md who does what it says, in order, sees what it says.
func TestGettingStarted(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "docs", "getting-started.md"))
	if err != nil {
		t.Fatal(err)
	}
	root := newCheckout(t, "anything", map[string]string{"README.md": "# Mine\n", "main.go": "package main\n", "go.mod": "module mine\n"})
	t.Chdir(root)
	files, sessions := 0, 0
	for _, block := range startedBlock.FindAllStringSubmatch(string(page), -1) {
		add, name, kind, text := block[1] != "", block[2], block[3], block[4]
		switch {
		case kind == "console":
			session(t, text)
			sessions++
			continue
		case name == "":
			t.Errorf("no file is named for this block:\n%s", text)
			continue
		case add:
			before, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text = string(before) + text
		}
		write(t, ".", map[string]string{name: text})
		files++
	}
	if files != 5 || sessions != 2 {
		t.Errorf("the page has %d files and %d sessions", files, sessions)
	}
}
