package safehttp

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"testing"
)

func TestClassify(t *testing.T) {
	cases := map[string]struct {
		reason   string
		kind     string
		internal bool
	}{
		"8.8.8.8":                {reason: "a public address"},
		"140.82.121.3":           {reason: "a public address"},
		"2606:50c0:8000::153":    {reason: "a public address"},
		"64:ff9b::8c52:7903":     {reason: "NAT64 of a public address"},
		"10.1.2.3":               {"RFC 1918", "private", true},
		"172.31.255.255":         {"RFC 1918, the last one", "private", true},
		"172.32.0.0":             {reason: "just behind RFC 1918"},
		"192.168.0.1":            {"RFC 1918", "private", true},
		"100.64.0.1":             {"RFC 6598", "carrier-grade NAT", true},
		"127.8.9.10":             {"the whole block is loopback", "loopback", true},
		"::1":                    {"loopback", "loopback", true},
		"fd00:ec2::254":          {"a unique local address: metadata of a cloud", "private", true},
		"169.254.169.254":        {"metadata of most clouds", "link-local", false},
		"fe80::1%eth0":           {"with a zone", "link-local", false},
		"0.0.0.0":                {"connects to this machine on many systems", "unspecified", false},
		"::":                     {"connects to this machine on many systems", "unspecified", false},
		"224.0.0.1":              {"multicast", "multicast", false},
		"ff02::1":                {"multicast", "multicast", false},
		"255.255.255.255":        {"broadcast", "reserved", false},
		"::ffff:10.0.0.1":        {"IPv4 written as IPv6 is IPv4", "private", true},
		"::ffff:8.8.8.8":         {reason: "IPv4 written as IPv6 is IPv4"},
		"::10.0.0.1":             {"the deprecated way to write IPv4 as IPv6", "reserved", false},
		"64:ff9b::a00:1":         {"NAT64 of 10.0.0.1", "private (behind NAT64)", false},
		"64:ff9b::7f00:1":        {"NAT64 of 127.0.0.1", "loopback (behind NAT64)", false},
		"64:ff9b::a9fe:a9fe":     {"NAT64 of 169.254.169.254", "link-local (behind NAT64)", false},
		"64:ff9b:1::a00:1":       {"NAT64 with a prefix of one's own, RFC 8215", "reserved", false},
		"2002:a00:1::":           {"6to4 of 10.0.0.1", "6to4", false},
		"2001:0:a00:1::":         {"Teredo", "reserved", false},
		"2001:db8::1":            {"documentation", "documentation", false},
		"fec0::1":                {"site-local, deprecated", "reserved", false},
		"2a00:1450:4001:82a::1":  {reason: "a public address"},
		"198.18.0.1":             {"RFC 2544", "benchmarking", false},
		"192.0.0.192":            {"metadata of a cloud", "reserved", false},
		"100.100.100.200":        {"metadata of a cloud", "carrier-grade NAT", true},
		"203.0.113.9":            {"RFC 5737", "documentation", false},
		"::ffff:169.254.169.254": {"IPv4 written as IPv6 is IPv4", "link-local", false},
	}
	for text, c := range cases {
		kind, internal := classify(netip.MustParseAddr(text))
		if kind != c.kind || internal != c.internal {
			t.Errorf("%s is %q, internal %v; want %q, %v: %s", text, kind, internal, c.kind, c.internal, c.reason)
		}
	}
}

func TestMayDial(t *testing.T) {
	allowed := addresses{networks: []netip.Prefix{netip.MustParsePrefix("169.254.7.0/24")}, hosts: []string{"git.acme.example"}}
	cases := map[string]struct {
		reason, host, address string
		want                  bool
	}{
		"public":               {"nobody needs to allow that", "github.com", "140.82.121.3:443", true},
		"private":              {"nobody has allowed it", "github.com", "10.0.0.1:443", false},
		"host":                 {"the host is named", "git.acme.example", "10.0.0.1:443", true},
		"host's loopback":      {"the host is named", "git.acme.example", "[::1]:443", true},
		"host's metadata":      {"no server of an organisation is there", "git.acme.example", "169.254.169.254:443", false},
		"host's NAT64":         {"what is behind it is not the host's", "git.acme.example", "[64:ff9b::a00:1]:443", false},
		"network":              {"the network is named", "other.example", "169.254.7.9:443", true},
		"network as IPv6":      {"it is the same address", "other.example", "[::ffff:169.254.7.9]:443", true},
		"host below a host":    {"names are whole", "evil.git.acme.example", "10.0.0.1:443", false},
		"no address":           {"only addresses are dialled", "github.com", "github.com:443", false},
		"address with no port": {"only addresses are dialled", "github.com", "140.82.121.3", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := allowed.check(c.host, c.address); (err == nil) != c.want {
				t.Errorf("%s at %s: %v: %s", c.host, c.address, err, c.reason)
			}
		})
	}
}

// TestRefusesBeforeConnecting listens, and sees nobody come.
func TestRefusesBeforeConnecting(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan bool, 8)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			came <- true
			_ = connection.Close() // nobody is to be there
		}
	}()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for name, host := range map[string]string{
		"an address":               "127.0.0.1",
		"a name":                   "localhost", // resolved, and then found to be loopback: as a name of somebody else's would be
		"IPv4 in IPv6":             "[::ffff:127.0.0.1]",
		"IPv4 in IPv6, in letters": "[::ffff:7f00:1]",
		"the unspecified address":  "0.0.0.0",
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+":"+port+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := New(Options{}).Do(request)
			if err == nil {
				_ = response.Body.Close() // the test has failed
				t.Fatal("an answer came")
			}
			var refused *AddressError
			if !errors.As(err, &refused) {
				t.Errorf("not refused for its address: %v", err)
			}
		})
	}
	_ = listener.Close() // that ends the listening
	select {
	case <-came:
		t.Error("a connection was made")
	default:
	}
}

// An address that was given as such leads nowhere else, and is named once.
func TestAddressErrorText(t *testing.T) {
	for host, want := range map[string]string{
		"10.0.0.5":         "10.0.0.5 is a private address",
		"::ffff:10.0.0.5":  "::ffff:10.0.0.5 is a private address",
		"git.acme.example": "git.acme.example leads to 10.0.0.5, which is a private address",
	} {
		if got := (&AddressError{Host: host, Address: netip.MustParseAddr("10.0.0.5"), Kind: "private"}).Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
