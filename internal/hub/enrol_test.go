package hub_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// joined is a linked host that has its certificate.
func joined(t *testing.T) *linked {
	t.Helper()
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	if err := l.join(l.folder, l.token()); err != nil {
		t.Fatal(err)
	}
	return l
}

// void fails the test unless a host is refused everything but the order to
// stand down.
func (l *linked) void(what string, c *host.Client) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	defer cancel()
	if reply, err := c.Exchange(ctx, plan.Request{}); err != nil || !reply.StandDown || len(reply.Orders) > 0 {
		l.t.Errorf("%s: exchange answered %+v, %v; want the order to stand down and nothing else", what, reply, err)
	}
	if err := c.Renew(ctx); err == nil || !strings.Contains(err.Error(), "403") {
		l.t.Errorf("%s: a certificate was renewed (%v)", what, err)
	}
	digest := strings.Repeat("0123456789abcdef", 4)
	l.images[digest] = []byte("the image")
	l.write(func(tx *store.Tx) error {
		_, err := hub.Put(tx, theHost, plan.KindImage, plan.ID(digest[:32]), &plan.Image{Digest: digest}, server)
		return err
	})
	if body, err := c.Image(ctx, digest, 0); err == nil {
		_ = body.Close()
		l.t.Errorf("%s: an image was given", what)
	}
}

// good fails the test unless a host is let in and may renew.
func (l *linked) good(what string, c *host.Client) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	defer cancel()
	if reply, err := c.Exchange(ctx, plan.Request{}); err != nil || reply.StandDown {
		l.t.Errorf("%s: %+v, %v", what, reply, err)
	}
	if err := c.Renew(ctx); err != nil {
		l.t.Errorf("%s: %v", what, err)
	}
}

// A host that was declared lost keeps its certificate and can do nothing with it
// until it is taken back.
func TestLostHostIsPutOut(t *testing.T) {
	l := joined(t)
	c := l.client(l.folder)
	l.good("before", c)
	l.write(func(tx *store.Tx) error { return hub.DeclareLost(tx, theHost) })
	l.void("lost", c)
	if _, err := c.Exchange(t.Context(), plan.Request{Hello: &plan.Hello{}}); err != nil { // with nothing left
		t.Error(err)
	}
	l.write(func(tx *store.Tx) error { return hub.Readmit(tx, theHost) })
	l.good("taken back", c)
}

// A machine that joins as a host puts out the one before, also what that one
// renews to, and a token that was used cannot bring it back.
func TestJoinPutsTheOlderMachineOut(t *testing.T) {
	l := joined(t)
	old := l.client(l.folder)
	l.good("alone", old)
	token := l.token()
	other := fake.NewMemory()
	if err := l.join(other, token); err != nil {
		t.Fatal(err)
	}
	l.good("the newer", l.client(other))
	l.void("the older", old)
	l.void("the older, opened again", l.client(l.folder))
	third := fake.NewMemory()
	if err := l.join(third, l.token()); err != nil {
		t.Fatal(err)
	}
	b, err := other.Read("link/identity")
	if err != nil {
		t.Fatal(err)
	}
	var id map[string]any
	if err := json.Unmarshal(b, &id); err != nil {
		t.Fatal(err)
	}
	delete(id, "chain") // as if the answer to its join had been lost
	if b, err = json.Marshal(id); err == nil {
		err = other.Write("link/identity", b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := l.join(other, token); err == nil {
		t.Error("the token of a machine that was put out worked again")
	}
	l.good("the newest", l.client(third))
}

// A host that joined before certificates had numbers stays, until another joins
// in its place.
func TestCertificateWithoutNumber(t *testing.T) {
	l := joined(t)
	old, err := l.ca.Unnumbered(theHost, l.folder)
	if err != nil {
		t.Fatal(err)
	}
	l.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM enrolment`)
		return err
	})
	l.good("no number yet", l.client(old))
	if err := l.join(fake.NewMemory(), l.token()); err != nil {
		t.Fatal(err)
	}
	l.void("another joined", l.client(old))
}

// A host that joined after the backup of which the store is keeps its number: no
// other host may be taken for it.
func TestForgottenHostKeepsItsNumber(t *testing.T) {
	l := joined(t)
	l.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM enrolment`)
		return err
	})
	l.good("after a restored database", l.client(l.folder))
	h := &cloud.Host{Name: "another"}
	l.write(func(tx *store.Tx) error { return store.Insert(tx, h) })
	if h.ID <= theHost {
		t.Errorf("another host got the number %d, and number %d speaks already", h.ID, theHost)
	}
}

// One authority takes over from another while hosts stay connected: first it is
// announced, then it signs, then the old one is forgotten.
func TestAuthorityTakesOver(t *testing.T) {
	dir, next := t.TempDir(), t.TempDir()
	open := func(dir string) *hub.CA {
		t.Helper()
		ca, err := hub.OpenCA(dir, rand.Reader, time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		return ca
	}
	open(dir)
	open(next)
	move := func(from, to string) {
		t.Helper()
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := hub.NewPipe()
	l := newLinkedWith(t, p, p.Dial, open(dir))
	again := func() {
		t.Helper()
		l.stop()
		p = hub.NewPipe()
		l.dial = p.Dial
		l.ca = open(dir)
		l.hub = hub.New(hub.Options{DB: l.db, CA: l.ca})
		l.stop = serve(t, l.hub, p)
	}
	if err := l.join(l.folder, l.token()); err != nil {
		t.Fatal(err)
	}
	stranger := fake.NewMemory() // joins now and hears of nothing
	b, _ := l.folder.Read("link/identity")
	if err := stranger.Write("link/identity", b); err != nil {
		t.Fatal(err)
	}
	move(filepath.Join(next, "ca.pem"), filepath.Join(dir, "ca-next.pem"))
	again()
	l.good("announced", l.client(l.folder)) // and heard of with the renewal
	move(filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca-old.pem"))
	move(filepath.Join(dir, "ca-next.pem"), filepath.Join(dir, "ca.pem"))
	if err := os.Remove(filepath.Join(dir, "ca-next.pem")); err != nil {
		t.Fatal(err)
	}
	again()
	l.good("the new one signs", l.client(l.folder))
	if _, err := l.client(stranger).Exchange(t.Context(), plan.Request{}); err == nil {
		t.Error("a host believed an authority that it never heard of")
	}
	if err := os.Remove(filepath.Join(dir, "ca-old.pem")); err != nil {
		t.Fatal(err)
	}
	again()
	l.good("the old one is forgotten", l.client(l.folder))
	if _, err := l.client(stranger).Exchange(t.Context(), plan.Request{}); err == nil {
		t.Error("a certificate of an authority that was forgotten was let in")
	}
}

// A host that stood down has its question held back, and is answered with a session when
// it is taken back: it need not ask again some time later.
func TestHostThatStandsByIsToldAtOnce(t *testing.T) {
	l := joined(t)
	c := l.client(l.folder)
	l.good("before", c)
	l.write(func(tx *store.Tx) error { return hub.DeclareLost(tx, theHost) })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // that it ends at all
	defer cancel()
	hello := plan.Request{Hello: &plan.Hello{Versions: []int{plan.DocumentVersion}}}
	if reply, err := c.Exchange(ctx, hello); err != nil || !reply.StandDown || reply.Waited {
		t.Fatalf("without patience it hears %+v, %v", reply, err)
	}
	type heard struct {
		reply plan.Reply
		err   error
	}
	done := make(chan heard, 1)
	hello.Wait = 20_000
	before := time.Now().Add(-time.Hour)
	l.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE link SET seen = $2 WHERE host = $1`, theHost, before)
		return err
	})
	go func() {
		reply, err := c.Exchange(ctx, hello)
		done <- heard{reply, err}
	}()
	eventually(t, "the question", func() (asked bool) {
		l.read(func(tx *store.Tx) error {
			link, err := hub.LinkOf(tx, theHost)
			asked = err == nil && link.Seen.After(before.Add(time.Minute))
			return err
		})
		return asked
	})
	l.write(func(tx *store.Tx) error { return hub.Readmit(tx, theHost) })
	if h := <-done; h.err != nil || h.reply.StandDown || h.reply.Session == 0 {
		t.Errorf("the host that stands by hears %+v, %v", h.reply, h.err)
	}
}
