package main

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// dialTime is how long a machine may take to answer.
const dialTime = 10 * time.Second

// tellLinks tells the other nodes where this one has its links, until ctx ends.
func (n *node) tellLinks(ctx context.Context) error {
	if n.opt.dsn == "" || n.remote == nil {
		<-ctx.Done()
		return nil
	}
	name, err := n.opt.data.node()
	if err != nil {
		return err
	}
	say := func(ctx context.Context, address string) error {
		return n.db.Write(ctx, func(tx *store.Tx) error { return hub.Announce(tx, name, address) })
	}
	err = n.patiently(ctx, "tell other nodes of the links", func() error { return say(ctx, n.linksAddress(ctx)) })
	if err != nil {
		return err
	}
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := say(ctx, ""); err != nil {
		n.opt.log.Warn("other control nodes still ask this one for images", "error", err)
	}
	return nil
}

// linksAddress is where others reach the links of this node: as it listens, or with
// the address that it has towards the database where it listens on all.
func (n *node) linksAddress(ctx context.Context) string {
	at := n.remote.Addr().String()
	ap, err := netip.ParseAddrPort(at)
	if err != nil || !ap.Addr().IsUnspecified() {
		return at
	}
	host := hostName()
	if conf, err := pgx.ParseConfig(n.opt.dsn); err == nil {
		if own := sourceTowards(ctx, net.JoinHostPort(conf.Host, strconv.Itoa(int(conf.Port)))); own != "" {
			host = own
		}
	}
	return net.JoinHostPort(host, strconv.Itoa(int(ap.Port())))
}

// bringImage gets an image from another node, once for all hosts that wait for it.
func (n *node) bringImage(ctx context.Context, digest string, size int64) error {
	if n.opt.dsn == "" {
		return nil // there is no other; opening says that it is not there
	}
	name, err := n.opt.data.node()
	if err != nil {
		return err
	}
	_, err, _ = n.bringing.Do(digest, func() (any, error) {
		return nil, n.hub.FetchImage(ctx, name, digest, dialTCP, func(fill func(w io.Writer) error) error {
			return n.images().Receive(digest, size, fill)
		})
	})
	return err
}

func dialTCP(ctx context.Context, address string) (net.Conn, error) {
	return (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "tcp", address) // dial: a control node, that the operator or a node named
}
