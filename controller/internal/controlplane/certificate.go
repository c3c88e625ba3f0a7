package controlplane

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// lifetime is longer than any test or trial takes.
const lifetime = 30 * 24 * time.Hour

// authority signs the certificates of one control plane: those that etcd and the API server serve with, and those that
// clients show. Its own key is never written anywhere.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// pair is a certificate and its key, both as PEM.
type pair struct{ certificate, key []byte }

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := newTemplate(pkix.Name{CommonName: "remit-control-plane"})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	certificate, err := x509.ParseCertificate(signed)
	return &authority{certificate: certificate, key: key}, err
}

// pem is the authority's certificate, for those who check others by it.
func (a *authority) pem() []byte { return certificatePEM(a.certificate.Raw) }

// serving is for servers at the loopback address, which also show it to one another.
func (a *authority) serving() (pair, error) {
	template := newTemplate(pkix.Name{CommonName: "server"})
	template.IPAddresses, template.DNSNames = []net.IP{net.ParseIP(loopback)}, []string{"localhost"}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	return a.sign(template)
}

// client is for the user of that name in those groups.
func (a *authority) client(name string, groups ...string) (pair, error) {
	template := newTemplate(pkix.Name{CommonName: name, Organization: groups})
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.sign(template)
}

func (a *authority) sign(template *x509.Certificate) (pair, error) {
	name := template.Subject.CommonName
	key, encoded, err := newKey()
	if err != nil {
		return pair{}, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return pair{}, fmt.Errorf("sign a certificate for %s: %w", name, err)
	}
	return pair{certificate: certificatePEM(signed), key: encoded}, nil
}

// newKey gives a private key, and the same as PEM.
func newKey() (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), nil
}

func newTemplate(subject pkix.Name) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	now := time.Now()
	return &x509.Certificate{
		Subject: subject, SerialNumber: serial,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lifetime), // clocks are set back at times
	}
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// keys are the files that the programs read, by what they are for.
type keys struct {
	authority, serving, servingKey, serviceAccounts string
}

// writeKeys writes what servers need into the folder: the authority, a serving certificate, and the key that service accounts' tokens
// are signed with.
func (a *authority) writeKeys(folder string) (keys, error) {
	files := keys{
		authority:       filepath.Join(folder, "authority.crt"),
		serving:         filepath.Join(folder, "serving.crt"),
		servingKey:      filepath.Join(folder, "serving.key"),
		serviceAccounts: filepath.Join(folder, "service-accounts.key"),
	}
	serving, err := a.serving()
	if err != nil {
		return keys{}, err
	}
	_, tokens, err := newKey()
	if err != nil {
		return keys{}, err
	}
	for path, content := range map[string][]byte{
		files.authority: a.pem(), files.serving: serving.certificate, files.servingKey: serving.key, files.serviceAccounts: tokens,
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return keys{}, err
		}
	}
	return files, nil
}
