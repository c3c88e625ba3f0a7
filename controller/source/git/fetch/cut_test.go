package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"
)

// halfWay answers requests for packs with part of what git answers, and then goes on with after.
func (o *origin) halfWay(part float64, after func(w http.ResponseWriter, r *http.Request)) {
	o.answer(func(w http.ResponseWriter, r *http.Request) bool {
		text, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		if err != nil || !strings.Contains(string(text), "want ") {
			return false
		}
		o.answer(nil)
		whole := httptest.NewRecorder()
		inner := r.Clone(r.Context())
		o.ServeHTTP(whole, inner)
		o.halfWay(part, after)
		for name, values := range whole.Header() {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		_, _ = w.Write(whole.Body.Bytes()[:int(part*float64(whole.Body.Len()))]) // the client may have gone
		w.(http.Flusher).Flush()
		after(w, r)
		return true
	})
}

// TestCut has servers whose answers end too early, or stop coming.
func TestCut(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		tip := o.commit(daysAgo(2), map[string]string{"file": "text"})
		folder := t.TempDir()
		fetch(t, o.fetcher(func(s *Settings) { s.Folder = folder }))
		next := o.commit(daysAgo(1), map[string]string{"file": noise(10_000), "other": "text"})
		for name, c := range map[string]struct {
			reason string
			part   float64
			after  func(w http.ResponseWriter, r *http.Request)
			limits Limits
			want   Kind
		}{
			"at the start":      {reason: "the answer ends", part: 0, after: func(http.ResponseWriter, *http.Request) {}, want: Damaged},
			"in the middle":     {reason: "the answer ends", part: 0.5, after: func(http.ResponseWriter, *http.Request) {}, want: Damaged},
			"close to the end":  {reason: "the answer ends", part: 0.999, after: func(http.ResponseWriter, *http.Request) {}, want: Damaged},
			"the line is dead":  {reason: "the connection breaks", part: 0.5, after: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, want: Damaged},
			"nothing more":      {reason: "the server stops sending", part: 0.5, after: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, want: TooSlow},
			"longer than allow": {reason: "the time is over", part: 0.5, after: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, limits: Limits{Time: 300 * time.Millisecond}, want: TooSlow},
		} {
			t.Run(name, func(t *testing.T) {
				o.halfWay(c.part, c.after)
				defer o.answer(nil)
				for _, place := range []string{folder, t.TempDir()} {
					f := o.fetcher(func(s *Settings) {
						s.Folder, s.Limits = place, c.limits
						s.HTTP.IdleTimeout = 500 * time.Millisecond
					})
					kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
					var known *Failure
					if !errors.As(err, &known) || known.Kind != c.want && known.Kind != Unreachable || known.Remedy == "" {
						t.Errorf("%v: %s", err, c.reason)
					}
					if (kept.Folder != "") != (place == folder) {
						t.Errorf("kept %+v", kept)
					}
				}
			})
		}
		kept, err := o.fetcher(func(s *Settings) { s.Folder = folder }).Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
		must(t, err)
		verify(t, kept.Folder)
		if got := log(t, kept.Folder); len(got) != 2 || got[0] != next || got[1] != tip {
			t.Errorf("got %v", got)
		}
	})
}

// TestSameAgain has a server that has news, and sends what it sent before: nothing of that is taken away with what is refused.
func TestSameAgain(t *testing.T) {
	o := newOrigin(t)
	tip := o.commit(daysAgo(2), map[string]string{"file": "text"})
	old := o.commitTo("old", daysAgo(300), map[string]string{"file": "older"})
	var first []byte
	record := func(w http.ResponseWriter, r *http.Request) bool {
		text, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		if err != nil || !strings.Contains(string(text), "want ") {
			return false
		}
		w.Header().Set("Content-Type", resultType)
		if first == nil {
			o.answer(nil)
			whole := httptest.NewRecorder()
			o.ServeHTTP(whole, r)
			first = whole.Body.Bytes()
		}
		_, _ = w.Write(first) // the client may have gone
		return true
	}
	o.answer(record)
	f := o.fetcher(nil)
	check := func(folder string, wanted plumbing.Hash) error {
		if wanted.String() != tip {
			return errors.New("it is not there")
		}
		return nil
	}
	kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30), Check: check})
	must(t, err)
	o.git("update-ref", "refs/heads/main", old)
	o.answer(record)
	again, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30), Check: check})
	var known *Failure
	if !errors.As(err, &known) || known.Kind != Damaged || again.Folder != kept.Folder {
		t.Errorf("%+v, %v", again, err)
	}
	verify(t, again.Folder)
	if got := log(t, again.Folder); len(got) != 1 || got[0] != tip {
		t.Errorf("what was kept is not there any more: %v", got)
	}
}

// TestCutAgain has news refused that the server cuts elsewhere: the log that is kept stays as long as it was.
func TestCutAgain(t *testing.T) {
	o := newOrigin(t)
	for days := 100; days > 0; days -= 10 {
		o.commit(daysAgo(days), map[string]string{"file": fmt.Sprint(days)})
	}
	f := o.fetcher(nil)
	before := log(t, fetch(t, f).Folder)
	o.commit(daysAgo(1), map[string]string{"file": "more"})
	o.answer(func(_ http.ResponseWriter, r *http.Request) bool { // it is asked for more of the log than was meant
		text, err := io.ReadAll(r.Body)
		must(t, err)
		if bytes.Contains(text, []byte("have ")) {
			text = bytes.Replace(text, []byte("0000"), nil, 1)
			text = bytes.Replace(text, []byte("0014deepen-relative\n"), nil, 1)
			text = append(bytes.Replace(text, []byte("0009done\n"), []byte("000fdeepen 100\n0009done\n"), 1), "0000"...)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		return false
	})
	refuse := func(string, plumbing.Hash) error { return errors.New("a folder is missing") }
	kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30), Check: refuse})
	if err == nil {
		t.Fatal("it was not refused")
	}
	verify(t, kept.Folder)
	if diff := cmp.Diff(before, log(t, kept.Folder)); diff != "" {
		t.Errorf("the log that was kept:\n%s", diff)
	}
}

// TestUnreadable has what was sent refused by whoever is to read it.
func TestUnreadable(t *testing.T) {
	o := newOrigin(t)
	tip := o.commit(daysAgo(2), map[string]string{"file": "text"})
	f := o.fetcher(nil)
	fetch(t, f)
	o.commit(daysAgo(1), map[string]string{"file": "more"})
	kept, err := f.Fetch(t.Context(), Request{Now: now, Since: daysAgo(30), Check: func(string, plumbing.Hash) error { return errors.New("a folder is missing") }})
	var known *Failure
	if !errors.As(err, &known) || known.Kind != Damaged || !strings.Contains(known.Reason, "a folder is missing") {
		t.Errorf("%v", err)
	}
	verify(t, kept.Folder)
	if got := log(t, kept.Folder); got[0] != tip {
		t.Errorf("got %v", got)
	}
}
