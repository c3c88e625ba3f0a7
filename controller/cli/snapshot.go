package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/remit-dev/remit/controller/engine"
	"github.com/remit-dev/remit/controller/record"
	"github.com/remit-dev/remit/controller/standalone"
)

func newSnapshot(environment Environment, shared *sharedFlags) *cobra.Command {
	command := &cobra.Command{
		Use:   "snapshot",
		Short: "Record what a check was made of, and look at recordings",
		Long: `Record what a check was made of, and look at recordings. A recording is one file with
everything that a check needs: manifests, policies, and what the sources said. Other
commands run on it with --snapshot FILE, on any machine, and find what was found then.`,
		Example: `  remit snapshot save monday.remit --manifests ownership/
  remit snapshot show monday.remit`,
		RunE: func(command *cobra.Command, words []string) error {
			if err := knownCommand(command, words); err != nil {
				return err
			}
			return command.Help()
		},
	}
	command.AddCommand(newSnapshotSave(environment), newSnapshotShow(environment, shared))
	return command
}

// saveFlags are what `remit snapshot save` was called with.
type saveFlags struct {
	view
	redact bool
	file   string
}

func newSnapshotSave(environment Environment) *cobra.Command {
	var flags saveFlags
	command := &cobra.Command{
		Use:   "save FILE [PATH...]",
		Short: "Record what a check is made of in a file",
		Long: `Record what a check is made of in a file: the moment, the manifests, the texts of
policies, and what each source says: CODEOWNERS files, lists of files, commits without
their messages, people and teams. PATH and --manifests mean what they mean for
remit check. A FILE that is there is replaced if it is a recording.

With --redact, names, logins and e-mail addresses of people are replaced by
pseudonyms, the same everywhere in the file and others in the next one; free text,
such as descriptions and reasons, is left out. What a check finds stays the same but
for the names; if it does not, a warning says so. docs/snapshots.md says what is kept.

With --snapshot, a recording is read instead, to redact it.

Exit codes:
  0  the file is written, whatever is wrong with what was recorded
  2  it is not: nothing to record, a FILE that is no recording or cannot be
     written, or a name that could not be redacted`,
		Example: `  remit snapshot save monday.remit
  remit snapshot save monday.remit --manifests ownership/
  remit snapshot save report.remit --manifests ownership/ --redact
  remit snapshot save report.remit --snapshot monday.remit --redact`,
		Args: someArguments("the FILE to write", 0),
		RunE: func(command *cobra.Command, arguments []string) error {
			flags.file = arguments[0]
			if err := flags.take(command, arguments[1:]); err != nil {
				return err
			}
			return saveSnapshot(command.Context(), environment, flags)
		},
	}
	flags.flags(command)
	command.Flags().BoolVar(&flags.redact, "redact", false, "replace names and addresses of people, and leave free text out")
	return command
}

// saveSnapshot observes, redacts if asked to, and writes the file whole or not at all.
func saveSnapshot(ctx context.Context, environment Environment, flags saveFlags) error {
	if err := replaceable(flags.file); err != nil {
		return err
	}
	recording := record.Recording{By: environment.Version.Version}
	var err error
	if flags.snapshot != "" {
		recording, err = readSnapshot(flags.snapshot)
	} else {
		recording.Input, err = observe(ctx, environment, flags.view)
	}
	if err != nil {
		return err
	}
	if flags.redact {
		if recording, err = redacted(ctx, environment, recording); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	if err := record.Write(&text, recording); err != nil {
		return err
	}
	if err := replaceFileMode(flags.file, text.Bytes(), 0o600); err != nil {
		var call *fs.PathError // which names a file that nobody asked for
		if errors.As(err, &call) {
			err = call.Err
		}
		return failure("name a file that can be written", "write the recording %s: %w", flags.file, err)
	}
	summary := record.Summarise(recording)
	people := "names and addresses are in it, --redact would replace them"
	if recording.Redacted {
		people = "names and addresses are redacted"
	}
	say(environment.Err, "wrote %s: %s, %s, %s in %s, %s; %s", flags.file, plural(summary.Areas, "area", "areas"),
		plural(len(summary.Sources), "source", "sources"), plural(summary.Files, "file", "files"),
		plural(summary.Repositories, "repository", "repositories"), plural(summary.People, "person", "people"), people)
	return nil
}

// redacted redacts with a key that nobody keeps, and warns where a check would find something else.
func redacted(ctx context.Context, environment Environment, original record.Recording) (record.Recording, error) {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return record.Recording{}, fmt.Errorf("make a key to redact with: %w", err)
	}
	recording, err := record.Redact(original, key)
	if err != nil {
		return record.Recording{}, err
	}
	was, err := engine.Pass(ctx, original.Input)
	if err != nil {
		return record.Recording{}, err
	}
	is, err := engine.Pass(ctx, recording.Input)
	if err != nil {
		return record.Recording{}, err
	}
	for _, difference := range record.Alike(was.Result, is.Result) {
		say(environment.Err, "warning: with other names a check finds something else; %s", difference)
	}
	return recording, nil
}

// replaceable refuses to write over a file that is no recording.
func replaceable(name string) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // it is not there, or writing will say what is wrong
	}
	file, err := os.Open(name)
	if err != nil {
		return failure("name a file that can be written", "the recording: %s", standalone.Plainly(name, err))
	}
	defer func() { _ = file.Close() }() // nothing was written
	begin := make([]byte, 64)
	n, err := io.ReadFull(file, begin)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return failure("name a file that can be written", "the recording: %s", standalone.Plainly(name, err))
	}
	if !record.Is(begin[:n]) {
		return failure("name another file, or remove this one", "%s is there already, and is no recording", name)
	}
	return nil
}
