// Package modules has ten policies that benchmarks judge by.
package modules

import (
	"embed"
	"fmt"
	"strings"

	"github.com/remit-dev/remit/controller/policy"
)

//go:embed *.rego
var files embed.FS

// Sources are the policies, by name.
func Sources() ([]policy.Source, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var all []policy.Source
	for _, entry := range entries {
		text, err := files.ReadFile(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading a policy: %w", err)
		}
		all = append(all, policy.Source{Name: strings.TrimSuffix(entry.Name(), ".rego"), File: entry.Name(), Text: text})
	}
	return all, nil
}
