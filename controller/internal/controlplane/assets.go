package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The programs that a control plane needs, as the files in its folder are called.
const (
	etcd              = "etcd"
	apiServer         = "kube-apiserver"
	controllerManager = "kube-controller-manager"
	kubectl           = "kubectl"
)

// assetsVariable is where controller-runtime's own tests look, too.
const assetsVariable = "KUBEBUILDER_ASSETS"

// ErrNotBuilt says that there is no control plane on this machine yet.
var ErrNotBuilt = errors.New("the control plane is not built: `make control-plane` builds it, once")

// Assets finds the folder with the programs:
//
//	KUBEBUILDER_ASSETS   in the folder        error
//	not set              built in the cache   nil
//	                     not built            ErrNotBuilt
//	set                  all there            nil
//	                     one missing          which one; it is never looked for elsewhere, since versions would mix
//
// The cache is asked of tools/controlplane/build, in a folder above the current one: so only what runs in a
// checkout of Remit, as its tests do, finds it.
func Assets(ctx context.Context) (string, error) {
	if folder := os.Getenv(assetsVariable); folder != "" {
		if err := complete(folder); err != nil {
			return "", fmt.Errorf("%s=%s: %w", assetsVariable, folder, err)
		}
		return folder, nil
	}
	script, err := buildScript()
	if err != nil {
		return "", err
	}
	said, err := exec.CommandContext(ctx, script, "--where").Output()
	if err != nil {
		return "", fmt.Errorf("ask %s where the control plane is: %w", script, err)
	}
	folder := strings.TrimSpace(string(said))
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return "", ErrNotBuilt
	}
	return folder, complete(folder)
}

func complete(folder string) error {
	for _, program := range []string{etcd, apiServer, controllerManager, kubectl} {
		if _, err := os.Stat(filepath.Join(folder, program)); err != nil {
			return fmt.Errorf("a control plane needs the program %s: %w", program, err)
		}
	}
	return nil
}

// buildScript looks for the script in the current folder and each above it.
func buildScript() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		script := filepath.Join(folder, "tools", "controlplane", "build")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", fmt.Errorf("%w (this is no checkout of Remit; set %s)", ErrNotBuilt, assetsVariable)
		}
		folder = above
	}
}
