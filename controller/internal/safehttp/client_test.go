package safehttp

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/internal/secret"
)

const canary = "canary-token-51c7"

// site is a server with what it was sent.
type site struct {
	*httptest.Server
	mutex sync.Mutex
	// seen are the requests as "PATH CREDENTIAL", where the credential is "none" or what was sent.
	seen []string
}

func newSite(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *site {
	s := &site{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		credential := r.Header.Get("Authorization")
		if credential == "" {
			credential = "none"
		}
		s.seen = append(s.seen, r.URL.Path+" "+credential)
		s.mutex.Unlock()
		answer(w, r)
	}))
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

func (s *site) host() string { return strings.TrimPrefix(s.URL, "https://") }

func roots(sites ...*site) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, s := range sites {
		pool.AddCert(s.Certificate())
	}
	return pool
}

func (s *site) taken() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	seen := s.seen
	s.seen = nil
	return seen
}

func get(t *testing.T, client *http.Client, address string) (string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }() // everything was read
	if fmt.Sprintf("%+v", response.Request.Header) != "map[]" && strings.Contains(fmt.Sprintf("%+v", response.Request.Header), canary) {
		t.Error("the response's request has the credential in it")
	}
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// TestRedirects has a site that sends on to where its path says: "/to-other", "/to-self", "/there-and-back", ...
func TestRedirects(t *testing.T) {
	var here, other *site
	other = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/back" {
			http.Redirect(w, r, here.URL+"/end", http.StatusFound)
		}
	})
	here = newSite(t, func(w http.ResponseWriter, r *http.Request) {
		targets := map[string]string{
			"/to-self": "/end", "/to-other": other.URL + "/end", "/there-and-back": other.URL + "/back", "/to-http": "http://" + here.host() + "/end",
			"/to-user": "https://user:word@" + here.host() + "/end", "/to-file": "file:///etc/passwd", "/round": "/round",
			"/to-metadata": "https://169.254.169.254/latest",
		}
		if target, has := targets[r.URL.Path]; has {
			http.Redirect(w, r, target, http.StatusFound)
		}
	})
	bearer := "Bearer " + canary
	cases := map[string]struct {
		reason, path    string
		others          bool
		wantRefused     bool
		wantHere, there []string
	}{
		"none":                {reason: "the host is allowed", path: "/end", wantHere: []string{"/end " + bearer}},
		"same host":           {reason: "it is no other", path: "/to-self", wantHere: []string{"/to-self " + bearer, "/end " + bearer}},
		"other host":          {reason: "not allowed", path: "/to-other", wantRefused: true, wantHere: []string{"/to-other " + bearer}},
		"other host, allowed": {reason: "the credential stays behind, though the other is an allowed host too", path: "/to-other", others: true, wantHere: []string{"/to-other " + bearer}, there: []string{"/end none"}},
		"there and back":      {reason: "who sends back may have made up the address", path: "/there-and-back", others: true, wantHere: []string{"/there-and-back " + bearer, "/end none"}, there: []string{"/back none"}},
		"downgrade":           {reason: "https only", path: "/to-http", others: true, wantRefused: true, wantHere: []string{"/to-http " + bearer}},
		"user":                {reason: "a server must not choose a credential", path: "/to-user", wantRefused: true, wantHere: []string{"/to-user " + bearer}},
		"file":                {reason: "https only", path: "/to-file", others: true, wantRefused: true, wantHere: []string{"/to-file " + bearer}},
		"metadata":            {reason: "addresses are checked on each redirect", path: "/to-metadata", others: true, wantHere: []string{"/to-metadata " + bearer}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := New(Options{
				OtherHosts: c.others, RootCAs: roots(here, other), PrivateHosts: []string{"127.0.0.1"},
				Credential: &Credential{Hosts: []string{here.host(), other.host()}, Authorization: Bearer(secret.New(canary))},
			})
			_, err := get(t, client, here.URL+c.path)
			var refused *RedirectError
			if errors.As(err, &refused) != c.wantRefused {
				t.Errorf("refused: %v: %s", err, c.reason)
			}
			var address *AddressError
			if errors.As(err, &address) != (name == "metadata") {
				t.Errorf("%v: %s", err, c.reason)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows the credential: %v", err)
			}
			if diff := cmp.Diff(c.wantHere, here.taken()); diff != "" {
				t.Errorf("%s\n%s", c.reason, diff)
			}
			if diff := cmp.Diff(c.there, other.taken()); diff != "" {
				t.Errorf("%s\n%s", c.reason, diff)
			}
		})
	}
	t.Run("without end", func(t *testing.T) {
		_, err := get(t, New(Options{RootCAs: roots(here), PrivateHosts: []string{"127.0.0.1"}}), here.URL+"/round")
		var refused *RedirectError
		if !errors.As(err, &refused) || len(here.taken()) != maxRedirects+1 {
			t.Errorf("%v", err)
		}
	})
}

func TestCredentialIsForItsHosts(t *testing.T) {
	here := newSite(t, func(http.ResponseWriter, *http.Request) {})
	name, port, _ := strings.Cut(here.host(), ":")
	cases := map[string]struct {
		reason string
		hosts  []string
		want   bool
	}{
		"the host and port":    {"as it is named", []string{here.host()}, true},
		"the host alone":       {"that is port 443", []string{name}, false},
		"another host":         {"it is another", []string{"git.acme.example:" + port}, false},
		"no host":              {"nothing is allowed", nil, false},
		"everything":           {"there are no patterns", []string{"*", "*:" + port}, false},
		"its start":            {"names are whole", []string{"127.0.0:" + port}, false},
		"one of several hosts": {"any of them", []string{"git.acme.example", here.host()}, true},
	}
	for label, c := range cases {
		t.Run(label, func(t *testing.T) {
			client := New(Options{RootCAs: roots(here), PrivateHosts: []string{name}, Credential: &Credential{Hosts: c.hosts, Authorization: Basic("git", secret.New(canary))}})
			_, err := get(t, client, here.URL+"/")
			var refused *CredentialError
			if (err == nil) != c.want || errors.As(err, &refused) == c.want {
				t.Errorf("%v: %s", err, c.reason)
			}
			if seen := here.taken(); (len(seen) == 1) != c.want {
				t.Errorf("the server saw %v: %s", len(seen), c.reason)
			}
		})
	}
}

func TestOnlyHTTPS(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request came") }))
	defer plain.Close()
	if _, err := get(t, New(Options{PrivateHosts: []string{"127.0.0.1"}}), plain.URL); !errors.Is(err, ErrInsecure) {
		t.Errorf("%v", err)
	}
}

func TestNoProxy(t *testing.T) {
	here := newSite(t, func(http.ResponseWriter, *http.Request) {})
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTPS_PROXY", proxy.URL)
	t.Setenv("https_proxy", proxy.URL)
	t.Setenv("ALL_PROXY", proxy.URL)
	if _, err := get(t, New(Options{RootCAs: roots(here), PrivateHosts: []string{"127.0.0.1"}}), here.URL); err != nil {
		t.Error(err)
	}
}

func TestUnknownCertificate(t *testing.T) {
	here := newSite(t, func(http.ResponseWriter, *http.Request) { t.Error("a request came") })
	if _, err := get(t, New(Options{PrivateHosts: []string{"127.0.0.1"}}), here.URL); err == nil {
		t.Error("a certificate that nobody has signed was taken")
	}
}

func TestBounds(t *testing.T) {
	here := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/stall":
			_, _ = io.WriteString(w, "some") // the client goes away
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/late":
			<-r.Context().Done()
		case "/endless":
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, strings.Repeat("a", 1024)) // the client goes away
			}
		default:
			_, _ = io.WriteString(w, strings.Repeat("a", 100)) // a failed write shows in the test
		}
	})
	cases := map[string]struct {
		reason, path string
		bytes        int64
		want         error
		wantBytes    int
	}{
		"fits":    {"exactly as many are allowed", "/", 100, nil, 100},
		"one off": {"one more than is allowed", "/", 99, ErrTooLarge, 99},
		"endless": {"it never ends", "/endless", 5000, ErrTooLarge, 5000},
		"stalls":  {"nothing comes any more", "/stall", 100, ErrStalled, 4},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := New(Options{RootCAs: roots(here), PrivateHosts: []string{"127.0.0.1"}, MaxBytes: c.bytes, IdleTimeout: 200 * time.Millisecond})
			text, err := get(t, client, here.URL+c.path)
			if !errors.Is(err, c.want) || len(text) != c.wantBytes {
				t.Errorf("%d bytes, %v; want %d, %v: %s", len(text), err, c.wantBytes, c.want, c.reason)
			}
		})
	}
	t.Run("late", func(t *testing.T) {
		client := New(Options{RootCAs: roots(here), PrivateHosts: []string{"127.0.0.1"}, HeaderTimeout: 100 * time.Millisecond})
		if _, err := get(t, client, here.URL+"/late"); err == nil {
			t.Error("it was waited for")
		}
	})
}
