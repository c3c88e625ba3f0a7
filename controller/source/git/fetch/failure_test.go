package fetch

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/internal/secret"
)

const canary = "canary-token-8e21"

func asFailure(err error, known **Failure) bool { return errors.As(err, known) }

// withCredentials gives the token to the server of the tests.
func withCredentials(o *origin) func(*Settings) {
	return func(s *Settings) {
		s.Credentials = &Credentials{Name: "github", Token: secret.New(canary), AllowedHosts: []string{strings.TrimPrefix(o.server.URL, "https://")}}
	}
}

// isAuthorized says whether a request has the token.
func isAuthorized(r *http.Request) bool {
	user, word, has := r.BasicAuth()
	return has && user == "git" && word == canary
}

func isPost(r *http.Request) bool { return r.Method == http.MethodPost }

// TestAnswers has servers that answer something else, first to who has fetched nothing before, then to who has.
func TestAnswers(t *testing.T) {
	status := func(code int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "you sent "+r.Header.Get("Authorization"), code)
			return true
		}
	}
	text := func(kind, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			of := kind
			if isPost(r) {
				of = strings.Replace(kind, "advertisement", "result", 1)
			}
			w.Header().Set("Content-Type", of)
			_, _ = io.WriteString(w, text) // the client may have gone
			return true
		}
	}
	cases := map[string]struct {
		reason string
		answer func(w http.ResponseWriter, r *http.Request) bool
		limits Limits
		want   Kind
		says   string
	}{
		"401":              {reason: "the token is not valid", answer: status(401), want: NoAccess, says: "asks for a valid credential (401)"},
		"403":              {reason: "the token may not", answer: status(403), want: NoAccess, says: "(403)"},
		"404":              {reason: "hidden or not there: that is not told apart", answer: status(404), want: NoAccess, says: "which may mean that it may not be seen"},
		"410":              {reason: "as 404", answer: status(410), want: NoAccess, says: "(410)"},
		"429":              {reason: "too often", answer: status(429), want: Unreachable, says: "too often (429)"},
		"500":              {reason: "the server's trouble", answer: status(500), want: Unreachable, says: "(500)"},
		"418":              {reason: "no git server", answer: status(418), want: NotGit, says: "418"},
		"a page":           {reason: "a login page, say", answer: text("text/html; charset=utf-8", "<html>"), want: NotGit, says: "a web page"},
		"dumb":             {reason: "a folder of files", answer: text("text/plain", "0123 refs/heads/main"), want: NotGit, says: ""},
		"other type":       {reason: "nothing of git's", answer: text("application/json", "{}"), want: NotGit, says: "application/json"},
		"no form":          {reason: "the type is right, and nothing else", answer: text(advertisedType, "hello"), want: NotGit, says: "not in git's form"},
		"empty":            {reason: "nothing at all", answer: text(advertisedType, ""), want: NotGit},
		"cut short":        {reason: "a packet that does not end", answer: text(advertisedType, "001e# service=git-upload-pack\n00000fff"), want: NotGit},
		"an error":         {reason: "the server says what is wrong, with an escape sequence", answer: text(advertisedType, "001aERR \x1b[31mno such repo\n"), want: Unreachable, says: "no such repo"},
		"sha256":           {reason: "another kind of repository", answer: text(advertisedType, "001e# service=git-upload-pack\n0000000eversion 2\n0019object-format=sha256\n0000"), want: Unsupported, says: "sha256"},
		"many branches":    {reason: "more than the limit", answer: text(advertisedType, "001e# service=git-upload-pack\n0000000eversion 2\n"+strings.Repeat("0008aaaa", 10_000)), limits: Limits{Refs: 5000}, want: TooLarge, says: "4.9 KiB"},
		"other host":       {reason: "moved away", answer: redirectTo("https://git.other.example/acme/shop.git/info/refs?service=git-upload-pack&token=" + canary), want: Refused, says: "git.other.example was not followed: it leads to another host"},
		"metadata":         {reason: "a redirect to where secrets are", answer: redirectTo("https://169.254.169.254/info/refs"), want: Refused, says: "169.254.169.254"},
		"http":             {reason: "https only", answer: redirectTo("http://127.0.0.1/acme/shop.git/info/refs"), want: Refused, says: "not followed"},
		"in circles":       {reason: "a redirect to itself", answer: redirectTo("/acme/shop.git/info/refs"), want: Refused, says: "more than 5"},
		"to another page":  {reason: "a redirect to a login page", answer: redirectLogin, want: NotGit, says: "a web page"},
		"silence":          {reason: "no answer", answer: silence, limits: Limits{Time: 300 * time.Millisecond}, want: TooSlow, says: "300ms"},
		"the line is dead": {reason: "the connection breaks", answer: hangUp, want: Unreachable, says: ""},
	}
	for name, c := range cases {
		for when, before := range map[string]bool{"first": false, "later": true} {
			t.Run(name+", "+when, func(t *testing.T) {
				o := newOrigin(t)
				tip := o.commit(daysAgo(1), map[string]string{"file": "text"})
				folder := t.TempDir()
				if before {
					fetch(t, o.fetcher(func(s *Settings) { s.Folder = folder; withCredentials(o)(s) }))
					if name == "in circles" || name == "http" || name == "many branches" || name == "other host" || name == "metadata" {
						o.mutex.Lock() // these are answers to GET alone: as after a move
						answer := c.answer
						c.answer = func(w http.ResponseWriter, r *http.Request) bool {
							if isPost(r) {
								return status(404)(w, r)
							}
							return answer(w, r)
						}
						o.mutex.Unlock()
					}
				}
				o.answer(c.answer)
				f := o.fetcher(func(s *Settings) { s.Folder, s.Limits = folder, c.limits; withCredentials(o)(s) })
				kept, err := f.Fetch(t.Context(), Request{Now: now.AddDate(0, 0, 1), Since: daysAgo(30)})
				var known *Failure
				if !errors.As(err, &known) {
					t.Fatalf("no failure: %v, %+v", err, kept)
				}
				later := when == "later" && (name == "cut short" || name == "empty" || name == "dumb" || name == "sha256" || name == "many branches")
				if !later && (known.Kind != c.want || !strings.Contains(known.Reason, c.says)) || known.Remedy == "" {
					t.Errorf("%q: %s (%s); want %q: %s", known.Kind, known.Reason, known.Remedy, c.want, c.reason)
				}
				if (kept.Folder != "") != before || before && (!kept.At.Equal(now) || log(t, kept.Folder)[0] != tip) {
					t.Errorf("kept %+v", kept)
				}
				shows(t, folder, fmt.Sprintf("%v %+v %#v %s", err, known, known, known.Remedy), known.Reason)
			})
		}
	}
}

func redirectTo(target string) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, target, http.StatusMovedPermanently)
		return true
	}
}

func redirectLogin(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/login" {
		http.Redirect(w, r, "/login", http.StatusFound)
		return true
	}
	w.Header().Set("Content-Type", "text/html")
	return true
}

func silence(_ http.ResponseWriter, r *http.Request) bool {
	_, _ = io.Copy(io.Discard, r.Body) // only then does a server see that the client has gone
	<-r.Context().Done()
	return true
}

func hangUp(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

// shows fails if the token is in a text or in a file, in any form in which it is sent.
func shows(t *testing.T, folder string, texts ...string) {
	t.Helper()
	forms := []string{canary, base64.StdEncoding.EncodeToString([]byte("git:" + canary)), base64.StdEncoding.EncodeToString([]byte(canary))}
	look := func(where, text string) {
		for _, form := range forms {
			if strings.Contains(text, form) || strings.Contains(where, form) {
				t.Errorf("%s shows the token", where)
			}
		}
		if strings.ContainsAny(text, "\x1b") && where == "a text" {
			t.Errorf("%q has a control character", text)
		}
	}
	for _, text := range texts {
		look("a text", text)
	}
	must(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		look(path, string(text))
		return err
	}))
}

// TestEcho has a server that repeats the credential in every way in which git shows a server's words.
func TestEcho(t *testing.T) {
	for name, word := range map[string]string{
		"the token": canary, "the header": "Basic " + base64.StdEncoding.EncodeToString([]byte("git:"+canary)), "the token, encoded": base64.StdEncoding.EncodeToString([]byte(canary)),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrigin(t)
			o.commit(daysAgo(1), map[string]string{"file": "text"})
			f := o.fetcher(withCredentials(o))
			o.answer(func(w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("Content-Type", advertisedType)
				line := "ERR bad credential " + word
				_, _ = fmt.Fprintf(w, "%04x%s", len(line)+4, line) // the client may have gone
				return true
			})
			_, err := f.Fetch(t.Context(), Request{Now: now})
			if err == nil || !strings.Contains(err.Error(), "bad credential") || !strings.Contains(err.Error(), secret.Hidden) {
				t.Errorf("%v", err)
			}
			shows(t, f.settings.Folder, fmt.Sprint(err))
		})
	}
}

// TestEchoElsewhere has a server that repeats the credential where it is no text: in types, in the name of a format, in the name of
// a host, and where what is shown of a long text is cut.
func TestEchoElsewhere(t *testing.T) {
	write := func(kind, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, text) // the client may have gone
			return true
		}
	}
	mixed := strings.ToUpper(canary[:3]) + canary[3:]
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"a type":           write("text/"+mixed, ""),
		"a format":         write(advertisedType, lines("version 2", "object-format="+mixed, "0000")),
		"a host":           redirectTo("https://" + mixed + ".acme.example/"),
		"a host, unseemly": redirectTo("https://git\u009b31m" + strings.Repeat("a", 5000) + ".acme.example/"),
		"cut":              write(advertisedType, lines("ERR "+strings.Repeat("a", 190)+mixed)),
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrigin(t)
			o.commit(daysAgo(1), map[string]string{"file": "text"})
			f := o.fetcher(func(s *Settings) { withCredentials(o)(s); s.Credentials.Token = secret.New(mixed) })
			o.answer(answer)
			_, err := f.Fetch(t.Context(), Request{Now: now})
			if err == nil {
				t.Fatal("no failure")
			}
			if text := strings.ToLower(err.Error()); strings.Contains(text, canary[:10]) || strings.ContainsRune(text, '\u009b') || len(text) > 500 {
				t.Errorf("%q", text)
			}
		})
	}
}

// TestEchoInState has a server that names a branch, an ability and a new place after the credential: what is kept is read back,
// and shows nothing.
func TestEchoInState(t *testing.T) {
	o := newOrigin(t)
	tip := o.commitTo(canary, daysAgo(1), map[string]string{"file": "text"})
	o.git("symbolic-ref", "HEAD", "refs/heads/"+canary)
	o.answer(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case isPost(r):
			r.URL.Path = "/acme/shop.git/git-upload-pack"
			return false
		case strings.HasPrefix(r.URL.Path, "/acme/shop.git"):
			http.Redirect(w, r, "/"+canary+"/shop.git/info/refs?service=git-upload-pack", http.StatusFound)
			return true
		}
		w.Header().Set("Content-Type", advertisedType)
		_, _ = io.WriteString(w, lines("version 2", "ls-refs=unborn "+canary, "fetch=shallow "+canary+strings.Repeat("a", 60_000), "0000")) // the client may have gone
		return true
	})
	folder := t.TempDir()
	for range 2 {
		kept := fetch(t, o.fetcher(func(s *Settings) { s.Folder = folder; withCredentials(o)(s) }))
		if got := log(t, kept.Folder); got[0] != tip || kept.Damaged != "" {
			t.Errorf("%+v at %v", kept, got)
		}
		shows(t, folder, fmt.Sprintf("%+v", kept))
	}
}

func TestCredentials(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		tip := o.commit(daysAgo(1), map[string]string{"file": "text"})
		o.answer(func(w http.ResponseWriter, r *http.Request) bool {
			if !isAuthorized(r) {
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			return false
		})
		folder := t.TempDir()
		f := o.fetcher(func(s *Settings) { s.Folder = folder; withCredentials(o)(s) })
		if got := log(t, fetch(t, f).Folder); got[0] != tip {
			t.Errorf("got %v", got)
		}
		shows(t, folder)
		var known *Failure
		kept, err := o.fetcher(func(s *Settings) { s.Folder = folder }).Fetch(t.Context(), Request{Now: now})
		if !errors.As(err, &known) || known.Kind != NoAccess || kept.Folder != "" {
			t.Errorf("who has no credential sees what was fetched with one: %+v, %v", kept, err)
		}
		o.taken()
		_, err = o.fetcher(func(s *Settings) {
			withCredentials(o)(s)
			s.Credentials.AllowedHosts = []string{"git.acme.example"}
		}).Fetch(t.Context(), Request{Now: now})
		var credential *safehttp.CredentialError
		if !errors.As(err, &known) || known.Kind != Refused || !errors.As(err, &credential) || len(o.taken()) != 0 {
			t.Errorf("a host that may not have the credential: %v", err)
		}
	})
}

// TestMoved has a repository that was renamed on its server.
func TestMoved(t *testing.T) {
	versions(t, func(t *testing.T, o *origin) {
		o.commit(daysAgo(1), map[string]string{"file": "text"})
		f := o.fetcher(func(s *Settings) { s.URL = o.server.URL + "/acme/store.git" })
		o.answer(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/acme/store.git/") {
				http.Redirect(w, r, strings.Replace(r.URL.RequestURI(), "store", "shop", 1), http.StatusMovedPermanently)
				return true
			}
			return false
		})
		fetch(t, f)
		o.taken()
		fetch(t, f)
		if seen := o.taken(); len(seen) > 2 || !o.version0 && len(seen) != 1 {
			t.Errorf("the new place is not remembered: %v", seen)
		}
		t.Run("after it was fetched", func(t *testing.T) {
			f := o.fetcher(nil)
			fetch(t, f)
			must(t, os.Rename(o.folder, filepath.Join(filepath.Dir(o.folder), "store.git")))
			o.folder = filepath.Join(filepath.Dir(o.folder), "store.git")
			o.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasPrefix(r.URL.Path, "/acme/shop.git/") {
					http.Redirect(w, r, strings.Replace(r.URL.RequestURI(), "shop", "store", 1), http.StatusMovedPermanently)
					return true
				}
				return false
			})
			tip := o.commit(daysAgo(1), map[string]string{"file": "more"})
			if got := log(t, fetch(t, f).Folder); got[0] != tip {
				t.Errorf("got %v", got)
			}
		})
	})
}

// TestEscapedPath has a repository whose path has an escaped slash in it, which is no slash, also after a redirect.
func TestEscapedPath(t *testing.T) {
	o := newOrigin(t)
	tip := o.commit(daysAgo(1), map[string]string{"file": "text"})
	o.answer(func(w http.ResponseWriter, r *http.Request) bool {
		path := r.URL.EscapedPath()
		switch {
		case strings.HasPrefix(path, "/old%2Fshop.git"):
			http.Redirect(w, r, strings.Replace(r.URL.RequestURI(), "old", "acme", 1), http.StatusMovedPermanently)
			return true
		case !strings.HasPrefix(path, "/acme%2Fshop.git"):
			http.NotFound(w, r)
			return true
		}
		return false
	})
	for _, path := range []string{"/acme%2Fshop.git", "/old%2Fshop.git"} {
		f := o.fetcher(func(s *Settings) { s.URL = o.server.URL + path })
		for range 2 {
			if got := log(t, fetch(t, f).Folder); got[0] != tip {
				t.Errorf("%s: got %v", path, got)
			}
		}
		if o.taken(); fetch(t, f).Requests != 1 {
			t.Errorf("%s: where it is was not kept: %v", path, o.taken())
		}
	}
}

func TestAddresses(t *testing.T) {
	cases := map[string]struct {
		reason, url string
		want        bool
	}{
		"https":        {"as it must be", "https://git.acme.example/acme/shop.git", true},
		"no ending":    {"services take both", "https://git.acme.example/acme/shop", true},
		"http":         {"https only", "http://git.acme.example/acme/shop.git", false},
		"ssh":          {"https only", "ssh://git@git.acme.example/acme/shop.git", false},
		"scp":          {"https only", "git@git.acme.example:acme/shop.git", false},
		"file":         {"https only", "file:///srv/shop.git", false},
		"path":         {"https only", "/srv/shop.git", false},
		"helper":       {"no programs", "ext::sh -c id", false},
		"user":         {"tokens do not belong there", "https://user:" + canary + "@git.acme.example/acme/shop.git", false},
		"user alone":   {"tokens do not belong there", "https://" + canary + "@git.acme.example/acme/shop.git", false},
		"query":        {"it may hold a token", "https://git.acme.example/acme/shop.git?token=" + canary, false},
		"fragment":     {"no repository has one", "https://git.acme.example/acme/shop.git#" + canary, false},
		"no path":      {"that is no repository", "https://git.acme.example/", false},
		"no host":      {"that is no address", "https:///acme/shop.git", false},
		"control":      {"that is no address", "https://git.acme.example/acme/\nshop.git" + canary, false},
		"empty":        {"that is no address", "", false},
		"option":       {"nothing is handed to a program", "--upload-pack=id", false},
		"bad escape":   {"that is no address", "https://git.acme.example/%zz" + canary, false},
		"capital host": {"hosts have no case", "https://GIT.acme.example/acme/shop.git", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := New(Settings{URL: c.url, Folder: t.TempDir()})
			if (err == nil) != c.want {
				t.Fatalf("%v: %s", err, c.reason)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows what may be secret: %v", err)
			}
			if err == nil && !strings.HasPrefix(f.URL(), "https://git.acme.example/acme/shop") {
				t.Errorf("it is %s", f.URL())
			}
		})
	}
	if _, err := New(Settings{URL: "https://git.acme.example/acme/shop", Branch: "a..b"}); err == nil {
		t.Error("a name that no branch can have was taken")
	}
}

func TestPrivateAddress(t *testing.T) {
	o := newOrigin(t)
	o.commit(daysAgo(1), map[string]string{"file": "text"})
	_, err := o.fetcher(func(s *Settings) { s.HTTP.PrivateHosts = nil }).Fetch(t.Context(), Request{Now: now})
	var known *Failure
	if !errors.As(err, &known) || known.Kind != Refused || !strings.Contains(known.Reason, "loopback") || len(o.taken()) != 0 {
		t.Errorf("%v", err)
	}
	_, err = o.fetcher(func(s *Settings) { s.HTTP.RootCAs = nil }).Fetch(t.Context(), Request{Now: now})
	if !errors.As(err, &known) || !strings.Contains(known.Reason, "certificate") || len(o.taken()) != 0 {
		t.Errorf("%v", err)
	}
}

// What a server that was asked too often says of how long to wait is another number each time, and the trouble is the same.
func TestAskedTooOften(t *testing.T) {
	o := newOrigin(t)
	reasons := map[string]bool{}
	for _, wait := range []string{"", "90", "30"} {
		o.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", wait)
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		})
		_, err := o.fetcher(withCredentials(o)).Fetch(t.Context(), Request{Now: now, Since: daysAgo(30)})
		var known *Failure
		if !errors.As(err, &known) || known.Kind != Unreachable {
			t.Fatalf("no failure: %v", err)
		}
		reasons[known.Reason] = true
	}
	if len(reasons) != 1 {
		t.Errorf("it is told in several ways: %v", reasons)
	}
}
