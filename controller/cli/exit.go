package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/remit-dev/remit/controller/ownership"
	"github.com/remit-dev/remit/controller/report"
)

// The exit codes.
const (
	// ExitClean: done, and nothing was found that fails a check.
	ExitClean = 0
	// ExitFindings: done, and something was found.
	ExitFindings = 1
	// ExitIncomplete: it could not run, or not whole, so that what it says cannot be relied on.
	ExitIncomplete = 2
	// ExitNotMade: apply made the plan not at all, or not whole.
	ExitNotMade = 1
	// ExitChanges: plan --detailed-exitcode has changes to make. An error is ExitDetailedError then.
	ExitChanges       = 2
	ExitDetailedError = 1
)

// errFindings ends a check that found something. The report has said what.
var errFindings = errors.New("findings")

// usageError is a fault in how the command was called.
type usageError struct {
	err error
	// command is the command's path, such as "remit check".
	command string
}

func (e usageError) Error() string { return fmt.Sprintf("%v; see `%s --help`", e.err, e.command) }

func (e usageError) Unwrap() error { return e.err }

// failure makes an error that says what to do.
func failure(remedy, format string, arguments ...any) error {
	return ownership.Problem{Message: fmt.Errorf(format, arguments...).Error(), Remedy: remedy}
}

// finish writes an error for a person and gives the exit code.
func finish(err error, w io.Writer) int {
	switch {
	case err == nil:
		return ExitClean
	case errors.Is(err, errFindings):
		return ExitFindings
	case errors.Is(err, errNotMade):
		return ExitNotMade
	case errors.Is(err, errChanges):
		return ExitChanges
	}
	complain(w, err)
	var moved movedError
	if errors.As(err, &moved) {
		return ExitNotMade
	}
	return ExitIncomplete
}

// complain writes an error, each of its lines made safe for a terminal.
func complain(w io.Writer, err error) {
	for line := range strings.SplitSeq(strings.TrimSpace(err.Error()), "\n") {
		say(w, "%s", line)
	}
}

// say writes one line for a person to the error stream.
func say(w io.Writer, format string, arguments ...any) {
	// Where the error stream is closed there is nobody left to tell.
	_, _ = fmt.Fprintf(w, "remit: %s\n", report.Clean(fmt.Sprintf(format, arguments...)))
}
