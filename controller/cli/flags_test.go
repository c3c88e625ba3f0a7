package cli

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var flagRow = regexp.MustCompile("(?m)^\\| `--([a-z-]+)`(?:, `-([a-z])`)? \\|")

// flagUsage is how cobra shows a flag.
var flagUsage = regexp.MustCompile(`(?m)^ +(?:-([a-z]), |  +)--([a-z-]+)`)

// The tables of docs/cli.md have each command's flags, and no others.
func TestDocumentedFlags(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(packageFolder, "..", "..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]map[string]string{}
	for section := range strings.SplitSeq(string(page), "\n## ") {
		title, text, _ := strings.Cut(section, "\n")
		for _, row := range flagRow.FindAllStringSubmatch(text, -1) {
			if documented[title] == nil {
				documented[title] = map[string]string{}
			}
			documented[title][row[1]] = row[2]
		}
	}
	taken := map[string]map[string]string{}
	for _, command := range everyCommand(New(testEnvironment(nil, nil, nil, nil))) {
		for _, flag := range flagUsage.FindAllStringSubmatch(command.LocalNonPersistentFlags().FlagUsages(), -1) {
			if taken[command.CommandPath()] == nil {
				taken[command.CommandPath()] = map[string]string{}
			}
			if flag[2] != "help" {
				taken[command.CommandPath()][flag[2]] = flag[1]
			}
		}
	}
	if len(taken) < 6 {
		t.Errorf("commands with flags: %v", slices.Sorted(maps.Keys(taken)))
	}
	if diff := cmp.Diff(taken, documented); diff != "" {
		t.Errorf("flags (-taken +documented):\n%s", diff)
	}
}

// everyCommand gives all commands below one, and those below them.
func everyCommand(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, command := range root.Commands() {
		all = append(append(all, command), everyCommand(command)...)
	}
	return all
}
