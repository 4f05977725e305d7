package nft

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var (
	tableLoad   = sys.NewEffect("nft.table.load")
	tableForget = sys.NewEffect("nft.table.forget")
	tableMark   = sys.NewEffect("nft.table.mark")
	tableDrop   = sys.NewEffect("nft.table.drop")
	forwardOn   = sys.NewEffect("nft.forward.on")
	forwardOff  = sys.NewEffect("nft.forward.off")
)

// stamp is a chain that holds one rule whose comment is the digest of the ruleset. It is
// set last, and a new ruleset comes without it: where the digest fits, the
// rules are loaded and the old connections forgotten.
const stamp = "stamp"

// Tables is the driver of routers' rules. The id is the router's.
//
// It also owns the switch that makes the namespace forward at all: on only
// while a table is loaded. Package netdev makes a router that passes nothing,
// so there is no moment without rules.
type Tables struct {
	In sys.Installation // required

	loads loads
}

var _ plan.Driver[Table] = (*Tables)(nil)

func (d *Tables) table() *nftables.Table {
	return &nftables.Table{Name: d.In.Prefix(), Family: nftables.TableFamilyINet}
}

// List names the routers that have a table.
func (d *Tables) List(context.Context) ([]plan.ID, error) {
	routers, err := d.In.ListNetns("r")
	if err != nil {
		return nil, err
	}
	var ids []plan.ID
	for _, id := range routers {
		names, err := chains(d.In.Netns("r", id), d.table())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if len(names) > 0 {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Ensure replaces the router's table when it is not what spec says. It is
// loaded but not ready while a policy is missing or an address is claimed by
// two ports: then what is doubtful is closed.
func (d *Tables) Ensure(ctx context.Context, id plan.ID, spec Table) (plan.Status, error) {
	rs, err := compile(d.In, spec)
	if err != nil {
		return broken("rules of the router: %v", err)
	}
	script, err := rs.text()
	if err != nil {
		return broken("rules of the router: %v", err)
	}
	ns := d.In.Netns("r", id)
	if !ns.Exists() {
		return plan.Status{Reason: "waits for router " + string(id), Again: retry}, nil
	}
	damaged, err := d.replace(ctx, ns, rs, script)
	if err != nil {
		return plan.Status{}, fmt.Errorf("rules of router %s: %w", id, err)
	}
	st := plan.Status{Ready: true}
	if len(rs.waits) > 0 {
		st = plan.Status{Reason: "waits for " + strings.Join(rs.waits, ", "), Again: retry}
	}
	if damaged {
		st.Repaired = "somebody changed or took away the rules of the router; they were loaded again"
	}
	return st, nil
}

// Alien tells that a change of tables that Watch heard was not made by this driver.
func (d *Tables) Alien(c Change) bool { return d.loads.alien(c) }

// replace loads the table when it is another one, or may have been changed.
func (d *Tables) replace(ctx context.Context, ns sys.Netns, rs *ruleset, script string) (damaged bool, err error) {
	d.loads.mu.Lock()
	defer d.loads.mu.Unlock()
	want := digest(script)
	have, err := comment(ns, d.table(), stamp)
	if err != nil {
		return false, err
	}
	if damaged, err = d.loads.damaged(ns, stamp); err != nil {
		return false, err
	}
	if have == want && !damaged {
		if d.loads.known(ns, stamp) {
			return false, forward4(ns, "1", forwardOn)
		}
		return false, errors.Join(d.loads.note(ns, stamp), forward4(ns, "1", forwardOn))
	}
	return damaged, d.load(ctx, ns, rs, script, want)
}

// load replaces the table and remembers it.
func (d *Tables) load(ctx context.Context, ns sys.Netns, rs *ruleset, script, want string) error {
	if err := tableLoad.Do(func() error { return load(ctx, ns, script) }); err != nil {
		return err
	}
	if err := tableForget.Do(func() error { return rs.forget(ns) }); err != nil {
		return err
	}
	if err := tableMark.Do(func() error { return d.mark(ns, want) }); err != nil {
		return err
	}
	if err := d.loads.note(ns, stamp); err != nil {
		return err
	}
	return forward4(ns, "1", forwardOn)
}

// forward4 switches forwarding, touching it only when it is not so already.
func forward4(ns sys.Netns, value string, effect sys.Effect) error {
	const name = "net/ipv4/ip_forward"
	now, err := ns.Sysctl(name)
	if err != nil || now == value {
		return err
	}
	return effect.Do(func() error {
		return ns.Do(func() error { return os.WriteFile("/proc/sys/"+name, []byte(value), 0o644) })
	})
}

func (d *Tables) mark(ns sys.Netns, text string) error {
	return look(ns, func(c *nftables.Conn) error {
		t := d.table()
		c.AddRule(&nftables.Rule{
			Table: t, Chain: &nftables.Chain{Name: stamp, Table: t},
			Exprs:    []expr.Any{&expr.Counter{}},
			UserData: userdata.AppendString(nil, userdata.TypeComment, text),
		})
		return c.Flush()
	})
}

// Remove takes the table away, after the router has stopped forwarding.
func (d *Tables) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	ns := d.In.Netns("r", id)
	d.loads.forget(ns)
	if !ns.Exists() {
		return plan.Status{Ready: true}, nil
	}
	if err := forward4(ns, "0", forwardOff); err != nil {
		return plan.Status{}, fmt.Errorf("remove rules of router %s: %w", id, err)
	}
	err := look(ns, func(c *nftables.Conn) error {
		all, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(t *nftables.Table) bool { return t.Name == d.In.Prefix() }) {
			return nil
		}
		return tableDrop.Do(func() error {
			c.DelTable(d.table())
			if err := c.Flush(); err != nil && !errors.Is(err, unix.ENOENT) {
				return err
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return plan.Status{}, fmt.Errorf("remove rules of router %s: %w", id, err)
	}
	return plan.Status{Ready: true}, nil
}
