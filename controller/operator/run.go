package operator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// run runs until ctx ends, one of the parts fails, or the Lease is lost. Metrics and health are served from the
// beginning, also while the API server cannot be reached, and until all else has ended.
func (r *remit) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	serving, unserve := context.WithCancel(context.WithoutCancel(ctx))
	defer unserve()
	served, managed := make(chan error, 1), make(chan error, 1)
	go func() { served <- (&server{remit: r}).serve(serving) }()
	go func() { r.synced.Store(r.manager.GetCache().WaitForCacheSync(ctx)) }()
	go func() { managed <- r.manager.Start(ctx) }()
	var err error
	select {
	case err = <-managed:
		unserve()
		err = errors.Join(err, <-served)
	case <-ctx.Done():
		err = r.ended(managed)
		unserve()
		err = errors.Join(err, <-served)
	case err = <-served: // it cannot listen
		stop()
		err = errors.Join(err, r.ended(managed))
	}
	if failed := r.cache.remove(); failed != nil {
		r.options.Log.Error("the temporary folder of clones could not be removed", "error", failed)
	}
	if err != nil {
		return fmt.Errorf("running: %w", err)
	}
	r.options.Log.Info("stopped")
	return nil
}

// ended waits for the manager, which has been told to end. One whose caches are not filled yet waits for them whatever it is told
// (controller-runtime v0.25), and has written nothing.
func (r *remit) ended(managed <-chan error) error {
	limit := time.Second
	if r.synced.Load() {
		limit = stopWithin + r.options.RenewDeadline + 10*time.Second // the manager's own limits come first
	}
	select {
	case err := <-managed:
		return err
	case <-time.After(limit):
	}
	if r.synced.Load() {
		return fmt.Errorf("what was under way has not ended within %s", limit)
	}
	return nil
}
