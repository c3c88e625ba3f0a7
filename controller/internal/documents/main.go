// Command documents writes pages of what is defined elsewhere:
//
//	controller/policy      docs/policy-documents.md, a table for each document that policies read, with the words of the Go
//	                       types, and docs/policy-schemas, the JSON schemas
//	controller/api, crds   docs/api.md, each kind with its fields, bounds and rules, as the CRDs have them
//
// It is run by go generate in controller/policy, after the CRDs are written.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "documents: want the root of the repository")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "documents:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
