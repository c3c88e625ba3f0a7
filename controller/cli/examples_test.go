package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gogit "github.com/go-git/go-git/v5"
	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/plan"
)

// exampleFolder goes to a checkout of the shop, with manifests where the examples of docs and help expect them.
func exampleFolder(t *testing.T) {
	t.Helper()
	root := newCheckout(t, "shop", with(shop(), "src/main.go", "package main\n", "CODEOWNERS.new", "/src/ @acme/core\n"))
	manifests := twoAreas(root)
	for _, place := range []string{filepath.Join(root, "ownership"), filepath.Join(filepath.Dir(root), "ownership")} {
		write(t, place, manifests)
	}
	t.Chdir(root)
}

// twoAreas are manifests of the shop's payments, which are owned, and of a duty that nobody has.
func twoAreas(root string) map[string]string {
	manifests := organisation(root)
	manifests["duties.yaml"] = `apiVersion: remit.dev/v1alpha1
kind: Area
metadata: {name: releases, namespace: shop}
spec: {description: somebody makes releases}
`
	return manifests
}

// Each example of a command's help runs as it is printed.
func TestHelpExamples(t *testing.T) {
	ran := 0
	root := New(testEnvironment(nil, nil, nil, nil))
	for _, command := range append(everyCommand(root), root) {
		for line := range strings.SplitSeq(command.Example, "\n") {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			t.Run(line, func(t *testing.T) {
				exampleFolder(t)
				write(t, ".", map[string]string{
					".remit-baseline.json": `{"version":"v1alpha1","known":[]}`,
					"plan.json":            `{"hash":"` + plan.Hash(nil, nil) + `"}`,
				})
				if !strings.Contains(line, "save monday.remit") {
					call(t, "", "snapshot", "save", "monday.remit", "--manifests", "ownership/")
				}
				code, _ := shell(t, line)
				if code == ExitIncomplete {
					t.Errorf("it ends with %d", code)
				}
			})
			ran++
		}
	}
	if ran < 15 {
		t.Errorf("only %d examples were found", ran)
	}
}

var fenced = regexp.MustCompile("(?s)\n```(console|sh)\n(.*?)```\n")

// Each example of docs/cli.md runs, and writes what the page says; "..." there stands for any lines.
func TestDocumentedExamples(t *testing.T) { documentedExamples(t, "cli.md", 8) }

// So does each of docs/snapshots.md.
func TestDocumentedSnapshots(t *testing.T) { documentedExamples(t, "snapshots.md", 2) }

// Each command of the README runs as it is printed, in a checkout where `make run` has made the example's.
func TestReadmeExamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	acmeFolder(t)
	write(t, ".", map[string]string{"README.md": "# Remit\n", "controller/doc.go": "package controller\n", "CODEOWNERS": "* @remit-dev/maintainers\n"})
	if _, err := gogit.PlainInit(".", false); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, block := range fenced.FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[2]) {
			if !strings.HasPrefix(line, "remit ") {
				continue
			}
			if code, text := shell(t, line); code == ExitIncomplete {
				t.Errorf("%s ends with %d:\n%s", line, code, text)
			}
			ran++
		}
	}
	if ran < 10 {
		t.Errorf("only %d commands were found", ran)
	}
}

func documentedExamples(t *testing.T, name string, least int) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	root := newCheckout(t, "shop", shop())
	write(t, filepath.Join(filepath.Dir(root), "ownership"), twoAreas(root))
	t.Chdir(root)
	blocks := fenced.FindAllStringSubmatch(string(page), -1)
	if len(blocks) < least {
		t.Fatalf("only %d examples were found", len(blocks))
	}
	for i, block := range blocks {
		t.Run(fmt.Sprintf("%02d", i), func(t *testing.T) {
			if block[1] == "sh" {
				if code, text := shell(t, strings.TrimSpace(block[2])); code == ExitIncomplete {
					t.Errorf("%s ends with %d:\n%s", block[2], code, text)
				}
				return
			}
			session(t, block[2])
		})
	}
}

// session runs the commands of a block, and compares what each writes with what follows it.
func session(t *testing.T, block string) {
	t.Helper()
	code := 0
	for part := range strings.SplitSeq("\n"+strings.TrimSuffix(block, "\n"), "\n$ ") {
		if part == "" {
			continue
		}
		line, want, _ := strings.Cut(part, "\n")
		var got string
		if line == "echo $?" {
			got = fmt.Sprintf("%d\n", code)
		} else {
			code, got = shell(t, line)
		}
		if want != "" {
			want += "\n"
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta("\n"+want), `\n`, "\n")
		pattern = strings.ReplaceAll(pattern, "\n"+regexp.QuoteMeta("...")+"\n", "\n(?s:.*)")
		if !regexp.MustCompile(`\A` + pattern + `\z`).MatchString("\n" + got) {
			t.Errorf("$ %s\nthe page says:\n%s\nit writes:\n%s", line, want, got)
		}
	}
}

// shell runs one line as a shell would, as far as the examples need it: remit with arguments, a comment at the end,
// output to a file, and input from git or printf. It gives what a terminal would show.
func shell(t *testing.T, line string) (code int, text string) {
	t.Helper()
	line, _, _ = strings.Cut(line, " # ")
	line, file, toFile := strings.Cut(line, " > ")
	in := ""
	if before, after, piped := strings.Cut(line, " | "); piped {
		line = after
		if format, is := strings.CutPrefix(before, "printf "); is {
			in = strings.ReplaceAll(strings.Trim(format, "'"), `\0`, "\x00")
		} else {
			in = "web/app.js\x00src/main.go\x00" // what git would say of some change
		}
	}
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "remit" {
		t.Fatalf("%q does not run remit", line)
	}
	if len(words) > 1 && slices.Contains([]string{"run", "controller", "approve"}, words[1]) { // which would not end, or need a cluster: what they do is what their own tests show
		return parsed(t, words[1:]), ""
	}
	got := call(t, in, words[1:]...)
	if toFile {
		write(t, ".", map[string]string{strings.TrimSpace(file): got.out})
		got.out = ""
	}
	return got.code, got.out + got.err
}

// parsed checks flags and arguments without running the command.
func parsed(t *testing.T, words []string) int {
	t.Helper()
	root := New(testEnvironment(nil, nil, nil, nil))
	command, rest, err := root.Find(words)
	if err != nil || command.Name() != words[0] {
		t.Fatalf("%v: %v", words, err)
	}
	command.RunE = func(*cobra.Command, []string) error { return nil }
	if err := command.ParseFlags(rest); err != nil {
		t.Errorf("%v: %v", words, err)
		return ExitIncomplete
	}
	return ExitClean
}
