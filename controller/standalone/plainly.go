package standalone

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/source/git"
)

// maxNamed bounds how many checkouts an error names.
const maxNamed = 3

// FindCheckout finds the checkout that a path lies in. The error is an ownership.Problem that says what to do.
func FindCheckout(path string) (*git.Source, error) {
	located, err := git.Checkout(path)
	if err == nil {
		return located, nil
	}
	if _, statErr := os.Stat(path); statErr != nil {
		return nil, ownership.Problem{Message: Plainly(path, statErr), Remedy: "name a folder in a git checkout"}
	}
	problem := ownership.Problem{Message: path + " lies in no git repository", Remedy: "name a folder in a git checkout"}
	if inside := checkoutsIn(path); len(inside) > 0 {
		problem.Message += ", but holds checkouts"
		problem.Remedy = fmt.Sprintf("name the checkouts themselves, such as %s, or make the folder the spec.git.path of an OwnershipSource and use --manifests",
			strings.Join(inside, " "))
	}
	return nil, problem
}

// checkoutsIn names some folders right below a folder that are checkouts.
func checkoutsIn(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var found []string
	for _, entry := range entries {
		name := filepath.Join(folder, entry.Name())
		if _, err := os.Lstat(filepath.Join(name, ".git")); err == nil && len(found) < maxNamed {
			found = append(found, name)
		}
	}
	return found
}

// Plainly says why a file or folder cannot be used in a reader's words rather than in those of system calls.
func Plainly(name string, err error) string {
	var call *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name + " does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "there is no permission to read " + name
	case errors.As(err, &call):
		return fmt.Sprintf("%s cannot be read: %v", name, call.Err)
	}
	return fmt.Sprintf("%s cannot be read: %v", name, err)
}
