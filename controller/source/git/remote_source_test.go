package git

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec" //nolint:depguard // the tests have a git server, which is git's own
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/internal/secret"
	"github.com/remit-dev/remit/controller/source/git/fetch"
)

const remoteCanary = "canary-token-c04a"

// hosted is a repository on a git server, as acme/shop.git.
type hosted struct {
	*fixture
	server *httptest.Server
	// requests counts; down has each answered with an error; locked lets only the token in.
	requests     atomic.Int64
	down, locked atomic.Bool
}

func newHosted(t *testing.T) *hosted {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skip("there is no git here to serve a repository")
	}
	projects := t.TempDir()
	h := &hosted{fixture: newFixture(t, filepath.Join(projects, "acme", "shop.git"), true)}
	backend := cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Root: "/", Stderr: io.Discard,
		Env: []string{
			"GIT_PROJECT_ROOT=" + projects, "GIT_HTTP_EXPORT_ALL=1", "GIT_PROTOCOL=version=2",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		},
	}
	h.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.requests.Add(1)
		_, word, _ := r.BasicAuth()
		switch {
		case h.down.Load():
			http.Error(w, "down", http.StatusBadGateway)
		case h.locked.Load() && word != remoteCanary:
			http.Error(w, "who are you?", http.StatusUnauthorized)
		default:
			backend.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(h.server.Close)
	return h
}

func (h *hosted) settings(cache string) RemoteSettings {
	pool := x509.NewCertPool()
	pool.AddCert(h.server.Certificate())
	return RemoteSettings{Settings: fetch.Settings{
		URL: h.server.URL + "/acme/shop.git", Folder: cache, HTTP: safehttp.Options{RootCAs: pool, PrivateHosts: []string{"127.0.0.1"}},
	}}
}

func (h *hosted) address() string { return h.server.URL + "/acme/shop.git" }

// TestRemoteIsAsACheckout observes one repository twice: on disk, and through its server.
func TestRemoteIsAsACheckout(t *testing.T) {
	h := newHosted(t)
	for day := 200; day > 0; day -= 20 {
		h.commit(daysAgo(day), fmt.Sprintf("author%d@acme.example", day), tree{
			"CODEOWNERS": "* @acme/shop\n", "src/a.go": strings.Repeat("a\n", 200-day), fmt.Sprintf("src/new%d.go", day): "package a\n",
		})
	}
	direct, problems := h.observe(v1alpha1.GitSource{})
	if len(problems) > 0 {
		t.Fatalf("problems on disk: %v", problems)
	}
	remote := NewRemote("service", h.settings(t.TempDir()))
	o := remote.Observe(t.Context(), now)
	if o.Unknown != "" || len(o.Problems) != 0 || len(o.Repositories) != 1 || !o.AllRepositories {
		t.Fatalf("%+v", o)
	}
	got := o.Repositories[0]
	if diff := cmp.Diff(h.address(), got.Location); diff != "" || got.Root != "" || got.ID != "acme/shop" || !got.At.Equal(now) {
		t.Errorf("%s at %s, root %q\n%s", got.ID, got.At, got.Root, diff)
	}
	if !got.History.Known() || !got.History.From.Equal(direct.History.From) {
		t.Errorf("the log of a window that is fetched is known from %s: %s", got.History.From, got.History.Unknown)
	}
	if diff := cmp.Diff(show(direct.History), show(got.History)); diff != "" || len(got.History.Commits) == 0 {
		t.Errorf("history:\n%s", diff)
	}
	if diff := cmp.Diff(direct.Files.Paths, got.Files.Paths); diff != "" || string(direct.Codeowners.Text) != string(got.Codeowners.Text) || direct.Head != got.Head {
		t.Errorf("files:\n%s", diff)
	}
	first := h.requests.Swap(0)
	remote.Observe(t.Context(), now)
	if again := h.requests.Load(); again != 1 || first < 3 {
		t.Errorf("%d requests at first, %d without news", first, again)
	}
}

// TestRemoteMerges has histories of many branches, begun before the window and merged in it: what is fetched of them tells the
// same of the window as all of it.
func TestRemoteMerges(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			h := newHosted(t)
			var commits []plumbing.Hash
			for i := range 60 {
				var parents []plumbing.Hash
				if i > 0 {
					parents = append(parents, commits[i-1-random.IntN(min(i, 6))])
				}
				if other := random.IntN(i + 1); i > 0 && random.IntN(3) == 0 && commits[min(other, i-1)] != parents[0] {
					parents = append(parents, commits[min(other, i-1)])
				}
				if i == 59 { // all that is left is merged
					parents = commits[50:]
				}
				when := daysAgo(240 - 4*i)
				commits = append(commits, h.store(when, when, fmt.Sprintf("author%d@acme.example", i%7), tree{
					"CODEOWNERS": "* @acme/shop\n", fmt.Sprintf("file%d", i%11): fmt.Sprintln(i),
				}, parents...))
			}
			must(t, h.repo.Storer.SetReference(plumbing.NewHashReference("refs/heads/master", commits[59])))
			direct, _ := h.observe(v1alpha1.GitSource{})
			o := NewRemote("service", h.settings(t.TempDir())).Observe(t.Context(), now)
			if o.Unknown != "" || len(o.Problems) != 0 {
				t.Fatalf("%+v", o)
			}
			got := o.Repositories[0].History
			if diff := cmp.Diff(direct.History.Commits, got.Commits); diff != "" || len(got.Commits) == 0 {
				t.Errorf("history:\n%s", diff)
			}
			if !direct.History.Known() || !got.Known() || !got.From.Equal(direct.History.From) {
				t.Errorf("known from %s, want %s: %s", got.From, direct.History.From, got.Unknown)
			}
			if requests := h.requests.Load(); requests > 12 {
				t.Errorf("%d requests", requests)
			}
		})
	}
}

func TestRemoteWithoutHistory(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(20), "ann@acme.example", tree{"a": "1"})
	h.commit(daysAgo(10), "bob@acme.example", tree{"a": "2"})
	settings := h.settings(t.TempDir())
	zero := int32(0)
	settings.HistoryDays = &zero
	got := NewRemote("service", settings).Observe(t.Context(), now).Repositories[0]
	if got.History.Known() || len(got.History.Commits) != 0 || !got.Files.Known() || len(got.Files.Paths) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestRemoteCutHistory has a server that cannot cut by time any better: the commit at the cut counts for nobody.
func TestRemoteCutHistory(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(20), "ann@acme.example", tree{"a": "1"})
	h.commit(daysAgo(10), "bob@acme.example", tree{"a": "2"})
	settings := h.settings(t.TempDir())
	zero := int32(0)
	settings.HistoryDays = &zero
	remote := NewRemote("service", settings)
	remote.Observe(t.Context(), now)
	kept := New("service", v1alpha1.GitSource{Path: remote.source.path}, "") // as if half a year had been asked for
	kept.fetched = true
	got := kept.Observe(t.Context(), now).Repositories[0]
	if got.History.Known() || len(got.History.Commits) != 0 || !got.History.From.After(daysAgo(10)) || !strings.Contains(got.History.Unknown, "the server cuts it there") {
		t.Errorf("%+v", got.History)
	}
}

// TestRemoteFails has a server that goes away, with and without a restart of Remit.
func TestRemoteFails(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(10), "ann@acme.example", tree{"CODEOWNERS": "* @ann\n"})
	settings := h.settings(t.TempDir())
	h.down.Store(true)
	later := now.Add(time.Hour)
	o := NewRemote("service", settings).Observe(t.Context(), now)
	if o.Unknown == "" || len(o.Repositories) != 0 || len(o.Problems) != 1 || o.Problems[0].Remedy == "" || o.Problems[0].Field != "spec.git.url" {
		t.Errorf("never fetched: %+v", o)
	}
	h.down.Store(false)
	remote := NewRemote("service", settings)
	remote.Observe(t.Context(), now)
	h.down.Store(true)
	for name, source := range map[string]*Remote{"the same process": remote, "another one": NewRemote("service", settings)} {
		o = source.Observe(t.Context(), later)
		if !strings.Contains(o.Unknown, "502") || len(o.Repositories) != 1 || !o.At.Equal(later) {
			t.Fatalf("%s: %+v", name, o)
		}
		got := o.Repositories[0]
		if !got.At.Equal(now) || !got.Files.At.Equal(now) || len(got.Files.Paths) != 1 || !got.Known() {
			t.Errorf("%s: facts of before are given as %+v", name, got)
		}
	}
}

func TestRemoteSettings(t *testing.T) {
	cases := map[string]struct {
		reason, url, organization, repository, want string
	}{
		"from the url":    {reason: "the last two parts", url: "https://git.acme.example/Acme/Shop.git", want: "acme/shop"},
		"group":           {reason: "the last two parts", url: "https://git.acme.example/group/sub/shop", want: "sub/shop"},
		"organisation":    {reason: "it replaces the first", url: "https://git.acme.example/x/Shop.git", organization: "Acme", want: "acme/shop"},
		"one part":        {reason: "the organisation is given", url: "https://git.acme.example/shop.git", organization: "acme", want: "acme/shop"},
		"repository":      {reason: "it replaces all", url: "https://git.acme.example/x/y", repository: "Acme/Shop", want: "acme/shop"},
		"one part, alone": {reason: "there is no organisation", url: "https://git.acme.example/shop.git"},
		"odd name":        {reason: "no repository is called so", url: "https://git.acme.example/acme/a%20b", organization: "acme"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := RemoteName(c.url, c.organization, c.repository); got != c.want {
				t.Errorf("%q, want %q: %s", got, c.want, c.reason)
			}
			remote := NewRemote("service", RemoteSettings{Settings: fetch.Settings{URL: c.url, Folder: t.TempDir()}, Organization: c.organization, Repository: c.repository})
			if remote.Repository() != c.want || (remote.wrong == nil) != (c.want != "") {
				t.Errorf("the source is named %q, wrong %v", remote.Repository(), remote.wrong)
			}
		})
	}
	o := NewRemote("service", RemoteSettings{Settings: fetch.Settings{URL: "https://user:" + remoteCanary + "@git.acme.example/acme/shop", Folder: t.TempDir()}}).Observe(t.Context(), now)
	if o.Unknown == "" || strings.Contains(fmt.Sprintf("%+v", o), remoteCanary) {
		t.Errorf("%+v", o)
	}
}

// TestRemoteDamaged damages what is kept in every file of it, and looks that nothing but a warning comes of it.
func TestRemoteDamaged(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(20), "ann@acme.example", tree{"CODEOWNERS": "* @ann\n", "src/a.go": "package a\n"})
	h.commit(daysAgo(10), "bob@acme.example", tree{"CODEOWNERS": "* @bob\n", "src/a.go": "package b\n"})
	for name, damage := range map[string]func(path string) error{
		"removed":   os.Remove,
		"emptied":   func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"halved":    func(path string) error { info, _ := os.Stat(path); return os.Truncate(path, info.Size()/2) },
		"scrambled": scramble,
	} {
		cache := t.TempDir()
		NewRemote("service", h.settings(cache)).Observe(t.Context(), now)
		files, err := filepath.Glob(filepath.Join(cache, "*", "*"))
		must(t, err)
		for _, pattern := range []string{"*", "objects/pack/*"} {
			inner, err := filepath.Glob(filepath.Join(cache, "*", "*.git", pattern))
			must(t, err)
			files = append(files, inner...)
		}
		for _, file := range files {
			if info, err := os.Stat(file); err != nil || info.IsDir() {
				continue
			}
			t.Run(name+" "+filepath.Base(file)[:4], func(t *testing.T) {
				cache := t.TempDir()
				remote := NewRemote("service", h.settings(cache))
				want := remote.Observe(t.Context(), now).Repositories[0]
				var place string
				must(t, filepath.Walk(cache, func(path string, info os.FileInfo, err error) error {
					if filepath.Ext(path) == filepath.Ext(file) && (strings.HasPrefix(filepath.Base(file), "pack-") || filepath.Base(path) == filepath.Base(file)) && !info.IsDir() {
						place = path
					}
					return err
				}))
				if place == "" {
					t.Fatalf("there is no file like %s", file)
				}
				must(t, os.Chmod(place, 0o600))
				must(t, damage(place))
				o := NewRemote("service", h.settings(cache)).Observe(t.Context(), now)
				if o.Unknown != "" || len(o.Repositories) != 1 {
					t.Fatalf("%+v", o)
				}
				got := o.Repositories[0]
				if diff := cmp.Diff(want.Files.Paths, got.Files.Paths); diff != "" || !bytes.Equal(want.Codeowners.Text, got.Codeowners.Text) || want.Head != got.Head {
					t.Errorf("files:\n%s", diff)
				}
				if diff := cmp.Diff(show(want.History), show(got.History)); diff != "" || !got.History.Known() {
					t.Errorf("history, %s:\n%s", got.History.Unknown, diff)
				}
				for _, problem := range o.Problems {
					if !problem.Warning {
						t.Errorf("%+v", problem)
					}
				}
				o = NewRemote("service", h.settings(cache)).Observe(t.Context(), now)
				if len(o.Problems) != 0 {
					t.Errorf("it is said again: %+v", o.Problems)
				}
			})
		}
	}
}

func scramble(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i := 8; i < len(text)-1; i++ {
		text[i] ^= 0x55
	}
	return os.WriteFile(path, text, 0o600)
}

func TestRemoteCanary(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(10), "ann@acme.example", tree{"a": "1"})
	h.locked.Store(true)
	cache := t.TempDir()
	settings := h.settings(cache)
	settings.Credentials = &fetch.Credentials{Name: "service", Token: secret.New(remoteCanary), AllowedHosts: []string{strings.TrimPrefix(h.server.URL, "https://")}}
	remote := NewRemote("service", settings)
	good := remote.Observe(t.Context(), now)
	if len(good.Repositories) != 1 || good.Unknown != "" {
		t.Fatalf("%+v", good)
	}
	h.down.Store(true)
	bad := remote.Observe(t.Context(), now)
	for name, shown := range map[string]any{"source": remote, "good": good, "bad": bad, "settings": settings} {
		if strings.Contains(fmt.Sprintf("%+v %#v %v", shown, shown, shown), remoteCanary) {
			t.Errorf("the %s shows the token", name)
		}
	}
	must(t, filepath.WalkDir(cache, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(remoteCanary)) {
			t.Errorf("%s has the token", path)
		}
		return err
	}))
}

// TestRemoteReader reads the same repository as a source has fetched, without fetching it again.
func TestRemoteReader(t *testing.T) {
	h := newHosted(t)
	h.commit(daysAgo(10), "ann@acme.example", tree{"catalog-info.yaml": "kind: Component\n"})
	settings := h.settings(t.TempDir())
	NewRemote("service", settings).Observe(t.Context(), now)
	h.requests.Store(0)
	reader, text := NewRemoteReader("catalog", "spec.catalog", settings), ""
	reading := reader.Read(t.Context(), now, func(tree *Tree) error {
		if _, err := tree.Files(t.Context(), func(string) bool { return true }); err != nil {
			return err
		}
		found, err := tree.Text("catalog-info.yaml", 100)
		text = string(found)
		return err
	})
	if text != "kind: Component\n" || len(reading.Trees) != 1 || reading.Trees[0].Repository != "acme/shop" || reading.Unknown != "" || h.requests.Load() != 1 {
		t.Errorf("%q, %d requests, %+v", text, h.requests.Load(), reading)
	}
	h.down.Store(true)
	reading = reader.Read(t.Context(), now, func(*Tree) error { return nil })
	if reading.Unknown == "" || len(reading.Problems) != 1 || reading.Problems[0].Field != "spec.catalog.url" {
		t.Errorf("%+v", reading)
	}
}
