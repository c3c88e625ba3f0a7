// Package policies is the library of Rego policies, one folder for each:
//
//	<name>/policy.rego       the policy; its package is remit.policies.<name>, with "_" for "-"
//	<name>/policy_test.rego  its tests, for plain `opa test`
//	<name>/cases/*.yaml      examples with what the policy says of them, read by controller/policytest
//	<name>/README.md         generated from the three
//
// The Go package embeds the policies' text and decides nothing: compiling and
// evaluating is controller/policy's.
package policies

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
)

//go:generate go run github.com/remit-dev/remit/controller/internal/policydoc -library .

//go:embed */policy.rego
var library embed.FS

// Names are the names of the library's policies, such as "accountable-holder", sorted.
func Names() []string {
	// The pattern has no error that a constant could meet, and an embedded folder cannot fail to be read.
	files, _ := fs.Glob(library, "*/policy.rego")
	names := make([]string, 0, len(files))
	for _, file := range files {
		names = append(names, path.Dir(file))
	}
	slices.Sort(names)
	return names
}

// Text is a policy's Rego, and the file that it comes from, for errors:
// "policies/accountable-holder/policy.rego". It is an error if the library has
// no policy of that name; Names lists those that it has.
func Text(name string) (file string, text []byte, err error) {
	if !slices.Contains(Names(), name) {
		return "", nil, fmt.Errorf("the library has no policy %q", name)
	}
	text, err = library.ReadFile(path.Join(name, "policy.rego"))
	if err != nil {
		return "", nil, fmt.Errorf("reading the library's policy %q: %w", name, err)
	}
	return path.Join("policies", name, "policy.rego"), text, nil
}
