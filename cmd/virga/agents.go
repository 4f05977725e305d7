package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// joinLife is how long a join token that nobody has to type is valid.
const joinLife = time.Hour

// localHost makes the row of a host in this process and lets its agent join
// over the pipe, with the code that a remote one uses. Of several nodes with one
// database each has hosts of its own.
func (n *node) localHost(ctx context.Context, folder host.Folder, row cloud.Host) error {
	_, joined, err := host.Joined(folder)
	if err != nil {
		return err
	}
	if n.opt.dsn != "" {
		if row.Node, err = n.opt.data.node(); err != nil {
			return err
		}
	}
	h, err := n.ctl.OwnHost(ctx, row, joined)
	if err == nil {
		err = n.expect(ctx, h)
	}
	if err != nil || joined {
		return err
	}
	token, err := n.joinToken(ctx, h.ID)
	if err != nil {
		return err
	}
	return host.Join(ctx, host.JoinOptions{Folder: folder, Token: token, Dial: n.pipe.Dial, Rand: rand.Reader, Now: time.Now})
}

func (n *node) joinToken(ctx context.Context, hostID int64) (token string, err error) {
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("join token: %w", err)
	}
	err = n.db.Write(ctx, func(tx *store.Tx) (err error) {
		token, err = n.ca.IssueJoinToken(tx, hostID, secret, joinLife)
		return err
	})
	return token, err
}

// fakes are the fake hosts of a region, by the end of their names: several with SSDs,
// which servers get where nobody asked for a type of disks, and one with HDDs.
var fakes = []struct {
	name    string
	storage int64
}{{"1", 2}, {"2", 2}, {"3", 2}, {"hdd", 1}}

// fakeAgents starts the fake hosts of all regions but those that robots drive.
func (n *node) fakeAgents(ctx context.Context, all *sync.WaitGroup) error {
	regions, err := n.ctl.RegionList(ctx)
	if err != nil {
		return err
	}
	played := map[string]bool{}
	for _, r := range regions {
		if r.Driver == cloud.RobotDriver {
			continue
		}
		for _, f := range fakes {
			name := fmt.Sprintf("fake-%s-%s", r.Name, f.name)
			if n.opt.dsn != "" { // other nodes simulate hosts of their own
				id, err := n.opt.data.node()
				if err != nil {
					return err
				}
				if name, err = n.ctl.FreeHostName(ctx, r.ID, name, id); err != nil {
					return err
				}
			}
			dir := n.opt.data.path("hosts", name)
			open := func(*host.Client) (host.Machine, error) { return fakeMachine(dir, name) }
			// What it can give it says itself, as others do.
			row := cloud.Host{RegionID: r.ID, Name: name, Fake: true, ServerType: 2, StorageType: f.storage}
			if err := n.startAgent(ctx, all, host.Dir{Path: dir + "/agent"}, row, open); err != nil {
				return err
			}
			played[name] = true
		}
	}
	return n.fakesByAPI(ctx, all, played)
}

// fakesByAPI starts the hosts that were made by the API, those that are there now and each
// that comes (R20). Of several nodes one plays each.
func (n *node) fakesByAPI(ctx context.Context, all *sync.WaitGroup, played map[string]bool) error {
	id := ""
	if n.opt.dsn != "" {
		var err error
		if id, err = n.opt.data.node(); err != nil {
			return err
		}
	}
	wake, cancel := n.db.Subscribe(control.HostsChanged)
	start := func() error {
		rows, err := n.ctl.FakeHosts(ctx, id)
		for _, h := range rows {
			if err != nil || played[h.Name] {
				continue
			}
			played[h.Name] = true
			dir := n.opt.data.path("hosts", h.Name)
			has := plan.Facts{Name: h.Name, CPUs: h.Cores, RAM: h.RAM, Disk: int64(h.DiskGB) << 30, DiskFree: int64(h.DiskGB) << 30}
			open := func(*host.Client) (host.Machine, error) { return fakeMachineOf(dir, has) }
			row := cloud.Host{RegionID: h.RegionID, Name: h.Name}
			err = n.startAgent(ctx, all, host.Dir{Path: dir + "/agent"}, row, open)
			if cloud.IsKind(err, cloud.Conflict) { // another node was first
				err = nil
			}
		}
		return err
	}
	if err := start(); err != nil {
		cancel()
		return err
	}
	all.Go(func() {
		defer cancel()
		for {
			select {
			case <-ctx.Done():
				return
			case <-wake:
				if err := start(); err != nil && ctx.Err() == nil {
					n.opt.log.Error("a host that was made by the API is not played", "error", err)
				}
			}
		}
	})
	return nil
}

func fakeMachine(dir, name string) (host.Machine, error) {
	return fakeMachineOf(dir, plan.Facts{Name: name})
}

func fakeMachineOf(dir string, has plan.Facts) (host.Machine, error) {
	return fake.New(fake.Options{Folder: host.Dir{Path: dir + "/machine", Quick: true}, Now: time.Now, Facts: has})
}

// startAgent joins and runs an agent of this process. open makes its machine
// once the link is there, since images come over it.
func (n *node) startAgent(
	ctx context.Context, all *sync.WaitGroup, folder host.Dir, row cloud.Host, open func(*host.Client) (host.Machine, error),
) error {
	if err := n.localHost(ctx, folder, row); err != nil {
		return fmt.Errorf("host %s: %w", row.Name, err)
	}
	client, err := host.NewClient(host.ClientOptions{Folder: folder, Dial: n.pipe.Dial, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		return err
	}
	machine, err := open(client)
	if err != nil {
		return err
	}
	tag, err := n.opt.data.tag()
	if err != nil {
		return err
	}
	opt := host.Options{Tag: tag, Folder: folder, Machine: machine}
	// With a database of its own a node is moved and restored as a whole.
	if n.opt.dsn != "" {
		if opt.Place, err = host.PlaceOf(folder.Path); err != nil {
			return err
		}
	}
	return runAgent(ctx, all, opt, client, n.opt.log.With("host", row.Name), nil)
}

// runAgent starts the agent of a host that joined; met is told of its first session.
func runAgent(
	ctx context.Context, all *sync.WaitGroup, opt host.Options, client *host.Client, log *slog.Logger, met func(),
) error {
	opt.Now, opt.Log = time.Now, log
	agent, err := host.New(ctx, opt)
	if err != nil {
		return err
	}
	r := &host.Runner{Agent: agent, Client: client, Log: log, Met: met}
	all.Go(func() { r.Run(ctx) })
	return nil
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
}
