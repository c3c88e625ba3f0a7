package main

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ownersFile is what the study needs of a Prow OWNERS file.
// Source: www.kubernetes.dev/docs/guide/owners.
type ownersFile struct {
	Approvers []string `yaml:"approvers"`
	Options   struct {
		NoParentOwners bool `yaml:"no_parent_owners"`
	} `yaml:"options"`
	Filters map[string]struct {
		Approvers []string `yaml:"approvers"`
	} `yaml:"filters"`
}

// parseOwners reads an OWNERS file; ok is false for one that is not YAML. Of filters only the one for all files counts.
func parseOwners(text []byte) (file ownersFile, ok bool) {
	if err := yaml.Unmarshal(text, &file); err != nil {
		return ownersFile{}, false
	}
	file.Approvers = append(file.Approvers, file.Filters[".*"].Approvers...)
	file.Approvers = lowered(file.Approvers)
	return file, true
}

// parseAliases reads an OWNERS_ALIASES file: logins by alias.
func parseAliases(text []byte) (aliases map[string][]string, ok bool) {
	var file struct {
		Aliases map[string][]string `yaml:"aliases"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, false
	}
	aliases = map[string][]string{}
	for alias, logins := range file.Aliases {
		aliases[strings.ToLower(alias)] = lowered(logins)
	}
	return aliases, true
}

func lowered(names []string) []string {
	var all []string
	for _, name := range names {
		if name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "@")); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// isOwnersFile says whether a path is an OWNERS file of this repository, and not of code that was copied into it.
func isOwnersFile(name string) bool {
	if path.Base(name) != "OWNERS" {
		return false
	}
	for segment := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains([]string{"vendor", "_vendor", "third_party", "node_modules", "testdata", "Godeps"}, segment) {
			return false
		}
	}
	return true
}
