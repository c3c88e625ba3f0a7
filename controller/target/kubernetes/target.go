// Package kubernetes changes the owner labels of a cluster's namespaces, and nothing else of them.
//
//	ownership.Change ──► Look at the live namespace ──► Apply: one patch, if the label is as the plan says, and nothing else of
//	                                                    the namespace names another owner by now
//
// The cache is not asked: what is compared is what the API server has now, and a patch names the version that it is of.
package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/remit-dev/remit/controller/ownership"
)

// Target is the namespaces of one cluster.
type Target struct {
	live    client.Reader
	patches client.Writer
}

// New makes a Target. live must read from the API server, not from a cache.
func New(live client.Reader, patches client.Writer) *Target {
	return &Target{live: live, patches: patches}
}

// Kind is the kind of target that changes name.
func (*Target) Kind() string { return ownership.TargetKubernetes }

// Operations are those that it makes.
func (*Target) Operations() []ownership.Operation {
	return []ownership.Operation{ownership.SetLabel, ownership.RemoveLabel}
}

// Finding is what a target is like, compared with a change.
type Finding string

// The findings.
const (
	// AsPlanned: the label is as it was when the plan was made.
	AsPlanned Finding = "as-planned"
	// Done: the label is as the change is to make it.
	Done Finding = "done"
	// Moved: it is neither, or the namespace is gone.
	Moved Finding = "moved"
)

// Look compares the live namespace with a change. The message says what was found where it has Moved. An error says that
// it cannot be told.
func (t *Target) Look(ctx context.Context, change ownership.Change) (Finding, string, error) {
	_, found, message, err := t.look(ctx, change)
	return found, message, err
}

func (t *Target) look(ctx context.Context, change ownership.Change) (*metav1.PartialObjectMetadata, Finding, string, error) {
	namespace := metadata()
	err := t.live.Get(ctx, types.NamespacedName{Name: change.Namespace}, namespace)
	switch {
	case apierrors.IsNotFound(err):
		return nil, Moved, "the namespace is gone", nil
	case err != nil:
		return nil, "", "", fmt.Errorf("reading the namespace %s: %w", change.Namespace, err)
	}
	value := namespace.Labels[change.Key] // an empty one says nothing, as none does: the plan knows no difference either
	switch value {
	case change.After:
		return namespace, Done, "", nil
	case change.Before:
		return namespace, AsPlanned, "", nil
	case "":
		return namespace, Moved, fmt.Sprintf("the label %s is gone, and was %q", change.Key, change.Before), nil
	}
	return namespace, Moved, fmt.Sprintf("the label %s is %q, and was %q", change.Key, value, change.Before), nil
}

// Owners are what a plan rests on: how the namespace named its owners when it was made.
type Owners interface {
	Same(annotations, labels map[string]string) bool
}

// tries is how often a change is tried where others write the namespace at the same moment.
const tries = 5

// Apply makes a change, if the live namespace is as planned: Done says that it is made now, or was already. Moved says that
// nothing was changed, and why.
//
//	the label        the other keys    somebody writes between look and patch    what is done
//	as planned       as planned        no                                        patched
//	as planned       as planned        yes                                       looked at again
//	as planned       others            –                                         nothing: Moved
//	as it is to be   any               –                                         nothing: Done
//	else             any               –                                         nothing: Moved
func (t *Target) Apply(ctx context.Context, change ownership.Change, owners Owners) (Finding, string, error) {
	if problem := refuse(change); problem != "" {
		return Moved, problem, nil
	}
	for range tries {
		namespace, found, message, err := t.look(ctx, change)
		if err != nil || found != AsPlanned {
			return found, message, err
		}
		if !owners.Same(namespace.Annotations, namespace.Labels) {
			return Moved, "another annotation or label of the namespace names another owner than when the plan was made", nil
		}
		if err := t.patch(ctx, namespace, change); !apierrors.IsConflict(err) {
			return patched(change, err)
		}
	}
	return Moved, "the namespace was changed by somebody else again and again at this moment", nil
}

func (t *Target) patch(ctx context.Context, namespace *metav1.PartialObjectMetadata, change ownership.Change) error {
	var value any // null takes the label away
	if change.Operation == ownership.SetLabel {
		value = change.After
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"resourceVersion": namespace.ResourceVersion, "labels": map[string]any{change.Key: value},
	}})
	if err != nil {
		return err
	}
	return t.patches.Patch(ctx, namespace, client.RawPatch(types.MergePatchType, patch))
}

// patched says what has become of a patch.
func patched(change ownership.Change, err error) (Finding, string, error) {
	switch {
	case err == nil:
		return Done, "", nil
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err), apierrors.IsNotFound(err):
		return Moved, "the API server refused it: " + err.Error(), nil
	}
	return "", "", fmt.Errorf("labelling the namespace %s: %w", change.Namespace, err)
}

// refuse says why a change cannot be one of this target's.
func refuse(change ownership.Change) string {
	switch {
	case change.Target != ownership.TargetKubernetes, !slices.Contains((*Target)(nil).Operations(), change.Operation):
		return fmt.Sprintf("%s of %s is no change of a namespace's label", change.Operation, change.Target)
	case (change.Operation == ownership.SetLabel) != (change.After != ""):
		return "what the label is to be does not fit the operation"
	case len(validation.IsQualifiedName(change.Key)) > 0 || len(validation.IsValidLabelValue(change.After)) > 0:
		return fmt.Sprintf("%q: %q is no label", change.Key, change.After)
	}
	return ""
}

func metadata() *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}}
}
