package operator

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/ownership"
)

// mayStart says why the controller would start in vain: the account may not read what its namespace holds, so that caches would be
// waited for without end. The usual slip is the name of the namespace.
func (r *remit) mayStart(ctx context.Context) error {
	var configMaps metav1.PartialObjectMetadataList
	configMaps.SetGroupVersionKind(configMapKind.GroupVersion().WithKind(configMapKind.Kind + "List"))
	err := r.manager.GetAPIReader().List(ctx, &configMaps, client.InNamespace(r.options.Namespace), client.Limit(1))
	if !apierrors.IsForbidden(err) {
		return nil // anything else may pass, and is tried again
	}
	return ownership.Problem{
		Message: fmt.Sprintf("the controller cannot start: it may not read ConfigMaps in its namespace %s: %v", r.options.Namespace, err),
		Remedy:  "see that --namespace names the namespace that it is installed in, with the rights of crds/rbac",
	}
}

// unreached says what to do where the controller cannot start, since the API server at host is not there or is not what is
// needed:
//
//	it does not answer, or as another server would    the kubeconfig, or the server
//	401                                               the credentials
//	403                                               the rights
//	it does not know Remit's kinds                    they are to be installed
//	anything else                                     as it is
func unreached(err error, host string) error {
	problem := ownership.Problem{Message: fmt.Sprintf("the controller cannot start: %v", err)}
	var asked *url.Error
	switch {
	case meta.IsNoMatchError(err):
		problem.Message = fmt.Sprintf("the API server %s does not know all of Remit's kinds: %v", host, err)
		problem.Remedy = "install them: kubectl apply --server-side -f crds/"
	case apierrors.IsUnauthorized(err):
		problem.Message = fmt.Sprintf("the API server %s does not accept these credentials", host)
		problem.Remedy = "renew the token or certificate in the kubeconfig, or name another with --kubeconfig FILE"
	case apierrors.IsForbidden(err):
		problem.Remedy = "give this account the rights in crds/rbac: kubectl apply --server-side -f crds/rbac/"
	case errors.As(err, &asked):
		problem.Message = fmt.Sprintf("the API server %s cannot be reached: %v", host, asked.Err)
		problem.Remedy = "see that it runs, and that --kubeconfig and --context name the cluster that is meant"
	default:
		return fmt.Errorf("starting: %w", err)
	}
	return problem
}
