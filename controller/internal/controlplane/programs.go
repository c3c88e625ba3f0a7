package controlplane

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// controllers are those that objects of Remit depend on. Those that would make and place Pods are left out: they
// would have nothing to place them on, and tests would wait for them.
const controllers = "namespace-controller,garbage-collector-controller," +
	"serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller," +
	"clusterrole-aggregation-controller,validatingadmissionpolicy-status-controller"

// addresses are where the programs listen.
type addresses struct {
	etcd, peer, api string // URLs
	apiPort         string
}

func newAddresses() (addresses, error) {
	ports, err := freePorts(3)
	if err != nil {
		return addresses{}, err
	}
	url := func(port string) string { return "https://" + loopback + ":" + port }
	return addresses{etcd: url(ports[0]), peer: url(ports[1]), api: url(ports[2]), apiPort: ports[2]}, nil
}

// etcdFlags: only who shows a certificate of this control plane gets in, since anybody on the machine reaches the port. What is
// written need not survive the machine, so that nothing waits for its disk.
func etcdFlags(folder string, at addresses, files keys) []string {
	return []string{
		"--name=remit", "--data-dir=" + filepath.Join(folder, "etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls=" + at.etcd, "--advertise-client-urls=" + at.etcd,
		"--client-cert-auth", "--trusted-ca-file=" + files.authority,
		"--cert-file=" + files.serving, "--key-file=" + files.servingKey,
		"--listen-peer-urls=" + at.peer, "--initial-advertise-peer-urls=" + at.peer, "--initial-cluster=remit=" + at.peer,
		"--peer-client-cert-auth", "--peer-trusted-ca-file=" + files.authority,
		"--peer-cert-file=" + files.serving, "--peer-key-file=" + files.servingKey,
	}
}

// apiServerFlags: RBAC decides, and admission is as it is by default, so with ValidatingAdmissionPolicies and service accounts. The
// API server's own address is not kept as endpoints, which may not be of the loopback device. When it is to end, it ends watches
// at once rather than to wait a minute for their clients to.
func apiServerFlags(at addresses, files keys) []string {
	return []string{
		"--bind-address=" + loopback, "--advertise-address=" + loopback, "--secure-port=" + at.apiPort,
		"--endpoint-reconciler-type=none", "--shutdown-watch-termination-grace-period=1s",
		"--authorization-mode=RBAC", "--client-ca-file=" + files.authority,
		"--tls-cert-file=" + files.serving, "--tls-private-key-file=" + files.servingKey,
		"--etcd-servers=" + at.etcd, "--etcd-cafile=" + files.authority,
		"--etcd-certfile=" + files.serving, "--etcd-keyfile=" + files.servingKey,
		"--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-issuer=" + at.api,
		"--service-account-key-file=" + files.serviceAccounts, "--service-account-signing-key-file=" + files.serviceAccounts,
	}
}

// controllerManagerFlags: it serves nothing, and holds no Lease, since there is only one; each controller acts as a
// service account of its own.
func controllerManagerFlags(kubeconfig string, files keys) []string {
	return []string{
		"--kubeconfig=" + kubeconfig, "--secure-port=0", "--leader-elect=false",
		"--use-service-account-credentials", "--controllers=" + controllers,
		"--service-account-private-key-file=" + files.serviceAccounts, "--root-ca-file=" + files.authority,
	}
}

// healthy says whether a server answers a path of its own with 200.
func healthy(url string, authority *authority, shown pair) (func(context.Context) error, error) {
	certificate, err := tls.X509KeyPair(shown.certificate, shown.key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.certificate)
	client := &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}},
		},
	}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = answer.Body.Close() }() // nothing was written
		if answer.StatusCode != http.StatusOK {
			said, _ := io.ReadAll(io.LimitReader(answer.Body, tailBytes)) // the status says enough
			return fmt.Errorf("%s answers %s: %s", url, answer.Status, said)
		}
		return nil
	}, nil
}

// controlled says whether the controller manager works: it gives each namespace a service account.
func controlled(client kubernetes.Interface) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.CoreV1().ServiceAccounts(corev1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err
	}
}
