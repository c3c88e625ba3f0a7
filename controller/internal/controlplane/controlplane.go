package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Options say what a control plane is made of.
type Options struct {
	// Assets is the folder with etcd, kube-apiserver, kube-controller-manager and kubectl, as Assets finds it.
	Assets string
	// Folder is where all files are: keys, kubeconfigs, logs and etcd's data. It is made where it is not there, must be
	// empty otherwise, and is removed by Stop. The empty string stands for a temporary one.
	Folder string
}

// ControlPlane is etcd, an API server and a controller manager, which work together. Its methods are not to be called
// at the same time as Start, Stop and those that stop the API server; between each other they may be.
type ControlPlane struct {
	assets, folder string
	lock           *os.File // of a temporary folder
	authority      *authority
	files          keys
	addresses      addresses
	admin          *rest.Config
	ready          func(context.Context) error // whether the API server is

	etcd, api, manager *process // nil while it does not run
}

// New makes the folder of a control plane, and starts nothing.
func New(options Options) (*ControlPlane, error) {
	if err := complete(options.Assets); err != nil {
		return nil, err
	}
	folder, lock, err := makeFolder(options.Folder)
	if err != nil {
		return nil, fmt.Errorf("make a folder for a control plane: %w", err)
	}
	c := &ControlPlane{assets: options.Assets, folder: folder, lock: lock}
	if c.authority, err = newAuthority(); err == nil {
		c.files, err = c.authority.writeKeys(folder)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make keys for a control plane: %w", err), c.Stop())
	}
	return c, nil
}

// Start starts etcd, then the API server, then the controller manager, each once what it needs is ready, and returns when all are.
// The error shows the last lines of what the program that failed wrote; nothing runs then.
func (c *ControlPlane) Start(ctx context.Context) error {
	for tries := 1; ; tries++ {
		err := c.start(ctx)
		if err == nil {
			return nil
		}
		err = errors.Join(err, c.Kill())
		var program *ProgramError
		if tries == 3 || !errors.As(err, &program) || !strings.Contains(program.Log, portTaken) {
			return fmt.Errorf("start a control plane: %w", err)
		}
		// Another program took one of the ports meanwhile: all are chosen anew, and what etcd wrote names the old ones.
		if err := os.RemoveAll(filepath.Join(c.folder, "etcd")); err != nil {
			return err
		}
	}
}

func (c *ControlPlane) start(ctx context.Context) error {
	var err error
	if c.addresses, err = newAddresses(); err != nil {
		return err
	}
	if c.admin, err = c.UserConfig("remit-admin", "system:masters"); err != nil {
		return err
	}
	if err := WriteKubeconfig(c.Kubeconfig(), c.admin); err != nil {
		return err
	}
	shown := pair{certificate: c.admin.CertData, key: c.admin.KeyData}
	if c.ready, err = healthy(c.addresses.api+"/readyz", c.authority, shown); err != nil {
		return err
	}
	stored, err := healthy(c.addresses.etcd+"/health", c.authority, shown)
	if err != nil {
		return err
	}
	if c.etcd, err = c.launch(etcd, etcdFlags(c.folder, c.addresses, c.files)); err != nil {
		return err
	}
	if err := c.etcd.await(ctx, stored); err != nil {
		return err
	}
	if err := c.StartAPIServer(ctx); err != nil {
		return err
	}
	return c.startControllerManager(ctx)
}

// startControllerManager starts it as the user that Kubernetes has a role for.
func (c *ControlPlane) startControllerManager(ctx context.Context) error {
	own, err := c.UserConfig("system:kube-controller-manager")
	if err != nil {
		return err
	}
	kubeconfig := filepath.Join(c.folder, controllerManager+".kubeconfig")
	if err := WriteKubeconfig(kubeconfig, own); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(c.admin)
	if err != nil {
		return err
	}
	if c.manager, err = c.launch(controllerManager, controllerManagerFlags(kubeconfig, c.files)); err != nil {
		return err
	}
	return c.manager.await(ctx, controlled(client))
}

func (c *ControlPlane) launch(program string, flags []string) (*process, error) {
	return launch(c.folder, filepath.Join(c.assets, program), flags...)
}

// StartAPIServer starts the API server, which StopAPIServer or KillAPIServer ended, at the address that it had, and
// returns when it is ready.
func (c *ControlPlane) StartAPIServer(ctx context.Context) error {
	if c.api != nil {
		return errors.New("the API server runs already")
	}
	api, err := c.launch(apiServer, apiServerFlags(c.addresses, c.files))
	if err != nil {
		return err
	}
	c.api = api
	return api.await(ctx, c.ready)
}

// StopAPIServer asks the API server to end, as an upgrade does, and returns when it has: requests are answered first. What
// it stored stays. It does nothing where none runs.
func (c *ControlPlane) StopAPIServer() error {
	if c.api == nil {
		return nil
	}
	defer func() { c.api = nil }()
	return c.api.stop()
}

// KillAPIServer ends the API server at once (kill -9), in the middle of whatever it does. What it stored stays.
func (c *ControlPlane) KillAPIServer() error {
	if c.api == nil {
		return nil
	}
	defer func() { c.api = nil }()
	return c.api.kill()
}

// Stop ends everything, and removes the folder. Since nothing of it is needed any more, nothing is asked to end first.
func (c *ControlPlane) Stop() error {
	err := errors.Join(c.Kill(), os.RemoveAll(c.folder))
	if c.lock != nil {
		err, c.lock = errors.Join(err, c.lock.Close()), nil
	}
	return err
}

// Kill ends everything at once, and leaves the folder, where the logs are.
func (c *ControlPlane) Kill() error {
	var failed []error
	for _, running := range []**process{&c.manager, &c.api, &c.etcd} {
		if *running != nil {
			failed = append(failed, (*running).kill())
			*running = nil
		}
	}
	return errors.Join(failed...)
}

// Await returns when one of the programs has ended by itself, with an error that says which and shows its last lines; or
// nil when the context is done.
func (c *ControlPlane) Await(ctx context.Context) error {
	var ended *process
	select {
	case <-ctx.Done():
		return nil
	case <-c.etcd.ended:
		ended = c.etcd
	case <-c.api.ended:
		ended = c.api
	case <-c.manager.ended:
		ended = c.manager
	}
	return ended.failed(fmt.Errorf("ended: %s", ended.command.ProcessState))
}

// Folder is where the logs are, one file for each program: kube-apiserver.log and so on.
func (c *ControlPlane) Folder() string { return c.folder }

// KubectlPath is the kubectl of the same version.
func (c *ControlPlane) KubectlPath() string { return filepath.Join(c.assets, kubectl) }
