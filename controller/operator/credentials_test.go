package operator

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/remit-dev/remit/controller/api/v1alpha1"
	"github.com/remit-dev/remit/controller/ownership"
)

const (
	canary     = "canary-token-91be"
	canaryUser = "canary-user-91be"
)

// secretOption changes a Secret of a test.
type secretOption func(*corev1.Secret)

func withData(key, value string) secretOption {
	return func(s *corev1.Secret) { s.Data[key] = []byte(value) }
}

func withHosts(hosts string) secretOption {
	return func(s *corev1.Secret) { s.Annotations[v1alpha1.AnnotationAllowedHosts] = hosts }
}

// credential is a Secret that is fit for use, but for what the options change.
func (g *gitServer) credential(name string, options ...secretOption) *corev1.Secret {
	made := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: map[string]string{v1alpha1.LabelCredentials: "true"}, Annotations: map[string]string{v1alpha1.AnnotationAllowedHosts: g.host()},
		},
		Data: map[string][]byte{"token": []byte(canary)},
	}
	for _, change := range options {
		change(made)
	}
	return made
}

// sourceOf is the manifest of a source of the same name as its Secret.
func (g *gitServer) sourceOf(name, repository, key string) string {
	return fmt.Sprintf(`---
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: %s}
spec:
  git: {url: "%s/acme/%s.git"}
  credentials: {read: {name: %s, key: %s}}
`, name, g.URL, repository, name, key)
}

// Every way in which a Secret can be of no use keeps its source from being read, with a reason of its own; and neither that nor what
// a server says shows the token anywhere.
func TestCredentials(t *testing.T) {
	g := newGitServer(t, canary)
	s := newScene(t)
	without := func(s *corev1.Secret) { s.Labels = nil }
	tests := map[string]struct {
		reason     string
		secret     *corev1.Secret
		repository string
		key        string
		want       expected
	}{
		"missing": {
			reason: "there is none", want: expected{stalled: "SecretNotFound", message: []string{`"missing"`, DefaultNamespace, "spec.credentials.read.name", "create it"}},
		},
		"no-label": {
			reason: "it is not meant for Remit", secret: g.credential("no-label", without),
			want: expected{stalled: "SecretNotOptedIn", message: []string{"kubectl -n remit-system label secret no-label remit.dev/credentials=true"}},
		},
		"no-label-no-key": {
			reason: "of such a Secret no more is told", secret: g.credential("no-label-no-key", without), key: "other",
			want: expected{stalled: "SecretNotOptedIn"},
		},
		"other-label": {
			reason: "only true is true", secret: g.credential("other-label", func(s *corev1.Secret) { s.Labels[v1alpha1.LabelCredentials] = "yes" }),
			want: expected{stalled: "SecretNotOptedIn"},
		},
		"no-annotation": {
			reason: "no host may have it", secret: g.credential("no-annotation", func(s *corev1.Secret) { s.Annotations = nil }),
			want: expected{stalled: "HostNotAllowed", message: []string{"kubectl -n remit-system annotate secret no-annotation remit.dev/allowed-hosts=" + g.host()}},
		},
		"other-host": {
			reason: "another host may have it", secret: g.credential("other-host", withHosts("git.acme.example")),
			want: expected{stalled: "HostNotAllowed", message: []string{g.host(), "add the host to the annotation"}},
		},
		"other-port": {
			reason: "a port is part of the host", secret: g.credential("other-port", withHosts("127.0.0.1")),
			want: expected{stalled: "HostNotAllowed"},
		},
		"pattern": {
			reason: "patterns are no hosts", secret: g.credential("pattern", withHosts("*, "+g.host())),
			want: expected{stalled: "AllowedHostsInvalid", message: []string{"without a scheme, a path or a pattern"}},
		},
		"wrong-key": {
			reason: "a slip", secret: g.credential("wrong-key"), key: "tokne",
			want: expected{stalled: "SecretKeyNotFound", message: []string{`has no key "tokne"`, "did you mean `token`?"}},
		},
		"empty": {
			reason: "nothing to send", secret: g.credential("empty", withData("token", "")),
			want: expected{stalled: "SecretKeyInvalid", message: []string{"is empty"}},
		},
		"line-break": {
			reason: "as echo makes one", secret: g.credential("line-break", withData("token", canary+"\n")),
			want: expected{stalled: "SecretKeyInvalid", message: []string{"line break", "printf"}},
		},
		"too-long": {
			reason: "no token", secret: g.credential("too-long", withData("token", strings.Repeat(canary, 1000))),
			want: expected{stalled: "SecretKeyInvalid", message: []string{"longer than 8192 bytes"}},
		},
		"username": {
			reason: "Basic ends user names with a colon", secret: g.credential("username", withData("username", canaryUser+":x")),
			want: expected{stalled: "SecretKeyInvalid", message: []string{`the key "username"`, "colon"}},
		},
		"wrong-token": {
			reason: "the server does not take it", secret: g.credential("wrong-token", withData("token", canary+"x")),
			want: expected{stalled: "NoAccess", message: []string{"(401)", "with the credential given"}},
		},
		"echo":     {reason: "a page repeats it", secret: g.credential("echo"), repository: "echo", want: expected{stalled: "Unreachable", message: []string{"(500)"}}},
		"packet":   {reason: "git's error repeats it", secret: g.credential("packet"), repository: "packet", want: expected{stalled: "Unreachable", message: []string{"you sent Basic *** git ***"}}},
		"redirect": {reason: "an address repeats it", secret: g.credential("redirect"), repository: "redirect", want: expected{stalled: "AddressRefused", message: []string{"other.example"}}},
		"good":     {reason: "it is fit for use", secret: g.credential("good"), want: expected{ready: "Accepted"}},
		"listed": {
			reason: "one of several hosts", secret: g.credential("listed", withHosts("git.acme.example, "+g.host())), want: expected{ready: "Accepted"},
		},
		"named": {
			reason: "under another key, with a user name",
			secret: g.credential("named", withData("token", "another"), withData("password", canary), withData("username", canaryUser)), key: "password",
			want: expected{ready: "Accepted"},
		},
	}
	var manifests strings.Builder
	for name, test := range tests {
		if test.secret != nil {
			s.keep(test.secret)
		}
		repository, key := test.repository, test.key
		if repository == "" {
			repository = "vault"
		}
		if key == "" {
			key = "token"
		}
		manifests.WriteString(g.sourceOf(name, repository, key))
	}
	s.apply(manifests.String())
	var log buffer
	cache := t.TempDir()
	r := s.start(func(options *Options) {
		g.trust(options)
		options.Cache, options.AreaMetrics = cache, true
		options.Log = slog.New(slog.NewTextHandler(io.MultiWriter(&log, testWriter{t}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			on := *s
			on.t = t
			on.expect(sourceNamed(name), test.want)
		})
	}
	shows := map[string]string{
		"status": s.Kubectl(t, "get", "ownershipsources", "-o", "json"), "describe": s.Kubectl(t, "describe", "ownershipsources"),
		"log": log.String(), "metrics": fetched(t, r.address+"/metrics") + fetched(t, r.address+"/metrics/areas"), "cache": everything(t, cache),
	}
	s.eventually(func() error { // they are written behind
		shows["events"] = s.Kubectl(t, "get", "events", "-A", "-o", "json") + s.Kubectl(t, "get", "events.v1.events.k8s.io", "-A", "-o", "json")
		for _, reason := range []string{"SecretNotFound", "SecretNotOptedIn", "HostNotAllowed", "AllowedHostsInvalid", "SecretKeyNotFound", "SecretKeyInvalid", "NoAccess"} {
			if !strings.Contains(shows["events"], reason) {
				return fmt.Errorf("no event says %s", reason)
			}
		}
		return nil
	})
	if !strings.Contains(shows["cache"], "CODEOWNERS") && len(shows["cache"]) < 1000 {
		t.Error("nothing is in the cache, so that looking there proves nothing")
	}
	for where, text := range shows {
		for _, secret := range canaries() {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the secret is shown as %q", where, secret)
			}
		}
	}
}

// canaries are the forms in which the secrets could be shown.
func canaries() []string {
	all := []string{canary, canaryUser}
	for _, text := range []string{canary, canaryUser, canaryUser + ":" + canary, "git:" + canary} {
		all = append(all, strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text)), "="))
	}
	return all
}

// fetched is a page of the controller's.
func fetched(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everything is what is in a folder: names and contents.
func everything(t *testing.T, folder string) string {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		all.WriteString(path + "\n")
		if entry.Type().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all.Write(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// buffer is a log that is read while it is written.
type buffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *buffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(text)
}

func (b *buffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

// A token that is replaced is used at the next look, and what was fetched with it is fetched no further once it is gone; the
// controller runs on all the while. Its temporary folder of clones is gone at the end.
func TestCredentialsRotate(t *testing.T) {
	g := newGitServer(t, canary)
	s := newScene(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	s.keep(g.credential("rotated"))
	s.apply(g.sourceOf("rotated", "vault", "token"))
	s.apply(fmt.Sprintf(`
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: catalog}
spec:
  catalog: {url: "%s/acme/vault.git"}
  credentials: {read: {name: rotated}}
`, g.URL))
	r := s.start(g.trust)
	s.expect(sourceNamed("rotated"), expected{ready: "Accepted"})
	s.expect(sourceNamed("catalog"), expected{ready: "Accepted"})
	if clones, err := filepath.Glob(filepath.Join(temporary, "remit-clones-*", "*")); err != nil || len(clones) != 1 {
		t.Errorf("a git and a catalog source of one repository share its clone: %v %v", clones, err)
	}

	look := func(when string) {
		for _, name := range []string{"rotated", "catalog"} {
			s.Kubectl(t, "annotate", "--overwrite", "ownershipsource", name, v1alpha1.AnnotationReconcileAt+"="+when)
		}
	}
	g.token.Store("next-" + canary)
	look("1")
	for _, name := range []string{"rotated", "catalog"} {
		s.expect(sourceNamed(name), expected{stalled: "NoAccess"})
	}
	s.keep(g.credential("rotated", withData("token", "next-"+canary)))
	look("2")
	for _, name := range []string{"rotated", "catalog"} {
		s.expect(sourceNamed(name), expected{ready: "Accepted"})
	}
	s.Kubectl(t, "label", "secret", "-n", DefaultNamespace, "rotated", v1alpha1.LabelCredentials+"-")
	asked := g.asked.Load()
	look("3")
	s.expect(sourceNamed("rotated"), expected{stalled: "SecretNotOptedIn"})
	s.expect(sourceNamed("catalog"), expected{stalled: "SecretNotOptedIn"})
	if now := g.asked.Load(); now != asked {
		t.Errorf("the server was asked %d times without a credential", now-asked)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
		t.Errorf("the temporary folder is left: %v %v", left, err)
	}
}

// Without leave no private address is asked, whatever a source names.
func TestPrivateAddresses(t *testing.T) {
	g := newGitServer(t, canary)
	s := newScene(t)
	s.apply(fmt.Sprintf(`
apiVersion: remit.dev/v1alpha1
kind: OwnershipSource
metadata: {name: inside}
spec: {git: {url: "%s/acme/shop.git"}}
`, g.URL))
	s.start(func(options *Options) {
		g.trust(options)
		options.HTTP.PrivateHosts = nil
	})
	s.expect(sourceNamed("inside"), expected{stalled: "AddressRefused", message: []string{"loopback address", "--allow-private"}})
	if asked := g.asked.Load(); asked != 0 {
		t.Errorf("the server was asked %d times", asked)
	}
}

func TestAgain(t *testing.T) {
	tests := map[string]struct {
		reason   string
		interval time.Duration
		field    string
		want     time.Duration
	}{
		"well":       {"at the interval", 5 * time.Minute, "", 5 * time.Minute},
		"Secret":     {"a Secret is not watched", 5 * time.Minute, "spec.credentials.read.name", secretRetry},
		"often":      {"never less often than asked for", time.Second, "spec.credentials.read", time.Second},
		"other slip": {"its object is watched", 5 * time.Minute, "spec.git.url", 5 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var problems []ownership.Problem
			if test.field != "" {
				problems = append(problems, ownership.Problem{Field: test.field})
			}
			if got := again(test.interval, problems); got != test.want {
				t.Errorf("%s: %s", test.reason, got)
			}
		})
	}
}
