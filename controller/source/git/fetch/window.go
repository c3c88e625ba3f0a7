package fetch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxDeeper bounds how often the log is asked for one commit more. For half a year of cert-manager, 706 commits with many merges
// of branches begun before it, four times were needed.
const maxDeeper = 8

// transferWindow fetches a commit with the log of the window: first what lies in it, then, behind each commit at which it is
// cut, one more and one more, until all cuts lie before the window. Without these the first commits of the window would be
// unknown, and what was merged into it.
//
//	the server knows how to cut by time       asked for that
//	it refuses: no commit is in the window    asked for one commit, which is older than the window
//	it does not know                          asked for everything
//	only the commit is wanted                 asked for that, or where it cannot cut for everything
func (r *run) transferWindow(ctx context.Context, tip plumbing.Hash, folder string) (short bool, err error) {
	one, since := depth{commits: 1}, depth{since: r.request.Since.Unix()}
	w := wish{want: tip}
	switch {
	case r.request.Since.IsZero() && one.possible(r.dialect):
		w.depth = one
	case !r.request.Since.IsZero() && since.possible(r.dialect):
		w.depth = since
	}
	_, times, err := r.transfer(ctx, w, folder)
	if w.depth != since {
		return false, err
	}
	if isRefusal(err) && ctx.Err() == nil {
		w.depth = one
		_, _, err = r.transfer(ctx, w, folder)
		return true, err
	}
	if err != nil {
		return false, err
	}
	return false, r.deepen(ctx, tip, folder, times)
}

// deepen goes on until what the log is cut at lies before the window. times are those of the commits that it is cut at.
func (r *run) deepen(ctx context.Context, tip plumbing.Hash, folder string, times map[plumbing.Hash]int64) error {
	behind := depth{further: 1}
	for range maxDeeper {
		cut, err := r.store.shallow(folder)
		inWindow := func(id plumbing.Hash) bool { return times[id] >= r.request.Since.Unix() }
		if err != nil || !slices.ContainsFunc(cut, inWindow) || !behind.possible(r.dialect) {
			return err
		}
		_, more, err := r.transfer(ctx, wish{want: tip, haves: []plumbing.Hash{tip}, shallow: cut, depth: behind}, folder)
		if isRefusal(err) && ctx.Err() == nil {
			return nil // then the log is known from a little later on, which whoever reads it finds
		}
		if err != nil {
			return err
		}
		maps.Copy(times, more)
	}
	return nil
}

// refusal is an answer that ends, or says what is wrong, before there is a pack. A server has no other way to say that no
// commit is in a window.
type refusal struct{ error }

func (e *refusal) Unwrap() error { return e.error }

func isRefusal(err error) bool {
	var early *refusal
	return errors.As(err, &early)
}

// transfer asks for a pack, and puts it into a repository's folder. It gives its name there, empty if there was nothing in
// it, and the times of the commits in it at which the log is cut.
func (r *run) transfer(ctx context.Context, w wish, folder string) (string, map[plumbing.Hash]int64, error) {
	before, err := r.store.shallow(folder)
	if err != nil {
		return "", nil, failure(Damaged, remedyDamaged, "%v", err)
	}
	answer, body, err := r.server.fetch(ctx, r.dialect, w)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = body.Close() }() // everything was read, or it is given up
	name, received, err := r.store.addPack(folder, func(file readWriter) (*pack, error) {
		return receive(ctx, answer.pack, file, r.settings.Limits, r.used, answer.cut)
	})
	var local *localError
	switch {
	case errors.As(err, &local):
		return "", nil, localFailure(local.error)
	case errors.Is(err, errPack):
		return "", nil, &Failure{Kind: Damaged, Reason: fmt.Sprintf("what %s sends is damaged: %v", r.server.at.Host, err), Remedy: remedyDamaged, Cause: err}
	case err != nil:
		return "", nil, err
	}
	r.used = received.used
	return name, received.found, r.store.setShallow(folder, before, answer, received.found)
}
