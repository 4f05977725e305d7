package httpd_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/store"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// dial opens a stream and gives what was answered, and the connection.
func (r *rig) dial(path, token string) (net.Conn, *bufio.Reader, int) {
	r.t.Helper()
	c, err := net.Dial("tcp", r.srv.Listener.Addr().String())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		r.t.Fatal(err)
	}
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nX-TOKEN: %s\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n",
		path, token, httpd.StreamProtocol)
	br := bufio.NewReader(c)
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return c, br, resp.StatusCode
}

func TestStreamSplices(t *testing.T) {
	r := newRig(t)
	r.serve()
	for _, id := range []string{r.vm.UID.String(), strings.ToLower(r.vm.UID.String()), fmt.Sprint(r.vm.ID)} {
		c, br, status := r.dial("/-/servers/"+id+"/ssh", r.cred.Token)
		if status != http.StatusSwitchingProtocols {
			t.Fatalf("%s: status %d", id, status)
		}
		if line, err := br.ReadString('\n'); err != nil || !strings.Contains(line, "100.64.0.9:22") {
			t.Fatalf("greeting %q %v", line, err)
		}
		// The caller's end of input does not cut off the answer.
		if _, err := io.WriteString(c, "ping"); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(br); err != nil || string(b) != "ping" {
			t.Fatalf("echo %q %v", b, err)
		}
	}
}

func TestStreamRefuses(t *testing.T) {
	r := newRig(t)
	r.serve()
	stranger, err := r.ctl.AddUser(t.Context(), newUser("Other", false))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := r.ctl.AddUser(t.Context(), newUser("", true))
	if err != nil {
		t.Fatal(err)
	}
	path := "/-/servers/" + r.vm.UID.String() + "/ssh"
	for name, c := range map[string]struct {
		path, token string
		want        int
	}{
		"no token":       {path, "", 401},
		"another member": {path, stranger.Token, 404},
		"read only":      {path, reader.Token, 403},
		"no such server": {"/-/servers/nope/ssh", r.cred.Token, 404},
		"no such stream": {"/-/servers/" + r.vm.UID.String() + "/telnet", r.cred.Token, 404},
	} {
		if _, _, got := r.dial(c.path, c.token); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if status, _ := r.get(path, "X-TOKEN", r.cred.Token); status != http.StatusUpgradeRequired {
		t.Errorf("without upgrade: %d", status)
	}
	r.write(func(tx *store.Tx) error {
		s, err := store.Get[cloud.Server](tx, r.vm.ID)
		if err != nil {
			return err
		}
		s.SeenOn = false
		return store.Update(tx, s)
	})
	if _, _, got := r.dial(path, r.cred.Token); got != http.StatusConflict {
		t.Errorf("a server that is off: %d", got)
	}
}

func newUser(member string, readOnly bool) control.NewUserIn {
	return control.NewUserIn{Member: member, Name: "someone", ReadOnly: readOnly}
}
