package safehttp

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxCertificateBytes bounds a file of certificates: those of all public authorities take some 250 kB.
const maxCertificateBytes = 4 << 20

// hostName is a host's name as DNS has it, in lower case.
var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// AllowPrivate allows what an administrator names:
//
//	10.20.0.0/16, fd00::/8     every address of the network, whatever it is
//	10.20.0.7, ::1             this one address
//	git.acme.example           private, loopback and carrier-grade NAT addresses that this name leads to
//	anything else              an error: a pattern, a port, a URL
//
// An address behind a name is looked at anew at each connection, so that a name allows no more than it leads to.
func (o *Options) AllowPrivate(text string) error {
	if network, err := netip.ParsePrefix(text); err == nil {
		if network.Addr().Is4In6() && network.Bits() >= 96 { // it is dialled as what it stands for
			network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-96)
		}
		o.Networks = append(o.Networks, network.Masked())
		return nil
	}
	if address, err := netip.ParseAddr(text); err == nil {
		address = address.Unmap().WithZone("")
		o.Networks = append(o.Networks, netip.PrefixFrom(address, address.BitLen()))
		return nil
	}
	host := normalHost(text)
	if !hostName.MatchString(host) {
		return fmt.Errorf("%q is no network such as 10.20.0.0/16, no address and no name of a host", text)
	}
	o.PrivateHosts = append(o.PrivateHosts, host)
	return nil
}

// TrustFile trusts the certificates in a file (PEM) beside those that the system trusts.
func (o *Options) TrustFile(path string) error {
	file, err := os.Open(path) //nolint:gosec // it is the administrator who names it
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, maxCertificateBytes+1))
	if err != nil {
		return err
	}
	if len(text) > maxCertificateBytes {
		return fmt.Errorf("%s is larger than %d MiB", path, maxCertificateBytes>>20)
	}
	if o.RootCAs == nil {
		if o.RootCAs, err = x509.SystemCertPool(); err != nil {
			o.RootCAs = x509.NewCertPool() // there are none in an image on an empty base
		}
	}
	if !o.RootCAs.AppendCertsFromPEM(text) {
		return fmt.Errorf("%s has no certificate in PEM form", path)
	}
	return nil
}

// errHost says that a text is no host.
var errHost = errors.New("want HOST or HOST:PORT, without a scheme, a path or a pattern")

// ParseHosts reads a list of hosts that is separated by commas: "git.acme.example, git.acme.example:8443". Hosts are exact:
// a pattern such as *.example would hand a credential to whoever can get a name there. The error says that one of
// them is no host, and does not repeat it.
func ParseHosts(list string) ([]string, error) {
	var hosts []string
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if !isHost(part) {
			return nil, errHost
		}
		hosts = append(hosts, part)
	}
	return hosts, nil
}

// isHost says whether a text is a host, with or without a port.
func isHost(text string) bool {
	host := text
	if at := strings.LastIndexByte(text, ':'); at >= 0 && !strings.HasSuffix(text, "]") {
		if port, err := strconv.ParseUint(text[at+1:], 10, 16); err != nil || port == 0 {
			return false
		}
		host = text[:at]
	}
	if inner, bracket := strings.CutPrefix(host, "["); bracket {
		inner, closed := strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		return closed && err == nil && address.Is6() && address.Zone() == ""
	}
	return hostName.MatchString(normalHost(host))
}

// Allows says whether a request to a URL's host may get the credential.
func (c *Credential) Allows(to *url.URL) bool {
	here := origin(to)
	return slices.ContainsFunc(c.Hosts, func(host string) bool { return allowedHost(host) == here })
}
