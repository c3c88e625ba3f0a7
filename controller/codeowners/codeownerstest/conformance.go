package codeownerstest

import (
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Table is the conformance table, see controller/codeowners/testdata/conformance.yaml.
type Table struct {
	Sources map[string]string // key → URL
	Cases   []Case
}

// Case is one case of the table.
type Case struct {
	Name     string
	Text     string
	PadTo    int               `yaml:"padTo"`
	LongLine int               `yaml:"longLine"`
	Paths    map[string]string // path → "owned <line>", "unowned <line>" or "unmatched"
	Owners   map[int][]string  // line → "<kind> <owner>"
	Errors   []string          // "<line>:<column> <kind>"
	Reason   string
	Basis    string // documented, observed or inference
	Source   Keys
}

// Keys is one key of Sources or several.
type Keys []string

// UnmarshalYAML accepts a string or a list of them.
func (k *Keys) UnmarshalYAML(value *yaml.Node) error {
	if value.Kind == yaml.ScalarNode {
		*k = Keys{value.Value}
		return nil
	}
	return value.Decode((*[]string)(k))
}

// Bytes is the case's file.
func (c Case) Bytes() []byte {
	if c.LongLine > 0 {
		return []byte(c.Text + strings.Repeat("#", c.LongLine) + "\n* @a\n")
	}
	if fill := c.PadTo - len(c.Text); fill > 0 {
		return []byte(c.Text + strings.Repeat("#", fill))
	}
	return []byte(c.Text)
}

// Conformance reads the table and checks that each case says what it rests on.
func Conformance(path string) (*Table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the conformance table: %w", err)
	}
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	var table Table
	err = decoder.Decode(&table)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("reading the conformance table %s: %w", path, err)
	}
	for _, c := range table.Cases {
		if c.Name == "" || c.Reason == "" || len(c.Paths) == 0 || len(c.Source) == 0 {
			return nil, fmt.Errorf("reading the conformance table %s: case %q lacks its name, reason, paths or source", path, c.Name)
		}
		if c.Basis != "documented" && c.Basis != "observed" && c.Basis != "inference" {
			return nil, fmt.Errorf("reading the conformance table %s: case %q has the basis %q", path, c.Name, c.Basis)
		}
		for _, key := range c.Source {
			if table.Sources[key] == "" {
				return nil, fmt.Errorf("reading the conformance table %s: case %q has the source %q, which is not listed", path, c.Name, key)
			}
		}
	}
	return &table, nil
}
