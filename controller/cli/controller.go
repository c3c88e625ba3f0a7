package cli

import (
	"errors"
	"fmt"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/operator"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/remediation"
)

func newController(environment Environment) *cobra.Command {
	options := operator.Options{Namespace: operator.DefaultNamespace}
	format := choice{allowed: []string{"auto", "text", "json"}, value: "auto"}
	modes := choice{value: string(ownership.Enforce)}
	for _, mode := range ownership.Modes() {
		modes.allowed = append(modes.allowed, string(mode))
	}
	var at cluster
	var network network
	alone := false
	command := &cobra.Command{
		Use:   "controller",
		Short: "Keep the objects of a cluster judged: Areas, policies and sources",
		Long: `Keep the objects of a cluster judged: it watches Areas, RoleAssignments, Teams,
ResponsibilityPolicies and OwnershipSources, observes the sources, and writes
what it finds into the objects' status, until it is stopped with SIGTERM or
SIGINT (exit code 0).

It changes nothing but statuses unless modes allow more. Several replicas agree
by a Lease on which one leads; the others stand by. A replica that loses the
Lease ends with exit code 2, and is to be started again.

It serves, at the address of --listen, /metrics, /metrics/areas, /healthz (503
if a pass hangs) and /readyz (200 once its caches are filled).

There is no authentication: it listens beyond this machine unless --listen names
an address such as 127.0.0.1:7364, and everyone who can reach the address may
know who owns what.

The cluster is that of --kubeconfig, of KUBECONFIG, or the one it runs in.`,
		Example: `  remit controller
  remit controller --kubeconfig .remit/cluster/controller.kubeconfig --listen 127.0.0.1:7364
  remit controller --max-mode Observe`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			for name, given := range map[string]int64{
				"--pass-timeout": int64(options.PassTimeout), "--source-timeout": int64(options.SourceTimeout), "--debounce": int64(options.Quiet),
				"--history": int64(options.History),
			} {
				if given <= 0 {
					return usageError{fmt.Errorf("%s: want more than 0", name), command.CommandPath()}
				}
			}
			if err := network.apply(&options.HTTP); err != nil {
				return err
			}
			config, err := at.config()
			if err != nil {
				return err
			}
			options.LeaderElection, options.MaxMode = !alone, ownership.Mode(modes.value)
			options.Stop, options.Now, options.Version = environment.Getenv("REMIT_STOP"), environment.Now, environment.Version.Version
			options.Log = newLog(environment, format.value)
			// What the libraries log by themselves has no other way into the log than these.
			log.SetLogger(logr.FromSlogHandler(options.Log.Handler()))
			klog.SetSlogLogger(options.Log)
			return operator.Run(command.Context(), config, options)
		},
	}
	at.flags(command)
	f := command.Flags()
	f.StringVar(&options.Namespace, "namespace", operator.DefaultNamespace, "the controller's own namespace `NAME`: its Lease, ConfigMaps and Secrets are there")
	f.BoolVar(&alone, "no-leader-election", false, "lead without a Lease; there may be no other replica then")
	f.Var(&modes, "max-mode", "how far any change may go: "+modes.list())
	f.StringVar(&options.Files, "files", "", "let paths in objects start from this folder `DIR`; without it sources and policies in files are refused")
	f.StringVar(&options.FilesRoot, "files-root", "", "let no path leave this folder `DIR`; that of --files if not given")
	f.StringVar(&options.Cache, "cache", "", "keep clones in this folder `DIR`; without it they are made anew at each start, in a temporary one")
	network.flags(command)
	f.StringVar(&options.Listen, "listen", ":7364", "serve at this `ADDRESS`, HOST:PORT; port 0 takes any free one")
	f.BoolVar(&options.AreaMetrics, "area-metrics", false, "serve metrics of each area at /metrics/areas")
	f.IntVar(&options.AreaSeries, "area-series", 0, "serve at most `N` series there; 0 is the default budget")
	f.DurationVar(&options.PassTimeout, "pass-timeout", operator.DefaultPassTimeout, "give a pass up after this `TIME`")
	f.DurationVar(&options.SourceTimeout, "source-timeout", operator.DefaultSourceTimeout, "give up observing a source after this `TIME`")
	f.DurationVar(&options.Quiet, "debounce", operator.DefaultQuiet, "make a pass once no change has come for this `TIME`")
	f.IntVar(&options.History, "history", remediation.DefaultHistory, "keep `N` finished Remediations of each area, and those that brakes still count")
	f.Var(&format, "log-format", "the form of the log on standard error: "+format.list()+"; auto: text on a terminal, else json")
	mustCompletePath(command, "cache", true)
	mustCompletePath(command, "files", true)
	mustCompletePath(command, "files-root", true)
	mustComplete(command, "log-format", &format)
	mustComplete(command, "max-mode", &modes)
	return command
}

// network says what servers of sources may be asked.
type network struct {
	private []string
	caFile  string
}

func (n *network) flags(command *cobra.Command) {
	f := command.Flags()
	f.StringArrayVar(&n.private, "allow-private", nil, "let clone URLs lead to these private addresses `CIDR|HOST`; give it once for each; without it they are refused")
	f.StringVar(&n.caFile, "ca-file", "", "trust servers of clone URLs by the certificates in this `FILE` (PEM) too, beside those that the system trusts")
	mustCompletePath(command, "ca-file", false)
}

// apply adds to options what the flags say.
func (n *network) apply(options *safehttp.Options) error {
	for _, each := range n.private {
		if err := options.AllowPrivate(each); err != nil {
			return usageError{fmt.Errorf("--allow-private: %w", err), "remit controller"}
		}
	}
	if n.caFile == "" {
		return nil
	}
	if err := options.TrustFile(n.caFile); err != nil {
		return failure("name a file with certificates in PEM form with --ca-file FILE", "the certificates cannot be read: %v", err)
	}
	return nil
}

// cluster says which cluster a command is about.
type cluster struct{ kubeconfig, context string }

func (c *cluster) flags(command *cobra.Command) {
	f := command.Flags()
	f.StringVar(&c.kubeconfig, "kubeconfig", "", "read how to reach the cluster from this `FILE`; KUBECONFIG, or the cluster that it runs in, if not given")
	f.StringVar(&c.context, "context", "", "use this context `NAME` of it")
	mustCompletePath(command, "kubeconfig", false)
}

// config is how to reach the cluster.
func (c *cluster) config() (*rest.Config, error) {
	config, err := c.loading().ClientConfig()
	if err == nil {
		return config, nil
	}
	if clientcmd.IsEmptyConfig(err) || errors.Is(err, rest.ErrNotInCluster) {
		return nil, failure("name a kubeconfig with --kubeconfig FILE; `make cluster-up` starts a cluster to try things out and prints one",
			"no cluster is configured here")
	}
	return nil, failure("correct the kubeconfig, or name another with --kubeconfig FILE", "the cluster's configuration cannot be read: %v", err)
}

func (c *cluster) loading() clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = c.kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: c.context})
}

// contextNamespace is the namespace of the kubeconfig's context.
func (c *cluster) contextNamespace() string {
	namespace, _, err := c.loading().Namespace()
	if err != nil || namespace == "" {
		return "default"
	}
	return namespace
}
