package operator

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
)

// stopName is the ConfigMap that is the kill switch: while there is one of this name in the controller's own namespace,
// nothing but statuses is written.
const stopName = "remit-stop"

// seenStopped says why all writes are stopped, as far as the cache shows, so that a pass in which nothing is to be written costs no request:
//
//	asked for by the environment     stopped
//	the cache shows the ConfigMap    the API server is asked, which has the reason; it may be gone by now
//	it shows none                    not stopped; the API server is asked before anything is written
//	it cannot tell                   the API server is asked
func (t texts) seenStopped(ctx context.Context, asked string) string {
	if strings.TrimSpace(asked) == "" && apierrors.IsNotFound(t.cache.Get(ctx, types.NamespacedName{Namespace: t.namespace, Name: stopName}, metadataOf(configMapKind))) {
		return ""
	}
	return t.stopped(ctx, asked)
}

// stopped says why all writes are stopped at this moment; empty means that they are not.
//
//	asked for by the environment         stopped
//	a ConfigMap remit-stop               stopped, for the reason under its key "reason"
//	whether there is one cannot be told  stopped
func (t texts) stopped(ctx context.Context, asked string) string {
	if asked = strings.TrimSpace(asked); asked != "" {
		return "REMIT_STOP says: " + bounded(asked)
	}
	var object corev1.ConfigMap
	err := t.reader.Get(ctx, types.NamespacedName{Namespace: t.namespace, Name: stopName}, &object)
	switch reason := strings.TrimSpace(object.Data["reason"]); {
	case apierrors.IsNotFound(err):
		return ""
	case err != nil:
		return fmt.Sprintf("whether there is a ConfigMap %s cannot be told: %v", stopName, err)
	case reason == "":
		return fmt.Sprintf("there is a ConfigMap %s in the namespace %s", stopName, t.namespace)
	default:
		return fmt.Sprintf("the ConfigMap %s says: %s", stopName, bounded(reason))
	}
}
