package nft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	mdl "github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Logs reads what rules with Log say about packets, in the namespaces of routers. Of each
// router it keeps the newest plan.LoggedMax lines and counts the others.
type Logs struct {
	In  sys.Installation // required
	Now func() time.Time // required

	mu      sync.Mutex
	readers map[plan.ID]*logReader
}

// logReader is one router's socket and what it has said.
type logReader struct {
	conn     *mdl.Conn
	identity uint64 // of the namespace
	done     chan struct{}

	mu    sync.Mutex
	lines []plan.Logged
	next  uint32 // the number that the kernel gives to the next packet
	lost  uint64
}

// Follow begins to read a router's log. It costs nothing when it is read.
func (l *Logs) Follow(id plan.ID) error {
	ns := l.In.Netns("r", id)
	l.mu.Lock()
	defer l.mu.Unlock()
	identity := ns.Identity()
	if r := l.readers[id]; r != nil {
		select {
		case <-r.done: // its socket failed
		default:
			if r.identity == identity {
				return nil
			}
		}
		l.end(id)
	}
	h, err := ns.Open()
	if err != nil {
		return err
	}
	defer h.Close()
	conn, err := mdl.Dial(unix.NETLINK_NETFILTER, &mdl.Config{NetNS: int(h)})
	if err != nil {
		return fmt.Errorf("log of router %s: %w", id, err)
	}
	for _, m := range logConfig() {
		if _, err := conn.Execute(m); err != nil {
			return errors.Join(fmt.Errorf("log of router %s: %w", id, err), conn.Close())
		}
	}
	r := &logReader{conn: conn, identity: identity, done: make(chan struct{})}
	if l.readers == nil {
		l.readers = map[plan.ID]*logReader{}
	}
	l.readers[id] = r
	go r.run(id, l.Now)
	return nil
}

// Take gives what a router's log said since the last time, oldest first, and how many
// lines were lost before these.
func (l *Logs) Take(id plan.ID) (lines []plan.Logged, lost uint64) {
	l.mu.Lock()
	r := l.readers[id]
	l.mu.Unlock()
	if r == nil {
		return nil, 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	lines, lost = r.lines, r.lost
	r.lines, r.lost = nil, 0
	return lines, lost
}

// Forget ends the reading of a router's log.
func (l *Logs) Forget(id plan.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end(id)
}

// Close ends all of it.
func (l *Logs) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.readers {
		l.end(id)
	}
}

func (l *Logs) end(id plan.ID) {
	r := l.readers[id]
	if r == nil {
		return
	}
	_ = r.conn.Close() // ends Receive
	<-r.done
	delete(l.readers, id)
}

func (r *logReader) run(id plan.ID, now func() time.Time) {
	defer close(r.done)
	for {
		list, err := r.conn.Receive()
		if errors.Is(err, unix.ENOBUFS) {
			continue // the numbers tell how many
		}
		if err != nil {
			return
		}
		at := now()
		for _, m := range list {
			if m.Header.Type != unix.NFNL_SUBSYS_ULOG<<8 {
				continue
			}
			line, number, ok := loggedIn(m.Data)
			if !ok {
				continue
			}
			line.Router, line.At = id, at
			r.add(line, number)
		}
	}
}

func (r *logReader) add(line plan.Logged, number uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost += uint64(number - r.next)
	r.next = number + 1
	if len(r.lines) == plan.LoggedMax {
		r.lines = r.lines[:copy(r.lines, r.lines[1:])]
		r.lost++
	}
	r.lines = append(r.lines, line)
}

// The messages of the kernel's log (linux/netfilter/nfnetlink_log.h).
const (
	logConfigType = unix.NFNL_SUBSYS_ULOG<<8 | 1
	logCommand    = 1 // attributes of a configuration
	logMode       = 2
	logWait       = 4
	logFlags      = 6
	logPayload    = 9 // attributes of a packet
	logPrefix     = 10
	logNumber     = 12
	// logged is how much of a packet is looked at: its addresses and ports.
	logged = 128
)

// logConfig asks for the packets of LogGroup: their beginning, numbered, a tenth of a
// second after they came at the latest.
func logConfig() (all []mdl.Message) {
	for _, a := range []mdl.Attribute{
		{Type: logCommand, Data: []byte{1}}, // bind
		{Type: logMode, Data: append(binary.BigEndian.AppendUint32(nil, logged), 2, 0)},
		{Type: logFlags, Data: binary.BigEndian.AppendUint16(nil, 1)}, // numbers
		{Type: logWait, Data: binary.BigEndian.AppendUint32(nil, 10)},
	} {
		b, err := mdl.MarshalAttributes([]mdl.Attribute{a})
		if err != nil {
			panic(err) // they are the ones above
		}
		all = append(all, mdl.Message{
			Header: mdl.Header{Type: logConfigType, Flags: mdl.Request | mdl.Acknowledge},
			Data:   append([]byte{0, 0, LogGroup >> 8, LogGroup & 0xff}, b...), // nfgenmsg
		})
	}
	return all
}

// loggedIn reads a message about a packet.
func loggedIn(b []byte) (line plan.Logged, number uint32, ok bool) {
	if len(b) < 4 {
		return line, 0, false
	}
	ad, err := mdl.NewAttributeDecoder(b[4:])
	if err != nil {
		return line, 0, false
	}
	ad.ByteOrder = binary.BigEndian
	for ad.Next() {
		switch ad.Type() {
		case logPrefix:
			line.Allow = strings.HasPrefix(ad.String(), logPrefixAllow)
		case logNumber:
			number = ad.Uint32()
		case logPayload:
			ok = packetIn(ad.Bytes(), &line)
		}
	}
	return line, number, ok && ad.Err() == nil
}

// packetIn reads the addresses of a packet, and the ports of one that has any.
func packetIn(b []byte, line *plan.Logged) bool {
	var rest []byte
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		line.Source, line.Destination = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
		line.Protocol = b[9]
		first := binary.BigEndian.Uint16(b[6:])&0x1fff == 0
		if head := int(b[0]&0xf) * 4; first && head >= 20 && head <= len(b) {
			rest = b[head:]
		}
	case len(b) >= 40 && b[0]>>4 == 6:
		line.Source, line.Destination = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
		line.Protocol, rest = b[6], b[40:]
		for range 8 { // what stands before the protocol
			var head int
			switch {
			case len(rest) < 8:
			case line.Protocol == 0 || line.Protocol == 43 || line.Protocol == 60: // hop by hop, routing, for the destination
				head = (int(rest[1]) + 1) * 8
			case line.Protocol == 44 && binary.BigEndian.Uint16(rest[2:])>>3 == 0: // the first fragment
				head = 8
			}
			if head == 0 || head > len(rest) {
				break
			}
			line.Protocol, rest = rest[0], rest[head:]
		}
	default:
		return false
	}
	if (line.Protocol == filter.TCP || line.Protocol == filter.UDP) && len(rest) >= 4 {
		line.SourcePort, line.DestinationPort = binary.BigEndian.Uint16(rest), binary.BigEndian.Uint16(rest[2:])
	}
	return true
}
