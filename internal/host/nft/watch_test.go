package nft_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// heard collects what a watch says.
func heard(t *testing.T, w *nft.Watch) <-chan nft.Change {
	t.Helper()
	ch, done := make(chan nft.Change, 1000), make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := w.Next()
			if err != nil {
				return
			}
			ch <- c
		}
	}()
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return ch
}

// next is the next change in a namespace.
func next(t *testing.T, ch <-chan nft.Change, ns sys.Netns) nft.Change {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case c := <-ch:
			if c.Netns == ns {
				return c
			}
		case <-limit:
			t.Fatalf("nothing was heard from %s", ns)
		}
	}
}

// One socket hears of changes in many namespaces, of each under its name, also of
// one that was taken away and made anew; not of those that it was not told of.
func TestWatch(t *testing.T) {
	needNft(t)
	in := drivertest.NewInstallation(t)
	var all []sys.Netns
	ids := make([]plan.ID, 20)
	for i := range ids {
		ids[i] = drivertest.NewID()
		all = append(all, in.Netns("r", ids[i]))
	}
	stranger := in.Netns("r", drivertest.NewID())
	setup("r", ids...)(t, in)
	if err := stranger.Create(); err != nil {
		t.Fatal(err)
	}
	w, err := nft.NewWatch()
	if err != nil {
		t.Fatal(err)
	}
	add := func() {
		t.Helper()
		for range 2 {
			for _, ns := range all {
				if err := w.Add(ns); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	add()
	ch := heard(t, w)
	for n := range 2 {
		apply(t, stranger, fmt.Sprintf("table inet t%d { }\n", n))
		for _, ns := range all {
			apply(t, ns, fmt.Sprintf("table inet t%d { }\n", n))
			if c := next(t, ch, ns); c.Gen == 0 || c.By != "nft" {
				t.Errorf("%s: %+v", ns, c)
			}
		}
		if err := all[0].Delete(); err != nil {
			t.Fatal(err)
		}
		if err := all[0].Create(); err != nil {
			t.Fatal(err)
		}
		add()
	}
	for len(ch) > 0 {
		if c := <-ch; c.Netns == stranger {
			t.Errorf("heard %+v", c)
		}
	}
}

// Whatever somebody changes in the rules of a router, they are loaded again at the
// next look, and it is said; our own changes are none of these.
func TestChangedRulesAreLoadedAgain(t *testing.T) {
	needNft(t)
	in := drivertest.NewInstallation(t)
	id := drivertest.NewID()
	setup("r", id)(t, in)
	ns := in.Netns("r", id)
	d := &nft.Tables{In: in}
	w, err := nft.NewWatch()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(ns); err != nil {
		t.Fatal(err)
	}
	ch := heard(t, w)
	ensure := func(spec nft.Table) plan.Status {
		t.Helper()
		st, err := d.Ensure(t.Context(), id, spec)
		if err != nil || !st.Ready {
			t.Fatalf("%+v, %v", st, err)
		}
		return st
	}
	quiet := func(what string) {
		t.Helper()
		for len(ch) > 0 {
			if c := <-ch; d.Alien(c) {
				t.Errorf("%s: taken for somebody else's: %+v", what, c)
			}
		}
	}
	other := table()
	other.Ports = nil
	for _, spec := range []nft.Table{table(), other, table(), table()} {
		if st := ensure(spec); st.Repaired != "" {
			t.Errorf("said to be repaired: %s", st.Repaired)
		}
		quiet("our own loads")
	}
	whole := rules(t, ns, false)
	prefix := "inet " + in.Prefix()
	chain := strings.Fields(whole[strings.Index(whole, "chain "):])[1]
	for name, script := range map[string]string{
		"all flushed":     "flush ruleset\n",
		"a table away":    "delete table " + prefix + "\n",
		"a chain emptied": "flush chain " + prefix + " " + chain + "\n",
		"a rule more":     "insert rule " + prefix + " " + chain + " counter accept\n",
	} {
		for len(ch) > 0 {
			<-ch
		}
		apply(t, ns, script)
		if c := next(t, ch, ns); !d.Alien(c) {
			t.Errorf("%s: taken for ours: %+v", name, c)
		}
		if st := ensure(table()); !strings.Contains(st.Repaired, "somebody changed or took away") {
			t.Errorf("%s: %+v", name, st)
		}
		if now := rules(t, ns, false); now != whole {
			t.Errorf("%s: the rules are\n%s\nwant\n%s", name, now, whole)
		}
		if st := ensure(table()); st.Repaired != "" {
			t.Errorf("%s: repaired again: %s", name, st.Repaired)
		}
		quiet(name)
	}
	// A new agent takes what it finds whole for good.
	d = &nft.Tables{In: in}
	if st := ensure(table()); st.Repaired != "" {
		t.Errorf("a new agent repaired: %s", st.Repaired)
	}
}

// The guard of a card likewise, and of every card on the network.
func TestChangedGuardIsLoadedAgain(t *testing.T) {
	needNft(t)
	in := drivertest.NewInstallation(t)
	setup("n", netA)(t, in)
	ns := in.Netns("n", netA)
	d := &nft.Guards{In: in}
	cards := []plan.NIC{
		{ID: nic1, Network: netA, MAC: "02:00:00:00:00:01", Addresses: []string{"100.64.0.1"}},
		{ID: linux, Network: netA, MAC: "02:00:00:00:00:02", Addresses: []string{"100.64.0.2"}},
	}
	ensure := func(repaired bool) {
		t.Helper()
		for _, c := range cards {
			st, err := d.Ensure(t.Context(), c.ID, c)
			if err != nil || !st.Ready || (st.Repaired != "") != repaired {
				t.Errorf("%+v, %v; want repaired %v", st, err, repaired)
			}
		}
	}
	ensure(false)
	ensure(false)
	whole := rules(t, ns, false)
	for name, script := range map[string]string{
		"all flushed": "flush ruleset\n", "guard emptied": "flush chain bridge " + in.Prefix() + " guard\n",
	} {
		apply(t, ns, script)
		ensure(true)
		ensure(false)
		if now := rules(t, ns, false); len(now) != len(whole) {
			t.Errorf("%s: the rules are\n%s\nwant\n%s", name, now, whole)
		}
	}
	if _, err := d.Remove(t.Context(), nic1); err != nil {
		t.Fatal(err)
	}
	cards = cards[1:]
	ensure(false)
}

// What the kernel says is read within its bounds.
func FuzzChange(f *testing.F) {
	f.Add([]byte{44, 0, 0, 0, 0x0f, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 8, 0, 1, 0, 0, 0, 0, 5, 8, 0, 3, 0, 'n', 'f', 't', 0},
		[]byte{20, 0, 0, 0, 0, 0, 0, 0, 14, 1, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0})
	f.Fuzz(func(t *testing.T, message, control []byte) {
		c, ok := nft.ChangeIn(message)
		if ok && len(c.By) > len(message) {
			t.Errorf("%+v of %d bytes", c, len(message))
		}
		nft.NsidOf(control)
	})
}
