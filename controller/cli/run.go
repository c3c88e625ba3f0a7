package cli

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/report"
	"github.com/remit-dev/remit/controller/standalone"
)

// defaultListen is reachable from this machine alone. 7364 spells REMI on a telephone's keypad.
const defaultListen = "127.0.0.1:7364"

func newRun(environment Environment) *cobra.Command {
	var settings standalone.RunSettings
	var looked view
	format := choice{allowed: []string{"auto", "text", "json"}, value: "auto"}
	command := &cobra.Command{
		Use:   "run [PATH...]",
		Short: "Keep checking who owns what, and serve metrics",
		Long: `Keep checking who owns what, and serve metrics. It checks again when a manifest or
a source changes on disk, and at the intervals of the sources, until it is
stopped with SIGTERM or SIGINT (exit code 0).

It serves, at the address of --listen:
  /               what is served, and when the last pass was
  /metrics        metrics for Prometheus
  /metrics/areas  metrics of each area, with --area-metrics
  /healthz        200 while the loop is alive, 503 if a pass hangs
  /readyz         200 once the first pass is done, 503 before

With --snapshot it serves the metrics of what ` + "`remit snapshot save`" + ` recorded, as of
then: it checks once and watches nothing.

There is no authentication: listen beyond this machine only where everyone who
can reach the address may know who owns what.`,
		Example: `  remit run --manifests ownership/
  remit run --manifests ownership/ --listen :7364 --area-metrics
  remit run .
  remit run --snapshot monday.remit`,
		RunE: func(command *cobra.Command, paths []string) error {
			if err := looked.take(command, paths); err != nil {
				return err
			}
			if settings.AreaSeries < 0 {
				return usageError{fmt.Errorf("--area-series %d: want 0 or more", settings.AreaSeries), command.CommandPath()}
			}
			if settings.PassTimeout <= 0 {
				return usageError{fmt.Errorf("--pass-timeout %s: want more than 0", settings.PassTimeout), command.CommandPath()}
			}
			settings.Settings = looked.settings()
			if looked.snapshot != "" {
				input, err := observe(command.Context(), environment, looked)
				if err != nil {
					return err
				}
				settings.Recorded = &input
			}
			settings.Now, settings.Version = environment.Now, environment.Version.Version
			settings.Log = newLog(environment, format.value)
			return standalone.Run(command.Context(), settings)
		},
	}
	looked.flags(command)
	f := command.Flags()
	f.StringVar(&settings.Listen, "listen", defaultListen, "serve at this `ADDRESS`, HOST:PORT; port 0 takes any free one")
	f.BoolVar(&settings.AreaMetrics, "area-metrics", false, "serve metrics of each area at /metrics/areas")
	f.IntVar(&settings.AreaSeries, "area-series", 0, "serve at most `N` series there; 0 is the default budget")
	f.StringVar(&settings.Cache, "cache", "", "keep first-seen times in this folder `DIR`; .remit in the folder of the manifests if not given, or without manifests a folder in the user's cache")
	f.DurationVar(&settings.PassTimeout, "pass-timeout", standalone.DefaultPassTimeout, "give a pass up after this `TIME`")
	f.Var(&format, "log-format", "the form of the log on standard error: "+format.list()+"; auto: text on a terminal, else json")
	mustCompletePath(command, "cache", true)
	mustComplete(command, "log-format", &format)
	return command
}

// newLog makes a log on the error stream. What comes from outside is made safe for a terminal.
func newLog(environment Environment, format string) *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: cleanAttribute}
	_, is := environment.Terminal(environment.Err)
	if format == "text" || format == "auto" && is {
		return slog.New(slog.NewTextHandler(environment.Err, options))
	}
	return slog.New(slog.NewJSONHandler(environment.Err, options))
}

func cleanAttribute(_ []string, attribute slog.Attr) slog.Attr {
	value := attribute.Value.Resolve()
	switch value.Kind() {
	case slog.KindDuration: // else JSON has a number of nanoseconds
		attribute.Value = slog.StringValue(value.Duration().String())
	case slog.KindString:
		attribute.Value = slog.StringValue(report.Clean(value.String()))
	case slog.KindAny:
		if err, is := value.Any().(error); is {
			attribute.Value = slog.StringValue(report.Clean(err.Error()))
		}
	}
	return attribute
}
