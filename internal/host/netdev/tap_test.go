package netdev_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestTap(t *testing.T) {
	needRoot(t)
	cfg := config[plan.NIC]("netdev.tap.", "netdev.port.", "netdev.link.mtu", "netdev.link.master")
	cfg.Points = cfg.Points[:len(cfg.Points)-1] // a tap sets no sysctl
	cfg.New = func(_ testing.TB, in sys.Installation) plan.Driver[plan.NIC] { return &netdev.Taps{In: in} }
	setup := cfg.Setup
	cfg.Setup = func(t testing.TB, in sys.Installation) {
		setup(t, in)
		ready(t, &netdev.Networks{In: in}, networkA, plan.Network{MTU: 1450})
		ready(t, &netdev.Networks{In: in}, networkB, plan.Network{})
	}
	cfg.Spec = func(_ sys.Installation, id plan.ID) plan.NIC {
		return plan.NIC{ID: id, Network: networkA, MAC: "02:00:00:00:00:01", Isolated: true}
	}
	cfg.Update = func(_ sys.Installation, id plan.ID) plan.NIC {
		return plan.NIC{ID: id, Network: networkB, MAC: "02:00:00:00:00:01"}
	}
	cfg.Damage = map[string]func(testing.TB, sys.Installation, plan.ID){
		"tap lost": func(t testing.TB, in sys.Installation, id plan.ID) {
			deleteLink(t, in.Netns("n", networkA), in.Link("t", id))
		},
	}
	drivertest.Run(t, cfg)
}

func TestTapWaits(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	id := drivertest.NewID()
	st, err := (&netdev.Taps{In: in}).Ensure(context.Background(), id, plan.NIC{ID: id, Network: networkA})
	if err != nil || st.Ready || st.Failed || st.Reason == "" {
		t.Fatalf("Ensure without the network: %+v, %v", st, err)
	}
}

// A frame pushed into one tap comes out of the other, in the shape that QEMU
// reads and writes: with the virtio header in front.
func TestTapCarriesFrames(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	ctx := context.Background()
	d := &netdev.Taps{In: in}
	ready(t, &netdev.Networks{In: in}, networkA, plan.Network{})
	a, b := drivertest.NewID(), drivertest.NewID()
	for _, id := range []plan.ID{a, b} {
		ready(t, d, id, plan.NIC{ID: id, Network: networkA})
	}
	from, err := d.OpenTap(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := d.OpenTap(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := d.OpenTap(ctx, b); err == nil {
		_ = second.Close()
		t.Error("two processes could open one tap")
	}
	frame := arp([]byte{2, 0, 0, 0, 0, 1}, []byte{100, 64, 0, 5}, []byte{100, 64, 0, 1})
	// Sent again until it comes: the bridge takes a moment to see that
	// somebody holds the other end of a tap.
	sent := uint64(0)
	waitFor(t, "the frame at the other tap", func() bool {
		if _, err := from.Write(append(make([]byte, virtioHeader), frame...)); err != nil {
			t.Fatal(err)
		}
		sent++
		return receive(t, to, frame)
	})
	c, err := d.Counters(ctx, a)
	if err != nil || c.SentPackets != sent || c.SentBytes != sent*uint64(len(frame)) {
		t.Errorf("counters of the sender: %+v, %v", c, err)
	}
	if c, err = d.Counters(ctx, b); err != nil || c.ReceivedPackets == 0 {
		t.Errorf("counters of the receiver: %+v, %v", c, err)
	}
	if _, err := d.Counters(ctx, drivertest.NewID()); err == nil {
		t.Error("counters of a card that does not exist")
	}

	// The process ends; the tap stays and can be opened again.
	_ = to.Close()
	to, err = d.OpenTap(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	// Removing it works while it is open.
	if st, err := d.Remove(ctx, b); err != nil || !st.Ready {
		t.Fatalf("Remove of an open tap: %+v, %v", st, err)
	}
}

const virtioHeader = 10

type tap interface {
	Read([]byte) (int, error)
	SetReadDeadline(time.Time) error
}

// receive says whether the frame comes soon.
func receive(t *testing.T, f tap, frame []byte) bool {
	t.Helper()
	if err := f.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	for {
		n, err := f.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		if err != nil {
			t.Fatal(err)
		}
		if n > virtioHeader && bytes.HasPrefix(buf[virtioHeader:n], frame) {
			return true
		}
	}
}

// arp is a request of who has target, tell ip.
func arp(mac, ip, target []byte) []byte {
	f := append(bytes.Repeat([]byte{0xff}, 6), mac...)
	f = append(f, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1)
	f = append(append(f, mac...), ip...)
	return append(append(f, 0, 0, 0, 0, 0, 0), target...)
}

// On an isolated network a card reaches the router's leg and no other card;
// and whatever it sends must be its own. Real taps, as QEMU has them.
func TestTapIsolatedAndGuarded(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	ctx := context.Background()
	d, guards := &netdev.Taps{In: in}, &nft.Guards{In: in}
	ready(t, &netdev.Networks{In: in}, networkA, plan.Network{})
	open := func(mac, address string, isolated bool) *os.File {
		id := drivertest.NewID()
		nic := plan.NIC{ID: id, Network: networkA, MAC: mac, Addresses: []string{address}, Isolated: isolated}
		ready(t, guards, id, nic)
		ready(t, d, id, nic)
		f, err := d.OpenTap(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	a := open("02:00:00:00:00:01", "100.64.0.5", true)
	b := open("02:00:00:00:00:02", "100.64.0.6", true)
	leg := open("02:00:00:00:00:03", "100.64.0.1", false)
	send := func(mac byte, ip byte) []byte {
		frame := arp([]byte{2, 0, 0, 0, 0, mac}, []byte{100, 64, 0, ip}, []byte{100, 64, 0, 77})
		if _, err := a.Write(append(make([]byte, virtioHeader), frame...)); err != nil {
			t.Fatal(err)
		}
		return frame
	}
	waitFor(t, "the frame at the leg", func() bool { return receive(t, leg, send(1, 5)) })
	if receive(t, b, send(1, 5)) {
		t.Error("an isolated card hears its neighbour")
	}
	if receive(t, leg, send(1, 6)) {
		t.Error("a false address came through")
	}
	if receive(t, leg, send(2, 5)) {
		t.Error("a false hardware address came through")
	}
	if !receive(t, leg, send(1, 5)) {
		t.Error("the card's own frames do not pass any more")
	}
}
