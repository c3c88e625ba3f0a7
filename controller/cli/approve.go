package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/remediation"
	"github.com/remit-dev/remit/controller/report"
)

// approveFlags are what `remit approve` was called with.
type approveFlags struct {
	cluster
	*sharedFlags
	namespace, hash   string
	confirm, override bool
}

func newApprove(environment Environment, shared *sharedFlags) *cobra.Command {
	flags := approveFlags{sharedFlags: shared}
	command := &cobra.Command{
		Use:   "approve [NAME]",
		Short: "Approve a Remediation that waits in a cluster",
		Long: `Approve a Remediation that waits in a cluster. Without NAME those that wait are
listed. With NAME its plan is shown, and with --confirm it is approved in your own
name; the controller then makes the changes, if the plan is still the same.

It takes the verb "approve" on the Remediation. What a brake holds is made only with
--override, which takes the verb "override".

Exit codes:
  0  it is approved, or there was nothing to approve
  1  it is shown and not approved, since --confirm is missing
  2  it cannot be: wrong flags, no such Remediation, it is finished, or you may not`,
		Example: `  remit approve
  remit approve payments-5f0c6e1a --namespace payments
  remit approve payments-5f0c6e1a --namespace payments --confirm`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, names []string) error {
			if flags.hash != "" && !hashForm.MatchString(flags.hash) {
				return usageError{fmt.Errorf("--hash %q: want a plan's hash, or at least its first 8 digits", flags.hash), command.CommandPath()}
			}
			if len(names) == 0 && (flags.confirm || flags.override || flags.hash != "") {
				return usageError{errors.New("name the Remediation to approve"), command.CommandPath()}
			}
			reached, err := flags.reach()
			if err != nil {
				return err
			}
			if len(names) == 0 {
				return listWaiting(command.Context(), environment, flags, reached)
			}
			return approve(command.Context(), environment, flags, reached, names[0])
		},
	}
	flags.flags(command)
	f := command.Flags()
	f.StringVarP(&flags.namespace, "namespace", "n", "", "the Remediation's namespace `NAME`; that of the kubeconfig's context if not given, and for the list all")
	f.BoolVar(&flags.confirm, "confirm", false, "approve it; without it the plan is only shown")
	f.BoolVar(&flags.override, "override", false, "have also those changes made that a brake holds")
	f.StringVar(&flags.hash, "hash", "", "approve it only if its plan is this one: its `HASH`, or at least the first 8 digits")
	return command
}

// reach makes a client for the user that the kubeconfig names, and finds the namespace where none is given.
func (c *cluster) reach() (client.Client, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(v1alpha1.AddToScheme(scheme), authenticationv1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	ctrllog.SetLogger(logr.Discard()) // else the library complains on standard error that it has none
	reached, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, failure("see that the cluster can be reached", "the cluster does not answer: %v", err)
	}
	return reached, nil
}

// options are how things are shown.
func (flags *approveFlags) options(environment Environment, next ...string) report.Options {
	return report.Options{Color: environment.color(flags.color.value, environment.Out), Width: environment.width(environment.Out), Next: next}
}

func listWaiting(ctx context.Context, environment Environment, flags approveFlags, reached client.Client) error {
	var list v1alpha1.RemediationList
	if err := reached.List(ctx, &list, client.InNamespace(flags.namespace)); err != nil {
		if apierrors.IsForbidden(err) && flags.namespace == "" {
			return failure("name a namespace whose Remediations you may see with --namespace NAME, or ask who administers the cluster for the right",
				"the Remediations of all namespaces cannot be listed: %v", err)
		}
		return clusterFailure(err, "the Remediations cannot be listed")
	}
	waiting := slices.DeleteFunc(list.Items, func(object v1alpha1.Remediation) bool {
		return object.Status.Phase != v1alpha1.RemediationAwaitingApproval || approved(&object)
	})
	var next []string
	if len(waiting) > 0 {
		next = append(next, fmt.Sprintf("see one: %s approve %s --namespace %s", environment.program(), waiting[0].Name, waiting[0].Namespace))
	}
	return report.Remediations(environment.Out, waiting, flags.options(environment, next...))
}

func approve(ctx context.Context, environment Environment, flags approveFlags, reached client.Client, name string) error {
	namespace := flags.namespace
	if namespace == "" {
		namespace = flags.contextNamespace()
	}
	var object v1alpha1.Remediation
	if err := reached.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, &object); err != nil {
		if apierrors.IsNotFound(err) {
			return failure("see those that wait with `"+environment.program()+" approve`, and name the namespace with --namespace",
				"there is no Remediation %q in the namespace %q", name, namespace)
		}
		return clusterFailure(err, "the Remediation cannot be read")
	}
	if flags.hash != "" && !strings.HasPrefix(object.Spec.PlanHash, flags.hash) {
		return failure("look at the plan, and approve it as it is", "the plan is not %s, but %s", shortened(flags.hash), shortened(object.Spec.PlanHash))
	}
	call := fmt.Sprintf("%s approve %s --namespace %s", environment.program(), name, namespace)
	exactly := " --confirm --hash " + shortened(object.Spec.PlanHash) // the plan that is shown, and no later one
	switch {
	case remediation.Finished(&object):
		if err := report.Remediation(environment.Out, &object, flags.options(environment)); err != nil {
			return err
		}
		return failure("see those that wait with `"+environment.program()+" approve`", "the Remediation is finished (%s)", object.Status.Phase)
	case !flags.confirm:
		var next []string
		if !approved(&object) && !allHeld(&object) {
			next = append(next, "approve it: "+call+exactly)
		}
		if slices.ContainsFunc(object.Spec.Changes, held) && !flags.override && object.Spec.Override == nil {
			next = append(next, "have those made as well that a brake holds: "+call+" --override"+exactly)
		}
		if err := report.Remediation(environment.Out, &object, flags.options(environment, next...)); err != nil {
			return err
		}
		if approved(&object) {
			return nil
		}
		return errNotMade
	case allHeld(&object) && !flags.override:
		return failure("have them made all the same: "+call+" --override"+exactly, "a brake holds every change, so that an approval alone makes none of them")
	}
	return send(ctx, environment, flags, reached, &object)
}

// held says whether a brake holds a change, allHeld whether one holds each of a Remediation's.
func held(change v1alpha1.RemediationChange) bool { return change.Brake != "" }

func allHeld(object *v1alpha1.Remediation) bool {
	return !slices.ContainsFunc(object.Spec.Changes, func(change v1alpha1.RemediationChange) bool { return !held(change) })
}

// approved says whether somebody has given the plan, as it is, what it waited for: an override, or an approval where a brake does not
// hold all of it. What that waits for now stands in the status.
func approved(object *v1alpha1.Remediation) bool {
	given := func(approval *v1alpha1.Approval) bool {
		return approval != nil && approval.PlanHash == object.Spec.PlanHash
	}
	return given(object.Spec.Override) || given(object.Spec.Approval) && !allHeld(object)
}

// send approves a Remediation in the name of the user who asks.
func send(ctx context.Context, environment Environment, flags approveFlags, reached client.Client, object *v1alpha1.Remediation) error {
	var review authenticationv1.SelfSubjectReview
	if err := reached.Create(ctx, &review); err != nil {
		return clusterFailure(err, "the cluster does not say who you are")
	}
	given := map[string]any{"planHash": object.Spec.PlanHash, "by": review.Status.UserInfo.Username}
	spec := map[string]any{"approval": given}
	if flags.override {
		spec = map[string]any{"override": given}
	}
	// Who may override need not be one who may approve: each asks for its own verb, and is a field of its own.
	text, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": object.UID}, "spec": spec})
	if err != nil {
		return err
	}
	if err := reached.Patch(ctx, object, client.RawPatch(types.MergePatchType, text), client.FieldOwner("remit-approve")); err != nil {
		return clusterFailure(err, "it is not approved")
	}
	_, err = fmt.Fprintf(environment.Out, "approved by %s: %s/%s, plan %s\n", report.Clean(review.Status.UserInfo.Username), object.Namespace, object.Name,
		shortened(object.Spec.PlanHash))
	return err
}

// clusterFailure says what the API server answered.
func clusterFailure(err error, what string) error {
	switch {
	case meta.IsNoMatchError(err):
		return failure("install Remit's kinds there: kubectl apply --server-side -f crds/", "this cluster does not know Remediations")
	case apierrors.IsForbidden(err):
		return failure("ask who administers the cluster for the right", "%s: %v", what, err)
	case apierrors.IsUnauthorized(err):
		return failure("renew the token or certificate in the kubeconfig, or name another with --kubeconfig FILE", "%s: the cluster does not accept these credentials", what)
	}
	return failure("see that the cluster can be reached, and try again", "%s: %v", what, err)
}
