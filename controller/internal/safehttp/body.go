package safehttp

import (
	"context"
	"errors"
	"io"
	"time"
)

var (
	// ErrTooLarge says that a response has more bytes than were asked for.
	ErrTooLarge = errors.New("the response is larger than allowed")
	// ErrStalled says that a server stopped sending.
	ErrStalled = errors.New("the server has stopped sending")
)

// body is a response's body of which at most so much is read, each part of it in time.
type body struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	inner  io.ReadCloser
	left   int64
	idle   time.Duration
	timer  *time.Timer
}

func newBody(ctx context.Context, cancel context.CancelCauseFunc, inner io.ReadCloser, limit int64, idle time.Duration) *body {
	timer := time.AfterFunc(idle, func() { cancel(ErrStalled) })
	timer.Stop() // it runs while a read waits, and not while its reader is at work
	return &body{ctx: ctx, cancel: cancel, inner: inner, left: limit, idle: idle, timer: timer}
}

// Read reads a part of the body. The error is ErrTooLarge, ErrStalled or the context's where that is why there is no more.
func (b *body) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 { // a byte more than is allowed shows that there is one
		p = p[:b.left+1]
	}
	b.timer.Reset(b.idle)
	n, err := b.inner.Read(p)
	b.timer.Stop()
	if int64(n) > b.left {
		n, err = int(b.left), ErrTooLarge
		b.cancel(err)
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, ErrTooLarge) && b.ctx.Err() != nil {
		err = context.Cause(b.ctx) // a request that is given up may look like one that has ended
	}
	return n, err
}

// Close ends the request.
func (b *body) Close() error {
	b.timer.Stop()
	err := b.inner.Close()
	b.cancel(nil)
	return err
}
