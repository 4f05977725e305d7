// Package nft filters and translates: one table "inet vgTAG" in each router's
// namespace, and one table "bridge vgTAG" in each network's with a chain for
// each card against false sources. Both are only ever changed in whole
// transactions, so that no packet meets half a ruleset.
//
// Rules are written as text and loaded by nft(8), which makes verdict maps,
// concatenated sets and intervals from it in one transaction; the text is what
// an operator sees with "nft list ruleset", and what the golden tests compare.
// Looking (for List, and to find that nothing has changed) goes through
// netlink, since it happens much more often and must be cheap.
package nft

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// retry is when a step that waits for another object is tried again.
const retry = 300 * time.Millisecond

// LogGroup is the netlink group to which rules with Log send their packets;
// the prefix says allow or drop.
const LogGroup = 86

// What the kernel says of a packet that a rule with Log let through, or did not, begins so.
const (
	logName        = "virga"
	logPrefixAllow = logName + " allow "
	logPrefixDrop  = logName + " drop "
)

// load gives script to nft in ns. The script is in memory as a whole before
// nft starts and nft dies with this process: a killed agent leaves neither
// half a script nor an old one that is applied later.
func load(ctx context.Context, ns sys.Netns, script string) error {
	fd, err := unix.MemfdCreate("ruleset", unix.MFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("load ruleset: %w", err)
	}
	f := os.NewFile(uintptr(fd), "ruleset")
	defer f.Close()
	if _, err := f.WriteString(script); err != nil {
		return fmt.Errorf("load ruleset: %w", err)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return fmt.Errorf("load ruleset: %w", err)
	}
	var out bytes.Buffer
	err = ns.Do(func() error {
		cmd := exec.CommandContext(ctx, "nft", "-f", "-")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = f, &out, &out
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		return cmd.Run()
	})
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("nft(8) is missing; install the package nftables: %w", err)
	}
	if err != nil {
		return fmt.Errorf("load ruleset in %s: %w: %s", ns, err, strings.TrimSpace(out.String()))
	}
	return nil
}

// digest tells one script from another.
func digest(script string) string {
	sum := sha256.Sum256([]byte(script))
	return hex.EncodeToString(sum[:16])
}

// look opens the tables of ns for use.
func look(ns sys.Netns, use func(*nftables.Conn) error) error {
	h, err := ns.Open()
	if err != nil {
		return err
	}
	defer h.Close()
	c, err := nftables.New(nftables.WithNetNSFd(int(h)))
	if err != nil {
		return fmt.Errorf("netfilter in %s: %w", ns, err)
	}
	return use(c)
}

// comment is the comment of the first rule of a chain, empty when there is no
// such table, chain or comment.
func comment(ns sys.Netns, table *nftables.Table, chain string) (text string, err error) {
	err = look(ns, func(c *nftables.Conn) error {
		rules, err := c.GetRules(table, &nftables.Chain{Name: chain, Table: table})
		if errors.Is(err, unix.ENOENT) || len(rules) == 0 {
			return nil
		}
		text, _ = userdata.GetString(rules[0].UserData, userdata.TypeComment)
		return err
	})
	return text, err
}

// chains names the chains of a table, none when it does not exist.
func chains(ns sys.Netns, table *nftables.Table) (names []string, err error) {
	err = look(ns, func(c *nftables.Conn) error {
		all, err := c.ListChainsOfTableFamily(table.Family)
		for _, ch := range all {
			if ch.Table != nil && ch.Table.Name == table.Name {
				names = append(names, ch.Name)
			}
		}
		return err
	})
	return names, err
}

// broken is an order that no repeat will make possible.
func broken(format string, args ...any) (plan.Status, error) {
	return plan.Status{Failed: true, Reason: fmt.Sprintf(format, args...)}, nil
}
