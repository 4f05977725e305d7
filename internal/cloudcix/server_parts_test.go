package cloudcix_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// A list reads only some columns of its rows. It shows what each machine shows by
// itself, of which everything was read, whatever is in the columns.
func TestVMListReadsWhatItShows(t *testing.T) {
	w := newWorld(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	web, _ := w.project("ann", "web")
	for i := range 6 {
		in := w.vm(web, fmt.Sprintf("vm-%d", i), fmt.Sprintf("10.0.0.%d", 10+i))
		in["ip_addresses"] = []any{obj{"address": fmt.Sprintf("10.0.0.%d", 10+i), "nat": i%2 == 0}}
		w.call("ann", "POST", "/vm/", in).is(201)
		w.settle()
	}
	wide := w.wide()
	for range 10 {
		w.write(func(tx *store.Tx) error { return scramble(w, tx, rnd) })
		list := into[[]obj](w.call("ann", "GET", "/vm/?limit=100", nil).is(200))
		brief := into[[]obj](w.call("ann", "GET", "/vm/?limit=100&include_related=false", nil).is(200))
		if len(list) != 6 || len(brief) != 6 {
			t.Fatalf("%d and %d machines", len(list), len(brief))
		}
		for i, v := range list {
			one := into[obj](w.call("ann", "GET", fmt.Sprintf("/vm/%v/", v["id"]), nil).is(200))
			for _, only := range []string{"emails", "storage_type"} { // what the list does not show
				delete(v, only)
				delete(one, only)
			}
			if d := cmp.Diff(one, v); d != "" {
				t.Errorf("-alone +in the list\n%s", d)
			}
			for name, value := range brief[i] {
				if d := cmp.Diff(one[name], value); d != "" {
					t.Errorf("%s: -alone +in the brief list\n%s", name, d)
				}
			}
		}
		for _, path := range []string{
			"/vm/?limit=100", "/vm/?include_related=false", "/vm/1/", "/vm/2/storage/", "/vm_history/?limit=100", "/project/", "/project/1/",
			"/virtual_router/", "/virtual_router/?include_related=false", "/virtual_router/1/",
		} {
			if d := cmp.Diff(string(wide(path)), string(w.call("ann", "GET", path, nil).is(200).body)); d != "" {
				t.Errorf("%s: -all columns read +those that are shown\n%s", path, d)
			}
		}
	}
}

// wide is the dialect over the same rows, which are always read whole.
func (w *world) wide() func(path string) []byte {
	db, err := store.Open(w.t.Context(), store.Options{
		Path: filepath.Join(w.Dir, "virga.db"), Now: func() time.Time { return w.Now }, NoSync: true, Whole: true,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	})
	o := w.C.Options
	o.DB = db
	api := cloudcix.New(control.New(o), cloudcix.Options{Now: func() time.Time { return w.Now }, Rate: -1})
	other := &world{World: w.World, t: w.t, users: w.users, served: api}
	return func(path string) []byte { return other.call("ann", "GET", path, nil).is(200).body }
}

// scramble puts other values into all that machines consist of.
func scramble(w *world, tx *store.Tx, rnd *rand.Rand) error {
	yes := func() bool { return rnd.IntN(2) == 0 }
	return errors.Join(
		storetest.Scramble(tx, rnd, func(s *cloud.Server) {
			s.Remove = []cloud.Removal{cloud.Keep, cloud.Keep, cloud.AfterGrace, cloud.Now}[rnd.IntN(4)]
			s.Change = []cloud.Change{cloud.Create, cloud.PowerOff, cloud.Configure, cloud.Reboot}[rnd.IntN(4)]
			s.EventID, s.Failed, s.On, s.Taken = int64(rnd.IntN(2)), rnd.IntN(4) == 0, yes(), yes()
			s.StorageType, s.FirstPassword = 1+rnd.Int64N(2), "" // sealed
			if yes() {
				s.Keys = nil
			}
		}),
		storetest.Scramble(tx, rnd, func(v *cloud.Volume) {
			if v.Remove = cloud.Keep; yes() {
				v.Remove = cloud.Now
			}
		}),
		storetest.Scramble(tx, rnd, func(ip *cloud.IP) {
			place := fmt.Sprintf("notes %d %s", ip.SubnetID, ip.Addr)
			ip.Leaving, ip.Credentials = "", w.C.Seal.Seal(place, fmt.Sprintf("secret %d", rnd.IntN(1000)))
		}),
		storetest.Scramble(tx, rnd, func(i *cloud.Image) {
			if i.SKU = fmt.Sprintf("IMG_%d", rnd.IntN(100)); yes() {
				i.DisplayName = ""
			}
		}),
		storetest.Scramble(tx, rnd, func(s *cloud.Subnet) { s.Text = fmt.Sprintf("10.%d.0.0/16", rnd.IntN(200)) }),
		storetest.Scramble(tx, rnd, func(a *cloud.Allocation) {}),
		storetest.Scramble(tx, rnd, func(a *cloud.ASN) {}),
		storetest.Scramble(tx, rnd, func(p *cloud.Project) {}),
		storetest.Scramble(tx, rnd, func(r *cloud.Router) {
			r.Remove, r.Change, r.Failed, r.On, r.Taken = cloud.Keep, cloud.Configure, false, yes(), yes()
		}),
	)
}
