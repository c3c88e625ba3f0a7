// Package controlplane runs a real Kubernetes control plane on this machine, for tests and for trying Remit out: etcd,
// kube-apiserver with RBAC and admission policies, and kube-controller-manager, on free ports of the loopback device.
//
//	KUBEBUILDER_ASSETS, or tools/controlplane/build ──► Assets ──► New ──► Start ──► Config, UserConfig, ServiceAccountConfig
//	                                                                │         │
//	                                                                │         └────► Install, Kubectl, StopAPIServer, ...
//	                                                                └ a folder: keys, kubeconfigs, logs, etcd's data
//
// What it is not: a cluster. There are no nodes, so that no Pod ever runs, and of the controllers only those that Remit's objects
// depend on: namespaces are deleted with what is in them, owned objects are collected, service accounts made.
//
// It starts the programs itself rather than through controller-runtime's envtest, which knows no controller manager,
// turns service accounts' admission off, cannot kill a program, and leaves them all behind where a test panics. Here
// they end with the process that started them, however that ends (on Linux; elsewhere only where it stops them).
package controlplane
