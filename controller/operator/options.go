package operator

import (
	"log/slog"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/util/uuid"

	"github.com/remit-dev/remit/controller/grant"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/ownership"
)

// The defaults of Options.
const (
	DefaultNamespace     = grant.OwnNamespace
	DefaultQuiet         = 100 * time.Millisecond
	DefaultPatience      = 2 * time.Second
	DefaultPassTimeout   = 5 * time.Minute
	DefaultSourceTimeout = 2 * time.Minute
	DefaultStartWait     = 3 * time.Minute
	// The times of leader election are those that Kubernetes' own components use.
	DefaultLeaseDuration = 15 * time.Second
	DefaultRenewDeadline = 10 * time.Second
	DefaultRetryPeriod   = 2 * time.Second
)

// leaseName is the Lease by which replicas agree on who leads.
const leaseName = "remit"

// Options say how the controller runs.
type Options struct {
	// Namespace is the controller's own: its Lease, ConfigMaps and Secrets are there, and its Areas may claim anything.
	Namespace string
	// Identity names this replica in the Lease; empty makes one of the host's name.
	Identity string
	// LeaderElection has replicas agree on who leads. Without it there may be one replica only.
	LeaderElection                            bool
	LeaseDuration, RenewDeadline, RetryPeriod time.Duration
	// MaxMode is how far any change may go.
	MaxMode ownership.Mode
	// History is how many finished Remediations are kept of each area; 0 is remediation.DefaultHistory.
	History int
	// Stop says why all writes but those of statuses are stopped (the kill switch); empty means that they are not.
	Stop string
	// Files is the folder that paths in objects start from; empty refuses such objects. FilesRoot is what no path leaves;
	// empty means Files.
	Files, FilesRoot string
	// Cache is a folder for clones; losing it costs time and no more. Empty makes a temporary one, which is removed at the end.
	Cache string
	// HTTP says which private addresses may be asked, and which certificates are trusted beside the system's.
	HTTP safehttp.Options
	// Listen is the address of metrics and health, "HOST:PORT"; port 0 takes any free one.
	Listen string
	// AreaMetrics serves metrics of each area too, at most AreaSeries series; 0 is the default budget.
	AreaMetrics bool
	AreaSeries  int
	// Quiet is how long no change must come before a pass is made; Patience is how long changes that keep coming can put
	// it off.
	Quiet, Patience time.Duration
	// PassTimeout is how long a pass may take, SourceTimeout looking at a source, StartWait how long the first pass waits
	// for sources that are slow.
	PassTimeout, SourceTimeout, StartWait time.Duration
	// Writers is how many statuses are written side by side.
	Writers int
	Version string
	Now     func() time.Time
	Log     *slog.Logger
	// Started is told the address that is served at, once it is; it may be nil.
	Started func(address string)
}

func orDefault[T comparable](given *T, otherwise T) {
	var zero T
	if *given == zero {
		*given = otherwise
	}
}

// withDefaults fills in what is not given.
func (o Options) withDefaults() Options {
	orDefault(&o.Namespace, DefaultNamespace)
	orDefault(&o.MaxMode, ownership.Enforce)
	orDefault(&o.Quiet, DefaultQuiet)
	orDefault(&o.Patience, DefaultPatience)
	orDefault(&o.PassTimeout, DefaultPassTimeout)
	orDefault(&o.SourceTimeout, DefaultSourceTimeout)
	orDefault(&o.StartWait, DefaultStartWait)
	orDefault(&o.LeaseDuration, DefaultLeaseDuration)
	orDefault(&o.RenewDeadline, DefaultRenewDeadline)
	orDefault(&o.RetryPeriod, DefaultRetryPeriod)
	orDefault(&o.Writers, 8)
	if o.Identity == "" {
		host, _ := os.Hostname() // empty where the machine does not say
		o.Identity = host + "_" + string(uuid.NewUUID())
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
