package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// DeleteServerIn removes a server.
type DeleteServerIn struct {
	Pick
	KeepIPs bool
	Grace   bool // CloudCIX state 8: stop now, remove after the project's grace period
}

// DeleteServer removes a server, in every state. With Grace it is stopped now
// and removed when the project's grace period is over.
func (c *Control) DeleteServer(ctx context.Context, call *Call, in DeleteServerIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.delete", ans, func(t *Txn, s *cloud.Server) error {
		if s.Remove == cloud.Now || (in.Grace && s.Remove == cloud.AfterGrace) { // asked again: no change
			return nil
		}
		if in.Grace && !s.Failed { // of a failed creation there is nothing to keep
			return t.scrub(s)
		}
		return t.removeServer(s, in.KeepIPs)
	})
}

func (t *Txn) removeServer(s *cloud.Server, keepIPs bool) error {
	if err := t.supersede(s, "removal"); err != nil {
		return err
	}
	leaving := "free"
	if keepIPs {
		leaving = "keep"
	}
	ips, err := store.Find[cloud.IP](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP))))
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if ip.Leaving == "" {
			ip.Leaving = leaving
			if err := store.Update(t.Tx, ip); err != nil {
				return err
			}
		}
	}
	s.Remove, s.On = cloud.Now, false
	if err := t.begin(s, cloud.Removing, "DELETE", map[string]int{"cpu": 0, "ram": 0, "gb": 0}); err != nil {
		return err
	}
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

// scrub is CloudCIX state 8: stopped at once, removed after the grace period.
func (t *Txn) scrub(s *cloud.Server) error {
	if err := t.supersede(s, "removal"); err != nil {
		return err
	}
	s.Remove, s.On, s.Soft = cloud.AfterGrace, false, true
	if err := t.begin(s, cloud.Removing, "DELETE", map[string]int{"cpu": 0, "ram": 0, "gb": 0}); err != nil {
		return err
	}
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}
