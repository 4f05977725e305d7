// Command authority is a real ACME server, Let's Encrypt's for tests, on a port of
// loopback. Tests start it. It looks at one port of loopback for whoever asks for a
// certificate; all names lead there but those that begin with nowhere.
//
// It is a module of its own, so that its licence (MPL-2.0) is none of the product's.
package main

import (
	"bufio"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

func main() {
	port := flag.Int("port", 0, "where on loopback it looks")
	seconds := flag.Uint64("seconds", 3600, "how long a certificate is valid")
	flag.Parse()
	if err := run(*port, *seconds, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "authority:", err)
		os.Exit(1)
	}
}

// run says where it is, then carries out one word a line until the input ends: the
// name that is refused from now on.
func run(port int, seconds uint64, in io.Reader, out io.Writer) error {
	for name, value := range map[string]string{
		"PEBBLE_VA_NOSLEEP": "1",
		// By chance it would refuse more often than is tried again.
		"PEBBLE_WFE_NONCEREJECT": "0",
		// And it looks each time.
		"PEBBLE_AUTHZREUSE": "0",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	resolver, err := names()
	if err != nil {
		return err
	}
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: seconds}})
	looks := va.New(quiet, 0, port, true, resolver, store)
	front := wfe.New(quiet, store, looks, issuer, []string{"authority.example"}, true, false, 1, 1)
	server := httptest.NewTLSServer(front.Handler())
	defer server.Close()
	said := json.NewEncoder(out)
	err = said.Encode(map[string]string{
		"directory": server.URL + wfe.DirectoryPath,
		"front":     string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
		"root":      string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: issuer.GetRootCert(0).Cert.Raw})),
	})
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if err := store.AddBlockedDomain(lines.Text()); err != nil {
			return err
		}
		if err := said.Encode("refused"); err != nil {
			return err
		}
	}
	return lines.Err()
}

// names answers where names lead to.
func names() (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA && !strings.HasPrefix(q.Question[0].Name, "nowhere.") {
			m.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1),
			}}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = s.ActivateAndServe() }()
	return l.Addr().String(), nil
}
