package cli

import (
	"cmp"
	"fmt"
	"io"
	"time"
)

// Environment is all that a command knows of the outside.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	// Getenv reads an environment variable; empty means that it is not set.
	Getenv func(name string) string
	// Terminal gives the width in columns of the terminal that a stream is; is is false where it is none.
	Terminal func(stream io.Writer) (width int, is bool)
	// Now is the clock.
	Now func() time.Time
	// Program is how the program was called, for commands to copy; empty means "remit".
	Program string
	// Version is what this program is.
	Version Version
}

// program is how to call the program.
func (e Environment) program() string { return cmp.Or(e.Program, "remit") }

// Version says which program this is.
type Version struct {
	// Version is the release, such as "v0.1.0", or "(devel)".
	Version string `json:"version"`
	// Commit is the commit that it was built from, or empty; Modified says that files had changed since.
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	// Go is the version of Go, Platform the system and processor.
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// String is the version in one line.
func (v Version) String() string {
	text := "remit " + v.Version
	if v.Commit != "" {
		text += " (commit " + v.Commit
		if v.Modified {
			text += ", modified"
		}
		text += ")"
	}
	return fmt.Sprintf("%s, built with %s for %s", text, v.Go, v.Platform)
}

// The choices of --color.
const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

// color decides whether a stream gets colours:
//
//	--color   NO_COLOR   TERM=dumb   terminal   colours
//	always    any        any         any        yes
//	never     any        any         any        no
//	auto      set        any         any        no (https://no-color.org)
//	auto      -          yes         any        no
//	auto      -          no          no         no
//	auto      -          no          yes        yes
func (e Environment) color(choice string, stream io.Writer) bool {
	if choice != colorAuto {
		return choice == colorAlways
	}
	_, is := e.Terminal(stream)
	return is && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}

// width is the width of the terminal that a stream is, or 0.
func (e Environment) width(stream io.Writer) int {
	if width, is := e.Terminal(stream); is {
		return width
	}
	return 0
}
