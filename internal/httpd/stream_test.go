package httpd_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
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

// Who went into a guest is written down, and who was refused or found nothing is not.
func TestStreamIsRecorded(t *testing.T) {
	r := newRig(t)
	r.serve()
	path := "/-/servers/" + r.vm.UID.String() + "/"
	r.dial(path+"ssh", r.cred.Token)
	r.dial(path+"serial", r.cred.Token) // this guest has none
	r.dial(path+"ssh", "")
	var got []string
	r.write(func(tx *store.Tx) error {
		got = nil
		mine := cloud.Where(cloud.Eq("object_id", r.vm.ID), cloud.Eq("kind", "server"), cloud.Eq("end", true))
		list, err := store.Find[cloud.Event](tx, mine.By("id"))
		for _, e := range list {
			got = append(got, e.Action+" "+e.UserName+" "+e.Source)
		}
		return err
	})
	if want := []string{"CONSOLE_SSH admin 127.0.0.1"}; !slices.Equal(got, want) {
		t.Errorf("written down: %q", got)
	}
}

func TestStreamRefuses(t *testing.T) {
	r := newRig(t)
	r.serve()
	stranger, err := r.ctl.AddUser(t.Context(), newUser("Other", false))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := r.ctl.AddUser(t.Context(), newUser("Operator", true))
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

// A host that was not heard for long is said to be unreachable at once, and since when;
// its name is told to the operator only.
func TestStreamToAHostThatIsAway(t *testing.T) {
	r := newRig(t)
	r.serve()
	heard := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	h, err := r.ctl.PutHost(t.Context(), cloud.Host{RegionID: r.cred.RegionID, Name: "rack-2", ServerType: 2, StorageType: 2})
	if err != nil {
		t.Fatal(err)
	}
	r.write(func(tx *store.Tx) error {
		h.State, h.LastSeen, r.vm.HostID = cloud.HostUp, &heard, h.ID
		return errors.Join(store.Update(tx, h), store.Update(tx, r.vm))
	})
	colleague, err := r.ctl.AddUser(t.Context(), newUser("Operator", false))
	if err != nil {
		t.Fatal(err)
	}
	for token, name := range map[string]string{r.cred.Token: "the host rack-2", colleague.Token: "its host"} {
		for _, kind := range []string{"ssh", "serial"} {
			_, br, status := r.dial("/-/servers/"+r.vm.UID.String()+"/"+kind, token)
			line, err := br.ReadString('}') // the whole answer
			if err != nil {
				t.Fatal(err)
			}
			want := name + " is not reachable: it was not heard since 2026-05-04T03:02:01Z"
			if status != http.StatusServiceUnavailable || !strings.Contains(line, want) || !strings.Contains(line, `"host.away"`) {
				t.Errorf("%s: %d %s, want %q", kind, status, line, want)
			}
		}
	}
}

func newUser(member string, readOnly bool) control.NewUserIn {
	return control.NewUserIn{Member: member, Name: "someone", ReadOnly: readOnly}
}

// A stream to a guest does not outlive the right to it: not the disabling of its
// user, nor another API key, nor its age.
func TestStreamEnds(t *testing.T) {
	soon := httpd.FrontOptions{Recheck: 10 * time.Millisecond}
	for name, c := range map[string]struct {
		opts httpd.FrontOptions
		end  func(r *rig) error
	}{
		"disabled":    {soon, func(r *rig) error { _, err := r.ctl.DisableUser(r.t.Context(), "Operator/admin", true); return err }},
		"another key": {soon, func(r *rig) error { _, err := r.ctl.NewToken(r.t.Context(), "Operator/admin"); return err }},
		"no server": {soon, func(r *rig) error {
			return r.db.Write(r.t.Context(), func(tx *store.Tx) error {
				s, err := store.Get[cloud.Server](tx, r.vm.ID)
				if err != nil {
					return err
				}
				s.MemberID = 77
				return store.Update(tx, s)
			})
		}},
		"old": {httpd.FrontOptions{StreamAge: 50 * time.Millisecond}, func(*rig) error { return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRigWith(t, c.opts)
			r.serve()
			_, br, status := r.dial("/-/servers/"+r.vm.UID.String()+"/ssh", r.cred.Token)
			if status != http.StatusSwitchingProtocols {
				t.Fatalf("status %d", status)
			}
			if _, err := br.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			if err := c.end(r); err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(br); err != nil { // the deadline of dial, if nothing ends it
				t.Fatalf("%q %v", b, err)
			}
		})
	}
}

// The control run of TestStreamEnds: a stream whose caller is still let in is
// asked for many times and goes on.
func TestStreamStays(t *testing.T) {
	r := newRigWith(t, httpd.FrontOptions{Recheck: time.Millisecond})
	r.serve()
	c, br, _ := r.dial("/-/servers/"+r.vm.UID.String()+"/ssh", r.cred.Token)
	if _, err := br.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		text := fmt.Sprintf("still there %d", i)
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, len(text))
		if _, err := io.ReadFull(br, b); err != nil || string(b) != text {
			t.Fatalf("%q %v", b, err)
		}
	}
}

// The stream of events ends likewise, for sessions too.
func TestEventsEnd(t *testing.T) {
	for name, opts := range map[string]httpd.FrontOptions{
		"ended": {Recheck: time.Millisecond}, "old": {Recheck: time.Millisecond, StreamAge: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRigWith(t, opts)
			token, err := r.ctl.Login(t.Context(), r.cred.Email, r.cred.Password, r.cred.APIKey, addr("127.0.0.1"))
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.srv.URL+"/-/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Auth-Token", token)
			resp, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Fatal(resp.Status)
			}
			if name == "ended" {
				if _, err := r.ctl.EndSessions(t.Context(), "Operator/admin"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := io.ReadAll(resp.Body); err != nil {
				t.Error(err)
			}
		})
	}
}
