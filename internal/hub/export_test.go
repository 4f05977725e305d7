package hub

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
)

// Unnumbered makes the folder of a host that joined before certificates had
// numbers, out of that of one that joined now.
func (ca *CA) Unnumbered(id int64, now host.Folder) (host.Folder, error) {
	b, err := now.Read("link/identity")
	if err != nil {
		return nil, err
	}
	var file struct {
		Address string `json:"address"`
		Key     []byte `json:"key"`
		Chain   []byte `json:"chain"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, ed25519.NewKeyFromSeed(file.Key))
	if err != nil {
		return nil, err
	}
	if file.Chain, err = ca.host(csr, caller{host: id}); err != nil {
		return nil, err
	}
	if b, err = json.Marshal(file); err != nil {
		return nil, err
	}
	old := fake.NewMemory()
	return old, old.Write("link/identity", b)
}

// HostCertificate is what a host that joined shows.
func (ca *CA) HostCertificate(f host.Folder) (c tls.Certificate, err error) {
	var file struct {
		Key   []byte `json:"key"`
		Chain []byte `json:"chain"`
	}
	if err := host.ReadJSON(f, "link/identity", &file); err != nil {
		return c, err
	}
	leaf, _ := pem.Decode(file.Chain)
	return tls.Certificate{Certificate: [][]byte{leaf.Bytes}, PrivateKey: ed25519.NewKeyFromSeed(file.Key)}, nil
}

// Trust is how a control node is known by anybody.
func (ca *CA) Trust() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, ServerName: ServerName, RootCAs: ca.pool()}
}
