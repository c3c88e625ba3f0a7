package controlplane

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Config is how an administrator reaches the API server: one of system:masters, whom RBAC does not limit. Like all that this
// package gives, it is the caller's own, and lets as many requests through as are made.
func (c *ControlPlane) Config() *rest.Config { return rest.CopyConfig(c.admin) }

// Kubeconfig is the path of a file that says the same as Config, in the folder and readable for its owner only.
func (c *ControlPlane) Kubeconfig() string { return filepath.Join(c.folder, "kubeconfig") }

// UserConfig is how a user of that name in those groups reaches the API server, by a client certificate. RBAC gives a new user
// nothing but what system:authenticated may do.
func (c *ControlPlane) UserConfig(name string, groups ...string) (*rest.Config, error) {
	shown, err := c.authority.client(name, groups...)
	if err != nil {
		return nil, err
	}
	config := c.anonymous()
	config.CertData, config.KeyData = shown.certificate, shown.key
	return config, nil
}

// ServiceAccountConfig does what the function of that name does, as the administrator.
func (c *ControlPlane) ServiceAccountConfig(ctx context.Context, namespace, name string) (*rest.Config, error) {
	return ServiceAccountConfig(ctx, c.admin, namespace, name)
}

// tokenTime is how long tokens of service accounts last.
const tokenTime = 30 * 24 * time.Hour

// ServiceAccountConfig is how a service account reaches the API server, with a token of the kind that Pods get: requests
// are made by system:serviceaccount:NAMESPACE:NAME, and RBAC gives it only what it is bound to. The account is made where
// it is not there, and its namespace too. The token lasts for 30 days.
func ServiceAccountConfig(ctx context.Context, admin *rest.Config, namespace, name string) (*rest.Config, error) {
	client, err := kubernetes.NewForConfig(admin)
	if err != nil {
		return nil, err
	}
	account := fmt.Sprintf("service account %s/%s", namespace, name)
	if err := CreateNamespace(ctx, admin, namespace); err != nil {
		return nil, err
	}
	accounts := client.CoreV1().ServiceAccounts(namespace)
	_, err = accounts.Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		return nil, fmt.Errorf("create %s: %w", account, err)
	}
	seconds := int64(tokenTime / time.Second)
	token, err := accounts.CreateToken(ctx, name,
		&authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("ask for a token for %s: %w", account, err)
	}
	config := anonymous(admin.Host, admin.CAData)
	config.BearerToken = token.Status.Token
	return config, nil
}

// CreateNamespace does what the function of that name does, as the administrator.
func (c *ControlPlane) CreateNamespace(ctx context.Context, name string) error {
	return CreateNamespace(ctx, c.admin, name)
}

// CreateNamespace makes a namespace where it is not there.
func CreateNamespace(ctx context.Context, config *rest.Config, name string) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return nil
}

// anonymous knows where the API server is and how to tell it from another, and nobody's name.
func (c *ControlPlane) anonymous() *rest.Config { return anonymous(c.addresses.api, c.authority.pem()) }

func anonymous(host string, authority []byte) *rest.Config {
	return &rest.Config{
		Host: host, TLSClientConfig: rest.TLSClientConfig{CAData: authority},
		QPS: -1, // no limit on the client's side
	}
}

// WriteKubeconfig writes what a config of this package says as a kubeconfig file, readable for its owner only: for kubectl, and
// for a controller in a process of its own.
func WriteKubeconfig(path string, config *rest.Config) error {
	const name = "remit"
	file := clientcmdapi.NewConfig()
	file.Clusters[name] = &clientcmdapi.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	file.AuthInfos[name] = &clientcmdapi.AuthInfo{
		ClientCertificateData: config.CertData, ClientKeyData: config.KeyData, Token: config.BearerToken,
	}
	file.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	file.CurrentContext = name
	if err := clientcmd.WriteToFile(*file, path); err != nil {
		return fmt.Errorf("write a kubeconfig: %w", err)
	}
	return nil
}
