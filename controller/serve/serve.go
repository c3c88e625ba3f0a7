// Package serve holds the HTTP servers of Remit that keeps running: bounded in what a client can take, and ended without
// cutting off what is in flight.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/remit-dev/remit/controller/ownership"
)

// StopWithin is how long requests in flight are waited for at the end.
const StopWithin = 5 * time.Second

// Listen opens the address to serve at.
func Listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err == nil {
		return listener, nil
	}
	remedy := "give a host and a port of this machine with --listen, such as 127.0.0.1:7364"
	if errors.Is(err, syscall.EADDRINUSE) {
		remedy = "another program listens there: stop it, or give another port with --listen; port 0 takes any free one"
	}
	return nil, ownership.Problem{Message: fmt.Sprintf("cannot listen at %s: %v", address, err), Remedy: remedy}
}

// New makes a server that no client can hold for ever or fill.
func New(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Stamp writes a time as pages show it.
func Stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Answer answers with text.
func Answer(w http.ResponseWriter, status int, text string) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, text) // a client that has gone needs no answer
}

// Serve serves until ctx ends, and then finishes what is in flight.
func Serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving at %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), StopWithin)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		// What is still in flight is cut off: a scrape that takes so long is lost anyway.
		return server.Close()
	}
	return nil
}
