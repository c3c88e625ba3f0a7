package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/record"
	"github.com/remit-dev/remit/controller/standalone"
)

// view is what a command looks at: manifests and checkouts as they are, or a recording of how they were.
type view struct {
	// manifests is a folder of manifests, or empty.
	manifests string
	// snapshot is a file that `remit snapshot save` wrote, or empty.
	snapshot string
	// paths are checkouts.
	paths []string
}

// flags adds --manifests and --snapshot to a command.
func (v *view) flags(command *cobra.Command) {
	v.manifestsFlag(command)
	command.Flags().StringVar(&v.snapshot, "snapshot", "", "look at what is recorded in this `FILE`, and at nothing else")
	if err := command.MarkFlagFilename("snapshot"); err != nil {
		panic(err) // a fault of the program that every test would meet
	}
}

func (v *view) manifestsFlag(command *cobra.Command) {
	command.Flags().StringVarP(&v.manifests, "manifests", "m", "", "look at what the manifests in this folder `DIR` declare")
	mustCompletePath(command, "manifests", true)
}

// take takes in the arguments of a command:
//
//	--snapshot   --manifests or PATH   looks at
//	given        -                     the recording
//	given        given                 an error
//	-            given                 these
//	-            -                     the checkout that the current folder is in
func (v *view) take(command *cobra.Command, paths []string) error {
	v.paths = paths
	switch {
	case v.snapshot != "" && (v.manifests != "" || len(paths) > 0):
		return usageError{errors.New("a recording has its own manifests and checkouts: give --snapshot FILE, or --manifests DIR and PATH"), command.CommandPath()}
	case v.snapshot == "" && v.manifests == "" && len(paths) == 0:
		v.paths = []string{"."}
	}
	return nil
}

func (v *view) settings() standalone.Settings {
	return standalone.Settings{Manifests: v.manifests, Checkouts: v.paths}
}

// scope is what is looked at, as arguments that can be copied into a shell.
func (v *view) scope() string {
	if v.snapshot != "" {
		return " --snapshot " + quoted(v.snapshot)
	}
	text := ""
	for _, path := range v.paths {
		if path != "." || v.manifests != "" || len(v.paths) > 1 {
			text += " " + quoted(path)
		}
	}
	if v.manifests != "" {
		text += " --manifests " + quoted(v.manifests)
	}
	return text
}

// observe gives everything that a pass needs: as it is now, with a progress bar, or as it was recorded.
func observe(ctx context.Context, environment Environment, v view) (engine.Input, error) {
	bar := startProgress(environment)
	defer bar.stop()
	return observeWith(ctx, environment, v, bar.report)
}

func observeWith(ctx context.Context, environment Environment, v view, progress standalone.Progress) (engine.Input, error) {
	if v.snapshot != "" {
		recording, err := readSnapshot(v.snapshot)
		return recording.Input, err
	}
	checker, err := standalone.New(v.settings())
	if err != nil {
		return engine.Input{}, err
	}
	return checker.Observe(ctx, environment.Now(), progress)
}

// judged makes one pass over what is observed, with a progress bar.
func judged(ctx context.Context, environment Environment, v view) (engine.Input, *engine.Outcome, error) {
	bar := startProgress(environment)
	defer bar.stop()
	input, err := observeWith(ctx, environment, v, bar.report)
	if err != nil {
		return engine.Input{}, nil, err
	}
	bar.report("judging", 0, 0)
	outcome, err := engine.Pass(ctx, input)
	return input, outcome, err
}

// refuseSnapshot is the error of a command that changes something.
func refuseSnapshot(command *cobra.Command) error {
	return usageError{errors.New("a recording cannot be changed: run `" + command.CommandPath() + "` on the checkouts themselves, without --snapshot"), command.CommandPath()}
}

// readSnapshot reads a recording.
func readSnapshot(name string) (record.Recording, error) {
	file, err := os.Open(name)
	if err != nil {
		return record.Recording{}, failure("name a file that `remit snapshot save` wrote", "the recording: %s", standalone.Plainly(name, err))
	}
	defer func() { _ = file.Close() }() // nothing was written
	recording, err := record.Read(file)
	var problem ownership.Problem
	if errors.As(err, &problem) {
		problem.Message = "the recording " + name + ": " + problem.Message
		return recording, problem
	}
	if err != nil {
		return recording, failure("name a file that `remit snapshot save` wrote", "the recording: %s", standalone.Plainly(name, err))
	}
	return recording, nil
}
