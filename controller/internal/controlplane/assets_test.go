package controlplane

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAssets(t *testing.T) {
	folder := t.TempDir()
	for _, program := range []string{etcd, apiServer, kubectl} {
		must(t, os.WriteFile(filepath.Join(folder, program), nil, 0o700))
	}
	t.Setenv(assetsVariable, folder)
	if _, err := Assets(t.Context()); err == nil || errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), controllerManager) {
		t.Errorf("one program is missing in a folder that was asked for: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(folder, controllerManager), nil, 0o700))
	if found, err := Assets(t.Context()); err != nil || found != folder {
		t.Errorf("all are there: %s, %v", found, err)
	}
}

func TestAssetsAreNotBuilt(t *testing.T) {
	t.Setenv(assetsVariable, "")
	t.Setenv("REMIT_CACHE", t.TempDir())
	if _, err := Assets(t.Context()); !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "make control-plane") {
		t.Errorf("with an empty cache: %v", err)
	}
	t.Chdir(t.TempDir())
	if _, err := Assets(t.Context()); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("outside of a checkout: %v", err)
	}
}
