package fetch

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/remit-dev/remit/controller/internal/safehttp"
	"github.com/remit-dev/remit/controller/internal/secret"
)

const (
	service        = "git-upload-pack"
	advertisedType = "application/x-git-upload-pack-advertisement"
	resultType     = "application/x-git-upload-pack-result"
	requestType    = "application/x-git-upload-pack-request"
	refsPath       = "/info/refs"
)

// server is one conversation with the server of a repository.
type server struct {
	// address is that of the repository, at where it has been found to be: a redirect may lead on from the one to the other.
	address, at *url.URL
	credentials *Credentials
	limits      Limits
	// refs and packs make requests for lists of branches and for packs, which have other limits.
	refs, packs *http.Client
	// requests counts.
	requests int
}

func newServer(address *url.URL, settings Settings) *server {
	options := settings.HTTP
	if c := settings.Credentials; c != nil {
		options.Credential = &safehttp.Credential{Hosts: c.AllowedHosts, Authorization: safehttp.Basic(c.username(), c.Token)}
	}
	options.MaxBytes = settings.Limits.Refs
	s := &server{address: address, at: address, credentials: settings.Credentials, limits: settings.Limits, refs: safehttp.New(options)}
	options.MaxBytes = settings.Limits.Pack + settings.Limits.Pack/100 + 1<<20 // what the channels add to it
	s.packs = safehttp.New(options)
	return s
}

func (s *server) close() {
	s.refs.CloseIdleConnections()
	s.packs.CloseIdleConnections()
}

// shown is a text of the server's as it may be shown: the credential is taken out before it can be cut in two.
func (s *server) shown(text string) string { return plain(s.redact(text)) }

// redact takes the credential out of a text, for a server may repeat what it was sent.
func (s *server) redact(text string) string {
	if s.credentials == nil {
		return text
	}
	token := s.credentials.Token
	encoded := strings.TrimPrefix(safehttp.Basic(s.credentials.username(), token).Reveal(), "Basic ")
	for _, shown := range []secret.Text{secret.New(encoded), token, secret.New(base64.StdEncoding.EncodeToString([]byte(token.Reveal()))), secret.New(url.QueryEscape(token.Reveal()))} {
		text = shown.Redact(text)
		text = secret.New(strings.ToLower(shown.Reveal())).Redact(text) // as hosts and types are shown
	}
	return text
}

// discover asks what the server speaks, and of one of version 0 for the branches at the same time.
func (s *server) discover(ctx context.Context, wanted string) (dialect, refs, error) {
	s.at = s.address
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at.String()+refsPath+"?service="+service, nil)
	if err != nil {
		return dialect{}, refs{}, err
	}
	ask.Header.Set("Git-Protocol", "version=2")
	answer, err := s.do(s.refs, ask, advertisedType)
	if err != nil {
		return dialect{}, refs{}, err
	}
	defer func() { _ = answer.Body.Close() }() // everything that matters was read
	moved, found := strings.CutSuffix(answer.Request.URL.EscapedPath(), refsPath)
	path, err := url.PathUnescape(moved)
	if !found || err != nil {
		return dialect{}, refs{}, failure(NotGit, remedyAddress, "%s leads to another page than a repository's", s.at.Host)
	}
	s.at = &url.URL{Scheme: "https", Host: answer.Request.URL.Host, Path: path, RawPath: moved}
	d, r, err := readAdvertisement(answer.Body, wanted)
	if err != nil {
		return d, r, s.badForm(err)
	}
	if format := d.abilities["object-format"]; format != "" && format != "sha1" && !strings.Contains(" "+format+" ", " sha1 ") {
		return d, r, failure(Unsupported, "observe a repository that names its objects with sha1", "the repository names its objects with %s; only sha1 can be read", s.shown(format))
	}
	return d, r, nil
}

// list asks a server of version 2 for the branch.
func (s *server) list(ctx context.Context, d dialect, wanted string) (refs, error) {
	answer, err := s.post(ctx, s.refs, d, askForRefs(d, wanted))
	if err != nil {
		return refs{}, err
	}
	defer func() { _ = answer.Body.Close() }() // everything that matters was read
	r, err := readListed(answer.Body, wanted)
	if err != nil || !r.tip.IsZero() {
		return r, s.badForm(err)
	}
	// Nothing by that name: is there anything at all?
	all, err := s.post(ctx, s.refs, d, askForRefs(d, "refs/heads/"))
	if err != nil {
		return refs{}, err
	}
	defer func() { _ = all.Body.Close() }() // everything that matters was read
	branches, err := readListed(all.Body, wanted)
	r.others = branches.others
	return r, s.badForm(err)
}

// post sends a request of the protocol.
func (s *server) post(ctx context.Context, client *http.Client, d dialect, text []byte) (*http.Response, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at.String()+"/"+service, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	ask.GetBody = nil // a redirect of it is not followed: where the repository is was settled before
	ask.Header.Set("Content-Type", requestType)
	if d.version == 2 {
		ask.Header.Set("Git-Protocol", "version=2")
	}
	return s.do(client, ask, resultType)
}

// errMoved says that a request was redirected that may not be.
var errMoved = errors.New("the repository has moved")

// do makes a request whose answer must be of a type.
func (s *server) do(client *http.Client, ask *http.Request, want string) (*http.Response, error) {
	s.requests++
	ask.Header.Set("User-Agent", "git/remit") // some servers know a git client by that
	ask.Header.Set("Accept", want)
	answer, err := client.Do(ask)
	if isCutShort(err) {
		return nil, failure(Unreachable, remedyServer, "%s closes the connection without an answer", s.at.Host)
	}
	if err != nil {
		return nil, err
	}
	var refused error
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case answer.Request.Method != ask.Method, answer.StatusCode >= 300 && answer.StatusCode < 400:
		refused = errMoved
	case answer.StatusCode != http.StatusOK:
		refused = answered(s.at.Host, answer.StatusCode, s.credentials != nil)
	case kind == "text/plain" && want == advertisedType:
		refused = failure(NotGit, remedyAddress, "%s offers the repository as plain files (the dumb protocol), which cannot be fetched", s.at.Host)
	case kind != want:
		what := "an answer of type " + s.shown(kind)
		if kind == "text/html" {
			what = "a web page"
		}
		refused = failure(NotGit, remedyAddress+"; a private repository may need a credential", "%s answers with %s, and not as a git server", s.at.Host, what)
	}
	if refused != nil {
		_ = answer.Body.Close() // what it says is of no use
		return nil, refused
	}
	return answer, nil
}

// badForm says in a reader's words that an answer is not in git's form.
func (s *server) badForm(err error) error {
	switch {
	case errors.Is(err, errNotGit), errors.Is(err, errPacket):
		return failure(NotGit, remedyAddress, "the answer of %s is not in git's form", s.at.Host)
	case errors.Is(err, safehttp.ErrTooLarge):
		return failure(TooLarge, "observe the repository by a checkout of it", "%s lists branches in more than %s", s.at.Host, size(s.limits.Refs))
	}
	return err
}

// fetch asks for a pack and gives what comes before it; the answer must be closed.
func (s *server) fetch(ctx context.Context, d dialect, w wish) (reply, io.Closer, error) {
	answer, err := s.post(ctx, s.packs, d, w.encode(d))
	if err != nil {
		return reply{}, nil, err
	}
	r, err := readReply(answer.Body, d, w)
	if err != nil {
		_ = answer.Body.Close() // it is given up
		var remote *remoteError
		if err = s.badForm(err); errors.As(err, &remote) || isCutShort(err) {
			err = &refusal{err}
		}
		return reply{}, nil, err
	}
	return r, answer.Body, nil
}
