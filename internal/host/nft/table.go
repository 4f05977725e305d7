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

	"github.com/virga-cloud/virga/internal/filter"
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

// stamp is a chain that holds one rule whose comment is the digest of the program. It is
// set last, or with a change that forbids nothing, and any other change takes it away:
// where the digest fits, the rules are loaded and the old connections forgotten.
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

// Ensure makes the router's table what spec says, and touches only the parts that
// differ. It is loaded but not ready while a policy is missing or an address is claimed
// by two ports: then what is doubtful is closed.
func (d *Tables) Ensure(ctx context.Context, id plan.ID, spec Table) (plan.Status, error) {
	c, err := filter.Compile(spec)
	if err != nil {
		return broken("rules of the router: %v", err)
	}
	ns := d.In.Netns("r", id)
	if !ns.Exists() {
		return plan.Status{Reason: "waits for router " + string(id), Again: retry}, nil
	}
	damaged, err := d.replace(ctx, ns, c)
	if err != nil {
		return plan.Status{}, fmt.Errorf("rules of router %s: %w", id, err)
	}
	st := plan.Status{Ready: true}
	if len(c.Waits) > 0 {
		st = plan.Status{Reason: "waits for " + strings.Join(c.Waits, ", "), Again: retry}
	}
	if damaged {
		st.Repaired = "somebody changed or took away the rules of the router; they were loaded again"
	}
	return st, nil
}

// Alien tells that a change of tables that Watch heard was not made by this driver.
func (d *Tables) Alien(c Change) bool { return d.loads.alien(c) }

// replace loads what differs from the table that is there, or all of it when somebody
// may have changed it.
func (d *Tables) replace(ctx context.Context, ns sys.Netns, c *filter.Compiled) (damaged bool, err error) {
	d.loads.mu.Lock()
	defer d.loads.mu.Unlock()
	want := build(d.In, c)
	mark := want.digest()
	have, err := comment(ns, d.table(), stamp)
	if err != nil {
		return false, err
	}
	if damaged, err = d.loads.damaged(ns, stamp); err != nil {
		return false, err
	}
	if have == mark && !damaged {
		if !d.loads.known(ns, stamp) {
			if err := d.loads.note(ns, stamp); err != nil {
				return false, err
			}
			d.loads.keep(ns, want)
		}
		return false, d.forward(ns, c)
	}
	script, narrows, err := d.script(ns, want, damaged)
	if err != nil {
		return damaged, err
	}
	// Without a stamp nobody knows whether the connections were looked through.
	if narrows = narrows || have == ""; !narrows {
		script += stampRule(want.name, mark)
	}
	d.loads.keep(ns, nil) // until it is known how this ends
	if err := tableLoad.Do(func() error { return load(ctx, ns, script) }); err != nil {
		return damaged, err
	}
	if err := d.loads.note(ns, stamp); err != nil {
		return damaged, err
	}
	d.loads.keep(ns, want)
	if narrows {
		if err := tableForget.Do(func() error { return forget(ns, c) }); err != nil {
			return damaged, err
		}
		if err := tableMark.Do(func() error { return d.mark(ns, mark) }); err != nil {
			return damaged, err
		}
		if err := d.loads.note(ns, stamp); err != nil {
			return damaged, err
		}
	}
	return damaged, d.forward(ns, c)
}

func stampRule(table, mark string) string {
	return fmt.Sprintf("add rule %s %s counter comment %q\n", table, stamp, mark)
}

// script brings the kernel's table to want, without its stamp: what this process loaded
// itself is changed in part; what an earlier one left is filled anew in place, which no
// packet notices; and what was damaged, or could not be changed at the last try, is made
// anew as a whole.
func (d *Tables) script(ns sys.Netns, want *program, damaged bool) (script string, narrows bool, err error) {
	have, whole := d.loads.program(ns)
	if have == nil && !whole && !damaged {
		if have, err = d.find(ns); err != nil {
			return "", false, err
		}
	}
	if have == nil || damaged {
		return want.whole(), true, nil
	}
	script, narrows = want.delta(have)
	return fmt.Sprintf("flush chain %s %s\n", want.name, stamp) + script, narrows, nil
}

// find is the table as an earlier process left it: the names of its parts, nil when
// there is none, or one that lies still.
func (d *Tables) find(ns sys.Netns) (found *program, err error) {
	err = look(ns, func(c *nftables.Conn) error {
		t, err := c.ListTableOfFamily(d.In.Prefix(), nftables.TableFamilyINet)
		if errors.Is(err, unix.ENOENT) || err == nil && t.Flags != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		p := &program{sets: map[string]set{}, chains: map[string]chain{}}
		all, err := c.ListChainsOfTableFamily(t.Family)
		if err != nil {
			return err
		}
		for _, ch := range all {
			if ch.Table.Name == t.Name {
				p.chains[ch.Name] = chain{hook: hook(ch), found: true}
			}
		}
		if _, ok := p.chains[stamp]; !ok {
			return nil
		}
		sets, err := c.GetSets(t)
		if err != nil {
			return err
		}
		for _, s := range sets {
			if s.Anonymous {
				continue
			}
			kind := "set"
			if s.IsMap {
				kind = "map"
			}
			p.sets[s.Name] = set{kind: kind, found: true}
		}
		found = p
		return nil
	})
	return found, err
}

// hook is how nft writes where a chain hangs.
func hook(c *nftables.Chain) string {
	if c.Hooknum == nil || c.Priority == nil || c.Policy == nil {
		return ""
	}
	names := map[nftables.ChainHook]string{
		*nftables.ChainHookPrerouting: "prerouting", *nftables.ChainHookInput: "input", *nftables.ChainHookForward: "forward",
		*nftables.ChainHookOutput: "output", *nftables.ChainHookPostrouting: "postrouting",
	}
	policy := "accept"
	if *c.Policy == nftables.ChainPolicyDrop {
		policy = "drop"
	}
	return fmt.Sprintf("type %s hook %s priority %d; policy %s;", c.Type, names[*c.Hooknum], *c.Priority, policy)
}

const (
	forwards4 = "net/ipv4/ip_forward"
	forwards6 = "net/ipv6/conf/all/forwarding"
)

// forward lets the router forward what its rules are for.
func (d *Tables) forward(ns sys.Netns, c *filter.Compiled) error {
	if c.V6 {
		if err := set0or1(ns, forwards6, "1", forwardOn); err != nil {
			return err
		}
	}
	return set0or1(ns, forwards4, "1", forwardOn)
}

// set0or1 switches something, touching it only when it is not so already.
func set0or1(ns sys.Netns, name, value string, effect sys.Effect) error {
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
	for _, name := range []string{forwards4, forwards6} {
		err := set0or1(ns, name, "0", forwardOff)
		if err != nil && !(name == forwards6 && errors.Is(err, fs.ErrNotExist)) { // a kernel without IPv6
			return plan.Status{}, fmt.Errorf("remove rules of router %s: %w", id, err)
		}
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
