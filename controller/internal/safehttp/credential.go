package safehttp

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/remit-dev/remit/controller/internal/secret"
)

// Credential is what requests are signed with.
type Credential struct {
	// Hosts are those that may get it: "git.acme.example", or with a port other than 443 "git.acme.example:8443".
	Hosts []string
	// Authorization is the value of the header of that name: see Basic and Bearer.
	Authorization secret.Text
}

// Basic is the value of Authorization for a user and a password or token (RFC 7617).
func Basic(username string, password secret.Text) secret.Text {
	return secret.New("Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password.Reveal())))
}

// Bearer is the value of Authorization for a token (RFC 6750).
func Bearer(token secret.Text) secret.Text { return secret.New("Bearer " + token.Reveal()) }

// CredentialError says that a request was not made, since its host may not have the credential.
type CredentialError struct{ Host string }

func (e *CredentialError) Error() string {
	return fmt.Sprintf("the credential is not allowed to be sent to %s", e.Host)
}

// origin is a URL's host with its port, where that is not the usual one. An IPv6 address is in brackets, as else the end of a
// longer one would look like a port.
func origin(u *url.URL) string {
	host := normalHost(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != "443" {
		return host + ":" + port
	}
	return host
}

// sign puts the credential into a request.
//
//	request                                            credential
//	the first one, to an allowed host                  sent
//	the first one, to another host                     the request fails
//	a redirect's, and every one so far was to the      sent
//	    same host and port
//	a redirect's, otherwise, also back again           not sent
func (c *Credential) sign(request *http.Request) error {
	if c == nil || c.Authorization.IsEmpty() {
		return nil
	}
	here := origin(request.URL)
	if !c.Allows(request.URL) {
		if request.Response != nil {
			return nil
		}
		return &CredentialError{Host: here}
	}
	for before := request; before.Response != nil && before.Response.Request != nil; {
		before = before.Response.Request
		if origin(before.URL) != here {
			return nil
		}
	}
	request.Header.Set("Authorization", c.Authorization.Reveal())
	return nil
}

// allowedHost brings a host as it was written into the form of origin.
func allowedHost(host string) string { return origin(&url.URL{Host: host}) }
