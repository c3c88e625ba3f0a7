package standalone

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec" //nolint:depguard // the tests have a git server, which is git's own
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/ownership"
)

// serveGit serves the repositories in a folder.
func serveGit(t *testing.T, folder string) (server *httptest.Server, requests *atomic.Int64) {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skip("there is no git here to serve a repository")
	}
	backend := cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Root: "/", Stderr: io.Discard,
		Env: []string{
			"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1", "GIT_PROTOCOL=version=2",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
	}
	requests = &atomic.Int64{}
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, requests
}

func trusting(server *httptest.Server) safehttp.Options {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return safehttp.Options{RootCAs: pool, PrivateHosts: []string{"127.0.0.1"}}
}

// TestCloneURL checks the same organisation by a path and by a clone URL: nothing in the result tells them apart.
func TestCloneURL(t *testing.T) {
	files := shop()
	files["catalog-info.yaml"] = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: shop}\nspec: {owner: payments}\n"
	checkout := newCheckout(t, "shop", files)
	server, requests := serveGit(t, filepath.Dir(checkout))
	catalogue := "---\napiVersion: remit.dev/v1alpha1\nkind: OwnershipSource\nmetadata: {name: catalog}\nspec: {catalog: {repository: acme/shop, WHERE}}\n"
	manifests := func(where string) map[string]string {
		all := organisation(checkout)
		all["sources.yaml"] = strings.Replace(all["sources.yaml"], `path: "`+checkout+`"`, where+", repository: acme/shop", 1) + strings.Replace(catalogue, "WHERE", where, 1)
		return all
	}
	byPath := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, manifests(`path: "`+checkout+`"`))}))
	url := server.URL + "/shop/.git"
	folder := newManifests(t, manifests(`url: "`+url+`"`))
	checker := newChecker(t, Settings{Manifests: folder, http: trusting(server)})
	byURL := checkNow(t, checker)
	if diff := cmp.Diff(states(byPath), states(byURL)); diff != "" || states(byURL)["shop/payments"] != ownership.Owned {
		t.Errorf("states:\n%s", diff)
	}
	for i, source := range byURL.Sources {
		if source.Unknown != "" || source.Repositories != byPath.Sources[i].Repositories {
			t.Errorf("%+v", source)
		}
	}
	if len(byURL.Problems) != len(byPath.Problems) {
		t.Errorf("problems:\n%s", cmp.Diff(byPath.Problems, byURL.Problems))
	}
	ignored, err := os.ReadFile(filepath.Join(folder, ".remit", ".gitignore"))
	if err != nil || string(ignored) != "*\n" {
		t.Errorf("the clone could be committed: %q, %v", ignored, err)
	}
	kept, err := filepath.Glob(filepath.Join(folder, ".remit", "clones", "*", "*.git", "HEAD"))
	if err != nil || len(kept) != 1 {
		t.Errorf("want one clone for both sources: %v, %v", kept, err)
	}
	requests.Store(0)
	checkNow(t, newChecker(t, Settings{Manifests: folder, http: trusting(server)}))
	if got := requests.Load(); got != 2 {
		t.Errorf("%d requests by two sources without news, in another process", got)
	}
	t.Run("private address", func(t *testing.T) {
		result := checkNow(t, newChecker(t, Settings{Manifests: newManifests(t, manifests(`url: "`+url+`"`))}))
		for _, source := range result.Sources {
			if !strings.Contains(source.Unknown, "loopback") {
				t.Errorf("%+v", source)
			}
		}
		if got := states(result)["shop/payments"]; got != ownership.Unknown {
			t.Errorf("what could not be read is %s", got)
		}
	})
	t.Run("server down", func(t *testing.T) {
		server.Close()
		result := checkNow(t, newChecker(t, Settings{Manifests: folder, http: trusting(server)}))
		for _, source := range result.Sources {
			if !strings.Contains(source.Unknown, "cannot be reached") {
				t.Errorf("%+v", source)
			}
		}
		if got := states(result)["shop/payments"]; got != ownership.Owned {
			t.Errorf("%s, though it was fetched a moment ago", got)
		}
	})
}
