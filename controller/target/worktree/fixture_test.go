package worktree

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-dev/remit/controller/internal/folderlock"
	"github.com/remit-dev/remit/controller/ownership"
)

const (
	before = "# Who approves\n/web/  @acme/web\n/pay/  @acme/pay\n"
	after  = "# Who approves\n/web/  @acme/web @ada\n/pay/  @acme/pay\n"
)

// checkout makes a folder that passes for a checkout, with the files.
func checkout(t testing.TB, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	if err := os.Mkdir(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		put := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(put), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(put, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// edit is the edit of a file that stands in a checkout.
func edit(root, path, before, after string) File {
	return File{
		Repository: "acme/shop", Root: root, Path: path, Digest: digest([]byte(before)), Before: []byte(before), After: []byte(after),
		Changes: []ownership.Change{{Target: ownership.TargetCodeowners, Operation: ownership.AddOwner, Owners: []string{"@ada"}}},
	}
}

// creation is the first CODEOWNERS of a checkout.
func creation(root string) File {
	file := edit(root, ".github/CODEOWNERS", "", after)
	file.Digest, file.Before = "", nil
	return file
}

// tree gives the files below a folder, temporary ones too, but not what is in .git. Of a link it has where that leads.
func tree(t testing.TB, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		switch {
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			found[name] = "-> " + to
			return err
		case !entry.Type().IsRegular():
			found[name] = entry.Type().String()
			return nil
		}
		text, err := os.ReadFile(path)
		found[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// whole fails the test where a file is neither the one text nor the other.
func whole(t testing.TB, path string, texts ...string) (text string) {
	t.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if string(read) == text {
			return text
		}
	}
	t.Fatalf("%s is neither the old text nor the new one, but has %d bytes: %.80q", path, len(read), read)
	return ""
}

func noTemporary(t testing.TB, root string) {
	t.Helper()
	for name := range tree(t, root) {
		if strings.Contains(name, folderlock.Temporary) {
			t.Errorf("%s was left behind", name)
		}
	}
}
