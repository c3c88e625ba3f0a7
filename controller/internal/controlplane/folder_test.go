package controlplane

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/internal/folderlock"

	"github.com/google/go-cmp/cmp"
)

// Of the folders in the system's place for temporary files only those go that were a control plane's and are no more.
func TestAbandonedFoldersAreRemoved(t *testing.T) {
	within := t.TempDir()
	long := time.Now().Add(-2 * abandonedAfter)
	for _, name := range []string{"abandoned", "in-use", "young", "other"} {
		folder := filepath.Join(within, temporaryFolders+name)
		if name == "other" {
			folder = filepath.Join(within, name)
		}
		must(t, os.Mkdir(folder, 0o700))
		must(t, os.WriteFile(filepath.Join(folder, "data"), nil, 0o600))
		if name != "young" {
			must(t, os.Chtimes(folder, long, long))
		}
	}
	lock, err := lockFolder(filepath.Join(within, temporaryFolders+"in-use"))
	if errors.Is(err, folderlock.ErrUnsupported) {
		t.Skip("folders cannot be locked here")
	}
	must(t, err)
	must(t, removeAbandoned(within))
	if diff := cmp.Diff([]string{"other", temporaryFolders + "in-use", temporaryFolders + "young"}, names(t, within)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	must(t, lock.Close())
	must(t, removeAbandoned(within))
	if slices.Contains(names(t, within), temporaryFolders+"in-use") {
		t.Error("a folder that is in use no more is left")
	}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestFolderMustBeEmpty(t *testing.T) {
	folder := t.TempDir()
	kept := filepath.Join(folder, "kept")
	must(t, os.WriteFile(kept, nil, 0o600))
	if _, _, err := makeFolder(folder); err == nil {
		t.Error("a folder with something in it, which Stop would remove, was taken")
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}
