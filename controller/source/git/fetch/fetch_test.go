package fetch

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func daysAgo(days int) time.Time { return now.AddDate(0, 0, -days) }

// versions runs a test against a server of either version of the protocol.
func versions(t *testing.T, test func(t *testing.T, o *origin)) {
	for name, zero := range map[string]bool{"version 2": false, "version 0": true} {
		t.Run(name, func(t *testing.T) {
			o := newOrigin(t)
			o.version0 = zero
			test(t, o)
		})
	}
}

func TestFetch(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		o.commit(daysAgo(3), map[string]string{"CODEOWNERS": "* @acme/shop", "src/a.go": strings.Repeat("package a\n", 500)})
		o.commit(daysAgo(2), map[string]string{"src/a.go": strings.Repeat("package a\n", 499) + "var x int\n"})
		o.git("repack", "-adq")
		f := o.fetcher(nil)
		kept := fetch(t, f)
		want := strings.Fields(o.git("log", "--format=%H", "main"))
		if diff := cmp.Diff(want, log(t, kept.Folder)); diff != "" || kept.Branch != "main" || !kept.At.Equal(now) {
			t.Errorf("branch %q at %v\n%s", kept.Branch, kept.At, diff)
		}
		first := []string{"GET /info/refs", "POST /git-upload-pack", "POST /git-upload-pack"}
		if o.version0 {
			first = first[:2]
		}
		if diff := cmp.Diff(first, o.taken()); diff != "" {
			t.Errorf("the first fetch:\n%s", diff)
		}
		again := fetch(t, f)
		if seen := o.taken(); len(seen) != 1 || again.Requests != 1 {
			t.Errorf("a fetch without news made the requests %v", seen)
		}
		o.commit(daysAgo(1), map[string]string{"src/b.go": "package a\n"})
		kept = fetch(t, f)
		if seen := o.taken(); len(seen) != 2 {
			t.Errorf("a fetch of news made the requests %v", seen)
		}
		if diff := cmp.Diff(strings.Fields(o.git("log", "--format=%H", "main")), log(t, kept.Folder)); diff != "" || again.Folder != kept.Folder {
			t.Errorf("%s instead of %s\n%s", kept.Folder, again.Folder, diff)
		}
		// The first two commits have two trees each and three files together; the third is a commit, two trees and a file.
		if objects := gitIn(t, kept.Folder, "", nil, "count-objects", "-v"); !strings.Contains(objects, "in-pack: 13\npacks: 2") {
			t.Errorf("more than the news was fetched:\n%s", objects)
		}
		fresh := fetch(t, o.fetcher(func(s *Settings) { s.Folder = f.settings.Folder })) // another process
		if fresh.Folder != kept.Folder || fresh.Requests != 1 {
			t.Errorf("%+v is not what was kept", fresh)
		}
	})
}

// TestWindow has a commit every ten days, and a window of 30.
func TestWindow(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		var commits []string
		for i := range 12 {
			commits = append([]string{o.commit(daysAgo(115-10*i), map[string]string{"file": fmt.Sprint(i)})}, commits...)
		}
		f := o.fetcher(nil)
		kept := fetch(t, f) // 5, 15 and 25 days ago, and the one that the last of these is compared with
		if diff := cmp.Diff(commits[:4], log(t, kept.Folder)); diff != "" {
			t.Errorf("a window of 30 days:\n%s", diff)
		}
		longer, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(60)})
		must(t, err)
		if diff := cmp.Diff(commits[:7], log(t, longer.Folder)); diff != "" {
			t.Errorf("a longer window:\n%s", diff)
		}
		o.taken()
		shorter, err := f.Fetch(t.Context(), Request{Now: now.AddDate(0, 0, 20), Since: daysAgo(10)})
		must(t, err)
		if diff := cmp.Diff(commits[:7], log(t, shorter.Folder)); diff != "" || len(o.taken()) != 1 {
			t.Errorf("a later window needs nothing:\n%s", diff)
		}
		next := o.commit(daysAgo(1), map[string]string{"file": "news"})
		kept = fetch(t, f)
		if diff := cmp.Diff(append([]string{next}, commits[:7]...), log(t, kept.Folder)); diff != "" {
			t.Errorf("news in a shallow clone:\n%s", diff)
		}
	})
}

func TestDepths(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		old := o.commit(daysAgo(300), map[string]string{"file": "old"})
		tip := o.commit(daysAgo(200), map[string]string{"file": "newer"})
		t.Run("no commit in the window", func(t *testing.T) {
			if diff := cmp.Diff([]string{tip}, log(t, fetch(t, o.fetcher(nil)).Folder)); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("no history", func(t *testing.T) {
			f := o.fetcher(nil)
			kept, err := f.Fetch(t.Context(), Request{Now: now})
			must(t, err)
			if diff := cmp.Diff([]string{tip}, log(t, kept.Folder)); diff != "" {
				t.Error(diff)
			}
			next := o.commit(daysAgo(1), map[string]string{"file": "new"})
			kept, err = f.Fetch(t.Context(), Request{Now: now})
			must(t, err)
			verify(t, kept.Folder)
			if got := log(t, kept.Folder); got[0] != next {
				t.Errorf("got %v", got)
			}
			kept, err = f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(365)})
			must(t, err)
			if diff := cmp.Diff([]string{next, tip, old}, log(t, kept.Folder)); diff != "" {
				t.Errorf("history is wanted now:\n%s", diff)
			}
		})
	})
}

// TestRewritten has a branch that is written anew, without what was fetched before.
func TestRewritten(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		o.commit(daysAgo(3), map[string]string{"file": "one"})
		f := o.fetcher(nil)
		fetch(t, f)
		o.git("update-ref", "-d", "refs/heads/main")
		o.git("reflog", "expire", "--expire=now", "--all")
		o.git("gc", "-q", "--prune=now")
		tip := o.commit(daysAgo(1), map[string]string{"other": "two"})
		if diff := cmp.Diff([]string{tip}, log(t, fetch(t, f).Folder)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBranches(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		f := o.fetcher(nil)
		if kept := fetch(t, f); !strings.HasPrefix(gitIn(t, kept.Folder, "", nil, "symbolic-ref", "HEAD"), "refs/heads/main") || kept.Folder == "" {
			t.Errorf("an empty repository: %+v", kept)
		}
		o.taken()
		if kept := fetch(t, f); len(o.taken()) > 2 || kept.Folder == "" {
			t.Error("an empty repository, once more")
		}
		dev := o.commitTo("dev", daysAgo(2), map[string]string{"file": "dev"})
		kept, err := f.Fetch(t.Context(), Request{Now: now})
		var known *Failure
		if !asFailure(err, &known) || known.Kind != NoBranch || kept.Folder == "" {
			t.Errorf("HEAD names no branch: %v", err)
		}
		named := o.fetcher(func(s *Settings) { s.Branch = "dev" })
		if kept := fetch(t, named); log(t, kept.Folder)[0] != dev || kept.Branch != "dev" {
			t.Errorf("a named branch: %+v", kept)
		}
		tip := o.commit(daysAgo(1), map[string]string{"file": "main"})
		if kept := fetch(t, f); log(t, kept.Folder)[0] != tip {
			t.Error("the branch is there now")
		}
		o.git("symbolic-ref", "HEAD", "refs/heads/dev")
		if kept := fetch(t, f); log(t, kept.Folder)[0] != dev || kept.Branch != "dev" {
			t.Errorf("HEAD was moved: %+v", kept)
		}
		o.git("update-ref", "--no-deref", "HEAD", tip)
		if kept := fetch(t, f); log(t, kept.Folder)[0] != tip || kept.Branch != "" {
			t.Errorf("HEAD is detached: %+v", kept)
		}
		if _, err := o.fetcher(func(s *Settings) { s.Branch = "gone" }).Fetch(t.Context(), Request{Now: now}); !asFailure(err, &known) || known.Kind != NoBranch {
			t.Errorf("a branch that is not there: %v", err)
		}
	})
}

// TestMuchNews has a server with news without end: what is kept is fetched anew before it takes many times what one fetch may.
func TestMuchNews(t *testing.T) {
	o := newOrigin(t)
	o.commit(daysAgo(3), map[string]string{"file": noise(900_000)})
	f := o.fetcher(func(s *Settings) { s.Limits.Pack = 1 << 20 })
	first, last := fetch(t, f).Folder, ""
	for range 5 {
		o.commit(daysAgo(2), map[string]string{"file": noise(900_000)})
		kept, err := f.Fetch(t.Context(), Request{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		last = kept.Folder
		var bytes int64
		must(t, filepath.WalkDir(last, func(_ string, entry fs.DirEntry, err error) error {
			if info, err := entry.Info(); err == nil {
				bytes += info.Size()
			}
			return err
		}))
		if bytes > 4<<20 {
			t.Errorf("%d bytes are kept of a repository of which 1 MiB may be fetched", bytes)
		}
	}
	if first == last {
		t.Error("still in the same folder")
	}
}

// TestDeeperIsOneFetch has a window that is fetched step by step: what all of these bring counts for the limits.
func TestDeeperIsOneFetch(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		o.commit(daysAgo(50), map[string]string{"file": noise(800_000)})
		o.commit(daysAgo(2), map[string]string{"file": noise(800_000)})
		f := o.fetcher(func(s *Settings) { s.Limits.Pack = 1 << 20 })
		kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
		var known *Failure
		if !asFailure(err, &known) || known.Kind != TooLarge || !strings.Contains(known.Reason, "1 MiB") || kept.Folder != "" {
			t.Errorf("%+v, %v", kept, err)
		}
	})
}

// TestTooLargeIsNotFetchedAgain has a branch that is over a limit, at each interval: the server is asked for no more than where
// the branch is, until it has moved or a day has passed.
func TestTooLargeIsNotFetchedAgain(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		o.commit(daysAgo(50), map[string]string{"file": noise(900_000)})
		o.commit(daysAgo(2), map[string]string{"file": noise(900_000)})
		f := o.fetcher(func(s *Settings) { s.Limits.Pack = 1 << 20 })
		at, said := now, ""
		for i, step := range []struct {
			reason  string
			change  func()
			fetched bool
			fails   bool
		}{
			{reason: "nothing is known of it", fetched: true, fails: true},
			{reason: "it is the same", change: func() { at = at.Add(time.Hour) }, fails: true},
			{reason: "the branch has moved", change: func() { o.commit(daysAgo(1), map[string]string{"other": "news"}) }, fetched: true, fails: true},
			{reason: "it is the same", change: func() { at = at.Add(23 * time.Hour) }, fails: true},
			{reason: "a day is over", change: func() { at = at.Add(time.Hour) }, fetched: true, fails: true},
			{reason: "the branch was begun anew", change: func() {
				o.git("update-ref", "-d", "refs/heads/main")
				o.commit(daysAgo(1), map[string]string{"small": "small"})
			}, fetched: true},
		} {
			if step.change != nil {
				step.change()
			}
			o.taken()
			_, err := f.Fetch(t.Context(), Request{Now: at, Since: daysAgo(90)})
			var known *Failure
			if asFailure(err, &known) != step.fails || step.fails && known.Kind != TooLarge {
				t.Fatalf("%s: %v", step.reason, err)
			}
			if i == 0 {
				said = known.Reason
			}
			if step.fails && known.Reason != said {
				t.Errorf("%s: it says %q, and said %q", step.reason, known.Reason, said)
			}
			packs := len(slices.DeleteFunc(o.taken(), func(request string) bool { return !strings.HasPrefix(request, "POST") }))
			if !o.version0 {
				packs-- // branches are asked for by POST too
			}
			if packs > 0 != step.fetched {
				t.Errorf("%s: %d requests for packs", step.reason, packs)
			}
		}
	})
}

// TestManyFetches fetches so often that the packs are too many.
func TestManyFetches(t *testing.T) {
	o := newOrigin(t)
	o.commit(daysAgo(2), map[string]string{"file": "0"})
	f := o.fetcher(nil)
	first, last := fetch(t, f).Folder, ""
	for i := range maxPacks + 2 {
		o.commit(daysAgo(1), map[string]string{"file": fmt.Sprint(i)})
		kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
		must(t, err)
		last = kept.Folder
	}
	verify(t, last)
	if packs := gitIn(t, last, "", nil, "count-objects", "-v"); first == last || len(log(t, last)) != maxPacks+3 {
		t.Errorf("still in the same folder:\n%s", packs)
	}
}
