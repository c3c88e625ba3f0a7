// Command remit keeps who is responsible for what true. This file is wiring
// alone: what the commands are is in controller/cli.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/remit-dev/remit/controller/cli"
)

// version is the release, which the linker writes: -ldflags "-X main.version=v0.1.0".
var version string

func main() {
	// Days begin and end in UTC on every machine: the same input must give the same findings everywhere.
	time.Local = time.UTC
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the process at once
	}()
	return cli.Execute(ctx, cli.Environment{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Getenv: os.Getenv, Terminal: terminal, Now: time.Now,
		Program: program(), Version: identify(),
	}, os.Args[1:])
}

// program is how it was called: by its name where that is found on the PATH, else by the path to it.
func program() string {
	if filepath.Base(os.Args[0]) == os.Args[0] || filepath.IsAbs(os.Args[0]) {
		return "remit"
	}
	return os.Args[0]
}

// terminal gives the width of the terminal that a stream is.
func terminal(stream io.Writer) (width int, is bool) {
	file, isFile := stream.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0, true // a terminal that does not say
	}
	return width, true
}

// identify is what the linker and the Go tool wrote into the binary.
func identify() cli.Version {
	v := cli.Version{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, found := debug.ReadBuildInfo()
	if !found {
		return v
	}
	switch {
	case version != "":
		v.Version = version
	case info.Main.Version != "":
		v.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Commit = setting.Value
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}
