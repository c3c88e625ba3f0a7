package operator

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/nearest"
	"github.com/remit-dev/remit/controller/ownership"
)

// texts reads ConfigMaps of the controller's own namespace, by name and from the API server: the cache holds their metadata alone.
type texts struct {
	reader, cache client.Reader
	namespace     string
}

// read gives the text of one key. The error is an ownership.Problem that names the field which asks for it.
func (t texts) read(ctx context.Context, at v1alpha1.ConfigMapKey, field string) ([]byte, error) {
	var object corev1.ConfigMap
	err := t.reader.Get(ctx, types.NamespacedName{Namespace: t.namespace, Name: at.Name}, &object)
	switch {
	case apierrors.IsNotFound(err):
		return nil, ownership.Problem{
			Field: field + ".name", Reason: "ConfigMapNotFound",
			Message: fmt.Sprintf("there is no ConfigMap %q in the namespace %q", at.Name, t.namespace),
			Remedy:  "create it there, where the controller runs",
		}
	case err != nil:
		return nil, ownership.Problem{
			Field: field, Reason: "ConfigMapUnreadable",
			Message: fmt.Sprintf("the ConfigMap %q cannot be read: %v", at.Name, err), Remedy: "see that the controller's Role lets it read ConfigMaps",
		}
	}
	keys := slices.Sorted(maps.Keys(object.Data))
	key := at.Key
	if key == "" && len(keys) == 1 {
		key = keys[0]
	}
	text, has := object.Data[key]
	switch {
	case has:
		return []byte(text), nil
	case key == "":
		return nil, ownership.Problem{
			Field: field + ".key", Reason: "ConfigMapKeyNotFound",
			Message: fmt.Sprintf("the ConfigMap %q has %d keys", at.Name, len(keys)), Remedy: "say which with `key`" + keysText(keys),
		}
	}
	if _, binary := object.BinaryData[key]; binary {
		return nil, ownership.Problem{
			Field: field + ".key", Reason: "ConfigMapKeyNotText",
			Message: fmt.Sprintf("the key %q of the ConfigMap %q is no UTF-8 text", key, at.Name), Remedy: "put it under `data`, in UTF-8",
		}
	}
	problem := ownership.Problem{
		Field: field + ".key", Reason: "ConfigMapKeyNotFound",
		Message: fmt.Sprintf("the ConfigMap %q has no key %q", at.Name, key), Remedy: nearest.Question(key, keys),
	}
	if problem.Remedy == "" {
		problem.Remedy = "add it, or name one that it has" + keysText(keys)
	}
	return nil, problem
}

// keysText lists a few keys.
func keysText(keys []string) string {
	const most = 5
	if len(keys) == 0 {
		return ""
	}
	shown := strings.Join(keys[:min(len(keys), most)], ", ")
	if len(keys) > most {
		shown += ", …"
	}
	return ": " + shown
}

// configMapPlace is what messages call a text in a ConfigMap.
func configMapPlace(at v1alpha1.ConfigMapKey) string {
	if at.Key == "" {
		return "configmap " + at.Name
	}
	return fmt.Sprintf("configmap %s, key %s", at.Name, at.Key)
}

// digestOf stands for a text where only a change of it matters.
func digestOf(text []byte) []byte {
	sum := sha256.Sum256(text)
	return sum[:]
}
