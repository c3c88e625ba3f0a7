// Command permissions writes crds/rbac/remit.yaml, the account of the controller and the roles that it needs, from what
// package operator declares. It is run by go generate in controller/operator; a test fails where the file is not what it would
// write.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"github.com/remit-dev/remit/controller/operator"
)

// file is where the roles are, from the root of the repository.
const file = "crds/rbac/remit.yaml"

const introduction = `# Written by go generate from controller/operator/permissions.go. Do not edit.
# The account that the controller runs as, and all that it may do: what is not here, it never asks for.
`

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "permissions: want the root of the repository")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "permissions:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	text, err := generate()
	if err != nil {
		return err
	}
	path := filepath.Join(root, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// generate gives the file's text.
func generate() ([]byte, error) {
	text := bytes.NewBufferString(introduction)
	for i, object := range operator.Roles(operator.DefaultNamespace) {
		written, err := yaml.Marshal(object)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", object.GetObjectKind().GroupVersionKind().Kind, err)
		}
		if i > 0 {
			text.WriteString("---\n")
		}
		text.Write(written)
	}
	return text.Bytes(), nil
}
