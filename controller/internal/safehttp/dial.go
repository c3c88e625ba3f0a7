package safehttp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// AddressError says that a host's address is one that may not be asked.
type AddressError struct {
	Host    string
	Address netip.Addr
	// Kind is what the address is, such as "private".
	Kind string
}

func (e *AddressError) Error() string {
	if host, err := netip.ParseAddr(e.Host); err == nil && host.Unmap().WithZone("") == e.Address {
		return fmt.Sprintf("%s is a %s address", e.Host, e.Kind) // no name led there
	}
	return fmt.Sprintf("%s leads to %s, which is a %s address", e.Host, e.Address, e.Kind)
}

// class is what a block of addresses is for.
type class struct {
	block netip.Prefix
	kind  string
	// internal blocks are those that an organisation gives to its own servers: a host may be named that is in them.
	internal bool
}

// special are the blocks that no public server is in.
//
// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), and for multicast RFC 5771 and RFC 4291.
var special = []class{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified", false},
	{netip.MustParsePrefix("10.0.0.0/8"), "private", true},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT", true},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback", true},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local", false},
	{netip.MustParsePrefix("172.16.0.0/12"), "private", true},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved", false},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation", false},
	{netip.MustParsePrefix("192.88.99.0/24"), "reserved", false},
	{netip.MustParsePrefix("192.168.0.0/16"), "private", true},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking", false},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation", false},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation", false},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast", false},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved", false},
	{netip.MustParsePrefix("::/128"), "unspecified", false},
	{netip.MustParsePrefix("::1/128"), "loopback", true},
	{netip.MustParsePrefix("fc00::/7"), "private", true},
	{netip.MustParsePrefix("fe80::/10"), "link-local", false},
	{netip.MustParsePrefix("ff00::/8"), "multicast", false},
	{netip.MustParsePrefix("2001::/23"), "reserved", false}, // Teredo (2001::/32) among them, which embeds IPv4
	{netip.MustParsePrefix("2001:db8::/32"), "documentation", false},
	{netip.MustParsePrefix("2002::/16"), "6to4", false}, // embeds IPv4
	{netip.MustParsePrefix("3fff::/20"), "documentation", false},
}

var (
	// unicast is all that is given out as public IPv6 (RFC 4291, IANA IPv6 Global Unicast Allocations).
	unicast = netip.MustParsePrefix("2000::/3")
	// translated are the addresses that NAT64 makes of IPv4 ones (RFC 6052): the last four bytes are these.
	translated = netip.MustParsePrefix("64:ff9b::/96")
)

// classify says what an address is; an empty kind means that it is public.
func classify(address netip.Addr) (kind string, internal bool) {
	address = address.Unmap().WithZone("")
	if translated.Contains(address) {
		bytes := address.As16()
		kind, _ := classify(netip.AddrFrom4([4]byte(bytes[12:])))
		if kind == "" {
			return "", false
		}
		return kind + " (behind NAT64)", false
	}
	for _, c := range special {
		if c.block.Contains(address) {
			return c.kind, c.internal
		}
	}
	if address.Is6() && !unicast.Contains(address) {
		return "reserved", false
	}
	return "", false
}

// addresses says which addresses may be dialled.
type addresses struct {
	networks []netip.Prefix
	hosts    []string
}

// check is asked with the address that a connection is about to be made to, when no name is resolved any more.
//
//	address                                              host is named   network is named   neither
//	public                                               yes             yes                yes
//	private, loopback, carrier-grade NAT                 yes             yes                no
//	link-local, multicast, reserved, translated, ...     no              yes                no
func (a addresses) check(host, address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: %w", host, err)
	}
	to := at.Addr().Unmap().WithZone("")
	kind, internal := classify(to)
	if kind == "" || internal && slices.Contains(a.hosts, host) ||
		slices.ContainsFunc(a.networks, func(network netip.Prefix) bool { return network.Contains(to) }) {
		return nil
	}
	return &AddressError{Host: host, Address: to, Kind: kind}
}

// dialer connects to addresses that may be dialled. They are checked between resolving and connecting, each one that is
// tried, so that no second look-up of the name can lead elsewhere.
func (a addresses) dialer(timeout time.Duration) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		host = normalHost(host)
		dialer := net.Dialer{Timeout: timeout, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return a.check(host, address)
		}}
		return dialer.DialContext(ctx, network, address)
	}
}

// normalHost is a host's name without regard to case and a dot at its end.
func normalHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }
