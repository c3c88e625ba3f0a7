package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/remit-dev/remit/controller/internal/safehttp"
)

// Kind is why something was not fetched.
type Kind string

// The kinds of failure.
const (
	// Refused by Remit itself: an address, redirect or host that is not allowed.
	Refused Kind = "refused"
	// NoAccess is an answer of 401, 403 or 404: the repository may exist all the same.
	NoAccess Kind = "no access"
	// Unreachable servers did not answer, or with an error of their own.
	Unreachable Kind = "unreachable"
	// NotGit is an answer that is no git server's.
	NotGit Kind = "not git"
	// Unsupported repositories have a form that cannot be read.
	Unsupported Kind = "unsupported"
	// TooLarge repositories are over a limit.
	TooLarge Kind = "too large"
	// TooSlow servers took longer than the time limit.
	TooSlow Kind = "too slow"
	// Damaged data is wrong in itself.
	Damaged Kind = "damaged"
	// NoBranch repositories have no branch where one is looked for.
	NoBranch Kind = "no branch"
	// Local failures are of the folder that the repository is kept in.
	Local Kind = "local"
)

// Failure says why nothing was fetched, and what to do about it. What was kept before is still there.
type Failure struct {
	Kind   Kind
	Reason string
	Remedy string
	// Cause is the error behind it, for tests of what it is; nil where there is none.
	Cause error
}

func (f *Failure) Error() string { return f.Reason }

func (f *Failure) Unwrap() error { return f.Cause }

func failure(kind Kind, remedy, format string, values ...any) *Failure {
	return &Failure{Kind: kind, Reason: fmt.Sprintf(format, values...), Remedy: remedy}
}

const (
	remedyAddress = "set the url to the address that the repository is cloned from, such as https://git.acme.example/acme/shop.git"
	remedyAccess  = "check the address, and that the credential may read the repository; without one only public repositories can be read"
	remedyServer  = "look whether the server works; it is asked again at the next interval"
	remedyLimits  = "set historyDays lower, raise the limit, or check the repository out and observe it by its path"
	remedyDamaged = "it is fetched again at the next interval; if that does not help, run git fsck on the server"
)

// understood makes a Failure of any error of a conversation with a server.
func (s *server) understood(err error) *Failure {
	var known *Failure
	if errors.As(err, &known) {
		return known
	}
	known = s.explain(err)
	known.Cause = err
	known.Reason = s.redact(known.Reason)
	return known
}

func (s *server) explain(err error) *Failure {
	var address *safehttp.AddressError
	var redirect *safehttp.RedirectError
	var credential *safehttp.CredentialError
	var remote *remoteError
	var certificate *tls.CertificateVerificationError
	var lookup *net.DNSError
	var timeout net.Error
	host := s.at.Host
	switch {
	case errors.As(err, &address):
		return failure(Refused, "if it is one of your own servers, allow it (in a cluster: remit controller --allow-private HOST)", "%v", address)
	case errors.As(err, &redirect) && redirect.Host != "":
		return failure(Refused, "if the repository has moved there, set the url to its new address", "%s", s.shown(redirect.Error()))
	case errors.As(err, &credential):
		return failure(Refused, "name the host among those allowed for the credential, if it is to have it", "%v", credential)
	case errors.Is(err, safehttp.ErrTooLarge):
		return failure(TooLarge, remedyLimits, "%s sends more than %s", host, size(s.limits.Pack))
	case errors.Is(err, safehttp.ErrStalled), errors.Is(err, context.DeadlineExceeded):
		return failure(TooSlow, remedyServer+"; if it is only slow, raise the time limit or set historyDays lower", "%s has not sent everything in time (%s)", host, s.limits.Time)
	case errors.Is(err, context.Canceled):
		return failure(Unreachable, remedyServer, "the fetch was given up before it was done")
	case errors.As(err, &remote):
		return failure(Unreachable, remedyServer, "%s answers: %s", host, s.shown(remote.text))
	case errors.As(err, &certificate):
		return failure(Unreachable, "give the server a certificate that is trusted here", "the certificate of %s is not trusted", host)
	case errors.As(err, &lookup):
		return failure(Unreachable, remedyAddress, "no address is known for %s", host)
	case errors.As(err, &timeout) && timeout.Timeout():
		return failure(TooSlow, remedyServer, "%s does not answer in time", host)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return failure(Damaged, remedyServer, "the answer of %s is cut short", host)
	}
	return failure(Unreachable, remedyServer, "%s cannot be reached: %s", host, s.shown(innermost(err)))
}

// innermost takes the addresses off an error: of one of HTTP, since a redirect can put anything there, and of the network's.
func innermost(err error) string {
	var inURL *url.Error
	for errors.As(err, &inURL) {
		err = inURL.Err
	}
	var inNetwork *net.OpError // whose own port is another one each time
	if errors.As(err, &inNetwork) && inNetwork.Err != nil {
		err = inNetwork.Err
	}
	return err.Error()
}

// answered makes a Failure of an HTTP status other than 200.
//
//	401                     no credential, or one that is not valid
//	403                     may not read it
//	404, 410                not there, or hidden: absence is never concluded from it
//	429, 5xx                the server's trouble
//	a redirect              of a request that may not be redirected
//	anything else           no git server
func answered(host string, status int, credentials bool) *Failure {
	how := "without a credential"
	if credentials {
		how = "with the credential given"
	}
	switch {
	case status == 401:
		return failure(NoAccess, remedyAccess, "%s asks for a valid credential (401); it was asked %s", host, how)
	case status == 403:
		return failure(NoAccess, remedyAccess, "%s does not let the repository be read %s (403)", host, how)
	case status == 404, status == 410:
		return failure(NoAccess, remedyAccess, "%s shows no such repository %s (%d), which may mean that it may not be seen", host, how, status)
	case status == 429:
		// How long it asks to wait falls with each answer, and is not said: the reason stays the same as long as the trouble does.
		return failure(Unreachable, "set a longer interval", "%s answers that it was asked too often (429)", host)
	case status >= 500:
		return failure(Unreachable, remedyServer, "%s answers with an error of its own (%d)", host, status)
	}
	return failure(NotGit, remedyAddress, "%s answers with status %d, which no git server does", host, status)
}

// plain bounds a text of somebody else's and takes out what could be more than text.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	const longest = 200
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return text
}

// size shows a number of bytes.
func size(bytes int64) string {
	for _, unit := range []struct {
		bytes int64
		name  string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if bytes >= unit.bytes {
			return strings.TrimSuffix(strconv.FormatFloat(float64(bytes)/float64(unit.bytes), 'f', 1, 64), ".0") + " " + unit.name
		}
	}
	return strconv.FormatInt(bytes, 10) + " bytes"
}
