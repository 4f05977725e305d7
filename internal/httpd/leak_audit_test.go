package httpd_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// round has the audit look at all rows.
func (r *rig) round() {
	r.t.Helper()
	if err := r.audit.Round(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// audited is a store with a host, two servers with disks, and a network with an
// address, all of whose totals are right.
type audited struct {
	*testing.T
	db    *store.DB
	audit *httpd.Audit
	log   bytes.Buffer
	host  *cloud.Host
	net   *cloud.Subnet
	now   time.Time
}

func onBoth(t *testing.T, f func(a *audited)) {
	run := func(t *testing.T, opt store.Options) {
		a := &audited{T: t, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
		opt.Now = func() time.Time { return a.now }
		var err error
		if a.db, err = store.Open(t.Context(), opt); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.db.Close(); err != nil {
				t.Error(err)
			}
		})
		a.audit = httpd.NewAudit(a.db, slog.New(slog.NewTextHandler(&a.log, nil)))
		a.host = &cloud.Host{Name: "rack-1", State: cloud.HostUp, Servers: 2, UsedVCPU: 6, UsedRAM: 3072, UsedGB: 50}
		a.net = &cloud.Subnet{
			Text: "10.0.0.0/24", Prefix: netip.MustParsePrefix("10.0.0.0/24"), Gateway: netip.MustParseAddr("10.0.0.1"),
			Low: netip.MustParseAddr("10.0.0.2"), InUse: 1,
		}
		a.write(func(tx *store.Tx) error {
			if err := store.Insert(tx, a.host); err != nil {
				return err
			}
			if err := store.Insert(tx, a.net); err != nil {
				return err
			}
			for i := range 2 {
				s := &cloud.Server{Name: fmt.Sprintf("s%d", i), HostID: a.host.ID, VCPU: 2 + 2*i, RAM: 1024 + 1024*i}
				if err := store.Insert(tx, s); err != nil {
					return err
				}
				v := &cloud.Volume{Kind: cloud.DiskVolume, ServerID: s.ID, HostID: a.host.ID, SizeGB: 20 + 10*i}
				if err := store.Insert(tx, v); err != nil {
					return err
				}
			}
			return store.Insert(tx, &cloud.IP{Kind: cloud.PublicIP, SubnetID: a.net.ID, Addr: netip.MustParseAddr("10.0.0.2")})
		})
		f(a)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, store.Options{Path: filepath.Join(t.TempDir(), "db"), NoSync: true}) })
	t.Run("postgres", func(t *testing.T) { run(t, store.Options{DSN: pgtest.New(t)}) })
}

func (a *audited) write(f func(tx *store.Tx) error) {
	a.Helper()
	if err := a.db.Write(a.Context(), f); err != nil {
		a.Fatal(err)
	}
}

func (a *audited) exec(query string, args ...any) {
	a.Helper()
	a.write(func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
}

func (a *audited) turn() {
	a.Helper()
	if err := a.audit.Turn(a.Context()); err != nil {
		a.Fatal(err)
	}
}

// measured is the part of the measures that is about leaks.
func (a *audited) measured() map[string]string {
	w := httptest.NewRecorder()
	httpd.Measures(a.db, nil, a.audit).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	got := map[string]string{}
	for _, m := range leakLine.FindAllStringSubmatch(w.Body.String(), -1) {
		if m[3] != "0" {
			got[m[2]+"@"+m[1]] = m[3]
		}
	}
	return got
}

// Each number that is counted along the way is compared with the rows, and told where
// it is wrong: by the measures, the doctor and the log; and forgotten when it is right.
func TestEveryTotalIsChecked(t *testing.T) {
	onBoth(t, func(a *audited) {
		a.turn()
		if got := a.measured(); len(got) != 0 {
			a.Fatalf("all is right, and told is %v", got)
		}
		for _, c := range []struct{ table, column, leak, words string }{
			{"host", "servers", "totals@rack-1", "host rack-1 counts 3 servers, 6 vCPUs, 3072 MiB and 50 GB, its rows are 2, 6, 3072 and 50"},
			{"host", "used_vcpu", "totals@rack-1", "counts 2 servers, 7 vCPUs,"},
			{"host", "used_ram", "totals@rack-1", " 3073 MiB "},
			{"host", "used_gb", "totals@rack-1", " 51 GB, its"},
			{"subnet", "in_use", "in_use@", "(10.0.0.0/24) counts 2 addresses, its rows are 1"},
		} {
			a.exec(`UPDATE ` + c.table + ` SET ` + c.column + ` = ` + c.column + ` + 1`)
			a.now = a.now.Add(2 * time.Minute) // the next round
			a.turn()
			if got := a.measured(); len(got) != 1 || got[c.leak] != "1" {
				a.Errorf("%s.%s is wrong, and told is %v", c.table, c.column, got)
			}
			if !strings.Contains(a.log.String(), "count=1") {
				a.Errorf("%s.%s is wrong, and the log says %q", c.table, c.column, a.log.String())
			}
			a.log.Reset()
			list, err := httpd.Findings(a.Context(), a.db, 10)
			if err != nil || len(list) != 1 || !strings.Contains(list[0].What, c.words) {
				a.Errorf("%s.%s is wrong, and the doctor says %+v %v, want %q", c.table, c.column, list, err, c.words)
			}
			a.exec(`UPDATE ` + c.table + ` SET ` + c.column + ` = ` + c.column + ` - 1`)
			a.turn() // no new round: what was found is looked at again at once
			if got := a.measured(); len(got) != 0 {
				a.Errorf("%s.%s is right again, and told is %v", c.table, c.column, got)
			}
		}
	})
}

// A turn looks at some rows, however many there are, and all are found in the end;
// what came or went meanwhile too.
func TestAuditIsBounded(t *testing.T) {
	onBoth(t, func(a *audited) {
		const many = 500
		a.write(func(tx *store.Tx) error {
			for i := range many {
				o := &hub.Orphan{Host: a.host.ID, Kind: plan.KindVM, Object: plan.ID(fmt.Sprintf("%032d", i)), Since: tx.Now()}
				if err := store.Insert(tx, o); err != nil {
					return err
				}
			}
			return nil
		})
		for _, want := range []string{"200", "400", "500"} {
			a.turn()
			if got := a.measured()["orphan@rack-1"]; got != want {
				a.Errorf("found are %s, want %s", got, want)
			}
		}
		a.exec(`UPDATE orphan SET decided = 'remove' WHERE id <= (SELECT MIN(id) + 299 FROM orphan)`)
		for range 30 { // twenty of those found are looked at again in each, and those of the round
			a.now = a.now.Add(2 * time.Minute)
			a.turn()
		}
		if got := a.measured()["orphan@rack-1"]; got != "200" {
			a.Errorf("300 of 500 are decided, and %s are told", got)
		}
		list, err := httpd.Findings(a.Context(), a.db, 10)
		if err != nil || len(list) != 10 {
			a.Errorf("the doctor lists %d, want 10 of each kind: %v", len(list), err)
		}
	})
}

// Nobody takes the zero of what was never looked at for good news: how long ago all
// was looked at is told.
func TestAuditTellsItsAge(t *testing.T) {
	onBoth(t, func(a *audited) {
		age := func() bool {
			w := httptest.NewRecorder()
			httpd.Measures(a.db, nil, a.audit).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			return strings.Contains(w.Body.String(), "virga_leaks_checked_seconds{kind=\"totals\"}")
		}
		for i := range 10 { // a host stands for many rows
			a.write(func(tx *store.Tx) error {
				return store.Insert(tx, &cloud.Host{Name: fmt.Sprintf("more-%d", i), State: cloud.HostUp})
			})
		}
		a.turn()
		if age() {
			a.Error("a round is told before its end")
		}
		a.turn()
		a.turn()
		if !age() {
			a.Error("a whole round is not told")
		}
	})
}

// Whoever reads the measures is answered from what is known: no table that grows with
// the cloud is read for it.
func TestScrapeReadsLittle(t *testing.T) {
	onBoth(t, func(a *audited) {
		a.turn()
		var asked []string
		a.db.OnQuery(func(text string, _ []any) { asked = append(asked, text) })
		a.measured()
		a.db.OnQuery(nil)
		if len(asked) == 0 {
			t.Error("nothing was read")
		}
		grows := regexp.MustCompile(`(?i)FROM "?(server|orders|event|ip|nic|volume|subnet|snapshot|router|project)\b`)
		for _, text := range asked {
			if grows.MatchString(text) && text != `SELECT '', COUNT(*) FROM server WHERE event_id <> 0` { // which has an index
				t.Errorf("for the measures is read: %s", text)
			}
		}
	})
}
