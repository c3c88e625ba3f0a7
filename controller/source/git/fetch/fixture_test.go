package fetch

import (
	"bytes"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec" //nolint:depguard // the tests have a git server, which is git's own
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-dev/remit/controller/internal/safehttp"
)

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// origin is a git server with one repository, acme/shop.git.
type origin struct {
	t       testing.TB
	folder  string
	server  *httptest.Server
	backend http.Handler
	mutex   sync.Mutex
	// seen are the requests, as "GET /info/refs".
	seen []string
	// version0 has the server speak version 0, whatever it is asked.
	version0 bool
	// before is asked before git is; true means that it has answered.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func newOrigin(t testing.TB) *origin {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git here to serve a repository")
	}
	projects := t.TempDir()
	o := &origin{t: t, folder: filepath.Join(projects, "acme", "shop.git")}
	must(t, os.MkdirAll(o.folder, 0o750))
	o.git("init", "-q", "--bare", "-b", "main", ".")
	for _, option := range []string{"uploadpack.allowFilter", "http.uploadpack", "uploadpack.allowAnySHA1InWant"} {
		o.git("config", option, "true")
	}
	path, err := exec.Command(program, "--exec-path").Output()
	must(t, err)
	o.backend = &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Root: "/", Stderr: io.Discard,
		Env: []string{"GIT_PROJECT_ROOT=" + projects, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	o.server = httptest.NewTLSServer(o)
	t.Cleanup(o.server.Close)
	return o
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mutex.Lock()
	_, rest, _ := strings.Cut(r.URL.Path, ".git")
	o.seen = append(o.seen, r.Method+" "+rest)
	before, version0 := o.before, o.version0
	o.mutex.Unlock()
	if before != nil && before(w, r) {
		return
	}
	if version0 {
		r.Header.Del("Git-Protocol")
	}
	handler := *o.backend.(*cgi.Handler)
	if protocol := r.Header.Get("Git-Protocol"); protocol != "" {
		handler.Env = append(handler.Env[:len(handler.Env):len(handler.Env)], "GIT_PROTOCOL="+protocol)
	}
	handler.ServeHTTP(w, r)
}

// taken gives the requests since it was last asked.
func (o *origin) taken() []string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	seen := o.seen
	o.seen = nil
	return seen
}

func (o *origin) answer(before func(w http.ResponseWriter, r *http.Request) bool) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.before = before
}

func gitIn(t testing.TB, folder, input string, environment []string, arguments ...string) string {
	t.Helper()
	command := exec.Command("git", arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=ann", "GIT_AUTHOR_EMAIL=ann@acme.example", "GIT_COMMITTER_NAME=ann", "GIT_COMMITTER_EMAIL=ann@acme.example")
	command.Env = append(command.Env, environment...)
	command.Stdin = strings.NewReader(input)
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", arguments, err, problems.String())
	}
	return strings.TrimSpace(string(out))
}

func (o *origin) git(arguments ...string) string {
	o.t.Helper()
	return gitIn(o.t, o.folder, "", nil, arguments...)
}

// commit commits files to main, beside those that are there, at a time. It gives the commit.
func (o *origin) commit(when time.Time, files map[string]string) string {
	o.t.Helper()
	return o.commitTo("main", when, files)
}

func (o *origin) commitTo(branch string, when time.Time, files map[string]string) string {
	o.t.Helper()
	var text strings.Builder
	line := func(parts ...string) { text.WriteString(strings.Join(parts, "") + "\n") }
	at := when.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700")
	line("commit refs/heads/", branch)
	line("author ann <ann@acme.example> ", at)
	line("committer ann <ann@acme.example> ", at)
	line("data 4\nwork")
	if o.has(branch) {
		line("from refs/heads/", branch, "^0")
	}
	for name, content := range files {
		line("M 100644 inline ", name)
		line("data ", strconv.Itoa(len(content)))
		line(content)
	}
	gitIn(o.t, o.folder, text.String(), nil, "fast-import", "--quiet", "--force", "--date-format=rfc2822")
	return o.git("rev-parse", "refs/heads/"+branch)
}

func (o *origin) has(branch string) bool {
	command := exec.Command("git", "rev-parse", "-q", "--verify", "refs/heads/"+branch)
	command.Dir = o.folder
	return command.Run() == nil
}

func (o *origin) url() string { return o.server.URL + "/acme/shop.git" }

func (o *origin) settings(folder string) Settings {
	pool := x509.NewCertPool()
	pool.AddCert(o.server.Certificate())
	return Settings{URL: o.url(), Folder: folder, HTTP: safehttp.Options{RootCAs: pool, PrivateHosts: []string{"127.0.0.1"}}}
}

func (o *origin) fetcher(change func(*Settings)) *Fetcher {
	o.t.Helper()
	settings := o.settings(o.t.TempDir())
	if change != nil {
		change(&settings)
	}
	f, err := New(settings)
	must(o.t, err)
	return f
}

// fetch fetches with a window of 30 days, and has git itself check what is kept.
func fetch(t testing.TB, f *Fetcher) Kept {
	t.Helper()
	kept, err := f.Fetch(t.Context(), Request{Now: now, Since: now.AddDate(0, 0, -30)})
	if err != nil {
		t.Fatal(err)
	}
	verify(t, kept.Folder)
	return kept
}

func verify(t testing.TB, folder string) {
	t.Helper()
	if gitIn(t, folder, "", nil, "count-objects", "-v") == "" {
		t.Fatal("git sees nothing")
	}
	gitIn(t, folder, "", nil, "fsck", "--strict", "--no-dangling")
}

func log(t testing.TB, folder string) []string {
	return strings.Fields(gitIn(t, folder, "", nil, "log", "--format=%H", "HEAD"))
}
