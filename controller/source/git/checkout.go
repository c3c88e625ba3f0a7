package git

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// Checkout makes a source of the repository that path lies in, whatever folder or file of it that is.
// It reads the working tree, so that an edit counts before it is committed; of a bare repository the
// commit at HEAD. The repository is named after its origin remote, "organisation/name", or else
// "local/FOLDER". The error says that path does not exist or lies in no repository.
func Checkout(path string) (*Source, error) {
	return CheckoutAt(path, "")
}

// CheckoutAt is Checkout with a choice of tree: "head", "worktree", or "" for Checkout's own choice.
func CheckoutAt(path, tree string) (*Source, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the checkout of %s: %w", path, err)
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return nil, fmt.Errorf("find the checkout of %s: %w", path, err)
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return nil, fmt.Errorf("find the checkout of %s: %w", path, err)
	}
	dir := absolute
	if !info.IsDir() {
		dir = filepath.Dir(absolute)
	}
	for ; !looksLikeRepository(dir); dir = filepath.Dir(dir) {
		if dir == filepath.Dir(dir) {
			return nil, fmt.Errorf("%s lies in no git repository: %w", path, errNoRepository)
		}
	}
	if filepath.Base(dir) == ".git" { // path was inside the .git folder of a checkout
		dir = filepath.Dir(dir)
	}
	if tree == "" {
		tree = treeWorktree
		if place, err := findLayout(dir); err == nil && place.bare {
			tree = treeHead
		}
	}
	return New("checkout", v1alpha1.GitSource{Path: dir, Tree: tree}, ""), nil
}
