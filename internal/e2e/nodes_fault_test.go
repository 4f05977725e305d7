package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// cluster is control nodes on one PostgreSQL and hosts, each on a machine of its own:
// what is cut off hears nothing and is not told so.
type cluster struct {
	*Rack
	nodes []*Cloud
	procs []*Process
	db    atomic.Pointer[pgtest.Server] // where the address of the database leads
}

// newCluster starts the nodes, below base, and has no host join yet. The database's
// address is a relay's, so that it outlives the server.
func newCluster(t *testing.T, base string, nodes, hosts int) *cluster {
	t.Helper()
	folders := func(name string) *Cloud { return New(t, bin, base, fmt.Sprintf("cluster-%d-%s", nodes, name)) }
	c := &cluster{Rack: NewRack(folders("node-1"), folders, hosts)}
	c.nodes = []*Cloud{c.Cloud}
	links := []string{"192.0.2.1:7443"}
	for i := 1; i < nodes; i++ {
		n := folders(fmt.Sprintf("node-%d", i+1))
		n.Netns = c.machine()
		links = append(links, fmt.Sprintf("192.0.2.%d:7443", c.n))
		c.Links += "," + links[i]
		c.nodes = append(c.nodes, n)
	}
	server := pgtest.Single(t)
	c.must(server.Create("virga"))
	c.db.Store(server)
	relay := c.machine()
	address := fmt.Sprintf("192.0.2.%d", c.n)
	ln, err := relay.Listen(t.Context(), "tcp", address+":5432")
	c.must(err)
	c.relay(ln)
	dsn := fmt.Sprintf("host=%s port=5432 user=%s dbname=virga sslmode=disable", address, pgtest.User)
	for i, n := range c.nodes {
		if i > 0 {
			copyKeys(t, c.nodes[0], n)
		}
		c.procs = append(c.procs, n.Start("serve", "--listen", "127.0.0.1:8080", "--links", links[i], "--postgres", dsn))
		n.Token = c.nodes[0].Token
	}
	built, err := image.Cached(t.Context())
	c.must(err)
	c.Admin("POST", "/images", map[string]any{"path": built.Path}).Is(200)
	return c
}

// relay carries connections to the server that is the database at the time. Its bytes
// are looked at by nobody.
func (c *cluster) relay(ln net.Listener) {
	var all sync.WaitGroup
	open := map[net.Conn]bool{}
	var mu sync.Mutex
	add := func(conn net.Conn) { mu.Lock(); defer mu.Unlock(); open[conn] = true }
	shut := func(conn net.Conn) { mu.Lock(); defer mu.Unlock(); _ = conn.Close(); delete(open, conn) }
	c.T.Cleanup(func() {
		_ = ln.Close()
		mu.Lock()
		for conn := range open {
			_ = conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	all.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", c.db.Load().Socket())
			if err != nil {
				_ = near.Close() // as a machine whose server is down
				continue
			}
			add(near)
			add(far)
			for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
				all.Go(func() {
					_, _ = io.Copy(way[0], way[1]) // ends with either
					shut(near)
					shut(far)
				})
			}
		}
	})
}

// cut takes a node's cable out, or puts it in again.
func (c *cluster) cut(i int, out bool) {
	c.T.Helper()
	c.within(c.nodes[i].Netns, func(nl *netlink.Handle) error {
		l, err := nl.LinkByName("eth0")
		if err != nil {
			return err
		}
		if out {
			return nl.LinkSetDown(l)
		}
		return nl.LinkSetUp(l)
	})
}

// load is clients that create servers and delete some of them, and go to the next node
// when one does not answer or cannot do it now.
type load struct {
	c     *cluster
	image string
	ctx   context.Context
	all   sync.WaitGroup

	mu      sync.Mutex
	kept    map[string]string // name by id, as it was answered
	gone    map[string]string // accepted for deletion
	done    int
	refused map[string]int // answers that were no success, by status or error
	last    map[int]time.Time
	silence time.Duration // longest between two successes of one client
}

// tryFor bounds one try: a client that knows of other nodes does not wait longer.
const tryFor = 5 * time.Second

func (c *cluster) load(clients int) (l *load, stop func()) {
	ctx, cancel := context.WithCancel(c.T.Context())
	l = &load{
		c: c, image: c.Image("tiny"), ctx: ctx, kept: map[string]string{}, gone: map[string]string{},
		refused: map[string]int{}, last: map[int]time.Time{},
	}
	for i := range clients {
		l.last[i] = time.Now()
		l.all.Go(func() { l.client(i) })
	}
	stop = sync.OnceFunc(func() { cancel(); l.all.Wait() })
	c.T.Cleanup(stop)
	return l, stop
}

func (l *load) client(client int) {
	var mine []string
	for n := 0; l.ctx.Err() == nil; n++ {
		name := fmt.Sprintf("c%d-%d", client, n)
		body := Body(name, l.image, "")
		body["hardware"].(map[string]any)["hdds"] = []any{map[string]any{"size": 20, "is_main": true}}
		var made struct{ ID string }
		if !l.send(client, name, http.MethodPost, "/servers", body, &made) {
			return
		}
		l.mu.Lock()
		l.kept[made.ID] = name
		l.mu.Unlock()
		if mine = append(mine, made.ID); len(mine) < 6 {
			continue
		}
		oldest := mine[0]
		mine = mine[1:]
		if !l.send(client, name+"-gone", http.MethodDelete, "/servers/"+oldest, nil, nil) {
			return
		}
		l.mu.Lock()
		l.gone[oldest] = l.kept[oldest]
		delete(l.kept, oldest)
		l.mu.Unlock()
	}
}

// send repeats a request under one key until a node accepted it; false at the end of the load.
func (l *load) send(client int, key, method, path string, body, into any) bool {
	for try := client; l.ctx.Err() == nil; try++ {
		status, answer, err := l.try(l.c.nodes[try%len(l.c.nodes)], key, method, path, body)
		l.mu.Lock()
		switch {
		case err == nil && status == http.StatusAccepted:
			l.done++
			l.silence = max(l.silence, time.Since(l.last[client]))
			l.last[client] = time.Now()
		case err != nil && l.ctx.Err() == nil:
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				l.refused["no answer"]++
			} else {
				l.refused["no connection"]++
			}
		case err == nil:
			l.refused[fmt.Sprint(status)]++
			if status != http.StatusServiceUnavailable && (status != http.StatusConflict || method != http.MethodDelete) {
				l.c.T.Errorf("%s %s: %d %s", method, path, status, answer)
			}
		}
		l.mu.Unlock()
		if err == nil && status == http.StatusAccepted {
			if into != nil && json.Unmarshal(answer, into) != nil {
				l.c.T.Errorf("%s %s: %s", method, path, answer)
			}
			return true
		}
		pause := time.NewTimer(50 * time.Millisecond) // a client does not hammer
		select {
		case <-l.ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
	return false
}

func (l *load) try(n *Cloud, key, method, path string, body any) (status int, answer []byte, err error) {
	sent := []byte{}
	if body != nil {
		if sent, err = json.Marshal(body); err != nil {
			return 0, nil, err
		}
	}
	ctx, cancel := context.WithTimeout(l.ctx, tryFor)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, n.OneAndOne+path, bytes.NewReader(sent))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TOKEN", n.Token)
	r.Header.Set("Idempotency-Key", key)
	res, err := n.client().Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, answer, err
}

// during lets something happen and waits until the clients had so many more successes
// after it. It says what came of the rest.
func (l *load) during(what string, successes int, happens func()) {
	l.c.T.Helper()
	begin := time.Now()
	l.mu.Lock()
	l.refused, l.silence = map[string]int{}, 0
	for client := range l.last {
		l.last[client] = begin
	}
	l.mu.Unlock()
	happens()
	l.mu.Lock()
	target := l.done + successes
	l.mu.Unlock()
	l.c.Until(what+": the clients go on", 3*time.Minute, func() (bool, string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.done >= target, fmt.Sprintf("%d of %d, %v", l.done, target, l.refused)
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	took := time.Since(begin).Seconds()
	l.c.T.Logf("%-18s %5.1f s, longest silence of a client %4.1f s, else %v", what, took, l.silence.Seconds(), l.refused)
	// A client that goes to another node hears something as soon as what the first one
	// held has run out, which takes four seconds; the rest is for a busy machine.
	if l.silence > 30*time.Second {
		l.c.T.Errorf("%s: a client heard nothing for %s", what, l.silence)
	}
}

// Control nodes on one database go on while one is killed, frozen or cut off, while the
// database is restarted, and when its replica steps in: nothing that was accepted is
// lost or there twice, and no client is told anything but that it should come again.
func TestNodesUnderFire(t *testing.T) {
	real(t)
	t.Parallel()
	for _, nodes := range []int{2, 3} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, quick, nodes, 3)
			for i := range c.Hosts {
				c.Join(i, "--fake")
			}
			l, stop := c.load(4)
			l.during("quiet", 40, func() {})
			l.nodesFail(nodes - 1)
			if nodes > 2 {
				l.databaseFails()
			}
			stop()
			c.settled(l)
		})
	}
}

func (l *load) nodesFail(one int) {
	c := l.c
	l.during("node killed", 40, c.procs[one].Kill)
	c.procs[one] = c.nodes[one].Restart()
	c.nodes[one].Token = c.Token

	signal := func(s syscall.Signal) func() {
		return func() { c.must(syscall.Kill(c.procs[one].PID(), s)) }
	}
	l.during("node frozen", 40, signal(syscall.SIGSTOP))
	l.during("it moves again", 40, signal(syscall.SIGCONT))
	l.during("node cut off", 40, func() {
		c.cut(one, true)
		// It says so, to reads and writes, within the time that a client waits.
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			begin := time.Now()
			a, err := c.nodes[one].TryOne(method, "/public_ips", nil)
			if err != nil || a.Status != http.StatusServiceUnavailable {
				c.T.Errorf("%s to a node without database after %s: %d %s %v", method, time.Since(begin), a.Status, a.Body, err)
			}
		}
	})
	l.during("it is back", 40, func() { c.cut(one, false) })
}

func (l *load) databaseFails() {
	c := l.c
	first := c.db.Load()
	l.during("database restarted", 40, func() {
		c.must(first.Stop(syscall.SIGINT))
		c.must(first.Run())
	})
	var replica *pgtest.Server
	l.during("replica made", 40, func() { replica = first.Standby(c.T) })
	l.during("replica promoted", 40, func() {
		c.must(first.Stop(syscall.SIGQUIT))
		c.must(replica.Promote())
		c.db.Store(replica)
	})
}

// settled wants on every node just what the clients were answered, and on the hosts no more.
func (c *cluster) settled(l *load) {
	t := c.T
	t.Helper()
	for i, n := range c.nodes {
		n.Until(fmt.Sprintf("node %d shows everything at rest", i+1), 3*time.Minute, func() (bool, string) {
			there := map[string]bool{}
			names := map[string]int{}
			for _, s := range n.Servers() {
				if s.Status.Percent != nil || s.Status.State != "POWERED_ON" {
					return false, fmt.Sprintf("%s is %s", s.Name, s.Status.State)
				}
				there[s.ID] = true
				names[s.Name]++
			}
			for id, name := range l.kept {
				if !there[id] {
					return false, name + " is lost"
				}
			}
			for name, many := range names {
				if many > 1 {
					return false, fmt.Sprintf("%s is there %d times", name, many)
				}
			}
			// What was under way when the clients stopped may have come to be or not.
			return len(there)-len(l.kept) <= len(l.last), fmt.Sprintf("%d servers, %d were kept", len(there), len(l.kept))
		})
	}
	servers := len(c.Servers())
	var dirs []string
	for _, h := range c.Hosts {
		dirs = append(dirs, filepath.Join(h.Dir, "host", "machine"))
	}
	c.Until("the hosts have them and no others", 3*time.Minute, func() (bool, string) {
		files, err := filesOf([]string{"vm"}, dirs...)
		return err == nil && len(files) == servers, fmt.Sprintf("%d machines of %d servers (%v)", len(files), servers, err)
	})
	c.Until("the doctor finds nothing", 3*time.Minute, func() (bool, string) {
		found := c.Doctor()
		return len(found) == 0, fmt.Sprintf("%q", found)
	})
	t.Logf("%d servers made, %d of them deleted: none lost, none twice", len(l.kept)+len(l.gone), len(l.gone))
}
