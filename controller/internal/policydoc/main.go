// Command policydoc writes the README of each policy of the library, and the
// library's index, from what the policies say of themselves:
//
//	policy.rego (METADATA, parameters, rules) ─┐
//	cases/*.yaml ──────────────────────────────┴─ render ── <name>/README.md, README.md
//
// It is run by `go generate ./policies`; a test fails where a README is not what
// it would write.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	library := flag.String("library", "policies", "the folder of the library")
	flag.Parse()
	if err := write(*library); err != nil {
		fmt.Fprintln(os.Stderr, "policydoc:", err)
		os.Exit(1)
	}
}

// write renders all pages of the library and writes those that changed.
func write(library string) error {
	pages, err := render(os.DirFS(library))
	if err != nil {
		return err
	}
	for name, text := range pages {
		file := filepath.Join(library, filepath.FromSlash(name))
		if old, err := os.ReadFile(file); err == nil && string(old) == text {
			continue
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return fmt.Errorf("writing a page: %w", err)
		}
	}
	return nil
}
