package safehttp

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"
)

const (
	defaultMaxBytes      = 16 << 20
	defaultHeaderTimeout = time.Minute
	defaultIdleTimeout   = time.Minute
	connectTimeout       = 15 * time.Second
	maxHeaderBytes       = 256 << 10
	maxRedirects         = 5
)

// Options say what a client may do. The zero value is a client without a credential, for public servers.
type Options struct {
	// Credential signs requests to its hosts; requests to others fail. Nil means that none is signed.
	Credential *Credential
	// Networks are addresses that may be dialled whatever they are.
	Networks []netip.Prefix
	// PrivateHosts are names, without ports, that may lead to private and loopback addresses.
	PrivateHosts []string
	// OtherHosts lets redirects lead to other hosts and ports, where the credential does not follow.
	OtherHosts bool
	// MaxBytes bounds a response's body; 0 means 16 MiB.
	MaxBytes int64
	// HeaderTimeout bounds the time to the first byte of a response, IdleTimeout the time between any two reads of its
	// body. 0 means a minute. The time for the whole is the request's context's.
	HeaderTimeout, IdleTimeout time.Duration
	// RootCAs are the certificates that servers' ones must go back to; nil means the system's.
	RootCAs *x509.CertPool
}

// New makes a client. Errors of it, behind *url.Error, are *AddressError, *CredentialError, *RedirectError, ErrInsecure,
// ErrTooLarge, ErrStalled, or the network's.
func New(options Options) *http.Client {
	dialled := addresses{networks: options.Networks}
	for _, host := range options.PrivateHosts {
		dialled.hosts = append(dialled.hosts, normalHost(host))
	}
	return &http.Client{
		CheckRedirect: redirects(options.OtherHosts),
		Transport: &guard{
			credential: options.Credential,
			maxBytes:   cmp.Or(options.MaxBytes, defaultMaxBytes),
			idle:       cmp.Or(options.IdleTimeout, defaultIdleTimeout),
			next: &http.Transport{
				DialContext:            dialled.dialer(connectTimeout),
				TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: options.RootCAs},
				TLSHandshakeTimeout:    connectTimeout,
				ResponseHeaderTimeout:  cmp.Or(options.HeaderTimeout, defaultHeaderTimeout),
				MaxResponseHeaderBytes: maxHeaderBytes,
				ForceAttemptHTTP2:      true,
				MaxIdleConnsPerHost:    4,
				IdleConnTimeout:        time.Minute,
			},
		},
	}
}

// ErrInsecure says that a request was not made, since it was not for https.
var ErrInsecure = errors.New("only https is allowed")

// RedirectError says that a redirect was not followed.
type RedirectError struct {
	// Host is where it led, Path the path there. Nothing else of the address is kept: a server can put anything into it.
	Host, Path string
	Reason     string
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("a redirect to %s was not followed: %s", e.Host, e.Reason)
}

func redirects(otherHosts bool) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		refused := func(reason string) error {
			return &RedirectError{Host: origin(next.URL), Path: next.URL.Path, Reason: reason}
		}
		switch {
		case next.URL.Scheme != "https":
			return refused("it leads from https to something else")
		case len(before) > maxRedirects:
			return refused(fmt.Sprintf("there are more than %d, one after the other", maxRedirects))
		case !otherHosts && origin(next.URL) != origin(before[0].URL):
			return refused("it leads to another host")
		case next.URL.User != nil:
			return refused("its address has a user in it")
		}
		next.Header.Del("Referer") // where a request comes from is nobody's business
		return nil
	}
}

// guard is the transport of a client: every request goes through it, those of redirects too.
type guard struct {
	credential *Credential
	maxBytes   int64
	idle       time.Duration
	next       http.RoundTripper
}

// RoundTrip sends one request.
func (g *guard) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme != "https" {
		closeBody(request)
		return nil, ErrInsecure
	}
	ctx, cancel := context.WithCancelCause(request.Context())
	signed := request.Clone(ctx)
	signed.Header.Del("Authorization") // that is the credential's alone
	signed.Header.Del("Cookie")
	if err := g.credential.sign(signed); err != nil {
		cancel(err)
		closeBody(request)
		return nil, err
	}
	response, err := g.next.RoundTrip(signed)
	if err != nil {
		cancel(err)
		return nil, err
	}
	// Whoever reads the response finds the request that was made of it, and must not find the credential there.
	response.Request = request
	response.Body = newBody(ctx, cancel, response.Body, g.maxBytes, g.idle)
	return response, nil
}

// CloseIdleConnections is for http.Client's method of that name.
func (g *guard) CloseIdleConnections() {
	if closer, can := g.next.(interface{ CloseIdleConnections() }); can {
		closer.CloseIdleConnections()
	}
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close() // as http.RoundTripper asks for; there is nothing to do about an error
	}
}
