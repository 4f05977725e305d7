package nft

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// program is a table in parts: what is compared, loaded as a whole, and changed in part.
type program struct {
	name   string // of the table, with its family
	sets   map[string]set
	chains map[string]chain
}

// set is a set or a map of a table.
type set struct {
	kind string // "set" or "map"
	decl string // its type and flags, each with a semicolon
	// elements are its keys, and what a map has for each.
	elements map[string]string
	// dynamic elements come and go with the packets: they are not looked at.
	dynamic bool
	// found says that it lies in the kernel and that nobody knows what is in it.
	found bool
}

// chain is a chain of a table.
type chain struct {
	hook  string // "" for one that is jumped to
	rules []string
	found bool // as in set
}

// digest tells one program from another. Elements have no order, so their sums are
// added: sorting thousands of them would cost more than all the rest of a small change.
func (p *program) digest() string {
	h := sha256.New()
	for _, n := range sorted(p.sets) {
		s := p.sets[n]
		var high, low uint64
		for k, v := range s.elements {
			sum := sha256.Sum256([]byte(k + " : " + v))
			high += binary.BigEndian.Uint64(sum[:])
			low += binary.BigEndian.Uint64(sum[8:])
		}
		fmt.Fprintf(h, "%s %s %s %d %x %x\n", s.kind, n, s.decl, len(s.elements), high, low)
	}
	for _, n := range sorted(p.chains) {
		c := p.chains[n]
		fmt.Fprintf(h, "chain %s %s\n", n, c.hook)
		for _, r := range c.rules {
			_, _ = io.WriteString(h, r+"\n")
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// whole is the script that makes the table anew, whatever was there.
func (p *program) whole() string {
	script, _ := p.delta(&program{})
	return fmt.Sprintf("add table %s\ndelete table %[1]s\nadd table %[1]s\n", p.name) + script
}

// delta is the script that makes of have what p says. It touches nothing else, so a
// chain, a set and each element that stays is the same one for the packets on their way.
// narrows says that something may be forbidden now that was allowed.
//
// The order is that in which one may lack the other: rules name sets, and elements of
// verdict maps and rules name chains.
func (p *program) delta(have *program) (script string, narrows bool) {
	var w strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&w, format+"\n", args...) }
	goneChain := func(n string) bool { c, ok := p.chains[n]; return !ok || c.hook != have.chains[n].hook }
	goneSet := func(n string) bool {
		s, ok := p.sets[n]
		old := have.sets[n]
		return !ok || s.kind != old.kind || !old.found && s.decl != old.decl
	}
	// stands tells that a part is there already, as far as its name and kind go.
	standsChain := func(n string) bool { _, ok := have.chains[n]; return ok && !goneChain(n) }
	standsSet := func(n string) bool { _, ok := have.sets[n]; return ok && !goneSet(n) }
	other := func(n string) bool {
		old := have.chains[n]
		return old.found || !slices.Equal(old.rules, p.chains[n].rules)
	}

	for _, n := range sorted(have.chains) {
		if goneChain(n) || other(n) {
			line("flush chain %s %s", p.name, n)
			narrows = true
		}
	}
	more := map[string][]string{}
	for _, n := range sorted(have.sets) {
		if goneSet(n) {
			continue
		}
		old, now := have.sets[n], p.sets[n]
		// What is in it is not known. It is emptied and filled and not made anew: a packet
		// that is on its way by the old rules finds the elements of a map that goes no more.
		if old.found && !now.dynamic {
			line("flush %s %s %s", old.kind, p.name, n)
			narrows = true
		}
		if less := missing(old.elements, now.elements); len(less) > 0 {
			line("delete element %s %s { %s }", p.name, n, list(less))
			narrows = true
		}
		more[n] = missing(now.elements, old.elements)
		narrows = narrows || !p.widens(have, n, more[n])
	}
	for _, n := range sorted(have.sets) {
		if goneSet(n) {
			line("delete %s %s %s", have.sets[n].kind, p.name, n)
			narrows = true
		}
	}
	for _, n := range sorted(have.chains) {
		if goneChain(n) {
			line("delete chain %s %s", p.name, n)
		}
	}
	for _, n := range sorted(p.chains) {
		switch c := p.chains[n]; {
		case standsChain(n):
		case c.hook != "":
			line("add chain %s %s { %s }", p.name, n, c.hook)
		default:
			line("add chain %s %s", p.name, n)
		}
	}
	for _, n := range sorted(p.sets) {
		s := p.sets[n]
		if !standsSet(n) {
			line("add %s %s %s { %s }", s.kind, p.name, n, s.decl)
			more[n] = missing(s.elements, nil)
		}
	}
	for _, n := range sorted(p.sets) {
		if len(more[n]) > 0 {
			line("add element %s %s { %s }", p.name, n, list(more[n]))
		}
	}
	for _, n := range sorted(p.chains) {
		if !standsChain(n) || other(n) {
			for _, r := range p.chains[n].rules {
				line("add rule %s %s %s", p.name, n, r)
			}
		}
	}
	return w.String(), narrows
}

// widens tells that new elements of a set cannot forbid what was allowed. Those that it
// is true of are about addresses that nobody behind the router had.
func (p *program) widens(have *program, name string, elements []string) bool {
	if strings.HasPrefix(name, cardsOf) { // a rule is about more cards: about new ones?
		return !slices.ContainsFunc(elements, func(card string) bool {
			_, was := have.sets["privates"].elements[card]
			return was
		})
	}
	switch name {
	case "ports4", "ports6", "gateways4", "gateways6", "inward4", "inward6", "privates", "translate_in", "translate_out":
		return true
	}
	return len(elements) == 0
}

// missing are the elements of a that b does not have like that, as they are written.
func missing(a, b map[string]string) (out []string) {
	for k, v := range a {
		if w, ok := b[k]; ok && v == w {
			continue
		}
		if v != "" {
			k += " : " + v
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func list(elements []string) string { return strings.Join(elements, ", ") }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
