package operator

import (
	"context"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
)

// said is what a test expects of an object: the reason of its condition Stalled, or of Ready where that is empty, and what
// its message has in it.
type expected struct {
	stalled, ready string
	message        []string
}

// expect waits until the object's status is about the object as it is now, and says what is expected.
func (s *scene) expect(object client.Object, want expected) *v1alpha1.ObjectStatus {
	s.t.Helper()
	var status *v1alpha1.ObjectStatus
	s.eventually(func() error {
		if err := s.admin.Get(s.t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		status = commonOf(object)
		return want.differs(object, status)
	})
	return status
}

func commonOf(object client.Object) *v1alpha1.ObjectStatus {
	for _, kind := range kinds() {
		if fmt.Sprintf("%T", kind.make()) == fmt.Sprintf("%T", object) {
			return kind.common(object)
		}
	}
	panic(fmt.Sprintf("%T has no status", object))
}

func (e expected) differs(object client.Object, status *v1alpha1.ObjectStatus) error {
	of := fmt.Sprintf("%T %s: %+v", object, object.GetName(), status)
	if status.ObservedGeneration != object.GetGeneration() {
		return fmt.Errorf("not about generation %d: %s", object.GetGeneration(), of)
	}
	ready, stalled := find(status.Conditions, v1alpha1.ConditionReady), find(status.Conditions, v1alpha1.ConditionStalled)
	shown := ready
	switch {
	case ready == nil:
		return fmt.Errorf("no condition Ready: %s", of)
	case e.stalled == "" && stalled != nil:
		return fmt.Errorf("it is stalled: %s", of)
	case e.stalled != "" && (stalled == nil || stalled.Reason != e.stalled || ready.Status != metav1.ConditionFalse || ready.Reason != e.stalled):
		return fmt.Errorf("want Stalled by %s: %s", e.stalled, of)
	case e.ready != "" && ready.Reason != e.ready:
		return fmt.Errorf("want Ready by %s: %s", e.ready, of)
	case e.stalled != "":
		shown = stalled
	}
	for _, part := range e.message {
		if !strings.Contains(shown.Message, part) {
			return fmt.Errorf("the message lacks %q: %s", part, of)
		}
	}
	return nil
}

// keep makes or replaces a Secret or ConfigMap of the controller's namespace, until the test ends.
func (s *scene) keep(object client.Object) {
	s.t.Helper()
	object.SetNamespace(DefaultNamespace)
	err := s.admin.Create(s.t.Context(), object)
	if apierrors.IsAlreadyExists(err) {
		err = s.admin.Update(s.t.Context(), object)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	name := object.GetName()
	s.t.Cleanup(func() {
		gone := object.DeepCopyObject().(client.Object)
		gone.SetName(name)
		if err := s.admin.Delete(context.Background(), gone); err != nil && !apierrors.IsNotFound(err) {
			s.t.Error(err)
		}
	})
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data}
}

// sourceNamed gives the source of a name, for expect.
func sourceNamed(name string) *v1alpha1.OwnershipSource {
	return &v1alpha1.OwnershipSource{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// refused applies a manifest that the API server must refuse, with these words.
func (s *scene) refused(t *testing.T, manifest string, words ...string) {
	t.Helper()
	out, err := s.TryKubectl(t, manifest, "apply", "--server-side", "-f", "-")
	if err == nil {
		t.Fatalf("it was taken: %s", out)
	}
	for _, word := range words {
		if !strings.Contains(out, word) {
			t.Errorf("the refusal lacks %q:\n%s", word, out)
		}
	}
}
