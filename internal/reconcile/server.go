package reconcile

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// machine is a server with everything its documents are compiled from.
type machine struct {
	tx    *store.Tx
	r     *Reconciler
	s     *cloud.Server
	owner hub.Owner
	// router serves the gateway network; nil without one.
	router  *cloud.Router
	image   *cloud.Image
	dvd     *cloud.Image
	volumes []*cloud.Volume // main first; those that go away included
	nics    []*cloud.NIC
	nets    map[int64]*cloud.Subnet
	ips     []*cloud.IP // by assignment, oldest first
	snaps   []*cloud.Snapshot
	orders  map[plan.Ref]*hub.Order
	stale   []*hub.Order // on hosts where nothing of it belongs any more
	moved   bool         // something happened since the last turn
	// reordered: what was read of the orders is old, they have been written since.
	reordered bool
	policies  map[int64]*cloud.Policy
	free      map[hub.At]bool // documents for which there is no order
}

// server is one turn of a server: orders out, reports in, event ended.
func (r *Reconciler) server(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, func(tx *store.Tx) (time.Duration, error) {
		if err := aheadServer(tx, it.Key); err != nil {
			return 0, err
		}
		s, err := store.GetAny[cloud.Server](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		m := &machine{tx: tx, r: r, s: s, owner: hub.Owner{Kind: Server, Key: s.ID}}
		return m.turn()
	})
}

func (m *machine) turn() (time.Duration, error) {
	if err := m.load(); err != nil {
		return 0, err
	}
	if !m.s.Alive() {
		return 0, m.forget()
	}
	before := *m.s
	if err := m.guestOff(); err != nil {
		return 0, err
	}
	if err := m.adopt(); err != nil {
		return 0, err
	}
	if _, err := m.lost(); err != nil {
		return 0, err
	}
	if err := m.found(); err != nil {
		return 0, err
	}
	// What was built keeps what is left of it when it is lost: a person may
	// want the other disks.
	if m.s.Remove == cloud.Now || m.s.Failed && !m.s.Built {
		return m.removing(before)
	}
	if err := m.order(); err != nil {
		return 0, err
	}
	if m.reordered {
		if err := m.readOrders(); err != nil {
			return 0, err
		}
	}
	m.observe()
	again, err := m.finish()
	if err != nil || reflect.DeepEqual(before, *m.s) {
		return again, err
	}
	return again, store.Update(m.tx, m.s)
}

// What a machine consists of, in fixed orders.
func volumesOf(tx *store.Tx, server int64) ([]*cloud.Volume, error) {
	q := cloud.Where(cloud.Eq("server_id", server))
	q.Order = []cloud.Order{{Field: "main", Desc: true}, {Field: "id"}}
	return store.Find[cloud.Volume](tx, q)
}

func nicsOf(tx *store.Tx, server int64) ([]*cloud.NIC, error) {
	return store.Find[cloud.NIC](tx, cloud.Where(cloud.Eq("server_id", server)).By("rank").By("id"))
}

func ipsOf(tx *store.Tx, server int64) ([]*cloud.IP, error) {
	return store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("server_id", server)).By("assigned_at").By("id"))
}

func snapshotsOf(tx *store.Tx, server int64) ([]*cloud.Snapshot, error) {
	return store.Find[cloud.Snapshot](tx, cloud.Where(cloud.Eq("server_id", server)).By("id"))
}

func routersOf(tx *store.Tx, project int64) ([]*cloud.Router, error) {
	return store.Select[cloud.Router](tx, `SELECT `+store.Columns[cloud.Router]()+` FROM router
		WHERE id = (SELECT router_id FROM project WHERE id = $1)`, project)
}

// aheadServer asks at once for what the turn of a server reads by its id, and
// aheadOthers for what that names.
func aheadServer(tx *store.Tx, id int64) error {
	return tx.Ahead(
		func(tx *store.Tx) { _, _ = store.GetAny[cloud.Server](tx, id) }, // whoever reads it in earnest is told what is wrong
		func(tx *store.Tx) { _, _ = volumesOf(tx, id) },
		func(tx *store.Tx) { _, _ = nicsOf(tx, id) },
		func(tx *store.Tx) { _, _ = ipsOf(tx, id) },
		func(tx *store.Tx) { _, _ = snapshotsOf(tx, id) },
		func(tx *store.Tx) { _, _ = hub.Of(tx, hub.Owner{Kind: Server, Key: id}) },
	)
}

func (m *machine) aheadOthers() error {
	reads := []func(tx *store.Tx){
		func(tx *store.Tx) { _, _ = store.GetAny[cloud.Image](tx, m.s.ImageID) },
		func(tx *store.Tx) { _, _ = routersOf(tx, m.s.ProjectID) },
	}
	for _, n := range m.nics {
		reads = append(reads, func(tx *store.Tx) { _, _ = store.GetAny[cloud.Subnet](tx, n.NetworkID) })
	}
	for _, ip := range m.ips {
		if ip.PolicyID != 0 {
			reads = append(reads, func(tx *store.Tx) { _, _ = policyOf(tx, ip.PolicyID) })
		}
	}
	if m.s.Open() {
		reads = append(reads, func(tx *store.Tx) { _, _ = startOf(tx, &m.s.Life) })
	}
	return m.tx.Ahead(reads...)
}

func (m *machine) load() (err error) {
	tx, s := m.tx, m.s
	if m.volumes, err = volumesOf(tx, s.ID); err != nil {
		return err
	}
	if m.nics, err = nicsOf(tx, s.ID); err != nil {
		return err
	}
	if m.ips, err = ipsOf(tx, s.ID); err != nil {
		return err
	}
	if m.snaps, err = snapshotsOf(tx, s.ID); err != nil {
		return err
	}
	list, err := hub.Of(tx, m.owner)
	if err != nil {
		return err
	}
	if err := m.aheadOthers(); err != nil {
		return err
	}
	if m.image, err = store.GetAny[cloud.Image](tx, s.ImageID); err != nil {
		return err
	}
	if s.DVDID != 0 {
		if m.dvd, err = store.GetAny[cloud.Image](tx, s.DVDID); err != nil {
			return err
		}
	}
	m.nets = map[int64]*cloud.Subnet{}
	for _, n := range m.nics {
		if m.nets[n.NetworkID] == nil {
			if m.nets[n.NetworkID], err = store.GetAny[cloud.Subnet](tx, n.NetworkID); err != nil {
				return err
			}
		}
	}
	routers, err := routersOf(tx, s.ProjectID)
	if err != nil {
		return err
	}
	if len(routers) != 1 {
		return fmt.Errorf("project %d has no router", s.ProjectID)
	}
	m.router = routers[0]
	m.sortOrders(list)
	return nil
}

func (m *machine) readOrders() error {
	list, err := hub.Of(m.tx, m.owner)
	if err != nil {
		return err
	}
	m.sortOrders(list)
	return nil
}

// sortOrders notes the orders of the machine by their names, and those elsewhere.
func (m *machine) sortOrders(list []*hub.Order) {
	m.reordered = false
	m.orders, m.stale = make(map[plan.Ref]*hub.Order, len(list)), nil
	for _, o := range list {
		at := m.s.HostID
		if o.Kind == plan.KindPort {
			at = m.router.HostID
		}
		if o.Host == at {
			m.orders[o.Ref()] = o
		} else {
			m.stale = append(m.stale, o)
		}
	}
}

func (m *machine) vmOrder() *hub.Order {
	return m.orders[plan.Ref{Kind: plan.KindVM, ID: planID(m.s.UID)}]
}

// guestOff takes a guest's own power-off as an order: otherwise POWERING_ON
// would fight the user (R6).
func (m *machine) guestOff() error {
	o := m.vmOrder()
	if o == nil || o.Status.VM == nil || !o.Status.VM.GuestOff || o.Status.VM.Boot != m.s.Boot || !m.s.On {
		return nil
	}
	m.s.On = false
	m.moved = true
	if m.s.Open() {
		return nil // the event that is under way ends with the machine off
	}
	now := m.tx.Now()
	m.s.Change, m.s.ChangeAt, m.s.Updated = cloud.PowerOff, now, now
	return happened(m.tx, cloud.Event{
		Operation: m.tx.UID(), At: now, Started: now, MemberID: m.s.MemberID, SiteID: m.s.SiteID, RegionID: m.s.RegionID,
		UserName: "guest", Action: "STOP", Kind: Server, ObjectID: m.s.ID, ObjectUID: m.s.UID, Object: m.s.Name,
		ProjectID: m.s.ProjectID, State: cloud.StateNumber(m.s),
	}, "")
}
