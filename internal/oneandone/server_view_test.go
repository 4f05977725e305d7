package oneandone

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
	"github.com/virga-cloud/virga/internal/wire"
)

// A list reads only some columns of its rows. It shows what a server shows of
// which everything was read, whatever is in the columns.
func TestServerListReadsWhatItShows(t *testing.T) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) { serverListReads(t, engine) })
	}
}

func serverListReads(t *testing.T, engine store.Engine) {
	w := newWorldOn(t, engine, func(c *control.Options, _ *Options) { c.Hold = time.Minute })
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 9 {
		s := w.create(fmt.Sprintf("server-%d", i))
		if i%3 == 0 {
			w.call("POST", "/servers/"+s.ID+"/ips", `{"type":"IPV4"}`).want(201)
			w.settle()
		}
	}
	wide := w.wide()
	for range 8 {
		w.write(func(tx *store.Tx) error { return w.scramble(tx, rnd) })
		var list []json.RawMessage
		if err := json.Unmarshal(w.call("GET", "/servers", nil).want(200).body, &list); err != nil || len(list) != 9 {
			t.Fatalf("%d servers: %v", len(list), err)
		}
		call := w.callAs(adminKey)
		err := w.c.Read(t.Context(), call, func(tx *control.Txn) error {
			for _, text := range list {
				var got struct{ ID string }
				if err := json.Unmarshal(text, &got); err != nil {
					return err
				}
				u, _ := cloud.ParseUID(got.ID)
				v, err := tx.Server(control.Pick{UID: u})
				if err != nil {
					return err
				}
				want, err := wire.JSON(summary(statesAt(tx), v))
				if err != nil {
					return err
				}
				if string(want) != string(text) {
					t.Errorf("the list shows\n%s\nand the server is\n%s", text, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		some := parse[[]oneandone.ServerSummary](w.call("GET", "/servers", nil))[3].ID
		for _, path := range []string{"/servers?sort=-name", "/servers/" + some, "/public_ips", "/logs?period=LAST_24H"} {
			if got, want := w.call("GET", path, nil).want(200).body, wide(path); string(got) != string(want) {
				t.Errorf("%s:\n%s\nand with all columns read:\n%s", path, got, want)
			}
		}
	}
}

// wide is the dialect over the same rows, which are always read whole.
func (w *world) wide() func(path string) []byte {
	opened := w.opened
	opened.Whole = true
	db, err := store.Open(w.t.Context(), opened)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	})
	o := w.c.Options
	o.DB = db
	h := New(control.New(o), Options{Now: w.clock, Rate: -1})
	other := &world{t: w.t, h: h, served: h}
	return func(path string) []byte { return other.call("GET", path, nil).want(200).body }
}

// scramble puts other values into all that servers consist of.
func (w *world) scramble(tx *store.Tx, rnd *rand.Rand) error {
	pick := func(ids ...int64) int64 { return ids[rnd.IntN(len(ids))] }
	return errors.Join(
		storetest.Scramble(tx, rnd, func(s *cloud.Server) {
			s.RegionID, s.ImageID = pick(w.region.ID, w.spain.ID), pick(w.linux.ID, w.small.ID)
			s.FlavorID, s.SeenFlavorID, s.DVDID = pick(0, w.flavor.ID, w.metal.ID), pick(0, w.flavor.ID, w.metal.ID), pick(0, w.dvd.ID)
			s.Remove = []cloud.Removal{cloud.Keep, cloud.Keep, cloud.AfterGrace, cloud.Now}[rnd.IntN(4)]
			s.Change = []cloud.Change{cloud.Create, cloud.PowerOff, cloud.Configure, cloud.Reboot}[rnd.IntN(4)]
			s.EventID, s.Failed, s.SeenOn, s.SeenVCPU = pick(0, 1), rnd.IntN(4) == 0, rnd.IntN(2) == 0, rnd.IntN(3)
			s.ChangeAt = tx.Now().Add(-time.Duration(rnd.IntN(2)) * time.Hour) // held or not
			s.FirstPassword = ""                                               // sealed
		}),
		storetest.Scramble(tx, rnd, func(v *cloud.Volume) {
			v.Remove, v.SeenGB = []cloud.Removal{cloud.Keep, cloud.Now}[rnd.IntN(2)], rnd.IntN(3)
		}),
		storetest.Scramble(tx, rnd, func(ip *cloud.IP) {
			ip.Leaving, ip.Credentials = []string{"", "", "keep"}[rnd.IntN(3)], ""
		}),
	)
}

// A page stays cheap: what it costs is mostly what is made for it, and that is
// counted, not timed.
func TestServerPageIsCheap(t *testing.T) {
	w := newWorld(t)
	w.crowd(100)
	if n := testing.AllocsPerRun(5, func() { w.quiet("GET", "/servers?page=1&per_page=100") }); n > 3500 {
		t.Errorf("a page of 100 servers makes %.0f objects", n)
	}
}
