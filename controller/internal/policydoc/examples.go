package main

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/policytest"
)

// example is a case as its page shows it.
type example struct {
	name, description string
	// given is the case's parameters, input and data as the file writes them.
	given string
	// parameters are those of the case, as YAML under that key, or empty.
	parameters string
	want       []policytest.Result
}

// examples reads the cases of a folder twice: checked, for what they want, and as text, for how they are written.
func examples(library fs.FS, folder string) ([]example, error) {
	cases, err := policytest.Load(library, folder)
	if err != nil {
		return nil, err
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s: there is no case", folder)
	}
	list := make([]example, 0, len(cases))
	for _, c := range cases {
		given, parameters, err := given(library, c)
		if err != nil {
			return nil, err
		}
		list = append(list, example{name: c.Name, description: c.Description, given: given, parameters: parameters, want: c.Want})
	}
	// Examples that find something say more than those that do not.
	slices.SortStableFunc(list, func(a, b example) int { return rank(a) - rank(b) })
	return list, nil
}

func rank(e example) int {
	if len(e.want) > 0 {
		return 0
	}
	return 1
}

// given is the text of the case without its description and what it wants, and that of its parameters alone.
func given(library fs.FS, c policytest.Case) (all, parameters string, err error) {
	text, err := fs.ReadFile(library, c.File)
	if err != nil {
		return "", "", fmt.Errorf("reading %s: %w", path.Base(c.File), err)
	}
	var file map[string]yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return "", "", fmt.Errorf("%s: %w", c, err)
	}
	node := file[c.Name]
	kept, set := yaml.Node{Kind: yaml.MappingNode}, yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i].Value; key != "description" && key != "want" {
			kept.Content = append(kept.Content, node.Content[i], node.Content[i+1])
			if key == "parameters" {
				set.Content = append(set.Content, node.Content[i], node.Content[i+1])
			}
		}
	}
	if all, err = encoded(&kept); err == nil && len(set.Content) > 0 {
		parameters, err = encoded(&set)
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", c, err)
	}
	return all, parameters, nil
}

func encoded(node *yaml.Node) (string, error) {
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	err := encoder.Encode(node)
	return b.String(), err
}
