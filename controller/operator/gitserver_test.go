package operator

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec" //nolint:depguard // the tests have a git server, which is git's own
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/remit-dev/remit/controller/internal/safehttp"
)

// gitServer serves the repositories acme/shop, which anybody may read, and acme/vault, for which it wants a token. It
// repeats what it was sent, as a careless or curious server might:
//
//	/acme/echo.git       in the page of an error
//	/acme/packet.git     in git's own form of an error
//	/acme/redirect.git   in the address of a redirect
type gitServer struct {
	*httptest.Server
	projects string
	// token is what acme/vault wants; username too, where it is not empty.
	token, username atomic.Value
	asked           atomic.Int64
}

func newGitServer(t *testing.T, token string) *gitServer {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatalf("there is no git here to serve a repository, which make needs too; install it: %v", err)
	}
	g := &gitServer{projects: t.TempDir()}
	g.token.Store(token)
	g.username.Store("")
	for _, name := range []string{"shop", "vault"} {
		g.commit(t, name, map[string]string{
			"CODEOWNERS": "* @acme/" + name + "\n", "main.go": "package main\n",
			"catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: " + name + "}\nspec: {owner: " + name + "}\n",
		})
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Root: "/", Stderr: io.Discard,
		Env: []string{
			"GIT_PROJECT_ROOT=" + g.projects, "GIT_HTTP_EXPORT_ALL=1", "GIT_PROTOCOL=version=2",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
	}
	g.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.answer(w, r, backend) }))
	t.Cleanup(g.Close)
	return g
}

func (g *gitServer) answer(w http.ResponseWriter, r *http.Request, backend http.Handler) {
	g.asked.Add(1)
	username, password, _ := r.BasicAuth()
	sent := r.Header.Get("Authorization") + " " + username + " " + password
	_, name, _ := strings.Cut(r.URL.Path, "/acme/")
	name, _, _ = strings.Cut(name, ".git")
	switch {
	case name == "echo":
		http.Error(w, "you sent "+sent, http.StatusInternalServerError)
	case name == "packet":
		w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
		first, second := "# service=git-upload-pack\n", "ERR you sent "+sent
		_, _ = fmt.Fprintf(w, "%04x%s0000%04x%s", len(first)+4, first, len(second)+4, second)
	case name == "redirect":
		http.Redirect(w, r, "https://other.example/"+url.PathEscape(sent), http.StatusFound)
	case name == "vault" && (password != g.token.Load() || g.username.Load() != "" && username != g.username.Load()):
		http.Error(w, "who are you, "+sent, http.StatusUnauthorized)
	default:
		backend.ServeHTTP(w, r)
	}
}

// commit commits files to a repository, beside those that are there.
func (g *gitServer) commit(t *testing.T, name string, files map[string]string) {
	t.Helper()
	folder := filepath.Join(g.projects, "acme", name+".git")
	run := func(input string, arguments ...string) error {
		command := exec.CommandContext(t.Context(), "git", arguments...)
		command.Dir, command.Stdin = folder, strings.NewReader(input)
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := command.CombinedOutput()
		if err != nil {
			return fmt.Errorf("git %v: %w\n%s", arguments, err, out)
		}
		return nil
	}
	text := "commit refs/heads/main\ncommitter ann <ann@acme.example> now\ndata 4\nwork\n"
	if _, err := os.Stat(folder); err != nil {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := run("", "init", "-q", "--bare", "-b", "main", "."); err != nil {
			t.Fatal(err)
		}
	} else {
		text += "from refs/heads/main^0\n"
	}
	for file, content := range files {
		text += fmt.Sprintf("M 100644 inline %s\ndata %d\n%s\n", file, len(content), content)
	}
	if err := run(text, "fast-import", "--quiet", "--date-format=now"); err != nil {
		t.Fatal(err)
	}
}

// host is the server's host and port.
func (g *gitServer) host() string { return strings.TrimPrefix(g.URL, "https://") }

// trust has a controller trust the server, and ask it at its private address.
func (g *gitServer) trust(options *Options) {
	pool := x509.NewCertPool()
	pool.AddCert(g.Certificate())
	options.HTTP = safehttp.Options{RootCAs: pool, PrivateHosts: []string{"127.0.0.1"}}
}
