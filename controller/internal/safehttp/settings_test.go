package safehttp

import (
	"encoding/pem"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestAllowPrivate(t *testing.T) {
	tests := map[string]struct {
		reason, given string
		networks      []netip.Prefix
		hosts         []string
		refused       bool
	}{
		"network":      {reason: "its bits beyond the prefix do not count", given: "10.20.3.4/16", networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}},
		"network 6":    {reason: "of the other family", given: "fd00::/8", networks: []netip.Prefix{netip.MustParsePrefix("fd00::/8")}},
		"address":      {reason: "this one alone", given: "10.20.0.7", networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.7/32")}},
		"address 6":    {reason: "this one alone", given: "::1", networks: []netip.Prefix{netip.MustParsePrefix("::1/128")}},
		"mapped":       {reason: "it is dialled as what it stands for", given: "::ffff:10.0.0.1", networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}},
		"mapped net":   {reason: "it is dialled as what it stands for", given: "::ffff:10.20.3.4/112", networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}},
		"host":         {reason: "without regard to case", given: "Git.Acme.Example.", hosts: []string{"git.acme.example"}},
		"service name": {reason: "as in a cluster", given: "gitea.tools.svc", hosts: []string{"gitea.tools.svc"}},
		"pattern":      {reason: "hosts are exact", given: "*.acme.example", refused: true},
		"port":         {reason: "an address is allowed whatever the port", given: "git.acme.example:8443", refused: true},
		"url":          {reason: "no host", given: "https://git.acme.example", refused: true},
		"empty":        {reason: "nothing", given: "", refused: true},
		"wrong prefix": {reason: "no network", given: "10.0.0.0/64", refused: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got Options
			if err := got.AllowPrivate(test.given); (err != nil) != test.refused {
				t.Fatalf("%s: %v", test.reason, err)
			}
			want := Options{Networks: test.networks, PrivateHosts: test.hosts}
			if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestTrustFile(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) {})
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	options := Options{PrivateHosts: []string{"127.0.0.1"}}
	get := func() error {
		answer, err := New(options).Get(s.URL)
		if err == nil {
			err = answer.Body.Close()
		}
		return err
	}
	if err := get(); err == nil {
		t.Fatal("a certificate that nobody vouches for was trusted")
	}
	if err := options.TrustFile(write("ca.pem", "# of our own\n"+certificate)); err != nil {
		t.Fatal(err)
	}
	if err := get(); err != nil {
		t.Errorf("the certificate is trusted now: %v", err)
	}
	for name, path := range map[string]string{
		"there is none": write("empty.pem", "nothing"), "no file": filepath.Join(folder, "missing"), "a folder": folder,
		"too large": write("large.pem", strings.Repeat("x", maxCertificateBytes+1)),
	} {
		if err := new(Options).TrustFile(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestParseHosts(t *testing.T) {
	tests := map[string]struct {
		reason, list string
		want         []string
		refused      bool
	}{
		"one":          {reason: "a host", list: "git.acme.example", want: []string{"git.acme.example"}},
		"several":      {reason: "with blanks and commas too many", list: " a.example, b.example:8443 ,,", want: []string{"a.example", "b.example:8443"}},
		"addresses":    {reason: "of both families", list: "10.0.0.1:8443,[::1]:8443,[fd00::1]", want: []string{"10.0.0.1:8443", "[::1]:8443", "[fd00::1]"}},
		"none":         {reason: "nothing is allowed", list: " , "},
		"wildcard":     {reason: "it would hand the token to whoever gets a name there", list: "*.acme.example", refused: true},
		"any":          {reason: "no host", list: "*", refused: true},
		"url":          {reason: "no host", list: "https://git.acme.example", refused: true},
		"path":         {reason: "no host", list: "git.acme.example/acme", refused: true},
		"user":         {reason: "no host", list: "me@git.acme.example", refused: true},
		"port 0":       {reason: "no port", list: "git.acme.example:0", refused: true},
		"no port":      {reason: "a colon and nothing", list: "git.acme.example:", refused: true},
		"by blanks":    {reason: "blanks do not separate", list: "a.example b.example", refused: true},
		"one of them":  {reason: "a list with a slip is not used in part", list: "a.example,*", refused: true},
		"bare address": {reason: "its colons look like a port", list: "::1", refused: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseHosts(test.list)
			if (err != nil) != test.refused {
				t.Fatalf("%s: %v", test.reason, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestAllows(t *testing.T) {
	c := &Credential{Hosts: []string{"Git.Acme.Example:443", "other.example:8443", "[2001:db9::1]:8443"}}
	for address, want := range map[string]bool{
		"https://git.acme.example/a": true, "https://GIT.acme.example./a": true, "https://git.acme.example:443/a": true,
		"https://git.acme.example:8443/a": false, "https://other.example:8443/a": true, "https://other.example/a": false,
		"https://[2001:db9::1]:8443/a": true, "https://[2001:db9::1:8443]/a": false, "https://[2001:db9::1]/a": false,
		"https://evil.git.acme.example/a": false, "https://acme.example/a": false,
	} {
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Allows(parsed); got != want {
			t.Errorf("%s: %t, want %t", address, got, want)
		}
	}
}
