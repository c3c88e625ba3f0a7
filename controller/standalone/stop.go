package standalone

import (
	"errors"
	"io"
	"io/fs"
	"strings"
)

const (
	// stopFile is the kill switch: while there is such a file in the cache folder, nothing is changed.
	stopFile = "stop"
	// maxStopped bounds how much of it is read as the reason.
	maxStopped = 1 << 10
)

// stopped says why all writes are stopped; empty means that they are not. asked is why, by the environment.
//
//	asked for by the environment           stopped
//	a file stop in the cache folder        stopped, for the reason that it holds
//	one that cannot be read                stopped: somebody has put it there
//	a cache folder that is not there       not stopped
func stopped(folder, asked string) string {
	if asked != "" {
		return "REMIT_STOP says: " + strings.TrimSpace(asked)
	}
	text, err := readFrom(folder, stopFile, func(r io.Reader) (string, error) {
		text, err := io.ReadAll(io.LimitReader(r, maxStopped))
		return strings.TrimSpace(string(text)), err
	})
	switch {
	case err == nil && text == "":
		return "there is a file " + stopFile + " in " + folder
	case err == nil:
		return "the file " + stopFile + " in " + folder + " says: " + text
	case errors.Is(err, fs.ErrNotExist):
		return ""
	}
	return "whether there is a file " + stopFile + " in " + folder + " cannot be told: " + err.Error()
}
