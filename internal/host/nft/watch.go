package nft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"

	mdl "github.com/mdlayher/netlink"
	"github.com/vishvananda/netlink"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// changed is the notification that ends a transaction of nftables.
const changed = unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_NEWGEN

// Watch hears of changes of the tables in many namespaces through one socket, with
// one goroutine, however many there are: the kernel tells a socket that asked for it
// what happens in all namespaces that have a number in its own.
type Watch struct {
	sock *os.File

	mu    sync.Mutex
	names map[int32]sys.Netns
	known map[sys.Netns]uint64 // identity of what has a number
}

// NewWatch opens the socket; it needs CAP_NET_BROADCAST.
func NewWatch() (*Watch, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("watch tables: %w", err)
	}
	if err := listen(fd); err != nil {
		return nil, errors.Join(fmt.Errorf("watch tables: %w", err), unix.Close(fd))
	}
	return &Watch{sock: os.NewFile(uintptr(fd), "nftables"), names: map[int32]sys.Netns{}, known: map[sys.Netns]uint64{}}, nil
}

// listen lets through only the last message of each transaction: a large table has
// thousands of others.
func listen(fd int) error {
	var kind [2]byte
	binary.NativeEndian.PutUint16(kind[:], changed)
	filter, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 4, Size: 2}, // nlmsg_type
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(binary.BigEndian.Uint16(kind[:])), SkipFalse: 1},
		bpf.RetConstant{Val: 1 << 16},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return err
	}
	prog := make([]unix.SockFilter, 0, len(filter))
	for _, i := range filter {
		prog = append(prog, unix.SockFilter{Code: i.Op, Jt: i.Jt, Jf: i.Jf, K: i.K})
	}
	return errors.Join(
		unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}),
		unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_LISTEN_ALL_NSID, 1),
		unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}),
		unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, unix.NFNLGRP_NFTABLES),
	)
}

// Add makes a namespace one of those that are heard. It costs nothing when it is one.
func (w *Watch) Add(ns sys.Netns) error {
	id := ns.Identity()
	w.mu.Lock()
	defer w.mu.Unlock()
	if id == 0 || w.known[ns] == id {
		return nil
	}
	h, err := ns.Open()
	if err != nil {
		return err
	}
	defer h.Close()
	n, err := netlink.GetNetNsIdByFd(int(h))
	if err == nil && n < 0 {
		if err = netlink.SetNetNsIdByFd(int(h), -1); err == nil { // the kernel takes a free one
			n, err = netlink.GetNetNsIdByFd(int(h))
		}
	}
	if err != nil {
		return fmt.Errorf("watch tables of %s: %w", ns, err)
	}
	w.names[int32(n)], w.known[ns] = ns, id
	return nil
}

// Change is a transaction in a namespace.
type Change struct {
	Netns sys.Netns // "" = some were missed, in any of them
	Gen   uint32    // what it made of the tables
	By    string    // the process, as far as the kernel says
}

// Next waits for the next change in a namespace that was added. It ends with Close.
func (w *Watch) Next() (c Change, err error) {
	raw, err := w.sock.SyscallConn()
	if err != nil {
		return c, err
	}
	b, oob := make([]byte, 4096), make([]byte, unix.CmsgSpace(4))
	for {
		var n, noob int
		var failed error
		err := raw.Read(func(fd uintptr) bool {
			n, noob, _, _, failed = unix.Recvmsg(int(fd), b, oob, 0)
			return !errors.Is(failed, unix.EAGAIN)
		})
		switch {
		case errors.Is(failed, unix.ENOBUFS):
			return Change{}, nil
		case err != nil || failed != nil:
			return c, errors.Join(err, failed)
		}
		id, ok := nsidOf(oob[:noob])
		w.mu.Lock()
		ns := w.names[id]
		w.mu.Unlock()
		if c, heard := changeIn(b[:n]); ok && heard && ns != "" {
			c.Netns = ns
			return c, nil
		}
	}
}

// Close ends Next.
func (w *Watch) Close() error { return w.sock.Close() }

// nsidOf reads from which namespace a message came.
func nsidOf(oob []byte) (int32, bool) {
	all, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, false
	}
	for _, m := range all {
		if m.Header.Level == unix.SOL_NETLINK && m.Header.Type == unix.NETLINK_LISTEN_ALL_NSID && len(m.Data) >= 4 {
			return int32(binary.NativeEndian.Uint32(m.Data)), true
		}
	}
	return 0, false
}

// changeIn reads the end of a transaction.
func changeIn(b []byte) (c Change, ok bool) {
	if len(b) < 20 || binary.NativeEndian.Uint16(b[4:]) != changed {
		return c, false
	}
	ad, err := mdl.NewAttributeDecoder(b[20:min(len(b), max(20, int(binary.NativeEndian.Uint32(b))))])
	if err != nil {
		return c, false
	}
	ad.ByteOrder = binary.BigEndian
	for ad.Next() {
		switch ad.Type() {
		case unix.NFTA_GEN_ID:
			c.Gen, ok = ad.Uint32(), true
		case unix.NFTA_GEN_PROC_NAME:
			c.By = ad.String()
		}
	}
	return c, ok && ad.Err() == nil
}

// generation counts the transactions in a namespace: while it stays, nobody has
// changed anything.
func generation(ns sys.Netns) (uint32, error) {
	h, err := ns.Open()
	if err != nil {
		return 0, err
	}
	defer h.Close()
	c, err := mdl.Dial(unix.NETLINK_NETFILTER, &mdl.Config{NetNS: int(h)})
	if err != nil {
		return 0, fmt.Errorf("generation of the tables in %s: %w", ns, err)
	}
	defer func() { _ = c.Close() }()
	list, err := c.Execute(mdl.Message{
		Header: mdl.Header{Type: unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_GETGEN, Flags: mdl.Request},
		Data:   make([]byte, 4), // nfgenmsg
	})
	if err != nil {
		return 0, fmt.Errorf("generation of the tables in %s: %w", ns, err)
	}
	for _, m := range list {
		ad, err := mdl.NewAttributeDecoder(m.Data[min(4, len(m.Data)):])
		if err != nil {
			return 0, err
		}
		ad.ByteOrder = binary.BigEndian
		for ad.Next() {
			if ad.Type() == unix.NFTA_GEN_ID {
				return ad.Uint32(), ad.Err()
			}
		}
	}
	return 0, fmt.Errorf("generation of the tables in %s: no answer", ns)
}
