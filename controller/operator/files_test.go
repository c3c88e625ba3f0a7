package operator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder of files that does not fit is told with its flag, and without the name of a system call.
func TestFoldersThatDoNotFit(t *testing.T) {
	there, gone := t.TempDir(), filepath.Join(t.TempDir(), "gone")
	for name, test := range map[string]struct {
		reason, from, root string
		says               []string
	}{
		"no files":  {"--files is not there", gone, "", []string{"the folder of --files cannot be opened: " + gone + ": no such file or directory;", "--files DIR"}},
		"no root":   {"--files-root is not there", there, gone, []string{"the folder of --files-root cannot be opened: " + gone + ": no such file or directory;", "--files-root DIR"}},
		"elsewhere": {"the root is beside the files", there, t.TempDir(), []string{there, "is not in that of --files-root", "--files-root DIR"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openFiles(test.from, test.root)
			if err == nil {
				t.Fatal("it fits")
			}
			for _, says := range test.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%s: %q says nothing of %q", test.reason, err, says)
				}
			}
			if strings.Contains(err.Error(), "stat ") {
				t.Errorf("%s: a system call is named: %v", test.reason, err)
			}
		})
	}
}

// A file that cannot be read is called as it is in the object, not as it is on the disk.
func TestFileThatCannotBeRead(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := openFiles(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"none/own.rego": "none/own.rego cannot be read: no such file or directory",
		"file/own.rego": "file/own.rego cannot be read: not a directory",
		".":             ". is not a regular file",
	} {
		if _, err := f.read(path); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}
